//! One text through check and fix.

use ws_lint::finding::{Applicability, Finding, Rule};
use ws_lint::fix::{self};
use ws_lint::source::{Language, SourceFile};

use crate::setup::Setup;

/// What came of a text.
pub(crate) struct Outcome {
    /// The concise report, one line a finding.
    pub(crate) findings: String,
    /// The codes of the rules that found something.
    pub(crate) codes: Vec<&'static str>,
    /// The text after all fixes, unsafe ones included.
    pub(crate) fixed: String,
}

/// Checks and fixes `text`. The name of its file says what kind of manifest it is, and whether pytest takes it for a test
/// module.
///
/// # Errors
/// The engine reports a broken fix, or a second run of the fixes changes something.
pub(crate) fn run(name: &str, text: &str, language: Language, setup: &Setup) -> Result<Outcome, String> {
    let source = SourceFile::new(name, language, text.to_owned());
    let findings = ws_lint::check::check(&source, setup.surroundings()).findings;
    let fixed = fixed(&source, setup)?;
    if self::fixed(&fixed, setup)?.text() != fixed.text() {
        return Err("a second run of the fixes changes the text once more".to_owned());
    }
    Ok(Outcome {
        findings: findings.iter().map(|finding| told(&source, finding, setup)).collect(),
        codes: findings.iter().map(|finding| finding.rule.code).collect(),
        fixed: fixed.text().to_owned(),
    })
}

/// What is found in `text`, and nothing fixed.
pub(crate) fn check(text: &str, language: Language, setup: &Setup) -> Vec<Found> {
    let source = SourceFile::new("example", language, text.to_owned());
    let findings = ws_lint::check::check(&source, setup.surroundings()).findings;
    let found = |finding: &Finding| Found {
        line: source.position(finding.span.start).line,
        severity: finding.severity.to_string(),
        told: told(&source, finding, setup),
    };
    findings.iter().map(found).collect()
}

/// A finding, as far as the tests look at it.
pub(crate) struct Found {
    pub(crate) line: usize,
    pub(crate) severity: String,
    /// As it stands in the expectations.
    pub(crate) told: String,
}

fn told(source: &SourceFile, finding: &Finding, setup: &Setup) -> String {
    let told = concise(source, finding);
    if setup.notes { told + &explained(finding) } else { told }
}

/// A finding's note and help, each in a line of its own.
pub(crate) fn explained(finding: &Finding) -> String {
    let lines = [&finding.note, &finding.help].into_iter().flatten();
    lines.map(|line| format!("    {line}\n")).collect()
}

/// The rules that run for a page or a fixture folder of `rule`: the rule alone, so that a new rule leaves the others'
/// expectations as they are. WS002 speaks of the other rules' findings and needs them all.
pub(crate) fn rules_for(rule: &'static Rule) -> Vec<&'static Rule> {
    if rule.code == "WS002" {
        ws_lint::rules::ALL.to_vec()
    } else {
        vec![rule]
    }
}

fn fixed(source: &SourceFile, setup: &Setup) -> Result<SourceFile, String> {
    let fixed = fix::fix(source, setup.surroundings(), Applicability::Unsafe);
    if fixed.failures.is_empty() {
        return Ok(fixed.source);
    }
    let failures: Vec<_> = fixed.failures.iter().map(ToString::to_string).collect();
    Err(format!("internal error: {}", failures.join("; ")))
}

pub(crate) fn concise(source: &SourceFile, finding: &Finding) -> String {
    let place = source.place(finding.span.start);
    let fix = match (&finding.fix, &finding.help) {
        (Some(fix), _) => format!(" [fix: {}]", format!("{:?}", fix.applicability).to_lowercase()),
        (None, Some(help)) if help.starts_with("no fix: ") => format!(" [{help}]"),
        _ => String::new(),
    };
    format!(
        "{place}: {} {} {}{fix}\n",
        finding.rule.code, finding.severity, finding.message
    )
}
