//! Which releases of a package a project may run with.

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
}
