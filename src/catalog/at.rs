//! Where, and in which releases, something holds.

use pep440_rs::{Version, VersionSpecifier, VersionSpecifiers};
use serde::Deserialize;

use crate::facts::{Alternatives, are_disjoint};

/// Releases from one on (included) to another one (excluded).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
pub struct During {
    /// The first release; left out: from the beginning.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub since: Option<Version>,
    /// The first release in which it no longer holds; left out: to the newest.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub until: Option<Version>,
}

/// Paths, in some releases of their library.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
pub struct At {
    /// Paths of connects, as the catalogue writes them.
    pub paths: Vec<String>,
    /// When.
    #[serde(flatten)]
    pub during: During,
}

impl During {
    /// Whether it holds in `release`.
    #[must_use]
    pub fn holds_in(&self, release: &Version) -> bool {
        lies_in(self.since.as_ref(), self.until.as_ref(), release)
    }
}

/// Whether `release` is `since` or newer, and older than `until`.
pub(super) fn lies_in(since: Option<&Version>, until: Option<&Version>, release: &Version) -> bool {
    since.is_none_or(|since| since <= release) && until.is_none_or(|until| release < until)
}

impl During {
    /// Whether it holds in every release of the range: none is before the beginning or behind the end.
    #[must_use]
    pub fn covers(&self, range: &Alternatives) -> bool {
        let before = self.since.clone().map(VersionSpecifier::less_than_version);
        let behind = self.until.clone().map(VersionSpecifier::greater_than_equal_version);
        let mut outside = before.into_iter().chain(behind).map(VersionSpecifiers::from);
        outside.all(|outside| are_disjoint(range, &outside.into()))
    }
}

impl At {
    /// Whether it holds for `path` in `release`.
    #[must_use]
    pub fn holds(&self, path: &str, release: &Version) -> bool {
        self.has(path) && self.during.holds_in(release)
    }

    /// Whether it holds for `path` in every release.
    #[must_use]
    pub fn always_holds(&self, path: &str) -> bool {
        self.has(path) && self.during == During::default()
    }

    fn has(&self, path: &str) -> bool {
        self.paths.iter().any(|known| known == path)
    }
}
