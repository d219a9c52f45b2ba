//! WS106: a deadline has a length that it cannot have, or that nobody wants.

use std::collections::BTreeSet;

use super::Context;
use super::mistaken_units::{
    is_named_otherwise, looks_like_milliseconds, named_milliseconds, reads_as_milliseconds, too_long_for_rust,
};
use super::one_line::one_line;
use super::refused_lengths::{type_error, wrong_arguments, wrong_type};
use crate::catalog::{Parameter, Phase, Unit};
use crate::finding::{Finding, Rule, Severity};
use crate::signs::Sign;
use crate::sites::{Argument, Bound, Connect, Deadline, DeadlineCall, LimitArgument};
use crate::source::{Language, Span};

pub(super) static RULE: Rule = Rule {
    code: "WS106",
    name: "deadline-out-of-range",
    summary: "a deadline has a length that fails, fires at once or is far from what a connect needs",
    remedy: "choose seconds that a connect can need, within `min-deadline` and `max-deadline`",
    languages: &[Language::Python, Language::Rust],
    severity: Severity::Warning,
    fixable: false,
    on_by_default: true,
    page: include_str!("../../rules/WS106-deadline-out-of-range.md"),
    triggers: &[
        (Language::Python, &[Sign::Deadline]),
        (Language::Python, &[Sign::Connect]),
        (Language::Rust, &[Sign::Connect]),
    ],
};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let connects: Vec<&Connect> = context
        .sites
        .connects
        .iter()
        .filter(|connect| is_looked_at(context, connect))
        .collect();
    let mut covering: BTreeSet<Span> = BTreeSet::new();
    for deadline in connects.iter().flat_map(|connect| &connect.deadlines) {
        match context.source.language() {
            Language::Rust if covering.insert(deadline.span) => {
                // Where the number's name says the unit, that is what is said.
                findings.extend(check_rust(context, deadline).filter(|_| !is_named_otherwise(context, deadline.span)));
            }
            // One that is set anew says nothing by its first length.
            Language::Python if matches!(deadline.bound, Bound::Seconds(_)) => _ = covering.insert(deadline.span),
            _ => {}
        }
    }
    let mut at_once = BTreeSet::new();
    let firing = connects.iter().filter_map(|connect| fires_at_once(connect));
    findings.extend(firing.filter(|finding| at_once.insert(finding.span)));
    for call in &context.sites.deadlines.calls {
        findings.extend(match context.source.language() {
            Language::Python => check_call(context, call, covering.contains(&call.call)),
            Language::Rust if covering.contains(&call.callee) => check_call(context, call, true),
            Language::Rust | Language::Manifest => None,
        });
    }
    for connect in connects {
        let entry = context.catalog.entry(connect.api);
        let arguments = connect
            .arguments
            .iter()
            .filter_map(|argument| Some((argument, entry.parameter(&argument.name)?)));
        findings.extend(
            arguments.filter_map(|(argument, parameter)| check_argument(context, connect, argument, parameter)),
        );
    }
}

/// A timer of tokio's whose clock stands still, around a connect to another program.
fn fires_at_once(connect: &Connect) -> Option<Finding> {
    if !connect.clock_stands_still {
        return None;
    }
    let mut deadlines = connect.deadlines.iter();
    let deadline = deadlines.find(|deadline| TIMERS.contains(&deadline.path.as_str()))?;
    Some(
        Finding::new(
            &RULE,
            deadline.span,
            format!("`{}` fires at once: the clock of this runtime is paused", deadline.path),
        )
        .note(
            "a paused clock moves on to the next timer as soon as the runtime has nothing to do; with the server in another \
             process or thread 5 s were over after 1 ms (tokio 1.54.1), with its task in the same runtime the connect came first",
        )
        .help("take `start_paused` away, call `tokio::time::resume()` before the connect, or run the server in this runtime"),
    )
}

/// What tokio's clock ends.
const TIMERS: [&str; 4] = ["tokio::time::timeout", "tokio::time::timeout_at", "timeout", "select!"];

/// Whether a deadline around the connect is so long that it is none, and this rule says so.
pub(super) fn knows_no_length(context: &Context<'_>, connect: &Connect) -> bool {
    context.source.language() == Language::Rust
        && is_looked_at(context, connect)
        && connect
            .deadlines
            .iter()
            .any(|deadline| check_rust(context, deadline).is_some())
}

fn is_looked_at(context: &Context<'_>, connect: &Connect) -> bool {
    context
        .settings
        .protocols
        .contains(&context.catalog.entry(connect.api).protocol)
}

fn check_call(context: &Context<'_>, call: &DeadlineCall, covers_connect: bool) -> Option<Finding> {
    if call.expects_failure {
        return None;
    }
    if let Some(misfit) = &call.misfit {
        return Some(wrong_arguments(call, misfit));
    }
    let limit = call.limit.as_ref()?;
    let path = &call.path;
    if let Some(finding) = wrong_type(path, limit.span, &limit.written) {
        return Some(finding.severity(Severity::Error).note(type_error(call, limit)));
    }
    if limit.is_absolute {
        return None;
    }
    if let Some(finding) = named_milliseconds(path, limit.span, &limit.written) {
        return Some(finding);
    }
    if let Some(finding) = never_starts(context, call, limit) {
        return Some(finding);
    }
    let (Bound::Seconds(seconds), true) = (limit.bound, covers_connect || call.in_test || context.test_file) else {
        return None;
    };
    let by_length = || reads_as_milliseconds(context, path, limit.span, &limit.written, limit.bound);
    if let Some(finding) = (!context.sites.deadlines.clock_is_virtual).then(by_length).flatten() {
        return Some(finding);
    }
    if !covers_connect {
        return None;
    }
    if seconds <= 0.0 {
        let note = match path.as_str() {
            "trio.fail_after" | "trio.move_on_after" if seconds < 0.0 => {
                "trio refuses it with ValueError: `seconds` must be non-negative"
            }
            _ if path.ends_with("move_on_after") => "the block is left at its first wait, without any exception",
            _ => "the first wait ends with a timeout at once: no connect is that fast",
        };
        return Some(no_time(path, limit.span, seconds).note(note));
    }
    outside_of_limits(context, path, limit.span, seconds)
}

/// A look at whether a message is there that never sees one: `asyncio.wait_for(ws.recv(), 0)`.
fn never_starts(context: &Context<'_>, call: &DeadlineCall, limit: &LimitArgument) -> Option<Finding> {
    let is_zero = matches!(limit.bound, Bound::Seconds(seconds) if seconds <= 0.0);
    if call.path != "asyncio.wait_for" || !is_zero {
        return None;
    }
    let mut receives = context.sites.receives_at(call.call);
    let receive = receives.find(|receive| {
        let is_inside = call.callee.end < receive.span.start && receive.span.end <= call.call.end;
        is_inside
            && context
                .source
                .slice(Span::new(call.callee.end, receive.span.start))
                .trim()
                == "("
    })?;
    let package = receive.source.split('.').next().unwrap_or_default();
    COROUTINES.contains(&package).then(|| {
        let waits = one_line(context.source.slice(receive.span));
        Finding::new(
            &RULE,
            limit.span,
            format!("`asyncio.wait_for` with 0 never starts `{waits}`"),
        )
        .severity(Severity::Error)
        .note(
            "a coroutine is cancelled before its first step: it raises TimeoutError, whether a message is there or not",
        )
        .help("`async with asyncio.timeout(0):` around the receive takes a message that is there")
    })
}

/// The packages whose receives are coroutines that have a message without waiting where one is there (executed with websockets 17.4
/// and aiohttp 3.14.5). tornado's are futures, which `wait_for` looks at; httpx-ws' have none under `asyncio.timeout(0)` either.
const COROUTINES: [&str; 2] = ["websockets", "aiohttp"];

fn check_argument(
    context: &Context<'_>,
    connect: &Connect,
    argument: &Argument,
    parameter: &Parameter,
) -> Option<Finding> {
    if parameter.bounds != Phase::Connect || argument.value == Bound::Unlimited {
        return None;
    }
    let name = format!("{}` of `{}", argument.name, connect.path);
    let span = argument.value_span;
    if parameter.unit == Unit::Seconds {
        if let Some(finding) = wrong_type(&name, span, &argument.written) {
            return Some(
                finding
                    .severity(Severity::Error)
                    .note("it is compared with, or added to, a number: that fails with TypeError"),
            );
        }
        let by_length = || reads_as_milliseconds(context, &name, span, &argument.written, argument.value);
        let doubted = named_milliseconds(&name, span, &argument.written)
            .or_else(|| (!context.sites.deadlines.clock_is_virtual).then(by_length).flatten());
        if doubted.is_some() {
            return doubted;
        }
    }
    let Bound::Seconds(seconds) = argument.value else {
        return None;
    };
    if seconds <= 0.0 {
        return Some(
            no_time(&name, span, seconds).note("no connect is that fast: the wait ends with a timeout at once"),
        );
    }
    outside_of_limits(context, &name, span, seconds)
}

/// In Rust a length has a type: it can be too long or too short, and an attribute's number has a unit of its own.
fn check_rust(context: &Context<'_>, deadline: &Deadline) -> Option<Finding> {
    let (path, span) = (&deadline.path, deadline.span);
    let is_attribute = path.starts_with("#[");
    match deadline.bound {
        Bound::Unlimited => Some(
            Finding::new(
                &RULE,
                span,
                format!("`{path}` gets the longest duration that there is, which is no deadline"),
            )
            .note("it is no bound: a peer that accepts and never answers holds the connect for ever")
            .help("give it the seconds that the connect may take"),
        ),
        Bound::Seconds(seconds) if seconds <= 0.0 => Some(
            no_time(path, span, seconds).note("the future is polled once, and the timeout is there before any answer"),
        ),
        Bound::Seconds(seconds) if is_attribute && seconds < 0.1 => Some(
            Finding::new(
                &RULE,
                span,
                format!(
                    "`{path}` counts in milliseconds: this test has {} ms to connect and finish",
                    milliseconds(seconds)
                ),
            )
            .note("ntest takes a number for milliseconds; the test panics when they are over")
            .help(format!("write {} for seconds", milliseconds(seconds * 1000.0))),
        ),
        Bound::Seconds(seconds) if !is_attribute && looks_like_milliseconds(seconds) => {
            Some(too_long_for_rust(path, span, seconds))
        }
        Bound::Seconds(seconds) => outside_of_limits(context, path, span, seconds),
        Bound::Unknown => None,
    }
}

fn milliseconds(seconds: f64) -> f64 {
    (seconds * 1e3).round()
}

/// Whether the number of a deadline is not what its author meant, whether that is said here or not: nothing else is told by it.
pub(super) fn is_doubted(context: &Context<'_>, call: &DeadlineCall) -> bool {
    let is_long = |limit: &LimitArgument| match limit.bound {
        Bound::Seconds(seconds) => looks_like_milliseconds(seconds),
        Bound::Unlimited | Bound::Unknown => false,
    };
    call.limit.as_ref().is_some_and(is_long) || check_call(context, call, true).is_some()
}

fn no_time(name: &str, span: Span, seconds: f64) -> Finding {
    Finding::new(
        &RULE,
        span,
        format!("`{name}` gets {seconds} s, which is no time at all"),
    )
}

fn outside_of_limits(context: &Context<'_>, name: &str, span: Span, seconds: f64) -> Option<Finding> {
    let limits = &context.settings.deadline;
    let (key, limit, relation) = match (limits.min, limits.max) {
        (Some(min), _) if seconds < min => ("min-deadline", min, "less"),
        (_, Some(max)) if seconds > max => ("max-deadline", max, "more"),
        _ => return None,
    };
    Some(
        Finding::new(
            &RULE,
            span,
            format!("`{name}` gets {seconds} s, {relation} than `{key}` allows"),
        )
        .note(format!("the configuration says `{key} = {limit}`")),
    )
}
