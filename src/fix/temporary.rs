//! The temporary files that new content is written to, and those that a killed run left behind.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::{Builder, NamedTempFile};

use super::write::names;
use crate::reading;

const PREFIX: &str = ".ws-lint-";
const SUFFIX: &str = ".tmp";
const RANDOM: usize = 6;

/// How often a file is made anew that another run took for abandoned before it was locked.
const MOST_TRIES: usize = 5;

/// A new file in `folder` that is gone when it is dropped. It is locked while this process lives, so that nobody takes
/// it for abandoned; on file systems without locks nobody takes any file for that.
pub(super) fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX).rand_bytes(RANDOM);
    for _ in 1..MOST_TRIES {
        let file = builder.tempfile_in(folder)?;
        let _ = file.as_file().lock();
        if names(&file.as_file().metadata()?) > 0 {
            return Ok(file);
        }
    }
    builder.tempfile_in(folder)
}

/// Takes away what killed runs left (`.ws-lint-*.tmp`), in each folder that a run writes to, once.
///
/// A temporary file that is left belongs to a file that was not replaced. So it lies where the next `--fix` writes to,
/// unless someone else mends that file first; then it stays. It is hidden and no source, so it is never looked at.
#[derive(Debug, Default)]
pub struct Leftovers {
    swept: Mutex<HashSet<PathBuf>>,
}

impl Leftovers {
    /// Removes what was left beside the file at `path`, or beside its target where it is a symbolic link. What cannot
    /// be removed stays.
    pub fn remove_beside(&self, path: &Path) {
        let Some(folder) = fs::canonicalize(path)
            .ok()
            .and_then(|target| Some(target.parent()?.to_owned()))
        else {
            return;
        };
        let is_new = {
            let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
            swept.insert(folder.clone())
        };
        if is_new && let Ok(entries) = fs::read_dir(folder) {
            for entry in entries.flatten() {
                if is_temporary(&entry.file_name()) && entry.file_type().is_ok_and(|kind| kind.is_file()) {
                    remove_abandoned(&entry.path());
                }
            }
        }
    }
}

fn is_temporary(name: &OsStr) -> bool {
    let random = name
        .to_str()
        .and_then(|name| name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX));
    random.is_some_and(|random| random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Nobody can lock the file in between: it is held until it is gone.
fn remove_abandoned(path: &Path) {
    if let Ok((file, _)) = reading::open(path)
        && file.try_lock().is_ok()
    {
        let _ = fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_run_left_is_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["a.py", ".ws-lint-Ab12Cd.tmp", ".ws-lint-mine.tmp", ".ws-lint.toml"] {
            fs::write(at(name), "").unwrap();
        }
        fs::create_dir(at(".ws-lint-folder.tmp")).unwrap();
        let alive = temporary_in(folder.path()).unwrap();
        Leftovers::default().remove_beside(&at("a.py"));
        assert!(!at(".ws-lint-Ab12Cd.tmp").exists());
        assert!(alive.path().exists(), "another run is writing it");
        for name in [".ws-lint-mine.tmp", ".ws-lint.toml", ".ws-lint-folder.tmp"] {
            assert!(at(name).exists(), "{name}");
        }
    }

    #[test]
    fn a_folder_is_looked_through_once() {
        let folder = tempfile::tempdir().unwrap();
        let left = folder.path().join(".ws-lint-Ab12Cd.tmp");
        let file = folder.path().join("a.py");
        fs::write(&file, "").unwrap();
        let leftovers = Leftovers::default();
        leftovers.remove_beside(&file);
        fs::write(&left, "").unwrap();
        leftovers.remove_beside(&file);
        assert!(left.exists());
    }
}
