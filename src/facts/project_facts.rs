//! The project of one file, as far as a rule asks for it.

use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use super::{Fact, Packages, PythonVersion, Requirement, Rustfmt, TestNames, Windows};

/// How wide formatters of Python let lines get by default, in columns.
const WIDTH_OF_FORMATTERS: usize = 88;

/// What is known about the project that a file belongs to.
#[derive(Clone, Debug, Default)]
pub struct ProjectFacts {
    /// The oldest Python that the project supports.
    pub python: Option<Fact<PythonVersion>>,
    /// Where nobody says that: an older Python that something around the project speaks of, the repository that it is part of or what is
    /// installed for some Pythons only. Rewritten code runs there too, and no finding rests on it.
    pub python_around: Option<Fact<PythonVersion>>,
    /// The releases of each package that a manifest names.
    pub packages: Packages,
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
        self.line_width.unwrap_or(WIDTH_OF_FORMATTERS)
    }

    /// Whether code has tokio's `time`, as far as a manifest tells.
    #[must_use]
    pub fn tokio_time(&self, in_test: bool) -> Option<&Fact<bool>> {
        let of_tests = self.tokio_time_in_tests.as_ref().filter(|_| in_test);
        of_tests.or(self.tokio_time.as_ref())
    }

    /// What holds for a file that is compiled for tests alone.
    #[must_use]
    pub fn for_tests(self: Arc<Self>) -> Arc<Self> {
        if self.tokio_time_in_tests.is_none() || self.tokio_time == self.tokio_time_in_tests {
            return self;
        }
        Arc::new(Self {
            tokio_time: self.tokio_time_in_tests.clone(),
            ..Self::clone(&self)
        })
    }

    /// The oldest Python that rewritten code must run on, as far as somebody or something tells: `target_version`, else what the
    /// project or what is around it says.
    #[must_use]
    pub fn told_python(&self, target_version: Option<PythonVersion>) -> Option<PythonVersion> {
        let told = self.python.as_ref().or(self.python_around.as_ref());
        target_version.or(told.map(|fact| fact.value))
    }
}

/// Knows the project that a file belongs to, or can find out.
pub trait Project: Sync {
    /// What is known about it.
    fn facts(&self) -> &ProjectFacts;
}

impl Project for ProjectFacts {
    fn facts(&self) -> &ProjectFacts {
        self
    }
}

/// Most files have nothing in them that the project matters for: its manifests are read when a rule first asks.
impl<F: FnOnce() -> Arc<ProjectFacts> + Send> Project for LazyLock<Arc<ProjectFacts>, F> {
    fn facts(&self) -> &ProjectFacts {
        self
    }
}

impl<'a> Deref for dyn Project + 'a {
    type Target = ProjectFacts;

    fn deref(&self) -> &ProjectFacts {
        self.facts()
    }
}
