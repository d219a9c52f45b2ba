//! The catalogue of connect APIs: what each library's connect accepts, how it is entered, and whether it can wait for
//! ever. Data from `rules/apis/<language>/<library>.toml`, compiled in, and from the `[[library]]` tables of the user's
//! configuration. `rules/apis/README.md` documents the format.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock, OnceLock};

use pep440_rs::Version;

use crate::facts::{ProjectFacts, Requirement};
use crate::source::Language;

mod api;
mod at;
mod blocking;
mod connects;
mod deadlines;
mod exceptions;
mod gives;
mod holders;
mod libraries;
mod library;
mod managed;
mod passes;
mod receivers;
mod refusals;
mod releases;
mod shelf;
mod signatures;
#[cfg(test)]
mod tests;
mod timeouts;
mod turns;
mod vocabulary;

pub use api::{
    Api, Call, Form, Misread, MisreadWhen, Needed, Otherwise, OwnLimitIs, Parameter, Phase, Protocol, Retries, Runtime,
    Unit, Waits,
};
pub use at::{At, During};
pub use blocking::{AtOnce, Blocking, Falsy, Lasts, Unblock, WithoutLimit};
pub use deadlines::{DeadlineFunction, OtherWith};
pub use exceptions::{Lack, Object, RejectedKeyword, Rejection};
pub use gives::{Gives, given_class, known_fixture, known_fixtures};
pub use holders::{Hangs, HeldBy, Holder, HolderArgument, Without};
pub use library::{Entry, Library};
pub use managed::ManagedConnection;
pub use passes::{Asks, PassesOn, RejectedKeys};
pub use receivers::{ReceiveAtOnce, ReceiveLimit, Receiver, ReceiverEntry, ReceiverId};
pub use refusals::Refused;
pub use releases::{Break, Known, NewestPython, Releases, Share};
use shelf::Shelf;
pub use signatures::{Accepted, Advice, Beside, Reach, RejectedName, Signature, Unknown, Verdict};
pub use timeouts::TimeoutClass;
pub use turns::Turn;
pub use vocabulary::{Name, Vocabulary, Words, is_known, modules_within};

/// Where an API stands in a [`Catalog`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ApiId {
    language: Language,
    /// In the entries of the language.
    index: usize,
}

/// Every API that is known, looked up by path.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    python: Lazily,
    rust: Lazily,
}

/// The libraries of one language, which are read once somebody asks for one of them.
#[derive(Clone, Debug, Default)]
struct Lazily {
    /// Those that come with ws-lint are among them.
    has_builtin: bool,
    /// The user's own, in their order.
    added: Vec<Library>,
    shelf: OnceLock<Shelf>,
}

impl Lazily {
    const fn builtin() -> Self {
        Self {
            has_builtin: true,
            added: Vec::new(),
            shelf: OnceLock::new(),
        }
    }
}

impl Catalog {
    /// The catalogue that comes with ws-lint.
    #[must_use]
    pub fn builtin() -> &'static Catalog {
        static BUILTIN: Catalog = Catalog {
            python: Lazily::builtin(),
            rust: Lazily::builtin(),
        };
        &BUILTIN
    }

    /// Adds a library. A path that is known already now means the new API: the user's word counts.
    pub fn add(&mut self, language: Language, library: Library) {
        let lazily = match language {
            Language::Python => &mut self.python,
            Language::Rust => &mut self.rust,
            // Nothing is called from there.
            Language::Manifest => return,
        };
        match lazily.shelf.get_mut() {
            Some(shelf) => shelf.add(language, library),
            None => lazily.added.push(library),
        }
    }

    fn of(&self, language: Language) -> &Shelf {
        static NOTHING: LazyLock<Shelf> = LazyLock::new(Shelf::default);
        let lazily = match language {
            Language::Python => &self.python,
            Language::Rust => &self.rust,
            Language::Manifest => return &NOTHING,
        };
        lazily.shelf.get_or_init(|| {
            let mut shelf = match lazily.has_builtin {
                true => Shelf::builtin(language),
                false => Shelf::default(),
            };
            for library in &lazily.added {
                shelf.add(language, library.clone());
            }
            shelf
        })
    }

    /// The class that a resolved path means, where its instances carry limits.
    #[must_use]
    pub fn holder(&self, language: Language, path: &str) -> Option<&Holder> {
        self.of(language).holders.get(path)
    }

    /// The paths of the functions that limit the connects of the whole process.
    pub fn process_limits(&self, language: Language) -> impl Iterator<Item = &str> {
        let limits = self.entries(language).flat_map(|entry| &entry.api.process_limits);
        limits.map(String::as_str)
    }

    /// Whether some API's path is `path` and more: a module or a type on the way to a connect.
    #[must_use]
    pub fn leads_to_connect(&self, language: Language, path: &str) -> bool {
        self.of(language).leading.contains(path)
    }

    /// The releases of a package (by its name in the registry) that a project may run with; `None` where the catalogue
    /// knows no differences between them.
    #[must_use]
    pub fn releases<'a>(
        &'a self,
        language: Language,
        package: &str,
        project: &'a ProjectFacts,
    ) -> Option<Releases<'a>> {
        let (package, known) = self.of(language).known.get_key_value(package)?;
        let python = project.python.as_ref().map(|fact| fact.value);
        Some(Releases::possible(
            package,
            known,
            project.packages.get(package),
            python,
        ))
    }

    /// Whether a library of the language has this name, written as PEP 503 does.
    #[must_use]
    pub fn has_package(&self, language: Language, name: &str) -> bool {
        self.entries(language).any(|entry| entry.package == name)
    }

    /// The packages of a language of which anything is known, in order.
    #[must_use]
    pub fn packages(&self, language: Language) -> BTreeSet<&str> {
        let connecting = self.entries(language).map(|entry| entry.package.as_str());
        connecting
            .chain(self.of(language).known.keys().map(String::as_str))
            .collect()
    }

    /// What is known of a package's releases.
    #[must_use]
    pub fn known(&self, language: Language, package: &str) -> Option<&Known> {
        self.of(language).known.get(package)
    }

    /// For how many of the releases that a requirement allows something holds; nothing where they are not to be known, or the
    /// catalogue knows no differences between them.
    #[must_use]
    pub fn share_of(&self, requirement: &Requirement, holds: impl Fn(&Version) -> bool) -> Option<Share> {
        let known = self.known(requirement.ecosystem, &requirement.package)?;
        let range = requirement.as_fact()?;
        Some(Releases::possible(&requirement.package, known, Some(&range), None).share(holds))
    }

    /// The protocols that a package's connects speak; none for a package that is not in the catalogue.
    pub fn protocols<'a>(&'a self, language: Language, package: &'a str) -> impl Iterator<Item = Protocol> + 'a {
        let of_package = self.entries(language).filter(move |entry| entry.package == package);
        of_package.map(|entry| entry.protocol)
    }

    /// What the connects of a package raise where the server refuses the handshake.
    #[must_use]
    pub fn rejections(&self, language: Language, package: &str) -> &[Rejection] {
        let known = self.of(language).rejections.get(package);
        known.map_or(&[], Vec::as_slice)
    }

    /// The exception that a resolved path means, where it says that something took too long.
    #[must_use]
    pub fn timeout(&self, language: Language, path: &str) -> Option<&TimeoutClass> {
        self.of(language).timeouts.get(path)
    }

    /// The exception that a resolved path means, and its package.
    #[must_use]
    pub fn rejection(&self, language: Language, path: &str) -> Option<(&str, &Rejection)> {
        let rejections = self.of(language).rejections.iter();
        rejections
            .flat_map(|(package, known)| known.iter().map(move |known| (package.as_str(), known)))
            .find(|(_, rejection)| rejection.is(path))
    }

    /// What calling the connects of a package makes, where that is no coroutine.
    #[must_use]
    pub fn objects(&self, language: Language, package: &str) -> &[Object] {
        let known = self.of(language).objects.get(package);
        known.map_or(&[], Vec::as_slice)
    }

    /// Whether the connection that the connect at `path` gives can be entered after it was awaited, in every release of its
    /// package that the project may run with.
    #[must_use]
    pub fn gives_managed_connection(
        &self,
        language: Language,
        package: &str,
        path: &str,
        project: &ProjectFacts,
    ) -> bool {
        let known = self.of(language).managed.get(package);
        let range = project.packages.get(package).map(|fact| &fact.value);
        known
            .into_iter()
            .flatten()
            .any(|managed| managed.is_given_by(path, range))
    }

    /// What calls of the connects of a package are refused for besides the names of their arguments.
    #[must_use]
    pub fn refused(&self, language: Language, package: &str) -> &[Refused] {
        let known = self.of(language).refused.get(package);
        known.map_or(&[], Vec::as_slice)
    }

    /// What the releases of its package, which comes first, make of the other kind of `with` for the deadline of this path.
    #[must_use]
    pub fn other_with(&self, language: Language, path: &str) -> Option<(&str, &OtherWith)> {
        let (package, known) = self.of(language).deadlines.get(path)?;
        Some((package, &known.other_with))
    }

    /// The function of a resolved path, where it blocks its thread and is no connect.
    #[must_use]
    pub fn blocking(&self, language: Language, path: &str) -> Option<&Blocking> {
        self.of(language).blocking.get(path).map(Arc::as_ref)
    }

    /// The methods that block of what the function of a resolved path makes.
    pub fn blocking_methods<'a>(&'a self, language: Language, class: &str) -> impl Iterator<Item = &'a Blocking> {
        let paths = self.of(language).blocking_below.get(class);
        let paths = paths.into_iter().flatten();
        paths.filter_map(move |path| self.blocking(language, path))
    }

    /// The paths of all functions of a language that block and are no connects.
    pub fn blocking_paths(&self, language: Language) -> impl Iterator<Item = &str> {
        self.of(language).blocking.keys().map(String::as_str)
    }

    /// What is known of an API.
    #[must_use]
    pub fn entry(&self, id: ApiId) -> &Entry {
        &self.of(id.language).entries[id.index]
    }

    /// Every API of a language.
    pub fn entries(&self, language: Language) -> impl Iterator<Item = &Entry> {
        self.of(language).entries.iter()
    }
}
