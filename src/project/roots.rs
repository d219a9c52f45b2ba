//! Finds the manifests that hold for a file.
//!
//! Python: [`super::extent`] says where the project begins. Every folder from the file's up to its root counts, the nearest first.
//! The oldest Python is what a manifest
//! declares, else what a lock file or a classifier speaks of, else what [`super::evidence`] tells, else what the pinned clients can run
//! on. [`super::precedence`] says which manifest decides about the releases of a package.
//!
//! Rust: the nearest `Cargo.toml` upwards, the workspace that it is a member of, and the `Cargo.lock` beside that. The lock file
//! narrows what the manifest declares.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::cargo_crate::Crate;
use super::cargo_manifest::{self, Code};
use super::cargo_workspace;
use super::crates::crates;
use super::files::Files;
use super::manifest::Manifest;
use super::python_facts::{declared, facts_of};
use super::python_folder::{ConftestReader, Place, PythonFolder};
use super::{cargo_requirements, requirements, test_timeout};
use super::{evidence, pins};
use crate::facts::{Conftest, Fact, ProjectFacts, PythonVersion, Requirement, Rustfmt};
use crate::source::{Language, SourceFile};

/// The facts of every project that a run meets. Each folder is read once; threads share it.
#[derive(Debug)]
pub struct Projects {
    files: Files,
    read_conftest: ConftestReader,
    facts: Mutex<HashMap<(PathBuf, Language), Arc<ProjectFacts>>>,
    python_folders: Mutex<HashMap<PathBuf, Arc<PythonFolder>>>,
    /// By the nearest folder that says anything.
    python_facts: Mutex<HashMap<PathBuf, Arc<ProjectFacts>>>,
    /// By the folder that was asked.
    told_pythons: Mutex<HashMap<PathBuf, Option<Fact<PythonVersion>>>>,
    workspaces: Mutex<HashMap<PathBuf, Arc<Vec<Requirement>>>>,
}

impl Projects {
    /// Paths that are not absolute start at `working_directory`, and manifests below it are named from there. `read_conftest`
    /// says what a `conftest.py` does.
    #[must_use]
    pub fn new(working_directory: &Path, read_conftest: fn(&SourceFile) -> Conftest) -> Self {
        Self {
            files: Files::new(&resolved(working_directory)),
            read_conftest,
            facts: Mutex::default(),
            python_folders: Mutex::default(),
            python_facts: Mutex::default(),
            told_pythons: Mutex::default(),
            workspaces: Mutex::default(),
        }
    }

    /// What the manifests around the file at `path` say. The file itself need not exist. For a manifest, what the other
    /// manifests of its project say is in [`ProjectFacts::requirements`].
    ///
    /// A `conftest.py` is parsed: the thread needs a stack of [`STACK_BYTES`](crate::stack::STACK_BYTES).
    #[must_use]
    pub fn facts_for(&self, path: &Path, language: Language) -> Arc<ProjectFacts> {
        // The facts of a manifest leave its own words out: they are for it alone.
        let key = match language {
            Language::Manifest => path.to_owned(),
            Language::Python | Language::Rust => path.parent().unwrap_or(Path::new("")).to_owned(),
        };
        if let Some(known) = locked(&self.facts).get(&(key.clone(), language)) {
            return Arc::clone(known);
        }
        let folder = resolved(
            &self
                .files
                .working_directory()
                .join(path.parent().unwrap_or(Path::new(""))),
        );
        let facts = match language {
            Language::Python => self.python_facts(&folder),
            Language::Rust => Arc::new(self.rust_facts(&folder)),
            Language::Manifest => Arc::new(self.manifest_facts(&folder, path.file_name().unwrap_or_default().as_ref())),
        };
        locked(&self.facts).insert((key, language), Arc::clone(&facts));
        facts
    }

    /// The folder of the Python project that the file at `path` belongs to.
    #[must_use]
    pub fn root_of(&self, path: &Path) -> PathBuf {
        let working_directory = self.files.working_directory();
        let folder = resolved(&working_directory.join(path.parent().unwrap_or(Path::new(""))));
        self.files.extents().project(&folder).to_owned()
    }

    /// What is wrong with the manifests that were read so far, each with its place, sorted.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        self.files.warnings()
    }

    fn python_facts(&self, folder: &Path) -> Arc<ProjectFacts> {
        let folders = self.python_folders(folder);
        let is_declared = folders
            .iter()
            .any(|folder| folder.python.is_some() || folder.hinted_python.is_some());
        let tells = |folder: &Path| !is_declared && self.told_python(folder).is_some();
        let mut speaking = folder.ancestors().zip(&folders);
        let nearest = speaking.position(|(path, folder)| **folder != PythonFolder::default() || tells(path));
        let index = nearest.unwrap_or(folders.len().saturating_sub(1));
        let folder = folder.ancestors().nth(index).unwrap_or(folder);
        if let Some(known) = locked(&self.python_facts).get(folder) {
            return Arc::clone(known);
        }
        let folders = folders.get(index..).unwrap_or_default();
        let told = || self.told_by_any(folder, folders.len());
        let mut facts = facts_of(folders, told);
        if facts.python.is_none() {
            let root = folder.ancestors().nth(folders.len().saturating_sub(1));
            let around = root.and_then(|root| self.python_around(root));
            let requirements = folders.iter().flat_map(|folder| folder.requirements.values().flatten());
            facts.python_around = around.or_else(|| pins::oldest_of_markers(requirements));
        }
        let facts = Arc::new(facts);
        locked(&self.python_facts).insert(folder.to_owned(), Arc::clone(&facts));
        facts
    }

    /// What the nearest of the first `count` folders tells, from this one upwards.
    fn told_by_any(&self, folder: &Path, count: usize) -> Option<Fact<PythonVersion>> {
        folder
            .ancestors()
            .take(count)
            .find_map(|folder| self.told_python(folder))
    }

    /// The oldest Python that the folders above a project tell of, up to the root of its repository: a workspace says it for its
    /// members, and workflows lie there only.
    fn python_around(&self, root: &Path) -> Option<Fact<PythonVersion>> {
        let whole = self.files.extents().whole(root);
        let mut inner = root;
        while let Some(above) = inner
            .parent()
            .filter(|above| inner != whole && above.starts_with(whole))
        {
            let folders = self.python_folders(above);
            let told = declared(&folders).or_else(|| self.told_by_any(above, folders.len()));
            if told.is_some() {
                return told;
            }
            inner = above.ancestors().nth(folders.len().saturating_sub(1))?;
        }
        None
    }

    /// The oldest Python that a folder tells of without a manifest.
    fn told_python(&self, folder: &Path) -> Option<Fact<PythonVersion>> {
        if let Some(known) = locked(&self.told_pythons).get(folder) {
            return known.clone();
        }
        let told = evidence::oldest_python(self.place(folder));
        locked(&self.told_pythons).insert(folder.to_owned(), told.clone());
        told
    }

    /// The folders of the project from this one up to its root.
    fn python_folders(&self, folder: &Path) -> Vec<Arc<PythonFolder>> {
        let root = self.files.extents().project(folder);
        let folders = folder.ancestors().take_while(|above| above.starts_with(root));
        folders.map(|folder| self.python_folder(folder, root)).collect()
    }

    fn python_folder(&self, folder: &Path, root: &Path) -> Arc<PythonFolder> {
        if let Some(known) = locked(&self.python_folders).get(folder) {
            return Arc::clone(known);
        }
        let mut warnings = Vec::new();
        let place = Place {
            folder,
            root,
            files: &self.files,
        };
        let read = Arc::new(PythonFolder::read(place, self.read_conftest, &mut warnings));
        self.files.warn(warnings);
        locked(&self.python_folders).insert(folder.to_owned(), Arc::clone(&read));
        read
    }

    fn manifest_facts(&self, folder: &Path, name: &Path) -> ProjectFacts {
        let manifest = folder.join(name);
        // A file of `requirements/` speaks for the folder that has it.
        let is_nested = name
            .extension()
            .is_some_and(|extension| extension != "toml" && extension != "cfg")
            && folder.file_name().is_some_and(|name| name == requirements::FOLDER);
        let folder = folder.parent().filter(|_| is_nested).unwrap_or(folder);
        let (facts, all) = match name == Path::new("Cargo.toml") {
            true => (self.rust_facts(folder), self.workspace_of(folder)),
            false => (
                ProjectFacts::clone(&self.python_facts(folder)),
                self.requirements_above(folder),
            ),
        };
        let others = all.into_iter().filter(|one| one.manifest != manifest);
        ProjectFacts {
            requirements: others.collect(),
            ..facts
        }
    }

    fn requirements_above(&self, folder: &Path) -> Vec<Requirement> {
        let folders = self.python_folders(folder);
        let numbered = folders.iter().enumerate().flat_map(|(folders_up, folder)| {
            folder.all_requirements().map(move |one| Requirement {
                folders_up,
                ..one.clone()
            })
        });
        numbered.collect()
    }

    fn rust_facts(&self, folder: &Path) -> ProjectFacts {
        let mut warnings = Vec::new();
        let rustfmt = self.rustfmt(folder);
        let facts = self.crate_of(folder, &mut warnings).map(|of| {
            let workspace = of.workspace.as_ref().map(|(_, manifest)| &**manifest);
            let code = code_of(folder, &of.root);
            let mut tokio_time = |code| cargo_manifest::tokio_time(&of.manifest, code, workspace, &mut warnings);
            let (tokio_time, tokio_time_in_tests) = (tokio_time(code), tokio_time(Code::Development));
            let declared = cargo_requirements::read(&of.manifest, workspace, &mut warnings);
            let lock = self.cargo_lock(&of, &mut warnings);
            ProjectFacts {
                rustfmt: rustfmt.clone().of_crate(&of.manifest, workspace),
                test_timeout: self.nextest(&of, &mut warnings),
                tokio_time,
                tokio_time_in_tests,
                packages: crates(&declared, &lock).into_iter().collect(),
                ..ProjectFacts::default()
            }
        });
        self.files.warn(warnings);
        facts.unwrap_or_else(|| ProjectFacts {
            rustfmt,
            ..ProjectFacts::default()
        })
    }

    /// What the nearest file for rustfmt says above a folder.
    fn rustfmt(&self, folder: &Path) -> Rustfmt {
        let whole = self.files.extents().whole(folder);
        let mut folders = folder.ancestors().take_while(|above| above.starts_with(whole));
        let names = [".rustfmt.toml", "rustfmt.toml"];
        let in_folder = |folder: &Path| {
            names
                .iter()
                .find_map(|name| self.place(folder).manifest(name, &mut Vec::new()))
        };
        let manifest = folders.find_map(in_folder);
        manifest.map(|manifest| Rustfmt::of(&manifest)).unwrap_or_default()
    }

    fn crate_of(&self, folder: &Path, warnings: &mut Vec<String>) -> Option<Crate> {
        Crate::of(folder, &self.files, resolved, warnings)
    }

    fn cargo_lock(&self, of: &Crate, warnings: &mut Vec<String>) -> Vec<Requirement> {
        let lock = self.place(of.top()).manifest("Cargo.lock", warnings);
        lock.map(|lock| cargo_requirements::locked(&lock, warnings))
            .unwrap_or_default()
    }

    /// What cargo-nextest is told in the folder of the workspace, or of the crate that has none.
    fn nextest(&self, of: &Crate, warnings: &mut Vec<String>) -> Option<Fact<f64>> {
        let manifest = self.place(of.top()).manifest(".config/nextest.toml", warnings)?;
        test_timeout::nextest(&manifest, warnings)
    }

    /// What the manifests of all members of the workspace around a folder say, and its lock file.
    fn workspace_of(&self, folder: &Path) -> Vec<Requirement> {
        let mut warnings = Vec::new();
        let Some(of) = self.crate_of(folder, &mut warnings) else {
            return Vec::new();
        };
        let (root, workspace) = match &of.workspace {
            Some((root, workspace)) => (root, Some(&**workspace)),
            None => (&of.root, None),
        };
        if let Some(known) = locked(&self.workspaces).get(root) {
            return known.to_vec();
        }
        let members = workspace.map(|workspace| cargo_workspace::members(workspace, root));
        let members = members.unwrap_or_default();
        let mut folders: BTreeSet<PathBuf> = members.iter().map(|member| resolved(member)).collect();
        folders.insert(root.clone());
        let mut all = self.cargo_lock(&of, &mut warnings);
        for folder in folders {
            if let Some(manifest) = self.cargo_manifest(&folder, &mut warnings) {
                all.extend(cargo_requirements::read(&manifest, workspace, &mut warnings));
            }
        }
        self.files.warn(warnings);
        locked(&self.workspaces).insert(root.clone(), Arc::new(all.clone()));
        all
    }

    fn cargo_manifest(&self, folder: &Path, warnings: &mut Vec<String>) -> Option<Arc<Manifest>> {
        self.place(folder).manifest("Cargo.toml", warnings)
    }

    fn place<'a>(&'a self, folder: &'a Path) -> Place<'a> {
        Place {
            folder,
            root: folder,
            files: &self.files,
        }
    }
}

/// Which dependencies the files in `folder` of the crate at `root` can use.
fn code_of(folder: &Path, root: &Path) -> Code {
    let first = folder.strip_prefix(root).ok().and_then(|rest| rest.iter().next());
    match first.and_then(|name| name.to_str()) {
        Some("tests" | "examples" | "benches") => Code::Development,
        _ => Code::Library,
    }
}

/// The folder without symbolic links and `..`, so that "upwards" is where the file really is. One that does not exist
/// is taken as it is written.
fn resolved(folder: &Path) -> PathBuf {
    fs::canonicalize(folder).unwrap_or_else(|_| std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned()))
}

/// No value is left half-changed by a panic elsewhere.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
