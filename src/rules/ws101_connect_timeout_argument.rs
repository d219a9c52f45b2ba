//! WS101: a connect carries its own timeout argument in place of an external deadline.

use super::silence::Answer;
use super::test_limit::fires_in_time;
use super::{Context, DeadlineRequest, Limit, OTHER_PROTOCOL, UNKNOWN_RELEASE, claims};
use crate::catalog::{Call, Parameter};
use crate::finding::{Finding, Refusal, Rule, Severity};
use crate::signs::Sign;
use crate::sites::{Argument, Bound, Connect, Deadline, Entry};
use crate::source::Language;

pub(super) static RULE: Rule = Rule {
    code: "WS101",
    name: "connect-timeout-argument",
    summary: "a connect carries its own timeout argument in place of an external deadline",
    remedy: "put the connect under `async with asyncio.timeout(…):`, in Rust under `tokio::time::timeout(…)`, and drop the argument",
    languages: &[Language::Python, Language::Rust],
    severity: Severity::Warning,
    fixable: true,
    on_by_default: true,
    page: include_str!("../../rules/WS101-connect-timeout-argument.md"),
    triggers: &[(Language::Python, &[Sign::Connect]), (Language::Rust, &[Sign::Connect])],
};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for connect in &context.sites.connects {
        findings.extend(check_connect(context, connect).ok());
    }
}

pub(super) fn check_connect(context: &Context<'_>, connect: &Connect) -> Answer {
    let entry = context.catalog.entry(connect.api);
    if entry.api.call == Call::Blocking {
        return Err("no event loop ends a blocking connect: its own argument is the right one".into());
    }
    if !context.settings.protocols.contains(&entry.protocol) {
        return Err(OTHER_PROTOCOL.into());
    }
    // Each round of `async for` is a connect of its own: only the argument can bound one.
    if connect.entry == Entry::AsyncFor {
        return Err("each round of the loop is a connect of its own, which only the argument bounds".into());
    }
    if connect.expected.is_about_the_connect() {
        return Err("the code around it is written to see what the argument raises".into());
    }
    if context.is_unknown_here(connect) {
        return Err(UNKNOWN_RELEASE.into());
    }
    let bounding = connect.arguments.iter().enumerate().find_map(|(index, argument)| {
        let parameter = entry.parameter(&argument.name)?;
        parameter.replaceable.then_some((index, argument, parameter))
    });
    let Some((index, argument, parameter)) = bounding else {
        return Err("no argument in sight bounds the connect".into());
    };
    // Switched off it bounds nothing: right under a deadline, and WS102's business without one.
    if argument.value == Bound::Unlimited {
        return Err(format!("`{}` is switched off", argument.name).into());
    }
    // There it does not bound the whole connect, or is not even taken.
    if claims::argument_is_told(context, connect, &argument.name, &RULE) {
        return Err(format!("another rule speaks of `{}`", argument.name).into());
    }
    let request = DeadlineRequest {
        limit: Limit::Argument(index),
        argument: Some(index),
        rejected: false,
        context,
    };
    let covering = connect
        .deadlines
        .iter()
        .find(|deadline| deadline.bound.is_at_most(argument.value));
    // Which of the two fires cannot be told.
    if covering.is_none()
        && connect
            .deadlines
            .iter()
            .any(|deadline| deadline.bound == Bound::Unknown)
    {
        return Err("a deadline around it is of unknown length: which of the two fires cannot be told".into());
    }
    Ok(match covering {
        Some(deadline) => redundant(context, connect, argument, deadline, &request),
        None => in_place_of_a_deadline(context, connect, argument, parameter, &request),
    })
}

fn redundant(
    context: &Context<'_>,
    connect: &Connect,
    argument: &Argument,
    deadline: &Deadline,
    request: &DeadlineRequest<'_>,
) -> Finding {
    let message = format!(
        "`{}` on `{}` can never be reached: `{}` around it ends the wait first",
        argument.name, connect.path, deadline.path
    );
    Finding::new(&RULE, argument.span, message)
        .note("of two deadlines on one wait the shorter one fires, wherever it is written")
        .fix(context.rewrite.drop_timeout_argument(connect, request))
}

/// That in a test a deadline as long as the argument has its turn before the test's own limit.
fn has_its_turn(context: &Context<'_>, connect: &Connect, argument: &Argument) -> Result<(), Refusal> {
    match argument.value {
        Bound::Seconds(seconds) if connect.in_test || context.test_file => {
            fires_in_time(context, connect.call, seconds)
        }
        _ => Ok(()),
    }
}

fn in_place_of_a_deadline(
    context: &Context<'_>,
    connect: &Connect,
    argument: &Argument,
    parameter: &Parameter,
    request: &DeadlineRequest<'_>,
) -> Finding {
    let (name, path) = (&argument.name, &connect.path);
    let mut longer = connect
        .deadlines
        .iter()
        .filter(|deadline| deadline.bound != Bound::Unlimited);
    let message = match longer.next() {
        // Which of the two fires cannot be told.
        Some(other) if argument.value == Bound::Unknown => {
            format!("`{name}` bounds this `{path}`, beside the `{}` around it", other.path)
        }
        Some(longer) => format!("`{name}` bounds this `{path}`, inside a longer `{}`", longer.path),
        None => format!("`{name}` bounds this `{path}` in place of an external deadline"),
    };
    let entry = context.catalog.entry(connect.api);
    let package = &entry.package;
    let lingers = match context.patience(connect).lingers() {
        Bound::Seconds(seconds) => seconds,
        Bound::Unlimited | Bound::Unknown => 0.0,
    };
    let default = match parameter.default.map(|default| default + lingers) {
        Some(seconds) => format!("without it {package} gives up after {seconds} s by its own default"),
        None => format!("without it {package} waits for ever"),
    };
    Finding::new(&RULE, argument.span, message)
        .note(match &entry.api.limit_holds_for {
            Some(each) => format!("it holds for {each} on its own: {}; {default}", super::TAKES_FALL_BACK_AWAY),
            None => format!(
                "what such an argument covers differs between libraries and their versions, a deadline outside means the \
                 same for all; {default}"
            ),
        })
        .fix(
            has_its_turn(context, connect, argument).and_then(|()| context.rewrite.external_deadline(connect, request)),
        )
}
