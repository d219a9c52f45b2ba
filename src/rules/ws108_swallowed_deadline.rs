//! WS108: a handler inside a deadline's block catches nothing of it, or all of it; a clause behind another one that takes the
//! timeout.

use super::Context;
use crate::catalog::{Call, Phase, Waits};
use crate::facts::PythonVersion;
use crate::finding::{Finding, Rule, Severity};
use crate::signs::Sign;
use crate::sites::{Bound, Carried, Catches, Connect, DeadlineHandler, LateClause};
use crate::source::Language;

pub(super) static RULE: Rule = Rule {
    code: "WS108",
    name: "swallowed-deadline",
    summary: "a handler inside a deadline's block never sees the timeout, or swallows it",
    remedy: "catch `TimeoutError` around the deadline's block, not inside of it",
    languages: &[Language::Python],
    severity: Severity::Warning,
    fixable: false,
    on_by_default: true,
    page: include_str!("../../rules/WS108-swallowed-deadline.md"),
    triggers: &[
        (Language::Python, &[Sign::Deadline]),
        (Language::Python, &[Sign::Connect]),
    ],
};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for handler in &context.sites.deadlines.handlers {
        findings.extend(match handler.catches {
            Catches::Timeout => catches_nothing(context, handler),
            Catches::Cancellation | Catches::Everything => swallows(handler),
        });
    }
    let oldest = context.oldest_python();
    let late = context.sites.late_clauses.iter();
    findings.extend(late.filter(|clause| oldest >= clause.since).map(comes_too_late));
}

fn comes_too_late(clause: &LateClause) -> Finding {
    let LateClause { class, by, since, .. } = clause;
    let from = match *since > PythonVersion::new(3, 0) {
        true => format!("from Python {since} on "),
        false => String::new(),
    };
    let is = match clause.is_same_class {
        true => "the same class as",
        false => "a subclass of",
    };
    Finding::new(
        &RULE,
        clause.span,
        format!("`except {class}` never sees a timeout: `except {by}` before it takes it"),
    )
    .note(format!(
        "{from}`{class}` is {is} `{by}`, and the first clause that fits takes what is raised"
    ))
    .help(match clause.is_same_class {
        true => "one of the two clauses is enough".to_owned(),
        false => format!("put it before `except {by}`"),
    })
}

fn catches_nothing(context: &Context<'_>, handler: &DeadlineHandler) -> Option<Finding> {
    // `move_on_after` raises nothing anywhere.
    let path = &handler.deadline.path;
    if handler.has_deadlines || handler.other_waits || handler.connects.is_empty() || path.ends_with("move_on_after") {
        return None;
    }
    // The system's own TimeoutError, of a peer that answers to nothing, comes after minutes.
    let Bound::Seconds(seconds) = handler.deadline.bound else {
        return None;
    };
    let connects = connects(context, handler);
    if seconds > LONGEST || !connects.iter().all(|connect| waits_longer(context, connect, seconds)) {
        return None;
    }
    let shown = &handler.shown;
    Some(
        Finding::new(&RULE, handler.span, format!("`{shown}` inside the block of `{path}` never catches that deadline"))
            .note("inside the block the deadline is a CancelledError; it becomes a TimeoutError where the block is left, behind this handler")
            .help("catch it around the whole block"),
    )
}

/// Seconds that a deadline may have for the system's own limits to lie far behind it.
const LONGEST: f64 = 60.0;

fn connects<'a>(context: &'a Context<'_>, handler: &DeadlineHandler) -> Vec<&'a Connect> {
    handler
        .connects
        .iter()
        .filter_map(|connect| context.sites.connects.get(*connect))
        .collect()
}

/// Whether the connect itself certainly raises no TimeoutError within so many seconds.
fn waits_longer(context: &Context<'_>, connect: &Connect, seconds: f64) -> bool {
    let api = &context.catalog.entry(connect.api).api;
    if api.call == Call::Blocking || connect.unpacks || !matches!(connect.carried, Carried::Nothing) {
        return false;
    }
    let mut limits = connect
        .arguments
        .iter()
        .filter_map(|argument| {
            let mut parameters = api.arguments.iter().filter(|parameter| parameter.name == argument.name);
            parameters
                .any(|parameter| parameter.bounds != Phase::Close)
                .then_some(argument.value)
        })
        .peekable();
    if limits.peek().is_some() {
        return limits
            .all(|limit| matches!(limit, Bound::Unlimited) || matches!(limit, Bound::Seconds(own) if own >= seconds));
    }
    api.waits == Waits::ForEver || api.limit.is_some_and(|limit| limit >= seconds)
}

fn swallows(handler: &DeadlineHandler) -> Option<Finding> {
    let path = &handler.deadline.path;
    // What anyio and trio do then depends on their versions and on what follows.
    let is_known = ["asyncio.", "async_timeout."]
        .iter()
        .any(|library| path.starts_with(library));
    if !is_known || handler.may_raise || handler.has_deadlines || handler.deadline.bound == Bound::Unlimited {
        return None;
    }
    // `except CancelledError` around another task is how one waits for its end.
    if handler.catches == Catches::Cancellation && (handler.connects.is_empty() || handler.other_waits) {
        return None;
    }
    let shown = &handler.shown;
    Some(
        Finding::new(&RULE, handler.span, format!("`{shown}` swallows the deadline of `{path}`"))
            .note("the deadline is a CancelledError inside its block: caught and not raised again, there is no TimeoutError, and what follows in the block has no deadline")
            .help("catch `Exception`, or raise what was caught again"),
    )
}
