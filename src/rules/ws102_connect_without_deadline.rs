//! WS102: nothing outside bounds the wait for a connection.

use super::{
    Context, DeadlineRequest, Limit, Rule, ws103_rejected_connect_argument, ws104_misread_timeout_argument,
    ws105_deadline_not_entered, ws106_deadline_out_of_range,
};
use crate::catalog::{Api, Call, Form, HeldBy, Phase, Waits};
use crate::finding::{Finding, Severity};
use crate::fix::{Applicability, Refusal};
use crate::prescan::Sign;
use crate::sites::{Bound, Carried, Connect, Entry};
use crate::source::Language;

pub(super) static RULE: Rule = Rule {
    code: "WS102",
    name: "connect-without-deadline",
    summary: "nothing outside a connect bounds the wait for it",
    languages: &[Language::Python, Language::Rust],
    severity: Severity::Warning,
    fixable: true,
    on_by_default: true,
    page: include_str!("../../rules/WS102-connect-without-deadline.md"),
    triggers: &[(Language::Python, &[Sign::Connect]), (Language::Rust, &[Sign::Connect])],
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for connect in &context.sites.connects {
        findings.extend(check_connect(context, connect));
    }
}

/// Whether this rule speaks of the connect.
pub(super) fn concerns(context: &Context<'_>, connect: &Connect) -> bool {
    context.settings.is_enabled(&RULE) && check_connect(context, connect).is_some()
}

fn check_connect(context: &Context<'_>, connect: &Connect) -> Option<Finding> {
    let entry = context.catalog.entry(connect.api);
    let in_process = entry.api.waits == Waits::InProcess || connect.carried == Carried::InProcess;
    if in_process || !context.settings.protocols.contains(&entry.protocol) {
        return None;
    }
    // Each round of `async for` is a connect of its own: a deadline outside would end the whole loop.
    if connect.entry == Entry::AsyncFor {
        return None;
    }
    if connect.is_under_a_deadline() {
        return None;
    }
    // An argument that is meant to bound it says how long: the fix of that finding knows it.
    if ws103_rejected_connect_argument::concerns(context, connect)
        || ws104_misread_timeout_argument::concerns(context, connect)
        || ws105_deadline_not_entered::concerns(context, connect)
        || ws106_deadline_out_of_range::concerns(context, connect)
    {
        return None;
    }
    let own = own_limit(context, connect);
    if own == OwnLimit::Given {
        return None;
    }
    let may_unpack_a_limit =
        (connect.unpacks && takes_a_limit(&entry.api)) || matches!(connect.carried, Carried::Unpacked(_));
    // No event loop can end a blocking call from outside: its own limit is the right one.
    let blocking = entry.api.call == Call::Blocking;
    if blocking && (may_unpack_a_limit || connect.carried == Carried::Unseen) {
        return None;
    }
    if blocking && own == OwnLimit::Default && entry.api.waits == Waits::Default {
        return None;
    }
    let wanted = context.settings.deadline.default;
    let request = DeadlineRequest {
        limit: Limit::Seconds(wanted),
        argument: None,
        rejected: false,
        context,
    };
    // A deadline may only be called safe where the library itself would have given up by then, with the same exception.
    let bounded_already =
        own == OwnLimit::Default && entry.api.limit.is_some_and(|limit| wanted >= limit) && entry.api.raises.is_none();
    let trust = if bounded_already {
        Applicability::Safe
    } else {
        Applicability::Unsafe
    };
    let fix = if may_unpack_a_limit {
        Err(Refusal::because(
            "unpacked arguments may bring a limit that cannot be seen",
        ))
    } else {
        context.rewrite.external_deadline(connect, &request)
    };
    let bounded_by_default = own == OwnLimit::Default && entry.api.waits == Waits::Default;
    Some(
        Finding::new(&RULE, connect.callee, message(connect, &entry.api))
            .severity(match bounded_by_default || entry.api.runs_session {
                true => Severity::Warning,
                false => Severity::Error,
            })
            .note(note(connect, &entry.api, own, may_unpack_a_limit))
            .fix(fix.map(|fix| fix.at_most(trust))),
    )
}

/// What callers in other files put around it is not known: nothing is said of these.
fn message(connect: &Connect, api: &Api) -> String {
    let path = &connect.path;
    match (api.call, connect.entry) {
        _ if api.runs_session => format!("nothing in this file bounds the connect in `{path}`"),
        (Call::Blocking, _) => format!("nothing in this file bounds the wait for `{path}`, which blocks its thread"),
        (_, Entry::Stored | Entry::Returned) => {
            format!("nothing in sight bounds the wait for `{path}`, which is entered somewhere else")
        }
        _ => format!("no deadline in this file bounds the wait for `{path}`"),
    }
}

fn note(connect: &Connect, api: &Api, own: OwnLimit<'_>, may_unpack_a_limit: bool) -> String {
    if let OwnLimit::SwitchedOff(argument) = own {
        return format!(
            "`{argument}` is switched off, so a peer that accepts and never answers holds the connect for ever"
        );
    }
    let unseen = match (&connect.carried, &api.held_by) {
        (Carried::Unpacked(class), _) => Some(format!("the unpacked arguments of its `{class}` may say otherwise")),
        _ if may_unpack_a_limit => Some("the unpacked arguments may say otherwise".to_owned()),
        (Carried::Unseen, Some(HeldBy::Argument { name, .. })) => {
            Some(format!("an object that is given as `{name}` may carry another limit"))
        }
        (Carried::Unseen, _) => Some("the object that it is called on may say otherwise".to_owned()),
        _ => None,
    };
    let fact = match &api.limit_holds_for {
        Some(_) => format!("{}; {}", api.fact, super::TAKES_FALL_BACK_AWAY),
        None => api.fact.clone(),
    };
    match unseen {
        Some(unseen) => format!("{fact}; {unseen}, which cannot be seen here"),
        None => fact,
    }
}

fn takes_a_limit(api: &Api) -> bool {
    api.arguments.iter().any(|argument| argument.bounds == Phase::Connect)
}

/// What the connect's own arguments, and the object that it is used with, say about the whole wait.
#[derive(Clone, Copy, PartialEq)]
enum OwnLimit<'a> {
    /// An argument bounds it: WS101 has its say.
    Given,
    /// An argument switches the library's limit off.
    SwitchedOff(&'a str),
    /// No argument says anything.
    Default,
}

fn own_limit<'a>(context: &Context<'_>, connect: &'a Connect) -> OwnLimit<'a> {
    let entry = context.catalog.entry(connect.api);
    let mut switched_off = None;
    for argument in &connect.arguments {
        let Some(parameter) = entry.parameter(&argument.name) else {
            continue;
        };
        if parameter.bounds != Phase::Connect {
            continue;
        }
        if parameter.form == Form::OffSwitch || argument.value == Bound::Unlimited {
            switched_off = Some(argument.name.as_str());
        } else {
            return OwnLimit::Given;
        }
    }
    match &connect.carried {
        Carried::Limit => return OwnLimit::Given,
        Carried::SwitchedOff(argument) => switched_off = switched_off.or(Some(argument)),
        Carried::Nothing | Carried::Unseen | Carried::Unpacked(_) | Carried::InProcess => {}
    }
    switched_off.map_or(OwnLimit::Default, OwnLimit::SwitchedOff)
}
