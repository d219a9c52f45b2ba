//! The catalogue of connect APIs: what each library's connect accepts, how it is entered, and whether it can wait for
//! ever. Data from `rules/apis/<language>/<library>.toml`, compiled in, and from the `[[library]]` tables of the user's
//! configuration. `rules/apis/README.md` documents the format.

use foldhash::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use pep440_rs::Version;
use serde::Deserialize;

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
mod managed;
mod passes;
mod receivers;
mod refusals;
mod releases;
mod signatures;
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
use libraries::LIBRARIES;
pub use managed::ManagedConnection;
pub use passes::{Asks, PassesOn, RejectedKeys};
pub use receivers::{ReceiveAtOnce, ReceiveLimit, Receiver, ReceiverEntry, ReceiverId};
pub use refusals::Refused;
pub use releases::{Break, Known, NewestPython, Releases, Share};
pub use signatures::{Accepted, Advice, Beside, Reach, RejectedName, Signature, Unknown, Verdict};
pub use timeouts::TimeoutClass;
pub use turns::Turn;
pub use vocabulary::{Vocabulary, Words, is_known, modules_within};

/// Where an API stands in a [`Catalog`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ApiId(usize);

/// One file of `rules/apis/`, or one `[[library]]` of a configuration.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Library {
    /// The name in its registry: `websockets`, `tokio-tungstenite`.
    pub package: String,
    /// The names that a file must mention to use it: the prescan's trigger words.
    pub modules: Vec<String>,
    /// Its releases, where its behaviour changed with them.
    #[serde(default)]
    pub known: Known,
    /// What its connects speak; a connect can say otherwise.
    #[serde(default)]
    pub protocol: Protocol,
    /// What runs it; a connect can say otherwise.
    pub runtime: Runtime,
    /// The error of its connects is made of a `std::io::Error` by `From`: a fix can turn a timeout into one. Rust only.
    #[serde(default)]
    pub from_io_error: bool,
    /// Its functions that connect.
    #[serde(default, rename = "connect")]
    pub connects: Vec<Api>,
    /// The objects that its connects get a limit from.
    #[serde(default, rename = "holder")]
    pub holders: Vec<Holder>,
    /// What its connects accept, one for each implementation.
    #[serde(default, rename = "signature")]
    pub signatures: Vec<Signature>,
    /// Names that mean the same argument in different releases: `["extra_headers", "additional_headers"]`.
    #[serde(default)]
    pub renamed: Vec<Vec<String>>,
    /// What its connects raise where the server refuses the handshake.
    #[serde(default, rename = "exception")]
    pub rejections: Vec<Rejection>,
    /// What it raises where something took too long.
    #[serde(default, rename = "timeout")]
    pub timeouts: Vec<TimeoutClass>,
    /// What calling its connects makes, where that is no coroutine.
    #[serde(default, rename = "object")]
    pub objects: Vec<Object>,
    /// Its connects whose connection can be entered after it was awaited.
    #[serde(default, rename = "managed-connection")]
    pub managed: Vec<ManagedConnection>,
    /// What calls of its connects are refused for besides the names of their arguments.
    #[serde(default)]
    pub refused: Vec<Refused>,
    /// Its functions that set deadlines, where releases differ in how they can be entered.
    #[serde(default, rename = "deadline")]
    pub deadlines: Vec<DeadlineFunction>,
    /// The objects that its messages come out of.
    #[serde(default, rename = "receive")]
    pub receivers: Vec<Receiver>,
    /// Its functions that give objects of a class. Not in a configuration.
    #[serde(default)]
    pub gives: Vec<Gives>,
    /// Its functions that hand a dictionary on to another library's connect.
    #[serde(default)]
    pub passes_on: Vec<PassesOn>,
    /// What its traits make of objects of other libraries.
    #[serde(default, rename = "turn")]
    pub turns: Vec<Turn>,
    /// Its functions that block their thread, but for connects, which say so by `call = "blocking"`.
    #[serde(default)]
    pub blocking: Vec<Blocking>,
}

/// An API together with what it takes over from its library.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The function itself.
    pub api: Api,
    /// Its library's name in the registry.
    pub package: String,
    /// The language it is called from.
    pub language: Language,
    /// What it speaks.
    pub protocol: Protocol,
    /// What runs it.
    pub runtime: Runtime,
    /// Its error is made of a `std::io::Error` by `From`.
    pub from_io_error: bool,
}

impl Entry {
    /// The parameter of this name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.api.arguments.iter().find(|parameter| parameter.name == name)
    }
}

/// Every API that is known, looked up by path.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    entries: Vec<Entry>,
    /// Each describes some releases; the newest one is the last.
    by_path: HashMap<Language, HashMap<String, Vec<ApiId>>>,
    holders: HashMap<Language, HashMap<String, Holder>>,
    known: HashMap<(Language, String), Known>,
    /// By path.
    signatures: HashMap<(Language, String), Vec<Arc<Signature>>>,
    /// By package.
    renamed: HashMap<(Language, String), Vec<Vec<String>>>,
    rejections: HashMap<(Language, String), Vec<Rejection>>,
    /// By path.
    timeouts: HashMap<(Language, String), TimeoutClass>,
    objects: HashMap<(Language, String), Vec<Object>>,
    managed: HashMap<(Language, String), Vec<ManagedConnection>>,
    refused: HashMap<(Language, String), Vec<Refused>>,
    /// By path, with the package.
    deadlines: HashMap<(Language, String), (String, DeadlineFunction)>,
    /// With the modules of the library: by the method and the type that it is called on.
    turns: HashMap<(Language, String, String), (Vec<String>, Turn)>,
    /// By path.
    passed_on: HashMap<(Language, String), Vec<Arc<PassesOn>>>,
    receivers: Vec<ReceiverEntry>,
    /// By the path of the class.
    receiving_classes: HashMap<(Language, String), ReceiverId>,
    /// By the path of the function that gives one.
    receiving_outcomes: HashMap<(Language, String), ReceiverId>,
    /// By path.
    blocking: HashMap<(Language, String), Arc<Blocking>>,
    /// By each beginning of their paths, the paths of what blocks: a class, and its methods.
    blocking_below: HashMap<(Language, String), Vec<String>>,
    /// The beginnings of the connects' paths.
    leading: HashMap<Language, HashSet<String>>,
}

impl Catalog {
    /// The catalogue that comes with ws-lint.
    ///
    /// A file of `rules/apis/` that does not parse is a defect of ws-lint and leaves its library out; the test
    /// `every_library_parses` keeps that from happening.
    #[must_use]
    pub fn builtin() -> &'static Catalog {
        static BUILTIN: LazyLock<Catalog> = LazyLock::new(|| {
            let mut catalog = Catalog::default();
            for builtin in LIBRARIES {
                if let Ok(library) = serde_json::from_str(builtin.text) {
                    catalog.add(builtin.language, library);
                }
            }
            catalog
        });
        &BUILTIN
    }

    /// Adds a library. A path that is known already now means the new API: the user's word counts.
    pub fn add(&mut self, language: Language, library: Library) {
        if !library.known.releases.is_empty() {
            self.known.insert((language, library.package.clone()), library.known);
        }
        for signature in library.signatures.into_iter().map(Arc::new) {
            for path in signature.at.iter().flat_map(|reach| &reach.at.paths) {
                let known = self.signatures.entry((language, path.clone())).or_default();
                if !known.contains(&signature) {
                    known.push(Arc::clone(&signature));
                }
            }
        }
        if !library.renamed.is_empty() {
            self.renamed
                .insert((language, library.package.clone()), library.renamed);
        }
        let package = (language, library.package.clone());
        for timeout in &library.timeouts {
            for path in &timeout.paths {
                self.timeouts.insert((language, path.clone()), timeout.clone());
            }
        }
        if !library.rejections.is_empty() {
            self.rejections.insert(package.clone(), library.rejections);
        }
        if !library.refused.is_empty() {
            self.refused.insert(package.clone(), library.refused);
        }
        if !library.managed.is_empty() {
            self.managed.insert(package.clone(), library.managed);
        }
        if !library.objects.is_empty() {
            self.objects.insert(package, library.objects);
        }
        for deadline in library.deadlines {
            for path in &deadline.paths {
                let known = (library.package.clone(), deadline.clone());
                self.deadlines.insert((language, path.clone()), known);
            }
        }
        for turn in library.turns {
            for of in &turn.of {
                let key = (language, turn.method.clone(), of.clone());
                self.turns.insert(key, (library.modules.clone(), turn.clone()));
            }
        }
        for mut passes in library.passes_on {
            passes.package.clone_from(&library.package);
            let passes = Arc::new(passes);
            for path in &passes.paths {
                let known = self.passed_on.entry((language, path.clone())).or_default();
                known.push(Arc::clone(&passes));
            }
        }
        for receiver in library.receivers {
            let id = ReceiverId(self.receivers.len());
            for path in &receiver.classes {
                self.receiving_classes.insert((language, path.clone()), id);
            }
            for path in &receiver.of {
                self.receiving_outcomes.insert((language, path.clone()), id);
            }
            self.receivers.push(ReceiverEntry {
                runtime: receiver.runtime.unwrap_or(library.runtime),
                receiver,
                language,
                package: library.package.clone(),
                protocol: library.protocol,
            });
        }
        for blocking in library.blocking.into_iter().map(Arc::new) {
            for path in &blocking.paths {
                let known = self.blocking.insert((language, path.clone()), Arc::clone(&blocking));
                let new = known.is_none().then(|| beginnings(path));
                for beginning in new.into_iter().flatten() {
                    let below = self.blocking_below.entry((language, beginning.to_owned()));
                    below.or_default().push(path.clone());
                }
            }
        }
        for holder in library.holders {
            for path in &holder.paths {
                self.holders
                    .entry(language)
                    .or_default()
                    .insert(path.clone(), holder.clone());
            }
        }
        let first = self.entries.len();
        for api in library.connects {
            let id = ApiId(self.entries.len());
            for path in &api.paths {
                let described = self
                    .by_path
                    .entry(language)
                    .or_default()
                    .entry(path.clone())
                    .or_default();
                described.retain(|known| known.0 >= first);
                match api.until {
                    Some(_) => described.insert(0, id),
                    None => described.push(id),
                }
                let leading = self.leading.entry(language).or_default();
                leading.extend(beginnings(path).map(str::to_owned));
            }
            self.entries.push(Entry {
                package: library.package.clone(),
                language,
                protocol: api.protocol.unwrap_or(library.protocol),
                runtime: api.runtime.unwrap_or(library.runtime),
                from_io_error: library.from_io_error,
                api,
            });
        }
    }

    /// The class that a resolved path means, where its instances carry limits.
    #[must_use]
    pub fn holder(&self, language: Language, path: &str) -> Option<&Holder> {
        self.holders.get(&language)?.get(path)
    }

    /// The paths of the functions that limit the connects of the whole process.
    pub fn process_limits(&self, language: Language) -> impl Iterator<Item = &str> {
        let limits = self.entries(language).flat_map(|entry| &entry.api.process_limits);
        limits.map(String::as_str)
    }

    /// Whether some API's path is `path` and more: a module or a type on the way to a connect.
    #[must_use]
    pub fn leads_to_connect(&self, language: Language, path: &str) -> bool {
        self.leading
            .get(&language)
            .is_some_and(|leading| leading.contains(path))
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
        let ((_, package), known) = self.known.get_key_value(&(language, package.to_owned()))?;
        let python = project.python.as_ref().map(|fact| fact.value);
        Some(Releases::possible(
            package,
            known,
            project.packages.get(package),
            python,
        ))
    }

    /// Whether a library of either language has this name, written as PEP 503 does.
    #[must_use]
    pub fn has_package(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.package == name)
    }

    /// What is known of a package's releases.
    #[must_use]
    pub fn known(&self, language: Language, package: &str) -> Option<&Known> {
        self.known.get(&(language, package.to_owned()))
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
        let known = self.rejections.get(&(language, package.to_owned()));
        known.map_or(&[], Vec::as_slice)
    }

    /// The exception that a resolved path means, where it says that something took too long.
    #[must_use]
    pub fn timeout(&self, language: Language, path: &str) -> Option<&TimeoutClass> {
        self.timeouts.get(&(language, path.to_owned()))
    }

    /// The exception that a resolved path means, and its package.
    #[must_use]
    pub fn rejection(&self, language: Language, path: &str) -> Option<(&str, &Rejection)> {
        let of_language = self.rejections.iter().filter(|((of, _), _)| *of == language);
        of_language
            .flat_map(|((_, package), known)| known.iter().map(move |known| (package.as_str(), known)))
            .find(|(_, rejection)| rejection.is(path))
    }

    /// What calling the connects of a package makes, where that is no coroutine.
    #[must_use]
    pub fn objects(&self, language: Language, package: &str) -> &[Object] {
        let known = self.objects.get(&(language, package.to_owned()));
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
        let known = self.managed.get(&(language, package.to_owned()));
        let range = project.packages.get(package).map(|fact| &fact.value);
        known
            .into_iter()
            .flatten()
            .any(|managed| managed.is_given_by(path, range))
    }

    /// What calls of the connects of a package are refused for besides the names of their arguments.
    #[must_use]
    pub fn refused(&self, language: Language, package: &str) -> &[Refused] {
        let known = self.refused.get(&(language, package.to_owned()));
        known.map_or(&[], Vec::as_slice)
    }

    /// What the releases of its package, which comes first, make of the other kind of `with` for the deadline of this path.
    #[must_use]
    pub fn other_with(&self, language: Language, path: &str) -> Option<(&str, &OtherWith)> {
        let (package, known) = self.deadlines.get(&(language, path.to_owned()))?;
        Some((package, &known.other_with))
    }

    /// The function of a resolved path, where it blocks its thread and is no connect.
    #[must_use]
    pub fn blocking(&self, language: Language, path: &str) -> Option<&Blocking> {
        self.blocking.get(&(language, path.to_owned())).map(Arc::as_ref)
    }

    /// The methods that block of what the function of a resolved path makes.
    pub fn blocking_methods<'a>(&'a self, language: Language, class: &str) -> impl Iterator<Item = &'a Blocking> {
        let paths = self.blocking_below.get(&(language, class.to_owned()));
        let paths = paths.into_iter().flatten();
        paths.filter_map(move |path| self.blocking(language, path))
    }

    /// The paths of all functions of a language that block and are no connects.
    pub fn blocking_paths(&self, language: Language) -> impl Iterator<Item = &str> {
        let of_language = self.blocking.keys().filter(move |(of, _)| *of == language);
        of_language.map(|(_, path)| path.as_str())
    }

    /// What is known of an API.
    #[must_use]
    pub fn entry(&self, id: ApiId) -> &Entry {
        &self.entries[id.0]
    }

    /// Every API of a language.
    pub fn entries(&self, language: Language) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.language == language)
    }
}

/// What stands before each dot or double colon of a path.
fn beginnings(path: &str) -> impl Iterator<Item = &str> {
    let ends = path.match_indices(['.', ':']).map(|(end, _)| end);
    // Between the two colons nothing ends.
    let ends = ends.filter(|end| !path.get(..*end).is_some_and(|before| before.ends_with(':')));
    ends.filter_map(|end| path.get(..end))
}

#[cfg(test)]
mod tests {
    use super::libraries::Builtin;
    use super::*;

    #[test]
    fn every_library_parses() {
        for Builtin {
            language,
            package: name,
            text,
            ..
        } in LIBRARIES
        {
            let library: Library = serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            for api in &library.connects {
                assert_eq!(
                    api.limit.is_some(),
                    api.waits == Waits::Default,
                    "{language} {name}: `limit` belongs to `waits = \"default\"`: {:?}",
                    api.paths
                );
                for row in &api.otherwise {
                    assert_eq!(row.limit.is_some(), row.waits == Waits::Default, "{name}: {row:?}");
                }
            }
            for change in &library.known.breaks {
                assert!(library.known.releases.contains(&change.release), "{name}: {change:?}");
            }
        }
    }

    /// A release between two known ones is taken for the older one: what changes at it must be known.
    #[test]
    fn every_release_at_which_something_changes_is_known() {
        for Builtin {
            package: name, text, ..
        } in LIBRARIES
        {
            let library: Library = serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            let connects = || library.connects.iter();
            let arguments = library.signatures.iter().flat_map(|signature| &signature.arguments);
            let reaches = library.signatures.iter().flat_map(|signature| &signature.at);
            let lacks = library.objects.iter().flat_map(|object| &object.connection_lacks);
            let rejects = library.objects.iter().flat_map(|object| &object.connection_rejects);
            let parameters = connects().flat_map(|api| &api.arguments);
            let during = (arguments.map(|argument| &argument.during))
                .chain(reaches.map(|reach| &reach.at.during))
                .chain(
                    connects()
                        .flat_map(|api| &api.otherwise)
                        .flat_map(|row| &row.at)
                        .map(|at| &at.during),
                )
                .chain(parameters.filter_map(|parameter| parameter.bounds_connect.as_ref()))
                .chain(
                    library
                        .holders
                        .iter()
                        .filter_map(|holder| holder.hangs.as_ref())
                        .map(|hangs| &hangs.during),
                )
                .chain(lacks.map(|lack| &lack.during))
                .chain(rejects.map(|rejected| &rejected.during));
            for bound in during.flat_map(|during| [&during.since, &during.until]).flatten() {
                assert!(library.known.releases.contains(bound), "{name}: {bound}");
            }
            assert!(library.known.releases.is_sorted(), "{name}");
        }
    }

    #[test]
    fn objects_and_exceptions_are_of_known_connects_in_known_releases() {
        for Builtin {
            language,
            package: name,
            text,
            ..
        } in LIBRARIES
        {
            let library: Library = serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            let places = library.objects.iter().flat_map(|object| &object.at);
            let places = places.chain(library.refused.iter().flat_map(|refused| &refused.at));
            for at in places.chain(library.rejections.iter().flat_map(|rejection| &rejection.raised_by)) {
                for path in &at.paths {
                    let known = library.connects.iter().any(|api| api.paths.contains(path));
                    assert!(known, "{language} {name}: {path} is no connect of the library");
                }
                for release in at.during.since.iter().chain(&at.during.until) {
                    assert!(
                        library.known.releases.contains(release),
                        "{language} {name}: {release} is not known"
                    );
                }
            }
        }
    }

    #[test]
    fn what_a_path_raises_depends_on_the_release() {
        let catalog = Catalog::builtin();
        let raised = |path: &str, version: &str| {
            let version = version.parse().unwrap();
            let mut known = catalog.rejections(Language::Python, "websockets").iter();
            known
                .find(|known| known.is_raised_by(path, &version))
                .map(Rejection::name)
        };
        assert_eq!(raised("websockets.connect", "13.1"), Some("InvalidStatusCode"));
        assert_eq!(raised("websockets.connect", "14.0"), Some("InvalidStatus"));
        assert_eq!(
            raised("websockets.legacy.client.connect", "17.4"),
            Some("InvalidStatusCode")
        );
        assert_eq!(raised("websockets.sync.client.connect", "12.0"), Some("InvalidStatus"));
        assert_eq!(raised("websockets.serve", "17.4"), None);
        let (package, _) = catalog.rejection(Language::Python, "websockets.InvalidStatus").unwrap();
        assert_eq!(package, "websockets");
    }

    #[test]
    fn a_path_is_looked_up_in_its_own_language() {
        let catalog = Catalog::builtin();
        let id = catalog.connect(Language::Python, "websockets.connect").unwrap();
        assert_eq!(catalog.entry(id).package, "websockets");
        assert!(catalog.connect(Language::Rust, "websockets.connect").is_none());
        assert!(catalog.leads_to_connect(Language::Python, "websockets.asyncio"));
        assert!(!catalog.leads_to_connect(Language::Python, "websockets.asyn"));
    }
}
