//! Walks one folder on all cores.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::ignored::{Ignored, Rules};
use super::{Candidate, Failure, Found, Identity, Sieve, absolute, identity, language, metadata, without_dot};
use crate::config::{ConfigError, Configuration, Hierarchy};
use crate::reading::{self, Kind};
use crate::source::Language;

/// What a walk met.
#[derive(Default)]
pub(super) struct Walked {
    /// The files that are worth a look.
    pub(super) candidates: Vec<Candidate>,
    /// Those that are not.
    pub(super) passed_over: Vec<Identity>,
    /// The configurations of the files of both kinds.
    pub(super) configurations: BTreeSet<PathBuf>,
    pub(super) failures: Vec<Failure>,
    /// Symbolic links under the names of sources, and the files outside of all named folders that they lead to.
    pub(super) leads_out: Vec<(PathBuf, PathBuf)>,
    /// What is passed over, and need not be as it is.
    pub(super) warnings: Vec<String>,
}

/// Meets the files below `root`: those of a known language that are neither hidden, nor ignored by a `.gitignore` or an
/// `.ignore` (inside a repository or not), nor excluded by the configuration that is closest to them. Symbolic links to
/// files are taken where these lie in one of `folders`, those to folders are not followed. What is hidden, ignored or excluded above `root` does not matter.
///
/// A file goes through the sieve while it is met: of those that are not worth a look, which are nearly all, nothing is
/// kept but their number. Symbolic links do not: what they lead to may be met by its own name.
pub(super) fn walk(root: &Path, folders: &[PathBuf], hierarchy: &Hierarchy, sieve: Option<Sieve<'_>>) -> Walked {
    let walker = WalkBuilder::new(root)
        .standard_filters(false)
        .follow_links(false)
        .build_parallel();
    let ignored = Ignored::around(root, hierarchy.cwd());
    let met: Mutex<Walked> = Mutex::default();
    walker.run(|| {
        let mut visitor = Visitor {
            hierarchy,
            ignored: &ignored,
            folders,
            sieve,
            folder: None,
            buffer: vec![0; FIRST_BYTES],
            walked: Walked::default(),
            met: &met,
        };
        Box::new(move |entry| visitor.visit(entry))
    });
    let mut walked = met.into_inner().unwrap_or_else(PoisonError::into_inner);
    walked.failures.append(&mut ignored.into_failures());
    walked
}

/// What one thread of a walk knows.
struct Visitor<'w> {
    hierarchy: &'w Hierarchy,
    ignored: &'w Ignored,
    /// Those that were named, without symbolic links on the way.
    folders: &'w [PathBuf],
    sieve: Option<Sieve<'w>>,
    /// The folder of the last entry: the next one mostly lies in it too.
    folder: Option<Folder>,
    /// The text of the last file, and what is left of longer ones: the next one is read into the same memory.
    buffer: Vec<u8>,
    walked: Walked,
    /// Where it leaves what it met when the walk ends.
    met: &'w Mutex<Walked>,
}

/// A folder, and what holds in it.
struct Folder {
    path: PathBuf,
    absolute: PathBuf,
    configuration: Result<Arc<Configuration>, ConfigError>,
    ignored: Option<Arc<Rules>>,
}

/// Memory for a file at first, in bytes.
const FIRST_BYTES: usize = 64 << 10;

/// Memory that is not given back between two files, in bytes.
const KEPT_BYTES: usize = 1 << 20;

impl Visitor<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                self.walked.failures.push(unreadable(&error));
                return WalkState::Continue;
            }
        };
        let Some(kind) = entry.file_type().filter(|_| entry.depth() > 0) else {
            return WalkState::Continue;
        };
        let by_name = language::by_name(entry.path());
        let may_be_source = (kind.is_file() || kind.is_symlink()) && !is_no_source(&entry, by_name);
        if !kind.is_dir() && !may_be_source {
            return WalkState::Continue;
        }
        match self.meet(&entry, kind.is_dir(), by_name) {
            Ok(state) => state,
            Err(failure) => {
                self.walked.failures.push(failure);
                WalkState::Skip
            }
        }
    }

    fn meet(&mut self, entry: &DirEntry, is_folder: bool, by_name: Option<Language>) -> Result<WalkState, Failure> {
        let path = without_dot(entry.path());
        let ignored = self.ignored;
        let folder = self.folder_of(path);
        let rules = folder.ignored.clone();
        if ignored.leave_out(path, is_folder, rules.as_deref()) {
            return Ok(WalkState::Skip);
        }
        let absolute = folder.absolute.join(entry.file_name());
        let configuration = Arc::clone(folder.configuration.as_ref().map_err(Clone::clone)?);
        if configuration.excludes(&absolute) || is_folder && self.is_marked(path, &absolute) {
            return Ok(WalkState::Skip);
        }
        let include = configuration.include.as_ref();
        if is_folder || include.is_some_and(|include| !include.cover(&absolute)) {
            return Ok(WalkState::Continue);
        }
        if entry.path_is_symlink()
            && let Ok(target) = fs::canonicalize(path)
            && !self.folders.iter().any(|folder| target.starts_with(folder))
        {
            let led = by_name.map(|_| (path.to_owned(), target));
            self.walked.leads_out.extend(led);
            return Ok(WalkState::Continue);
        }
        let language = match by_name {
            Some(language) => language,
            None => match language_of_script(path) {
                Some(language) => language,
                None => return Ok(WalkState::Continue),
            },
        };
        let found = Found {
            path: path.to_owned(),
            absolute,
            language,
            configuration,
            hands_off: rules.and_then(|rules| rules.unread().cloned()),
            announced: None,
        };
        self.sift(found, entry.path_is_symlink())?;
        Ok(WalkState::Continue)
    }

    fn folder_of(&mut self, path: &Path) -> &Folder {
        let parent = path.parent().unwrap_or(path);
        let (hierarchy, ignored) = (self.hierarchy, self.ignored);
        let known = self
            .folder
            .take()
            .filter(|folder| folder.path.as_os_str() == parent.as_os_str());
        self.folder.insert(known.unwrap_or_else(|| {
            let absolute = absolute(parent, hierarchy);
            Folder {
                path: parent.to_owned(),
                configuration: hierarchy.of(&absolute),
                ignored: ignored.rules_of(parent),
                absolute,
            }
        }))
    }

    /// Takes a file of a known language, if it is worth a look.
    fn sift(&mut self, mut found: Found, is_symlink: bool) -> Result<(), Failure> {
        let Some(sieve) = self.sieve.filter(|_| !is_symlink) else {
            let metadata = metadata(&found.path)?;
            if metadata.is_file() {
                self.note_configuration(&found);
                self.walked
                    .candidates
                    .push(Candidate::new(found, &metadata, is_symlink));
            }
            return Ok(());
        };
        let (metadata, length) = reading::read_into(&found.path, Kind::Source, &mut self.buffer)
            .map_err(|error| Failure::path(&found.path, error))?;
        self.note_configuration(&found);
        let bytes = self.buffer.get(..length).unwrap_or_default();
        match sieve(&mut found, bytes) {
            true => self.walked.candidates.push(Candidate::new(found, &metadata, false)),
            false => self.walked.passed_over.push(identity(&found.absolute, &metadata)),
        }
        self.buffer.truncate(KEPT_BYTES);
        self.buffer.shrink_to(KEPT_BYTES);
        Ok(())
    }

    /// Folders that say themselves that nothing in them is a source: caches (`CACHEDIR.TAG`, which cargo puts in `target`)
    /// and virtual environments (`pyvenv.cfg`).
    fn is_marked(&mut self, path: &Path, absolute: &Path) -> bool {
        const SIGNATURE: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55";
        const TAG: &str = "CACHEDIR.TAG";
        if absolute.join("pyvenv.cfg").is_file() {
            return true;
        }
        let length = u64::try_from(SIGNATURE.len()).unwrap_or_default();
        match reading::read_start(&absolute.join(TAG), length) {
            Ok(start) => start == SIGNATURE,
            Err(error) => {
                let told = || format!("{}: {error}", path.join(TAG).display());
                self.walked.warnings.extend((!error.is_absent()).then(told));
                false
            }
        }
    }

    fn note_configuration(&mut self, found: &Found) {
        if let Some(file) = &found.configuration.file
            && !self.walked.configurations.contains(file)
        {
            self.walked.configurations.insert(file.clone());
        }
    }
}

impl Drop for Visitor<'_> {
    fn drop(&mut self) {
        let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        met.candidates.append(&mut self.walked.candidates);
        met.passed_over.append(&mut self.walked.passed_over);
        met.configurations.append(&mut self.walked.configurations);
        met.failures.append(&mut self.walked.failures);
        met.leads_out.append(&mut self.walked.leads_out);
        met.warnings.append(&mut self.walked.warnings);
    }
}

/// A name with an extension that no language has.
fn is_no_source(entry: &DirEntry, by_name: Option<Language>) -> bool {
    by_name.is_none() && entry.path().extension().is_some()
}

/// Python, where a file without an extension says so in its first line. One that cannot be read would perhaps not have
/// been a source.
fn language_of_script(path: &Path) -> Option<Language> {
    language::by_first_line(path).ok().flatten()
}

fn unreadable(error: &ignore::Error) -> Failure {
    let (path, reason) = parts(error);
    Failure::path(path.unwrap_or_else(|| Path::new(".")), reason)
}

fn parts(error: &ignore::Error) -> (Option<&Path>, String) {
    match error {
        ignore::Error::WithPath { path, err } => (Some(without_dot(path)), parts(err).1),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => parts(err),
        other => (None, other.to_string()),
    }
}
