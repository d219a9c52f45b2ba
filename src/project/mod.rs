//! What the manifests around a file say. Every fact carries where it comes from; what no manifest says stays unknown.
//! Nothing is executed: a `setup.py` is searched for literals.
//!
//! [`Projects`] finds a file's manifests; one file per kind of manifest reads them.

mod always_there;
mod cargo_crate;
mod cargo_manifest;
mod cargo_requirements;
mod cargo_workspace;
mod classifiers;
mod conda_environment;
mod crate_names;
mod declared;
mod dialects;
mod evidence;
mod files;
mod lazy;
mod lock_files;
mod manifest;
mod markers;
mod package;
mod pins;
mod precedence;
mod pyproject;
mod pytest_settings;
mod python_folder;
mod python_range;
mod python_version;
mod ranges;
mod requirement;
mod requirements;
mod roots;
mod setup_cfg;
mod setup_py;
mod test_files;
mod test_names;
mod test_timeout;
mod virtual_environment;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use classifiers::Windows;
pub use crate_names::{CrateManifests, CrateNames};
pub use declared::{Kind, declared_in};
pub use lazy::Project;
pub use package::{Certainty, PackageRange};
pub use python_version::{NotAPythonVersion, PythonVersion};
pub use ranges::{are_disjoint, is_bounded_above};
pub use requirement::{Requirement, Role};
pub use roots::Projects;
pub use test_files::TestFiles;
pub use test_names::TestNames;

/// A value and where it was read: `requires-python in pyproject.toml:7`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact<T> {
    /// What is known.
    pub value: T,
    /// Where it was read, for messages.
    pub source: String,
}

/// What is known about the project that a file belongs to.
#[derive(Clone, Debug, Default)]
pub struct ProjectFacts {
    /// The oldest Python that the project supports.
    pub python: Option<Fact<PythonVersion>>,
    /// The releases of each package that a manifest names, by its normalised name (PEP 503).
    pub packages: BTreeMap<String, Fact<PackageRange>>,
    /// The project depends on `async-timeout`, whatever the Python version and the platform.
    pub async_timeout: Option<Fact<()>>,
    /// Whether the crate's manifest turns tokio's `time` feature on; false also where the crate does not depend on
    /// tokio under that name.
    pub tokio_time: Option<Fact<bool>>,
    /// A `conftest.py` above the file makes the console take every character.
    pub console_reconfigured: Option<Fact<()>>,
    /// The seconds after which every test is ended from outside: by pytest-timeout, or by cargo-nextest.
    pub test_timeout: Option<Fact<f64>>,
    /// By which names pytest collects tests there.
    pub test_names: TestNames,
    /// What the project declares of Windows: that it runs there, or on other systems only.
    pub windows: Option<Fact<Windows>>,
    /// A package for others is built from the project's root.
    pub builds_package: bool,
    /// For a manifest: what the other manifests and the lock files of its project say, the nearest folder first. Empty for
    /// sources.
    pub requirements: Vec<Requirement>,
}

impl ProjectFacts {
    /// The oldest Python that rewritten code must run on: `target_version`, else what the project says, else
    /// [`PythonVersion::OLDEST_MAINTAINED`].
    #[must_use]
    pub fn oldest_python(&self, target_version: Option<PythonVersion>) -> PythonVersion {
        target_version
            .or(self.python.as_ref().map(|fact| fact.value))
            .unwrap_or(PythonVersion::OLDEST_MAINTAINED)
    }

    /// The same for a notebook that release `kernel` (`3.12.1`) ran last: where the project says nothing, that is the oldest
    /// Python known.
    #[must_use]
    pub fn for_notebook(self: Arc<Self>, kernel: Option<&str>) -> Arc<Self> {
        let minor = kernel.and_then(|kernel| kernel.splitn(3, '.').take(2).collect::<Vec<_>>().join(".").parse().ok());
        match minor.filter(|_| self.python.is_none()) {
            Some(value) => Arc::new(Self {
                python: Some(Fact {
                    value,
                    source: "language_info of the notebook".to_owned(),
                }),
                ..Self::clone(&self)
            }),
            None => self,
        }
    }

    /// Whether somebody or something tells the oldest Python: else [`Self::oldest_python`] is what is taken for it.
    #[must_use]
    pub fn tells_python(&self, target_version: Option<PythonVersion>) -> bool {
        target_version.is_some() || self.python.is_some()
    }
}
