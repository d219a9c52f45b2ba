//! `setup.cfg`: `python_requires`, `install_requires` and the extras of setuptools.

use super::classifiers;
use super::manifest::Manifest;
use super::python_range::oldest_of_pep440;
use super::requirement::{NamedFile, PythonManifest, Reading};
use crate::facts::{Fact, Role};

/// What the manifest says; what is malformed in it becomes a warning and stays unknown.
pub(super) fn read(manifest: &Manifest, warnings: &mut Vec<String>) -> PythonManifest {
    let mut read = PythonManifest::default();
    let mut classified = Vec::new();
    let mut reading = Reading::of(manifest, warnings);
    for entry in entries(manifest.text()) {
        match (entry.section, entry.key) {
            ("options", "python_requires") if !entry.value.is_empty() => {
                let place = manifest.place(entry.at);
                match oldest_of_pep440(entry.value) {
                    Ok(version) => {
                        read.python = version.map(|value| Fact {
                            value,
                            source: format!("python_requires in {place}"),
                        });
                    }
                    Err(reason) => reading.warnings.push(format!("{place}: python_requires: {reason}")),
                }
            }
            ("options", "install_requires") => add(&mut reading, &mut read.named_files, &entry, &Role::Main),
            ("options", "tests_require") => {
                add(
                    &mut reading,
                    &mut read.named_files,
                    &entry,
                    &Role::Group("tests".to_owned()),
                );
            }
            ("options.extras_require", extra) => {
                add(
                    &mut reading,
                    &mut read.named_files,
                    &entry,
                    &Role::Extra(extra.to_owned()),
                );
            }
            ("metadata", "classifiers" | "classifier") => classified.push((entry.value, entry.at)),
            _ => {}
        }
        read.builds_package |= entry.section == "options";
    }
    read.builds_package &= !classified.iter().any(|(text, _)| classifiers::is_private(text));
    read.windows = classifiers::windows(classified.iter().copied(), manifest);
    read.hinted_python = classifiers::oldest_python(classified, manifest);
    read.requirements = reading.found;
    for requirement in &mut read.requirements {
        requirement.published = read.builds_package && !matches!(requirement.role, Role::Group(_));
    }
    for file in &mut read.named_files {
        file.published = read.builds_package && !matches!(file.role, Role::Group(_));
    }
    read
}

/// A requirement, or the files that have them: `file: deps.txt, more.txt`.
fn add(reading: &mut Reading<'_>, named: &mut Vec<NamedFile>, entry: &Entry<'_>, role: &Role) {
    if let Some(files) = entry.value.strip_prefix("file:") {
        named.extend(files.split(',').map(|path| NamedFile {
            path: path.trim().to_owned(),
            role: role.clone(),
            published: false,
        }));
        return;
    }
    // A value that other ones are put into is not to be known.
    if !entry.value.contains("%(") {
        reading.add(entry.value, entry.at, role.clone());
    }
}

/// One line of a value.
pub(super) struct Entry<'a> {
    pub(super) section: &'a str,
    pub(super) key: &'a str,
    pub(super) value: &'a str,
    /// The byte at which the value begins.
    pub(super) at: usize,
}

/// Every line of every value, as `configparser` reads them: indented lines go on with the value above.
pub(super) fn entries(text: &str) -> Vec<Entry<'_>> {
    let mut entries = Vec::new();
    let (mut section, mut key) = ("", "");
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let line_start = start;
        start += line.len();
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        let value = if line.starts_with(char::is_whitespace) {
            trimmed
        } else if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            (section, key) = (name.trim(), "");
            continue;
        } else if let Some((name, value)) = trimmed.split_once(['=', ':']) {
            key = name.trim();
            value.trim()
        } else {
            continue;
        };
        let behind = line.trim_end().len() - value.len();
        entries.push(Entry {
            section,
            key,
            value,
            at: line_start + behind,
        });
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::PythonVersion;

    #[test]
    fn values_go_on_over_indented_lines() {
        let text = "[metadata]\nname = x\n[options]\npython_requires = >=3.8\ninstall_requires =\n    a>=1\n    # c\n    \
                    b; python_version<'3.9'\n[options.extras_require]\nx = c\n[flake8]\ninstall_requires = no\n";
        let mut warnings = Vec::new();
        let read = read(&Manifest::new("setup.cfg", text), &mut warnings);
        let python = read.python.unwrap();
        assert_eq!(python.value, PythonVersion::new(3, 8));
        assert_eq!(python.source, "python_requires in setup.cfg:4");
        let shown: Vec<_> = read
            .requirements
            .iter()
            .map(|one| (&text[one.span.range()], one.place.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                ("a>=1", "setup.cfg:6"),
                ("b; python_version<'3.9'", "setup.cfg:8"),
                ("c", "setup.cfg:10"),
            ]
        );
        assert!(read.requirements.iter().all(|one| one.published));
        assert_eq!(read.requirements[2].role, Role::Extra("x".to_owned()));
        assert!(warnings.is_empty());
    }

    #[test]
    fn a_malformed_range_is_a_warning() {
        let mut warnings = Vec::new();
        let read = read(
            &Manifest::new("setup.cfg", "[options]\npython_requires = 3\n"),
            &mut warnings,
        );
        assert!(read.python.is_none());
        assert!(
            warnings[0].starts_with("setup.cfg:2: python_requires: `3` is no version range"),
            "{warnings:?}"
        );
    }
}
