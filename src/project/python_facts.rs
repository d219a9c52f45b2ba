//! What the manifests of a Python project say together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::always_there::always_there;
use super::pins;
use super::precedence::{Said, said};
use super::python_folder::PythonFolder;
use crate::catalog::Catalog;
use crate::facts::{Fact, PackageRange, ProjectFacts, PythonVersion, Requirement};
use crate::source::Language;

/// What the manifests of these folders say, the nearest first. `told` is asked for the Python where they do not say it.
pub(super) fn facts_of(
    folders: &[Arc<PythonFolder>],
    told: impl FnOnce() -> Option<Fact<PythonVersion>>,
) -> ProjectFacts {
    let required = folders.iter().find_map(|folder| folder.python.clone());
    let oldest = required.as_ref().map(|fact| fact.value);
    let async_timeout = always_there("async-timeout", folders.iter().map(AsRef::as_ref), oldest);
    let packages = packages(folders, oldest);
    let by_pins = || pins::oldest_python(&packages);
    let by_markers = || {
        let of_clients = folders.iter().flat_map(|folder| &folder.requirements);
        let of_clients = of_clients.filter(|(package, _)| Catalog::builtin().has_package(Language::Python, package));
        pins::oldest_of_markers(of_clients.flat_map(|(_, requirements)| requirements))
    };
    // A mark counts more than a setting.
    let marked = folders.iter().find_map(|folder| folder.marked_timeout.clone());
    let pytest = folders.iter().find_map(|folder| folder.pytest.as_ref());
    ProjectFacts {
        python: declared(folders).or_else(told).or_else(by_pins).or_else(by_markers),
        packages,
        async_timeout,
        console_reconfigured: folders.iter().find_map(|folder| folder.console_reconfigured.clone()),
        test_timeout: marked.or_else(|| pytest.and_then(|pytest| pytest.timeout.clone())),
        test_names: pytest.map(|pytest| pytest.names.clone()).unwrap_or_default(),
        windows: folders.iter().find_map(|folder| folder.windows.clone()),
        builds_package: folders.last().is_some_and(|root| root.builds_package),
        line_width: folders.iter().find_map(|folder| folder.line_width),
        ..ProjectFacts::default()
    }
}

/// The oldest Python that manifests require, else the one that lock files and classifiers speak of.
pub(super) fn declared(folders: &[Arc<PythonFolder>]) -> Option<Fact<PythonVersion>> {
    let required = folders.iter().find_map(|folder| folder.python.clone());
    required.or_else(|| folders.iter().find_map(|folder| folder.hinted_python.clone()))
}

/// The releases of every package that the folders, the nearest first, name or have installed. No Python older than
/// `oldest` runs there.
fn packages(folders: &[Arc<PythonFolder>], oldest: Option<PythonVersion>) -> BTreeMap<String, Fact<PackageRange>> {
    let all = folders
        .iter()
        .flat_map(|folder| [&folder.requirements, &folder.required_by_local]);
    let named: BTreeSet<&String> = all.flat_map(BTreeMap::keys).collect();
    let installed = folders.iter().flat_map(|folder| &folder.installed);
    let installed = installed.filter(|(package, _)| !named.contains(package));
    let mut packages = BTreeMap::new();
    for (package, fact) in installed {
        packages.entry(package.clone()).or_insert_with(|| fact.clone());
    }
    for package in named {
        if let Some(fact) = nearest(package, folders, oldest) {
            packages.insert(package.clone(), fact);
        }
    }
    packages
}

/// What the nearest folder says that restricts the package's releases; else that it is named at all. What packages of the same
/// repository require counts where the project itself does not name the package.
fn nearest(package: &str, folders: &[Arc<PythonFolder>], oldest: Option<PythonVersion>) -> Option<Fact<PackageRange>> {
    let mut bare = None;
    for folder in folders {
        let own = folder.requirements.get(package);
        let requirements = own
            .or_else(|| folder.required_by_local.get(package))
            .into_iter()
            .flatten();
        let requirements: Vec<_> = requirements.filter_map(|one| one.under(oldest)).collect();
        let requirements: Vec<&Requirement> = requirements.iter().map(AsRef::as_ref).collect();
        match said(&requirements) {
            Some(Said::Restricted(fact)) => return Some(fact),
            Some(Said::Unknown) => return None,
            Some(Said::Bare(fact)) => bare = bare.or(Some(fact)),
            None => {}
        }
    }
    bare
}
