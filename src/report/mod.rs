//! Prints what was found: one file per output format, all behind [`Format`].
//!
//! ```text
//! begin ─► file ─► file ─► … ─► finish(summary)
//! ```
//!
//! The caller hands each file over as soon as its turn has come, in the order of the output, and may drop it
//! afterwards: no format keeps a source. Several formats can be fed from one run.

use std::collections::BTreeMap;
use std::io::{self, Write};

use notation::Noted;
use on_disk::OnDisk;

use crate::config::OutputFormat;
use crate::finding::Checked;
use crate::source::SourceFile;

mod budget;
mod by_rule;
mod checkstyle;
mod concise;
mod cut;
mod drawing;
mod drawn;
pub mod escape;
mod excerpt;
mod explanation;
mod fingerprints;
mod full;
mod github_review;
mod gitlab;
mod json;
mod json_lines;
mod junit;
mod line_hash;
mod markdown;
mod markdown_text;
mod notation;
mod on_disk;
pub mod page;
mod paragraphs;
mod patch;
mod rdjson;
mod repeated;
mod room;
mod root;
mod sarif;
mod summary;
#[cfg(test)]
mod tests;
mod whole_lines;
mod workflow_commands;
mod xml;

pub use budget::{budget_in_words, budgets_as_json, budgets_for_people};
pub use drawing::{ColorChoice, Drawing, UnknownColorChoice};
pub use explanation::{explanations_as_json, explanations_for_people};
pub use github_review::Review;
pub use notation::{Harmless, Notation};
pub use room::Room;
pub use root::Root;
pub use summary::Summary;

/// What one output format does with the findings. Every format writes whole lines, the last one ended.
pub trait Format {
    /// Writes what stands before the first file. Called once, before everything else.
    ///
    /// # Errors
    /// The writer's.
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()>;

    /// Writes the findings of one file. Not needed for a file without findings, and harmless for one.
    ///
    /// # Errors
    /// The writer's.
    fn file(&mut self, out: &mut dyn Write, file: &FileReport<'_>) -> io::Result<()>;

    /// Writes what stands behind the last file. Called once, after everything else.
    ///
    /// # Errors
    /// The writer's.
    fn finish(&mut self, out: &mut dyn Write, summary: &Summary) -> io::Result<()>;
}

/// What is reported of one file.
#[derive(Clone, Copy, Debug)]
pub struct FileReport<'a> {
    /// The text that the findings are about: after `--fix` the one with the fixes.
    pub source: &'a SourceFile,
    /// Its findings.
    pub checked: &'a Checked,
    /// How many findings of each rule (by code) `--fix` took away.
    pub fixed: &'a BTreeMap<&'static str, usize>,
}

/// What changes what a format writes. Formats for machines look at the root only, `sarif` also
/// at the suppressions and `github-review` at the review.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What code scanning and CI name files from.
    pub root: Root,
    /// Colour, characters and width.
    pub drawing: Drawing,
    /// `--quiet`: no summary.
    pub quiet: bool,
    /// `--statistics`: findings per rule in place of the findings.
    pub statistics: bool,
    /// `--unsafe-fixes`: the summary counts unsafe fixes among those that `--fix` applies.
    pub unsafe_fixes: bool,
    /// `--sarif-suppressions`: `sarif` has what a comment or the baseline allows too.
    pub suppressions: bool,
    /// How many findings `full` shows; all of them without it.
    pub room: Option<Room>,
    /// What `github-review` has to know of the pull request.
    pub review: Review,
}

impl OutputFormat {
    /// Whether people read it on a terminal: it follows all of [`Options`].
    #[must_use]
    pub fn is_human(self) -> bool {
        matches!(self, Self::Full | Self::Concise)
    }

    /// A writer of this format for one run.
    #[must_use]
    pub fn writer(self, options: Options) -> Box<dyn Format> {
        let mut format = self.unnoted(options);
        if self.reads_bytes() {
            format = Box::new(OnDisk { format });
        }
        match self.notation() {
            Some(notation) => Box::new(Noted { notation, format }),
            None => format,
        }
    }

    /// Whether its readers take lines and columns for those of the stored file, to show them there or to edit it.
    fn reads_bytes(self) -> bool {
        match self {
            Self::Full | Self::Concise | Self::Json | Self::JsonLines | Self::Junit | Self::Markdown => false,
            Self::Sarif
            | Self::Github
            | Self::GithubReview
            | Self::Gitlab
            | Self::Checkstyle
            | Self::Rdjson
            | Self::Rdjsonl => true,
        }
    }

    /// How it writes what a terminal would obey or hide. What people read has colours, which a terminal is to obey: those
    /// formats escape what they quote.
    fn notation(self) -> Option<Notation> {
        match self {
            Self::Full | Self::Concise => None,
            Self::Json
            | Self::JsonLines
            | Self::Sarif
            | Self::GithubReview
            | Self::Gitlab
            | Self::Rdjson
            | Self::Rdjsonl => Some(Notation::Json),
            Self::Junit | Self::Checkstyle => Some(Notation::Xml),
            Self::Github | Self::Markdown => Some(Notation::Plain),
        }
    }

    fn unnoted(self, options: Options) -> Box<dyn Format> {
        match self {
            Self::Full => Box::new(full::Full::new(options)),
            Self::Concise => Box::new(concise::Concise::new(options)),
            Self::Json => Box::new(json::Json::default()),
            Self::JsonLines => Box::new(json_lines::JsonLines),
            Self::Sarif => Box::new(sarif::Sarif::new(options)),
            Self::Github => Box::new(workflow_commands::WorkflowCommands::new(options.root)),
            Self::GithubReview => Box::new(github_review::GithubReview::new(options)),
            Self::Gitlab => Box::new(gitlab::Gitlab::new(options.root)),
            Self::Junit => Box::new(junit::Junit::default()),
            Self::Checkstyle => Box::new(checkstyle::Checkstyle),
            Self::Rdjson => Box::new(rdjson::Rdjson::default()),
            Self::Rdjsonl => Box::new(rdjson::Rdjsonl),
            Self::Markdown => Box::new(markdown::Markdown::new(options)),
        }
    }
}

/// A writer of Markdown for the file that `$GITHUB_STEP_SUMMARY` names.
#[must_use]
pub fn step_summary(options: Options) -> Box<dyn Format> {
    Box::new(Noted {
        notation: Notation::Plain,
        format: Box::new(markdown::Markdown::for_step_summary(options)),
    })
}
