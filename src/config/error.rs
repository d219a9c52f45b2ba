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
    /// What else is wrong with the same configuration.
    pub others: Vec<ConfigError>,
}

impl ConfigError {
    /// Trouble with all of `place`.
    pub(crate) fn whole(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            position: None,
            message: message.into(),
            others: Vec::new(),
        }
    }

    /// This mistake, then the others of the same configuration.
    pub fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.others)
    }

    /// Several mistakes as one, by position; nothing where there are none.
    pub(super) fn together(mistakes: Vec<Self>) -> Option<Self> {
        let mut each: Vec<Self> = mistakes.into_iter().flat_map(Self::into_each).collect();
        each.sort_by_key(|mistake| mistake.position);
        let mut each = each.into_iter();
        let first = each.next()?;
        Some(Self {
            others: each.collect(),
            ..first
        })
    }

    fn into_each(mut self) -> Vec<Self> {
        let others = std::mem::take(&mut self.others);
        std::iter::once(self).chain(others).collect()
    }
}

/// All values, or all mistakes.
pub(super) fn gathered<T, C: FromIterator<T>>(
    results: impl IntoIterator<Item = Result<T, ConfigError>>,
) -> Result<C, ConfigError> {
    let mut mistakes = Vec::new();
    let values: Vec<T> = results
        .into_iter()
        .filter_map(|result| result.map_err(|mistake| mistakes.push(mistake)).ok())
        .collect();
    match ConfigError::together(mistakes) {
        Some(mistakes) => Err(mistakes),
        None => Ok(values.into_iter().collect()),
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
    /// The environment: `WS_LINT_SELECT`.
    Variable(&'static str),
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Line { file, line } => write!(f, "{file}:{line}"),
            Origin::Flag(name) | Origin::Variable(name) => f.write_str(name),
            Origin::Default => f.write_str("default"),
        }
    }
}
