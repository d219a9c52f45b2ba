//! WS202: a call in async code blocks the thread that runs the event loop.

use std::borrow::Cow;

use super::Context;
use super::one_line::one_line;
use crate::catalog::Waits;
use crate::finding::{Finding, Once, Rule, Severity};
use crate::signs::Sign;
use crate::sites::{BlockingCall, Blocks, Related, RelatedPlace};
use crate::source::Language;

pub(super) static RULE: Rule = Rule {
    code: "WS202",
    name: "blocking-call-in-async",
    summary: "a call in async code blocks the event loop, and with it every deadline",
    remedy: "await instead of blocking (`asyncio.sleep`), or hand the call to a thread (`asyncio.to_thread`, `spawn_blocking`)",
    languages: &[Language::Python, Language::Rust],
    severity: Severity::Warning,
    fixable: true,
    on_by_default: true,
    page: include_str!("../../rules/WS202-blocking-call-in-async.md"),
    triggers: &[
        (Language::Python, &[Sign::Async, Sign::Blocking, Sign::Test]),
        (Language::Python, &[Sign::Async, Sign::Connect, Sign::Test]),
        (Language::Python, &[Sign::Async, Sign::Receive, Sign::Test]),
        (Language::Python, &[Sign::Async, Sign::Deadline, Sign::Test]),
        (Language::Rust, &[Sign::Async, Sign::Blocking, Sign::Test]),
        (Language::Rust, &[Sign::Async, Sign::Connect, Sign::Test]),
    ],
};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let holds_anything_open = holds_anything_open(context);
    for blocking in &context.sites.blocking_calls {
        // What blocks in another module is looked for where something here stands still meanwhile: any file may call it.
        if !holds_anything_open && (!context.settings.strict || blocking.elsewhere.is_some()) {
            continue;
        }
        if !context.hangs_matter(blocking.in_test) || is_meant(context, blocking) {
            continue;
        }
        findings.extend(report(context, blocking));
    }
}

/// So many characters behind a call are looked through for a comment.
const FARTHEST: usize = 240;

/// Whether a comment behind the call says that it is to block: `time.sleep(2)  # freezes the loop on purpose`, or begins with what
/// it does to the loop: `# block the loop, so that no pong is sent`.
fn is_meant(context: &Context<'_>, blocking: &BlockingCall) -> bool {
    let source = context.source;
    let behind = source.text().get(blocking.callee.end..).unwrap_or_default();
    let comment = match source.language() {
        Language::Rust => "//",
        Language::Python | Language::Manifest => "#",
    };
    let line: String = behind.chars().take(FARTHEST).take_while(|c| *c != '\n').collect();
    line.split_once(comment).is_some_and(|(_, said)| {
        let said = said.to_lowercase();
        ["on purpose", "purposefully", "purposely", "deliberate", "intentional"]
            .iter()
            .any(|word| said.contains(word))
            || said_of_the_loop(&said)
    })
}

/// Whether a comment begins with what the call does to the loop. One that complains of it begins with something else: `TODO`.
fn said_of_the_loop(comment: &str) -> bool {
    let mut words = comment
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let does = words.next();
    let of_loop = does.is_some_and(|first| {
        const DOES: &[&str] = &["block", "freeze", "stall", "hang"];
        DOES.contains(&first.strip_suffix('s').unwrap_or(first))
    });
    of_loop && words.any(|word| matches!(word, "loop" | "eventloop" | "runtime" | "executor"))
}

/// Whether what shares its loop with a call holds anything that stands still meanwhile: a connect, a connection or a deadline
/// in the same file.
fn holds_anything_open(context: &Context<'_>) -> bool {
    let (sites, protocols) = (context.sites, &context.settings.protocols);
    let connects = sites
        .connects
        .iter()
        .map(|connect| context.catalog.entry(connect.api).protocol);
    let receives = sites
        .receives
        .iter()
        .map(|receive| context.catalog.receiver(receive.receiver).protocol);
    connects.chain(receives).any(|protocol| protocols.contains(&protocol)) || sites.deadlines.are_set
}

fn report(context: &Context<'_>, blocking: &BlockingCall) -> Option<Finding> {
    let language = context.source.language();
    let told = Told::of(context, blocking)?;
    let whole = match language {
        Language::Rust => "the thread that runs the async code",
        Language::Python | Language::Manifest => "the event loop",
    };
    let inside = place_inside(context, blocking);
    let callee = match inside {
        Some(_) => one_line(context.source.slice(blocking.callee)),
        None => told.path.to_owned(),
    };
    let message = match (&inside, told.panics) {
        (None, None) => format!("`{callee}` blocks {whole} until {}", told.until),
        (Some(_), None) => format!("`{callee}` blocks {whole}: it calls `{}`", told.path),
        (None, Some(_)) => format!("`{callee}` panics in async code that tokio runs"),
        (Some(_), Some(_)) => format!(
            "`{callee}` panics in async code that tokio runs: it calls `{}`",
            told.path
        ),
    };
    let consequence = match (told.panics, language) {
        (Some(panics), _) => format!("the panic says: {panics}"),
        (None, Language::Rust) => {
            "meanwhile no timeout around it fires, and no other task of that thread runs".to_owned()
        }
        (None, _) if told.is_in_process => {
            "the application runs in a thread of its own and answers; meanwhile the test's own event loop stands still"
                .to_owned()
        }
        (None, _) => {
            "meanwhile no deadline of the loop fires, no other task runs, and a server in the same loop does not \
                      answer"
                .to_owned()
        }
    };
    let note = match &inside {
        Some(place) => format!("{place}: `{}` returns when {}; {consequence}", told.path, told.until),
        None => consequence,
    };
    let mut finding = Finding::new(&RULE, blocking.call, message)
        .severity(told.severity)
        .note(note);
    finding.once = inside.map(Once::Cause);
    finding.related.extend(blocking.elsewhere.iter().map(|place| Related {
        what: format!("`{}` blocks", told.path),
        place: RelatedPlace::There(place.clone()),
    }));
    finding.kin = told.kin.to_vec();
    match context.rewrite.unblock(blocking, context) {
        Ok(fix) => finding.fix = Some(fix),
        Err(refusal) => finding.help = Some(format!("no fix: {refusal}; {}", told.instead)),
    }
    Some(finding)
}

/// Whether the call itself blocks, and no function that it calls.
fn is_direct(blocking: &BlockingCall) -> bool {
    blocking.inside.is_none() && blocking.elsewhere.is_none()
}

/// Where it blocks in a function that is called: `line 12`, `helpers.py:40`.
fn place_inside(context: &Context<'_>, blocking: &BlockingCall) -> Option<String> {
    let here = blocking.inside.map(|inside| context.source.position(inside.start).line);
    let here = here.map(|line| format!("line {line}"));
    let elsewhere = blocking.elsewhere.as_ref();
    here.or_else(|| elsewhere.map(|place| format!("{}:{}", place.file, place.start.line)))
}

/// What is said of what blocks.
struct Told<'a> {
    path: &'a str,
    until: &'a str,
    instead: Cow<'a, str>,
    panics: Option<&'a str>,
    /// Nothing goes over a network: a test client that runs the application.
    is_in_process: bool,
    severity: Severity,
    /// The codes of other tools' rules about such a call.
    kin: &'a [String],
}

impl<'a> Told<'a> {
    fn of(context: &'a Context<'_>, blocking: &'a BlockingCall) -> Option<Self> {
        match &blocking.blocks {
            Blocks::Function(path) => {
                let known = context.catalog.blocking(context.source.language(), path)?;
                Some(Self {
                    path,
                    until: &known.until,
                    instead: Cow::Borrowed(&known.instead),
                    panics: known.panics.as_deref(),
                    is_in_process: false,
                    severity: RULE.severity,
                    kin: match is_direct(blocking) {
                        true => &known.kin,
                        false => &[],
                    },
                })
            }
            Blocks::Connect(connect) => {
                let connect = context.sites.connects.get(*connect)?;
                let entry = context.catalog.entry(connect.api);
                let is_in_process = entry.api.waits == Waits::InProcess;
                let kin = match &entry.api.async_kin {
                    Some(kin) => format!("`{kin}`"),
                    None => "an async client".to_owned(),
                };
                Some(Self {
                    path: &connect.path,
                    until: match is_in_process {
                        true => "the application has answered",
                        false => "the peer has answered",
                    },
                    instead: match is_in_process {
                        true => Cow::Borrowed("make the test a plain `def`"),
                        false => Cow::Owned(format!("use {kin}, or make the whole session in a thread of its own")),
                    },
                    panics: None,
                    is_in_process,
                    // To a listener of the same machine a plain socket is connected at once.
                    severity: match context.settings.protocols.contains(&entry.protocol) && !is_in_process {
                        true => RULE.severity,
                        false => Severity::Info,
                    },
                    kin: &[],
                })
            }
        }
    }
}
