//! Which module of a project a dotted path names, by Python's rules of where a module lies.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::value::Elsewhere;
use super::{Beginning, Folder, Home, Modules, is_installed, locked};
use crate::catalog::{is_known, modules_within};

/// So many names of a dotted path are followed.
const LONGEST: usize = 16;

impl Modules {
    /// The module of the project that the beginning of `path` names in the module at `home`, and the names behind it.
    pub(in crate::python::names) fn named<'p>(&self, home: &Home, path: &'p str) -> Option<(Elsewhere, Vec<&'p str>)> {
        let (file, names) = self.located(home, path)?;
        Some((self.summary(&file)?, names))
    }

    /// As [`Self::named`], with the file of the module.
    pub(in crate::python::names) fn located<'p>(
        &self,
        home: &Home,
        path: &'p str,
    ) -> Option<(Arc<Path>, Vec<&'p str>)> {
        let (file, used) = self.beginning(home, path)?;
        let names = path.split('.').filter(|name| !name.is_empty());
        Some((file, names.skip(used).collect()))
    }

    /// The file of the module that the beginning of `path` names in the module at `home`, and how many names that takes.
    pub(in crate::python::names) fn beginning(&self, home: &Home, path: &str) -> Option<Beginning> {
        let bare = path.trim_start_matches('.');
        let names = || bare.split('.').filter(|name| !name.is_empty());
        let is_relative = bare.len() < path.len();
        if !is_relative
            && names()
                .next()
                .is_none_or(|first| !home.place.has(first) || is_installed(first))
        {
            return None;
        }
        let known = locked(&home.place.known).get(path).cloned();
        let found = known.unwrap_or_else(|| {
            let names: Vec<&str> = names().collect();
            let found = match path.len() - bare.len() {
                0 => home.place.bases.iter().find_map(|(base, entries)| {
                    let (file, used) = self.lying_in(base, &names)?;
                    let is_whole_module = used == names.len();
                    let may_be_library = || is_known(bare) && self.may_be_library(&file, used, entries);
                    (is_whole_module || !may_be_library()).then_some((file, used))
                }),
                dots => self.relative(home, dots, &names),
            };
            let found = found.map(|(file, used)| (Arc::from(file), used));
            locked(&home.place.known).insert(path.to_owned(), found.clone());
            found
        });
        found.filter(|(file, _)| **file != *home.file)
    }

    /// Whether a module that is called as a library is may be that library, whose own sources are looked at: a package that has
    /// a module of the library. One file beside those that import it is not. `used` names led to `file` from the folder with
    /// `entries`.
    fn may_be_library(&self, file: &Path, used: usize, entries: &Folder) -> bool {
        let (true, Some(package)) = (used == 1, file.parent()) else {
            return true;
        };
        if !file.ends_with("__init__.py") {
            return entries.modules.contains(OsStr::new("__init__"));
        }
        let Some(name) = package.file_name().and_then(OsStr::to_str) else {
            return false;
        };
        let (inside, mut modules) = (self.folder(package), modules_within(name).map(OsStr::new).peekable());
        let has = |name: &OsStr| inside.modules.contains(name) || inside.folders.contains(name);
        modules.peek().is_none() || modules.any(has)
    }

    /// The folder of the project that the module at this absolute path is part of.
    pub(in crate::python) fn top(&self, file: &Path) -> Option<PathBuf> {
        Some(self.home(file).place.top()?.to_owned())
    }

    /// The files of the packages that the module at this absolute path lies in, the innermost first.
    pub(in crate::python::names) fn packages_around(&self, file: &Path) -> Vec<PathBuf> {
        let home = self.home(file);
        let (Some(folder), Some(top)) = (file.parent(), home.place.top()) else {
            return Vec::new();
        };
        let is_package =
            |folder: &&Path| folder.starts_with(top) && self.folder(folder).modules.contains(OsStr::new("__init__"));
        let packages = folder.ancestors().take_while(is_package);
        packages.map(|folder| folder.join("__init__.py")).collect()
    }

    /// The file that the longest beginning of `names` means in `folder`.
    fn lying_in(&self, folder: &Path, names: &[&str]) -> Option<(PathBuf, usize)> {
        let (mut at, mut found) = (folder.to_owned(), None);
        for (index, name) in names.iter().take(LONGEST).enumerate() {
            let here = self.folder(&at);
            let name: &OsStr = name.as_ref();
            let package = at.join(name);
            let is_package = here.folders.contains(name);
            if is_package && self.folder(&package).modules.contains(OsStr::new("__init__")) {
                found = Some((package.join("__init__.py"), index + 1));
            } else if here.modules.contains(name) {
                return Some((package.with_extension("py"), index + 1));
            } else if !is_package {
                break;
            }
            at = package;
        }
        found
    }

    /// As [`Self::lying_in`] from the folder that so many dots mean; that package itself where no module of it is meant.
    fn relative(&self, home: &Home, dots: usize, names: &[&str]) -> Option<(PathBuf, usize)> {
        let folder = home.file.ancestors().nth(dots)?;
        if !folder.starts_with(home.place.top()?) {
            return None;
        }
        self.lying_in(folder, names).or_else(|| {
            let has_code = self.folder(folder).modules.contains(OsStr::new("__init__"));
            has_code.then(|| (folder.join("__init__.py"), 0))
        })
    }
}
