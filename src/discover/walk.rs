//! Walks one folder on all cores.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::{Candidate, Failure, Found, absolute, language, metadata, without_dot};
use crate::config::{Configuration, Hierarchy};

/// Adds the files below `root`: those of a known language that are neither hidden, nor ignored by a `.gitignore` or an
/// `.ignore` (inside a repository or not), nor excluded by the configuration that is closest to them. Symbolic links to
/// files are taken, those to folders are not followed. What is hidden, ignored or excluded above `root` does not matter.
pub(super) fn walk(root: &Path, hierarchy: &Hierarchy, candidates: &mut Vec<Candidate>, failures: &mut Vec<Failure>) {
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        let walker = WalkBuilder::new(root)
            .require_git(false)
            .follow_links(false)
            .build_parallel();
        scope.spawn(move || {
            walker.run(|| {
                let sender = sender.clone();
                Box::new(move |entry| {
                    let (visited, state) = visit(entry, hierarchy);
                    // The receiver outlives every sender.
                    _ = visited.map(|visited| sender.send(visited));
                    state
                })
            });
        });
        for visited in receiver {
            match visited {
                Ok(candidate) => candidates.push(candidate),
                Err(failure) => failures.push(failure),
            }
        }
    });
}

type Visited = Option<Result<Candidate, Failure>>;

fn visit(entry: Result<DirEntry, ignore::Error>, hierarchy: &Hierarchy) -> (Visited, WalkState) {
    let entry = match entry {
        Ok(entry) => entry,
        Err(error) => return (Some(Err(unreadable(&error))), WalkState::Continue),
    };
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    if entry.depth() == 0 {
        return (None, WalkState::Continue);
    }
    let path = without_dot(entry.path());
    let absolute = absolute(path, hierarchy);
    let configuration = match hierarchy.of(absolute.parent().unwrap_or(&absolute)) {
        Ok(configuration) => configuration,
        Err(error) => return (Some(Err(error.into())), WalkState::Skip),
    };
    if configuration.excludes(&absolute) || is_folder && is_marked(&absolute) {
        return (None, WalkState::Skip);
    }
    if is_folder {
        return (None, WalkState::Continue);
    }
    let included = configuration
        .include
        .as_ref()
        .is_none_or(|include| include.cover(&absolute));
    let visited = match included {
        true => file(path, absolute, configuration),
        false => None,
    };
    (visited, WalkState::Continue)
}

/// A file of a known language; nothing for any other one.
fn file(path: &Path, absolute: PathBuf, configuration: Arc<Configuration>) -> Visited {
    let by_name = language::by_name(path);
    if by_name.is_none() && path.extension().is_some() {
        return None;
    }
    let metadata = match metadata(path) {
        Ok(metadata) => metadata,
        // Without an extension nothing says that it would have been a source.
        Err(failure) => return by_name.map(|_| Err(failure)),
    };
    if !metadata.is_file() {
        return None;
    }
    let language = match by_name {
        Some(language) => language,
        None => match language::by_first_line(path) {
            Ok(language) => language?,
            Err(_) => return None,
        },
    };
    let found = Found {
        path: path.to_owned(),
        absolute,
        language,
        configuration,
        leads_out_to: None,
    };
    Some(Ok(Candidate::new(found, &metadata)))
}

/// Folders that say themselves that nothing in them is a source: caches (`CACHEDIR.TAG`, which cargo puts in `target`)
/// and virtual environments (`pyvenv.cfg`).
fn is_marked(folder: &Path) -> bool {
    const SIGNATURE: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55";
    folder.join("pyvenv.cfg").is_file()
        || fs::read(folder.join("CACHEDIR.TAG")).is_ok_and(|tag| tag.starts_with(SIGNATURE))
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
