//! The whole files of `fixtures/`. CONTRIBUTING.md says how a case is laid out.

use std::fs;
use std::path::{Path, PathBuf};

use ws_lint::finding::Rule;
use ws_lint::rules::{self};
use ws_lint::source::Language;

use crate::bless::{assert_none, compare_file};
use crate::root;
use crate::run::{rules_for, run};
use crate::setup::Setup;

/// The languages with the extension of their sources.
pub(crate) const EXTENSIONS: [(Language, &str); 2] = [(Language::Python, "py"), (Language::Rust, "rs")];

#[test]
fn every_python_fixture_gives_its_findings_and_its_fixed_file() {
    check_language(Language::Python, "python");
}

#[test]
fn every_rust_fixture_gives_its_findings_and_its_fixed_file() {
    check_language(Language::Rust, "rust");
}

#[test]
fn every_pitfall_gives_its_findings_and_its_fixed_file() {
    let folder = root().join("fixtures/pitfalls");
    let mut complaints = strays(&files(&folder));
    for (language, _) in EXTENSIONS {
        let (ran, more) = check_folder(&folder, language, &on_by_default());
        assert!(ran > 0, "no pitfall of {language} was run");
        complaints.extend(more);
    }
    assert_none(&complaints);
}

fn check_language(language: Language, folder: &str) {
    let mut complaints = Vec::new();
    let mut ran = 0;
    for (folder, enabled) in rule_folders(&root().join("fixtures").join(folder)) {
        let (cases, more) = check_folder(&folder, language, &enabled);
        ran += cases;
        complaints.extend(more);
        complaints.extend(strays(&files(&folder)));
    }
    assert!(ran > 0, "no fixture of {language} was run");
    assert_none(&complaints);
}

/// How many cases of this language the folder has, and what is wrong with them.
fn check_folder(folder: &Path, language: Language, enabled: &[&'static Rule]) -> (usize, Vec<String>) {
    let extension = EXTENSIONS
        .iter()
        .find(|(other, _)| *other == language)
        .expect("it has one")
        .1;
    let cases = cases_in(folder, extension);
    let complaints = cases
        .iter()
        .flat_map(|case| check_case(case, language, extension, enabled));
    (cases.len(), complaints.collect())
}

/// The sources of the cases of a folder.
pub(crate) fn cases_in(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let is_case = |path: &PathBuf| is_case(path, extension);
    files(folder).into_iter().filter(is_case).collect()
}

fn on_by_default() -> Vec<&'static Rule> {
    rules::ALL.iter().copied().filter(|rule| rule.on_by_default).collect()
}

/// Each folder of fixtures with the rules that run in it: its own rule, or in `reports` those that are on by default.
pub(crate) fn rule_folders(language: &Path) -> Vec<(PathBuf, Vec<&'static Rule>)> {
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
            None if name == "reports" => on_by_default(),
            None => panic!("{}: no rule is called so", folder.display()),
        };
        folders.push((folder, enabled));
    }
    folders
}

/// Runs the case with its own options, and once more with those of each of its variants.
fn check_case(case: &Path, language: Language, extension: &str, enabled: &[&'static Rule]) -> Vec<String> {
    let text = fs::read_to_string(case).expect("a fixture is UTF-8");
    let runs = case_options(case).into_iter();
    let name = case.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    runs.flat_map(|options| check_run(name, &text, &options, language, extension, enabled))
        .collect()
}

/// The options of each run of a case: its own, which may be missing, and those of its variants.
pub(crate) fn case_options(case: &Path) -> Vec<PathBuf> {
    let own = case.with_extension("toml");
    [own].into_iter().chain(variants(case)).collect()
}

/// `options` is the file beside the expectations; it may be missing.
fn check_run(
    name: &str,
    text: &str,
    options: &Path,
    language: Language,
    extension: &str,
    enabled: &[&'static Rule],
) -> Vec<String> {
    let surroundings = fs::read_to_string(options).unwrap_or_default();
    let outcome = Setup::read(&surroundings, language, enabled).and_then(|setup| run(name, text, language, &setup));
    match outcome {
        Err(complaint) => vec![format!("{}: {complaint}", options.display())],
        Ok(outcome) => {
            let findings = compare_file(&options.with_extension("findings"), Some(&outcome.findings));
            let fixed = (outcome.fixed != text).then_some(outcome.fixed.as_str());
            let fixed = compare_file(&options.with_extension(format!("fixed.{extension}")), fixed);
            findings.into_iter().chain(fixed).collect()
        }
    }
}

/// The options of a case's variants: `matrix.below_14.toml` beside `matrix.py`.
fn variants(case: &Path) -> Vec<PathBuf> {
    let folder = case.parent().expect("a case is in a folder");
    let name = case.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    let is_variant = |path: &PathBuf| {
        let other = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let variant = other.strip_prefix(name).and_then(|rest| rest.strip_prefix('.'));
        variant.is_some_and(|variant| variant.ends_with(".toml"))
    };
    files(folder).into_iter().filter(is_variant).collect()
}

fn is_case(path: &Path, extension: &str) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.ends_with(&format!(".{extension}")) && !name.ends_with(&format!(".fixed.{extension}"))
}

/// Expectations and options whose case is gone.
fn strays(files: &[PathBuf]) -> Vec<String> {
    let belongs_to_a_case = |path: &PathBuf| {
        EXTENSIONS.iter().any(|(_, extension)| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let stem = stem(name);
            let case = stem.split_once('.').map_or(stem, |(case, _variant)| case);
            [stem, case]
                .map(|name| path.with_file_name(format!("{name}.{extension}")))
                .iter()
                .any(|case| files.contains(case))
        })
    };
    files
        .iter()
        .filter(|path| path.extension().is_none_or(|extension| extension != "md") && !belongs_to_a_case(path))
        .map(|path| format!("{}: belongs to no case", path.display()))
        .collect()
}

/// The name of a case: what stands before the endings `.findings`, `.fixed.py` and the like.
fn stem(name: &str) -> &str {
    let endings = [".findings", ".toml", ".fixed.py", ".fixed.rs", ".py", ".rs"];
    endings
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .unwrap_or(name)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    entries(folder).into_iter().filter(|path| path.is_file()).collect()
}

pub(crate) fn folders_in(folder: &Path) -> Vec<PathBuf> {
    entries(folder).into_iter().filter(|path| path.is_dir()).collect()
}

/// What a folder holds, sorted.
pub(crate) fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = read
        .map(|entry| entry.expect("the folder can be read").path())
        .collect();
    paths.sort();
    paths
}
