//! Connections that are async context managers themselves.

use pep440_rs::VersionSpecifiers;
use serde::Deserialize;

use super::At;
use crate::facts::{Alternatives, PackageRange};

/// Connects whose connection can be entered after it was awaited: in `async with await connect(…) as ws` the name is the
/// connection, and leaving the block closes it, as in `async with connect(…) as ws`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ManagedConnection {
    /// The connects that give one.
    pub at: Vec<At>,
}

impl ManagedConnection {
    /// Whether the connect of this path gives one in every release that `range` allows; without a range in every one.
    #[must_use]
    pub fn is_given_by(&self, path: &str, range: Option<&PackageRange>) -> bool {
        let all = Alternatives::from(VersionSpecifiers::empty());
        let range = range.map_or(&all, |range| &range.specifiers);
        self.at
            .iter()
            .any(|at| at.paths.iter().any(|known| known == path) && at.during.covers(range))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Certainty;

    fn is_given(range: Option<&str>) -> bool {
        let managed: ManagedConnection =
            toml::from_str("at = [{ paths = [\"x.connect\"], since = \"14.0\", until = \"16.0\" }]").unwrap();
        let range = range.map(|range| PackageRange {
            specifiers: range.parse().unwrap(),
            certainty: Certainty::Range,
        });
        assert!(!managed.is_given_by("x.serve", range.as_ref()));
        managed.is_given_by("x.connect", range.as_ref())
    }

    #[test]
    fn every_release_that_is_allowed_has_to_give_one() {
        for range in [
            "==14.0",
            "==15.0.1",
            "==14.0 or ==15.0.1",
            ">=14,<16",
            "~=14.2",
            "==15.*",
            ">=14.1,<15",
        ] {
            assert!(is_given(Some(range)), "{range}");
        }
        for range in [
            "==13.1",
            ">=14",
            ">=13,<15",
            "<16",
            "~=13.0",
            "==16.0",
            "!=13.1",
            "",
            "==13.1 or ==14.0",
        ] {
            assert!(!is_given(Some(range)), "{range}");
        }
        assert!(!is_given(None));
    }
}
