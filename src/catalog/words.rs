//! The names that announce the use of a library.

use std::collections::BTreeSet;

use super::Library;

/// What a file mentions that uses a library: a module, and what is used of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The names of its modules.
    pub modules: Vec<String>,
    /// The last names of the paths of its connects: `connect`.
    pub connects: Vec<String>,
    /// The last names of the paths of the exceptions that they raise: `InvalidStatus`.
    pub rejections: Vec<String>,
}

impl Words {
    /// Those of one library.
    #[must_use]
    pub fn of(library: &Library) -> Self {
        Self {
            modules: library.modules.clone(),
            connects: last_names(library.connects.iter().flat_map(|api| &api.paths)),
            rejections: last_names(library.rejections.iter().flat_map(|rejection| &rejection.paths)),
        }
    }
}

fn last_names<'p>(paths: impl Iterator<Item = &'p String>) -> Vec<String> {
    let names: BTreeSet<&str> = paths.filter_map(|path| path.rsplit(['.', ':']).next()).collect();
    names.into_iter().map(str::to_owned).collect()
}
