//! What is kept of a project's modules while their texts change, and what goes.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, OnceLock, PoisonError};

use super::{Importers, Program, is_name_of_tools};
use crate::python::names::{is_conftest, locked};

impl Program {
    /// The modules at these absolute paths have other texts; none came or went. What depends on them is forgotten.
    ///
    /// What is returned are the modules of which something else may be said now: those that import one of them, directly or not, and
    /// what all of these import. `None`: all modules.
    pub fn forget_texts(&mut self, changed: &[PathBuf]) -> Option<HashSet<PathBuf>> {
        let before: Vec<Vec<Arc<Path>>> = changed.iter().map(|file| self.modules.known_imports(file)).collect();
        let depending = match Arc::get_mut(&mut self.modules) {
            Some(modules) => modules.forget_texts(changed),
            // Somebody still reads them: nothing of all this is kept.
            None => {
                *self = Self::of(self.modules.working_directory(), self.readers);
                return None;
            }
        };
        // Every module of a package depends on it, and none says so.
        let is_package = changed.iter().any(|file| file.ends_with("__init__.py"));
        let gives_fixtures = depending.iter().any(|file| is_conftest(file));
        // What a name means in one of them may have changed as well.
        locked(&self.replacements).clear();
        locked(&self.replacing).clear();
        locked(&self.preparations).clear();
        let facts = self.facts.get_mut().unwrap_or_else(PoisonError::into_inner);
        match gives_fixtures {
            true => facts.clear(),
            false => depending.iter().for_each(|file| _ = facts.remove(&**file)),
        }
        for (file, before) in changed.iter().zip(&before) {
            self.set_imports(file, before);
        }
        let seeds = depending.into_iter().chain(before.into_iter().flatten());
        (!gives_fixtures && !is_package).then(|| self.modules.reached_from(seeds.collect()))
    }

    /// Notes who is imported by a module with another text, where it was known who imports whom. `before` is what it imported.
    fn set_imports(&mut self, file: &Path, before: &[Arc<Path>]) {
        let Some(top) = self.modules.top(file) else { return };
        let all = self.importers.get_mut().unwrap_or_else(PoisonError::into_inner);
        let Some(cell) = all.get_mut(&top) else { return };
        let Some(importers) = Arc::get_mut(cell).and_then(OnceLock::get_mut) else {
            all.remove(&top);
            return;
        };
        let is_searched = file.strip_prefix(&top).is_ok_and(|inside| {
            let mut parts = inside.parent().into_iter().flat_map(Path::components);
            !parts.any(|part| matches!(part, Component::Normal(name) if is_name_of_tools(name)))
        });
        if is_searched && file.extension().is_some_and(|extension| extension == "py") {
            move_importer(importers, file, before, self.modules.imports(file));
        }
    }
}

/// `file` imports `after` where it imported `before`.
fn move_importer(importers: &mut Importers, file: &Path, before: &[Arc<Path>], after: Vec<Arc<Path>>) {
    let place = |files: &[Arc<Path>]| files.binary_search_by(|known| known.as_os_str().cmp(file.as_os_str()));
    for module in before {
        if let Some(files) = importers.get_mut(module)
            && let Ok(at) = place(files)
        {
            files.remove(at);
        }
    }
    for module in after {
        let files = importers.entry(module).or_default();
        if let Err(at) = place(files) {
            files.insert(at, Arc::from(file));
        }
    }
}
