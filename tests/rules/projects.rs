//! The projects of `fixtures/projects/`, whose files matter through each other: `<project>.findings` is what is found in them
//! by all rules that are on by default, and how long their tests can take. A file gives the same when it is named alone,
//! and when nothing is dropped for its bytes; and `--explain-site` says the same of each site.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use ws_lint::catalog::Catalog;
use ws_lint::check::{Surroundings, check, explain};
use ws_lint::finding::Once;
use ws_lint::project::{OwnFacts, Projects};
use ws_lint::python::{InProject, Program};
use ws_lint::rust::{Crates, InCrate};
use ws_lint::settings::Settings;
use ws_lint::source::{Language, SourceFile};

use crate::bless::{assert_none, compare_file};
use crate::fixtures::entries;
use crate::root;

#[test]
fn every_project_gives_its_findings_whichever_files_are_named() {
    let mut complaints = Vec::new();
    let mut ran = 0;
    for package in entries(&root().join("fixtures/projects"))
        .into_iter()
        .filter(|path| path.is_dir())
    {
        ran += 1;
        complaints.extend(check_package(&package));
    }
    assert!(ran > 0, "no project was looked at");
    assert_none(&complaints);
}

fn check_package(package: &Path) -> Vec<String> {
    let around = tempfile::tempdir().expect("a folder can be made");
    let around = fs::canonicalize(around.path()).expect("it is there");
    let copy = around.join("package");
    copy_folder(package, &copy);
    fs::write(
        around.join("outside.rs"),
        "pub use tokio_tungstenite::connect_async as dial;\n",
    )
    .expect("it can be written");
    let sources: Vec<PathBuf> = files(&copy)
        .into_iter()
        .filter(|path| language_of(path).is_some())
        .collect();
    let all = report(&copy, &copy, &[]);
    let mut complaints = Vec::new();
    let mut alone: Vec<String> = sources.iter().flat_map(|source| report(&copy, source, &[])).collect();
    alone.sort();
    if alone != all {
        complaints.push(format!(
            "{}: named alone:
{}
together:
{}",
            package.display(),
            alone.concat(),
            all.concat()
        ));
    }
    let (undropped, repeats) = undropped(&copy, &sources);
    let own = without_repeats(&all);
    if undropped != own {
        complaints.push(format!(
            "{}: nothing dropped:
{}
else:
{}",
            package.display(),
            undropped.concat(),
            all.concat()
        ));
    }
    let unsaid = explained(&copy, &sources)
        .into_iter()
        .filter(|said| !own.iter().any(|line| says(line, said)) && !repeats.contains(said));
    complaints.extend(unsaid.map(|(path, code, message)| {
        format!(
            "{}: `--explain-site` alone finds {code} in {path}: {message}",
            package.display()
        )
    }));
    let counted = ws_lint(&copy, &["--budget", "--exit-zero", "."]);
    complaints.extend(compare_file(
        &package.with_extension("findings"),
        Some(&format!("{}\n{counted}", all.concat())),
    ));
    complaints.extend(lost_by_fixes(package, &copy));
    fs::remove_dir_all(&around).expect("it can be removed");
    complaints
}

/// What a run that applies fixes does not say of what it leaves.
fn lost_by_fixes(package: &Path, copy: &Path) -> Option<String> {
    const FIX: &[&str] = &["--fix", "--unsafe-fixes"];
    // What is found in one file may depend on another one that is rewritten meanwhile.
    report(copy, copy, FIX);
    let (fixing, checking) = (report(copy, copy, FIX), report(copy, copy, &[]));
    (fixing != checking).then(|| {
        format!(
            "{}: left by `--fix`:\n{}\nfound then:\n{}",
            package.display(),
            fixing.concat(),
            checking.concat()
        )
    })
}

fn name(cwd: &Path, path: &Path) -> String {
    path.strip_prefix(cwd).unwrap_or(path).display().to_string()
}

fn ws_lint(cwd: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_ws-lint"))
        .args(arguments)
        .current_dir(cwd)
        .output()
        .expect("ws-lint can be started");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!errors.contains("internal error"), "{errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What a run with these options reports of this path.
fn report(cwd: &Path, path: &Path, options: &[&str]) -> Vec<String> {
    let path = path.to_string_lossy();
    let arguments = [options, &["--output-format", "json", "--exit-zero", &path]].concat();
    let report = ws_lint(cwd, &arguments);
    let report: Value = serde_json::from_str(&report).expect("it is JSON");
    let findings = report["findings"].as_array().expect("it has findings").iter();
    let mut lines: Vec<String> = findings
        .filter_map(|finding| {
            let (path, code) = (finding["path"].as_str()?, finding["code"].as_str()?);
            let (line, message) = (&finding["start"]["line"], finding["message"].as_str()?);
            let severity = finding["severity"].as_str()?;
            language_of(Path::new(path)).is_some().then(|| {
                let path = name(cwd, Path::new(path));
                format!("{path}:{line}: {code} {severity} {message}\n")
            })
        })
        .collect();
    lines.sort();
    lines
}

/// The same without what a finding says of others that have its cause, which only a run finds out.
fn without_repeats(lines: &[String]) -> Vec<String> {
    let own = |line: &String| match line.split_once(", here and in line") {
        Some((own, _)) => format!("{own}\n"),
        None => line.clone(),
    };
    lines.iter().map(own).collect()
}

/// A file, a rule, and its message.
type Said = (String, String, String);

/// What is said of the files where none is dropped, and nothing in them; and what a run does not say once more, because another
/// finding of the file has the same cause.
fn undropped(cwd: &Path, sources: &[PathBuf]) -> (Vec<String>, BTreeSet<Said>) {
    let (mut lines, mut told, mut repeats) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    each_undropped(cwd, sources, |source, surroundings| {
        for finding in check(source, surroundings).findings {
            if let Some(Once::Cause(cause)) = &finding.once
                && !told.insert((source.path().to_owned(), finding.rule.code, cause.clone()))
            {
                let path = name(cwd, source.path());
                repeats.insert((path, finding.rule.code.to_owned(), finding.message));
                continue;
            }
            let line = source.position(finding.span.start).line;
            let (code, severity) = (finding.rule.code, finding.severity);
            let path = name(cwd, source.path());
            lines.push(format!("{path}:{line}: {code} {severity} {}\n", finding.message));
        }
    });
    lines.sort();
    (lines, repeats)
}

/// What `--explain-site` says that is found, of every site of every file.
fn explained(cwd: &Path, sources: &[PathBuf]) -> BTreeSet<Said> {
    let mut said = BTreeSet::new();
    each_undropped(cwd, sources, |source, surroundings| {
        let sites = explain(source, surroundings).expect("a source parses");
        let answers = sites.iter().flat_map(|site| &site.answers);
        let findings = answers.filter_map(|answer| answer.answer.split_once(" finds: "));
        let path = name(cwd, source.path());
        said.extend(findings.map(|(code, message)| (path.clone(), code.to_owned(), message.to_owned())));
    });
    said
}

/// Hands out each file with what surrounds it, where the prescan says nothing.
fn each_undropped(cwd: &Path, sources: &[PathBuf], mut look: impl FnMut(&SourceFile, Surroundings<'_>)) {
    let crates = Crates::default();
    let program = Program::new(cwd);
    let projects = Projects::new(cwd, ws_lint::python::read_conftest);
    let settings = Settings::default();
    for path in sources {
        let text = fs::read_to_string(path).expect("a source is UTF-8");
        let Some(language) = language_of(path) else { continue };
        let source = SourceFile::new(path, language, text);
        let facts = projects.facts_for(path, language).for_file(OwnFacts::of(&source));
        let is_python = language == Language::Python;
        let in_project = InProject {
            program: &program,
            file: path,
            protocols: &settings.protocols,
        };
        let surroundings = Surroundings {
            in_project: is_python.then_some(in_project),
            crates: (!is_python).then_some(InCrate { crates: &crates, path }),
            test_file: is_test(&name(cwd, path)),
            ..Surroundings::alone(Catalog::builtin(), &settings, &*facts)
        };
        look(&source, surroundings);
    }
}

/// Whether a line of the report says this.
fn says(line: &str, (path, code, message): &Said) -> bool {
    let rest = line.strip_prefix(path.as_str()).unwrap_or_default();
    rest.starts_with(':') && rest.contains(&format!(": {code} ")) && rest.trim_end().ends_with(message.as_str())
}

fn language_of(path: &Path) -> Option<Language> {
    match path.extension()?.to_str()? {
        "py" => Some(Language::Python),
        "rs" => Some(Language::Rust),
        _ => None,
    }
}

/// Whether a path is one of test code, as far as the projects here go.
fn is_test(path: &str) -> bool {
    path.split('/')
        .any(|part| matches!(part, "tests" | "conftest.py") || part.starts_with("test_"))
}

fn copy_folder(from: &Path, to: &Path) {
    for path in files(from) {
        let target = to.join(path.strip_prefix(from).expect("it is in the folder"));
        fs::create_dir_all(target.parent().expect("it is in a folder")).expect("the folder can be made");
        fs::copy(&path, target).expect("the file can be copied");
    }
}

/// Every file below a folder, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in entries(folder) {
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found
}
