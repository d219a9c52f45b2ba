//! What the manifests of a Python project say together.

use std::sync::Arc;

use super::always_there::always_there;
use super::pins;
use super::precedence::{Said, said};
use super::python_folder::PythonFolder;
use crate::catalog::Catalog;
use crate::facts::{Fact, PackageRange, Packages, ProjectFacts, PythonVersion, Requirement, Resolver};
use crate::source::Language;

/// What the manifests of these folders say, the nearest first. `told` is asked for the Python where they do not say it.
pub(super) fn facts_of(
    folders: &[Arc<PythonFolder>],
    told: impl FnOnce() -> Option<Fact<PythonVersion>>,
) -> ProjectFacts {
    let required = folders.iter().find_map(|folder| folder.python.clone());
    let oldest = required.as_ref().map(|fact| fact.value);
    let async_timeout = always_there("async-timeout", folders.iter().map(AsRef::as_ref), oldest);
    let packages = Packages::of(Folders {
        folders: folders.to_vec(),
        oldest,
    });
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

/// The folders of a project, the nearest first, and the oldest Python that runs there.
#[derive(Debug)]
struct Folders {
    folders: Vec<Arc<PythonFolder>>,
    oldest: Option<PythonVersion>,
}

impl Resolver for Folders {
    /// What the nearest folder says that restricts the package's releases; else that it is named at all; where no folder names
    /// it, what is installed. What packages of the same repository require counts where the project itself does not name the
    /// package.
    fn releases_of(&self, package: &str) -> Option<Fact<PackageRange>> {
        let (mut bare, mut is_named) = (None, false);
        for folder in &self.folders {
            let own: Vec<&Requirement> = folder.requirements_of(package).collect();
            let of_local = folder.required_by_local.get(package).filter(|_| own.is_empty());
            let all = own.into_iter().chain(of_local.into_iter().flatten());
            let all = all.inspect(|_| is_named = true);
            let requirements: Vec<_> = all.filter_map(|one| one.under(self.oldest)).collect();
            let requirements: Vec<&Requirement> = requirements.iter().map(AsRef::as_ref).collect();
            match said(&requirements) {
                Some(Said::Restricted(fact)) => return Some(fact),
                Some(Said::Unknown) => return None,
                Some(Said::Bare(fact)) => bare = bare.or(Some(fact)),
                None => {}
            }
        }
        let mut installed = self.folders.iter().flat_map(|folder| &folder.installed);
        let installed = installed.find(|(installed, _)| !is_named && installed == package);
        bare.or_else(|| installed.map(|(_, fact)| fact.clone()))
    }
}
