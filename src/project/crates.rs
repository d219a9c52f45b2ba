//! Which releases of each crate a package builds with.

use std::collections::{BTreeMap, HashMap};

use super::precedence::joined;
use crate::catalog::Catalog;
use crate::facts::{Fact, PackageRange, Requirement, Role};
use crate::source::Language;

/// The releases of every crate that a manifest declares: those of its range that are locked, where there are some.
pub(super) fn crates(declared: &[Requirement], lock: &[Requirement]) -> BTreeMap<String, Fact<PackageRange>> {
    let locked = by_package(lock);
    let mut crates: BTreeMap<String, Fact<PackageRange>> = BTreeMap::new();
    for (&package, requirements) in &by_package(declared) {
        let of_package = locked.get(package).map_or(&[][..], Vec::as_slice);
        if let Some(fact) = of_crate(requirements, of_package) {
            crates.insert(package.to_owned(), fact);
        }
    }
    // What stands behind a crate may decide in its place.
    for (package, releases) in locked {
        if let [only] = releases.as_slice()
            && !crates.contains_key(package)
            && Catalog::builtin().decides(Language::Rust, package)
            && let Some(fact) = only.as_fact()
        {
            crates.insert(package.to_owned(), fact);
        }
    }
    crates
}

fn by_package(requirements: &[Requirement]) -> HashMap<&str, Vec<&Requirement>> {
    let mut found: HashMap<&str, Vec<&Requirement>> = HashMap::new();
    for one in requirements {
        found.entry(&one.package).or_default().push(one);
    }
    found
}

/// The releases of one crate. What tests or the build alone ask for counts where nothing else does, and what one platform asks for where
/// not all do.
fn of_crate(declared: &[&Requirement], locked: &[&Requirement]) -> Option<Fact<PackageRange>> {
    let is_known = |one: &&&Requirement| one.range.is_some();
    let counts: [fn(&Requirement) -> bool; 3] = [
        |one| one.role == Role::Main && one.condition.is_none(),
        |one| one.role == Role::Main,
        |_| true,
    ];
    let mut levels = counts.iter().map(|counts| {
        let of_level = declared.iter().filter(is_known).filter(|one| counts(one));
        of_level.copied().collect::<Vec<_>>()
    });
    let mut chosen: Vec<&Requirement> = Vec::new();
    for one in levels.find(|of_level| !of_level.is_empty())? {
        let before = chosen.len();
        let range = one.range.as_ref()?;
        chosen.extend(locked.iter().filter(|locked| locked.is_within(range)));
        if chosen.len() == before {
            chosen.push(one);
        }
    }
    joined(&chosen, &[])
}
