//! The whole files of `fixtures/`. CONTRIBUTING.md says how a case is laid out.

use std::fs;
use std::path::{Path, PathBuf};

use ws_lint::rules::{self, Rule};
use ws_lint::source::Language;

use crate::bless::{assert_none, compare_file};
use crate::root;
use crate::run::{rules_for, run};
use crate::setup::Setup;

#[test]
fn every_python_fixture_gives_its_findings_and_its_fixed_file() {
    check_language(Language::Python, "python", "py");
}

#[test]
fn every_rust_fixture_gives_its_findings_and_its_fixed_file() {
    check_language(Language::Rust, "rust", "rs");
}

fn check_language(language: Language, folder: &str, extension: &str) {
    let mut complaints = Vec::new();
    let mut ran = 0;
    for (folder, enabled) in rule_folders(&root().join("fixtures").join(folder)) {
        let files = files(&folder);
        for case in files.iter().filter(|path| is_case(path, extension)) {
            ran += 1;
            complaints.extend(check_case(case, language, extension, &enabled));
        }
        complaints.extend(strays(&files, extension));
    }
    assert!(ran > 0, "no fixture of {language} was run");
    assert_none(&complaints);
}

/// Each folder of fixtures with the rules that run in it: its own rule, or in `reports` those that are on by default.
fn rule_folders(language: &Path) -> Vec<(PathBuf, Vec<&'static Rule>)> {
    let mut folders = Vec::new();
    for folder in folders_in(language) {
        let name = folder
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default()
            .to_owned();
        let rule = rules::ALL
            .iter()
            .find(|rule| format!("{}-{}", rule.code, rule.name) == name);
        let enabled = match rule {
            Some(rule) => rules_for(rule),
            None if name == "reports" => rules::ALL.iter().copied().filter(|rule| rule.on_by_default).collect(),
            None => panic!("{}: no rule is called so", folder.display()),
        };
        folders.push((folder, enabled));
    }
    folders
}

fn check_case(case: &Path, language: Language, extension: &str, enabled: &[&'static Rule]) -> Vec<String> {
    let text = fs::read_to_string(case).expect("a fixture is UTF-8");
    let options = fs::read_to_string(case.with_extension("toml")).unwrap_or_default();
    let outcome = Setup::read(&options, language, enabled).and_then(|setup| run(&text, language, &setup));
    match outcome {
        Err(complaint) => vec![format!("{}: {complaint}", case.display())],
        Ok(outcome) => {
            let findings = compare_file(&case.with_extension("findings"), Some(&outcome.findings));
            let fixed = (outcome.fixed != text).then_some(outcome.fixed.as_str());
            let fixed = compare_file(&case.with_extension(format!("fixed.{extension}")), fixed);
            findings.into_iter().chain(fixed).collect()
        }
    }
}

fn is_case(path: &Path, extension: &str) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.ends_with(&format!(".{extension}")) && !name.ends_with(&format!(".fixed.{extension}"))
}

/// Expectations and options whose case is gone.
fn strays(files: &[PathBuf], extension: &str) -> Vec<String> {
    files
        .iter()
        .filter(|path| !is_case(path, extension))
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let stem = name.split('.').next().unwrap_or_default();
            !files.contains(&path.with_file_name(format!("{stem}.{extension}")))
        })
        .map(|path| format!("{}: belongs to no case", path.display()))
        .collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    entries(folder).into_iter().filter(|path| path.is_file()).collect()
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    entries(folder).into_iter().filter(|path| path.is_dir()).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = read
        .map(|entry| entry.expect("the folder can be read").path())
        .collect();
    paths.sort();
    paths
}
