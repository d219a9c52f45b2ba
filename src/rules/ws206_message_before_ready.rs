//! WS206: a test sends before it has read the server's greeting.

use std::collections::HashSet;

use super::Context;
use crate::finding::{Finding, Rule, Severity};
use crate::signs::Sign;
use crate::sites::ExchangeKind;
use crate::source::Language;

pub(super) static RULE: Rule = Rule {
    code: "WS206",
    name: "message-before-ready",
    summary: "a test sends before it has read the greeting of a server that greets",
    remedy: "read the greeting before the first message is sent",
    languages: &[Language::Python, Language::Rust],
    severity: Severity::Warning,
    fixable: false,
    on_by_default: false,
    page: include_str!("../../rules/WS206-message-before-ready.md"),
    triggers: &[
        (Language::Python, &[Sign::Connect, Sign::Test]),
        (Language::Python, &[Sign::Receive, Sign::Test]),
        (Language::Rust, &[Sign::Connect, Sign::Test]),
        (Language::Rust, &[Sign::Receive, Sign::Test]),
    ],
};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    if !context.settings.receive.welcome {
        return;
    }
    let (mut ready, mut asked) = (HashSet::new(), HashSet::new());
    for exchange in &context.sites.exchanges {
        match &exchange.kind {
            ExchangeKind::State => _ = asked.insert(exchange.connect),
            // Whatever comes first decides: behind it the greeting may have been read, or the mistake is told.
            ExchangeKind::Receive | ExchangeKind::Other => _ = ready.insert(exchange.connect),
            ExchangeKind::Send(method) => {
                let is_first = ready.insert(exchange.connect);
                let Some(connect) = context.sites.connects.get(exchange.connect) else {
                    continue;
                };
                let protocol = context.catalog.entry(connect.api).protocol;
                let in_scope =
                    (exchange.in_test || context.test_file) && context.settings.protocols.contains(&protocol);
                if !is_first || !in_scope {
                    continue;
                }
                let path = &connect.path;
                let note = match asked.contains(&exchange.connect) {
                    true => {
                        "an open connection says nothing about the application behind it: it is ready once it greets"
                    }
                    false => {
                        "the handshake is over before the application behind it is ready, and neither its greeting nor the \
                         state of the connection was looked at"
                    }
                };
                findings.push(
                    Finding::new(
                        &RULE,
                        exchange.span,
                        format!("`{method}` comes before the greeting is read on the connection of `{path}`"),
                    )
                    .note(note)
                    .help("read the greeting first: the next message that is received is that one, not the answer"),
                );
            }
        }
    }
}
