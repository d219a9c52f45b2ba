//! The modules of a project that a module names: found by Python's rules of where a module lies, read at most once a run,
//! and never imported or run. What is installed is no part of the project: the catalogue knows it.

mod fixture_modules;
mod forget;
mod located;
mod summary;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use foldhash::{HashMap, HashSet};
use ruff_python_stdlib::sys::is_known_standard_library;

use super::outlook::Outlook;
use super::value::Elsewhere;
use crate::project::Extents;
use crate::stack::STACK_BYTES;

pub(super) use fixture_modules::plugins_named;
pub(in crate::python) use forget::is_conftest;
pub(in crate::python) use summary::Summary;

/// A folder with more entries is not a package.
const MOST_ENTRIES: usize = 20_000;

/// Every module of the projects of a run that was asked for.
#[derive(Debug, Default)]
pub(in crate::python) struct Modules {
    /// A folder that files are named from is no higher than their project.
    extents: Extents,
    folders: Mutex<HashMap<PathBuf, Arc<Folder>>>,
    places: Mutex<HashMap<PathBuf, Arc<Place>>>,
    files: Mutex<HashMap<PathBuf, Option<Elsewhere>>>,
    /// Whether a library may be reached through the module at a path, once that was asked.
    pub(super) leading_on: Mutex<HashMap<Arc<Path>, bool>>,
    pub(super) outlooks: Mutex<HashMap<PathBuf, Arc<Outlook>>>,
}

/// Where a module stands in its project.
#[derive(Clone, Debug)]
pub(in crate::python) struct Home {
    file: PathBuf,
    place: Arc<Place>,
}

impl Home {
    /// The module's file, as an absolute path.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// Whether it can import anything but what is installed.
    pub(super) fn is_in_project(&self) -> bool {
        !self.place.bases.is_empty()
    }
}

/// What the imports of the modules in one folder can mean.
#[derive(Debug)]
struct Place {
    /// The folders whose modules have no package in front of their names, the nearest first. None for what is installed: it is
    /// nobody's project.
    bases: Vec<(PathBuf, Arc<Folder>)>,
    /// By path: the file that its beginning names, and how many names that takes.
    known: Mutex<HashMap<String, Option<Beginning>>>,
    /// The `conftest.py` of this folder and of those above it, the nearest first, and the plugins that these name.
    conftests: OnceLock<(Vec<Elsewhere>, Vec<Elsewhere>)>,
}

/// The file of a module that the beginning of a path names, and how many of its names that takes.
type Beginning = (Arc<Path>, usize);

impl Place {
    /// The folder of the project.
    fn top(&self) -> Option<&Path> {
        Some(&self.bases.last()?.0)
    }

    /// Whether a module or a folder of this name lies in one of the bases: most imports are of what is installed.
    fn has(&self, name: &str) -> bool {
        let name = OsStr::new(name);
        let mut bases = self.bases.iter();
        bases.any(|(_, entries)| entries.modules.contains(name) || entries.folders.contains(name))
    }
}

/// The names in a folder.
#[derive(Debug, Default)]
struct Folder {
    /// Of what may be a module: `x` for `x.py`.
    modules: HashSet<OsString>,
    folders: HashSet<OsString>,
}

impl Folder {
    fn read(path: &Path) -> Self {
        let mut folder = Self::default();
        for entry in fs::read_dir(path).into_iter().flatten().flatten().take(MOST_ENTRIES) {
            let name = PathBuf::from(entry.file_name());
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            match (is_folder, name.extension().is_some_and(|extension| extension == "py")) {
                (true, _) => folder.folders.insert(name.into_os_string()),
                (false, true) => name
                    .file_stem()
                    .is_some_and(|stem| folder.modules.insert(stem.to_owned())),
                (false, false) => false,
            };
        }
        folder
    }
}

/// Does `work`, which goes down trees, on a stack of its own: whoever asks may stand deep in one. Nothing where it cannot.
pub(in crate::python) fn on_its_own_stack<T: Send>(work: impl FnOnce() -> Option<T> + Send) -> Option<T> {
    thread::scope(|scope| {
        let worker = thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work);
        worker.ok()?.join().ok()?
    })
}

pub(in crate::python) fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Modules {
    /// For files that are named from this absolute folder.
    pub(in crate::python) fn new(working_directory: &Path) -> Self {
        Self {
            extents: Extents::new(working_directory),
            ..Self::default()
        }
    }

    /// The folder that files are named from.
    pub(in crate::python) fn working_directory(&self) -> &Path {
        self.extents.working_directory()
    }

    /// Where the module at this absolute path stands.
    pub(in crate::python) fn home(&self, file: &Path) -> Home {
        let folder = file.parent().unwrap_or(Path::new(""));
        let known = locked(&self.places).get(folder).cloned();
        let place = known.unwrap_or_else(|| {
            let place = Arc::new(Place {
                bases: self.bases(folder),
                known: Mutex::default(),
                conftests: OnceLock::new(),
            });
            locked(&self.places).entry(folder.to_owned()).or_insert(place).clone()
        });
        let file = file.to_owned();
        Home { file, place }
    }

    /// This folder and those above it, up to the one of the project, each behind its `src`.
    fn bases(&self, folder: &Path) -> Vec<(PathBuf, Arc<Folder>)> {
        if folder.components().any(|part| part.as_os_str() == "site-packages") {
            return Vec::new();
        }
        let highest = self.extents.whole(folder);
        let up_to = folder.ancestors().take_while(|above| above.starts_with(highest));
        up_to
            .flat_map(|folder| {
                let has_src = self.folder(folder).folders.contains(OsStr::new("src"));
                [has_src.then(|| folder.join("src")), Some(folder.to_owned())]
            })
            .flatten()
            .map(|path| {
                let entries = self.folder(&path);
                (path, entries)
            })
            .collect()
    }

    fn folder(&self, path: &Path) -> Arc<Folder> {
        if let Some(known) = locked(&self.folders).get(path) {
            return known.clone();
        }
        let folder = Arc::new(Folder::read(path));
        locked(&self.folders).insert(path.to_owned(), folder.clone());
        folder
    }
}

/// Whether a module of this name comes with Python.
pub(in crate::python) fn is_of_python(name: &str) -> bool {
    is_known_standard_library(NEWEST_MINOR, name)
}

/// Whether a module of this name comes with Python, or from what no project names anything of its own like.
pub(super) fn is_installed(name: &str) -> bool {
    is_of_python(name) || ALWAYS_INSTALLED.contains(&name)
}

/// The newest Python whose library is known.
const NEWEST_MINOR: u8 = 14;

/// What decorators and exception groups come from, which the catalogue has no entry for.
const ALWAYS_INSTALLED: &[&str] = &[
    "pytest",
    "pytest_asyncio",
    "pytest_trio",
    "anyio",
    "trio",
    "typing_extensions",
];
