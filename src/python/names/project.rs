//! The modules of a project that a module names: found by Python's rules of where a module lies, read at most once a run,
//! and never imported or run. What is installed is no part of the project: the catalogue knows it.

mod fixture_modules;
mod forget;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use foldhash::{HashMap, HashSet};
use ruff_python_ast::name::Name;
use ruff_python_stdlib::sys::is_known_standard_library;

use super::Names;
use super::binding::{Elsewhere, Function, FunctionId, ScopeId};
use super::outlook::{Outlook, may_choose};
use super::releases::{self, Flags};
use super::table::Table;
use crate::catalog::{is_known, modules_within};
use crate::decode::{Decoded, decode};
use crate::project::Extents;
use crate::python::syntax::parse;
use crate::reading::{self, Kind};
use crate::source::{Language, SourceFile};
use crate::stack::STACK_BYTES;

pub(super) use fixture_modules::plugins_named;
pub(in crate::python) use forget::is_conftest;

/// So many names of a dotted path are followed.
const LONGEST: usize = 16;

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

/// What one module says to those that import it. Plain data.
pub(in crate::python) struct Summary {
    file: PathBuf,
    source: SourceFile,
    pub(super) table: Table,
    pub(super) home: Home,
    /// Its names that lead to a library of the catalogue, once that was asked.
    pub(super) leading: OnceLock<foldhash::HashSet<Name>>,
    /// Its names that stand for texts beyond ASCII, once that was asked.
    pub(super) texts: OnceLock<foldhash::HashSet<Name>>,
    /// Its functions that ask a stream for its encoding, once that was asked.
    asking: OnceLock<HashSet<FunctionId>>,
    /// Its names that say which release of something is there, as far as itself tells.
    flags: Flags,
}

impl Summary {
    /// The module's file, as an absolute path.
    pub(in crate::python) fn file(&self) -> &Path {
        &self.file
    }

    /// Its text, which is shown by its path from where ws-lint runs.
    pub(in crate::python) fn source(&self) -> &SourceFile {
        &self.source
    }

    /// Its names that say which release of something is there, as far as itself tells.
    pub(in crate::python) fn flags(&self) -> &Flags {
        &self.flags
    }

    /// The name of a function of the module, behind those of the classes around it.
    pub(in crate::python) fn qualified(&self, function: FunctionId) -> &str {
        &self.table.function(function).qualified
    }

    /// Its functions that ask a stream for its encoding, which are searched for once.
    pub(in crate::python) fn asking_for_encoding(
        &self,
        search: impl FnOnce(&Table) -> HashSet<FunctionId> + Send,
    ) -> &HashSet<FunctionId> {
        self.asking
            .get_or_init(|| on_its_own_stack(|| Some(search(&self.table))).unwrap_or_default())
    }

    /// As [`Table::functions`].
    pub(in crate::python) fn functions(&self) -> impl ExactSizeIterator<Item = &Function> {
        self.table.functions()
    }

    /// As [`Table::methods`].
    pub(in crate::python) fn methods(&self, class: ScopeId) -> impl Iterator<Item = FunctionId> {
        self.table.methods(class)
    }

    /// As [`Table::method_name`].
    pub(in crate::python) fn method_name(&self, function: FunctionId) -> Option<&str> {
        self.table.method_name(function)
    }

    /// Whether a function of the module is a coroutine.
    pub(in crate::python) fn is_async(&self, function: FunctionId) -> bool {
        self.table.is_async(function)
    }

    /// Whether a function of the module yields.
    pub(in crate::python) fn yields(&self, function: FunctionId) -> bool {
        self.table.yields(function)
    }

    /// As [`Table::parameters`].
    pub(in crate::python) fn parameters(&self, function: FunctionId) -> &[Name] {
        self.table.parameters(function)
    }
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

    /// The module of the project that the beginning of `path` names in the module at `home`, and the names behind it.
    pub(super) fn named<'p>(&self, home: &Home, path: &'p str) -> Option<(Elsewhere, Vec<&'p str>)> {
        let (file, names) = self.located(home, path)?;
        Some((self.summary(&file)?, names))
    }

    /// As [`Self::named`], with the file of the module.
    pub(super) fn located<'p>(&self, home: &Home, path: &'p str) -> Option<(Arc<Path>, Vec<&'p str>)> {
        let (file, used) = self.beginning(home, path)?;
        let names = path.split('.').filter(|name| !name.is_empty());
        Some((file, names.skip(used).collect()))
    }

    /// The file of the module that the beginning of `path` names in the module at `home`, and how many names that takes.
    pub(super) fn beginning(&self, home: &Home, path: &str) -> Option<Beginning> {
        let bare = path.trim_start_matches('.');
        let names = || bare.split('.').filter(|name| !name.is_empty());
        let is_relative = bare.len() < path.len();
        if !is_relative
            && names()
                .next()
                .is_none_or(|first| !home.place.has(first) || is_installed(first))
        {
            return None;
        }
        let known = locked(&home.place.known).get(path).cloned();
        let found = known.unwrap_or_else(|| {
            let names: Vec<&str> = names().collect();
            let found = match path.len() - bare.len() {
                0 => home.place.bases.iter().find_map(|(base, entries)| {
                    let (file, used) = self.lying_in(base, &names)?;
                    let is_whole_module = used == names.len();
                    let may_be_library = || is_known(bare) && self.may_be_library(&file, used, entries);
                    (is_whole_module || !may_be_library()).then_some((file, used))
                }),
                dots => self.relative(home, dots, &names),
            };
            let found = found.map(|(file, used)| (Arc::from(file), used));
            locked(&home.place.known).insert(path.to_owned(), found.clone());
            found
        });
        found.filter(|(file, _)| **file != *home.file)
    }

    /// Whether a module that is called as a library is may be that library, whose own sources are looked at: a package that has
    /// a module of the library. One file beside those that import it is not. `used` names led to `file` from the folder with
    /// `entries`.
    fn may_be_library(&self, file: &Path, used: usize, entries: &Folder) -> bool {
        let (true, Some(package)) = (used == 1, file.parent()) else {
            return true;
        };
        if !file.ends_with("__init__.py") {
            return entries.modules.contains(OsStr::new("__init__"));
        }
        let Some(name) = package.file_name().and_then(OsStr::to_str) else {
            return false;
        };
        let (inside, mut modules) = (self.folder(package), modules_within(name).map(OsStr::new).peekable());
        let has = |name: &OsStr| inside.modules.contains(name) || inside.folders.contains(name);
        modules.peek().is_none() || modules.any(has)
    }

    /// The folder of the project that the module at this absolute path is part of.
    pub(in crate::python) fn top(&self, file: &Path) -> Option<PathBuf> {
        Some(self.home(file).place.top()?.to_owned())
    }

    /// The files of the packages that the module at this absolute path lies in, the innermost first.
    pub(super) fn packages_around(&self, file: &Path) -> Vec<PathBuf> {
        let home = self.home(file);
        let (Some(folder), Some(top)) = (file.parent(), home.place.top()) else {
            return Vec::new();
        };
        let is_package =
            |folder: &&Path| folder.starts_with(top) && self.folder(folder).modules.contains(OsStr::new("__init__"));
        let packages = folder.ancestors().take_while(is_package);
        packages.map(|folder| folder.join("__init__.py")).collect()
    }

    /// The file that the longest beginning of `names` means in `folder`.
    fn lying_in(&self, folder: &Path, names: &[&str]) -> Option<(PathBuf, usize)> {
        let (mut at, mut found) = (folder.to_owned(), None);
        for (index, name) in names.iter().take(LONGEST).enumerate() {
            let here = self.folder(&at);
            let name: &OsStr = name.as_ref();
            let package = at.join(name);
            let is_package = here.folders.contains(name);
            if is_package && self.folder(&package).modules.contains(OsStr::new("__init__")) {
                found = Some((package.join("__init__.py"), index + 1));
            } else if here.modules.contains(name) {
                return Some((package.with_extension("py"), index + 1));
            } else if !is_package {
                break;
            }
            at = package;
        }
        found
    }

    /// As [`Self::lying_in`] from the folder that so many dots mean; that package itself where no module of it is meant.
    fn relative(&self, home: &Home, dots: usize, names: &[&str]) -> Option<(PathBuf, usize)> {
        let folder = home.file.ancestors().nth(dots)?;
        if !folder.starts_with(home.place.top()?) {
            return None;
        }
        self.lying_in(folder, names).or_else(|| {
            let has_code = self.folder(folder).modules.contains(OsStr::new("__init__"));
            has_code.then(|| (folder.join("__init__.py"), 0))
        })
    }

    /// What the module at this path says; nothing where it cannot be read or does not parse.
    pub(in crate::python) fn summary(&self, file: &Path) -> Option<Elsewhere> {
        if let Some(known) = locked(&self.files).get(file) {
            return known.clone();
        }
        let home = self.home(file);
        let summary = self.read(&home).map(|(source, table, flags)| {
            let file = file.to_owned();
            Elsewhere(Arc::new(Summary {
                file,
                source,
                table,
                home,
                leading: OnceLock::new(),
                texts: OnceLock::new(),
                asking: OnceLock::new(),
                flags,
            }))
        });
        locked(&self.files).entry(file.to_owned()).or_insert(summary).clone()
    }

    fn read(&self, home: &Home) -> Option<(SourceFile, Table, Flags)> {
        let file = home.file();
        let bytes = reading::read(file, Kind::Source).ok()?;
        let shown = file.strip_prefix(self.working_directory()).unwrap_or(file);
        let Decoded::Source(source) = decode(shown.to_owned(), Language::Python, bytes) else {
            return None;
        };
        let (table, flags) = on_its_own_stack(|| {
            let parsed = parse::parse(&source).ok()?;
            let names = Names::build(parsed.syntax());
            // No other module is asked: they may ask this one.
            let is_own = |path: &str| self.located(home, path).is_some();
            let choices = may_choose(source.text().as_bytes());
            let flags = choices.then(|| releases::flags(parsed.syntax(), &names, releases::Others::Paths(&is_own)));
            Some((names.table, flags.unwrap_or_default()))
        })?;
        Some((source, table, flags))
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
