//! From a path to the connect that it means, in the releases that a project may run with.

use pep440_rs::Version;

use super::{ApiId, Catalog, Releases, Turn};
use crate::facts::{Project, ProjectFacts};
use crate::source::Language;

impl Catalog {
    /// The API that a resolved path means in the newest release.
    #[must_use]
    pub fn connect(&self, language: Language, path: &str) -> Option<ApiId> {
        self.of(language).by_path.get(path)?.last().copied()
    }

    /// The API that a resolved path means in the newest release that the project may run with.
    #[must_use]
    pub fn connect_in(&self, language: Language, path: &str, project: &dyn Project) -> Option<ApiId> {
        let described = self.of(language).by_path.get(path)?.as_slice();
        let newest = *described.last()?;
        if described.len() == 1 {
            return Some(newest);
        }
        let facts = project.facts();
        let package = &self.entry(newest).package;
        let deciding = self.deciding(language, package, facts);
        // Of those before the oldest known release what is written for the oldest ones says at least what there is.
        if deciding.is_some_and(|releases| releases.unknown().is_some()) {
            return described.first().copied();
        }
        let release = self.deciding_release(language, package, facts);
        let describes = |id: &&ApiId| release.is_none_or(|release| self.entry(**id).api.describes(release));
        Some(described.iter().rev().find(describes).copied().unwrap_or(newest))
    }

    /// The newest release that a project may run with of what decides how the connects of a package behave.
    fn deciding_release<'a>(
        &'a self,
        language: Language,
        package: &str,
        project: &'a ProjectFacts,
    ) -> Option<&'a Version> {
        let known = self.known(language, package)?;
        let releases = self.deciding(language, package, project)?;
        let newest = releases.newest()?;
        let is_locked = |decided_by: &String| project.packages.has(decided_by);
        match &known.decided_by {
            Some(decided_by) if !is_locked(decided_by) => Some(releases.newest_compatible(newest)),
            _ => Some(newest),
        }
    }

    /// The releases that decide how the connects of a package behave: its own, or those of the package that decides for it.
    fn deciding<'a>(&'a self, language: Language, package: &str, project: &'a ProjectFacts) -> Option<Releases<'a>> {
        let known = self.known(language, package)?;
        let decided_by = known.decided_by.as_ref();
        match decided_by.and_then(|name| Some((name, project.packages.get(name)?))) {
            Some((name, locked)) => Some(Releases::possible(name, known, Some(locked), None)),
            None => self.releases(language, package, project),
        }
    }

    /// Where a project can only run releases of a package of which nothing is known: what can be said of them, a clause.
    #[must_use]
    pub fn unknown_releases(&self, language: Language, package: &str, project: &ProjectFacts) -> Option<String> {
        self.deciding(language, package, project)?.unknown()
    }

    /// Whether this package decides how the connects of another one behave.
    #[must_use]
    pub fn decides(&self, language: Language, package: &str) -> bool {
        self.of(language)
            .known
            .values()
            .any(|known| known.decided_by.as_deref() == Some(package))
    }

    /// What a method makes of an object of the class `of`, where a trait adds it, and the modules one of which has to be imported
    /// for that.
    #[must_use]
    pub fn turn(&self, language: Language, method: &str, of: &str) -> Option<(&[String], &Turn)> {
        let known = self.of(language).turns.get(&(method.to_owned(), of.to_owned()))?;
        Some((&known.0, &known.1))
    }
}
