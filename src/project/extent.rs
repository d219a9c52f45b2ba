//! Which folder is the project: asked alike for what manifests say, for pytest's settings and for the modules that an import means.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use foldhash::HashMap;

/// So many folders up a project is looked for.
const HIGHEST: usize = 16;

/// What only the root of a repository has.
const REPOSITORIES: &[&str] = &[".git", ".hg", ".jj"];

/// The manifests that make a folder a project's root.
const MANIFESTS: &[&str] = &["pyproject.toml", "setup.cfg", "setup.py"];

/// What stands in a project's root where it has neither: the rest of its modules may lie above.
const SETTINGS: &[&str] = &["pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "tox.ini"];

/// The same, but nearly anything may lie in a folder that ws-lint runs below.
const INSTALLED: &[&str] = &[
    "requirements.txt",
    "requirements.in",
    "Pipfile",
    "Pipfile.lock",
    "environment.yml",
    "pdm.lock",
    "poetry.lock",
    "pylock.toml",
    "uv.lock",
];

pub(super) fn is_repository(folder: &Path) -> bool {
    REPOSITORIES.iter().any(|name| folder.join(name).exists())
}

/// How far projects extend. What marks a folder is looked at once: nearly every question goes up to the same ones.
#[derive(Debug, Default)]
pub struct Extents {
    /// The folder that ws-lint runs in.
    working_directory: PathBuf,
    known: Mutex<HashMap<PathBuf, Arc<Marks>>>,
}

/// What marks one folder, each once somebody asked for it.
#[derive(Debug, Default)]
struct Marks {
    is_repository: OnceLock<bool>,
    has_manifest: OnceLock<bool>,
    /// A manifest, settings or requirements.
    has_any: OnceLock<bool>,
}

impl Extents {
    /// For whom ws-lint runs in this absolute folder.
    #[must_use]
    pub fn new(working_directory: &Path) -> Self {
        Self {
            working_directory: working_directory.to_owned(),
            known: Mutex::default(),
        }
    }

    /// The folder that ws-lint runs in.
    #[must_use]
    pub fn working_directory(&self) -> &Path {
        &self.working_directory
    }

    /// The folder that the project of the files in `folder`, an absolute one, begins in: the nearest with a manifest or a
    /// repository of its own. Where there is none it is as large as [`Self::whole`].
    pub(super) fn project<'f>(&'f self, folder: &'f Path) -> &'f Path {
        let is_root = |above: &&Path| self.is_repository(above) || self.has_manifest(above);
        let root = folder.ancestors().find(is_root);
        root.unwrap_or_else(|| self.whole(folder))
    }

    /// The highest folder that what is in `folder`, an absolute one, has to do with: that of the repository, else the highest with a
    /// manifest, settings or requirements. Without any of them it is the one that ws-lint runs in, where `folder` lies in it.
    #[must_use]
    pub fn whole<'f>(&'f self, folder: &'f Path) -> &'f Path {
        let above = || folder.ancestors().take(HIGHEST);
        // Where ws-lint runs says the least: it may be the folder that all the projects of its user lie in.
        let highest = above()
            .find(|above| self.is_repository(above))
            .or_else(|| above().filter(|above| self.has_any(above)).last())
            .or_else(|| above().find(|above| *above == self.working_directory));
        highest.unwrap_or(folder)
    }

    fn is_repository(&self, folder: &Path) -> bool {
        let marks = self.marks(folder);
        *marks.is_repository.get_or_init(|| is_repository(folder))
    }

    fn has_manifest(&self, folder: &Path) -> bool {
        let is_there = || MANIFESTS.iter().any(|manifest| folder.join(manifest).is_file());
        *self.marks(folder).has_manifest.get_or_init(is_there)
    }

    fn has_any(&self, folder: &Path) -> bool {
        let is_there = || {
            let is_around = folder != self.working_directory && self.working_directory.starts_with(folder);
            let installed = INSTALLED.iter().filter(|_| !is_around);
            let mut marks = MANIFESTS.iter().chain(SETTINGS).chain(installed);
            marks.any(|mark| folder.join(mark).symlink_metadata().is_ok())
        };
        *self.marks(folder).has_any.get_or_init(is_there)
    }

    fn marks(&self, folder: &Path) -> Arc<Marks> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(folder) {
            Some(marks) => Arc::clone(marks),
            None => Arc::clone(known.entry(folder.to_owned()).or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The project and the whole around `a/b`, in a folder that has these files, for who runs ws-lint in a folder of it.
    fn around(files: &[&str], working_directory: &str) -> (String, String) {
        let root = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(root.path()).unwrap();
        let of = |path: &str| root.join(path).components().collect::<std::path::PathBuf>();
        fs::create_dir_all(of("top/a/b")).unwrap();
        for file in files {
            fs::create_dir_all(of(file).parent().unwrap()).unwrap();
            fs::write(of(file), "").unwrap();
        }
        let (folder, working_directory) = (of("top/a/b"), of(working_directory));
        let shown = |path: &Path| path.strip_prefix(&root).unwrap().display().to_string();
        let extents = Extents::new(&working_directory);
        (shown(extents.project(&folder)), shown(extents.whole(&folder)))
    }

    #[test]
    fn where_nothing_marks_it_a_project_begins_where_ws_lint_runs() {
        for (files, working_directory, project, whole) in [
            (&[][..], "top", "top", "top"),
            (&[], "top/a/b", "top/a/b", "top/a/b"),
            (&[], "elsewhere", "top/a/b", "top/a/b"),
            (&["top/pytest.ini"], "elsewhere", "top", "top"),
            (&["top/pytest.ini", "top/a/tox.ini"], "top/a", "top", "top"),
            (&["top/a/pytest.toml"], "top", "top/a", "top/a"),
            (&["top/requirements.txt", "top/a/pytest.ini"], "top", "top", "top"),
            (&["top/requirements.txt"], "top/a", "top/a", "top/a"),
            (&["top/requirements.txt"], "elsewhere", "top", "top"),
            (&["top/.git/x"], "elsewhere", "top", "top"),
            (&["top/.git/x", "top/a/setup.py"], "top/a", "top/a", "top"),
            (&["top/setup.cfg", "top/a/setup.py"], "top", "top/a", "top"),
            (&["top/a/.git", "top/setup.py"], "top", "top/a", "top/a"),
        ] {
            assert_eq!(
                around(files, working_directory),
                (project.to_owned(), whole.to_owned()),
                "{files:?} {working_directory}"
            );
        }
    }
}
