//! WS501: a clause for a refused handshake that names another exception than the one that comes, or reads from it what
//! it does not have.

use pep440_rs::Version;

use super::Context;
use super::raised_handshakes::Clause;
use crate::catalog::{Rejection, Releases, Share};
use crate::finding::{Applicability, Finding, Refusal, Rule, Severity};
use crate::signs::Sign;
use crate::sites::{Caught, ExceptionRead, Handler, HandlerForm};
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

/// Whether a clause names what it seems to: where it means the first import that works, every release has that.
fn is_certain(context: &Context<'_>, caught: &Caught) -> bool {
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

/// The clause reads what the exception that it names does not have.
fn misread(context: &Context<'_>, handler: &Handler, findings: &mut Vec<Finding>) {
    let [caught] = handler.caught.as_slice() else {
        return;
    };
    let known = caught.path.as_deref().filter(|_| is_certain(context, caught));
    let Some((_, rejection)) = known.and_then(|path| context.catalog.rejection(Language::Python, path)) else {
        return;
    };
    for (index, read) in handler.reads.iter().enumerate() {
        let mut path = String::new();
        for (length, (name, span)) in (1..).zip(&read.attributes) {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(name);
            let Some(wanted) = rejection.lacks.get(&path) else {
                continue;
            };
            let exception = rejection.name();
            let first = path.split('.').next().unwrap_or(&path);
            // What it has of this name lacks the rest.
            let has_first = rejection.status.split('.').next() == Some(first);
            let raised = match has_first {
                true => "`AttributeError` is raised here".to_owned(),
                false => format!("`AttributeError: '{exception}' object has no attribute '{first}'` is raised here"),
            };
            let message = format!("`{exception}` has no `{path}`");
            let note = format!("{raised}, in the place of what the clause is for; it has `{wanted}`");
            let fix = context.rewrite.read_instead(handler, index, length, wanted);
            findings.push(Finding::new(&RULE, *span, message).note(note).fix(fix));
            break;
        }
    }
}

/// A clause that takes everything reads what a refused handshake does not have.
fn read_in_vain(context: &Context<'_>, handler: &Handler) -> Option<Finding> {
    let is_known = |caught: &Caught| {
        let path = caught.path.as_deref();
        path.is_some_and(|path| {
            context.catalog.rejection(Language::Python, path).is_none() && has_no_status(context, path)
        })
    };
    // Who asks for the class by its name knows which one it is.
    let asks_for_class = |read: &ExceptionRead| read.attributes.iter().any(|(name, _)| name.starts_with("__"));
    if !handler.caught.iter().all(is_known) || handler.reads.iter().any(asks_for_class) {
        return None;
    }
    let (read, path) = handler.reads.iter().find_map(|read| {
        let path = read
            .attributes
            .iter()
            .map(|(name, _)| name.as_str())
            .collect::<Vec<_>>()
            .join(".");
        path.starts_with("status").then_some((read, path))
    })?;
    let lacks = |rejection: &Rejection| rejection.lacks.contains_key(&path);
    let (rejection, told) = raised_without(context, handler, &lacks)?;
    let (exception, status) = (rejection.name(), &rejection.status);
    let (_, span) = read.attributes.first()?;
    Some(
        Finding::new(&RULE, *span, format!("`{exception}`{told} has no `{path}`"))
            .severity(Severity::Warning)
            .note(format!(
                "where the handshake is refused `AttributeError: '{exception}' object has no attribute '{path}'` is raised here"
            ))
            .help(format!("read `{status}` of an `{exception}`")),
    )
}

/// A pattern asks for what an exception of its class does not have.
fn matched_in_vain(context: &Context<'_>, handler: &Handler) -> Option<Finding> {
    handler.matched.iter().find_map(|matched| {
        let (_, rejection) = context.catalog.rejection(Language::Python, &matched.class)?;
        let (exception, status, name) = (rejection.name(), &rejection.status, &matched.attribute);
        let caught = handler.caught.iter().filter_map(|caught| caught.path.as_deref());
        let mut named = caught
            .filter_map(|path| context.catalog.rejection(Language::Python, path))
            .peekable();
        let comes = match named.peek() {
            Some(_) => named.any(|(_, other)| other == rejection),
            None => raised_without(context, handler, &|raised| raised == rejection).is_some(),
        };
        (comes && rejection.lacks.contains_key(name)).then(|| {
            Finding::new(
                &RULE,
                matched.span,
                format!("`{exception}` has no `{name}`, so that this `case` never matches"),
            )
            .severity(Severity::Warning)
            .note("a refused handshake is taken for something else here")
            .help(format!("match `{status}` of an `{exception}`"))
        })
    })
}

/// The clause asks for the status by a name that nothing has which can come to it.
fn asked_in_vain(context: &Context<'_>, handler: &Handler) -> Option<Finding> {
    let asked = handler.asked.as_ref()?;
    let has = |rejection: &Rejection| {
        let first = rejection.status.split('.').next().unwrap_or_default();
        asked.names.iter().any(|name| name == first)
    };
    let lacks = |rejection: &Rejection| asked.names.iter().any(|name| is_lacking(rejection, name)) && !has(rejection);
    let named = || {
        let paths = handler.caught.iter().filter_map(|caught| caught.path.as_deref());
        paths.filter_map(|path| context.catalog.rejection(Language::Python, path))
    };
    let (rejection, told) = match named().next() {
        Some((_, rejection)) => {
            let is_known = |caught: &Caught| caught.path.as_deref().is_some_and(|path| has_no_status(context, path));
            if !named().all(|(_, rejection)| lacks(rejection)) || !handler.caught.iter().all(is_known) {
                return None;
            }
            (rejection, String::new())
        }
        None => raised_without(context, handler, &lacks)?,
    };
    let name = asked.names.iter().find(|name| is_lacking(rejection, name))?;
    let (exception, status) = (rejection.name(), &rejection.status);
    let message = match asked.by_hasattr {
        true => format!("`{exception}`{told} has no `{name}`, so that `hasattr` is never true"),
        false => format!("`{exception}`{told} has no `{name}`, so that `getattr` always gives its default"),
    };
    Some(
        Finding::new(&RULE, asked.span, message)
            .severity(Severity::Warning)
            .note("a refused handshake is taken for something else here")
            .help(format!("read `{status}` of an `{exception}`")),
    )
}

fn is_lacking(rejection: &Rejection, name: &str) -> bool {
    rejection.lacks.contains_key(name) || rejection.lacks.keys().any(|path| path.split('.').next() == Some(name))
}

/// Whether what this path names has no status of its own that could be asked for.
fn has_no_status(context: &Context<'_>, path: &str) -> bool {
    let is_builtin = !path.contains('.') || path.starts_with("asyncio.") || path.starts_with("socket.");
    is_builtin || context.catalog.rejection(Language::Python, path).is_some()
}

/// What the connects under a clause that takes everything raise, if it lacks what is asked for, and with which releases.
fn raised_without<'a>(
    context: &'a Context<'_>,
    handler: &'a Handler,
    lacks: &dyn Fn(&Rejection) -> bool,
) -> Option<(&'a Rejection, String)> {
    let mut raising = handler.raising(&context.sites.connects);
    let (api, path) = raising.next().filter(|_| !handler.other_calls)?;
    let package = &context.catalog.entry(api).package;
    let clause = Clause::of(context, handler, package);
    if clause.connects.len() != 1 + raising.count() {
        return None;
    }
    let releases = context.catalog.releases(Language::Python, package, context.project)?;
    let fails = |version: &Version| {
        let mut raised = clause.connects.iter().map(|connect| clause.raised(connect, version));
        raised.all(|raised| raised.is_some_and(lacks)) && !clause.misses(version)
    };
    let share = releases.share(fails);
    // Where both kinds of releases are wanted, who asks has the older ones in mind.
    if share == Share::None || (share == Share::Some && releases.is_declared()) {
        return None;
    }
    let newest = releases.newest()?;
    let raised = clause
        .rejections
        .iter()
        .find(|rejection| rejection.is_raised_by(path, newest))?;
    let told = match share {
        Share::All => String::new(),
        _ => format!(" ({})", releases.told(fails)),
    };
    Some((raised, told))
}
