//! What may be known of the project that a file belongs to: plain data. Every fact carries where it comes from; what nothing
//! says stays unknown. [`project`](crate::project) reads it out of manifests.

mod conftest;
mod package;
mod packages;
mod project_facts;
mod python_version;
mod ranges;
mod requirement;
mod rustfmt;
mod test_names;
mod windows;

pub use conftest::Conftest;
pub use package::{Certainty, PackageRange};
pub use packages::{Packages, Resolver};
pub use project_facts::{Project, ProjectFacts};
pub use python_version::{NotAPythonVersion, PythonVersion};
pub use ranges::{are_disjoint, is_bounded_above};
pub(crate) use ranges::{certainty, intersection, union};
pub use requirement::{Requirement, Role};
pub use rustfmt::Rustfmt;
pub use test_names::TestNames;
pub use windows::Windows;

/// A value and where it was read: `requires-python in pyproject.toml:7`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact<T> {
    /// What is known.
    pub value: T,
    /// Where it was read, for messages.
    pub source: String,
}
