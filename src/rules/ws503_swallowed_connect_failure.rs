//! WS503: a test that is green whether its connect works or not.

use super::Context;
use crate::finding::{Finding, Rule, Severity};
use crate::signs::Sign;
use crate::sites::{DoubtfulProof, Handler, HandlerForm, ProofKind, Swallow, SwallowedFailure};
use crate::source::Language;

pub(super) static RULE: Rule = Rule {
    code: "WS503",
    name: "swallowed-connect-failure",
    summary: "a test is green whether its connect works or not",
    remedy: "let the test fail where its connect fails",
    languages: &[Language::Python, Language::Rust],
    severity: Severity::Warning,
    fixable: false,
    on_by_default: true,
    page: include_str!("../../rules/WS503-swallowed-connect-failure.md"),
    triggers: &[(Language::Python, &[Sign::Connect]), (Language::Rust, &[Sign::Connect])],
};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for handler in &context.sites.handlers {
        findings.extend(swallowed(context, handler));
    }
    for failure in &context.sites.swallowed {
        findings.extend(ignored(context, failure));
    }
    for proof in &context.sites.doubtful_proofs {
        findings.extend(match &proof.kind {
            ProofKind::MinimumDuration => Some(duration(proof)),
            ProofKind::MockedConnect(path) => mocked(context, proof, path),
        });
    }
}

fn swallowed(context: &Context<'_>, handler: &Handler) -> Option<Finding> {
    let swallow = handler.swallows?;
    if handler.form != HandlerForm::Except || !handler.fails_a_test || !is_broad(handler) {
        return None;
    }
    let mut connects = handler.connects.iter().filter_map(|id| context.sites.connects.get(*id));
    let path = &connects.next()?.path;
    let (message, severity) = told(swallow, path);
    let what = match handler.caught.first() {
        None => "a bare `except` catches".to_owned(),
        Some(caught) => format!("`{}` is the base of", context.source.slice(caught.span)),
    };
    let note = format!(
        "{what} every failure: no network, an HTTP 403, a wrong argument's `TypeError`, and the `AssertionError` of each \
         `assert` in the `try`"
    );
    let help = match swallow {
        Swallow::Skips => {
            "ask in a fixture whether the server is there, catch only what says that it is not \
                           (`ConnectionRefusedError`), and skip there"
        }
        _ => "let the exception fail the test; where the server may be missing, mark the test and deselect it",
    };
    Some(
        Finding::new(&RULE, handler.span, message)
            .severity(severity)
            .note(note)
            .help(help),
    )
}

/// A value that says that a connect failed, and that nothing in the test looks at.
fn ignored(context: &Context<'_>, failure: &SwallowedFailure) -> Option<Finding> {
    let path = &context.sites.connects.get(failure.connect)?.path;
    let (message, severity) = told(failure.swallow, path);
    let help = match failure.swallow {
        Swallow::Skips => "mark the test `#[ignore = \"needs a server\"]`, so that its report says what was not run",
        _ => {
            "take the connection by `.expect(…)`; where the server may be missing, mark the test `#[ignore]` and run it with \
             `--include-ignored`"
        }
    };
    Some(
        Finding::new(&RULE, failure.span, message)
            .severity(severity)
            .note(
                "the error is every failure: no network, an HTTP 403, a certificate that has run out; libtest shows what a \
                 passing test prints to nobody",
            )
            .help(help),
    )
}

fn told(swallow: Swallow, path: &str) -> (String, Severity) {
    match swallow {
        Swallow::Passes => (format!("the test passes when `{path}` fails"), Severity::Warning),
        Swallow::Prints => (
            format!("the test prints a line and passes when `{path}` fails"),
            Severity::Warning,
        ),
        Swallow::Mocks => (
            format!("the test goes on with a mock when `{path}` fails"),
            Severity::Warning,
        ),
        Swallow::Skips => (
            format!("the test is skipped when `{path}` fails, whatever for"),
            Severity::Info,
        ),
    }
}

/// Whether a clause catches everything that a connect, or an `assert`, raises.
fn is_broad(handler: &Handler) -> bool {
    let is_base = |path: &str| matches!(path, "Exception" | "BaseException");
    handler.caught.is_empty()
        || handler
            .caught
            .iter()
            .any(|caught| caught.path.as_deref().is_some_and(is_base))
}

/// All that is asserted is that some time went by.
fn duration(proof: &DoubtfulProof) -> Finding {
    Finding::new(
        &RULE,
        proof.span,
        format!(
            "the only proof of a connection in `{}` is that some time went by",
            proof.test
        ),
    )
    .note("a connect that fails after a while, or a mock that sleeps, takes as long")
    .help("assert what only the server can know: the message that it answers")
}

/// A test is called real and mocks its connect.
fn mocked(context: &Context<'_>, proof: &DoubtfulProof, path: &str) -> Option<Finding> {
    let file = context.source.path();
    let mut folders = file.parent()?.iter().rev().take(NEAREST_FOLDERS);
    if folders.any(|folder| words_of(&folder.to_string_lossy()).any(|word| word == "unit")) {
        return None;
    }
    let stem = file.file_stem()?.to_string_lossy().to_lowercase();
    let (name, word) = match (promise(&proof.test), promise(&stem)) {
        (Some(word), _) => (proof.test.as_str(), word),
        (None, Some(word)) => (stem.as_str(), word),
        (None, None) => return None,
    };
    Some(
        Finding::new(
            &RULE,
            proof.span,
            format!("`{name}` says {word}, and its `{path}` is a mock"),
        )
        .note("the test is green without a network, and says nothing about the server that it is named after")
        .help("connect in it, or call it what it is"),
    )
}

/// The word by which a name promises a real connection.
fn promise(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    let words: Vec<&str> = words_of(&name).collect();
    let denies = |word: &&str| {
        matches!(
            *word,
            "no" | "not" | "non" | "without" | "mock" | "mocked" | "fake" | "unit"
        )
    };
    if words.iter().any(denies) {
        return None;
    }
    let at = |index: usize| words.get(index).copied();
    let is_said = |promise: &&str| {
        (0..words.len())
            .filter(|index| at(*index) == Some(*promise))
            .any(|index| {
                let before = index.checked_sub(1).and_then(at);
                match (*promise, at(index + 1)) {
                    ("e2e", _) => true,
                    // Of a clock, a file or a number it says nothing about the connection.
                    (_, Some(next)) => is_other_side(next),
                    // Certificates have a staging, too; said of nothing it is said of the test.
                    ("staging", None) => before.is_none_or(|word| TOWARDS.contains(&word) || is_other_side(word)),
                    (_, None) => true,
                }
            })
    };
    ["real", "staging", "e2e"].into_iter().find(is_said)
}

/// The words that a name is put together of.
fn words_of(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_alphanumeric())
}

/// Whether a word means what a connection leads to, or the connection.
fn is_other_side(word: &str) -> bool {
    OTHER_SIDE.iter().any(|beginning| word.starts_with(beginning))
}

/// How many folders of a test may say what kind of test it is.
const NEAREST_FOLDERS: usize = 3;

/// What stands in front of a place that a test goes to.
const TOWARDS: [&str; 11] = [
    "test", "tests", "on", "in", "at", "to", "from", "with", "against", "via", "the",
];

/// How words begin that mean what a connection leads to, or the connection.
const OTHER_SIDE: [&str; 26] = [
    "account",
    "api",
    "backend",
    "broker",
    "cloud",
    "connect",
    "device",
    "endpoint",
    "env",
    "exchange",
    "gateway",
    "handshake",
    "host",
    "internet",
    "login",
    "network",
    "node",
    "peer",
    "relay",
    "remote",
    "server",
    "service",
    "socket",
    "upstream",
    "websocket",
    "ws",
];
