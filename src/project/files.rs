//! The manifests of a run: each is opened, read and parsed once, whoever asks for it and for however many folders.
//!
//! What a new kind of file says is read by a function of the [`Manifest`] that [`Files::manifest`] gives; where the file
//! lies, and what cannot be read, is settled here.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::extent::Extents;
use super::lock_files::Lock;
use super::manifest::Manifest;
use crate::reading::{self, Kind};

/// Every manifest that was asked for. Threads share it.
#[derive(Debug, Default)]
pub(super) struct Files {
    extents: Extents,
    known: Mutex<HashMap<PathBuf, Slot<Content>>>,
    locks: Mutex<HashMap<PathBuf, Slot<Option<Arc<Lock>>>>>,
    warnings: Mutex<BTreeSet<String>>,
}

/// Filled by whoever asks first; who asks meanwhile waits for that.
type Slot<T> = Arc<OnceLock<T>>;

/// What lies under a name.
#[derive(Clone, Debug)]
enum Content {
    Manifest(Arc<Manifest>),
    /// A file that is no text, and what is said of it.
    NoText(String),
    /// Nothing that can be read. If something is there, that was said.
    Nothing,
}

impl Files {
    /// Manifests below `working_directory`, an absolute path, are named from there.
    pub(super) fn new(working_directory: &Path) -> Self {
        Self {
            extents: Extents::new(working_directory),
            known: Mutex::default(),
            locks: Mutex::default(),
            warnings: Mutex::default(),
        }
    }

    /// The folder that manifests are named from.
    pub(super) fn working_directory(&self) -> &Path {
        self.extents.working_directory()
    }

    /// How far projects extend.
    pub(super) fn extents(&self) -> &Extents {
        &self.extents
    }

    /// The file at `path`, an absolute one; nothing where there is none. Something that is no plain file, is too long for a
    /// manifest or may not be read is a warning of the run. That the file is no text is one for who asks, as it is what is
    /// wrong in the text: it may be told elsewhere.
    pub(super) fn manifest(&self, path: &Path, warnings: &mut Vec<String>) -> Option<Arc<Manifest>> {
        let slot = Arc::clone(locked(&self.known).entry(path.to_owned()).or_default());
        match slot.get_or_init(|| self.read(path)) {
            Content::Manifest(manifest) => Some(Arc::clone(manifest)),
            Content::NoText(warning) => {
                warnings.push(warning.clone());
                None
            }
            Content::Nothing => None,
        }
    }

    /// What the lock file at `path` lists, an absolute one; nothing where there is none. What is wrong with it is told to who asks
    /// first.
    pub(super) fn lock(&self, path: &Path, warnings: &mut Vec<String>) -> Option<Arc<Lock>> {
        let slot = Arc::clone(locked(&self.locks).entry(path.to_owned()).or_default());
        let read = || {
            let manifest = self.manifest(path, warnings)?;
            Lock::of(&manifest, warnings).map(Arc::new)
        };
        slot.get_or_init(read).clone()
    }

    /// How the user is told of a path.
    pub(super) fn shown(&self, path: &Path) -> String {
        let shown = path.strip_prefix(self.working_directory()).unwrap_or(path);
        shown.display().to_string()
    }

    /// Keeps what is wrong with a manifest, each once.
    pub(super) fn warn(&self, warnings: impl IntoIterator<Item = String>) {
        locked(&self.warnings).extend(warnings);
    }

    /// What is wrong with the manifests that were read so far, each with its place, sorted.
    pub(super) fn warnings(&self) -> Vec<String> {
        locked(&self.warnings).iter().cloned().collect()
    }

    fn read(&self, path: &Path) -> Content {
        let name = self.shown(path);
        let kind = match path.extension().is_some_and(|extension| extension == "lock") {
            true => Kind::Lock,
            false => Kind::Manifest,
        };
        match reading::read(path, kind) {
            Ok(bytes) => match Manifest::of_bytes(path, name.clone(), bytes) {
                Some(manifest) => Content::Manifest(Arc::new(manifest)),
                None => Content::NoText(format!("{name}: not UTF-8")),
            },
            Err(error) => {
                self.warn((!error.is_absent()).then(|| format!("{name}: {error}")));
                Content::Nothing
            }
        }
    }
}

/// No value is left half-changed by a panic elsewhere.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
