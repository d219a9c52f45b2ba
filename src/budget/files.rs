//! The other files of the project that the functions stand in which a test calls.

use std::path::Path;
use std::sync::Arc;

use elsa::FrozenMap;

use super::Linked;
use crate::sites::{CalledPart, Callee, FileCourses};

/// Every file that was asked for, kept as long as what is counted of it.
pub(super) struct Files<'l> {
    linked: &'l dyn Linked,
    found: FrozenMap<Arc<Path>, Arc<FileCourses>>,
}

impl<'l> Files<'l> {
    pub(super) fn new(linked: &'l dyn Linked) -> Self {
        Self {
            linked,
            found: FrozenMap::new(),
        }
    }

    /// What the functions of a file wait for.
    pub(super) fn courses(&self, file: &Arc<Path>) -> Option<&FileCourses> {
        if let Some(known) = self.found.get(file) {
            return Some(known);
        }
        let found = self.linked.courses(file)?;
        Some(self.found.insert(file.clone(), found))
    }
}

/// The index of the course that a call means in the file of its function.
pub(super) fn course_of(callee: &Callee, courses: &FileCourses) -> Option<usize> {
    match callee {
        Callee::Here(function) => Some(*function),
        Callee::Elsewhere { function, part, .. } => match part {
            CalledPart::Whole => Some(*function),
            CalledPart::Enter => Some(courses.halves.get(function)?.0),
            CalledPart::Leave => Some(courses.halves.get(function)?.1),
        },
    }
}
