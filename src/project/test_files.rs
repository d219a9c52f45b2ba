//! The test modules of a project that has names of its own for them: `python_files` of pytest.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::files::Files;
use super::pytest_settings;
use super::python_folder::Place;
use crate::facts::TestNames;

/// What the projects of a run tell pytest of the names of their test modules, each folder asked once.
#[derive(Debug)]
pub struct TestFiles {
    files: Files,
    /// By folder; nothing where pytest's own names hold.
    told: Mutex<HashMap<PathBuf, Option<Arc<TestNames>>>>,
}

impl TestFiles {
    /// For whom ws-lint runs in this absolute folder.
    #[must_use]
    pub fn new(working_directory: &Path) -> Self {
        Self {
            files: Files::new(working_directory),
            told: Mutex::default(),
        }
    }

    /// Whether the project of the file at this absolute path says that it is a test module.
    #[must_use]
    pub fn cover(&self, path: &Path) -> bool {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
            return false;
        };
        self.told(folder).is_some_and(|told| told.is_test_module(name))
    }

    fn told(&self, folder: &Path) -> Option<Arc<TestNames>> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.entry(folder.to_owned())
            .or_insert_with(|| self.read(folder))
            .clone()
    }

    fn read(&self, folder: &Path) -> Option<Arc<TestNames>> {
        let root = self.files.extents().project(folder);
        let mut folders = folder.ancestors().take_while(|above| above.starts_with(root));
        let pytest = folders.find_map(|folder| {
            let files = &self.files;
            pytest_settings::pytest(Place { folder, root, files })
        })?;
        let names = pytest.names;
        (names != TestNames::default()).then(|| Arc::new(names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_tells_its_test_modules() {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in [
            (
                "one/pyproject.toml",
                "[tool.pytest.ini_options]\npython_files = ['check_*.py']\n",
            ),
            ("two/pyproject.toml", "[project]\nname = 'two'\n"),
        ] {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let files = TestFiles::new(root.path());
        assert!(files.cover(&root.path().join("one/checks/check_open.py")));
        assert!(!files.cover(&root.path().join("one/checks/open.py")));
        assert!(!files.cover(&root.path().join("two/check_open.py")));
        assert!(!files.cover(&root.path().join("two/test_open.py")));
    }
}
