//! Which modules of a project may put something in the place of something that another one calls: those that import it, directly or
//! not, the `conftest.py` beside these, and what all of them import for that.

use std::path::Path;
use std::sync::Arc;

use foldhash::HashSet;

use super::{Program, looked_at_alone};
use crate::python::names::locked;
use crate::python::testing::stand_ins::{self, Replaceable, Replacement};
use crate::reading::{self, Kind};
use crate::source::SourceFile;

/// Of more modules than these nobody asks what they replace.
const MOST_MODULES: usize = 1_024;

impl Program {
    /// Whether another module may put something in the place of what the module at this absolute path calls as `callee`, and
    /// has the path `path`; where they are too many to be asked, one may.
    pub(crate) fn may_replace(&self, file: &Path, path: &str, callee: &str) -> bool {
        let replaceable = Replaceable::of(path, callee, file);
        let Some(modules) = self.replacing(file) else {
            return true;
        };
        let replaces = |module: &Arc<Path>| {
            let replaced = self.replacements(module);
            replaced.iter().any(|replaced| replaced.may_be(replaceable))
        };
        modules.iter().any(replaces)
    }

    /// The modules that may do so; nothing where they are too many. Asked for each connect of a module.
    fn replacing(&self, file: &Path) -> Option<Arc<[Arc<Path>]>> {
        if let Some(known) = locked(&self.replacing).get(file) {
            return known.clone();
        }
        let found = self.modules_around(file).map(|found| found.into_iter().collect());
        locked(&self.replacing).insert(file.to_owned(), Option::clone(&found));
        found
    }

    fn modules_around(&self, file: &Path) -> Option<HashSet<Arc<Path>>> {
        let mut pending = self.importers(file);
        let mut found: HashSet<Arc<Path>> = HashSet::default();
        while let Some(module) = pending.pop() {
            if *module != *file && found.insert(module.clone()) {
                pending.extend(self.importers(&module));
            }
            if found.len() > MOST_MODULES {
                return None;
            }
        }
        let beside = |module: &Arc<Path>| self.modules.conftests_at(module);
        let conftests: HashSet<Arc<Path>> = found.iter().flat_map(beside).collect();
        found.extend(conftests);
        let imported: HashSet<Arc<Path>> = found.iter().flat_map(|module| self.modules.imports(module)).collect();
        found.extend(imported);
        found.retain(|module| **module != *file);
        (found.len() <= MOST_MODULES).then_some(found)
    }

    /// What the module at this absolute path replaces.
    fn replacements(&self, file: &Arc<Path>) -> Arc<[Replacement]> {
        if let Some(known) = locked(&self.replacements).get(file) {
            return known.clone();
        }
        let found: Arc<[Replacement]> = self.read_replacements(file).unwrap_or_default().into();
        locked(&self.replacements).insert(file.clone(), found.clone());
        found
    }

    fn read_replacements(&self, file: &Path) -> Option<Vec<Replacement>> {
        let text = reading::read(file, Kind::Source).unwrap_or_default();
        let told = |source: &SourceFile| looked_at_alone(source, file, &self.modules, stand_ins::of_module);
        stand_ins::are_written_in(&text).then(|| self.read(file, told))?
    }
}
