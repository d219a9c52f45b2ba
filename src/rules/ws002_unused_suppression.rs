//! WS002: a comment that allows a finding which is not there, or that ws-lint cannot read. The findings come from
//! [`crate::suppress`], which knows what was used.

use std::collections::BTreeSet;

use crate::finding::{Finding, Fix, Rule, Severity};
use crate::signs::Sign;
use crate::source::{Language, Span};

pub(crate) static RULE: Rule = Rule {
    code: "WS002",
    name: "unused-suppression",
    summary: "a comment allows a finding that is not there, or cannot be read",
    remedy: "take the comment away, or name in it what it is to allow",
    languages: &[Language::Python, Language::Rust, Language::Manifest],
    severity: Severity::Warning,
    fixable: true,
    on_by_default: true,
    page: include_str!("../../rules/WS002-unused-suppression.md"),
    triggers: &[
        (Language::Python, &[Sign::Suppression]),
        (Language::Rust, &[Sign::Suppression]),
        (Language::Manifest, &[Sign::Suppression]),
    ],
};

/// The finding for a comment at `span` of which the rules `names`, as they are written, were not needed.
pub(crate) fn unused(span: Span, names: &BTreeSet<&str>, fix: Fix) -> Finding {
    let list = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>();
    let message = format!("this comment allows {}, which is not found here", list.join(" and "));
    let finding = Finding::new(&RULE, span, message).fix(Ok(fix));
    if names
        .iter()
        .any(|name| super::find(name).is_some_and(|rule| rule.code == RULE.code))
    {
        return finding.help("only `file-ignore` allows WS002");
    }
    finding
}

/// The finding for a comment at `span` that allows every rule and was needed for none.
pub(crate) fn everything_unused(span: Span, fix: Fix) -> Finding {
    Finding::new(&RULE, span, "this comment allows every finding, and there is none here").fix(Ok(fix))
}

/// The finding for a part of a comment that means nothing.
pub(crate) fn mistake(span: Span, message: &str, help: Option<&str>) -> Finding {
    let finding = Finding::new(&RULE, span, message);
    match help {
        Some(help) => finding.help(help),
        None => finding,
    }
}
