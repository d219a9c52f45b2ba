//! The notebooks of `fixtures/notebooks/`, with all rules that are on by default.

use std::path::Path;
use std::{fs, mem};

use serde_json::Value;
use ws_lint::decode::{Decoded, decode};
use ws_lint::finding::Applicability;
use ws_lint::fix::{self};
use ws_lint::rules;
use ws_lint::source::{Language, SourceFile};

use crate::bless::{assert_none, compare_file};
use crate::fixtures::cases_in;
use crate::root;
use crate::run::concise;
use crate::setup::Setup;

#[test]
fn every_notebook_gives_its_findings_and_its_fixed_file() {
    let cases = cases_in(&root().join("fixtures/notebooks"), "ipynb");
    assert!(!cases.is_empty());
    let complaints: Vec<String> = cases.iter().flat_map(|case| check_case(case)).collect();
    assert_none(&complaints);
}

fn check_case(case: &Path) -> Vec<String> {
    let enabled: Vec<_> = rules::ALL.iter().copied().filter(|rule| rule.on_by_default).collect();
    let setup = Setup::read("", Language::Python, &enabled).expect("no options are valid options");
    let bytes = fs::read(case).expect("the case can be read");
    let (findings, fixed) = match decode(case.to_owned(), Language::Python, bytes) {
        Decoded::Source(source) => match outcome(&source, &setup) {
            Ok(outcome) => outcome,
            Err(complaint) => return vec![format!("{}: {complaint}", case.display())],
        },
        Decoded::Broken(source, error) => {
            let place = source.place(error.span.start);
            (format!("{place}: WS001 error {}\n", error.message), None)
        }
        Decoded::Foreign(encoding) => panic!("a notebook has no other encoding: {encoding}"),
    };
    let findings = compare_file(&case.with_extension("findings"), Some(&findings));
    let fixed = compare_file(&case.with_extension("fixed.ipynb"), fixed.as_deref());
    findings.into_iter().chain(fixed).collect()
}

/// What is found, and the file after all fixes where they change it.
fn outcome(source: &SourceFile, setup: &Setup) -> Result<(String, Option<String>), String> {
    let findings = ws_lint::check::check(source, setup.surroundings()).findings;
    let told = findings.iter().map(|finding| concise(source, finding)).collect();
    let fixed = fix::fix(source, setup.surroundings(), Applicability::Unsafe);
    if let Some(failure) = fixed.failures.first() {
        return Err(format!("internal error: {failure}"));
    }
    let (before, after) = (source.on_disk().text(), fixed.source.on_disk().text());
    let again = fix::fix(&fixed.source, setup.surroundings(), Applicability::Unsafe);
    if again.source.on_disk().text() != after {
        return Err("a second run of the fixes changes it once more".to_owned());
    }
    if without_sources(before).is_some_and(|rest| Some(rest) != without_sources(after)) {
        return Err("more than the sources of cells has changed".to_owned());
    }
    Ok((told, (before != after).then(|| after.to_owned())))
}

/// A notebook without what its cells say. None where it has what Python's JSON has and serde's has not.
fn without_sources(json: &str) -> Option<Value> {
    let mut notebook: Value = serde_json::from_str(json).ok()?;
    for cell in notebook["cells"].as_array_mut().into_iter().flatten() {
        mem::take(&mut cell["source"]);
    }
    Some(notebook)
}
