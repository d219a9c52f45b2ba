//! What ignore files leave out of a walk: `.ignore`, `.gitignore`, `.git/info/exclude` and the one that git's configuration
//! names for all repositories, matched by the `ignore` crate. The crate itself opens whatever has such a name; so they are
//! read here.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::{Failure, git_excludes, without_dot};
use crate::reading::{self, Kind, ReadError};

/// The ignore files of a walk. Each folder's are read once; threads share it.
pub(super) struct Ignored {
    /// The folder that is walked, as the user names it.
    given: PathBuf,
    /// The same without symbolic links on the way.
    root: PathBuf,
    /// What holds for all repositories.
    global: Gitignore,
    folders: Mutex<HashMap<PathBuf, Option<Arc<Rules>>>>,
    failures: Mutex<Vec<Failure>>,
}

/// The ignore files of one folder that has any.
#[derive(Debug)]
pub(super) struct Rules {
    /// `.ignore`, `.gitignore` and `.git/info/exclude`; the first counts most, wherever it lies.
    matchers: [Gitignore; 3],
    /// An ignore file of this folder or one above that cannot be read, and why.
    unread: Option<Arc<str>>,
    above: Option<Arc<Rules>>,
}

impl Ignored {
    /// Those around `given`, a folder; paths of git's configuration are relative to `cwd`.
    pub(super) fn around(given: &Path, cwd: &Path) -> Self {
        let mut failures = Vec::new();
        let global = match git_excludes::file(&mut failures) {
            Some(path) => match reading::read(&path, Kind::Ignore) {
                Ok(bytes) => matcher(cwd, &bytes),
                Err(error) => {
                    failures.extend((!error.is_forbidden_or_absent()).then(|| unreadable(&path, &error)));
                    Gitignore::empty()
                }
            },
            None => Gitignore::empty(),
        };
        Self {
            given: given.to_owned(),
            root: fs::canonicalize(given).unwrap_or_else(|_| given.to_owned()),
            global,
            folders: Mutex::default(),
            failures: Mutex::new(failures),
        }
    }

    /// What holds in a folder that was met; nothing where no ignore file does.
    pub(super) fn rules_of(&self, met: &Path) -> Option<Arc<Rules>> {
        self.rules(&self.resolved(met))
    }

    /// Whether ignore files leave out what was met, in a folder where these hold, or its name does where they say nothing:
    /// one that begins with a dot.
    pub(super) fn leave_out(&self, met: &Path, is_folder: bool, rules: Option<&Rules>) -> bool {
        let matched = match rules.is_none() && self.global.is_empty() {
            true => Match::None,
            false => self.matched(&self.resolved(met), is_folder, rules),
        };
        match matched {
            Match::Ignore(()) => true,
            Match::Whitelist(()) => false,
            Match::None => is_hidden(met),
        }
    }

    /// What could not be read.
    pub(super) fn into_failures(self) -> Vec<Failure> {
        self.failures.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn matched(&self, path: &Path, is_folder: bool, rules: Option<&Rules>) -> Match<()> {
        let of = |matcher: &Gitignore| matcher.matched(path, is_folder).map(|_| ());
        (0..3)
            .map(|kind| {
                let mut levels = std::iter::successors(rules, |rules| rules.above.as_deref());
                let decided = levels.find_map(|level| {
                    let matched = of(level.matchers.get(kind)?);
                    (!matched.is_none()).then_some(matched)
                });
                decided.unwrap_or(Match::None)
            })
            .chain([of(&self.global)])
            .find(|matched| !matched.is_none())
            .unwrap_or(Match::None)
    }

    fn rules(&self, folder: &Path) -> Option<Arc<Rules>> {
        let known = |folders: &HashMap<PathBuf, Option<Arc<Rules>>>| folders.get(folder).cloned();
        if let Some(known) = known(&self.folders.lock().unwrap_or_else(PoisonError::into_inner)) {
            return known;
        }
        let above = folder.parent().and_then(|parent| self.rules(parent));
        let rules = self.read(folder, above);
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        folders.entry(folder.to_owned()).or_insert(rules).clone()
    }

    /// Those of one folder; those above where it has none.
    fn read(&self, folder: &Path, above: Option<Arc<Rules>>) -> Option<Arc<Rules>> {
        let mut unread = above.as_ref().and_then(|above| above.unread.clone());
        let mut of = |path: Option<PathBuf>| {
            let path = path?;
            match reading::read(&path, Kind::Ignore) {
                Ok(bytes) => Some(matcher(folder, &bytes)),
                Err(error) if error.is_absent() => None,
                Err(error) => {
                    let failure = unreadable(&self.shown(&path), &error);
                    unread = Some(failure.to_string().into());
                    self.failures
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(failure);
                    Some(Gitignore::empty())
                }
            }
        };
        let found = [
            of(Some(folder.join(".ignore"))),
            of(Some(folder.join(".gitignore"))),
            of(git_excludes::of_repository(folder)),
        ];
        if found.iter().all(Option::is_none) {
            return above;
        }
        Some(Arc::new(Rules {
            matchers: found.map(|matcher| matcher.unwrap_or_else(Gitignore::empty)),
            unread,
            above,
        }))
    }

    fn resolved(&self, met: &Path) -> PathBuf {
        match met
            .strip_prefix(&self.given)
            .or_else(|_| met.strip_prefix(without_dot(&self.given)))
        {
            Ok(rest) if rest.as_os_str().is_empty() => self.root.clone(),
            Ok(rest) => self.root.join(rest),
            Err(_) => self.root.join(met),
        }
    }

    /// A path as the user would name it.
    fn shown(&self, path: &Path) -> PathBuf {
        match path.strip_prefix(&self.root) {
            Ok(rest) => without_dot(&self.given.join(rest)).to_owned(),
            Err(_) => path.to_owned(),
        }
    }
}

impl Rules {
    /// An ignore file that may leave out what is met here and cannot be read, and why.
    pub(super) fn unread(&self) -> Option<&Arc<str>> {
        self.unread.as_ref()
    }
}

fn unreadable(path: &Path, error: &ReadError) -> Failure {
    Failure::path(path, format!("cannot be read: {error}"))
}

/// The patterns of one file, which are relative to `folder`. What is no pattern counts for nothing, as with git.
fn matcher(folder: &Path, bytes: &[u8]) -> Gitignore {
    let mut builder = GitignoreBuilder::new(folder);
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    for line in String::from_utf8_lossy(bytes).lines() {
        _ = builder.add_line(None, line);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}
