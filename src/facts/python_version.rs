//! A Python minor version.

use std::fmt;
use std::str::FromStr;

/// `3.11`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PythonVersion {
    /// `3`.
    pub major: u8,
    /// `11`.
    pub minor: u8,
}

impl PythonVersion {
    /// The oldest CPython that still gets fixes (3.10 ended in October 2026): what code must run on where nothing
    /// says otherwise.
    pub const OLDEST_MAINTAINED: Self = Self::new(3, 11);

    /// `major.minor`.
    #[must_use]
    pub const fn new(major: u8, minor: u8) -> Self {
        Self { major, minor }
    }

    /// Whether `asyncio.timeout` exists.
    #[must_use]
    pub fn has_asyncio_timeout(self) -> bool {
        self >= Self::new(3, 11)
    }
}

impl fmt::Display for PythonVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// A text that is no Python version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a version of Python 3: write it as `3.11` or `py311`")]
pub struct NotAPythonVersion(String);

impl FromStr for PythonVersion {
    type Err = NotAPythonVersion;

    /// Reads `3.11`, and `py311` as ruff and black write it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || NotAPythonVersion(text.to_owned());
        let (major, minor) = match text.strip_prefix("py") {
            Some(digits) => digits.split_at_checked(1).ok_or_else(refused)?,
            None => text.split_once('.').ok_or_else(refused)?,
        };
        let number = |digits: &str| digits.parse::<u8>().map_err(|_| refused());
        match number(major)? {
            3 => Ok(Self::new(3, number(minor)?)),
            _ => Err(refused()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_read() {
        assert_eq!("3.8".parse(), Ok(PythonVersion::new(3, 8)));
        assert_eq!("py313".parse(), Ok(PythonVersion::new(3, 13)));
        for wrong in ["", "py", "2.7", "3", "3.x", "pyé", "3.11.2"] {
            assert!(wrong.parse::<PythonVersion>().is_err(), "{wrong}");
        }
    }
}
