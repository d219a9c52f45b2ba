//! The modules of a project that a module names: found by Python's rules of where a module lies, read at most once a run,
//! and never imported or run. What is installed is no part of the project: the catalogue knows it.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};
use std::thread;

use memchr::memmem;
use ruff_python_ast::name::Name;
use ruff_python_stdlib::sys::is_known_standard_library;

use super::binding::{Elsewhere, FunctionId};
use super::build;
use super::table::Table;
use crate::catalog::{Protocol, Vocabulary, Words};
use crate::check::STACK_BYTES;
use crate::decode::{Decoded, decode};
use crate::prescan::imported;
use crate::python::parse;
use crate::reading::{self, Kind};
use crate::source::{Language, SourceFile};

/// So many folders up a project is looked for.
const HIGHEST: usize = 16;

/// A folder with more entries is not a package.
const MOST_ENTRIES: usize = 20_000;

/// What marks the folder of a project where no `.git` does.
const MARKS: &[&str] = &["pyproject.toml", "setup.py", "setup.cfg", "pytest.ini", "tox.ini"];

/// Every module of the projects of a run that was asked for.
#[derive(Debug, Default)]
pub(in crate::python) struct Modules {
    /// A folder that files are named from is no higher than their project.
    working_directory: PathBuf,
    folders: Mutex<HashMap<PathBuf, Arc<Folder>>>,
    places: Mutex<HashMap<PathBuf, Arc<Place>>>,
    files: Mutex<HashMap<PathBuf, Option<Elsewhere>>>,
    /// Whether a library may be reached through the module at a path, once that was asked.
    leading_on: Mutex<HashMap<PathBuf, bool>>,
    outlooks: Mutex<HashMap<PathBuf, Arc<Outlook>>>,
}

/// What the import statements of a module name.
#[derive(Debug)]
struct Outlook {
    names_library: bool,
    /// A text in it may hold characters beyond ASCII.
    has_text: bool,
    /// The modules of the project.
    imports: Vec<PathBuf>,
}

/// What a file names that does something with a connection or a connect of another module.
const USES: [&str; 5] = ["await", "websocket", "recv", "receive", "run_forever"];

/// Whether a line assigns to a plain name what may be a text beyond ASCII: `OK = "✓"`.
fn assigns_text(line: &[u8]) -> bool {
    let Some(equals) = memchr::memchr(b'=', line) else {
        return false;
    };
    let (target, value) = line.split_at(equals);
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b' ' | b'\t');
    let escapes = || {
        let mut pairs = value.windows(2);
        pairs.any(|pair| matches!(pair, b"\\u" | b"\\U" | b"\\N"))
    };
    target.iter().all(is_name) && (!value.is_ascii() || escapes())
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

    /// The name of a function of the module, behind those of the classes around it.
    pub(in crate::python) fn qualified(&self, function: FunctionId) -> &str {
        &self.table.function(function).qualified
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
}

/// What the imports of the modules in one folder can mean.
#[derive(Debug)]
struct Place {
    /// The folders whose modules have no package in front of their names, the nearest first.
    bases: Vec<PathBuf>,
    /// By path: the file that its beginning names, and how many names that takes.
    known: Mutex<HashMap<String, Option<(PathBuf, usize)>>>,
    /// The `conftest.py` of this folder and of those above it, the nearest first.
    conftests: OnceLock<Vec<Elsewhere>>,
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
            working_directory: working_directory.to_owned(),
            ..Self::default()
        }
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
    fn bases(&self, folder: &Path) -> Vec<PathBuf> {
        let above: Vec<&Path> = folder.ancestors().take(HIGHEST).collect();
        let has = |folder: &Path, name: &str| folder.join(name).symlink_metadata().is_ok();
        let of_repository = above.iter().position(|folder| has(folder, ".git"));
        let is_project =
            |folder: &&Path| **folder == *self.working_directory || MARKS.iter().any(|mark| has(folder, mark));
        let highest = of_repository
            .or_else(|| above.iter().rposition(is_project))
            .unwrap_or(0);
        let up_to = above.into_iter().take(highest + 1);
        up_to
            .flat_map(|folder| {
                let has_src = self.folder(folder).folders.contains(OsStr::new("src"));
                [has_src.then(|| folder.join("src")), Some(folder.to_owned())]
            })
            .flatten()
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
    fn located<'p>(&self, home: &Home, path: &'p str) -> Option<(PathBuf, Vec<&'p str>)> {
        let bare = path.trim_start_matches('.');
        let names = || bare.split('.').filter(|name| !name.is_empty());
        let is_relative = bare.len() < path.len();
        if !is_relative && names().next().is_none_or(is_installed) {
            return None;
        }
        let known = locked(&home.place.known).get(path).cloned();
        let found = known.unwrap_or_else(|| {
            let names: Vec<&str> = names().collect();
            let found = match path.len() - bare.len() {
                0 => home.place.bases.iter().find_map(|base| self.lying_in(base, &names)),
                dots => self.relative(home, dots, &names),
            };
            locked(&home.place.known).insert(path.to_owned(), found.clone());
            found
        });
        let (file, used) = found.filter(|(file, _)| *file != home.file)?;
        Some((file, names().skip(used).collect()))
    }

    /// Whether the module at this absolute path, with this text, uses a name of another module of its project that leads to a
    /// library.
    pub(in crate::python) fn reaches(&self, file: &Path, text: &[u8]) -> bool {
        let is_installed = file.components().any(|part| part.as_os_str() == "site-packages");
        if is_installed || !USES.iter().any(|word| memmem::find(text, word.as_bytes()).is_some()) {
            return false;
        }
        let home = self.home(file);
        let mut modules = self.imported_by(&home, text);
        let is_test = memmem::find(text, b"def test").is_some();
        if is_test || file.file_name().is_some_and(|name| name == "conftest.py") {
            modules.extend(self.conftest_files(&home));
        }
        modules.retain(|module| self.leads_on(module));
        modules.iter().filter_map(|module| self.summary(module)).any(|module| {
            let leading = self.leading(&module);
            leading.iter().any(|name| memmem::find(text, name.as_bytes()).is_some())
        })
    }

    /// Whether the module at this absolute path, with this text, uses a name of another module of its project that stands for a
    /// text beyond ASCII.
    pub(in crate::python) fn reaches_texts(&self, file: &Path, text: &[u8]) -> bool {
        let home = self.home(file);
        let may_lead = |path: &&String| {
            let module = self.located(&home, path);
            module.is_some_and(|(file, _)| self.may_give_text(&file))
        };
        let paths = imported(text);
        paths
            .iter()
            .filter(may_lead)
            .any(|path| self.leads_to_text(&home, path, text))
    }

    /// Whether a text beyond ASCII may stand in a module, or in one that it imports.
    fn may_give_text(&self, file: &Path) -> bool {
        let outlook = self.outlook(file);
        outlook.has_text || outlook.imports.iter().any(|file| self.outlook(file).has_text)
    }

    /// The folder of the project that the module at this absolute path is part of.
    pub(in crate::python) fn top(&self, file: &Path) -> Option<PathBuf> {
        self.home(file).place.bases.last().cloned()
    }

    /// The modules of the project that the module at this absolute path imports.
    pub(in crate::python) fn imports(&self, file: &Path) -> Vec<PathBuf> {
        self.outlook(file).imports.clone()
    }

    /// The modules of the project that a text at `home` imports.
    fn imported_by(&self, home: &Home, text: &[u8]) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for path in imported(text) {
            if let Some((file, _)) = self.located(home, &path)
                && !found.contains(&file)
            {
                found.push(file);
            }
        }
        found
    }

    /// Whether a library may be reached through the module at this path: by its own text, or by that of one that it imports,
    /// directly or not.
    fn leads_on(&self, file: &Path) -> bool {
        if let Some(known) = locked(&self.leading_on).get(file) {
            return *known;
        }
        let (mut pending, mut seen) = (vec![file.to_owned()], HashSet::new());
        let mut leads_on = false;
        while let Some(next) = pending.pop() {
            if !seen.insert(next.clone()) {
                continue;
            }
            let outlook = self.outlook(&next);
            leads_on |= outlook.names_library || locked(&self.leading_on).get(&next) == Some(&true);
            if leads_on {
                break;
            }
            pending.extend(outlook.imports.iter().cloned());
        }
        let mut known = locked(&self.leading_on);
        known.insert(file.to_owned(), leads_on);
        if !leads_on {
            known.extend(seen.into_iter().map(|file| (file, false)));
        }
        leads_on
    }

    /// What the import statements of a module name.
    fn outlook(&self, file: &Path) -> Arc<Outlook> {
        if let Some(known) = locked(&self.outlooks).get(file) {
            return known.clone();
        }
        let text = reading::read(file, Kind::Source).unwrap_or_default();
        let names_library = |path: &String| path.split('.').next().is_some_and(speaks_websocket);
        let outlook = Arc::new(Outlook {
            names_library: imported(&text).iter().any(names_library),
            has_text: text.split(|byte| *byte == b'\n').any(assigns_text),
            imports: self.imported_by(&self.home(file), &text),
        });
        locked(&self.outlooks).insert(file.to_owned(), outlook.clone());
        outlook
    }

    /// The file that the longest beginning of `names` means in `folder`.
    fn lying_in(&self, folder: &Path, names: &[&str]) -> Option<(PathBuf, usize)> {
        let (mut at, mut found) = (folder.to_owned(), None);
        for (index, name) in names.iter().take(HIGHEST).enumerate() {
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
        let is_above = home.place.bases.last().is_some_and(|top| !folder.starts_with(top));
        if is_above {
            return None;
        }
        self.lying_in(folder, names).or_else(|| {
            let has_code = self.folder(folder).modules.contains(OsStr::new("__init__"));
            has_code.then(|| (folder.join("__init__.py"), 0))
        })
    }

    /// The modules that pytest takes fixtures from beside the module at `home`, the nearest first.
    pub(super) fn conftests<'h>(&self, home: &'h Home) -> &'h [Elsewhere] {
        home.place.conftests.get_or_init(|| {
            let files = self.conftest_files(home);
            files.iter().filter_map(|file| self.summary(file)).collect()
        })
    }

    fn conftest_files(&self, home: &Home) -> Vec<PathBuf> {
        let (Some(folder), Some(top)) = (home.file.parent(), home.place.bases.last()) else {
            return Vec::new();
        };
        let folders = folder.ancestors().take_while(|folder| folder.starts_with(top));
        let has_one = |folder: &&Path| self.folder(folder).modules.contains(OsStr::new("conftest"));
        let files = folders.filter(has_one).map(|folder| folder.join("conftest.py"));
        files.filter(|file| *file != home.file).collect()
    }

    /// What the module at this path says; nothing where it cannot be read or does not parse.
    pub(in crate::python) fn summary(&self, file: &Path) -> Option<Elsewhere> {
        if let Some(known) = locked(&self.files).get(file) {
            return known.clone();
        }
        let summary = self.read(file).map(|(source, table)| {
            let home = self.home(file);
            let file = file.to_owned();
            Elsewhere(Arc::new(Summary {
                file,
                source,
                table,
                home,
                leading: OnceLock::new(),
                texts: OnceLock::new(),
            }))
        });
        locked(&self.files).entry(file.to_owned()).or_insert(summary).clone()
    }

    fn read(&self, file: &Path) -> Option<(SourceFile, Table)> {
        let bytes = reading::read(file, Kind::Source).ok()?;
        let shown = file.strip_prefix(&self.working_directory).unwrap_or(file);
        let Decoded::Source(source) = decode(shown.to_owned(), Language::Python, bytes) else {
            return None;
        };
        let table = on_its_own_stack(|| parse::parse(&source).ok().map(|parsed| build::build(parsed.syntax())))?;
        Some((source, table))
    }
}

/// Whether a module of this name comes with Python, or is a library of the catalogue.
fn is_installed(name: &str) -> bool {
    is_known_standard_library(NEWEST_MINOR, name) || ALWAYS_INSTALLED.contains(&name) || is_of_catalog(name)
}

/// Whether a module of this name is of a library of the catalogue.
fn is_of_catalog(name: &str) -> bool {
    static LIBRARIES: LazyLock<HashSet<String>> = LazyLock::new(|| modules_of(|_| true));
    LIBRARIES.contains(name)
}

/// Whether a module of this name is of a library of the catalogue that speaks WebSocket: what the other ones give to other
/// modules is no reason to look at a file.
pub(super) fn speaks_websocket(name: &str) -> bool {
    static LIBRARIES: LazyLock<HashSet<String>> =
        LazyLock::new(|| modules_of(|library| library.protocols.contains(&Protocol::Websocket)));
    LIBRARIES.contains(name)
}

fn modules_of(counts: impl Fn(&Words) -> bool) -> HashSet<String> {
    let libraries = Vocabulary::with(&[]);
    let counting = libraries.of(Language::Python).filter(|library| counts(library));
    counting.flat_map(|library| library.modules.clone()).collect()
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
