//! WS001: a file that does not parse is a finding of its own, and the run goes on.

use crate::finding::{Finding, Rule, Severity};
use crate::source::{Language, SyntaxError};

pub(super) static RULE: Rule = Rule {
    code: "WS001",
    name: "syntax-error",
    summary: "the file cannot be read as its language, so nothing in it was checked",
    remedy: "mend the syntax, or leave the file out with `exclude`",
    languages: &[Language::Python, Language::Rust],
    severity: Severity::Error,
    fixable: false,
    on_by_default: true,
    page: include_str!("../../rules/WS001-syntax-error.md"),
    // What cannot be read is only reported where another rule would have looked.
    triggers: &[],
};

/// Whether `rule` is this one.
#[must_use]
pub fn is_syntax_error(rule: &Rule) -> bool {
    rule.code == RULE.code
}

/// The finding for a file that its language's parser refuses.
#[must_use]
pub fn syntax_error(error: SyntaxError) -> Finding {
    Finding::new(&RULE, error.span, error.message)
}
