//! WS403: two manifests of one project ask for releases of a client that have nothing in common.

use pep440_rs::Version;

use super::Context;
use crate::catalog::Share;
use crate::facts::{Requirement, Role, are_disjoint};
use crate::finding::{Finding, Rule, Severity};
use crate::project::Kind;
use crate::signs::Sign;
use crate::source::Language;

pub(super) static RULE: Rule = Rule {
    code: "WS403",
    name: "diverging-client-pins",
    summary: "two manifests of one project ask for releases of a WebSocket client that have nothing in common",
    remedy: "let both manifests ask for releases that they have in common",
    languages: &[Language::Manifest],
    severity: Severity::Warning,
    fixable: false,
    on_by_default: true,
    page: include_str!("../../rules/WS403-diverging-client-pins.md"),
    triggers: &[(Language::Manifest, &[Sign::Package])],
};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for requirement in &context.sites.requirements {
        findings.extend(check_requirement(context, requirement));
    }
}

fn check_requirement(context: &Context<'_>, requirement: &Requirement) -> Option<Finding> {
    let protocols = &context.settings.protocols;
    let mut spoken = context.catalog.protocols(requirement.ecosystem, &requirement.package);
    if !spoken.any(|protocol| protocols.contains(&protocol)) || requirement.condition.is_some() {
        return None;
    }
    match requirement.ecosystem {
        Language::Rust => check_crate(context, requirement),
        _ => check_package(context, requirement),
    }
}

fn check_package(context: &Context<'_>, requirement: &Requirement) -> Option<Finding> {
    let others = others_of_package(context, requirement);
    let other = others.into_iter().find(|other| diverge(requirement, other))?;
    let place = match other.manifest == requirement.manifest {
        true => format!("line {}", context.source.position(other.span.start).line),
        false => other.place.clone(),
    };
    let message = format!(
        "no release is both `{}` and `{}` ({place})",
        requirement.written(),
        other.written()
    );
    let is_locked = other.role == Role::Lock || requirement.role == Role::Lock;
    let note = match changed_between(context, requirement, other) {
        Some(fact) => fact.to_owned(),
        None if is_locked => {
            "the lock file no longer fits: what is installed from it is not what the manifest asks for".to_owned()
        }
        None => format!(
            "pip refuses to install both together; one after the other, the last one decides which {} runs",
            requirement.package
        ),
    };
    let help = match is_locked {
        true => "lock again, or ask for the release that is locked".to_owned(),
        false => format!(
            "let one place say which {} runs, and the others follow it",
            requirement.package
        ),
    };
    Some(Finding::new(&RULE, requirement.span, message).note(note).help(help))
}

/// What the requirement has to agree with and comes behind: each pair is reported once.
fn others_of_package<'a>(context: &'a Context<'_>, requirement: &Requirement) -> Vec<&'a Requirement> {
    let same = |other: &&Requirement| other.is_of_same_package(requirement) && other.condition.is_none();
    let before = |other: &&Requirement| {
        // Extras and groups are alternatives to each other; each of them comes with what is always installed.
        let go_together = other.role == Role::Main || requirement.role == Role::Main;
        go_together
            && !matches!(other.role, Role::Constraint | Role::Override)
            && other.span.start < requirement.span.start
    };
    let here = context.sites.requirements.iter().filter(same).filter(before);
    if requirement.role != Role::Main {
        return here.collect();
    }
    let elsewhere = context.project.requirements.iter().filter(|other| {
        let is_beside = other.folders_up == 0 && other.is_of_same_package(requirement);
        is_beside && comes_before(context, other) && (other.condition.is_none() || other.role == Role::Lock)
    });
    here.chain(elsewhere).collect()
}

/// Whether a requirement of another manifest is the one that is named in a report about this manifest.
fn comes_before(context: &Context<'_>, other: &Requirement) -> bool {
    let own = context.source.path();
    match other.role {
        // A lock file with a release for each fork agrees where one of them does.
        Role::Lock => {
            !context.project.requirements.iter().any(|lock| {
                lock.manifest == other.manifest && lock.is_of_same_package(other) && lock.range != other.range
            })
        }
        Role::Constraint => other
            .restricts
            .iter()
            .any(|path| path.ends_with(own.file_name().unwrap_or_default())),
        Role::Extra(_) | Role::Group(_) | Role::Override => false,
        Role::Main => {
            let (Some(kind), Some(name)) = (Kind::of(own), own.file_name().and_then(|name| name.to_str())) else {
                return false;
            };
            let Some(other_name) = other.manifest.file_name().and_then(|name| name.to_str()) else {
                return false;
            };
            let is_one_of_many = is_for_one_environment(name) || is_for_one_environment(other_name);
            let rank = |kind: Kind, name: &str| (kind, name.len(), name.to_owned());
            let checked = Kind::of(&other.manifest).map(|kind| rank(kind, other_name));
            !is_one_of_many && checked.is_none_or(|other| other < rank(kind, name))
        }
    }
}

/// Whether a manifest's name says that it is one of several that are tried in turn: `requirements-py38.txt`,
/// `requirements-oldest.txt`.
fn is_for_one_environment(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "compat", "latest", "legacy", "lowest", "max", "maximum", "min", "minimal", "minimum", "new", "newest", "old",
        "oldest",
    ];
    let lower = name.to_ascii_lowercase();
    let mut words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| WORDS.contains(&word) || word.starts_with("py") && word.ends_with(|c: char| c.is_ascii_digit()))
}

fn diverge(a: &Requirement, b: &Requirement) -> bool {
    match (&a.range, &b.range) {
        (Some(a), Some(b)) => are_disjoint(a, b),
        _ => false,
    }
}

/// What changed at a release that lies between the two.
fn changed_between<'a>(context: &'a Context<'_>, a: &Requirement, b: &Requirement) -> Option<&'a str> {
    let known = context.catalog.known(a.ecosystem, &a.package)?;
    let changed = known.breaks.iter().find(|change| {
        let newer = |one| context.catalog.share_of(one, |version| *version >= change.release);
        matches!(
            (newer(a), newer(b)),
            (Some(Share::None), Some(Share::All)) | (Some(Share::All), Some(Share::None))
        )
    });
    changed.map(|change| change.fact.as_str())
}

/// The least release that the range speaks of.
fn oldest(requirement: &Requirement) -> Option<&Version> {
    let range = requirement.range.as_ref()?;
    range.iter().map(|specifier| specifier.version()).min()
}

/// Cargo builds both: what is told is that the older one is there at all.
fn check_crate(context: &Context<'_>, requirement: &Requirement) -> Option<Finding> {
    let own = oldest(requirement)?;
    let others = context.project.requirements.iter().filter(|other| {
        let is_declared = other.is_of_same_package(requirement) && other.role != Role::Lock;
        is_declared && other.condition.is_none() && diverge(requirement, other)
    });
    let newest = others
        .max_by_key(|other| oldest(other))
        .filter(|other| oldest(other) > Some(own))?;
    let package = &requirement.package;
    let message = format!(
        "the workspace builds two releases of {package}: `{}` here and `{}` in {}",
        requirement.written(),
        newest.written(),
        newest.place
    );
    Some(
        Finding::new(&RULE, requirement.span, message)
            .severity(Severity::Info)
            .note(format!(
                "to the compiler the types of one {package} are not those of the other: a connection or an error of one crate is \
                 none for the other"
            ))
            .help("name the release once, in `[workspace.dependencies]`, and inherit it with `workspace = true`"),
    )
}
