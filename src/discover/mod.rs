//! Turns the paths on the command line into files: walks folders, keeps out what is ignored or excluded, and names each
//! file once.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{ConfigError, Configuration, Hierarchy};
use crate::prescan::Announced;
use crate::source::Language;

mod git_excludes;
mod ignored;
mod language;
mod walk;

pub use language::has_python_shebang;

/// A file to look at.
#[derive(Clone, Debug)]
pub struct Found {
    /// As the user names it: what was typed, and the way from there.
    pub path: PathBuf,
    /// Absolute, symbolic links not resolved.
    pub absolute: PathBuf,
    /// What it is written in.
    pub language: Language,
    /// What holds for it.
    pub configuration: Arc<Configuration>,
    /// Why it is looked at and not written: what may leave it out cannot be read.
    pub hands_off: Option<Arc<str>>,
    /// What its text announces, where the sieve saw it.
    pub announced: Option<Announced>,
}

/// Why something that was asked for is not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// A path, and why it cannot be looked at.
    #[error("{}: {reason}", .path.display())]
    Path {
        /// As the user names it.
        path: PathBuf,
        /// A clause without a full stop.
        reason: String,
    },
    /// A configuration that cannot be used.
    #[error(transparent)]
    Configuration(#[from] ConfigError),
}

impl Failure {
    /// Each in a line of its own: a configuration may have many mistakes.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        match self {
            Failure::Path { .. } => vec![self.to_string()],
            Failure::Configuration(error) => error.all().map(ToString::to_string).collect(),
        }
    }

    pub(crate) fn path(path: impl Into<PathBuf>, reason: impl ToString) -> Self {
        Failure::Path {
            path: path.into(),
            reason: reason.to_string(),
        }
    }
}

/// Whether a file of these bytes is worth more than being counted; it notes in the file what they announce. It is asked on
/// the threads of the walk.
pub type Sieve<'a> = &'a (dyn Fn(&mut Found, &[u8]) -> bool + Sync);

/// What became of the paths.
#[derive(Debug, Default)]
pub struct Discovered {
    /// By path, each file once, without those that the sieve held back.
    pub files: Vec<Found>,
    /// How many files the sieve held back.
    pub passed_over: usize,
    /// The configurations that hold for files, held back or not.
    pub configurations: BTreeSet<PathBuf>,
    /// What could not be looked at, by path.
    pub failures: Vec<Failure>,
    /// What was named and is not looked at, with the reason.
    pub skipped: Vec<(PathBuf, &'static str)>,
    /// What was met and is not looked at or not heeded, and need not be so: one line each.
    pub warnings: Vec<String>,
}

/// Finds the files that `paths` mean. Files that are named are taken even if they are ignored or excluded, unless
/// `force_exclude` says that exclusions hold for them too. What a walk finds goes through the sieve.
#[must_use]
pub fn discover(paths: &[PathBuf], hierarchy: &Hierarchy, force_exclude: bool, sieve: Option<Sieve<'_>>) -> Discovered {
    let mut discovered = Discovered::default();
    let mut candidates = Vec::new();
    let mut passed_over = HashSet::new();
    let mut leads_out = Vec::new();
    let folders = folders(paths);
    for path in paths {
        match metadata(path) {
            Ok(metadata) if metadata.is_dir() => {
                let mut walked = walk::walk(path, &folders, hierarchy, sieve);
                candidates.append(&mut walked.candidates);
                passed_over.extend(walked.passed_over);
                discovered.configurations.append(&mut walked.configurations);
                discovered.failures.append(&mut walked.failures);
                discovered.warnings.append(&mut walked.warnings);
                leads_out.append(&mut walked.leads_out);
            }
            Ok(metadata) => match named(path, &metadata, hierarchy, force_exclude) {
                Ok(Named::File(candidate)) => {
                    discovered
                        .configurations
                        .extend(candidate.found.configuration.file.clone());
                    candidates.push(candidate);
                }
                Ok(Named::Skipped(reason)) => discovered.skipped.push((path.clone(), reason)),
                Err(failure) => discovered.failures.push(failure),
            },
            Err(failure) => discovered.failures.push(failure),
        }
    }
    // What a link leads to may have been held back by its own name.
    candidates.retain(|candidate| !candidate.is_symlink || !passed_over.contains(&candidate.identity));
    for candidate in &candidates {
        passed_over.remove(&candidate.identity);
    }
    discovered.passed_over = passed_over.len();
    let is_named = |target: &Path| {
        let mut links = candidates.iter().filter(|candidate| candidate.is_symlink);
        links.any(|link| fs::canonicalize(&link.found.absolute).is_ok_and(|named| named == target))
    };
    let left = leads_out.iter().filter(|(_, target)| !is_named(target));
    discovered.warnings.extend(left.map(|(link, target)| {
        format!(
            "{}: leads to `{}`, outside of the folders that were named: not looked at, name it if it should be",
            link.display(),
            target.display()
        )
    }));
    discovered.warnings.sort();
    discovered.warnings.dedup();
    discovered.files = each_once(candidates);
    discovered.failures.sort_by_key(ToString::to_string);
    discovered.failures.dedup();
    discovered
}

/// The file that standard input stands for: `name`, or a Python script where the text itself says that it is one.
///
/// # Errors
/// The language is not to be known, or the configuration that holds for the name cannot be used.
pub fn standard_input(name: Option<&Path>, text: &[u8], hierarchy: &Hierarchy) -> Result<Found, Failure> {
    let path = name.unwrap_or(Path::new("-"));
    let by_text = || has_python_shebang(text).then_some(Language::Python);
    let language = language::by_name(path).or_else(by_text).ok_or_else(|| {
        let reason = match name {
            Some(_) => "neither Python nor Rust nor a manifest by its name: `.py`, `.pyi`, `.ipynb`, `.rs` and `requirements.txt` are known",
            None => "the language of standard input is not known: name it, `--stdin-filename app.py`",
        };
        Failure::path(path, reason)
    })?;
    let absolute = absolute(path, hierarchy);
    Ok(Found {
        path: path.to_owned(),
        language,
        configuration: hierarchy.of(absolute.parent().unwrap_or(&absolute))?,
        absolute,
        hands_off: None,
        announced: None,
    })
}

/// A file with what tells it from others.
struct Candidate {
    found: Found,
    identity: Identity,
    is_symlink: bool,
}

impl Candidate {
    fn new(found: Found, metadata: &Metadata, is_symlink: bool) -> Self {
        Self {
            identity: identity(&found.absolute, metadata),
            is_symlink,
            found,
        }
    }

    /// Of several names of one file the least counts.
    fn rank(&self) -> impl Ord + '_ {
        (self.is_symlink, order(&self.found.path))
    }
}

enum Named {
    File(Candidate),
    Skipped(&'static str),
}

/// A file that stands on the command line.
fn named(path: &Path, metadata: &Metadata, hierarchy: &Hierarchy, force_exclude: bool) -> Result<Named, Failure> {
    if !metadata.is_file() {
        return Err(Failure::path(path, "neither a file nor a folder"));
    }
    let language = match language::by_name(path) {
        Some(language) => Some(language),
        None => language::by_first_line(path).map_err(|error| Failure::path(path, error))?,
    };
    let Some(language) = language else {
        return Ok(Named::Skipped("neither Python nor Rust nor a manifest"));
    };
    let absolute = absolute(path, hierarchy);
    let configuration = hierarchy.of(absolute.parent().unwrap_or(&absolute))?;
    if force_exclude && configuration.excludes_on_the_way(&absolute) {
        return Ok(Named::Skipped("excluded"));
    }
    let found = Found {
        path: without_dot(path).to_owned(),
        absolute,
        language,
        configuration,
        hands_off: None,
        announced: None,
    };
    let is_symlink = path.is_symlink();
    Ok(Named::File(Candidate::new(found, metadata, is_symlink)))
}

/// Those of `paths` that are folders, without symbolic links on the way.
fn folders(paths: &[PathBuf]) -> Vec<PathBuf> {
    let folders = paths.iter().filter(|path| path.is_dir());
    folders.filter_map(|path| fs::canonicalize(path).ok()).collect()
}

/// Sorted by path. Of several names of one file the first that is no symbolic link stays.
fn each_once(mut candidates: Vec<Candidate>) -> Vec<Found> {
    candidates.sort_by(|a, b| a.rank().cmp(&b.rank()));
    let mut known = HashMap::new();
    for candidate in candidates {
        known.entry(candidate.identity).or_insert(candidate.found);
    }
    let mut files: Vec<_> = known.into_values().collect();
    files.sort_by(|a, b| order(&a.path).cmp(order(&b.path)));
    files
}

fn order(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

fn metadata(path: &Path) -> Result<Metadata, Failure> {
    fs::metadata(path).map_err(|error| Failure::path(path, reason(path, &error)))
}

/// Why a path cannot be looked at, a symbolic link's target included.
fn reason(path: &Path, error: &io::Error) -> String {
    match fs::read_link(path) {
        Ok(target) => format!("symbolic link to `{}`: {error}", target.display()),
        Err(_) => error.to_string(),
    }
}

fn absolute(path: &Path, hierarchy: &Hierarchy) -> PathBuf {
    std::path::absolute(hierarchy.cwd().join(path)).unwrap_or_else(|_| hierarchy.cwd().join(path))
}

/// `a.py` for `./a.py`, which a walk of `.` yields.
fn without_dot(path: &Path) -> &Path {
    // Nearly no path begins so, and to compare paths takes time.
    match path.as_os_str().as_encoded_bytes() {
        [b'.', ..] => path.strip_prefix(".").unwrap_or(path),
        _ => path,
    }
}

/// What two names of the same file have in common.
#[cfg(unix)]
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(_: &Path, metadata: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

/// What two names of the same file have in common: the path behind all symbolic links. Hard links stay two files.
#[cfg(not(unix))]
type Identity = PathBuf;

#[cfg(not(unix))]
fn identity(path: &Path, _: &Metadata) -> Identity {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}
