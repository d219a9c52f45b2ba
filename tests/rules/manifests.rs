//! The projects of `fixtures/manifests/`: in the folder of a rule each folder is a small project, and `<project>.findings`
//! beside it what the rule finds in its manifests, one line a finding. A manifest whose fixes change it has a twin in
//! `<project>.fixed/`.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use ws_lint::catalog::Catalog;
use ws_lint::check::{Surroundings, check};
use ws_lint::finding::Applicability;
use ws_lint::fix::{self};
use ws_lint::project::{Kind, Projects};
use ws_lint::rules;
use ws_lint::settings::Settings;
use ws_lint::source::{Language, SourceFile};

use crate::bless::{assert_none, blessing, compare_file};
use crate::fixtures::entries;
use crate::root;
use crate::run::{concise, explained, rules_for};

#[test]
fn every_project_gives_its_findings() {
    let mut complaints = Vec::new();
    let mut ran = 0;
    for folder in entries(&root().join("fixtures/manifests")) {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let rule = rules::ALL
            .iter()
            .find(|rule| format!("{}-{}", rule.code, rule.name) == name)
            .unwrap_or_else(|| panic!("{name}: no rule is called so"));
        let settings = Settings {
            enabled: rules_for(rule).iter().map(|rule| rule.code).collect(),
            ..Settings::default()
        };
        for project in entries(&folder) {
            if project.is_dir() && project.extension().is_none() {
                ran += 1;
                complaints.extend(check_project(&project, &settings));
            } else if !project.with_extension("").is_dir() {
                complaints.push(format!("{}: belongs to no project", project.display()));
            }
        }
    }
    assert!(ran > 0, "no project was looked at");
    assert_none(&complaints);
}

fn check_project(project: &Path, settings: &Settings) -> Vec<String> {
    let alone = by_itself(project);
    let projects = Projects::new(alone.path(), ws_lint::python::read_conftest);
    let mut complaints = Vec::new();
    let mut report = String::new();
    for path in files(project).iter().filter(|path| Kind::of(path).is_some()) {
        let name = path.strip_prefix(project).expect("it is in the project");
        let text = fs::read_to_string(path).expect("a manifest is UTF-8");
        let source = SourceFile::new(name, Language::Manifest, text);
        let facts = projects.facts_for(name, Language::Manifest);
        let surroundings = Surroundings::alone(Catalog::builtin(), settings, &*facts);
        for finding in check(&source, surroundings).findings {
            report.push_str(&format!("{}:{}", name.display(), concise(&source, &finding)));
            report.push_str(&explained(&finding));
        }
        let fixed = fix::fix(&source, surroundings, Applicability::Unsafe);
        complaints.extend(
            fixed
                .failures
                .iter()
                .map(|failure| format!("{}: {failure}", path.display())),
        );
        let twin = project.with_extension("fixed").join(name);
        let changed = (fixed.source.text() != source.text()).then_some(fixed.source.text());
        if blessing() && changed.is_some() {
            fs::create_dir_all(twin.parent().expect("it is in a folder")).expect("the folder can be made");
        }
        complaints.extend(compare_file(&twin, changed));
    }
    report.extend(
        projects
            .warnings()
            .iter()
            .map(|warning| format!("warning: {warning}\n")),
    );
    complaints.extend(compare_file(&project.with_extension("findings"), Some(&report)));
    complaints
}

/// A copy of a project: the manifests of the folders around it, ws-lint's own among them, would speak of it too.
fn by_itself(project: &Path) -> TempDir {
    let copy = tempfile::tempdir().expect("a folder can be made");
    for path in files(project) {
        let target = copy
            .path()
            .join(path.strip_prefix(project).expect("it is in the project"));
        fs::create_dir_all(target.parent().expect("it is in a folder")).expect("the folder can be made");
        fs::copy(&path, target).expect("the file can be copied");
    }
    copy
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
