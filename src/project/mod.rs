//! What the manifests around a file say. Every fact carries where it comes from; what no manifest says stays unknown.

mod python_version;

pub use python_version::PythonVersion;

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
    /// The project depends on `async-timeout`.
    pub async_timeout: Option<Fact<()>>,
    /// The crate depends on tokio: whether its `time` feature is on.
    pub tokio_time: Option<Fact<bool>>,
    /// A `conftest.py` above the file makes the console take every character.
    pub console_reconfigured: Option<Fact<()>>,
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
}
