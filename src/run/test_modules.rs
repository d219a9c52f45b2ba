//! Files that are test code because others say so: in Rust a module above them (`#[cfg(test)] mod support;`), in Python the
//! project's configuration of pytest.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::project::TestFiles;
use crate::reading::{self, Kind};
use crate::rust::{ModuleFiles, module_files};

/// How many folders up a module may be declared, and how many modules are followed up to the root.
const HIGHEST: usize = 3;
const FARTHEST: usize = 16;

/// What the files of a run say of their modules, each read once.
#[derive(Debug)]
pub(super) struct TestModules {
    read: Mutex<HashMap<PathBuf, Option<Arc<ModuleFiles>>>>,
    /// Python's.
    pub(super) of_pytest: TestFiles,
}

impl TestModules {
    /// For whom ws-lint runs in this absolute folder.
    pub(super) fn new(working_directory: &Path) -> Self {
        Self {
            read: Mutex::default(),
            of_pytest: TestFiles::new(working_directory),
        }
    }

    /// Whether the Rust file at this absolute path is only compiled for tests, as far as the files above it show.
    pub(super) fn cover(&self, path: &Path) -> bool {
        path.extension().is_some_and(|extension| extension == "rs") && self.is_for_tests(path, FARTHEST)
    }

    fn is_for_tests(&self, path: &Path, hops: usize) -> bool {
        let Some(hops) = hops.checked_sub(1) else { return false };
        let (mut is_declared, mut is_only_for_tests) = (false, true);
        for (parent, files) in self.parents(path) {
            for declared in files.that_may_be(path) {
                let file = declared.path.as_deref();
                if !is_meant(&parent, &declared.names, file, path) {
                    continue;
                }
                is_declared = true;
                // A parent that is for tests alone makes all of its modules so.
                is_only_for_tests &= declared.for_tests || files.for_tests || self.is_for_tests(&parent, hops);
            }
        }
        is_declared && is_only_for_tests
    }

    /// The file at this absolute path has another text, or came or went.
    pub(super) fn forget(&mut self, path: &Path) {
        let read = self.read.get_mut().unwrap_or_else(PoisonError::into_inner);
        read.remove(path);
    }

    /// The files that may declare the module whose code is at `path`, with what they say.
    fn parents(&self, path: &Path) -> Vec<(PathBuf, Arc<ModuleFiles>)> {
        let mut parents = Vec::new();
        for folder in path.ancestors().skip(1).take(HIGHEST) {
            let beside = ["lib.rs", "main.rs", "mod.rs"].map(|name| folder.join(name));
            let named_so = folder.file_name().map(|_| folder.with_extension("rs"));
            for candidate in beside.into_iter().chain(named_so) {
                if candidate != path
                    && let Some(files) = self.files(&candidate)
                {
                    parents.push((candidate, files));
                }
            }
        }
        parents
    }

    fn files(&self, path: &Path) -> Option<Arc<ModuleFiles>> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.entry(path.to_owned())
            .or_insert_with(|| text(path).map(|text| Arc::new(module_files(&text))))
            .clone()
    }
}

/// Whether the module that `parent` declares by these names, or at this path, has its code at `path`.
fn is_meant(parent: &Path, names: &[String], file: Option<&str>, path: &Path) -> bool {
    let Some(folder) = parent.parent() else { return false };
    if let Some(file) = file {
        return folder.join(file) == path;
    }
    let stem = parent.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let mut module = match stem {
        "lib" | "main" | "mod" => folder.to_owned(),
        other => folder.join(other),
    };
    module.extend(names);
    module.with_extension("rs") == path || module.join("mod.rs") == path
}

/// The text of a plain file; without `mod` in it, it declares none.
fn text(path: &Path) -> Option<String> {
    let bytes = reading::read(path, Kind::Configuration).ok()?;
    memchr::memmem::find(&bytes, b"mod")?;
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_for_tests_where_every_declaration_says_so() {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in [
            (
                "src/lib.rs",
                "#[cfg(test)] mod support; #[cfg(test)] #[path = \"odd.rs\"] mod even; mod net; mod both; #[cfg(test)] mod deep; mod inline { #[cfg(test)] mod x; }",
            ),
            ("src/main.rs", "#[cfg(test)] mod both; mod net;"),
            ("src/net.rs", "#[cfg(all(test, unix))] mod helpers; mod plain;"),
            ("src/deep/mod.rs", "mod deeper;"),
            ("src/deep/deeper.rs", "mod deepest;"),
            ("src/gated/mod.rs", "#![cfg(test)] mod inner;"),
        ] {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let modules = TestModules::new(root.path());
        for (path, expected) in [
            ("src/support.rs", true),
            ("src/support/mod.rs", true),
            ("src/net.rs", false),
            ("src/both.rs", false),
            ("src/net/helpers.rs", true),
            ("src/odd.rs", true),
            ("src/net/plain.rs", false),
            ("src/deep/mod.rs", true),
            ("src/deep/deeper.rs", true),
            ("src/deep/deeper/deepest.rs", true),
            ("src/inline/x.rs", true),
            ("src/gated/inner.rs", true),
            ("src/nowhere.rs", false),
            ("src/lib.rs", false),
            ("src/support.py", false),
        ] {
            assert_eq!(modules.cover(&root.path().join(path)), expected, "{path}");
        }
    }
}
