//! Trove classifiers: which Pythons a package was meant for when somebody last looked. A weak hint.

use super::manifest::Manifest;
use super::{Fact, PythonVersion};

/// The oldest `Programming Language :: Python :: 3.x` of classifiers, each with the byte at which it stands.
pub(super) fn oldest_python<'a>(
    classifiers: impl IntoIterator<Item = (&'a str, usize)>,
    manifest: &Manifest,
) -> Option<Fact<PythonVersion>> {
    let versions = classifiers.into_iter().filter_map(|(text, at)| {
        let version = text.trim().strip_prefix("Programming Language :: Python :: ")?;
        Some((version.trim().parse::<PythonVersion>().ok()?, at))
    });
    versions.min().map(|(value, at)| Fact {
        value,
        source: format!("classifier in {}", manifest.place(at)),
    })
}

/// PyPI takes no package with such a classifier, which is what it is for.
pub(super) fn is_private(classifier: &str) -> bool {
    classifier.trim().starts_with("Private ::")
}
