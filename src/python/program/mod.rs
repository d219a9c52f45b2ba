//! The projects of a run as Python sees them: which module a name means, and what the functions of other modules do.
//! Everything is made at most once a run, and only where somebody asks.

pub(in crate::python) mod users;

mod facts;
mod fixtures;
mod forget;
mod replaced;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use foldhash::{HashMap, HashSet};
use ignore::{DirEntry, WalkBuilder, WalkState};
use memchr::memmem;
use ruff_python_ast::ModModule;

pub(super) use self::facts::{
    BlockedBy, CarriedObjects, Covered, Facts, HandsOn, Override, Preparation, Raised, Script, To, UsedFunction, Uses,
};
use crate::catalog::{ApiId, Catalog, Protocol};
use crate::python::deadlines::around::{Wrapper, Wrapping};
use crate::python::names::{Elsewhere, FunctionId, Modules, Names, locked, on_its_own_stack};
use crate::python::syntax::parse;
use crate::python::testing::stand_ins::Replacement;
use crate::sites::{Course, Deadline, Entered, FileCourses, OtherPlace};
use crate::source::SourceFile;

/// A project with more files is not searched for who calls what.
const MOST_FILES: usize = 200_000;

/// So many threads go through a project.
const THREADS: usize = 4;

/// So many modules whose functions a test calls are asked what they open.
const MOST_CALLED: usize = 64;

/// A file among the modules of its project.
#[derive(Clone, Copy, Debug)]
pub struct InProject<'a> {
    /// The modules of the projects of the run.
    pub program: &'a Program,
    /// Its absolute path.
    pub file: &'a Path,
    /// The protocols of the connects that anything is said of: callers of others are not looked for.
    pub protocols: &'a BTreeSet<Protocol>,
}

/// The modules of all projects of a run.
#[derive(Debug)]
pub struct Program {
    readers: &'static Readers,
    modules: Arc<Modules>,
    facts: Mutex<HashMap<PathBuf, Option<Arc<Facts>>>>,
    /// By the folder of each project.
    importers: Mutex<HashMap<PathBuf, Arc<OnceLock<Importers>>>>,
    /// What modules put something else in the place of, by their absolute paths.
    replacements: Mutex<HashMap<Arc<Path>, Arc<[Replacement]>>>,
    replacing: Mutex<Replacing>,
    /// What modules do to the console, by their absolute paths.
    preparations: Mutex<HashMap<PathBuf, Option<Arc<Preparation>>>>,
}

/// Who finds out what a module says: the collectors, which ask the program of other modules and so stand above it.
#[derive(Debug)]
pub(super) struct Readers {
    pub(super) facts: fn(Read<'_>) -> Option<Facts>,
    pub(super) raised: fn(Read<'_>) -> Option<HashMap<FunctionId, Raised>>,
    pub(super) preparation: fn(&ModModule, &Names) -> Preparation,
}

/// A module that is read.
#[derive(Clone, Copy)]
pub(super) struct Read<'a> {
    pub(super) source: &'a SourceFile,
    /// Its absolute path.
    pub(super) file: &'a Path,
    pub(super) catalog: &'a Catalog,
    pub(super) modules: &'a Arc<Modules>,
}

/// The modules of a project that import each of its modules.
type Importers = HashMap<Arc<Path>, Vec<Arc<Path>>>;

/// The modules that may put something else in the place of what each module has; nothing where they are too many.
type Replacing = HashMap<PathBuf, Option<Arc<[Arc<Path>]>>>;

impl Program {
    /// For files that are named from this absolute folder.
    pub(super) fn of(working_directory: &Path, readers: &'static Readers) -> Self {
        Self {
            readers,
            modules: Arc::new(Modules::new(working_directory)),
            facts: Mutex::default(),
            importers: Mutex::default(),
            replacements: Mutex::default(),
            replacing: Mutex::default(),
            preparations: Mutex::default(),
        }
    }

    /// Whether the module at this absolute path, with this text, uses a name of another module of its project that leads to a
    /// library.
    #[must_use]
    pub fn reaches(&self, file: &Path, text: &[u8]) -> bool {
        self.modules.reaches(file, text)
    }

    /// Whether the module at this absolute path, with this text, may print a text of another module of its project.
    #[must_use]
    pub fn may_print_elsewhere(&self, file: &Path, text: &[u8]) -> bool {
        memmem::find(text, b"print(").is_some() && self.modules.reaches_texts(file, text)
    }

    /// What the functions of the module at this absolute path wait for; `None` where it cannot be read.
    #[must_use]
    pub fn courses(&self, file: &Path, catalog: &Catalog) -> Option<Arc<FileCourses>> {
        Some(self.facts(file, catalog)?.courses.clone())
    }

    pub(super) fn modules(&self) -> &Arc<Modules> {
        &self.modules
    }

    fn facts(&self, file: &Path, catalog: &Catalog) -> Option<Arc<Facts>> {
        let known = locked(&self.facts).get(file).cloned();
        known.unwrap_or_else(|| {
            let facts = self.read(file, |source| (self.readers.facts)(self.reading(source, file, catalog)));
            let facts = facts.map(Arc::new);
            let mut all = locked(&self.facts);
            all.entry(file.to_owned()).or_insert(facts).clone()
        })
    }

    fn reading<'a>(&'a self, source: &'a SourceFile, file: &'a Path, catalog: &'a Catalog) -> Read<'a> {
        Read {
            source,
            file,
            catalog,
            modules: &self.modules,
        }
    }

    /// The modules of the project that import the module at this absolute path, in the order of their paths.
    pub(super) fn importers(&self, file: &Path) -> Vec<Arc<Path>> {
        let Some(top) = self.modules.top(file) else {
            return Vec::new();
        };
        let cell = locked(&self.importers).entry(top.clone()).or_default().clone();
        // Whoever asks meanwhile waits: the project is gone through once.
        let importers = cell.get_or_init(|| self.imports_below(&top));
        importers.get(file).cloned().unwrap_or_default()
    }

    /// Who imports whom in a project: the import statements of its files alone are read.
    fn imports_below(&self, top: &Path) -> Importers {
        let (found, seen) = (Mutex::new(Importers::default()), AtomicUsize::new(0));
        // On threads of its own: one of the pool that waits would take another file's turn on top of this one's stack.
        // No ignore file is read: nobody has looked yet at what lies under its name.
        let walk = WalkBuilder::new(top)
            .standard_filters(false)
            .filter_entry(|entry| !is_passed_over(entry))
            .threads(THREADS)
            .build_parallel();
        walk.run(|| {
            Box::new(|entry| {
                let Some(file) = entry.ok().filter(is_python).map(DirEntry::into_path) else {
                    return WalkState::Continue;
                };
                if seen.fetch_add(1, Ordering::Relaxed) >= MOST_FILES {
                    return WalkState::Quit;
                }
                let (imports, file) = (self.modules.imports(&file), Arc::<Path>::from(file));
                let mut found = locked(&found);
                for module in imports {
                    found.entry(module).or_default().push(file.clone());
                }
                WalkState::Continue
            })
        });
        let mut importers = found.into_inner().unwrap_or_else(PoisonError::into_inner);
        for files in importers.values_mut() {
            files.sort_unstable_by(|one, other| one.as_os_str().cmp(other.as_os_str()));
        }
        importers
    }

    /// What is told of the text of the module at this absolute path; `None` where it cannot be read.
    fn read<T: Send>(&self, file: &Path, told: impl FnOnce(&SourceFile) -> Option<T> + Send) -> Option<T> {
        let summary = self.modules.summary(file)?;
        on_its_own_stack(|| told(summary.0.source()))
    }
}

/// The modules of the project that a module may ask, with what is known about each library.
#[derive(Clone, Copy)]
pub(super) struct Others<'a> {
    pub(super) program: &'a Program,
    pub(super) catalog: &'a Catalog,
    /// Of the connects that anything is said of.
    pub(super) protocols: &'a BTreeSet<Protocol>,
}

impl Others<'_> {
    /// What a module says of its functions and objects; `None` where it cannot be read.
    pub(super) fn facts(&self, module: &Elsewhere) -> Option<Arc<Facts>> {
        self.facts_at(module.0.file())
    }

    /// The module at this absolute path; `None` where it cannot be read.
    pub(super) fn module(&self, file: &Path) -> Option<Elsewhere> {
        self.program.modules.summary(file)
    }

    /// The same of the module at this absolute path.
    pub(super) fn facts_at(&self, file: &Path) -> Option<Arc<Facts>> {
        self.program.facts(file, self.catalog)
    }

    /// What a function of the module at this absolute path raises; `None` where it cannot be read.
    pub(super) fn raised_at<T>(
        &self,
        (file, function): (&Path, FunctionId),
        told: impl FnOnce(&Raised) -> T,
    ) -> Option<T> {
        // Nothing else raises what a connect does.
        let modules = self.program.modules();
        let may_raise = self
            .module(file)
            .is_some_and(|module| modules.leads_to_library(&module, function));
        let facts = may_raise.then(|| self.facts_at(file))??;
        let program = self.program;
        let read = |source: &SourceFile| (program.readers.raised)(program.reading(source, file, self.catalog));
        let raised = facts
            .raised
            .get_or_init(|| self.program.read(file, read).unwrap_or_default());
        Some(told(raised.get(&function)?))
    }

    /// The deadline that a function of another module puts around what it is given to run.
    pub(super) fn put_around(&self, wrapping: &Wrapping) -> Option<Deadline> {
        let Wrapper::There(file, function) = &wrapping.by else {
            return None;
        };
        let facts = self.facts_at(file)?;
        let deadline = facts.wrappings.get(&(*function, wrapping.what.clone()))?;
        let place = OtherPlace::of(deadline.span, self.module(file)?.0.source());
        Some(Deadline {
            entered: Entered::There(place),
            ..deadline.clone()
        })
    }

    /// What the functions of other modules connect by that these courses call.
    pub(super) fn opened_by<'c>(&self, courses: impl Iterator<Item = &'c Course>) -> BTreeSet<ApiId> {
        let mut pending: Vec<Arc<Path>> = courses.flat_map(Course::files_called).cloned().collect();
        let (mut seen, mut opened) = (HashSet::default(), BTreeSet::new());
        while let Some(file) = pending.pop() {
            if seen.len() >= MOST_CALLED || !seen.insert(file.clone()) {
                continue;
            }
            if let Some(facts) = self.facts_at(&file) {
                opened.extend(facts.courses.connects.iter().map(|connect| connect.api));
                let courses = facts.courses.courses.iter().map(|function| &function.course);
                pending.extend(courses.flat_map(Course::files_called).cloned());
            }
        }
        opened
    }

    /// What the module at this absolute path does to the console; `None` where it cannot be read.
    pub(super) fn preparation(&self, file: &Path) -> Option<Arc<Preparation>> {
        let program = self.program;
        let known = locked(&program.preparations).get(file).cloned();
        known.unwrap_or_else(|| {
            let told =
                |source: &SourceFile| looked_at_alone(source, file, &program.modules, program.readers.preparation);
            let found = program.read(file, told).map(Arc::new);
            locked(&program.preparations).insert(file.to_owned(), found.clone());
            found
        })
    }

    /// As [`Modules::touching_streams`].
    pub(super) fn touching_streams(&self, file: &Path) -> Vec<Arc<Path>> {
        self.program.modules.touching_streams(file)
    }

    /// As [`Program::users`].
    pub(super) fn users(&self, file: &Path, most: usize) -> Option<Vec<Arc<Path>>> {
        self.program.users(file, most)
    }
}

/// Whether nothing of the project itself lies in a folder: a hidden one, or what tools put there.
fn is_passed_over(entry: &DirEntry) -> bool {
    entry.depth() > 0 && is_name_of_tools(entry.file_name())
}

fn is_name_of_tools(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with('.') || matches!(&*name, "node_modules" | "site-packages" | "__pycache__" | "venv")
}

fn is_python(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_file())
        && entry.path().extension().is_some_and(|extension| extension == "py")
}

/// What is told of the tree and the names of a module that others ask.
pub(super) fn looked_at_alone<T>(
    source: &SourceFile,
    file: &Path,
    modules: &Arc<Modules>,
    told: impl FnOnce(&ModModule, &Names) -> T,
) -> Option<T> {
    let parsed = parse::parse(source).ok()?;
    let tree = parsed.syntax();
    Some(told(tree, &Names::build_at(tree, file, modules)))
}
