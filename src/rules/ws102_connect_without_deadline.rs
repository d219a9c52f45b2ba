//! WS102: nothing outside bounds the wait for a connection.

use super::test_limit::fires_in_time;
use super::{Context, DeadlineRequest, Limit, Rule, claims, ws104_misread_timeout_argument};
use crate::catalog::{Api, Call, Form, HeldBy, OwnLimitIs, Parameter, Phase, Share, Waits};
use crate::config::Settings;
use crate::finding::{Finding, Severity};
use crate::fix::{Applicability, Refusal};
use crate::patience::{Patience, own_limit_with_retries};
use crate::prescan::Sign;
use crate::sites::{Argument, Bound, Carried, Connect, Entry, Keyword};
use crate::source::Language;

pub(super) static RULE: Rule = Rule {
    code: "WS102",
    name: "connect-without-deadline",
    summary: "nothing outside a connect bounds the wait for it",
    remedy: "put the connect under `async with asyncio.timeout(…):`, in Rust under `tokio::time::timeout(…)`",
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
pub(super) fn speaks(context: &Context<'_>, connect: &Connect) -> bool {
    check_connect(context, connect).is_some()
}

fn check_connect(context: &Context<'_>, connect: &Connect) -> Option<Finding> {
    let entry = context.catalog.entry(connect.api);
    if !context.settings.protocols.contains(&entry.protocol) {
        return None;
    }
    // Each round of `async for` is a connect of its own: a deadline outside would end the whole loop.
    if connect.entry == Entry::AsyncFor {
        return None;
    }
    // Refused it waits for nothing; and a deadline raises no exception with the words of the library's limit.
    if connect.is_under_a_deadline() || connect.expected.excludes_deadlines() {
        return None;
    }
    // What is meant to bound it says how long: the fix of that finding knows it.
    if claims::wait_is_told(context, connect) {
        return None;
    }
    let own = own_limit(context, connect);
    if own == OwnLimit::Given {
        return None;
    }
    let patience = context.patience(connect);
    if patience.waits() == Waits::InProcess {
        return None;
    }
    let may_unpack_a_limit =
        (connect.unpacks && takes_a_limit(&entry.api)) || matches!(connect.carried, Carried::Unpacked(_));
    // No event loop can end a blocking call from outside: its own limit is the right one.
    let blocking = entry.api.call == Call::Blocking;
    if blocking && (may_unpack_a_limit || connect.carried == Carried::Unseen) {
        return None;
    }
    let bounded_by_default = own == OwnLimit::Default && patience.waits() == Waits::Default;
    if blocking && bounded_by_default {
        return None;
    }
    let wanted = wanted_seconds(context, connect, &own);
    let request = DeadlineRequest {
        limit: Limit::Seconds(wanted),
        argument: None,
        rejected: false,
        context,
    };
    // A deadline may only be called safe where the library itself would have given up by then, with the same exception.
    let bounded_already = own == OwnLimit::Default
        && patience.total().is_some_and(|seconds| wanted >= seconds)
        && patience.raises().is_none();
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
        meant_elsewhere(context, connect)
            .and_then(|()| has_its_turn(context, connect, wanted))
            .and_then(|()| context.rewrite.external_deadline(connect, &request))
    };
    let (severity, strict) = severities(context, &patience, &own, entry.api.runs_session);
    Some(
        Finding::new(&RULE, connect.callee, message(connect, &entry.api))
            .severity_or_strict(severity, strict)
            .note(note(connect, &entry.api, &patience, &own, may_unpack_a_limit))
            .fix(fix.map(|fix| fix.at_most(trust))),
    )
}

/// How bad it is, by default and under `strict`: by how long it waits in the releases that may run.
fn severities(
    context: &Context<'_>,
    patience: &Patience<'_>,
    own: &OwnLimit<'_>,
    runs_session: bool,
) -> (Severity, Severity) {
    if *own == OwnLimit::Default && patience.waits() == Waits::Default {
        let ends = patience.total();
        return match ends.is_some_and(|seconds| seconds <= context.settings.deadline.max_wait) {
            true => (Severity::Info, Severity::Warning),
            false => (Severity::Warning, Severity::Error),
        };
    }
    let is_certain = *own != OwnLimit::Default || patience.is_certain();
    match runs_session || !is_certain {
        true => (Severity::Warning, Severity::Error),
        false => (Severity::Error, Severity::Error),
    }
}

/// How long the new deadline is: what an argument says that only seems to bound the connect, else what the configuration
/// says. Nobody is made to wait longer than the library does by itself, unless the configuration asks for that.
fn wanted_seconds(context: &Context<'_>, connect: &Connect, own: &OwnLimit<'_>) -> f64 {
    let misread = |argument: &&Argument| ws104_misread_timeout_argument::is_misread(context, connect, argument);
    let meant = connect
        .arguments
        .iter()
        .filter(misread)
        .find_map(|argument| match argument.value {
            Bound::Seconds(seconds) if seconds > 0.0 => Some(seconds),
            _ => None,
        });
    let default = context.settings.deadline.default;
    let library = context.catalog.entry(connect.api).api.limit;
    match (meant, library) {
        (Some(seconds), _) => seconds,
        (None, Some(library)) if *own == OwnLimit::Default && default == Settings::default().deadline.default => {
            default.min(library)
        }
        _ => default,
    }
}

/// That nothing in the call says how long the connect may take in a way that cannot be read as a number:
/// `ws_connect(url, timeout=ClientTimeout(total=3))`.
fn meant_elsewhere(context: &Context<'_>, connect: &Connect) -> Result<(), Refusal> {
    let language = context.catalog.entry(connect.api).language;
    let is_limit = |keyword: &&Keyword| {
        let made_by = keyword.value.as_deref().and_then(|value| value.strip_suffix("()"));
        made_by.is_some_and(|path| context.catalog.holder(language, path).is_some())
    };
    match connect
        .keywords
        .iter()
        .find(|keyword| keyword.name.contains("timeout") && is_limit(keyword))
    {
        Some(keyword) => Err(Refusal::because(format!(
            "`{}` says how long the connect may take, where it is not read",
            keyword.name
        ))),
        None => Ok(()),
    }
}

/// That in a test a deadline of `seconds` has its turn before the test's own limit.
fn has_its_turn(context: &Context<'_>, connect: &Connect, seconds: f64) -> Result<(), Refusal> {
    match connect.in_test || context.test_file {
        true => fires_in_time(context, connect.call, seconds),
        false => Ok(()),
    }
}

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

fn note(connect: &Connect, api: &Api, patience: &Patience<'_>, own: &OwnLimit<'_>, may_unpack_a_limit: bool) -> String {
    if let OwnLimit::Retried(argument) = own {
        return format!("`{argument}` tries again for ever: a limit of the library is that of one attempt");
    }
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
        Some(_) => format!("{}; {}", patience.fact(), super::TAKES_FALL_BACK_AWAY),
        None => patience.fact(),
    };
    match unseen {
        Some(unseen) => format!("{fact}; {unseen}, which cannot be seen here"),
        None => fact,
    }
}

fn takes_a_limit(api: &Api) -> bool {
    api.arguments.iter().any(|argument| argument.bounds == Phase::Connect)
}

/// Whether an argument that bounds something else in other releases bounds the whole connect in those that may run here.
fn bounds_connect_here(context: &Context<'_>, connect: &Connect, parameter: &Parameter) -> bool {
    let Some(during) = &parameter.bounds_connect else {
        return false;
    };
    let releases = context.releases(connect);
    releases.is_some_and(|releases| releases.share(|release| during.holds_in(release)) == Share::All)
}

/// What the connect's own arguments, and the object that it is used with, say about the whole wait.
#[derive(Clone, PartialEq)]
enum OwnLimit<'a> {
    /// An argument bounds it: WS101 has its say.
    Given,
    /// An argument switches the library's limit off.
    SwitchedOff(&'a str),
    /// An argument, as it is written, makes it try again for ever.
    Retried(String),
    /// No argument says anything.
    Default,
}

fn own_limit<'a>(context: &Context<'_>, connect: &'a Connect) -> OwnLimit<'a> {
    // What bounds a request over a network does not bound one inside of the process.
    if let Carried::InProcess(_) = connect.carried {
        return OwnLimit::Default;
    }
    let entry = context.catalog.entry(connect.api);
    let mut switched_off = None;
    for argument in &connect.arguments {
        let Some(parameter) = entry.parameter(&argument.name) else {
            continue;
        };
        if parameter.bounds != Phase::Connect && !bounds_connect_here(context, connect, parameter) {
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
        Carried::Nothing | Carried::Unseen | Carried::Unpacked(_) | Carried::InProcess(_) => {}
    }
    if let (OwnLimitIs::Gone, Some(argument)) = own_limit_with_retries(connect, context.catalog) {
        return OwnLimit::Retried(argument);
    }
    switched_off.map_or(OwnLimit::Default, OwnLimit::SwitchedOff)
}
