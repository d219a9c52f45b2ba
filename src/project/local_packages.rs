//! What a project requires through packages of the same repository, which it names by where they lie: installing it installs them,
//! and what they require.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::extent::is_repository;
use super::manifest::{as_str, is_true, lookup, table};
use super::python_folder::{Place, ROOT_MANIFESTS};
use super::requirement::normalized;
use super::workspace_members;
use crate::facts::{Requirement, Role};

/// So many packages are looked at, those that others of them name included.
const MOST_PACKAGES: usize = 32;

/// A package of the same repository, as a manifest names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LocalPackage {
    /// By its folder, from that of the manifest.
    Folder(String),
    /// By its name among the members of the workspace.
    Member(String),
}

/// The packages that a `pyproject.toml` names: `common = { path = "../common" }` of Poetry, and of the sources of uv, and there
/// `common = { workspace = true }`. What is optional may not be there.
pub(super) fn named(root: &DeTable<'_>) -> Vec<LocalPackage> {
    let tables = [["tool", "poetry", "dependencies"], ["tool", "uv", "sources"]];
    let entries = tables
        .iter()
        .filter_map(|path| table(root, path))
        .flat_map(DeTable::iter);
    let of = |name: &str, details: &DeValue<'_>| match details {
        DeValue::Table(details) if details.get("optional").is_some_and(is_true) => None,
        DeValue::Table(details) if details.get("workspace").is_some_and(is_true) => {
            Some(LocalPackage::Member(name.to_owned()))
        }
        DeValue::Table(details) => {
            let folder = details.get("path").and_then(as_str)?;
            Some(LocalPackage::Folder(folder.to_owned()))
        }
        _ => None,
    };
    entries
        .filter_map(|(name, value)| of(name.get_ref(), value.get_ref()))
        .collect()
}

/// What these packages require, by package.
pub(super) fn required(place: Place<'_>, named: &[LocalPackage]) -> BTreeMap<String, Vec<Requirement>> {
    let mut waiting: Vec<PathBuf> = named
        .iter()
        .filter_map(|package| package.folder(place, place.folder))
        .collect();
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
        waiting.extend(further.iter().filter_map(|package| package.folder(place, &folder)));
    }
    found
}

impl LocalPackage {
    /// Where it lies that a manifest in `from` names; nothing where no member of the workspace is called so.
    fn folder(&self, place: Place<'_>, from: &Path) -> Option<PathBuf> {
        match self {
            Self::Folder(path) => Some(from.join(path)),
            Self::Member(name) => member(place, from, &normalized(name)),
        }
    }
}

/// The folder of the member of this name of the workspace that a folder is in, or is the root of.
fn member(place: Place<'_>, folder: &Path, name: &str) -> Option<PathBuf> {
    let manifest = |folder: &Path| place.files.manifest(&folder.join("pyproject.toml"), &mut Vec::new());
    for above in folder.ancestors() {
        if let Some(root) = manifest(above) {
            let members = workspace_members::members(&root, above, &["tool", "uv", "workspace"]);
            let all = members.into_iter().chain([above.to_owned()]);
            let is_called = |folder: &PathBuf| {
                let manifest = manifest(folder)?;
                let name = lookup(manifest.toml(&mut Vec::new())?, &["project", "name"]).and_then(as_str)?;
                Some(normalized(name))
            };
            let found = all
                .into_iter()
                .find(|folder| is_called(folder).is_some_and(|called| called == name));
            if found.is_some() {
                return found;
            }
        }
        if is_repository(above) {
            break;
        }
    }
    None
}

/// What one package requires itself, and the folders that it names. What is malformed in its manifests is said where they are looked
/// at for themselves.
fn said_in(place: Place<'_>, folder: &Path) -> (Vec<Requirement>, Vec<LocalPackage>) {
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
