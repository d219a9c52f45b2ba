//! WS303: a function prints something else where the console refuses, and that can raise again.

use super::Context;
use crate::finding::{Finding, Rule, Severity};
use crate::signs::Sign;
use crate::source::Language;

pub(super) static RULE: Rule = Rule {
    code: "WS303",
    name: "leaky-print-fallback",
    summary: "what a function prints where the console refuses can raise again",
    remedy: "replace what cannot be encoded before it is printed again",
    languages: &[Language::Python],
    severity: Severity::Warning,
    fixable: true,
    on_by_default: true,
    page: include_str!("../../rules/WS303-leaky-print-fallback.md"),
    triggers: &[(Language::Python, &[Sign::EncodeError])],
};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for fallback in &context.sites.print_fallbacks {
        let message = format!("the fallback of `{}` can raise again: {}", fallback.name, fallback.leak);
        findings.push(
            Finding::new(&RULE, fallback.span, message)
                .note("an exception that is raised in an `except` block is not caught by that block, so the print that was to be made safe ends the program")
                .fix(context.rewrite.sound_print_fallback(fallback)),
        );
    }
}
