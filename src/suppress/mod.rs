//! Suppressions: the comments that allow a finding, and what becomes of those that allow nothing.
//!
//! `# ws-lint: ignore[WS101] reason` allows the findings that start in the lines its comment governs: at the end of a
//! line the statement that it ends, on a line of its own the next one. Several rules stand in one list, by code or by
//! name; without a list every rule is allowed, as with a bare `# noqa`. `# ws-lint: file-ignore[…]` allows them in the
//! whole file. `# noqa: WS101` does what `ignore` does, at the end of a line only; other tools' codes in it are left
//! alone. In Rust `//` stands for `#`.
//!
//! `WS002` reports what allows nothing and what cannot be read. Only a `file-ignore` allows `WS002`, and nothing allows
//! `WS001`: a file that does not parse has no comments.

use std::collections::BTreeSet;

use crate::finding::{Checked, Finding, Rule, Suppressed};
use crate::rules::{self, Context, ws002_unused_suppression as unused_suppression};
use crate::source::{Language, SourceFile, Span};

mod addition;
mod coverage;
mod directive;
mod mistake;
mod removal;

pub use addition::{Place, Reason, comments_for};
use coverage::{Coverage, Lines};
use directive::{Allows, Directive, Form, Listed};
pub(crate) use directive::{comment_starts, may_direct};

fn allowed_by(suppression: Option<&Suppression>, finding: Finding) -> Suppressed {
    Suppressed {
        finding,
        reason: suppression.and_then(|one| one.directive.reason.clone()),
    }
}

/// Takes away what a comment allows, and adds a `WS002` finding for every comment that allows nothing or says nothing.
#[must_use]
pub fn apply(context: &Context<'_>, findings: Vec<Finding>) -> Checked {
    if context.settings.ignores_suppressions {
        return Checked {
            findings,
            ..Checked::default()
        };
    }
    let suppressions = suppressions(context);
    let mut coverage = Coverage::new(suppressions.iter().map(|one| (one.lines, one.codes(context.source))));
    let mut left = Vec::new();
    let mut allowed = Vec::new();
    for finding in findings {
        let line = context.source.position(finding.span.start).line;
        let by_kin = |coverage: &mut Coverage<'_>| finding.kin.iter().find_map(|code| coverage.allows(line, code));
        match coverage
            .allows(line, finding.rule.code)
            .or_else(|| by_kin(&mut coverage))
        {
            Some(by) => allowed.push(allowed_by(suppressions.get(by), finding)),
            None => left.push(finding),
        }
    }

    if context.settings.is_enabled(&unused_suppression::RULE) {
        let reported = report(context, &suppressions, &mut coverage);
        allowed.extend(reported.allowed);
        left.extend(reported.findings);
    }
    Checked {
        findings: left,
        suppressed: allowed.len(),
        allowed,
        ..Checked::default()
    }
}

/// A directive and the lines that it speaks of.
struct Suppression {
    directive: Directive,
    /// None: a `noqa` on a line of its own speaks of nothing.
    lines: Option<Lines>,
    own_line: bool,
    /// The comment that the directive is (a part of).
    comment: Span,
    /// `#` or `//`.
    marker: &'static str,
}

impl Suppression {
    /// The codes that it allows, those of other tools as they are written; none: every one.
    fn codes<'s>(&self, source: &'s SourceFile) -> Option<Vec<&'s str>> {
        let is_noqa = matches!(self.directive.form, Form::Noqa | Form::FileNoqa);
        let code = |item: &Listed| match item.rule {
            Some(rule) => Some(rule.code),
            None => is_noqa.then(|| source.slice(item.span)),
        };
        match &self.directive.allows {
            Allows::Everything => None,
            Allows::Listed(listed) => Some(listed.iter().filter_map(code).collect()),
        }
    }
}

fn suppressions(context: &Context<'_>) -> Vec<Suppression> {
    let marker = match context.source.language() {
        Language::Python | Language::Manifest => "#",
        Language::Rust => "//",
    };
    let mut suppressions = Vec::new();
    for comment in &context.sites.comments {
        let text = context.source.slice(comment.span);
        for directive in directive::parse(text, marker, comment.span.start) {
            let lines = match directive.form {
                Form::FileIgnore => Some(Lines::Whole),
                Form::FileNoqa => comment.own_line.then_some(Lines::Whole),
                Form::Noqa if comment.own_line => None,
                Form::Ignore | Form::Noqa => Some(Lines::of(comment.governs, context.source)),
            };
            suppressions.push(Suppression {
                directive,
                lines,
                own_line: comment.own_line,
                comment: comment.span,
                marker,
            });
        }
    }
    suppressions
}

/// The `WS002` findings, less those that a `file-ignore` allows.
fn report(context: &Context<'_>, suppressions: &[Suppression], coverage: &mut Coverage<'_>) -> Checked {
    let own_code = unused_suppression::RULE.code;
    let (for_it, others): (Vec<_>, Vec<_>) = suppressions.iter().partition(|one| {
        one.directive.form == Form::FileIgnore
            && one.codes(context.source).is_none_or(|codes| codes.contains(&own_code))
    });
    let mut found: Vec<Finding> = others
        .iter()
        .flat_map(|one| findings_of(context, one, coverage))
        .collect();
    let mut allowed = Vec::new();
    if !found.is_empty()
        && let Some(by) = coverage.allows_in_whole_file(own_code)
    {
        let suppression = suppressions.get(by);
        allowed.extend(found.drain(..).map(|finding| allowed_by(suppression, finding)));
    }
    found.extend(for_it.iter().flat_map(|one| findings_of(context, one, coverage)));
    Checked {
        findings: found,
        allowed,
        ..Checked::default()
    }
}

fn findings_of(context: &Context<'_>, suppression: &Suppression, coverage: &Coverage<'_>) -> Vec<Finding> {
    let directive = &suppression.directive;
    let mut findings: Vec<Finding> = directive
        .mistakes
        .iter()
        .map(|mistake| unused_suppression::mistake(mistake.span, &mistake.message, mistake.help.as_deref()))
        .collect();
    match &directive.allows {
        Allows::Everything => {
            let used = suppression.lines.is_some_and(|lines| coverage.any_used(lines));
            if directive.form != Form::Noqa && !used && every_default_rule_ran(context) {
                let fix = removal::whole(context.source, suppression);
                findings.push(unused_suppression::everything_unused(directive.span, fix));
            }
        }
        Allows::Listed(listed) => {
            let unused: Vec<&Listed> = listed
                .iter()
                .filter(|item| {
                    item.rule
                        .is_some_and(|rule| is_unused(context, suppression, rule, coverage))
                })
                .collect();
            if !unused.is_empty() {
                let names: BTreeSet<&str> = unused.iter().map(|item| context.source.slice(item.span)).collect();
                let fix = removal::listed(context.source, suppression, listed, &unused);
                findings.push(unused_suppression::unused(directive.span, &names, fix));
            }
        }
    }
    findings
}

fn is_unused(context: &Context<'_>, suppression: &Suppression, rule: &Rule, coverage: &Coverage<'_>) -> bool {
    context.settings.is_enabled(rule)
        && !suppression
            .lines
            .is_some_and(|lines| coverage.is_used(lines, rule.code))
}

/// Whether a comment that allows every rule had the chance to allow something: with `--select` it had not.
fn every_default_rule_ran(context: &Context<'_>) -> bool {
    rules::ALL
        .iter()
        .filter(|rule| rule.on_by_default && rule.languages.contains(&context.source.language()))
        .all(|rule| context.settings.is_enabled(rule))
}

#[cfg(test)]
mod tests;
