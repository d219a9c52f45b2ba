//! What is known around the files of a run: the modules of their projects, their packages, what the manifests say. It is found out
//! where somebody asks, and kept from one look to the next; what a change takes with it is said here, once for `--watch` and the
//! language server.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::test_modules::TestModules;
use crate::project::Projects;
use crate::python;
use crate::rules::{self, Check};
use crate::rust::Crates;
use crate::source::Language;

/// Python files that say something of a project besides what they say as modules.
const SPEAK_OF_PROJECT: [&str; 3] = ["setup.py", "conftest.py", "noxfile.py"];

/// What is known around files. Threads share it.
#[derive(Debug)]
pub struct Known {
    cwd: PathBuf,
    /// What looks at the files: [`rules::CHECKS`], but where a test of the engine puts in checks whose fixes are broken.
    pub(super) checks: &'static [Check],
    pub(super) python: python::Program,
    pub(super) projects: Projects,
    pub(super) modules: TestModules,
    pub(super) crates: Crates,
}

/// What happened to files since they were looked at, by their absolute paths.
#[derive(Debug, Default)]
pub struct Happened {
    /// They were there and are, with other texts.
    pub changed: Vec<PathBuf>,
    /// They are there or gone since.
    pub came_or_went: Vec<PathBuf>,
}

/// The files of which something else may be said than before.
#[derive(Debug, Default)]
pub struct Touched {
    /// None: all of them.
    python: Option<HashSet<PathBuf>>,
    /// Rust's below these folders.
    folders: Vec<PathBuf>,
    /// Manifests, and what they are about: everything.
    is_everything: bool,
}

impl Known {
    /// Nothing yet. Files that are not named by absolute paths are named from `cwd`, and manifests below it are shown from there.
    #[must_use]
    pub fn new(cwd: &Path) -> Self {
        Self {
            cwd: cwd.to_owned(),
            checks: rules::CHECKS,
            python: python::Program::new(cwd),
            projects: Projects::new(cwd, python::read_conftest),
            modules: TestModules::new(cwd),
            crates: Crates::new(cwd),
        }
    }

    /// The folder that files are named from.
    #[must_use]
    pub fn cwd(&self) -> &Path {
        &self.cwd
    }

    /// What is wrong with the manifests that were read so far: one line each, sorted.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        self.projects.warnings()
    }

    /// Whether the Rust file at an absolute path is only compiled for tests, as the files above it say, or the manifest.
    pub(super) fn is_for_tests(&self, path: &Path) -> bool {
        self.modules.cover(path) || self.crates.is_of_tests(path)
    }

    /// Forgets what does not hold any more. A configuration is nothing that is known here: where one changed, all is to be begun anew.
    pub fn forget(&mut self, happened: &Happened) -> Touched {
        let mut touched = Touched::nothing();
        let python = |path: &PathBuf| language(path) == Some(Language::Python);
        let changed: Vec<PathBuf> = happened.changed.iter().filter(|path| python(path)).cloned().collect();
        if happened.came_or_went.iter().any(python) {
            // What an import means hangs on which files there are.
            self.python = python::Program::new(&self.cwd);
            touched.python = None;
        } else if !changed.is_empty() {
            touched.python = self.python.forget_texts(&changed);
        }
        let came_or_went = happened.came_or_went.iter().map(|path| (path, true));
        for (path, came_or_went) in happened.changed.iter().map(|path| (path, false)).chain(came_or_went) {
            match language(path) {
                Some(Language::Rust) => {
                    self.modules.forget(path);
                    let package = self.crates.forget(path, came_or_went);
                    touched.folders.extend(path.parent().map(Path::to_owned));
                    touched.folders.push(package);
                }
                Some(Language::Python) if !speaks_of_project(path) => {}
                _ => self.forget_projects(came_or_went, &mut touched),
            }
        }
        touched
    }

    /// What manifests say goes, and with one that came or went where projects begin.
    fn forget_projects(&mut self, came_or_went: bool, touched: &mut Touched) {
        touched.is_everything = true;
        self.projects = Projects::new(&self.cwd, python::read_conftest);
        self.modules = TestModules::new(&self.cwd);
        self.crates = Crates::new(&self.cwd);
        if came_or_went {
            self.python = python::Program::new(&self.cwd);
        }
    }
}

impl Touched {
    /// Whether something else may be said of the file at this absolute path.
    #[must_use]
    pub fn has(&self, path: &Path) -> bool {
        self.is_everything
            || match language(path) {
                Some(Language::Python) => self.python.as_ref().is_none_or(|files| files.contains(path)),
                Some(Language::Rust) => self.folders.iter().any(|folder| path.starts_with(folder)),
                // A script without an ending, or a manifest.
                _ => self.python.is_none(),
            }
    }

    /// The files that it is, where it is modules of Python alone.
    pub(super) fn only_these(&self) -> Option<&HashSet<PathBuf>> {
        let is_more = self.is_everything || !self.folders.is_empty();
        self.python.as_ref().filter(|_| !is_more)
    }

    fn nothing() -> Self {
        Self {
            python: Some(HashSet::new()),
            ..Self::default()
        }
    }
}

fn language(path: &Path) -> Option<Language> {
    match path.extension().and_then(OsStr::to_str)? {
        "py" | "pyi" => Some(Language::Python),
        "rs" => Some(Language::Rust),
        _ => None,
    }
}

fn speaks_of_project(path: &Path) -> bool {
    let name = path.file_name().and_then(OsStr::to_str);
    name.is_some_and(|name| SPEAK_OF_PROJECT.contains(&name))
}

#[cfg(test)]
mod tests;
