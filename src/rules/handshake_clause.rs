//! A clause for refused handshakes, and which exceptions of the connects under it come to it.

use pep440_rs::Version;

use super::Context;
use crate::catalog::{Catalog, Rejection, Share};
use crate::sites::{Caught, Handler};
use crate::source::Language;

/// A clause and what comes to it.
pub(super) struct Clause<'a> {
    catalog: &'a Catalog,
    /// The exceptions of the library.
    pub(super) rejections: &'a [Rejection],
    /// The connects of the library under the clause.
    pub(super) connects: Vec<Raises<'a>>,
    /// What the clause names.
    caught: &'a [Caught],
}

/// A connect under a clause.
pub(super) struct Raises<'a> {
    pub(super) path: &'a str,
    /// `async for` goes over it: some releases try it again whatever it raises.
    is_iterated: bool,
}

impl<'a> Clause<'a> {
    pub(super) fn of(context: &'a Context<'_>, handler: &'a Handler, package: &str) -> Self {
        let connects = &context.sites.connects;
        let entered = handler.raising(connects).map(|raising| (raising, false));
        let iterated = handler.iterated.iter().filter_map(|id| connects.get(*id));
        let iterated = iterated.map(|connect| ((connect.api, connect.path.as_str()), true));
        let all = entered.chain(iterated);
        let of_package = all.filter(|((api, _), _)| context.catalog.entry(*api).package == package);
        Self {
            catalog: context.catalog,
            rejections: context.catalog.rejections(Language::Python, package),
            connects: of_package
                .map(|((_, path), is_iterated)| Raises { path, is_iterated })
                .collect(),
            caught: &handler.caught,
        }
    }

    /// What a connect raises in a release where its handshake is refused.
    pub(super) fn raised(&self, connect: &Raises<'_>, version: &Version) -> Option<&'a Rejection> {
        if connect.is_iterated && self.catalog.retries_everything(Language::Python, connect.path, version) {
            return None;
        }
        self.rejections
            .iter()
            .find(|rejection| rejection.is_raised_by(connect.path, version))
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
