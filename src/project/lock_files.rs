//! Lock files: which release of each package a tool resolved.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::str::FromStr;

use pep440_rs::VersionSpecifiers;
use serde_json::Value;
use toml::de::{DeTable, DeValue};

use super::manifest::{Manifest, as_str, as_table, lookup, table};
use super::python_range::{oldest_of_pep440, oldest_of_poetry};
use super::requirement::{MOST_OF_ONE_PACKAGE, PythonManifest, Reading, exactly};
use crate::facts::{Fact, PythonVersion, Requirement, Role};

/// What a lock file lists. The folders that it speaks for share it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Lock {
    /// The oldest Python that it was resolved for.
    pub(super) hinted_python: Option<Fact<PythonVersion>>,
    /// By package.
    pub(super) requirements: BTreeMap<String, Vec<Requirement>>,
    /// The folders of the projects in its repository, as they are written: from its own folder.
    pub(super) members: HashSet<String>,
}

type Reader = fn(&Manifest, &mut Vec<String>) -> PythonManifest;

/// The lock files of Python's tools, by their names.
pub(super) const LOCK_FILES: &[(&str, Reader)] = &[
    ("uv.lock", toml_lock),
    ("poetry.lock", toml_lock),
    ("pdm.lock", toml_lock),
    ("pylock.toml", toml_lock),
    ("Pipfile.lock", pipfile_lock),
];

/// `[[package]]` of uv, Poetry and PDM, `[[packages]]` of PEP 751.
fn toml_lock(manifest: &Manifest, warnings: &mut Vec<String>) -> PythonManifest {
    let Some(root) = manifest.toml(warnings) else {
        return PythonManifest::default();
    };
    let hinted_python = toml_python(manifest, root);
    let mut reading = Reading::of(manifest, warnings);
    for package in packages(root) {
        let (Some(name), Some(version)) = (package.get("name"), package.get("version").and_then(as_str)) else {
            continue;
        };
        if let Some(text) = as_str(name) {
            let span = name.span();
            // One package with several releases is one release for each fork.
            reading.push(text, exactly(version), Some("its fork".to_owned()), Role::Lock, span);
        }
    }
    PythonManifest {
        hinted_python,
        requirements: reading.found,
        ..PythonManifest::default()
    }
}

/// The tables of all packages that a lock file lists.
pub(super) fn packages<'a, 'i>(root: &'a DeTable<'i>) -> impl Iterator<Item = &'a DeTable<'i>> {
    let lists = ["package", "packages"].into_iter().filter_map(|key| root.get(key));
    lists
        .filter_map(|list| match list.get_ref() {
            DeValue::Array(items) => Some(items.iter()),
            _ => None,
        })
        .flatten()
        .filter_map(as_table)
}

impl Lock {
    /// None where the manifest is called like no lock file.
    pub(super) fn of(manifest: &Manifest, warnings: &mut Vec<String>) -> Option<Self> {
        let name = manifest.path().file_name()?;
        let (_, read) = LOCK_FILES.iter().find(|(known, _)| name == *known)?;
        let said = read(manifest, warnings);
        let mut lock = Self {
            hinted_python: said.hinted_python,
            members: members(manifest),
            ..Self::default()
        };
        for requirement in said.requirements {
            let of_package = lock.requirements.entry(requirement.package.clone()).or_default();
            if of_package.len() < MOST_OF_ONE_PACKAGE {
                of_package.push(requirement);
            }
        }
        Some(lock)
    }
}

/// The folders of the projects that uv's lock file lists as members of its workspace.
fn members(manifest: &Manifest) -> HashSet<String> {
    let root = manifest.toml(&mut Vec::new());
    let sources = root
        .into_iter()
        .flat_map(packages)
        .filter_map(|package| table(package, &["source"]));
    let of_source = |source| {
        let keys = ["editable", "virtual", "directory"].into_iter();
        keys.filter_map(move |key| DeTable::get(source, key).and_then(as_str))
    };
    sources.flat_map(of_source).map(str::to_owned).collect()
}

/// The Pythons that the lock file was resolved for.
fn toml_python(manifest: &Manifest, root: &DeTable<'_>) -> Option<Fact<PythonVersion>> {
    let keys = [
        ["requires-python"].as_slice(),
        &["metadata", "requires_python"],
        &["metadata", "python-versions"],
    ];
    let value = keys.iter().find_map(|path| lookup(root, path))?;
    let oldest = oldest_of_poetry(as_str(value)?).ok()??;
    Some(Fact {
        value: oldest,
        source: format!("Python in {}", manifest.place(value.span().start)),
    })
}

fn pipfile_lock(manifest: &Manifest, warnings: &mut Vec<String>) -> PythonManifest {
    let root: Value = match serde_json::from_str(manifest.text()) {
        Ok(root) => root,
        Err(error) => {
            let reason = error.to_string();
            let reason = reason.split(" at line ").next().unwrap_or_default();
            warnings.push(format!("{}: {reason}", manifest.place_of_line(error.line().max(1))));
            return PythonManifest::default();
        }
    };
    let lines = keys_by_line(manifest.text());
    let mut reading = Reading::of(manifest, warnings);
    for (section, role) in [("default", Role::Lock), ("develop", Role::Lock)] {
        for (name, package) in root.get(section).and_then(Value::as_object).into_iter().flatten() {
            let range = package.get("version").and_then(Value::as_str);
            let range = range.and_then(|range| VersionSpecifiers::from_str(range).ok());
            let at = lines.get(name.as_str()).copied().unwrap_or_default();
            reading.push(name, range, None, role.clone(), at..at + name.len());
        }
    }
    let python = root.pointer("/_meta/requires/python_version").and_then(Value::as_str);
    let oldest = python.and_then(|version| oldest_of_pep440(&format!("=={version}.*")).ok().flatten());
    PythonManifest {
        hinted_python: oldest.map(|value| Fact {
            value,
            source: format!("python_version in {}", manifest.name()),
        }),
        requirements: reading.found,
        ..PythonManifest::default()
    }
}

/// Where each key of a JSON text begins whose value is an object on lines of its own, as Pipenv writes it.
fn keys_by_line(text: &str) -> HashMap<&str, usize> {
    let mut keys = HashMap::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        let key = line.trim().strip_suffix('{').map(str::trim_end);
        let key = key.and_then(|key| key.strip_suffix(':')).map(str::trim_end);
        let key = key.and_then(|key| key.strip_prefix('"')?.strip_suffix('"'));
        if let Some(key) = key {
            keys.entry(key).or_insert(start + indent + 1);
        }
        start += line.len();
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> (Vec<String>, Option<(PythonVersion, String)>) {
        let mut warnings = Vec::new();
        let reader = LOCK_FILES.iter().find(|(known, _)| *known == name).unwrap().1;
        let read = reader(&Manifest::new(name, text), &mut warnings);
        assert_eq!(warnings, Vec::<String>::new());
        let shown = read
            .requirements
            .iter()
            .map(|one| format!("{} {}", one.shown(), one.place));
        (
            shown.collect(),
            read.hinted_python.map(|fact| (fact.value, fact.source)),
        )
    }

    #[test]
    fn every_lock_file_names_its_releases() {
        let uv = "version = 1\nrequires-python = \">=3.9\"\n[[package]]\nname = \"websockets\"\nversion = \"13.1\"\n\
                  source = { registry = \"https://pypi.org/simple\" }\n[[package]]\nname = \"me\"\n";
        let (found, python) = read("uv.lock", uv);
        assert_eq!(found, ["websockets==13.1 uv.lock:4"]);
        assert_eq!(
            python,
            Some((PythonVersion::new(3, 9), "Python in uv.lock:2".to_owned()))
        );
        let poetry =
            "[[package]]\nname = \"websockets\"\nversion = \"13.1\"\n[metadata]\npython-versions = \"^3.10\"\n";
        let (found, python) = read("poetry.lock", poetry);
        assert_eq!(found, ["websockets==13.1 poetry.lock:2"]);
        assert_eq!(
            python,
            Some((PythonVersion::new(3, 10), "Python in poetry.lock:5".to_owned()))
        );
        let pylock = "lock-version = '1.0'\n[[packages]]\nname = 'websockets'\nversion = '13.1'\n";
        assert_eq!(read("pylock.toml", pylock).0, ["websockets==13.1 pylock.toml:3"]);
        let pdm = "[[package]]\nname = 'websockets'\nversion = '13.1'\n";
        assert_eq!(read("pdm.lock", pdm).0, ["websockets==13.1 pdm.lock:2"]);
    }

    #[test]
    fn a_lock_file_of_pipenv_is_json() {
        let text = "{\n    \"_meta\": {\n        \"requires\": {\n            \"python_version\": \"3.11\"\n        }\n    },\n    \
                    \"default\": {\n        \"websockets\": {\n            \"version\": \"==13.1\"\n        }\n    },\n    \
                    \"develop\": {\n        \"x\": {\n            \"git\": \"y\"\n        }\n    }\n}\n";
        let (found, python) = read("Pipfile.lock", text);
        assert_eq!(found, ["websockets==13.1 Pipfile.lock:8", "x Pipfile.lock:13"]);
        let python = python.unwrap();
        assert_eq!(
            python,
            (PythonVersion::new(3, 11), "python_version in Pipfile.lock".to_owned())
        );
    }

    #[test]
    fn a_malformed_lock_file_is_a_warning_with_its_place() {
        let mut warnings = Vec::new();
        pipfile_lock(&Manifest::new("Pipfile.lock", "{\n \"a\": ,\n}"), &mut warnings);
        toml_lock(&Manifest::new("uv.lock", "a = 1\nb = \n"), &mut warnings);
        assert_eq!(warnings[0], "Pipfile.lock:2: expected value");
        assert!(warnings[1].starts_with("uv.lock:2: "), "{warnings:?}");
    }

    #[test]
    fn a_workspace_lists_its_members_by_their_folders() {
        let text = "[[package]]\nname = 'a'\nsource = { editable = 'packages/a' }\n[[package]]\nname = 'b'\n\
                    source = { virtual = 'b' }\n";
        let lock = Manifest::new("uv.lock", text);
        let members = Lock::of(&lock, &mut Vec::new()).unwrap().members;
        assert_eq!(members, ["packages/a", "b"].map(str::to_owned).into());
    }
}
