//! The texts that an editor shows and has not saved: whoever reads their files gets them in the place of what is on the disk.
//!
//! A process has one reader, so it has one set of such texts; whoever put some there takes them away again.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

static TEXTS: LazyLock<RwLock<HashMap<PathBuf, Arc<[u8]>>>> = LazyLock::new(RwLock::default);

/// Whether there is any text: most runs have none, and read many files.
static ARE_THERE: AtomicBool = AtomicBool::new(false);

/// The texts of one editor. They are gone with it.
#[derive(Debug, Default)]
pub(crate) struct Unsaved {
    /// The names of each file: as it was given, and without symbolic links.
    names: HashMap<PathBuf, Vec<PathBuf>>,
}

impl Unsaved {
    /// The file at this absolute path has this text, whatever lies there.
    pub(crate) fn set(&mut self, path: &Path, text: &[u8]) {
        let names = self.names.entry(path.to_owned()).or_insert_with(|| {
            let mut names = vec![path.to_owned()];
            names.extend(fs::canonicalize(path).ok().filter(|real| real != path));
            names
        });
        let text: Arc<[u8]> = Arc::from(text);
        let mut texts = TEXTS.write().unwrap_or_else(PoisonError::into_inner);
        texts.extend(names.iter().map(|name| (name.clone(), text.clone())));
        ARE_THERE.store(true, Ordering::Release);
    }

    /// The file at this absolute path has the text that lies there.
    pub(crate) fn remove(&mut self, path: &Path) {
        let names = self.names.remove(path).unwrap_or_default();
        take_away(&names);
    }
}

impl Drop for Unsaved {
    fn drop(&mut self) {
        self.names.values().for_each(|names| take_away(names));
    }
}

/// The text of the file at this path, where it is not the one on the disk.
pub(super) fn text_of(path: &Path) -> Option<Arc<[u8]>> {
    if !ARE_THERE.load(Ordering::Acquire) {
        return None;
    }
    TEXTS.read().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
}

fn take_away(names: &[PathBuf]) {
    let mut texts = TEXTS.write().unwrap_or_else(PoisonError::into_inner);
    for name in names {
        texts.remove(name);
    }
    ARE_THERE.store(!texts.is_empty(), Ordering::Release);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::{Kind, read};

    #[test]
    fn an_unsaved_text_is_read_until_it_is_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.py");
        fs::write(&path, "saved").unwrap();
        let text = || read(&path, Kind::Source).unwrap();
        let mut unsaved = Unsaved::default();
        unsaved.set(&path, b"typed");
        assert_eq!(text(), b"typed");
        unsaved.remove(&path);
        assert_eq!(text(), b"saved");
        unsaved.set(&path, b"typed again");
        assert_eq!(text(), b"typed again");
        drop(unsaved);
        assert_eq!(text(), b"saved");
    }
}
