//! The baseline: findings that a project has and lives with for now, so that only new ones fail.
//!
//! A finding is known by its file, its rule and the text of its line, and counted: it stays known when lines above it come
//! and go, and is new once its line is edited. Paths are relative to the folder of the baseline and written with `/`.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::finding::Finding;
use crate::fix;
use crate::reading::{self, Kind, ReadError};
use crate::rules;
use crate::settings::Settings;
use crate::source::SourceFile;

mod file;
mod key;
mod relative;

pub use key::{Counts, Key, LineHash, count};

use file::Mistake;

/// By the path as the baseline names it.
pub type Entries = BTreeMap<String, Counts>;

/// A baseline and where it lies.
#[derive(Debug)]
pub struct Baseline {
    /// As the user names it.
    path: PathBuf,
    /// The folder that paths are relative to, symbolic links resolved.
    folder: PathBuf,
    /// The file's text, where there is a file.
    text: Option<String>,
    entries: Entries,
}

/// Why a baseline cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// There is no such file.
    #[error("`{path}` does not exist: make it with `--write-baseline {path}`")]
    Missing {
        /// As the user names it.
        path: PathBuf,
    },
    /// The system refuses.
    #[error("`{path}` cannot be read: {reason}")]
    Unreadable {
        /// As the user names it.
        path: PathBuf,
        /// What is there, or what the system says.
        reason: String,
    },
    /// It was written by another ws-lint.
    #[error(
        "`{path}` is a baseline of version {version}, and this ws-lint reads version {}: use the ws-lint that wrote it, or remove it and run `--write-baseline {path}`",
        file::VERSION
    )]
    Version {
        /// As the user names it.
        path: PathBuf,
        /// As it stands there.
        version: String,
    },
    /// A merge was not finished.
    #[error(
        "`{path}` holds the marks of a merge conflict: keep the entries of both sides, or remove it and run `--write-baseline {path}`"
    )]
    Conflict {
        /// As the user names it.
        path: PathBuf,
    },
    /// It is something else.
    #[error("`{path}` is not a baseline: {reason}: mend it, or remove it and run `--write-baseline {path}`")]
    Malformed {
        /// As the user names it.
        path: PathBuf,
        /// What was expected where.
        reason: String,
    },
}

/// What a run found in one file, whatever the baseline allows.
#[derive(Clone, Debug)]
pub struct Judged {
    /// As the baseline names the file.
    pub name: String,
    /// What says which rules ran.
    pub settings: Arc<Settings>,
    /// What was found.
    pub counts: Counts,
}

/// Entries that allow what is no longer there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// As the baseline names the file.
    pub name: String,
    /// The rule's code.
    pub rule: String,
    /// How many findings fewer there are.
    pub count: usize,
}

impl Baseline {
    /// Reads the baseline at `path`, which is relative to `cwd`.
    ///
    /// # Errors
    /// There is none, or none that can be used.
    pub fn read(path: &Path, cwd: &Path) -> Result<Self, BaselineError> {
        let baseline = Self::read_or_new(path, cwd)?;
        match baseline.text {
            Some(_) => Ok(baseline),
            None => Err(BaselineError::Missing { path: path.to_owned() }),
        }
    }

    /// As [`read`](Self::read); an empty one where there is no file.
    ///
    /// # Errors
    /// The file cannot be used, or the folder that it belongs into does not exist.
    pub fn read_or_new(path: &Path, cwd: &Path) -> Result<Self, BaselineError> {
        let unreadable = |error: ReadError| BaselineError::Unreadable {
            path: path.to_owned(),
            reason: error.to_string(),
        };
        let absolute = cwd.join(path);
        let text = match reading::read(&absolute, Kind::Known) {
            Ok(bytes) => Some(String::from_utf8(bytes).map_err(|error| BaselineError::Malformed {
                path: path.to_owned(),
                reason: error.to_string(),
            })?),
            Err(error) if error.is_absent() => None,
            Err(error) => return Err(unreadable(error)),
        };
        let folder = fs::canonicalize(absolute.parent().unwrap_or(cwd)).map_err(|error| unreadable(error.into()))?;
        let entries = match &text {
            Some(text) => file::parse(text).map_err(|mistake| told(mistake, path))?,
            None => Entries::new(),
        };
        Ok(Self {
            path: path.to_owned(),
            folder,
            text,
            entries,
        })
    }

    /// As the user names it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the baseline calls a file.
    #[must_use]
    pub fn name_of(&self, absolute: &Path) -> String {
        relative::name(&self.folder, absolute)
    }

    /// Whether it allows anything in a file.
    #[must_use]
    pub fn speaks_of(&self, absolute: &Path) -> bool {
        !self.entries.is_empty() && self.entries.contains_key(&self.name_of(absolute))
    }

    /// Takes the findings that the baseline allows out of those of the file that it calls `name`. Of equal findings the first
    /// ones are known.
    #[must_use]
    pub fn split(&self, name: &str, source: &SourceFile, findings: Vec<Finding>) -> (Vec<Finding>, Vec<Finding>) {
        let mut left = self.entries.get(name).cloned().unwrap_or_default();
        findings.into_iter().partition(|finding| {
            let known = left.get_mut(&Key::of(finding, source));
            let allowed = known.filter(|count| **count > 0);
            allowed.map(|count| *count -= 1).is_none()
        })
    }

    /// What the baseline allows and the run did not find, by path and rule. Of files that it did not look at and rules that
    /// did not run nothing is known; a file that is gone has no findings.
    #[must_use]
    pub fn stale(&self, judged: &[Judged]) -> Vec<Stale> {
        let kept = self.without_stale(judged);
        let mut stale = Vec::new();
        for (name, counts) in &self.entries {
            let mut by_rule = BTreeMap::<&str, usize>::new();
            for (key, count) in counts {
                let left = kept.get(name).and_then(|kept| kept.get(key)).copied().unwrap_or(0);
                *by_rule.entry(&key.rule).or_default() += count - left;
            }
            let gone = by_rule.into_iter().filter(|(_, count)| *count > 0);
            stale.extend(gone.map(|(rule, count)| Stale {
                name: name.clone(),
                rule: rule.to_owned(),
                count,
            }));
        }
        stale
    }

    /// The entries less those that are stale.
    #[must_use]
    pub fn without_stale(&self, judged: &[Judged]) -> Entries {
        self.merged(judged, |entry, found| entry.min(found))
    }

    /// The entries that allow all that was found. What the run did not look at keeps its entries.
    #[must_use]
    pub fn renewed(&self, judged: &[Judged]) -> Entries {
        let mut renewed = self.merged(judged, |_, _| 0);
        for Judged { name, counts, .. } in judged.iter().filter(|judged| !judged.counts.is_empty()) {
            renewed.entry(name.clone()).or_default().extend(counts.clone());
        }
        renewed
    }

    /// Writes the file with these entries, if they change it.
    ///
    /// # Errors
    /// Why it was left as it was.
    pub fn write(&self, entries: &Entries, cwd: &Path) -> Result<(), fix::WriteError> {
        let path = cwd.join(&self.path);
        let new = file::text(entries);
        match &self.text {
            Some(text) if *text == new => Ok(()),
            Some(text) => fix::write(&path, text.as_bytes(), new.as_bytes()),
            None => fix::create(&path, new.as_bytes()),
        }
    }

    /// What is left of the entries that can be judged is `keep(entry, found)`.
    fn merged(&self, judged: &[Judged], keep: impl Fn(usize, usize) -> usize) -> Entries {
        let judged: BTreeMap<&str, &Judged> = judged.iter().map(|one| (one.name.as_str(), one)).collect();
        let mut merged = Entries::new();
        for (name, counts) in &self.entries {
            let of_file = judged.get(name.as_str());
            if of_file.is_none() && self.is_gone(name) {
                continue;
            }
            for (key, &count) in counts {
                let ran = |one: &&&Judged| {
                    let is_rule = rules::ALL.iter().any(|rule| rule.code == key.rule);
                    !is_rule || one.settings.enabled.contains(key.rule.as_str())
                };
                let left = match of_file.filter(ran) {
                    Some(one) => keep(count, one.counts.get(key).copied().unwrap_or(0)),
                    None => count,
                };
                if left > 0 {
                    merged.entry(name.clone()).or_default().insert(key.clone(), left);
                }
            }
        }
        merged
    }

    fn is_gone(&self, name: &str) -> bool {
        let found = fs::symlink_metadata(self.folder.join(name));
        found.is_err_and(|error| matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory))
    }
}

/// How many findings entries allow.
#[must_use]
pub fn total(entries: &Entries) -> usize {
    entries.values().flat_map(Counts::values).sum()
}

fn told(mistake: Mistake, path: &Path) -> BaselineError {
    let path = path.to_owned();
    match mistake {
        Mistake::Version(version) => BaselineError::Version { path, version },
        Mistake::Conflict => BaselineError::Conflict { path },
        Mistake::Malformed(reason) => BaselineError::Malformed { path, reason },
    }
}
