//! Manifests that are almost as people write them: as files to check, and as what the facts are read from.

use std::fs;
use std::path::{Path, PathBuf};

use ws_lint::catalog::Catalog;
use ws_lint::project::{Kind, Projects};
use ws_lint::source::Language;

use crate::mutate::Mutator;
use crate::one_input;

/// Every name by which a manifest is read.
const NAMES: &[&str] = &[
    "pyproject.toml",
    "setup.cfg",
    "setup.py",
    "requirements.txt",
    "environment.yml",
    "uv.lock",
    "poetry.lock",
    "Pipfile.lock",
    "Cargo.toml",
    "Cargo.lock",
    ".python-version",
    "Pipfile",
    "Dockerfile",
    "manifest.json",
    "tox.ini",
    "tox.toml",
];

/// How many mutations of each are tried.
const MUTATIONS: usize = 60;

#[test]
fn mutated_manifests_keep_the_promises() {
    let seeds: Vec<Vec<u8>> = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/manifests"))
        .into_iter()
        .map(|path| fs::read(path).unwrap())
        .chain([
            b"{\"domain\": \"x\", \"requirements\": [\"websockets==13.1\"]}".to_vec(),
            b"FROM python:3.12\nRUN pip install 'websockets==13.1' \\\n  a && x\n".to_vec(),
            b"[testenv]\ndeps =\n  old: websockets<14\n  -c {toxinidir}/c.txt\n".to_vec(),
            b"[env_run_base]\ndeps = ['websockets==13.1', '-c c.txt']\n".to_vec(),
            b"[packages]\nwebsockets = {version = '==13.1', markers = \"x\"}\n".to_vec(),
            b"{\"default\": {\n \"websockets\": {\n \"version\": \"==13.1\"}}}".to_vec(),
            b"[package]\n[workspace]\nmembers = ['*', '*/*', '..', '../*']\n".to_vec(),
        ])
        .collect();
    let mut mutator = Mutator::new(&seeds, 1);
    let folder = tempfile::tempdir().unwrap();
    let mut known = 0;
    for round in 0..MUTATIONS {
        for name in NAMES {
            let input = mutator.next_input();
            let path = folder.path().join(name);
            fs::write(&path, &input).unwrap();
            if Kind::of(&path).is_some()
                && let Err(broken) = one_input::hold_as(Path::new(name), Language::Manifest, &input)
            {
                panic!("{name}, round {round}: {broken}\n{}", String::from_utf8_lossy(&input));
            }
        }
        let projects = Projects::new(folder.path(), ws_lint::python::read_conftest);
        for name in ["x.py", "requirements.txt", "Cargo.toml", "x.rs"] {
            let language = match name {
                "x.py" => Language::Python,
                "x.rs" => Language::Rust,
                _ => Language::Manifest,
            };
            let facts = projects.facts_for(Path::new(name), language);
            let packages = Catalog::builtin().packages(language).into_iter();
            known += packages.filter(|package| facts.packages.has(package)).count() + facts.requirements.len();
        }
    }
    assert!(known > MUTATIONS / 4, "the mutations leave nothing to know: {known}");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found.sort();
    found
}
