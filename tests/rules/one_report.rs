//! What a run reports is what its `--fix` does: over all fixtures, under all rules, with the safe fixes alone and with the
//! unsafe ones.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use ws_lint::check::check;
use ws_lint::finding::{Applicability, Edit, Finding, Fix};
use ws_lint::fix::{self, Applied};
use ws_lint::rules;
use ws_lint::source::{Language, SourceFile};

use crate::bless::assert_none;
use crate::fixtures::{EXTENSIONS, case_options, cases_in, folders_in};
use crate::root;
use crate::setup::Setup;

/// Of longer cases the variants are left out: they take minutes, and have the same places.
const LONG: usize = 150;

/// Rules that may find something in a fixed text that they did not find before, and why no report can know it.
const ABOUT_THE_RESULT: &[(&str, &str)] = &[(
    "WS205",
    "it adds up the deadlines of a test, and those that the fixes put in are among them",
)];

#[test]
fn the_fixes_of_one_report_are_all_that_fix_does() {
    let cases: Vec<(PathBuf, Language, PathBuf)> = EXTENSIONS
        .into_iter()
        .flat_map(|(language, extension)| {
            let cases = folders()
                .into_iter()
                .flat_map(move |folder| cases_in(&folder, extension));
            cases.flat_map(move |case| {
                let lines = fs::read_to_string(&case).expect("a fixture is UTF-8").lines().count();
                let runs = if lines > LONG { 1 } else { usize::MAX };
                let options = case_options(&case).into_iter().take(runs);
                options.map(move |options| (case.clone(), language, options))
            })
        })
        .collect();
    assert!(cases.len() > 250, "only {} cases", cases.len());
    let complaints: Vec<String> = cases
        .par_iter()
        .flat_map_iter(|(case, language, options)| {
            let text = fs::read_to_string(case).expect("a fixture is UTF-8");
            let options_text = fs::read_to_string(options).unwrap_or_default();
            let setup = Setup::read(&options_text, *language, rules::ALL).expect("the options can be read");
            let source = SourceFile::new("example", *language, text);
            let modes = [Applicability::Safe, Applicability::Unsafe];
            modes
                .into_iter()
                .flat_map(move |least| compare(&source, &setup, least, options))
                .collect::<Vec<_>>()
        })
        .collect();
    assert_none(&complaints);
}

/// Every folder that holds cases in Python or Rust.
fn folders() -> Vec<PathBuf> {
    let fixtures = root().join("fixtures");
    let mut folders = vec![fixtures.join("pitfalls")];
    folders.extend(
        ["python", "rust"]
            .iter()
            .flat_map(|language| folders_in(&fixtures.join(language))),
    );
    folders
}

/// What differs between the report of `source` and what is done with it.
fn compare(source: &SourceFile, setup: &Setup, least: Applicability, options: &Path) -> Vec<String> {
    let reported = check(source, setup.surroundings()).findings;
    let wanted: Vec<&Finding> = reported.iter().filter(|finding| is_wanted(finding, least)).collect();
    let fixes: Vec<&Fix> = wanted.iter().filter_map(|finding| finding.fix.as_ref()).collect();
    let promised = codes(wanted.iter().copied());
    let fixed = fix::fix(source, setup.surroundings(), least);
    let mut wrong = Vec::new();
    if fixed.applied != promised {
        wrong.push(format!("reported {promised:?}, but fixed {:?}", fixed.applied));
    }
    let before = codes(&reported);
    for (code, left) in codes(&fixed.checked.findings) {
        let known = count(&before, code).saturating_sub(count(&promised, code));
        let is_about_the_result = ABOUT_THE_RESULT.iter().any(|(other, _)| *other == code);
        if left > known && !is_about_the_result {
            wrong.push(format!(
                "{code} is found {left} times in the fixed text, of which {known} were known"
            ));
        }
    }
    let once = fix::apply(source.text(), &fixes);
    let waiting = (0..fixes.len()).filter(|index| !once.taken.contains(index));
    let (clashing, idle): (Vec<usize>, Vec<usize>) =
        waiting.partition(|&index| clashes(source, fixes[index], &once, &fixes));
    if !idle.is_empty() {
        wrong.push(format!("{} fixes wait for nothing", idle.len()));
    }
    let after = SourceFile::new(source.path(), source.language(), once.text.clone());
    let left = check(&after, setup.surroundings()).findings;
    let left = codes(left.iter().filter(|finding| is_wanted(finding, least)));
    let waiting = codes(clashing.iter().map(|&index| wanted[index]));
    for (code, left) in left {
        if left > count(&waiting, code) {
            wrong.push(format!(
                "{code} has {left} fixes after one pass, and {} waited",
                count(&waiting, code)
            ));
        }
    }
    let place = |wrong: String| format!("{} ({least:?}): {wrong}", options.display());
    wrong.into_iter().map(place).collect()
}

/// By nature two fixes cannot be carried out in one pass where both want the same bytes, where one makes or takes lines
/// in what the other one makes deeper, or where one takes away what the other one waits to see gone.
fn clashes(source: &SourceFile, fix: &Fix, once: &Applied, fixes: &[&Fix]) -> bool {
    let of_lines = |edit: &Edit| edit.text.contains('\n') || source.slice(edit.span).contains('\n');
    let in_claims = |one: &Fix, other: &Fix| {
        let mut edits = one.edits.iter().filter(|edit| of_lines(edit));
        edits.any(|edit| other.claims.iter().any(|claim| claim.touches(edit.span)))
    };
    once.taken.iter().map(|&index| fixes[index]).any(|taken| {
        let mut pairs = taken
            .edits
            .iter()
            .flat_map(|one| fix.edits.iter().map(move |other| (one, other)));
        let is_awaited = |edit: &Edit| fix.awaits.iter().any(|place| place.touches(edit.span));
        pairs.any(|(one, other)| one.span.touches(other.span))
            || in_claims(fix, taken)
            || in_claims(taken, fix)
            || taken.edits.iter().any(is_awaited)
    })
}

fn is_wanted(finding: &Finding, least: Applicability) -> bool {
    finding.fix.as_ref().is_some_and(|fix| fix.applicability >= least)
}

fn codes<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(finding.rule.code).or_default() += 1;
    }
    counts
}

fn count(counts: &BTreeMap<&'static str, usize>, code: &str) -> usize {
    counts.get(code).copied().unwrap_or_default()
}
