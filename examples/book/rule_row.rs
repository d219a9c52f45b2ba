//! A rule in tables: that of the book, and that of the README, which the tests look at.

use ws_lint::finding::Rule;

/// Its line, in Markdown.
pub(super) fn row_of(rule: &Rule) -> String {
    let languages: Vec<_> = rule.languages.iter().map(ToString::to_string).collect();
    format!(
        "| [{}](rules/{}.md) | {} | {} | {}{} | {} | {} |\n",
        rule.code,
        slug(rule),
        rule.name,
        languages.join(", "),
        rule.severity,
        if rule.on_by_default { "" } else { ", off by default" },
        if rule.fixable { "yes" } else { "no" },
        rule.summary
    )
}

/// Its page's name: `WS101-connect-timeout-argument`.
pub(super) fn slug(rule: &Rule) -> String {
    format!("{}-{}", rule.code, rule.name)
}
