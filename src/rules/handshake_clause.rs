//! A clause for refused handshakes, and which exceptions of the connects under it come to it.

use pep440_rs::Version;

use super::Context;
use crate::catalog::{Rejection, Share};
use crate::sites::{Caught, Handler};
use crate::source::Language;

/// A clause and what comes to it.
pub(super) struct Clause<'a> {
    /// The exceptions of the library.
    pub(super) rejections: &'a [Rejection],
    /// The paths of its connects under the clause.
    pub(super) connects: Vec<&'a str>,
    /// What the clause names.
    pub(super) caught: &'a [Caught],
}

impl Clause<'_> {
    /// What a connect raises in a release where its handshake is refused.
    pub(super) fn raised(&self, connect: &str, version: &Version) -> Option<&Rejection> {
        self.rejections
            .iter()
            .find(|rejection| rejection.is_raised_by(connect, version))
    }

    /// Whether nothing that the connects raise in this release is caught.
    pub(super) fn misses(&self, version: &Version) -> bool {
        let is_caught = |raised: &Rejection| {
            let mut paths = self.caught.iter().filter_map(|caught| caught.path.as_deref());
            paths.any(|path| raised.is_caught_by(path))
        };
        self.connects
            .iter()
            .all(|connect| self.raised(connect, version).is_some_and(|raised| !is_caught(raised)))
    }
}

/// The paths of the connects of a package under a clause.
pub(super) fn connects_of<'a>(context: &Context<'a>, handler: &'a Handler, package: &str) -> Vec<&'a str> {
    let connects = handler.raising(&context.sites.connects);
    let of_package = connects.filter(|(api, _)| context.catalog.entry(*api).package == package);
    of_package.map(|(_, path)| path).collect()
}

/// Whether a clause names what it seems to: where it means the first import that works, every release has that.
pub(super) fn is_certain(context: &Context<'_>, caught: &Caught) -> bool {
    let Some(path) = caught.path.as_deref().filter(|_| caught.is_first_import) else {
        return true;
    };
    let Some((package, rejection)) = context.catalog.rejection(Language::Python, path) else {
        return false;
    };
    let Some(since) = &rejection.since else { return true };
    let releases = context.catalog.releases(Language::Python, package, context.project);
    releases.is_some_and(|releases| releases.share(|version| version < since) == Share::None)
}
