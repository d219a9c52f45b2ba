//! The projects of a run as Python sees them: which module a name means, and what the functions of other modules do.
//! Everything is made at most once a run, and only where somebody asks.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::collect::{self, Collected};
use super::names::{Elsewhere, Modules, Names};
use super::test_code::TestCode;
use super::version_choice::VersionChoice;
use super::{blocking, course, parse};
use crate::catalog::Catalog;
use crate::check::STACK_BYTES;
use crate::decode::{Decoded, decode};
use crate::project::ProjectFacts;
use crate::reading::{self, Kind};
use crate::sites::{Carried, FileCourses};
use crate::source::{Language, SourceFile};

/// The modules of all projects of a run.
#[derive(Debug)]
pub struct Program {
    modules: Arc<Modules>,
    working_directory: PathBuf,
    facts: Mutex<HashMap<PathBuf, Option<Arc<Facts>>>>,
}

/// What one module says of its functions and objects to those that use them. Plain data.
#[derive(Debug)]
pub(super) struct Facts {
    /// What the objects that limits come from carry, by where the calls begin that make them.
    pub(super) carried: HashMap<usize, Carried>,
    /// What the functions block the thread with that run where they are called, by their place.
    pub(super) blocking: HashMap<usize, BlockedBy>,
    courses: Arc<FileCourses>,
}

/// What blocks in a function.
#[derive(Clone, Debug)]
pub(super) struct BlockedBy {
    /// The function of the catalogue, by its path.
    pub(super) path: String,
    /// Where it is called: the file as a message names it, and the 1-based line.
    pub(super) place: (Arc<str>, usize),
}

impl Program {
    /// For files that are named from this absolute folder.
    #[must_use]
    pub fn new(working_directory: &Path) -> Self {
        Self {
            modules: Arc::new(Modules::new(working_directory)),
            working_directory: working_directory.to_owned(),
            facts: Mutex::default(),
        }
    }

    /// Whether the module at this absolute path, with this text, uses a name of another module of its project that leads to a
    /// library.
    #[must_use]
    pub fn reaches(&self, file: &Path, text: &[u8]) -> bool {
        self.modules.reaches(file, text)
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
        let known = self
            .facts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(file)
            .cloned();
        known.unwrap_or_else(|| {
            let facts = self.read(file, catalog).map(Arc::new);
            let mut all = self.facts.lock().unwrap_or_else(PoisonError::into_inner);
            all.entry(file.to_owned()).or_insert(facts).clone()
        })
    }

    /// On a stack of its own: whoever asks may stand deep in a tree.
    fn read(&self, file: &Path, catalog: &Catalog) -> Option<Facts> {
        let bytes = reading::read(file, Kind::Source).ok()?;
        let shown = file.strip_prefix(&self.working_directory).unwrap_or(file);
        let Decoded::Source(source) = decode(shown.to_owned(), Language::Python, bytes) else {
            return None;
        };
        thread::scope(|scope| {
            let look = || facts(&source, file, catalog, &self.modules);
            let worker = thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, look);
            worker.ok()?.join().ok()?
        })
    }
}

/// The modules of the project that a module may ask, with what is known about each library.
#[derive(Clone, Copy)]
pub(super) struct Others<'a> {
    pub(super) program: &'a Program,
    pub(super) catalog: &'a Catalog,
}

impl Others<'_> {
    /// What a module says of its functions and objects; `None` where it cannot be read.
    pub(super) fn facts(&self, module: &Elsewhere) -> Option<Arc<Facts>> {
        self.program.facts(module.0.file(), self.catalog)
    }
}

/// What the module says that stands at the absolute path `file`. Of other modules it knows what their names mean, and asks none
/// of them for more: what they do is put together by whoever asks.
fn facts(source: &SourceFile, file: &Path, catalog: &Catalog, modules: &Arc<Modules>) -> Option<Facts> {
    let parsed = parse::parse(source).ok()?;
    let tree = parsed.syntax();
    let names = Names::build_at(tree, file, modules);
    let project = ProjectFacts::default();
    let tests = TestCode::of(tree, &names, source, &project);
    let choice = VersionChoice::of(tree, &names);
    let collected = collect::collect(tree, &names, &tests, &choice, catalog, None);
    let Collected {
        connects,
        receives,
        carried,
        ..
    } = collected;
    let blocking = blocking::of_functions(tree, &names, &tests, source, catalog, &connects);
    let mut courses = course::of_functions(tree, &names, catalog, source, &connects, &receives);
    courses.connects = connects;
    Some(Facts {
        carried,
        blocking,
        courses: Arc::new(courses),
    })
}
