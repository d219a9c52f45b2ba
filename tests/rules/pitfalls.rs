//! Every known way to break code by rewriting it has a proof: `fixtures/pitfalls/README.md` says which.

use std::collections::BTreeSet;
use std::fs;

use crate::bless::assert_none;
use crate::root;

const TABLE: &str = "fixtures/pitfalls/README.md";

/// A row of the table.
struct Row {
    number: usize,
    /// What stands in backticks in its column "proof": the name of a case, or `path::test`.
    proofs: Vec<String>,
}

#[test]
fn every_row_of_the_pitfalls_has_a_proof_that_exists() {
    let rows = rows();
    let numbers: Vec<_> = rows.iter().map(|row| row.number).collect();
    assert_eq!(
        numbers,
        (1..=70).collect::<Vec<_>>(),
        "{TABLE} has a row for each pitfall"
    );
    let cases = cases();
    let mut complaints = Vec::new();
    for row in &rows {
        if row.proofs.is_empty() {
            complaints.push(format!("row {} has no proof", row.number));
        }
        let missing = row.proofs.iter().filter(|proof| !exists(proof, row.number, &cases));
        complaints.extend(missing.map(|proof| format!("row {}: there is no `{proof}`", row.number)));
    }
    let named: BTreeSet<_> = rows.iter().flat_map(|row| &row.proofs).collect();
    let unnamed = cases.iter().filter(|case| !named.contains(case));
    complaints.extend(unnamed.map(|case| format!("no row names `{case}`")));
    assert_none(&complaints);
}

#[test]
fn a_proof_that_is_not_there_is_noticed() {
    let cases = BTreeSet::from(["07-a.py".to_owned()]);
    let here = "tests/rules/pitfalls.rs";
    assert!(exists("07-a.py", 7, &cases) && !exists("07-a.py", 8, &cases) && !exists("07-b.py", 7, &cases));
    assert!(exists(
        &format!("{here}::a_proof_that_is_not_there_is_noticed"),
        7,
        &cases
    ));
    assert!(!exists(&format!("{here}::rows"), 7, &cases));
    assert!(!exists("tests/rules/none.rs::rows", 7, &cases));
}

#[test]
fn the_book_says_how_ruff_leaves_our_suppressions_alone() {
    let page = fs::read_to_string(root().join("docs/src/adoption.md")).expect("the page is there");
    assert!(page.contains("lint.external = [\"WS\"]"));
}

fn exists(proof: &str, row: usize, cases: &BTreeSet<String>) -> bool {
    match proof.split_once("::") {
        None => cases.contains(proof) && proof.starts_with(&format!("{row:02}-")),
        Some((path, test)) => fs::read_to_string(root().join(path)).is_ok_and(|text| is_test(&text, test)),
    }
}

/// Whether a function of this name is marked as a test, in a `proptest!` too.
fn is_test(text: &str, name: &str) -> bool {
    let head = format!("fn {name}(");
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let is_head = |pair: &[&str]| pair[1].starts_with(&head) && pair[0] == "#[test]";
    lines.windows(2).any(is_head)
}

fn rows() -> Vec<Row> {
    let table = fs::read_to_string(root().join(TABLE)).expect("the table is there");
    let row = |line: &str| {
        let mut columns = line.strip_prefix('|')?.split(" | ");
        let number = columns.next()?.trim().parse().ok()?;
        let proof = columns.nth(1)?;
        let proofs = proof.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        Some(Row { number, proofs })
    };
    table.lines().filter_map(row).collect()
}

/// The names of the cases in the folder.
fn cases() -> BTreeSet<String> {
    let folder = fs::read_dir(root().join("fixtures/pitfalls")).expect("the folder is there");
    let names = folder.map(|entry| {
        entry
            .expect("the folder can be read")
            .file_name()
            .to_string_lossy()
            .into_owned()
    });
    let is_case = |name: &String| {
        let source = name.ends_with(".py") || name.ends_with(".rs");
        source && !name.ends_with(".fixed.py") && !name.ends_with(".fixed.rs")
    };
    names.filter(is_case).collect()
}
