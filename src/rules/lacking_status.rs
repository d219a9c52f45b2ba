//! The part of WS501 about what a clause reads, asks for or matches: the exception that comes does not have it.

use pep440_rs::Version;

use super::Context;
use super::handshake_clause::{Clause, is_certain};
use super::ws501_uncaught_handshake_status::RULE;
use crate::catalog::{Rejection, Share};
use crate::finding::{Finding, Severity};
use crate::sites::{Caught, ExceptionRead, Handler};
use crate::source::Language;

/// The clause reads what the exception that it names does not have.
pub(super) fn misread(context: &Context<'_>, handler: &Handler, findings: &mut Vec<Finding>) {
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
pub(super) fn read_in_vain(context: &Context<'_>, handler: &Handler) -> Option<Finding> {
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
pub(super) fn matched_in_vain(context: &Context<'_>, handler: &Handler) -> Option<Finding> {
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
pub(super) fn asked_in_vain(context: &Context<'_>, handler: &Handler) -> Option<Finding> {
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
