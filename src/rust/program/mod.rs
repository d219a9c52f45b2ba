//! What the files of a crate say of each other: which file a module is, what a path means that leads through several of
//! them, what their functions give.
//!
//! A file is read when another one asks for it, once a run; nothing outside the packages of its repository is. What is told of
//! it ([`Outline`]) stands on its own text alone, so that modules that import each other ask nobody in a circle.

mod forget;
mod index;
mod leads;
mod meaning;
mod outline;
mod place;
mod view;
mod walked;
mod written_macros;
mod written_paths;

use std::collections::HashMap;
use std::hash::Hash;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use index::Index;
pub use leads::Signs;
use leads::{Bytes, Package};
use meaning::Meaning;
use outline::Outline;
pub(super) use place::Place;
pub(super) use view::View;
pub(super) use walked::Walked;

use crate::prescan::{Announced, Prescan};
use crate::project::CrateManifests;
use crate::rust::syntax::module_files::ModuleFiles;
use crate::signs::Sign;
use crate::source::Language;

/// The crates of a run. Threads share it.
#[derive(Debug, Default)]
pub struct Crates {
    /// The absolute folder that files are named from.
    working_directory: PathBuf,
    /// What each file says of its modules.
    modules: Memory<PathBuf, Option<ModuleFiles>>,
    /// The package that the files of each folder belong to.
    folders: Memory<PathBuf, Option<PathBuf>>,
    /// Where each file stands in its crate.
    places: Memory<PathBuf, Option<Place>>,
    /// What each file declares, as the module that it is reached as.
    outlines: Memory<(PathBuf, Vec<String>), Option<Outline>>,
    /// What the manifests of each package say.
    packages: Memory<PathBuf, Package>,
    /// Whether each package depends on one whose connects are looked at.
    depending: Memory<PathBuf, bool>,
    /// What the bytes of each file say.
    bytes: Memory<PathBuf, Option<Bytes>>,
    /// What the files of each package call.
    indexes: Memory<PathBuf, Index>,
    /// What the visit of each file found that others asked for.
    walked: Memory<PathBuf, Option<Walked>>,
    /// What paths mean, by the package that they are written in and the root of the crate that they begin at.
    meanings: Memory<(PathBuf, PathBuf, String), Option<Meaning>>,
    /// How the packages call crates.
    manifests: CrateManifests,
}

impl Crates {
    /// For files that are named from this absolute folder.
    #[must_use]
    pub fn new(working_directory: &Path) -> Self {
        Self {
            working_directory: working_directory.to_owned(),
            ..Self::default()
        }
    }
}

/// A file, and the crates of the run that it is checked in.
#[derive(Clone, Copy, Debug)]
pub struct InCrate<'a> {
    /// The crates.
    pub crates: &'a Crates,
    /// Where the file is: an absolute path.
    pub path: &'a Path,
}

impl InCrate<'_> {
    /// Whether the file's package depends on one whose connects are looked at, or is one: if not, no other file of it matters.
    #[must_use]
    pub fn may_connect(self, prescan: &Prescan) -> bool {
        self.crates.depends(self.path, &prescan.packages(Language::Rust))
    }

    /// What the file announces: what its own bytes do, and what other files of its package do where it leads to them.
    #[must_use]
    pub fn announced(self, own: Announced, bytes: &[u8], prescan: &Prescan) -> Announced {
        if own.includes(Sign::Connect) || own.includes(Sign::Receive) {
            return own;
        }
        let signs = Signs {
            announced: &|bytes| prescan.announces_waits(Language::Rust, bytes),
            packages: &prescan.packages(Language::Rust),
        };
        match self.crates.lead_on(self.path, bytes, &signs) {
            true => own.with_waits(),
            false => own,
        }
    }
}

/// What was found out, each once.
#[derive(Debug)]
struct Memory<K, V>(Mutex<HashMap<K, Arc<OnceLock<Arc<V>>>>>);

impl<K, V> Default for Memory<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V> Memory<K, V> {
    /// What is known of `key`; whoever asks first finds out, who asks meanwhile waits for that. `find` asks for no other
    /// value of the same memory.
    fn get(&self, key: K, find: impl FnOnce() -> V) -> Arc<V> {
        let slot = {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry(key).or_default())
        };
        Arc::clone(slot.get_or_init(|| Arc::new(find())))
    }

    /// As [`Self::get`] where finding out may ask for other values: two threads may find out the same.
    fn get_deep(&self, key: K, find: impl FnOnce() -> V) -> Arc<V> {
        let slot = {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry(key).or_default())
        };
        if let Some(known) = slot.get() {
            return Arc::clone(known);
        }
        let found = Arc::new(find());
        Arc::clone(slot.get_or_init(|| found))
    }
}
