//! WS107: a deadline that can never be reached, because a shorter one always fires first.

use pep440_rs::Version;

use super::{Context, DeadlineRequest, Limit, claims};
use crate::catalog::{self, Call, Phase, Share, Verdict, Waits};
use crate::finding::{Applicability, Finding, Refusal, Rule, Severity};
use crate::settings::InternalTimeout;
use crate::signs::Sign;
use crate::sites::{Bound, Carried, Connect, DeadlineCall, DeadlineKind, Entry};
use crate::source::Language;

pub(super) static RULE: Rule = Rule {
    code: "WS107",
    name: "shadowed-deadline",
    summary: "a deadline can never be reached, because a shorter one fires first",
    remedy: "drop the deadline that is never reached, or lengthen or switch off the shorter one",
    languages: &[Language::Python],
    severity: Severity::Warning,
    fixable: true,
    on_by_default: true,
    page: include_str!("../../rules/WS107-shadowed-deadline.md"),
    triggers: &[(Language::Python, &[Sign::Deadline])],
};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for call in &context.sites.deadlines.calls {
        if !claims::length_is_doubted(context, call.call) {
            findings.extend(by_a_deadline_around(context, call).or_else(|| by_the_library(context, call)));
        }
    }
}

/// A longer deadline inside a shorter one.
fn by_a_deadline_around(context: &Context<'_>, call: &DeadlineCall) -> Option<Finding> {
    let limit = call.limit.as_ref().filter(|_| !call.is_shielded)?;
    let Bound::Seconds(inner) = limit.bound else {
        return None;
    };
    let around = call
        .around
        .iter()
        .find(|deadline| matches!(deadline.bound, Bound::Seconds(outer) if outer < inner))?;
    let Bound::Seconds(outer) = around.bound else {
        return None;
    };
    if claims::length_is_doubted(context, around.span) {
        return None;
    }
    let message = format!(
        "`{}` of {inner} s can never fire: `{}` of {outer} s around it ends first",
        call.path, around.path
    );
    Some(
        Finding::new(&RULE, call.callee, message)
            .severity(Severity::Info)
            .note("of two deadlines on one wait the one that ends earlier fires, wherever it is written")
            .help(format!("give it less than {outer} s, or take it away")),
    )
}

/// A deadline around nothing but a connect that gives up earlier by itself.
fn by_the_library(context: &Context<'_>, call: &DeadlineCall) -> Option<Finding> {
    let waited = call.only_wait?;
    // Nothing is waited for. What WS105 has awaited counts.
    if claims::deadline_is_past_mending(context, call) {
        return None;
    }
    let Some(Bound::Seconds(seconds)) = call.limit.as_ref().map(|limit| limit.bound) else {
        return None;
    };
    let connect = context.sites.connects_within(waited).next()?;
    if !connect.deadlines.iter().any(|deadline| deadline.span == call.call) {
        return None;
    }
    // `internal-timeout = "remove"`: whoever says so wants the library's own limit to count.
    if context.settings.deadline.internal_timeout == InternalTimeout::Remove {
        return None;
    }
    let entry = context.catalog.entry(connect.api);
    if !context.settings.protocols.contains(&entry.protocol) || connect.runs_session(&entry.api) {
        return None;
    }
    let library = library_limit(entry, connect).filter(|library| *library < seconds)?;
    if context.is_unknown_here(connect) {
        return None;
    }
    if !has_limit_in_every_release(context, connect) {
        return None;
    }
    if connect.expected.excludes_deadlines() {
        return None;
    }
    // A shorter deadline outside fires first of all, one that cannot be seen may.
    let is_longest =
        |bound: Bound| matches!(bound, Bound::Unlimited) || matches!(bound, Bound::Seconds(other) if other > library);
    if !connect.deadlines.iter().all(|deadline| is_longest(deadline.bound)) {
        return None;
    }
    let path = &call.path;
    let request = DeadlineRequest {
        limit: Limit::Seconds(seconds),
        argument: None,
        rejected: false,
        context,
    };
    let fix = match entry.api.raises {
        Some(_) => Err(Refusal::because(
            "code around it may expect the library's own exception",
        )),
        None if is_handled_inside(context, call, connect) => Err(Refusal::because(
            "a handler inside the block takes what the library raises",
        )),
        None => context.rewrite.switch_default_off(connect, &request),
    };
    // How long the library waits may be what the code around it is about, and `gather` may keep what the library raises.
    let may_be_kept = connect.entry == Entry::Argument && call.kind != DeadlineKind::Wait;
    let trust = match connect.expected.is_about_the_connect() || may_be_kept {
        true => Applicability::Unsafe,
        false => Applicability::Safe,
    };
    Some(
        Finding::new(
            &RULE,
            call.callee,
            format!(
                "`{path}` of {seconds} s comes too late: `{}` gives up after {library} s by itself",
                connect.path
            ),
        )
        .note(format!(
            "{}; of two limits on one wait the shorter one fires",
            context.patience(connect).fact()
        ))
        .fix(fix.map(|fix| fix.at_most(trust))),
    )
}

/// Whether something inside of the deadline's block takes what the library raises. There the deadline's end is a cancellation, which
/// no such clause sees: it leaves the block, and what stands behind the clause does not run.
fn is_handled_inside(context: &Context<'_>, call: &DeadlineCall, connect: &Connect) -> bool {
    let takes_timeouts = &context.sites.deadlines.handlers;
    let clauses = &context.sites.handlers;
    takes_timeouts
        .iter()
        .any(|handler| handler.connects.contains(&connect.id))
        || clauses
            .iter()
            .any(|clause| clause.connects.contains(&connect.id) && clause.statement.start > call.call.start)
}

/// Whether every release that may run takes the argument that its limit is the default of: websockets has one from 10.0.
fn has_limit_in_every_release(context: &Context<'_>, connect: &Connect) -> bool {
    let entry = context.catalog.entry(connect.api);
    let mut limits = entry
        .api
        .arguments
        .iter()
        .filter(|parameter| parameter.bounds == Phase::Connect);
    let Some((limit, releases)) = limits.next().zip(context.releases(connect)) else {
        return true;
    };
    let rejects =
        |release: &Version| matches!(context.verdict(connect, &limit.name, release), Verdict::Rejected { .. });
    releases.share(rejects) == Share::None
}

/// The seconds after which the library gives up as a whole where nothing that is written says otherwise.
fn library_limit(entry: &catalog::Entry, connect: &Connect) -> Option<f64> {
    let api = &entry.api;
    let is_plain = api.waits == Waits::Default
        && !api.limits_a_part
        && api.call != Call::Blocking
        && connect.carried == Carried::Nothing
        && !connect.unpacks;
    let is_entered_here = matches!(connect.entry, Entry::Await | Entry::AsyncWith | Entry::Argument);
    let mut arguments = connect.arguments.iter();
    let says_something = arguments.any(|argument| entry.bounds_connect(&argument.name));
    api.limit.filter(|_| is_plain && is_entered_here && !says_something)
}
