//! Which releases of a package a project may run with.

use std::borrow::Cow;

use pep440_rs::{Version, VersionSpecifiers};

/// What a manifest says about the releases of one package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageRange {
    /// The releases that it allows; no specifier at all allows every one.
    pub specifiers: VersionSpecifiers,
    /// How certain it is that one of them runs.
    pub certainty: Certainty,
}

/// How certain a range is. The order is from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// Some release of a range: `websockets>=12,<14`.
    Range,
    /// Exactly one release, as somebody wrote it: `websockets==13.1`.
    Pinned,
    /// Exactly one release, as a tool resolved or installed it.
    Locked,
}

impl PackageRange {
    /// Whether the range allows this release.
    #[must_use]
    pub fn allows(&self, release: &Version) -> bool {
        self.specifiers.contains(release)
    }

    /// A fact without the release at its end that it was seen with (`(…, 17.4)`, `(17.4)`), where the project has nothing to do with
    /// that one.
    #[must_use]
    pub fn fitting<'f>(&self, fact: &'f str) -> Cow<'f, str> {
        let before = || {
            let inner = fact.strip_suffix(')')?;
            let at = inner.rfind([',', '('])?;
            let release: Version = inner.get(at + 1..)?.trim_start().parse().ok()?;
            (!self.allows(&release)).then(|| inner.split_at(at))
        };
        match before() {
            None => Cow::Borrowed(fact),
            Some((before, release)) if release.starts_with('(') => Cow::Borrowed(before.trim_end()),
            Some((before, _)) => Cow::Owned(format!("{before})")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_names_no_release_that_the_project_cannot_have() {
        let range = |specifiers: &str| PackageRange {
            specifiers: specifiers.parse().unwrap(),
            certainty: Certainty::Range,
        };
        for (fact, told) in [
            (
                "gives up after 10 s (`open_timeout`, 17.4)",
                "gives up after 10 s (`open_timeout`)",
            ),
            ("waits for ever (17.4)", "waits for ever"),
            (
                "gives up (measured 5.0 s with 17.4)",
                "gives up (measured 5.0 s with 17.4)",
            ),
            ("gives up (`timeout`)", "gives up (`timeout`)"),
            ("gives up", "gives up"),
        ] {
            assert_eq!(range(">=9,<=10").fitting(fact), told, "{fact}");
            assert_eq!(range("").fitting(fact), fact);
            assert_eq!(range(">=9").fitting(fact), fact);
        }
    }
}
