//! The project of one file, as far as a rule asks for it.

use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use super::ProjectFacts;

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
