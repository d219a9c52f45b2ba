//! WS204: a connect is tried again for ever, so that a server that is not there makes the test hang.

use super::Context;
use crate::catalog::Share;
use crate::finding::{Finding, Rule, Severity};
use crate::signs::Sign;
use crate::sites::{Connect, Entry, Retry};
use crate::source::{Language, Span};

pub(super) static RULE: Rule = Rule {
    code: "WS204",
    name: "endless-reconnect",
    summary: "a connect is tried again for ever, whatever it fails for",
    remedy: "bound the attempts, or leave the loop for failures that do not go away",
    languages: &[Language::Python, Language::Rust],
    severity: Severity::Warning,
    fixable: false,
    on_by_default: true,
    page: include_str!("../../rules/WS204-endless-reconnect.md"),
    triggers: &[(Language::Python, &[Sign::Connect]), (Language::Rust, &[Sign::Connect])],
};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for connect in &context.sites.connects {
        findings.extend(iterated(context, connect));
    }
    for retry in &context.sites.retries {
        findings.extend(retried(context, retry));
    }
}

/// Whether this rule speaks of the connect.
pub(super) fn speaks(context: &Context<'_>, connect: &Connect) -> bool {
    iterated(context, connect).is_some()
}

/// Whether it speaks of what tries again in the loop whose head stands at `head`.
pub(super) fn speaks_of_loop(context: &Context<'_>, head: Span) -> bool {
    let mut retries = context.sites.retries.iter().filter(|retry| retry.head == head);
    retries.any(|retry| retried(context, retry).is_some())
}

/// `async for ws in connect(…)`.
fn iterated(context: &Context<'_>, connect: &Connect) -> Option<Finding> {
    if connect.entry != Entry::AsyncFor || connect.is_under_a_deadline() {
        return None;
    }
    let path = &connect.path;
    let language = context.source.language();
    let releases = context.releases(connect)?;
    let newest = releases.newest()?;
    let swallows = |release: &_| context.catalog.retries_everything(language, path, release);
    let in_test = context.hangs_matter(connect.in_test);
    let certain = swallows(newest);
    if !in_test && !certain {
        return None;
    }
    let message = match (certain, in_test) {
        (true, _) => format!("`async for` over `{path}` tries again for ever, after an HTTP 403 too"),
        (false, _) => format!("`async for` over `{path}` tries again for ever where nothing answers"),
    };
    let note = match releases.share(swallows) {
        Share::None => format!(
            "a connection that is refused, a 503 and a connect that times out never reach the code: they are logged, and \
             tried again; {}",
            releases.here()
        ),
        Share::All | Share::Some => format!(
            "with {} every exception of the connect, an HTTP 403 and a `TypeError` included, is logged and tried again; it \
             never reaches the code; {}",
            releases.told(swallows),
            releases.here()
        ),
    };
    Some(
        Finding::new(&RULE, connect.call, message)
            .note(note)
            .help("put the loop into `async with asyncio.timeout(…)`, or connect once by `async with`"),
    )
}

/// A loop that a failed connect goes round in.
fn retried(context: &Context<'_>, retry: &Retry) -> Option<Finding> {
    let connects = retry.connects.iter().filter_map(|id| context.sites.connects.get(*id));
    let connect = connects
        .clone()
        .find(|connect| context.hangs_matter(connect.in_test) && !connect.is_under_a_deadline())?;
    let message = format!("`{}` is tried again for ever where it fails", connect.path);
    Some(
        Finding::new(&RULE, retry.span, message)
            .note(
                "the loop has no end but a connection, and nothing in it waits: while the server is not there it spins, and a \
                 refusal such as an HTTP 403 is never seen",
            )
            .help("count the attempts, wait between them, and fail with the last error"),
    )
}
