//! The releases of the packages that a project names. They are found out when somebody asks for one: a lock file lists thousands
//! that nobody asks for.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use elsa::sync::FrozenMap;

use super::{Fact, PackageRange};

/// The releases of each package that a project names.
#[derive(Clone, Debug, Default)]
pub struct Packages {
    /// What counts more than what a resolver says.
    told: BTreeMap<String, Fact<PackageRange>>,
    asked: Option<Arc<Asked>>,
}

/// Finds out what a project says of a package.
pub trait Resolver: Debug + Send + Sync {
    /// Its releases, by its normalised name (PEP 503); nothing where nothing is said of them.
    fn releases_of(&self, package: &str) -> Option<Fact<PackageRange>>;
}

/// A resolver, and what it answered.
#[derive(Debug)]
struct Asked {
    resolver: Box<dyn Resolver>,
    answers: FrozenMap<String, Box<Option<Fact<PackageRange>>>>,
}

impl Packages {
    /// What the resolver says, which is asked once for each package.
    #[must_use]
    pub fn of(resolver: impl Resolver + 'static) -> Self {
        Self {
            told: BTreeMap::new(),
            asked: Some(Arc::new(Asked {
                resolver: Box::new(resolver),
                answers: FrozenMap::default(),
            })),
        }
    }

    /// The releases of a package, by its normalised name (PEP 503).
    #[must_use]
    pub fn get(&self, package: &str) -> Option<&Fact<PackageRange>> {
        let told = self.told.get(package);
        told.or_else(|| self.asked.as_ref()?.answer(package))
    }

    /// Whether anything is said of the releases of a package.
    #[must_use]
    pub fn has(&self, package: &str) -> bool {
        self.get(package).is_some()
    }

    /// Takes these releases for what the project runs with, whatever it says itself.
    pub fn tell(&mut self, packages: impl IntoIterator<Item = (String, Fact<PackageRange>)>) {
        self.told.extend(packages);
    }
}

impl FromIterator<(String, Fact<PackageRange>)> for Packages {
    fn from_iter<I: IntoIterator<Item = (String, Fact<PackageRange>)>>(packages: I) -> Self {
        Self {
            told: packages.into_iter().collect(),
            asked: None,
        }
    }
}

impl Asked {
    fn answer(&self, package: &str) -> Option<&Fact<PackageRange>> {
        let answer = self.answers.get(package).unwrap_or_else(|| {
            let answer = Box::new(self.resolver.releases_of(package));
            self.answers.insert(package.to_owned(), answer)
        });
        answer.as_ref()
    }
}
