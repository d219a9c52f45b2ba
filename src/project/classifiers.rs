//! Trove classifiers: which Pythons and systems a package was meant for when somebody last looked. A weak hint.

use super::manifest::Manifest;
use crate::facts::{Fact, PythonVersion, Windows};

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

/// What the `Operating System` classifiers say of Windows, each with the byte at which it stands; `None` where there are none.
/// `OS Independent` means it too.
pub(super) fn windows<'a>(
    classifiers: impl IntoIterator<Item = (&'a str, usize)>,
    manifest: &Manifest,
) -> Option<Fact<Windows>> {
    let (mut named, mut other) = (None, None);
    for (text, at) in classifiers {
        let Some(system) = text.trim().strip_prefix("Operating System :: ") else {
            continue;
        };
        let is_windows = system.starts_with("Microsoft");
        if is_windows || system == "OS Independent" {
            named.get_or_insert(at);
        }
        if !is_windows {
            other.get_or_insert(at);
        }
    }
    let value = match (named, other) {
        (Some(_), Some(_)) => Windows::Among,
        (Some(_), None) => Windows::Only,
        (None, _) => Windows::Never,
    };
    let at = named.or(other)?;
    Some(Fact {
        value,
        source: format!("classifier in {}", manifest.place(at)),
    })
}

/// PyPI takes no package with such a classifier, which is what it is for.
pub(super) fn is_private(classifier: &str) -> bool {
    classifier.trim().starts_with("Private ::")
}
