//! WS402: nothing holds a client on one side of a release that changed what its connects accept.

use super::Context;
use crate::catalog::{Break, Share};
use crate::facts::{Requirement, Role, is_bounded_above};
use crate::finding::{Finding, Rule, Severity};
use crate::signs::Sign;
use crate::source::Language;

pub(super) static RULE: Rule = Rule {
    code: "WS402",
    name: "unpinned-client",
    summary: "a WebSocket client has no upper bound, and a known release changed what its connects accept",
    remedy: "ask for releases on one side of the change: an upper bound, or a higher lower one",
    languages: &[Language::Manifest],
    severity: Severity::Warning,
    fixable: false,
    on_by_default: true,
    page: include_str!("../../rules/WS402-unpinned-client.md"),
    triggers: &[(Language::Manifest, &[Sign::Package])],
};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut reported = Vec::new();
    for requirement in &context.sites.requirements {
        if reported.contains(&&requirement.package) {
            continue;
        }
        if let Some(finding) = check_requirement(context, requirement) {
            reported.push(&requirement.package);
            findings.push(finding);
        }
    }
}

fn check_requirement(context: &Context<'_>, requirement: &Requirement) -> Option<Finding> {
    let protocols = &context.settings.protocols;
    let mut spoken = context.catalog.protocols(requirement.ecosystem, &requirement.package);
    if !spoken.any(|protocol| protocols.contains(&protocol)) {
        return None;
    }
    let change = straddled(context, requirement)?;
    let others = context.project.requirements.iter().chain(&context.sites.requirements);
    // What the developers hold for themselves holds nothing for those that install what is published.
    let counts = |other: &Requirement| !requirement.is_promised() || other.is_promised();
    let mut others =
        others.filter(|other| other.is_of_same_package(requirement) && *other != requirement && counts(other));
    if others.any(|other| straddled(context, other).is_none()) {
        return None;
    }
    let is_bare = requirement.range.as_ref().is_some_and(|range| range.is_empty());
    let (package, release) = (&requirement.package, &change.release);
    let message = match is_bare {
        true => format!("nothing says which {package} is used, and {release} changed what its connects accept"),
        false => format!(
            "`{}` has no upper bound, and {package} {release} changed what its connects accept",
            requirement.written()
        ),
    };
    let for_others = requirement.published || context.project.builds_package;
    let help = match for_others {
        true => format!(
            "promise the side that the code is written for and tested with, `{package}<{release}` or `{package}>={release}`"
        ),
        false => format!(
            "bound it to the side that the code is written for, `{package}<{release}` or `{package}>={release}`, or \
             commit a lock file"
        ),
    };
    Some(
        Finding::new(&RULE, requirement.span, message)
            // That a library bounds its dependencies from above is debated; what its range breaks is said where it breaks.
            .severity(if for_others { Severity::Info } else { Severity::Warning })
            .note(&change.fact)
            .help(help),
    )
}

/// The newest change that releases before and after are allowed of; nothing where something bounds them from above, or
/// where they are not to be known.
fn straddled<'a>(context: &'a Context<'_>, requirement: &Requirement) -> Option<&'a Break> {
    let range = requirement.range.as_ref()?;
    if matches!(requirement.role, Role::Lock | Role::Constraint | Role::Override) || is_bounded_above(range) {
        return None;
    }
    let known = context.catalog.known(requirement.ecosystem, &requirement.package)?;
    known.breaks.iter().rev().find(|change| {
        let newer = context
            .catalog
            .share_of(requirement, |version| *version >= change.release);
        newer == Some(Share::Some)
    })
}
