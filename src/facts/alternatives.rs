//! Releases that no single list of specifiers can name: `==12.0 or ==14.2`.

use std::fmt;
use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifier, VersionSpecifiers, VersionSpecifiersParseError};

/// A range of releases: those that any of its alternatives allows. In nearly every case there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternatives {
    // Apart from the others, as those take no memory where there are none.
    first: VersionSpecifiers,
    others: Vec<VersionSpecifiers>,
}

impl Alternatives {
    /// Each in turn.
    pub fn iter(&self) -> impl Iterator<Item = &VersionSpecifiers> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// Every specifier of every alternative.
    pub fn specifiers(&self) -> impl Iterator<Item = &VersionSpecifier> {
        self.iter().flat_map(|alternative| alternative.iter())
    }

    /// Whether the range has this release.
    #[must_use]
    pub fn contains(&self, release: &Version) -> bool {
        self.iter().any(|alternative| alternative.contains(release))
    }

    /// Whether it leaves no release out, as one alternative has no specifier.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().any(|alternative| alternative.is_empty())
    }

    /// Whether there is more than one.
    #[must_use]
    pub fn are_several(&self) -> bool {
        !self.others.is_empty()
    }

    /// Any of these; nothing where there is none.
    pub(super) fn of(alternatives: impl IntoIterator<Item = VersionSpecifiers>) -> Option<Self> {
        let mut alternatives = alternatives.into_iter();
        Some(Self {
            first: alternatives.next()?,
            others: alternatives.collect(),
        })
    }
}

impl From<VersionSpecifiers> for Alternatives {
    fn from(only: VersionSpecifiers) -> Self {
        Self {
            first: only,
            others: Vec::new(),
        }
    }
}

/// What stands between alternatives.
const OR: &str = " or ";

impl fmt::Display for Alternatives {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first)?;
        self.others.iter().try_for_each(|other| write!(f, "{OR}{other}"))
    }
}

impl FromStr for Alternatives {
    type Err = VersionSpecifiersParseError;

    /// Reads what is displayed: `>=12, <14`, `==12.0 or ==14.2`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut alternatives = text.split(OR).map(VersionSpecifiers::from_str);
        let first = alternatives.next().unwrap_or_else(|| Ok(VersionSpecifiers::empty()))?;
        let others = alternatives.collect::<Result<_, _>>()?;
        Ok(Self { first, others })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_what_any_alternative_has() {
        let range: Alternatives = "==12.0 or >=14,<15".parse().unwrap();
        let has = |release: &str| range.contains(&release.parse().unwrap());
        assert!(has("12.0") && has("14.2") && !has("13.1") && !has("15.0"));
        assert_eq!(range.to_string(), "==12.0 or >=14, <15");
        assert!(range.are_several() && !range.is_empty());
        let all: Alternatives = "".parse().unwrap();
        assert!(all.is_empty() && !all.are_several() && all.to_string().is_empty());
        assert!("==12.0 or what".parse::<Alternatives>().is_err());
    }
}
