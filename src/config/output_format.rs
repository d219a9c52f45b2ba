//! The names of the output formats.

use std::fmt;
use std::str::FromStr;

/// The formats that `--output-format` knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OutputFormat {
    /// The source around each finding, the run-time fact behind it and the fix's diff.
    #[default]
    Full,
    /// `path:line:col: WS101 message [warning, fix]`.
    Concise,
    /// The documented JSON, version 1.
    Json,
    /// The findings of the documented JSON, one a line.
    JsonLines,
    /// SARIF 2.1.0.
    Sarif,
    /// GitHub Actions' workflow commands.
    Github,
    /// The payload of a review of a pull request on GitHub.
    GithubReview,
    /// GitLab's Code Quality report.
    Gitlab,
    /// JUnit's XML.
    Junit,
    /// Checkstyle's XML.
    Checkstyle,
    /// reviewdog's JSON.
    Rdjson,
    /// reviewdog's JSON, one diagnostic a line.
    Rdjsonl,
    /// A table and folded diffs.
    Markdown,
}

impl OutputFormat {
    /// Every format, in the order in which they are listed to the user.
    pub const ALL: &[Self] = &[
        Self::Full,
        Self::Concise,
        Self::Json,
        Self::JsonLines,
        Self::Sarif,
        Self::Github,
        Self::GithubReview,
        Self::Gitlab,
        Self::Junit,
        Self::Checkstyle,
        Self::Rdjson,
        Self::Rdjsonl,
        Self::Markdown,
    ];

    /// What the user types: `concise`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::JsonLines => "json-lines",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::GithubReview => "github-review",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Checkstyle => "checkstyle",
            Self::Rdjson => "rdjson",
            Self::Rdjsonl => "rdjsonl",
            Self::Markdown => "markdown",
        }
    }
}

impl fmt::Display for OutputFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no output format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an output format")]
pub struct UnknownFormat(String);

impl FromStr for OutputFormat {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|format| format.name() == text)
            .ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}
