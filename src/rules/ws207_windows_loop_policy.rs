//! WS207: a test chooses its event loop in a way that is on its way out, or does not work on each platform.

use std::collections::BTreeSet;

use super::Context;
use crate::budget::shown_seconds;
use crate::facts::Windows;
use crate::finding::{Finding, Once, Rule, Severity};
use crate::signs::Sign;
use crate::sites::{Bound, Deadline, PolicyUse};
use crate::source::{Language, Span};

pub(super) static RULE: Rule = Rule {
    code: "WS207",
    name: "windows-loop-policy",
    summary: "a test sets an event-loop policy, which Python 3.14 deprecates, or one that only Windows has",
    remedy: "choose the loop where it is run (`loop_factory`), and drop the policy",
    languages: &[Language::Python],
    severity: Severity::Info,
    fixable: false,
    on_by_default: true,
    page: include_str!("../../rules/WS207-windows-loop-policy.md"),
    triggers: &[
        (Language::Python, &[Sign::LoopPolicy, Sign::Test]),
        (Language::Python, &[Sign::WindowsDeadline, Sign::Connect]),
        (Language::Python, &[Sign::WindowsDeadline, Sign::Receive]),
    ],
};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for policy in &context.sites.platform.policies {
        findings.extend(check_policy(context, policy));
    }
    short_deadlines(context, findings);
}

fn check_policy(context: &Context<'_>, policy: &PolicyUse) -> Option<Finding> {
    if !context.hangs_matter(policy.in_test) {
        return None;
    }
    fails_elsewhere(context, policy).or_else(|| deprecated(policy))
}

/// What only Windows has, where nothing asks for the platform first.
fn fails_elsewhere(context: &Context<'_>, policy: &PolicyUse) -> Option<Finding> {
    let path = policy.windows_only.as_ref()?;
    let windows = context.project.windows.as_ref().map(|fact| fact.value);
    let is_of_windows = names_windows(context) || windows == Some(Windows::Only);
    if !policy.is_certain || is_of_windows || !(policy.in_test || context.test_file) {
        return None;
    }
    let error = match policy.is_import {
        true => "ImportError",
        false => "AttributeError",
    };
    let warns = match policy.deprecated {
        Some(_) => "; on Windows Python 3.14 warns of it, and 3.16 is to have no policies",
        None => "",
    };
    Some(
        Finding::new(
            &RULE,
            policy.span,
            format!("`{path}` is there on Windows only, and nothing asks for the platform first"),
        )
        .note(format!("elsewhere this is an {error} (CPython 3.8 to 3.14 on Linux){warns}"))
        .help(
            "ask for `sys.platform == \"win32\"` first; from Python 3.11 on `asyncio.Runner(loop_factory=…)` chooses a loop \
             without a policy",
        )
        .once(Once::Project("what only Windows has")),
    )
}

/// Whether the name of the file says that it is about Windows.
fn names_windows(context: &Context<'_>) -> bool {
    let stem = context.source.path().file_stem().unwrap_or_default();
    let stem = stem.to_string_lossy().to_lowercase();
    stem.split('_').any(|word| word.starts_with("win") || word == "nt")
}

/// What Python 3.14 warns of.
fn deprecated(policy: &PolicyUse) -> Option<Finding> {
    let path = policy.deprecated.as_ref().filter(|_| !policy.asks_for_version)?;
    Some(
        Finding::new(
            &RULE,
            policy.span,
            format!("`{path}` is deprecated since Python 3.14"),
        )
        .note(format!(
            "Python 3.14 warns that `{path}` is \"deprecated and slated for removal in Python 3.16\": where warnings are \
             errors, the test fails"
        ))
        .help("from Python 3.11 on `asyncio.Runner(loop_factory=…)` chooses a loop without a policy")
        .once(Once::Project("deprecated policies")),
    )
}

/// Deadlines that are shorter than `windows-min-deadline` on Windows too.
fn short_deadlines(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(least) = context.settings.windows_min_deadline else {
        return;
    };
    let windows = context.project.windows.as_ref();
    let Some(windows) = windows.filter(|fact| fact.value != Windows::Never) else {
        return;
    };
    let sites = context.sites;
    let connects = sites
        .connects
        .iter()
        .filter(|connect| context.hangs_matter(connect.in_test));
    let receives = sites
        .receives
        .iter()
        .filter(|receive| context.hangs_matter(receive.in_test) && !receive.expects_timeout);
    let deadlines = connects
        .map(|connect| &connect.deadlines)
        .chain(receives.map(|receive| &receive.deadlines));
    let mut told: BTreeSet<Span> = BTreeSet::new();
    for deadline in deadlines.flatten() {
        let Deadline { span, path, bound, .. } = deadline;
        let Bound::Seconds(seconds) = *bound else {
            continue;
        };
        if seconds <= 0.0 || seconds >= least || sites.platform.decides_about(*span) || !told.insert(*span) {
            continue;
        }
        findings.push(
            Finding::new(
                &RULE,
                *span,
                format!(
                    "`{path}` gives {} on Windows too, below the {} of `windows-min-deadline`",
                    shown_seconds(seconds),
                    shown_seconds(least)
                ),
            )
            .note(format!("the project declares Windows ({})", windows.source))
            .help("give it more time there, or everywhere"),
        );
    }
}
