//! What a project requires through packages of the same repository, which it names by where they lie: installing it installs them,
//! and what they require.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::manifest::{as_str, is_true, table};
use super::python_folder::{Place, ROOT_MANIFESTS};
use crate::facts::{Requirement, Role};

/// So many packages are looked at, those that others of them name included.
const MOST_PACKAGES: usize = 32;

/// The folders that a `pyproject.toml` names: `common = { path = "../common" }` of Poetry, and of the sources of uv. What is
/// optional may not be there.
pub(super) fn named(root: &DeTable<'_>) -> Vec<String> {
    let tables = [["tool", "poetry", "dependencies"], ["tool", "uv", "sources"]];
    let entries = tables
        .iter()
        .filter_map(|path| table(root, path))
        .flat_map(DeTable::iter);
    let path = |details: &DeValue<'_>| match details {
        DeValue::Table(details) if !details.get("optional").is_some_and(is_true) => {
            details.get("path").and_then(as_str).map(str::to_owned)
        }
        _ => None,
    };
    entries.filter_map(|(_, value)| path(value.get_ref())).collect()
}

/// What the packages that lie in these folders require, by package.
pub(super) fn required(place: Place<'_>, named: &[String]) -> BTreeMap<String, Vec<Requirement>> {
    let mut waiting: Vec<PathBuf> = named.iter().map(|path| place.folder.join(path)).collect();
    let (mut seen, mut found) = (BTreeSet::new(), BTreeMap::<String, Vec<Requirement>>::new());
    while let Some(folder) = waiting.pop() {
        // A wheel that is named so is no folder.
        let Some(folder) = fs::canonicalize(folder).ok().filter(|folder| folder.is_dir()) else {
            continue;
        };
        if seen.len() >= MOST_PACKAGES || !seen.insert(folder.clone()) {
            continue;
        }
        let (requirements, further) = said_in(place, &folder);
        for requirement in requirements {
            found.entry(requirement.package.clone()).or_default().push(requirement);
        }
        waiting.extend(further.into_iter().map(|path| folder.join(path)));
    }
    found
}

/// What one package requires itself, and the folders that it names. What is malformed in its manifests is said where they are looked
/// at for themselves.
fn said_in(place: Place<'_>, folder: &Path) -> (Vec<Requirement>, Vec<String>) {
    let (mut requirements, mut further) = (Vec::new(), Vec::new());
    for (name, reader) in ROOT_MANIFESTS {
        let mut unheard = Vec::new();
        if let Some(manifest) = place.files.manifest(&folder.join(name), &mut unheard) {
            let said = reader(&manifest, &mut unheard);
            requirements.extend(said.requirements.into_iter().filter(|one| one.role == Role::Main));
            further.extend(said.local_packages);
        }
    }
    (requirements, further)
}
