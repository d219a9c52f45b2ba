//! Which of several manifests decides what releases of a package a file may meet.
//!
//! Two questions are meant by "which release": the one that runs in CI, which a lock file answers, and those that the
//! project promises to work with, which the declared range of a *published* package answers: whoever installs it gets the
//! newest release of that range, whatever its developers have locked. So, folder by folder, the file's own first,
//!
//! 1. a published range, that of the package's own dependencies before those of its extras. A bare name promises nothing
//!    in particular and does not count here;
//! 2. a lock file;
//! 3. what uv is told to install in the place of whatever is asked for;
//! 4. a pin (`==13.1`) in any manifest;
//! 5. another range of any manifest, restricted by the constraints (`-c`) beside it;
//! 6. the same of the developers' groups, and of extras.
//!
//! What is said nearer to the file counts more than what is said at the project's root. Only where no manifest names the package
//! at all a `.venv` beside the project counts: it is the state of one machine.
//!
//! Manifests of one level that do not agree come to the union of their ranges, in alternatives where specifiers cannot say it
//! (`==12.0 or ==14.0`). Requirements of one manifest under different conditions (Python versions, platforms, forks of a lock file) are
//! joined likewise, and so are groups and extras that cannot be installed together. Those without a condition hold together.

use std::path::Path;

use pep440_rs::VersionSpecifiers;

use super::markers;
use crate::facts::{Alternatives, Certainty, Fact, PackageRange, Requirement, Role, are_disjoint, intersection, union};

/// What one folder's manifests say of one package.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// It is named, and may be of any release.
    Bare(Fact<PackageRange>),
    /// These releases.
    Restricted(Fact<PackageRange>),
    /// It is named, and its releases are not to be known.
    Unknown,
}

/// What the requirements of one package in one folder come to; nothing where there are none.
pub(super) fn said(requirements: &[&Requirement]) -> Option<Said> {
    let is_asked_for = requirements
        .iter()
        .any(|one| one.role == Role::Main || is_optional(one));
    let is_main = |one: &Requirement| one.role == Role::Main;
    let (pinned, pinned_in_groups) = (pinning(requirements, is_main), pinning(requirements, is_optional));
    let levels: [&dyn Fn(&Requirement) -> bool; 8] = [
        &|one| one.is_promised() && one.role == Role::Main,
        &|one| one.is_promised(),
        &|one| one.role == Role::Lock,
        &|one| one.role == Role::Override && is_asked_for,
        &|one| is_main(one) && pinned.contains(&one.manifest.as_path()),
        &is_main,
        &|one| is_optional(one) && pinned_in_groups.contains(&one.manifest.as_path()),
        &is_optional,
    ];
    let mut bare = None;
    for level in levels {
        let of_level: Vec<&Requirement> = requirements.iter().copied().filter(|one| level(one)).collect();
        let Some(first) = of_level.first() else {
            continue;
        };
        let constraints: Vec<&Requirement> = match matches!(first.role, Role::Lock | Role::Override) || first.published
        {
            true => Vec::new(),
            false => requirements
                .iter()
                .copied()
                .filter(|one| one.role == Role::Constraint)
                .collect(),
        };
        match joined(&of_level, &constraints) {
            None => return Some(Said::Unknown),
            Some(fact) if fact.value.specifiers.is_empty() => bare = bare.or(Some(fact)),
            Some(fact) => return Some(Said::Restricted(fact)),
        }
    }
    bare.map(Said::Bare)
}

/// The manifests that pin the package: what they say besides, under other conditions or in other groups, counts with it.
fn pinning<'r>(requirements: &[&'r Requirement], counts: impl Fn(&Requirement) -> bool) -> Vec<&'r Path> {
    let pins = requirements.iter();
    let pins = pins.filter(|one| counts(one) && one.certainty() == Certainty::Pinned);
    pins.map(|one| one.manifest.as_path()).collect()
}

fn is_optional(requirement: &Requirement) -> bool {
    matches!(requirement.role, Role::Extra(_) | Role::Group(_))
}

/// The releases that any of the manifests allows, each within its constraints.
pub(super) fn joined(requirements: &[&Requirement], constraints: &[&Requirement]) -> Option<Fact<PackageRange>> {
    // Most packages are named once.
    if let ([only], []) = (requirements, constraints) {
        return intersection(&only.range).and(only.as_fact());
    }
    let mut manifests: Vec<&Path> = requirements.iter().map(|one| one.manifest.as_path()).collect();
    manifests.dedup();
    let ranges: Option<Vec<Alternatives>> = manifests
        .iter()
        .map(|manifest| {
            let declared = of_manifest(requirements.iter().copied().filter(|one| one.manifest == *manifest))?;
            let restricting = constraints
                .iter()
                .filter(|one| one.restricts.iter().any(|path| path == manifest));
            let (always, sometimes): (Vec<&Requirement>, Vec<_>) = restricting.partition(|one| one.condition.is_none());
            let restricting: Option<Vec<&Alternatives>> = always.iter().map(|one| one.range.as_ref()).collect();
            let of_markers = match leave_no_python_out(&sometimes) {
                true => Some(of_manifest(sometimes.into_iter())?),
                false => None,
            };
            intersection(std::iter::once(&declared).chain(restricting?).chain(&of_markers))
        })
        .collect();
    let specifiers = union(&ranges?)?;
    let certainty = match requirements.iter().all(|one| one.role == Role::Lock) {
        true => Certainty::Locked,
        false => crate::facts::certainty(&specifiers),
    };
    let package = &requirements.first()?.package;
    let place = |alternative: &VersionSpecifiers| said_at(alternative, requirements, constraints);
    Some(Fact::at_places(package, specifiers, certainty, place))
}

/// Whether one of these holds wherever the program may run.
fn leave_no_python_out(requirements: &[&Requirement]) -> bool {
    let markers: Vec<String> = requirements
        .iter()
        .filter_map(|one| Some(format!("({})", one.marker()?)))
        .collect();
    markers::holds(&markers.join(" or "), None) == Some(true)
}

/// The place of what says the most of an alternative.
fn said_at<'r>(
    alternative: &VersionSpecifiers,
    requirements: &[&'r Requirement],
    constraints: &[&'r Requirement],
) -> &'r str {
    let alternative = alternative.clone().into();
    let says_the_most = requirements.iter().chain(constraints).max_by_key(|one| {
        let range = one.range.as_ref();
        let is_whole = range.is_some_and(|range| *range == alternative);
        let is_restricted = range.is_some_and(|range| !range.is_empty());
        (
            is_whole,
            range.is_some_and(|range| !are_disjoint(range, &alternative)),
            one.role != Role::Constraint && is_restricted,
            one.certainty(),
        )
    });
    says_the_most.map_or("", |one| &one.place)
}

/// The releases that one manifest allows.
fn of_manifest<'a>(requirements: impl Iterator<Item = &'a Requirement>) -> Option<Alternatives> {
    let (always, sometimes): (Vec<_>, Vec<_>) = requirements.partition(|one| one.condition.is_none());
    if always.iter().chain(&sometimes).all(|one| one.role == Role::Lock) {
        return any_of(always.iter().chain(&sometimes).map(|one| one.range.clone()));
    }
    if !always.is_empty() {
        return together(&always);
    }
    any_of(
        parted(&sometimes, |one| &one.condition)
            .iter()
            .map(|under| together(under)),
    )
}

/// What requirements come to that are all installed; those of groups and extras that cannot be are never so.
fn together(requirements: &[&Requirement]) -> Option<Alternatives> {
    let all = |requirements: &[&Requirement]| {
        let ranges: Option<Vec<&Alternatives>> = requirements.iter().map(|one| one.range.as_ref()).collect();
        intersection(ranges?)
    };
    all(requirements).or_else(|| any_of(parted(requirements, |one| &one.role).iter().map(|of_role| all(of_role))))
}

fn any_of(ranges: impl Iterator<Item = Option<Alternatives>>) -> Option<Alternatives> {
    union(&ranges.collect::<Option<Vec<_>>>()?)
}

/// The requirements that have something in common, each such part in the order in which it begins.
fn parted<'a, K: PartialEq>(
    requirements: &[&'a Requirement],
    key: impl Fn(&Requirement) -> &K,
) -> Vec<Vec<&'a Requirement>> {
    let mut parts: Vec<Vec<&Requirement>> = Vec::new();
    for &one in requirements {
        let known = parts
            .iter_mut()
            .find(|part| part.first().is_some_and(|first| key(first) == key(one)));
        match known {
            Some(part) => part.push(one),
            None => parts.push(vec![one]),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::manifest::Manifest;
    use crate::project::requirement::Reading;

    /// What comes of requirements, each as `manifest: role: requirement`; `!` behind the role for a published one.
    fn said_of(requirements: &[&str]) -> String {
        let mut all = Vec::new();
        for text in requirements {
            let mut parts = text.splitn(3, ": ");
            let (name, role, text) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
            let manifest = Manifest::new(name, text);
            let mut warnings = Vec::new();
            let mut reading = Reading::of(&manifest, &mut warnings);
            let published = role.ends_with('!');
            reading.add(
                text,
                0,
                match role.trim_end_matches('!') {
                    "main" => Role::Main,
                    "extra" => Role::Extra("x".to_owned()),
                    "group" => Role::Group("x".to_owned()),
                    "constraint" => Role::Constraint,
                    "override" => Role::Override,
                    "lock" => Role::Lock,
                    other => panic!("{other}"),
                },
            );
            all.extend(reading.found.into_iter().map(|one| Requirement {
                published,
                restricts: vec!["r".into()],
                ..one
            }));
        }
        match said(&all.iter().collect::<Vec<_>>()) {
            None => "nothing".to_owned(),
            Some(Said::Unknown) => "unknown".to_owned(),
            Some(Said::Bare(fact)) => format!("bare, {}", fact.source),
            Some(Said::Restricted(fact)) => {
                let range = fact.value.specifiers.to_string().replace(", ", ",");
                format!("{range} {:?}, {}", fact.value.certainty, fact.source)
            }
        }
    }

    #[test]
    fn what_is_published_comes_before_what_is_locked() {
        let lock = "uv.lock: lock: w==13.1";
        assert_eq!(said_of(&["p: main!: w>=12", lock]), ">=12 Range, w in p:1");
        assert_eq!(said_of(&["p: main: w>=12", lock]), "==13.1 Locked, w in uv.lock:1");
        assert_eq!(said_of(&["p: main!: w", lock]), "==13.1 Locked, w in uv.lock:1");
        assert_eq!(said_of(&["p: extra!: w>=12", lock]), ">=12 Range, w in p:1");
        assert_eq!(said_of(&["p: group: w>=12", lock]), "==13.1 Locked, w in uv.lock:1");
        assert_eq!(said_of(&["p: main!: w @ https://x/w.whl", lock]), "unknown");
    }

    #[test]
    fn a_pin_comes_before_a_range_and_a_range_before_a_name() {
        assert_eq!(
            said_of(&["p: main: w>=12", "r: main: w==13.1"]),
            "==13.1 Pinned, w in r:1"
        );
        assert_eq!(said_of(&["p: main: w", "r: main: w==13.1"]), "==13.1 Pinned, w in r:1");
        assert_eq!(said_of(&["p: main: w", "g: group: w<14"]), "<14 Range, w in g:1");
        assert_eq!(said_of(&["p: main: w"]), "bare, w in p:1");
        assert_eq!(said_of(&[]), "nothing");
    }

    #[test]
    fn an_override_comes_before_whatever_is_asked_for() {
        assert_eq!(
            said_of(&["p: main: w>=14", "p: override: w==13.1"]),
            "==13.1 Pinned, w in p:1"
        );
        assert_eq!(
            said_of(&["p: lock: w==12.0", "p: override: w==13.1"]),
            "==12.0 Locked, w in p:1"
        );
        assert_eq!(said_of(&["p: override: w==13.1"]), "nothing");
    }

    #[test]
    fn constraints_restrict_what_is_installed() {
        let constraints = "c: constraint: w==13.1";
        assert_eq!(said_of(&["r: main: w", constraints]), "==13.1 Pinned, w in c:1");
        assert_eq!(
            said_of(&["r: main: w>=12", "c: constraint: w<14"]),
            ">=12,<14 Range, w in r:1"
        );
        assert_eq!(said_of(&["r: main: w>=14", constraints]), "unknown");
        assert_eq!(said_of(&[constraints]), "nothing");
        let old = "c: constraint: w==12.0; python_version < '3.9'";
        assert_eq!(said_of(&["r: main: w", old]), "bare, w in r:1");
        assert_eq!(
            said_of(&["r: main: w", old, "c: constraint: w==14.2; python_version >= '3.9'"]),
            "==12.0 or ==14.2 Pinned, w==12.0 or ==14.2 in c:1"
        );
        assert_eq!(
            said_of(&["other: main: w>=14", constraints]),
            ">=14 Range, w in other:1"
        );
    }

    #[test]
    fn manifests_that_do_not_agree_are_joined_where_it_can_be_said() {
        assert_eq!(
            said_of(&["a: main: w==14.0", "b: main: w==12.0"]),
            "==12.0 or ==14.0 Pinned, w==12.0 in b:1 and ==14.0 in a:1"
        );
        assert_eq!(
            said_of(&["a: main: w==14.0", "b: main: w", "c: constraint: w==12.0"]),
            "==14.0 Pinned, w in a:1"
        );
        assert_eq!(
            said_of(&["a: main: w==12.0", "b: main: w @ https://x/w.whl"]),
            "==12.0 Pinned, w in a:1"
        );
        assert_eq!(
            said_of(&["a: main: w==12.0", "a: main: w==14.0", "b: main: w==13.1"]),
            "unknown"
        );
        assert_eq!(
            said_of(&["a: main: w>=12,<14", "b: main: w>=14"]),
            ">=12 Range, w in b:1"
        );
        assert_eq!(
            said_of(&["a: lock: w==13.1", "b: lock: w==13.1"]),
            "==13.1 Locked, w in b:1"
        );
    }

    #[test]
    fn conditions_make_alternatives() {
        let old = "p: main: w<14; python_version < '3.9'";
        assert_eq!(said_of(&[old]), "<14 Range, w in p:1");
        assert_eq!(
            said_of(&[old, "p: main: w>=14; python_version >= '3.9'"])
                .split(',')
                .next(),
            Some("bare")
        );
        assert_eq!(
            said_of(&["p: main: w>=12; x", "p: main: w<14; x"]),
            ">=12,<14 Range, w in p:1"
        );
        assert_eq!(
            said_of(&["p: main: w>=12", "p: main: w>=14; x"]),
            ">=12 Range, w in p:1"
        );
        assert_eq!(
            said_of(&["l: lock: w==15.0; x", "l: lock: w==13.1; x"]),
            "==13.1 or ==15.0 Locked, w==13.1 or ==15.0 in l:1"
        );
        assert_eq!(
            said_of(&["p: main: w==12.0; x", "p: main: w>=14,<16; y"]),
            "==12.0 or >=14,<16 Range, w==12.0 or >=14,<16 in p:1"
        );
    }

    #[test]
    fn groups_that_cannot_be_installed_together_are_alternatives() {
        let dev = "p: group: w>=12";
        assert_eq!(said_of(&[dev, "p: extra: w<14"]), ">=12,<14 Range, w in p:1");
        assert_eq!(
            said_of(&["p: group: w==12.0", "p: extra: w==14.2"]),
            "==12.0 or ==14.2 Pinned, w==12.0 or ==14.2 in p:1"
        );
        assert_eq!(
            said_of(&["p: group: w==12.0", "p: extra: w>=14"]),
            "==12.0 or >=14 Range, w==12.0 or >=14 in p:1"
        );
        assert_eq!(said_of(&[dev, "p: extra: w==13.1"]), "==13.1 Pinned, w in p:1");
        assert_eq!(said_of(&["p: group: w==12.0", "p: group: w==14.2"]), "unknown");
    }
}
