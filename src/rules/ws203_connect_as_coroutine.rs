//! WS203: a connect is used as something that its object is not.

use pep440_rs::Version;

use super::Context;
use super::misuse_failures::Failure;
use crate::catalog::{During, Object, Releases, Share};
use crate::finding::{Finding, Rule, Severity};
use crate::signs::Sign;
use crate::sites::{Connect, Misuse, MisuseKind, MisusedConnect};
use crate::source::Language;

pub(super) static RULE: Rule = Rule {
    code: "WS203",
    name: "connect-as-coroutine",
    summary: "a connect, or the connection that it gives, is used as something that it is not",
    remedy: "await or enter the connect as its library means it, and ask the connection for what it has",
    languages: &[Language::Python],
    severity: Severity::Error,
    fixable: true,
    on_by_default: true,
    page: include_str!("../../rules/WS203-connect-as-coroutine.md"),
    triggers: &[
        (Language::Python, &[Sign::Connect]),
        (Language::Python, &[Sign::Receive]),
    ],
};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for misuse in &context.sites.misuses {
        findings.extend(check_misuse(context, misuse));
    }
}

fn check_misuse(context: &Context<'_>, misuse: &Misuse) -> Option<Finding> {
    let connect = match &misuse.connect {
        MisusedConnect::Here(index) => context.sites.connects.get(*index)?,
        MisusedConnect::Elsewhere(connect) => connect,
    };
    let is_member = member(misuse).is_some();
    if is_member && connect.chosen_by_version {
        return None;
    }
    if member(misuse).is_some_and(|name| connect.own_members.may_have(name)) {
        return None;
    }
    if let Some(finding) = of_blocking(misuse, connect) {
        return Some(finding);
    }
    let package = &context.catalog.entry(connect.api).package;
    let objects = context.catalog.objects(Language::Python, package);
    let releases = context.catalog.releases(Language::Python, package, context.project);
    let failing: Vec<&Object> = objects
        .iter()
        .filter(|object| Failure::of(misuse, object, connect).is_some())
        .collect();
    let share = match &releases {
        Some(releases) => {
            releases.share(|version| failing.iter().any(|object| fails_in(misuse, object, connect, version)))
        }
        None if failing
            .iter()
            .any(|object| object.is_always_made_by(&connect.path) && during(misuse, object).is_none()) =>
        {
            Share::All
        }
        None => Share::None,
    };
    // Where releases that have it may run, who asks has those in mind.
    let is_asked = matches!(misuse.kind, MisuseKind::AttributeAsked { .. });
    if share == Share::None || (is_asked && share != Share::All) {
        return None;
    }
    // What a later release of the same implementation has is no reason to speak where that may be the one that runs.
    let fails_only_before = |releases: &Releases<'_>| {
        let newest = releases.newest();
        share != Share::All
            && newest.is_some_and(|newest| !failing.iter().any(|object| fails_in(misuse, object, connect, newest)))
            && failing
                .iter()
                .any(|object| during(misuse, object).is_some_and(|during| during.until.is_some()))
    };
    if is_member && releases.as_ref().is_some_and(fails_only_before) {
        return None;
    }
    // Of several the newest: that is what gets installed.
    let is_possible = |object: &&&Object| match &releases {
        Some(releases) => releases.share(|version| fails_in(misuse, object, connect, version)) != Share::None,
        None => object.is_always_made_by(&connect.path),
    };
    let object = failing.iter().rev().find(is_possible)?;
    let failure = Failure::of(misuse, object, connect)?;
    let pythons = failure.pythons(context);
    if pythons == Share::None {
        return None;
    }
    let severity = match (share, pythons) {
        (Share::All, Share::All) if !is_asked => Severity::Error,
        _ => Severity::Warning,
    };
    let finding = Finding::new(&RULE, misuse.span, failure.message)
        .severity(severity)
        .note(note(&failure.note, releases.as_ref(), &failing, misuse, connect))
        .related(&connect.through);
    Some(match &misuse.kind {
        MisuseKind::AsCoroutine { function } if function.ends_with(".create_task") && object.awaitable => {
            finding.fix(context.rewrite.ensure_future(misuse))
        }
        MisuseKind::ConnectionEntered { directly: true } if object.manager => {
            finding.fix(context.rewrite.enter_connect(misuse, connect))
        }
        _ => finding.help(failure.help),
    })
}

/// The attribute or the method of the connection that a misuse is about.
fn member(misuse: &Misuse) -> Option<&str> {
    match &misuse.kind {
        MisuseKind::AttributeRead { attribute } | MisuseKind::AttributeAsked { attribute } => Some(attribute),
        MisuseKind::KeywordGiven { method, .. } => Some(method),
        _ => None,
    }
}

/// A blocking connect in the place of an asynchronous one: no release of any library gives something else.
fn of_blocking(misuse: &Misuse, connect: &Connect) -> Option<Finding> {
    let (verb, keyword, error) = match misuse.kind {
        MisuseKind::BlockingAwaited => (
            "awaited",
            "await",
            "a `TypeError` (`can't be used in 'await' expression`)",
        ),
        MisuseKind::BlockingEntered => (
            "entered by `async with`",
            "async",
            "a `TypeError` (`does not support the asynchronous context manager protocol`; up to Python 3.10 an `AttributeError`)",
        ),
        _ => return None,
    };
    let path = &connect.path;
    Some(
        Finding::new(
            &RULE,
            misuse.span,
            format!("`{path}` blocks, and what it gives cannot be {verb}"),
        )
        .note(format!(
            "the event loop stands still until it is connected, and then {error} is raised here"
        ))
        .help(format!(
            "use the library's asynchronous client, or take `{keyword}` away in code without an event loop"
        )),
    )
}

/// The releases in which what the object is used for fails, where these are not all that make it.
fn during<'o>(misuse: &Misuse, object: &'o Object) -> Option<&'o During> {
    let during = match &misuse.kind {
        MisuseKind::AttributeRead { attribute } | MisuseKind::AttributeAsked { attribute } => {
            &object.lacks(attribute)?.during
        }
        MisuseKind::KeywordGiven { method, keyword } => &object.rejects(method, keyword)?.during,
        _ => return None,
    };
    (*during != During::default()).then_some(during)
}

/// Whether the connect makes this object in this release, and that fails.
fn fails_in(misuse: &Misuse, object: &Object, connect: &Connect, version: &Version) -> bool {
    object.is_made_by(&connect.path, version) && during(misuse, object).is_none_or(|during| during.holds_in(version))
}

fn note(
    failure: &str,
    releases: Option<&Releases<'_>>,
    failing: &[&Object],
    misuse: &Misuse,
    connect: &Connect,
) -> String {
    let Some(releases) = releases else {
        return failure.to_owned();
    };
    let fails = |version: &_| failing.iter().any(|object| fails_in(misuse, object, connect, version));
    let told = releases.told(fails);
    match releases.share(fails) {
        Share::All if told.ends_with("of every version") => format!("{failure}, with {told}"),
        _ => format!("{failure}, with {told}; {}", releases.here()),
    }
}
