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
//! Manifests of one level that do not agree come to the union of their ranges; where specifiers cannot say that union
//! (`==12.0` or `==14.0`) the releases are unknown, but for pins of one major release, which come to what lies between them. Requirements of one manifest under different conditions (Python
//! versions, platforms, forks of a lock file) are joined likewise, and those without a condition hold together.

use std::path::Path;

use pep440_rs::VersionSpecifiers;

use crate::facts::{Certainty, Fact, PackageRange, Requirement, Role, intersection, union};

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
    let levels: [&dyn Fn(&Requirement) -> bool; 8] = [
        &|one| one.is_promised() && one.role == Role::Main,
        &|one| one.is_promised(),
        &|one| one.role == Role::Lock,
        &|one| one.role == Role::Override && is_asked_for,
        &|one| one.role == Role::Main && one.certainty() == Certainty::Pinned,
        &|one| one.role == Role::Main,
        &|one| is_optional(one) && one.certainty() == Certainty::Pinned,
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

fn is_optional(requirement: &Requirement) -> bool {
    matches!(requirement.role, Role::Extra(_) | Role::Group(_))
}

/// The releases that any of the manifests allows, each within its constraints.
fn joined(requirements: &[&Requirement], constraints: &[&Requirement]) -> Option<Fact<PackageRange>> {
    let mut manifests: Vec<&Path> = requirements.iter().map(|one| one.manifest.as_path()).collect();
    manifests.dedup();
    let ranges: Option<Vec<VersionSpecifiers>> = manifests
        .iter()
        .map(|manifest| {
            let declared = of_manifest(requirements.iter().copied().filter(|one| one.manifest == *manifest))?;
            let restricting = constraints
                .iter()
                .filter(|one| one.restricts.iter().any(|path| path == manifest));
            let always = restricting.filter(|one| one.condition.is_none());
            let restricting: Option<Vec<&VersionSpecifiers>> = always.map(|one| one.range.as_ref()).collect();
            intersection(std::iter::once(&declared).chain(restricting?))
        })
        .collect();
    let specifiers = union(&ranges?)?;
    let certainty = match requirements.iter().all(|one| one.role == Role::Lock) {
        true => Certainty::Locked,
        false => crate::facts::certainty(&specifiers),
    };
    let says_the_most = requirements.iter().chain(constraints).max_by_key(|one| {
        let is_whole = one.range.as_ref() == Some(&specifiers);
        let is_restricted = one.range.as_ref().is_some_and(|range| !range.is_empty());
        (is_whole, one.role != Role::Constraint && is_restricted, one.certainty())
    })?;
    Some(Fact {
        value: PackageRange { specifiers, certainty },
        source: says_the_most.source(),
    })
}

/// The releases that one manifest allows.
fn of_manifest<'a>(requirements: impl Iterator<Item = &'a Requirement>) -> Option<VersionSpecifiers> {
    let (always, sometimes): (Vec<_>, Vec<_>) = requirements.partition(|one| one.condition.is_none());
    if !always.is_empty() {
        let ranges: Option<Vec<&VersionSpecifiers>> = always.iter().map(|one| one.range.as_ref()).collect();
        return intersection(ranges?);
    }
    let mut conditions: Vec<&Option<String>> = sometimes.iter().map(|one| &one.condition).collect();
    conditions.sort();
    conditions.dedup();
    let alternatives: Option<Vec<VersionSpecifiers>> = match sometimes.iter().all(|one| one.role == Role::Lock) {
        true => sometimes.iter().map(|one| one.range.clone()).collect(),
        false => conditions
            .iter()
            .map(|condition| {
                let under = sometimes.iter().filter(|one| one.condition == **condition);
                let ranges: Option<Vec<&VersionSpecifiers>> = under.map(|one| one.range.as_ref()).collect();
                intersection(ranges?)
            })
            .collect(),
    };
    union(&alternatives?)
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
        assert_eq!(
            said_of(&["other: main: w>=14", constraints]),
            ">=14 Range, w in other:1"
        );
    }

    #[test]
    fn manifests_that_do_not_agree_are_joined_where_it_can_be_said() {
        assert_eq!(said_of(&["a: main: w==12.0", "b: main: w==14.0"]), "unknown");
        assert_eq!(
            said_of(&["a: main: w==13.1", "b: main: w==13.0"]),
            ">=13.0,<=13.1 Range, w in b:1"
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
        assert_eq!(said_of(&["l: lock: w==13.1; x", "l: lock: w==15.0; x"]), "unknown");
    }
}
