//! Where a repository begins: code scanning and CI know files by their path from there, whatever the working folder.

use std::path::{Path, PathBuf};

use crate::reading::without_dots;

/// The folder that machine formats name files from.
#[derive(Clone, Debug, Default)]
pub struct Root {
    cwd: PathBuf,
    folder: PathBuf,
}

impl Root {
    /// The root of the git repository around `cwd`; `cwd` itself where there is none.
    #[must_use]
    pub fn around(cwd: &Path) -> Self {
        let repository = cwd.ancestors().find(|folder| folder.join(".git").exists());
        Self {
            cwd: cwd.to_owned(),
            folder: repository.unwrap_or(cwd).to_owned(),
        }
    }

    /// The folder itself.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the file lies that the user names `path`.
    #[must_use]
    pub(super) fn absolute(&self, path: &Path) -> PathBuf {
        without_dots(&self.cwd.join(path))
    }

    /// The path from the root, without `.` and `..`, of a file that the user names `path`; an absolute one for a file
    /// outside. Symbolic links are not followed.
    #[must_use]
    pub(super) fn path_of(&self, path: &Path) -> PathBuf {
        let absolute = self.absolute(path);
        match absolute.strip_prefix(&self.folder) {
            Ok(inside) => inside.to_owned(),
            Err(_) => absolute,
        }
    }

    /// As [`Self::path_of`], as text with `/` on every system. Bytes that are no UTF-8 become U+FFFD.
    #[must_use]
    pub(super) fn name_of(&self, path: &Path) -> String {
        with_slashes(&self.path_of(path))
    }
}

/// A path as text with `/` between its parts. Bytes that are no UTF-8 become U+FFFD.
pub(super) fn with_slashes(path: &Path) -> String {
    let text = path.to_string_lossy();
    match std::path::MAIN_SEPARATOR {
        '/' => text.into_owned(),
        separator => text.replace(separator, "/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_from_the_repository() {
        let temporary = tempfile::tempdir().unwrap();
        let repository = temporary.path().join("r");
        let cwd = repository.join("services/api");
        std::fs::create_dir_all(&cwd).unwrap();
        std::fs::create_dir(repository.join(".git")).unwrap();
        let root = Root::around(&cwd);
        for (named, name) in [
            ("a.py", "services/api/a.py"),
            ("./a.py", "services/api/a.py"),
            ("../web/./a.py", "services/web/a.py"),
            ("../../a.py", "a.py"),
        ] {
            assert_eq!(root.name_of(Path::new(named)), name, "{named}");
        }
        assert_eq!(root.name_of(&cwd.join("é.py")), "services/api/é.py");
        let outside = temporary.path().join("b.py");
        assert_eq!(root.path_of(Path::new("../../../b.py")), outside);
    }

    #[test]
    fn without_a_repository_the_working_folder_is_the_root() {
        let root = Root::default();
        assert_eq!(root.name_of(Path::new("./a/../b.py")), "b.py");
        assert_eq!(root.name_of(Path::new("../b.py")), "../b.py");
    }
}
