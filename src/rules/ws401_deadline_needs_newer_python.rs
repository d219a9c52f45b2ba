//! WS401: `asyncio.timeout` and what came with it, in code that Pythons before 3.11 run too.

use std::collections::BTreeSet;

use super::Context;
use crate::facts::PythonVersion;
use crate::finding::{Finding, Fix, Refusal, Rule, Severity};
use crate::signs::Sign;
use crate::sites::NewerName;
use crate::source::{Language, Span};

pub(super) static RULE: Rule = Rule {
    code: "WS401",
    name: "deadline-needs-newer-python",
    summary: "`asyncio.timeout` in a project that also runs on Pythons that do not have it",
    remedy: "raise `requires-python` to 3.11, or bound the wait with `asyncio.wait_for`",
    languages: &[Language::Python],
    severity: Severity::Warning,
    fixable: true,
    on_by_default: true,
    page: include_str!("../../rules/WS401-deadline-needs-newer-python.md"),
    triggers: &[(Language::Python, &[Sign::Deadline])],
};

/// The first Python with these names.
const FIRST: PythonVersion = PythonVersion::new(3, 11);

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some((oldest, source)) = declared(context).filter(|(oldest, _)| *oldest < FIRST) else {
        return;
    };
    let deadlines = context.sites.connects.iter().flat_map(|connect| &connect.deadlines);
    let covering: BTreeSet<Span> = deadlines.map(|deadline| deadline.span).collect();
    for name in &context.sites.deadlines.newer {
        if is_looked_at(context, name, &covering) {
            findings.push(finding(context, name, oldest, &source));
        }
    }
}

/// The oldest Python that somebody wrote down, and where; what nobody says is not guessed.
fn declared(context: &Context<'_>) -> Option<(PythonVersion, String)> {
    match (context.settings.target_version, &context.project.python) {
        (Some(version), _) => Some((version, "`target-version`".to_owned())),
        (None, Some(fact)) => Some((fact.value, fact.source.clone())),
        (None, None) => None,
    }
}

/// Tests, and what is around connects; an import is for all that the file does.
fn is_looked_at(context: &Context<'_>, name: &NewerName, covering: &BTreeSet<Span>) -> bool {
    if name.in_test || context.test_file {
        return true;
    }
    let Some(used) = &name.used else {
        return !context.sites.connects.is_empty();
    };
    let connects_in = |block| context.sites.connects_within(block).next().is_some();
    let in_block = used.block.is_some_and(connects_in);
    in_block || covering.contains(&used.call)
}

fn finding(context: &Context<'_>, name: &NewerName, oldest: PythonVersion, source: &str) -> Finding {
    let path = &name.path;
    let plain = path.rsplit('.').next().unwrap_or(path);
    let note = match name.used {
        Some(_) => format!("older ones fail with AttributeError: `module 'asyncio' has no attribute '{plain}'`"),
        None => format!("older ones fail with ImportError: `cannot import name '{plain}' from 'asyncio'`"),
    };
    Finding::new(
        &RULE,
        name.span,
        format!("`{path}` came with Python 3.11, but {source} allows {oldest}"),
    )
    .note(note)
    .fix(fix(context, name))
}

fn fix(context: &Context<'_>, name: &NewerName) -> Result<Fix, Refusal> {
    if name.path == "asyncio.TaskGroup" {
        return Err(Refusal::because(
            "older Pythons have nothing in its place but `asyncio.gather`, which cancels nothing",
        ));
    }
    if context.project.async_timeout.is_none() {
        return Err(Refusal::because(
            "the project does not depend on async-timeout; `await asyncio.wait_for(…)` is there in every Python",
        ));
    }
    context.rewrite.older_deadline(name, context)
}
