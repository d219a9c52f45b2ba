//! What tells which Pythons a project runs on where no manifest and no lock file says so: what tools are told that look at it, the
//! files of version managers, what it is tested with, the images of its CI and of its containers. The first kind that says anything counts, and of what that says
//! the oldest Python.
//!
//! Read once a project, and only where somebody asks for its Python. What is wrong with these files is nobody's business here: they
//! are read as far as they can be.

use std::path::Path;
use std::sync::Arc;

use super::manifest::Manifest;
use super::python_folder::Place;
use super::virtual_environment::names_in;
use crate::facts::{Fact, PythonVersion};

mod ci;
mod hatch;
mod images;
mod nox;
mod purpose;
mod targets;
mod tox;
mod version_files;
mod versions;

pub(super) use images::is_dockerfile;
pub(super) use purpose::is_for_a_tool;

/// CI files of more bytes are written by a program, or by somebody who means no good.
const MOST_BYTES: usize = 1 << 20;

/// More workflows are not looked at.
const MOST_FILES: usize = 100;

/// The oldest Python that the folder tells of in these ways.
pub(super) fn oldest_python(place: Place<'_>) -> Option<Fact<PythonVersion>> {
    oldest(targets::read(place))
        .or_else(|| oldest(version_files::read(place)))
        .or_else(|| oldest(tests(place)))
        .or_else(|| oldest(ci_and_images(place)))
}

/// What the tests are run with.
fn tests(place: Place<'_>) -> Vec<Fact<PythonVersion>> {
    let runners = tox::FILES
        .iter()
        .chain(hatch::FILES)
        .filter_map(|(name, reader)| Some(reader(small(place, name, "")?.as_ref())));
    let nox = small(place, "noxfile.py", "python").map(|manifest| nox::read(&manifest));
    runners.chain(nox).flatten().collect()
}

/// What has the commands that set a project up: for those who work on it, and for a container of theirs.
const SCRIPTS: &[&str] = &[
    "Makefile",
    "makefile",
    "GNUmakefile",
    "justfile",
    "Justfile",
    "Taskfile.yml",
    "Taskfile.yaml",
    ".devcontainer/devcontainer.json",
    ".devcontainer.json",
];

/// The configurations of CI and the scripts in which the word stands; `names` are those in the folder: most folders have none.
pub(super) fn workflows(place: Place<'_>, names: &[String], word: &str) -> Vec<Arc<Manifest>> {
    let is_there = |path: &&&str| {
        let first = path.split('/').next().unwrap_or(path);
        names.iter().any(|name| name == first)
    };
    let is_script = |name: &&str| Path::new(name).extension().is_some_and(|ending| ending == "sh");
    let own = names.iter().map(String::as_str).filter(is_script);
    let own = own.filter(|name| !purpose::is_for_a_tool(stem(name))).take(MOST_FILES);
    let known = ci::FILES.iter().chain(SCRIPTS).filter(is_there).copied();
    let files: Vec<&str> = known.chain(own).collect();
    let folders: Vec<&str> = ci::FOLDERS.iter().filter(is_there).copied().collect();
    let configurations = files_of(place, &files, &folders, ci::is_one).into_iter();
    configurations.filter_map(|name| small(place, &name, word)).collect()
}

fn ci_and_images(place: Place<'_>) -> Vec<Fact<PythonVersion>> {
    let mut found = Vec::new();
    let actions = ci::ACTIONS.iter().flat_map(|folder| {
        let actions = names_in(&place.folder.join(folder)).into_iter().take(MOST_FILES);
        actions.flat_map(move |action| ["yml", "yaml"].map(|ending| format!("{folder}/{action}/action.{ending}")))
    });
    let configurations = files_of(place, ci::FILES, ci::FOLDERS, ci::is_one);
    for name in configurations.into_iter().chain(actions) {
        if let Some(manifest) = small(place, &name, "py") {
            let read = ci::read(&manifest);
            found.extend(read.pythons);
            for file in read.version_files.iter().take(MOST_FILES) {
                found.extend(version_files::named(place, file));
            }
        }
    }
    for name in files_of(place, &[], images::FOLDERS, images::is_dockerfile) {
        if let Some(manifest) = small(place, &name, "py") {
            found.extend(images::of_dockerfile(&manifest));
        }
    }
    found
}

/// The files of these names, and those of these folders that are `one`.
fn files_of(place: Place<'_>, files: &[&str], folders: &[&str], is_one: fn(&str) -> bool) -> Vec<String> {
    let nested = folders.iter().flat_map(|folder| {
        let names = names_in(&place.folder.join(folder)).into_iter();
        let own = names.filter(|name| is_one(name) && !purpose::is_for_a_tool(stem(name)));
        own.take(MOST_FILES).map(move |name| match *folder {
            "." => name,
            folder => format!("{folder}/{name}"),
        })
    });
    files.iter().map(|name| (*name).to_owned()).chain(nested).collect()
}

fn stem(name: &str) -> &str {
    let name = Path::new(name);
    name.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}

/// A file that is worth reading: not too large, and the word is in it, in whichever case.
fn small(place: Place<'_>, name: &str, word: &str) -> Option<Arc<Manifest>> {
    let manifest = place.manifest(name, &mut Vec::new())?;
    let has_word = || {
        let mut windows = manifest.text().as_bytes().windows(word.len().max(1));
        windows.any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
    };
    (manifest.text().len() <= MOST_BYTES && (word.is_empty() || has_word())).then_some(manifest)
}

fn oldest(facts: Vec<Fact<PythonVersion>>) -> Option<Fact<PythonVersion>> {
    facts.into_iter().min_by_key(|fact| fact.value)
}

#[cfg(test)]
fn shown(facts: impl IntoIterator<Item = Fact<PythonVersion>>) -> Vec<String> {
    let shown = facts.into_iter().map(|fact| format!("{} {}", fact.value, fact.source));
    shown.collect()
}
