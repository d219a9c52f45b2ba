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
mod extent;
mod files;
mod lazy;
mod line_width;
mod lock_files;
mod manifest;
mod markers;
mod own_facts;
mod package;
mod pins;
mod precedence;
mod pyproject;
mod pytest_settings;
mod python_facts;
mod python_folder;
mod python_range;
mod python_version;
mod ranges;
mod requirement;
mod requirements;
mod roots;
mod rustfmt;
mod setup_cfg;
mod setup_py;
mod test_files;
mod test_names;
mod test_timeout;
mod virtual_environment;

use std::collections::BTreeMap;

pub use classifiers::Windows;
pub use crate_names::{CrateManifests, CrateNames};
pub use declared::{Kind, declared_in};
pub use extent::Extents;
pub use lazy::Project;
pub use own_facts::OwnFacts;
pub use package::{Certainty, PackageRange};
pub use python_version::{NotAPythonVersion, PythonVersion};
pub use ranges::{are_disjoint, is_bounded_above};
pub use requirement::{Requirement, Role};
pub use roots::Projects;
pub use rustfmt::Rustfmt;
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
    /// Where nobody says that: an older Python that something around the project speaks of, the repository that it is part of or what is
    /// installed for some Pythons only. Rewritten code runs there too, and no finding rests on it.
    pub python_around: Option<Fact<PythonVersion>>,
    /// The releases of each package that a manifest names, by its normalised name (PEP 503).
    pub packages: BTreeMap<String, Fact<PackageRange>>,
    /// The project depends on `async-timeout`, whatever the Python version and the platform.
    pub async_timeout: Option<Fact<()>>,
    /// Whether the crate's manifest turns tokio's `time` feature on for every build; false also where the crate does not depend
    /// on tokio under that name.
    pub tokio_time: Option<Fact<bool>>,
    /// The same for what only tests are compiled with, where they have dependencies of their own.
    pub tokio_time_in_tests: Option<Fact<bool>>,
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
    /// How wide the lines of its Python get, in columns, where its formatter or its linter is told.
    pub line_width: Option<usize>,
    /// How rustfmt lays it out.
    pub rustfmt: Rustfmt,
    /// For a manifest: what the other manifests and the lock files of its project say, the nearest folder first. Empty for
    /// sources.
    pub requirements: Vec<Requirement>,
}

impl ProjectFacts {
    /// How wide the lines of Python get, in columns: by default what formatters allow by default.
    #[must_use]
    pub fn line_width(&self) -> usize {
        self.line_width.unwrap_or(line_width::OF_FORMATTERS)
    }

    /// Whether code has tokio's `time`, as far as a manifest tells.
    #[must_use]
    pub fn tokio_time(&self, in_test: bool) -> Option<&Fact<bool>> {
        let of_tests = self.tokio_time_in_tests.as_ref().filter(|_| in_test);
        of_tests.or(self.tokio_time.as_ref())
    }

    /// The oldest Python that rewritten code must run on, as far as somebody or something tells: `target_version`, else what the
    /// project or what is around it says.
    #[must_use]
    pub fn told_python(&self, target_version: Option<PythonVersion>) -> Option<PythonVersion> {
        let told = self.python.as_ref().or(self.python_around.as_ref());
        target_version.or(told.map(|fact| fact.value))
    }
}
