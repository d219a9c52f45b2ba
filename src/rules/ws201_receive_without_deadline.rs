//! WS201: nothing bounds the wait for a message.

use std::borrow::Cow;

use super::one_line::one_line;
use super::proposed::Proposed;
use super::silence::{Answer, Silence};
use super::test_limit::{fires_in_time, is_of_a_runner, limit_around};
use super::{Context, OTHER_PROTOCOL};
use crate::budget::TestLimit;
use crate::catalog::{Protocol, Receiver, Waits};
use crate::finding::{Applicability, Finding, Fix, Refusal, Rule, Severity};
use crate::settings::HangRules;
use crate::signs::Sign;
use crate::sites::{Bound, Receive, ReceiveForm};
use crate::source::Language;

pub(super) static RULE: Rule = Rule {
    code: "WS201",
    name: "receive-without-deadline",
    summary: "nothing bounds a wait for a message in a test",
    remedy: "bound the wait: `asyncio.wait_for(ws.recv(), …)`, in Rust `tokio::time::timeout(…)`",
    languages: &[Language::Python, Language::Rust],
    severity: Severity::Warning,
    fixable: true,
    on_by_default: true,
    page: include_str!("../../rules/WS201-receive-without-deadline.md"),
    triggers: &[
        (Language::Python, &[Sign::Connect, Sign::Test]),
        (Language::Python, &[Sign::Receive, Sign::Test]),
        (Language::Rust, &[Sign::Connect, Sign::Test]),
        (Language::Rust, &[Sign::Receive, Sign::Test]),
    ],
};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let proposed = Proposed::of(context);
    for receive in &context.sites.receives {
        findings.extend(check_receive(context, receive, &proposed).ok());
    }
}

/// Whether this rule speaks of the wait.
pub(super) fn speaks(context: &Context<'_>, receive: &Receive) -> bool {
    why_not(context, receive).is_none()
}

fn check_receive(context: &Context<'_>, receive: &Receive, proposed: &Proposed<'_, '_>) -> Answer {
    if let Some(why) = why_not(context, receive) {
        return Err(why);
    }
    let limit = limit_around(context, receive.span);
    let known = context.catalog.receiver(receive.receiver);
    let receiver = &known.receiver;
    let fact = match context.project.packages.get(&known.package) {
        Some(range) => range.value.fitting(&receiver.fact),
        None => Cow::Borrowed(&*receiver.fact),
    };
    let fact = match after_limit(receive, receiver) {
        Some(after) => format!("{fact}; a limit that fires {after}").into(),
        None => fact,
    };
    let fix = bounded(context, receive, proposed.seconds(receive));
    let (severity, strict) = severities(is_in_process(context, receive, receiver), limit.as_ref());
    let finding = Finding::new(&RULE, receive.span, message(context, receive, receiver))
        .severity_or_strict(severity, strict)
        .note(note(context, receive, &fact, limit.as_ref()))
        .fix(fix.map(|fix| fix.at_most(Applicability::Unsafe)));
    Ok(match receiver.blocking {
        true => finding.remedy(OF_ITS_OWN),
        false => finding,
    })
}

/// What a limit that fires does to the connection, or to what goes over it: a clause without a subject.
fn after_limit<'r>(receive: &Receive, receiver: &'r Receiver) -> Option<Cow<'r, str>> {
    let is_step = matches!(&receive.form, ReceiveForm::Call(name) if name == "anext");
    match receiver.methods.first().filter(|_| is_step && receiver.iteration_ends) {
        Some(method) => Some(format!("ends the iteration for good; `{method}()` can be asked again").into()),
        None => receiver.after_deadline.as_deref().map(Cow::Borrowed),
    }
}

/// What to do about a wait that blocks its thread.
const OF_ITS_OWN: &str =
    "give the wait, or the connection, a timeout of the library's own; where it has none, a limit for the whole test";

/// The fix: the wait under a deadline of so many seconds.
pub(super) fn bounded(context: &Context<'_>, receive: &Receive, seconds: f64) -> Result<Fix, Refusal> {
    fires_in_time(context, receive.span, seconds)?;
    context.rewrite.bound_receive(receive, seconds, context)
}

/// Why the rule says nothing of the wait, if it does not.
pub(super) fn why_not(context: &Context<'_>, receive: &Receive) -> Option<Silence> {
    let settings = context.settings;
    if !context.hangs_matter(receive.in_test) {
        return Some("it is no test code (`hang-rules`)".into());
    }
    if !receive.runs_in_test && settings.hang_rules != HangRules::All {
        return Some("no test certainly waits until it is over".into());
    }
    if receive.limited {
        return Some(
            "an argument, its own or one of the connect, ends the wait or may do so, a class of the project's own waits there, \
             or what runs beside it closes the connection"
                .into(),
        );
    }
    if receive.expects_timeout {
        return Some("the code around it expects a timeout".into());
    }
    if !settings.protocols.contains(&protocol(context, receive)) {
        return Some(OTHER_PROTOCOL.into());
    }
    // What ends the whole test ends the wait too, but says nothing about it. A decorator of somebody's own is a deadline.
    let mut deadlines = receive.deadlines.iter().filter(|deadline| !is_of_a_runner(deadline));
    if let Some(deadline) = deadlines.find(|deadline| deadline.bound != Bound::Unlimited) {
        return Some(format!("`{}` ends the wait", deadline.path).into());
    }
    None
}

/// What the connection speaks; what only hands messages on has none.
fn protocol(context: &Context<'_>, receive: &Receive) -> Protocol {
    let connect = receive.connect.and_then(|index| context.sites.connects.get(index));
    match connect {
        Some(connect) => context.catalog.entry(connect.api).protocol,
        None => context.catalog.receiver(receive.receiver).protocol,
    }
}

/// Whether the other side of the connection is the application under test, in the same process: its end ends the wait.
fn is_in_process(context: &Context<'_>, receive: &Receive, receiver: &Receiver) -> bool {
    let opened = receive.connect.and_then(|index| context.sites.connects.get(index));
    let by_class = || {
        let mut makers = receiver.of.iter();
        makers.find_map(|path| context.catalog.connect(context.source.language(), path))
    };
    let api = opened.map(|connect| connect.api).or_else(by_class);
    receiver.blocking && api.is_some_and(|api| context.catalog.entry(api).api.waits == Waits::InProcess)
}

/// How bad it is, by default and under `strict`.
fn severities(is_in_process: bool, limit: Option<&TestLimit>) -> (Severity, Severity) {
    match (is_in_process, limit) {
        (true, _) => (Severity::Info, Severity::Info),
        (false, Some(_)) => (Severity::Info, Severity::Warning),
        (false, None) => (Severity::Warning, Severity::Warning),
    }
}

fn message(context: &Context<'_>, receive: &Receive, receiver: &Receiver) -> String {
    let source = &receive.source;
    let wait = match &receive.form {
        ReceiveForm::Call(method) | ReceiveForm::Consumed(method) => format!("the wait of `{method}`"),
        ReceiveForm::Await => "the wait".to_owned(),
        ReceiveForm::Loop => "the wait of the loop".to_owned(),
    };
    let is_connect = || context.catalog.connect(context.source.language(), source).is_some();
    match (receiver.signal, receive.connect.is_some() || is_connect()) {
        (true, _) => format!("nothing bounds {wait} for what comes out of `{source}`, in code that holds a connection"),
        (false, true) => format!("nothing bounds {wait} for a message on the connection of `{source}`"),
        (false, false) => format!("nothing bounds {wait} for a message on this `{source}`"),
    }
}

fn note(context: &Context<'_>, receive: &Receive, fact: &str, limit: Option<&TestLimit>) -> String {
    match limit {
        Some(limit) => format!(
            "{fact}; `{}` ends the whole test, without a word about `{}`",
            limit.source,
            one_line(context.source.slice(receive.span))
        ),
        None => fact.to_owned(),
    }
}
