//! From a path to the connect that it means, in the releases that a project may run with.

use pep440_rs::Version;

use super::{ApiId, Catalog, Releases, Turn};
use crate::project::Project;
use crate::source::Language;

impl Catalog {
    /// The API that a resolved path means in the newest release.
    #[must_use]
    pub fn connect(&self, language: Language, path: &str) -> Option<ApiId> {
        self.by_path.get(&language)?.get(path)?.last().copied()
    }

    /// The API that a resolved path means in the newest release that the project may run with.
    #[must_use]
    pub fn connect_in(&self, language: Language, path: &str, project: &dyn Project) -> Option<ApiId> {
        let described = self.by_path.get(&language)?.get(path)?.as_slice();
        let newest = *described.last()?;
        if described.len() == 1 {
            return Some(newest);
        }
        let release = self.deciding_release(language, &self.entry(newest).package, project);
        let describes = |id: &&ApiId| release.is_none_or(|release| self.entry(**id).api.describes(release));
        Some(described.iter().rev().find(describes).copied().unwrap_or(newest))
    }

    /// The newest release that a project may run with of what decides how the connects of a package behave.
    fn deciding_release<'a>(
        &'a self,
        language: Language,
        package: &str,
        project: &'a dyn Project,
    ) -> Option<&'a Version> {
        let ((_, package), known) = self.known.get_key_value(&(language, package.to_owned()))?;
        let packages = &project.facts().packages;
        let own = packages.get(package);
        let Some(decided_by) = &known.decided_by else {
            return Releases::possible(package, known, own).newest();
        };
        if let Some(locked) = packages.get(decided_by) {
            return Releases::possible(decided_by, known, Some(locked)).newest();
        }
        let releases = Releases::possible(package, known, own);
        releases.newest().map(|newest| releases.newest_compatible(newest))
    }

    /// Whether this package decides how the connects of another one behave.
    #[must_use]
    pub fn decides(&self, package: &str) -> bool {
        self.known
            .values()
            .any(|known| known.decided_by.as_deref() == Some(package))
    }

    /// What a method makes of an object of the class `of`, where a trait adds it, and the modules one of which has to be imported
    /// for that.
    #[must_use]
    pub fn turn(&self, language: Language, method: &str, of: &str) -> Option<(&[String], &Turn)> {
        let known = self.turns.get(&(language, method.to_owned(), of.to_owned()))?;
        Some((&known.0, &known.1))
    }
}
