//! WS105: a deadline is made and not entered, or entered in a way that fails or covers nothing.

use pep440_rs::Version;

use super::{Context, DeadlineMend};
use crate::catalog::{Call, Share};
use crate::finding::{Applicability, Finding, Fix, Refusal, Rule, Severity};
use crate::signs::Sign;
use crate::sites::{
    Bound, Carried, Connect, DeadlineCall, DeadlineKind, DeadlineUsage, HeldOpen, Reentered, Rescheduled,
    RescheduledOutside, Written,
};
use crate::source::Language;

pub(super) static RULE: Rule = Rule {
    code: "WS105",
    name: "deadline-not-entered",
    summary: "a deadline is made, but not entered in a way that makes it count",
    remedy: "enter the deadline around what it is to bound: `async with asyncio.timeout(…):`",
    languages: &[Language::Python],
    severity: Severity::Error,
    fixable: true,
    on_by_default: true,
    page: include_str!("../../rules/WS105-deadline-not-entered.md"),
    triggers: &[(Language::Python, &[Sign::Deadline])],
};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let sites = &context.sites.deadlines;
    findings.extend(sites.calls.iter().filter_map(|call| check_call(context, call)));
    findings.extend(sites.calls.iter().filter_map(relative_point_in_time));
    findings.extend(sites.rescheduled.iter().filter_map(relative_reschedule));
    findings.extend(sites.reentered.iter().filter_map(entered_again));
    findings.extend(sites.rescheduled_outside.iter().filter_map(set_outside_of_its_block));
    findings.extend(sites.held_open.iter().map(left_in_another_task));
}

/// Whether a deadline in sight is meant for the connect and comes too late for it: the fix of that finding moves it, and no
/// other rule should put another one around.
pub(super) fn moves_a_deadline(context: &Context<'_>, connect: &Connect) -> bool {
    let is_meant = |call: &DeadlineCall| {
        let DeadlineUsage::Entered { behind, .. } = call.usage else {
            return false;
        };
        behind == Some(connect.id) && check_call(context, call).is_some()
    };
    context.sites.deadlines.calls.iter().any(is_meant)
}

/// Whether the deadline ends nothing, and no fix makes it count.
pub(super) fn is_past_mending(context: &Context<'_>, call: &DeadlineCall) -> bool {
    check_call(context, call).is_some_and(|finding| finding.fix.is_none())
}

fn check_call(context: &Context<'_>, call: &DeadlineCall) -> Option<Finding> {
    if call.expects_failure {
        return None;
    }
    match (call.kind, call.usage) {
        (
            DeadlineKind::AsyncManager,
            DeadlineUsage::Entered { is_async: false, .. } | DeadlineUsage::Stacked { is_async: false },
        ) => entered_by_plain_with(context, call),
        (
            DeadlineKind::Manager,
            DeadlineUsage::Entered { is_async: true, .. } | DeadlineUsage::Stacked { is_async: true },
        ) => entered_by_async_with(context, call),
        (DeadlineKind::Wait, DeadlineUsage::Entered { .. } | DeadlineUsage::Stacked { .. }) => {
            Some(entered_without_await(context, call))
        }
        (DeadlineKind::AsyncManager | DeadlineKind::Manager, DeadlineUsage::Awaited) => Some(awaited(call)),
        (DeadlineKind::AsyncManager | DeadlineKind::Manager, DeadlineUsage::Bare) => never_entered(call),
        // tornado's goes on by itself.
        (DeadlineKind::Wait, DeadlineUsage::Bare) if !call.path.starts_with("tornado.") => {
            Some(never_awaited(context, call))
        }
        (
            DeadlineKind::AsyncManager,
            DeadlineUsage::Entered {
                behind: Some(connect), ..
            },
        ) => behind(context, call, connect),
        _ => None,
    }
}

fn entered_by_plain_with(context: &Context<'_>, call: &DeadlineCall) -> Option<Finding> {
    let path = &call.path;
    let fact = "it fails with TypeError: `'Timeout' object does not support the context manager protocol` (Python 3.11 to \
                3.13), and no deadline is set";
    let (severity, note) = other_with(context, path, fact)?;
    let fix = match call.usage {
        DeadlineUsage::Entered { .. } => mend(context, call, DeadlineMend::AsyncWith),
        _ => Err(Refusal::because("`enter_async_context` has to be awaited")),
    };
    Some(
        Finding::new(
            &RULE,
            call.callee,
            format!("`{path}` is entered by a plain `with`, but needs `async with`"),
        )
        .severity(severity)
        .note(note)
        .fix(fix),
    )
}

fn entered_by_async_with(context: &Context<'_>, call: &DeadlineCall) -> Option<Finding> {
    let path = &call.path;
    let fact = "it fails with TypeError: the object `does not support the asynchronous context manager protocol`, and no \
                deadline is set";
    let (severity, note) = other_with(context, path, fact)?;
    let fix = match call.usage {
        DeadlineUsage::Entered { .. } => mend(context, call, DeadlineMend::PlainWith),
        _ => Err(Refusal::because("`enter_context` is what enters it")),
    };
    Some(
        Finding::new(
            &RULE,
            call.callee,
            format!("`{path}` is entered by `async with`, but needs a plain `with`"),
        )
        .severity(severity)
        .note(note)
        .fix(fix),
    )
}

/// How bad the other kind of `with` is, and what is known of it: `fact` where the releases do not differ. `None` where every
/// release that may run takes it.
fn other_with(context: &Context<'_>, path: &str, fact: &str) -> Option<(Severity, String)> {
    let differing = context.catalog.other_with(Language::Python, path);
    let Some((known, releases)) = differing.and_then(|(package, known)| {
        let releases = context.catalog.releases(Language::Python, package, context.project)?;
        Some((known, releases))
    }) else {
        return Some((Severity::Error, fact.to_owned()));
    };
    let fails = releases.share(|release| known.fails.holds_in(release));
    let warns = releases.share(|release| known.warns.holds_in(release));
    let severity = match (fails, warns) {
        (Share::All, _) => Severity::Error,
        (Share::Some, _) => Severity::Warning,
        (Share::None, Share::None) => return None,
        (Share::None, _) => Severity::Info,
    };
    Some((severity, format!("{}; {}", known.fact, releases.here())))
}

fn entered_without_await(context: &Context<'_>, call: &DeadlineCall) -> Finding {
    let path = &call.path;
    let fix = match call.usage {
        DeadlineUsage::Entered { is_async: true, .. } => awaited_connection(context, call),
        _ => Err(Refusal::because("what is awaited has to be entered by `async with`")),
    };
    Finding::new(&RULE, call.callee, format!("`{path}` is entered before it is awaited"))
        .note("it gives a coroutine, which nothing can enter: it fails with TypeError, and the connect never begins")
        .fix(fix)
}

/// `async with await wait_for(connect(…), T)`: right only where what the connect gives can be entered.
fn awaited_connection(context: &Context<'_>, call: &DeadlineCall) -> Result<Fix, Refusal> {
    let unknown = || Refusal::because("what it waits for may not give anything that can be entered");
    let waited = call.only_wait.ok_or_else(unknown)?;
    let connects = &context.sites.connects;
    let found = connects.binary_search_by_key(&waited, |connect| connect.call);
    let connect = found.ok().and_then(|index| connects.get(index)).ok_or_else(unknown)?;
    let entry = context.catalog.entry(connect.api);
    if entry.api.call != Call::Any {
        return Err(unknown());
    }
    let objects = context.catalog.objects(entry.language, &entry.package);
    let fails = |version: &Version| {
        let mut made = objects
            .iter()
            .filter(|object| object.is_made_by(&connect.path, version));
        made.any(|object| object.unmanaged_connection.is_some())
    };
    let releases = context.releases(connect);
    if releases.is_some_and(|releases| releases.share(fails) != Share::None) {
        return Err(Refusal::because(
            "some releases give a connection that cannot be entered either",
        ));
    }
    // Some versions of a library give what can be entered, others do not.
    mend(context, call, DeadlineMend::Await).map(|fix| fix.at_most(Applicability::Unsafe))
}

fn awaited(call: &DeadlineCall) -> Finding {
    let path = &call.path;
    let note = match path.as_str() {
        "asyncio.timeout" | "asyncio.timeout_at" => {
            "it fails with TypeError: `object Timeout can't be used in 'await' expression` (Python 3.11 to 3.13)"
        }
        _ => "it is a context manager, and fails with TypeError: `can't be used in 'await' expression`",
    };
    Finding::new(
        &RULE,
        call.callee,
        format!("`{path}` is awaited, but has to be entered"),
    )
    .note(note)
    .help(format!(
        "write `{} {path}(…):` around what it should end",
        with(call.kind)
    ))
}

fn never_entered(call: &DeadlineCall) -> Option<Finding> {
    let path = &call.path;
    if path.ends_with("CancelScope") {
        return None;
    }
    Some(
        Finding::new(
            &RULE,
            call.callee,
            format!("`{path}` is called and not entered, so it ends nothing"),
        )
        .note("such a statement has no effect, and nothing warns of it")
        .help(format!(
            "write `{} {path}(…):` around what it should end",
            with(call.kind)
        )),
    )
}

fn with(kind: DeadlineKind) -> &'static str {
    match kind {
        DeadlineKind::AsyncManager => "async with",
        DeadlineKind::Manager | DeadlineKind::Wait => "with",
    }
}

fn never_awaited(context: &Context<'_>, call: &DeadlineCall) -> Finding {
    let path = &call.path;
    Finding::new(
        &RULE,
        call.callee,
        format!("`{path}` is never awaited, so nothing is waited for"),
    )
    .note("what it waits for never runs, and all that tells is `RuntimeWarning: coroutine was never awaited`")
    .fix(mend(context, call, DeadlineMend::Await))
}

fn behind(context: &Context<'_>, call: &DeadlineCall, connect: usize) -> Option<Finding> {
    let connect = context.sites.connects.get(connect)?;
    let entry = context.catalog.entry(connect.api);
    if !context.settings.protocols.contains(&entry.protocol) || is_bounded(context, connect) {
        return None;
    }
    let (path, connect) = (&call.path, &connect.path);
    Some(
        Finding::new(
            &RULE,
            call.callee,
            format!("`{path}` does not cover `{connect}`, which is entered before it"),
        )
        .severity(Severity::Warning)
        .note("the items of a `with` are entered from left to right: the deadline begins when the connection is there")
        .fix(mend(context, call, DeadlineMend::BeforeConnect)),
    )
}

/// Whether anything else that is written bounds the wait for the connection.
fn is_bounded(context: &Context<'_>, connect: &Connect) -> bool {
    let entry = context.catalog.entry(connect.api);
    let by_argument = connect
        .arguments
        .iter()
        .any(|argument| entry.bounds_connect(&argument.name) && argument.value != Bound::Unlimited);
    by_argument
        || connect.unpacks
        || matches!(connect.carried, Carried::Limit | Carried::Unseen | Carried::Unpacked(_))
        || connect.is_under_a_deadline()
}

/// `asyncio.timeout_at(5)`: the clock of an event loop begins somewhere.
fn relative_point_in_time(call: &DeadlineCall) -> Option<Finding> {
    let limit = call
        .limit
        .as_ref()
        .filter(|limit| limit.is_absolute && !call.expects_failure)?;
    let Written::Number(seconds) = limit.written else {
        return None;
    };
    // The clocks that tests of trio and anyio run with begin at zero. Zero is a way to say "now".
    let has_old_clock = ["asyncio.", "async_timeout.", "tornado."]
        .iter()
        .any(|library| call.path.starts_with(library));
    if seconds <= 0.0 || !has_old_clock {
        return None;
    }
    let path = &call.path;
    Some(
        Finding::new(
            &RULE,
            limit.span,
            format!("`{path}` takes a point in time, not {seconds} s from now"),
        )
        .note("the clock of an event loop has been going since long before: such a deadline is over at once")
        .help(match path.starts_with("tornado.") {
            true => "give it a `datetime.timedelta`, which counts from now",
            false => {
                "add the loop's time: `asyncio.get_running_loop().time() + …`, or use the function that takes a length"
            }
        }),
    )
}

fn relative_reschedule(site: &Rescheduled) -> Option<Finding> {
    if site.expects_failure || site.seconds <= 0.0 {
        return None;
    }
    let Rescheduled {
        method, path, seconds, ..
    } = site;
    Some(
        Finding::new(
            &RULE,
            site.call,
            format!("`{method}` of `{path}` takes a point in time, not {seconds} s from now"),
        )
        .note(
            "the clock of an event loop has been going since long before: the next wait ends with TimeoutError at once",
        )
        .help(format!("write `asyncio.get_running_loop().time() + {seconds}`")),
    )
}

fn entered_again(site: &Reentered) -> Option<Finding> {
    if site.expects_failure {
        return None;
    }
    let path = &site.path;
    let message = match site.in_loop {
        true => format!("each round of the loop enters the same `{path}`, which can be entered once"),
        false => format!("`{path}` is entered a second time here"),
    };
    Some(
        Finding::new(&RULE, site.span, message)
            .note("it fails with RuntimeError: `Timeout has already been entered` (Python 3.11 to 3.13)")
            .help(format!("make a new `{path}(…)` for each block")),
    )
}

fn set_outside_of_its_block(site: &RescheduledOutside) -> Option<Finding> {
    if site.expects_failure {
        return None;
    }
    let path = &site.path;
    let (message, note) = match site.is_over {
        true => (
            format!("`reschedule` of `{path}` comes after its block"),
            "it fails with RuntimeError: `Cannot change state of finished Timeout` (Python 3.11 to 3.13)",
        ),
        false => (
            format!("`reschedule` of `{path}` comes before its block"),
            "it fails with RuntimeError: `Timeout has not been entered` (Python 3.11 to 3.13)",
        ),
    };
    let finding = Finding::new(&RULE, site.call, message).note(note);
    Some(finding.help(format!(
        "call it inside of the `async with`, or give `{path}(…)` what it should be"
    )))
}

fn left_in_another_task(site: &HeldOpen) -> Finding {
    let path = &site.path;
    Finding::new(
        &RULE,
        site.callee,
        format!("`{path}` is held open by a fixture of pytest-asyncio, which leaves it in another task"),
    )
    .note(
        "the test runs, then its teardown fails with RuntimeError: `Attempted to exit cancel scope in a different task than it \
         was entered in` (pytest-asyncio 0.21.2 and 1.5.0)",
    )
    .help("end it before the `yield`, use `asyncio.timeout`, or let anyio's own plugin run the fixture (`pytest.fixture`)")
}

fn mend(context: &Context<'_>, call: &DeadlineCall, mend: DeadlineMend) -> Result<Fix, Refusal> {
    context.rewrite.mend_deadline(call, mend, context)
}
