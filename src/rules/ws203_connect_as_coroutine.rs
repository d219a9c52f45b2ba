//! WS203: a connect is used as something that its object is not.

use pep440_rs::Version;

use super::Context;
use crate::catalog::{During, Object, Releases, Share};
use crate::facts::PythonVersion;
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
    triggers: &[(Language::Python, &[Sign::Connect])],
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

/// What goes wrong, in words.
struct Failure {
    message: String,
    note: String,
    help: String,
    /// The Pythons that it goes wrong with: the first one, and the first one that it does not any more.
    since: Option<PythonVersion>,
    until: Option<PythonVersion>,
}

impl Failure {
    /// What goes wrong when the object of a connect is used so, if anything does.
    fn of(misuse: &Misuse, object: &Object, connect: &Connect) -> Option<Self> {
        match &misuse.kind {
            MisuseKind::AsCoroutine { function } => Self::as_coroutine(function, object, connect),
            MisuseKind::ConnectionEntered { .. } => Self::connection_entered(object, connect),
            MisuseKind::PlainWith => Some(Self::plain_with(object, connect)),
            MisuseKind::Awaited => (!object.awaitable).then(|| Self::awaited(object, connect)),
            MisuseKind::Entered => (!object.manager).then(|| Self::entered(object, connect)),
            MisuseKind::AttributeRead { attribute } => Self::attribute_read(attribute, object, connect),
            MisuseKind::AttributeAsked { attribute } => Self::attribute_asked(attribute, object, connect),
            MisuseKind::KeywordGiven { method, keyword } => Self::keyword_given(method, keyword, object, connect),
            MisuseKind::Unawaited { method } => Self::unawaited(method, object, connect),
            MisuseKind::BlockingAwaited | MisuseKind::BlockingEntered => None,
        }
    }

    fn as_coroutine(function: &str, object: &Object, connect: &Connect) -> Option<Self> {
        if object.coroutine {
            return None;
        }
        let path = &connect.path;
        let name = object.name();
        let shown = match object.future {
            true => "<Future pending>".to_owned(),
            false => format!("<{} object at 0x…>", object.class),
        };
        let raised = match function.rsplit('.').next()? {
            "create_task" if function.ends_with("TaskGroup.create_task") => {
                format!(
                    "`TypeError: a coroutine was expected, got {shown}` is raised here, and the group wraps it in an `ExceptionGroup`"
                )
            }
            "create_task" => format!("`TypeError: a coroutine was expected, got {shown}` is raised here"),
            "run" => format!("`ValueError: a coroutine was expected, got {shown}` is raised here up to Python 3.13"),
            "run_coroutine_threadsafe" => "`TypeError: A coroutine object is required` is raised here".to_owned(),
            "wait" if !object.future => {
                format!(
                    "`AttributeError: '{name}' object has no attribute 'add_done_callback'` is raised here from Python 3.11 on"
                )
            }
            "ensure_future" | "gather" | "shield" | "run_until_complete" if !object.awaitable => {
                "`TypeError: An asyncio.Future, a coroutine or an awaitable is required` is raised here".to_owned()
            }
            "wait_for" if !object.awaitable => "a `TypeError` is raised here".to_owned(),
            _ => return None,
        };
        let (is_wait, is_run) = (function.ends_with(".wait"), function == "asyncio.run");
        let takes = match (is_wait, object.awaitable) {
            (true, _) => "tasks and futures",
            (false, true) => "a coroutine",
            (false, false) => "something that can be awaited",
        };
        let help = match (object.awaitable, is_wait) {
            (false, _) => "enter it by `async with` in an `async def` of your own".to_owned(),
            (true, true) => format!("make a task of it: `asyncio.ensure_future({path}(…))`"),
            (true, false) => {
                "await it in an `async def` of your own, and give the coroutine that this makes".to_owned()
            }
        };
        let shown_function = match function {
            "asyncio.create_task" | "asyncio.TaskGroup.create_task" => function,
            _ if function.ends_with(".create_task") => "loop.create_task",
            _ if function.ends_with(".run_until_complete") => "loop.run_until_complete",
            _ => function,
        };
        Some(Self {
            message: format!("`{shown_function}` takes {takes}, and `{path}(…)` is none"),
            note: raised,
            help,
            since: is_wait.then_some(PythonVersion::new(3, 11)),
            until: is_run.then_some(PythonVersion::new(3, 14)),
        })
    }

    fn connection_entered(object: &Object, connect: &Connect) -> Option<Self> {
        let connection = object.unmanaged_connection.as_ref()?;
        let path = &connect.path;
        let help = match object.manager {
            true => format!("enter the connect itself: `async with {path}(…) as ws:`"),
            false => "close the connection in a `finally` clause".to_owned(),
        };
        Some(Self {
            note: format!(
                "`TypeError: '{connection}' object does not support the asynchronous context manager protocol` (up to \
                 Python 3.10 an `AttributeError`) is raised here, and the connection stays open"
            ),
            message: format!("`async with` cannot enter the connection that awaiting `{path}` gives"),
            help,
            since: None,
            until: None,
        })
    }

    fn awaited(object: &Object, connect: &Connect) -> Self {
        let path = &connect.path;
        Self {
            note: format!(
                "`TypeError: object {} can't be used in 'await' expression` is raised here",
                object.name()
            ),
            message: format!("`{path}(…)` cannot be awaited"),
            help: format!("enter it: `async with {path}(…) as ws:`"),
            since: None,
            until: None,
        }
    }

    fn entered(object: &Object, connect: &Connect) -> Self {
        let path = &connect.path;
        Self {
            note: format!(
                "`TypeError: '{}' object does not support the asynchronous context manager protocol` (up to Python 3.10 an \
                 `AttributeError`) is raised here",
                object.shown()
            ),
            message: format!("`async with` cannot enter `{path}(…)`"),
            help: "await it, and close the connection in a `finally` clause".to_owned(),
            since: None,
            until: None,
        }
    }

    fn plain_with(object: &Object, connect: &Connect) -> Self {
        let help = match object.manager {
            true => "write `async with`",
            false => "await it, and close the connection in a `finally` clause",
        };
        Self {
            note: format!(
                "`TypeError: '{}' object does not support the context manager protocol` (up to Python 3.10 \
                 `AttributeError: __enter__`) is raised here",
                object.shown()
            ),
            message: format!("a plain `with` cannot enter `{}`", connect.path),
            help: help.to_owned(),
            since: None,
            until: None,
        }
    }

    fn attribute_read(attribute: &str, object: &Object, connect: &Connect) -> Option<Self> {
        let lack = object.lacks(attribute)?;
        let connection = object.connection.as_ref()?;
        Some(Self {
            note: format!("`AttributeError: '{connection}' object has no attribute '{attribute}'` is raised here"),
            message: format!("the connection that `{}` gives has no `{attribute}`", connect.path),
            help: lack.help.clone(),
            since: None,
            until: None,
        })
    }

    fn attribute_asked(attribute: &str, object: &Object, connect: &Connect) -> Option<Self> {
        let lack = object.lacks(attribute)?;
        Some(Self {
            note: "the connection is taken for what the default says, whatever it is".to_owned(),
            message: format!(
                "the connection that `{}` gives has no `{attribute}`, so that `getattr` always gives its default",
                connect.path
            ),
            help: lack.help.clone(),
            since: None,
            until: None,
        })
    }

    fn keyword_given(method: &str, keyword: &str, object: &Object, connect: &Connect) -> Option<Self> {
        let rejected = object.rejects(method, keyword)?;
        let (error, before) = (&rejected.error, &rejected.error_before_3_10);
        let path = &connect.path;
        Some(Self {
            note: format!("`{error}` (before Python 3.10 `{before}`) is raised here"),
            message: format!("`{method}` of the connection that `{path}` gives rejects `{keyword}`"),
            help: rejected.help.clone(),
            since: None,
            until: None,
        })
    }

    fn unawaited(method: &str, object: &Object, connect: &Connect) -> Option<Self> {
        let path = &connect.path;
        object
            .connection_methods
            .iter()
            .any(|known| known == method)
            .then(|| Self {
                note: format!(
                    "`AttributeError: '{}' object has no attribute '{method}'` is raised here",
                    object.shown()
                ),
                message: format!("`{path}(…)` is not awaited here: it is no connection yet, and has no `{method}`"),
                help: format!("await it first: `ws = await {path}(…)`"),
                since: None,
                until: None,
            })
    }

    /// With how many of the project's Pythons it goes wrong.
    fn pythons(&self, context: &Context<'_>) -> Share {
        let declared = context
            .settings
            .target_version
            .or(context.project.python.as_ref().map(|fact| fact.value));
        match (self.since, self.until) {
            (None, None) => Share::All,
            (Some(since), _) if declared.is_some_and(|oldest| oldest >= since) => Share::All,
            (_, Some(until)) if declared.is_some_and(|oldest| oldest >= until) => Share::None,
            _ => Share::Some,
        }
    }
}
