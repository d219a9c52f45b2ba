//! WS501: a clause for a refused handshake that names another exception than the one that comes, or reads from it what
//! it does not have.

use pep440_rs::Version;

use super::Context;
use super::handshake_clause::{Clause, is_certain};
use super::lacking_status::{asked_in_vain, matched_in_vain, misread, read_in_vain};
use crate::catalog::{Rejection, Releases, Share};
use crate::finding::{Applicability, Finding, Refusal, Rule, Severity};
use crate::signs::Sign;
use crate::sites::{Caught, Handler, HandlerForm};
use crate::source::Language;

pub(super) static RULE: Rule = Rule {
    code: "WS501",
    name: "uncaught-handshake-status",
    summary: "a clause for a refused handshake does not catch it, or reads the status from where it is not",
    remedy: "catch what the installed release raises, and read the status from where it carries it",
    languages: &[Language::Python],
    severity: Severity::Error,
    fixable: true,
    on_by_default: true,
    page: include_str!("../../rules/WS501-uncaught-handshake-status.md"),
    triggers: &[
        (Language::Python, &[Sign::Connect]),
        (Language::Python, &[Sign::Rejection]),
    ],
};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for handler in context.sites.handlers.iter().filter(|handler| !handler.is_conditional) {
        match missing(context, handler).or_else(|| uncaught(context, handler)) {
            Some(finding) => findings.push(finding),
            None => {
                misread(context, handler, findings);
                findings.extend(read_in_vain(context, handler));
                findings.extend(asked_in_vain(context, handler));
                findings.extend(matched_in_vain(context, handler));
            }
        }
    }
}

/// The clause names an exception that no release which may run has.
fn missing(context: &Context<'_>, handler: &Handler) -> Option<Finding> {
    handler.caught.iter().find_map(|caught| {
        // Where that import fails the name stands for something else.
        let path = caught.path.as_deref().filter(|_| !caught.is_first_import)?;
        let (package, rejection) = context.catalog.rejection(Language::Python, path)?;
        let since = rejection.since.as_ref()?;
        let releases = context.catalog.releases(Language::Python, package, context.project)?;
        let lacks = |version: &Version| version < since;
        if releases.share(lacks) != Share::All {
            return None;
        }
        let name = rejection.name();
        let when = match handler.form {
            HandlerForm::Except => ", as soon as an exception gets to the clause",
            HandlerForm::Raises => "",
        };
        Some(
            Finding::new(&RULE, caught.span, format!("{} has no `{name}`", releases.told(lacks)))
                .note(format!(
                    "importing it by its name raises `ImportError`, reading it from its module `AttributeError`{when}; {}",
                    releases.here()
                ))
                .help(format!("ask for `{package}>={since}`")),
        )
    })
}

/// The clause never catches what the connects under it raise.
fn uncaught(context: &Context<'_>, handler: &Handler) -> Option<Finding> {
    let (index, named, package) = handler.caught.iter().enumerate().find_map(|(index, caught)| {
        let (package, rejection) = context.catalog.rejection(Language::Python, caught.path.as_deref()?)?;
        Some((index, rejection, package))
    })?;
    let clause = Clause::of(context, handler, package);
    if !handler
        .caught
        .iter()
        .chain(&handler.elsewhere)
        .all(|caught| is_certain(context, caught))
    {
        return None;
    }
    // What cannot be told may be the other exception; who names both knows both.
    let all = || handler.caught.iter().chain(&handler.elsewhere);
    let is_other = |path: &str| clause.rejections.iter().any(|other| other != named && other.is(path));
    if clause.connects.is_empty()
        || all().any(|caught| caught.path.is_none())
        || all().filter_map(|caught| caught.path.as_deref()).any(is_other)
    {
        return None;
    }
    let releases = context.catalog.releases(Language::Python, package, context.project)?;
    let newest = releases.newest()?;
    let share = releases.share(|version| clause.misses(version));
    // What is only true of older releases than the one that gets installed is how code looks that goes with the time.
    if share == Share::None || !clause.misses(newest) {
        return None;
    }
    let connect = clause.connects.first()?;
    let raised = clause.raised(connect, newest)?;
    // Another clause of the same `try` is for it.
    let is_base = |caught: &Caught| caught.path.as_ref().is_some_and(|path| raised.bases.contains(path));
    if handler.elsewhere.iter().any(is_base) {
        return None;
    }
    let is_taken = |caught: &Caught| caught.path.as_deref().is_some_and(|path| raised.is_caught_by(path));
    let is_safe = handler.fails_a_test && share == Share::All && !handler.elsewhere.iter().any(is_taken);
    let trust = match is_safe {
        true => Applicability::Safe,
        false => Applicability::Unsafe,
    };
    let fix = match share == Share::Some && releases.is_declared() {
        true => Err(Refusal::because(format!(
            "releases that raise `{}` are allowed too: name both, `({}, {})`",
            named.name(),
            raised.name(),
            named.name()
        ))),
        false if handler.caught.get(index).is_some_and(|caught| caught.is_first_import) => {
            Err(Refusal::because(format!(
                "the name stands for what can be imported: import `{}` first",
                raised.name()
            )))
        }
        false if handler.caught.get(index).is_some_and(|caught| caught.is_of_tuple) => Err(Refusal::because(format!(
            "the name stands for several classes: name `{}` among them",
            raised.name()
        ))),
        false => context.rewrite.catch_instead(handler, index, raised),
    };
    let caught = handler.caught.get(index)?;
    let told = releases.told(|version| clause.misses(version));
    let told_where_some = (share == Share::Some).then_some(told.as_str());
    let message = message(handler, named, raised, connect.path, told_where_some);
    let severity = match share {
        Share::All => Severity::Error,
        Share::Some | Share::None => Severity::Warning,
    };
    Some(
        Finding::new(&RULE, caught.span, message)
            .severity(severity)
            .note(note(named, raised, &releases, &told))
            .fix(fix.map(|fix| fix.at_most(trust))),
    )
}

fn message(handler: &Handler, named: &Rejection, raised: &Rejection, path: &str, told: Option<&str>) -> String {
    let (named, raised) = (named.name(), raised.name());
    let when = told.map_or(String::new(), |told| format!(" with {told}"));
    match handler.form {
        HandlerForm::Except => {
            format!("`except {named}` does not catch a refused handshake of `{path}`, which raises `{raised}`{when}")
        }
        HandlerForm::Raises => {
            format!("`{named}` is expected of `{path}`, which raises `{raised}`{when} where the handshake is refused")
        }
    }
}

fn note(named: &Rejection, raised: &Rejection, releases: &Releases<'_>, told: &str) -> String {
    let (named, raised) = (named.name(), raised.name());
    let here = match told.ends_with("of every version") {
        true => String::new(),
        false => format!("; {}", releases.here()),
    };
    format!(
        "with {told} an HTTP status such as 403 becomes `{raised}`; `{named}` can still be imported, and is no base \
         class of it{here}"
    )
}
