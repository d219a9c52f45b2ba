//! What is wrong with a configuration, and where.

use std::fmt;

/// A configuration that cannot be used. Displays as `ws-lint.toml:3:1: what is wrong`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    /// The file, or the flag, as the user names it.
    pub place: String,
    /// Line and column (1-based, code points) in it, where the trouble has a place.
    pub position: Option<(usize, usize)>,
    /// One sentence without a full stop.
    pub message: String,
}

impl ConfigError {
    /// Trouble with all of `place`.
    pub(crate) fn whole(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            position: None,
            message: message.into(),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some((line, column)) => write!(f, "{}:{line}:{column}: {}", self.place, self.message),
            None => write!(f, "{}: {}", self.place, self.message),
        }
    }
}

/// Where a setting comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A line of a file: `ws-lint.toml:3`.
    Line {
        /// The file as the user names it.
        file: String,
        /// 1-based.
        line: usize,
    },
    /// The command line: `--select`.
    Flag(&'static str),
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Line { file, line } => write!(f, "{file}:{line}"),
            Origin::Flag(flag) => f.write_str(flag),
            Origin::Default => f.write_str("default"),
        }
    }
}
