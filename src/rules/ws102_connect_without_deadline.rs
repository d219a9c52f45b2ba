//! WS102: nothing outside bounds the wait for a connection.

use super::silence::Answer;
use super::test_limit::{fires_in_time, test_around};
use super::{Context, DeadlineRequest, Limit, OTHER_PROTOCOL, claims, misfit, ws104_misread_timeout_argument};
use crate::catalog::{Api, Call, Form, HeldBy, OwnLimitIs, Parameter, Phase, Share, Waits};
use crate::finding::{Applicability, Finding, Refusal, Rule, Severity};
use crate::patience::{Patience, own_limit_with_retries};
use crate::settings::Settings;
use crate::signs::Sign;
use crate::sites::{Argument, Bound, CallersElsewhere, Carried, Connect, Entry, Expected, Related, ValueKind};
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
};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for connect in &context.sites.connects {
        findings.extend(check_connect(context, connect).ok());
    }
}

/// Whether this rule speaks of the connect.
pub(super) fn speaks(context: &Context<'_>, connect: &Connect) -> bool {
    check_connect(context, connect).is_ok()
}

pub(super) fn check_connect(context: &Context<'_>, connect: &Connect) -> Answer {
    let entry = context.catalog.entry(connect.api);
    if !context.settings.protocols.contains(&entry.protocol) {
        return Err(OTHER_PROTOCOL.into());
    }
    if connect.entry == Entry::AsyncFor {
        return Err(
            "each round of the loop is a connect of its own: a deadline outside would end the whole loop".into(),
        );
    }
    let may_be_made_only = entry.api.connects_when_entered || !entry.api.only_made_with.is_empty();
    if may_be_made_only && matches!(connect.entry, Entry::Stored | Entry::Returned) {
        return Err("it is only made here: it connects where it is entered or awaited".into());
    }
    if let Some(deadline) = connect
        .deadlines
        .iter()
        .find(|deadline| deadline.bound != Bound::Unlimited)
    {
        return Err(format!("`{}` ends the wait", deadline.path).into());
    }
    // The mark of a class or a module is as good as one above the test itself, which is among the deadlines.
    if let Some(mark) = test_around(context, connect.call).and_then(|test| test.limit.as_ref())
        && context.source.language() == Language::Python
        && mark.bound != Bound::Unlimited
        && connect.entry != Entry::Blocking
    {
        return Err(format!("`{}` ends the test", mark.path).into());
    }
    if connect.expected == Expected::Rejection {
        return Err("the code around it is written to see it refused, before it waits for anything".into());
    }
    // What is meant to bound it says how long: the fix of that finding knows it.
    if claims::wait_is_told(context, connect) {
        return Err("another rule speaks of what is meant to bound it, and its fix does".into());
    }
    let own = own_limit(context, connect);
    if own == OwnLimit::Given {
        return Err(match connect.carried {
            _ if context.is_unknown_here(connect) => {
                "what it is given may bound it, and nothing is known of the releases that may run".into()
            }
            Carried::Limit => "what it is called on, or given, carries a limit".into(),
            _ => "an argument of its own bounds it".into(),
        });
    }
    // What no argument switched off ends the wait, or what cannot be seen.
    if connect.expected == Expected::Timeout && own == OwnLimit::Default {
        return Err("the code around it is written to see a limit end it".into());
    }
    let patience = context.patience(connect);
    // What an argument does in a release of which nothing is known is not known either.
    let own = match (patience.waits(), own) {
        (None, OwnLimit::SwitchedOff(_)) => OwnLimit::Default,
        (_, own) => own,
    };
    if patience.waits() == Some(Waits::InProcess) {
        return Err("nothing goes over a network".into());
    }
    // A deadline raises no exception with the words of the library's limit; of one that comes late or never nobody reads them.
    if connect.expected == Expected::SaidByTimeout && ends_soon(context, &patience, &own) {
        return Err("the code around it is written to see what the library itself raises".into());
    }
    let may_unpack_a_limit =
        (connect.unpacks && takes_a_limit(&entry.api)) || matches!(connect.carried, Carried::Unpacked(_));
    // No event loop can end a blocking call from outside: its own limit is the right one.
    let blocking = entry.api.call == Call::Blocking;
    if blocking && (may_unpack_a_limit || connect.carried == Carried::Unseen || patience.waits().is_none()) {
        return Err("it may have a limit of its own that cannot be seen".into());
    }
    let bounded_by_default = is_by_default(&patience, &own);
    if blocking && bounded_by_default {
        return Err("its library ends the wait by default, and nothing outside could end a blocking connect".into());
    }
    let wanted = wanted(context, connect, &own);
    let request = DeadlineRequest {
        limit: wanted,
        argument: None,
        rejected: false,
        context,
    };
    // A deadline may only be called safe where the library itself would have given up by then, with the same exception, and no
    // object that nobody sees says otherwise.
    let bounded_already = own == OwnLimit::Default
        && connect.carried != Carried::Unseen
        && !entry.api.limits_a_part
        && patience
            .total()
            .is_some_and(|total| matches!(wanted, Limit::Seconds(seconds) if seconds >= total))
        && patience.raises().is_none();
    let trust = if bounded_already {
        Applicability::Safe
    } else {
        Applicability::Unsafe
    };
    let bringing = match context.source.language() {
        // Who made a builder gave it what nobody sees.
        Language::Rust => "the object that it is called on",
        _ => "the unpacked arguments",
    };
    let unseen = may_unpack_a_limit.then_some(bringing);
    let fix = if may_unpack_a_limit {
        Err(Refusal::because(format!(
            "{bringing} may bring a limit that cannot be seen"
        )))
    } else {
        meant_elsewhere(connect)
            .and_then(|()| is_not_asked_for(&own))
            .and_then(|()| outlasts_a_part(context, connect))
            .and_then(|()| has_its_turn(context, connect, wanted))
            .and_then(|()| context.rewrite.external_deadline(connect, &request))
    };
    let (severity, strict) = severities(context, &patience, &own, connect.runs_session(&entry.api));
    let finding = Finding::new(&RULE, connect.callee, message(connect, &entry.api));
    let finding = match blocking {
        true => finding.remedy(OF_ITS_OWN),
        false => finding,
    };
    Ok(finding
        .severity_or_strict(severity, strict)
        .note(note(connect, &entry.api, &patience, &own, unseen))
        .related(open_caller(connect))
        .fix(fix.map(|fix| fix.at_most(trust))))
}

/// What is to be done about a connect that blocks its thread.
pub(super) const OF_ITS_OWN: &str =
    "give it the limit that its library offers, on the call or on the socket: no event loop ends it";

/// How bad it is, by default and under `strict`: by how long it waits in the releases that may run.
fn severities(
    context: &Context<'_>,
    patience: &Patience<'_>,
    own: &OwnLimit<'_>,
    runs_session: bool,
) -> (Severity, Severity) {
    if is_by_default(patience, own) {
        return match ends_soon(context, patience, own) {
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

/// Whether the library ends the wait by its own default.
fn is_by_default(patience: &Patience<'_>, own: &OwnLimit<'_>) -> bool {
    *own == OwnLimit::Default && patience.waits() == Some(Waits::Default)
}

/// The same within what a connect may wait.
fn ends_soon(context: &Context<'_>, patience: &Patience<'_>, own: &OwnLimit<'_>) -> bool {
    // What is not seen makes nothing worse.
    let ends = patience.total().or_else(|| patience.limit());
    is_by_default(patience, own) && ends.is_some_and(|seconds| seconds <= context.settings.deadline.max_wait)
}

/// How long the new deadline is: what an argument says that only seems to bound the connect, else what the configuration
/// says. Nobody is made to wait longer than the library does by itself, unless the configuration asks for that.
fn wanted(context: &Context<'_>, connect: &Connect, own: &OwnLimit<'_>) -> Limit {
    let meant = connect.arguments.iter().enumerate().find_map(|(index, argument)| {
        let bound = match &argument.kind {
            ValueKind::Holder { carries, .. } => *carries,
            ValueKind::Number | ValueKind::Unknown => argument.value,
        };
        let limit = match (bound, &argument.kind) {
            (Bound::Seconds(seconds), _) if seconds > 0.0 => Limit::Seconds(seconds),
            (Bound::Unknown, ValueKind::Number) => Limit::Argument(index),
            _ => return None,
        };
        ws104_misread_timeout_argument::is_misread(context, connect, argument).then_some(limit)
    });
    let default = context.settings.deadline.default;
    let api = &context.catalog.entry(connect.api).api;
    match (meant, api.limit) {
        // What a part takes has to end by itself, and what stands before that part takes time, too.
        (Some(Limit::Seconds(part)), _) if api.after_deadline.is_some() => Limit::Seconds(part + default),
        (Some(limit), _) => limit,
        (None, Some(library)) if *own == OwnLimit::Default && default == Settings::default().deadline.default => {
            Limit::Seconds(default.min(library))
        }
        _ => Limit::Seconds(default),
    }
}

/// That no object in the call says how long the connect may take without its length being known:
/// `ws_connect(url, timeout=ClientTimeout(total=limit))`.
fn meant_elsewhere(connect: &Connect) -> Result<(), Refusal> {
    let is_unknown = |argument: &&Argument| matches!(&argument.kind, ValueKind::Holder { carries, .. } if !matches!(carries, Bound::Seconds(_)));
    match connect.arguments.iter().find(is_unknown) {
        Some(argument) => Err(Refusal::because(format!(
            "`{}` says how long the connect may take, where it is not read",
            argument.name
        ))),
        None => Ok(()),
    }
}

/// That nobody asks for attempts without end.
fn is_not_asked_for(own: &OwnLimit<'_>) -> Result<(), Refusal> {
    match own {
        OwnLimit::Retried(argument) => Err(Refusal::because(format!(
            "`{argument}` asks for attempts without end: how long they may take is for you to say"
        ))),
        _ => Ok(()),
    }
}

/// That the length is known of a part of the connect that has to end by itself, where a deadline from outside leaves something
/// behind.
fn outlasts_a_part(context: &Context<'_>, connect: &Connect) -> Result<(), Refusal> {
    if context.catalog.entry(connect.api).api.after_deadline.is_none() {
        return Ok(());
    }
    let is_unknown = |argument: &&Argument| {
        argument.value == Bound::Unknown && ws104_misread_timeout_argument::is_misread(context, connect, argument)
    };
    match connect.arguments.iter().find(is_unknown) {
        Some(argument) => Err(Refusal::because(format!(
            "the deadline has to be longer than what `{}` says, which is not known here",
            argument.name
        ))),
        None => Ok(()),
    }
}

/// That in a test a deadline has its turn before the test's own limit.
fn has_its_turn(context: &Context<'_>, connect: &Connect, limit: Limit) -> Result<(), Refusal> {
    match limit {
        Limit::Seconds(seconds) if connect.in_test || context.test_file => {
            fires_in_time(context, connect.call, seconds)
        }
        _ => Ok(()),
    }
}

/// A call of its function in another file that could bound it.
fn open_caller(connect: &Connect) -> &[Related] {
    match &connect.callers {
        CallersElsewhere::Asked { open, .. } => open.as_slice(),
        CallersElsewhere::NotAsked | CallersElsewhere::BoundByName => &[],
    }
}

fn message(connect: &Connect, api: &Api) -> String {
    let path = &connect.path;
    let scope = match connect.callers {
        CallersElsewhere::NotAsked => "this file",
        CallersElsewhere::Asked { all_seen: true, .. } => "this project",
        CallersElsewhere::Asked { .. } | CallersElsewhere::BoundByName => "sight",
    };
    match (api.call, connect.entry) {
        _ if connect.runs_session(api) => format!("nothing in {scope} bounds the connect in `{path}`"),
        (Call::Blocking, _) => format!("nothing in {scope} bounds the wait for `{path}`, which blocks its thread"),
        (_, Entry::Stored | Entry::Returned) => {
            format!("nothing in sight bounds the wait for `{path}`, which is entered somewhere else")
        }
        _ => format!("no deadline in {scope} bounds the wait for `{path}`"),
    }
}

/// `bringing` is what may bring a limit that cannot be seen.
fn note(connect: &Connect, api: &Api, patience: &Patience<'_>, own: &OwnLimit<'_>, bringing: Option<&str>) -> String {
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
        _ if bringing.is_some() => bringing.map(|bringing| format!("{bringing} may say otherwise")),
        (Carried::Unseen, Some(HeldBy::Argument { name, .. })) => {
            Some(format!("an object that is given as `{name}` may carry another limit"))
        }
        (Carried::Unseen, _) => Some("the object that it is called on may say otherwise".to_owned()),
        _ => None,
    };
    let fact = match &api.limit_holds_for {
        Some(_) if patience.waits().is_some() => format!("{}; {}", patience.fact(), super::TAKES_FALL_BACK_AWAY),
        _ => patience.fact(),
    };
    let fact = match &api.after_deadline {
        Some(left) => format!("{fact}; a deadline from outside: {left}"),
        None => fact,
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
    // Where the argument is refused nothing is tried at all.
    if let (OwnLimitIs::Gone, Some(endless)) = own_limit_with_retries(connect, context.catalog)
        && !misfit::is_misfit(context, connect, &endless.name)
    {
        return OwnLimit::Retried(endless.shown);
    }
    switched_off.map_or(OwnLimit::Default, OwnLimit::SwitchedOff)
}
