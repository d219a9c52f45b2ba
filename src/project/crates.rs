//! Which releases of each crate a package builds with.

use std::collections::{BTreeMap, HashMap};

use super::precedence::joined;
use crate::catalog::Catalog;
use crate::facts::{Fact, PackageRange, Requirement, Role};
use crate::source::Language;

/// The releases of every crate that a manifest declares: those of its range that are locked, where there are some.
pub(super) fn crates(declared: &[Requirement], lock: &[Requirement]) -> BTreeMap<String, Fact<PackageRange>> {
    let mut locked: HashMap<&str, Vec<&Requirement>> = HashMap::new();
    for one in lock {
        locked.entry(&one.package).or_default().push(one);
    }
    let mut declared: Vec<&Requirement> = declared.iter().filter(|one| one.range.is_some()).collect();
    declared.sort_by_key(|one| &one.package);
    let of_packages = declared.chunk_by(|one, next| one.package == next.package);
    let known = of_packages.filter_map(|requirements| {
        let package = &requirements.first()?.package;
        let of_package = locked.get(package.as_str()).map_or(&[][..], Vec::as_slice);
        Some((package.clone(), of_crate(requirements, of_package)?))
    });
    let mut crates: BTreeMap<String, Fact<PackageRange>> = known.collect();
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

/// The releases of one crate. What tests or the build alone ask for counts where nothing else does, and what one platform asks for where
/// not all do.
fn of_crate(declared: &[&Requirement], locked: &[&Requirement]) -> Option<Fact<PackageRange>> {
    let counts: [fn(&Requirement) -> bool; 3] = [
        |one| one.role == Role::Main && one.condition.is_none(),
        |one| one.role == Role::Main,
        |_| true,
    ];
    let counts = counts
        .into_iter()
        .find(|counts| declared.iter().any(|one| counts(one)))?;
    let mut chosen: Vec<&Requirement> = Vec::new();
    for one in declared.iter().filter(|one| counts(one)) {
        let before = chosen.len();
        let range = one.range.as_ref()?;
        chosen.extend(locked.iter().filter(|locked| locked.is_within(range)));
        if chosen.len() == before {
            chosen.push(one);
        }
    }
    joined(&chosen, &[])
}
