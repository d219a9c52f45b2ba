//! What is kept of the crates of a run while their files change, and what goes.

use std::collections::HashMap;
use std::hash::Hash;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use super::{Crates, Memory};

impl Crates {
    /// The file at this absolute path has another text; where it `came_or_went` it is there or gone since. What depends on it is
    /// forgotten: no file outside of the folder that is returned does.
    pub fn forget(&mut self, file: &Path, came_or_went: bool) -> PathBuf {
        let package = self.package(file);
        let package = package
            .or_else(|| file.parent().map(Path::to_owned))
            .unwrap_or_default();
        // Packages look into each other where one depends on the other by path.
        let within = self.manifests.names(&package).within.clone();
        let folder = if package.starts_with(&within) {
            within
        } else {
            package.clone()
        };
        let is_near = |path: &Path| path.starts_with(&folder);
        // What is told of a file by its own text alone stays, as long as the files are the same.
        let is_told_anew = |path: &Path| path == file || came_or_went && is_near(path);
        self.modules.retain(|path| !is_told_anew(path));
        self.outlines.retain(|(path, _)| !is_told_anew(path));
        if came_or_went {
            self.folders.retain(|path| !is_near(path));
        }
        self.places.retain(|path| !is_near(path));
        self.bytes.retain(|path| !is_near(path));
        self.indexes.retain(|path| *path != package);
        self.walked.retain(|path| !is_near(path));
        self.meanings.retain(|(package, ..)| !is_near(package));
        folder
    }
}

impl<K: Eq + Hash, V> Memory<K, V> {
    fn retain(&mut self, stays: impl Fn(&K) -> bool) {
        let known: &mut HashMap<K, _> = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        known.retain(|key, _| stays(key));
    }
}
