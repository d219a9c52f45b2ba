//! What is known of modules is kept as long as it holds: what another text of one of them takes with it.

use std::collections::HashSet as Found;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use super::super::outlook::Outlook;
use super::{Modules, locked};

impl Modules {
    /// The modules at these absolute paths have other texts. What was known of them goes, and of every module that imports one of
    /// them, directly or not: those are returned, the given ones among them.
    pub(in crate::python) fn forget_texts(&mut self, changed: &[PathBuf]) -> Vec<Arc<Path>> {
        let depending = self.depending_on(changed);
        let gives_fixtures = depending.iter().any(|file| is_conftest(file));
        for file in &depending {
            exclusive(&mut self.files).remove(&**file);
            exclusive(&mut self.leading_on).remove(&**file);
        }
        for file in changed {
            exclusive(&mut self.outlooks).remove(file);
        }
        if gives_fixtures {
            // A place has the modules that its fixtures come from, and a module has its place.
            exclusive(&mut self.places).clear();
            exclusive(&mut self.files).clear();
            exclusive(&mut self.leading_on).clear();
        }
        depending
    }

    /// The modules that are imported, directly or not, by these, which are among them.
    pub(in crate::python) fn reached_from(&self, files: Vec<Arc<Path>>) -> Found<PathBuf> {
        let (mut pending, mut reached) = (files, Found::new());
        while let Some(file) = pending.pop() {
            if reached.insert(file.to_path_buf()) {
                pending.extend(self.imports(&file));
            }
        }
        reached
    }

    /// What a module was last known to import; nothing where nobody asked for it.
    pub(in crate::python) fn known_imports(&self, file: &Path) -> Vec<Arc<Path>> {
        let known = locked(&self.outlooks);
        known.get(file).map(|known| known.imports.clone()).unwrap_or_default()
    }

    /// The modules that are known to import one of these, directly or not, and these.
    fn depending_on(&self, changed: &[PathBuf]) -> Vec<Arc<Path>> {
        let known = locked(&self.outlooks);
        let mut depending: Vec<Arc<Path>> = changed.iter().map(|file| Arc::from(file.as_path())).collect();
        // By bytes, which is several times as fast as by the parts of a path.
        let mut names: Found<Arc<OsStr>> = changed.iter().map(|file| Arc::from(file.as_os_str())).collect();
        let mut latest: Found<Arc<OsStr>> = names.clone();
        while !latest.is_empty() {
            let imports_one = |outlook: &Arc<Outlook>| {
                let mut imports = outlook.imports.iter();
                imports.any(|file| latest.contains(file.as_os_str()))
            };
            let next = known.iter().filter(|(_, outlook)| imports_one(outlook));
            let next: Vec<&PathBuf> = next
                .map(|(file, _)| file)
                .filter(|file| !names.contains(file.as_os_str()))
                .collect();
            latest = next.iter().map(|file| Arc::from(file.as_os_str())).collect();
            names.extend(latest.iter().cloned());
            depending.extend(next.into_iter().map(|file| Arc::from(file.as_path())));
        }
        depending
    }
}

/// Whether pytest takes fixtures for the folder from the module at this path.
pub(in crate::python) fn is_conftest(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name == "conftest.py")
}

fn exclusive<T>(mutex: &mut std::sync::Mutex<T>) -> &mut T {
    mutex.get_mut().unwrap_or_else(PoisonError::into_inner)
}
