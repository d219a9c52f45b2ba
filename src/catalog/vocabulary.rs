//! The names that announce the use of a library: what the prescan looks for, known without reading the catalogue.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::libraries::{Builtin, LIBRARIES};
use super::{Library, Protocol};
use crate::source::Language;

/// The names of all libraries.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    /// The user's own libraries.
    own: Vec<(Language, Library)>,
    /// Those of Python and of Rust, once they were asked for.
    python: OnceLock<Vec<Words>>,
    rust: OnceLock<Vec<Words>>,
}

/// A name that is compiled in, or that the user's own libraries have: every run makes all of them, and copies no letter of the
/// former.
pub type Name = Cow<'static, str>;

/// What a file mentions that uses one library: a module, and what is used of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The library's name in its registry.
    pub package: Name,
    /// The names of its modules.
    pub modules: Vec<Name>,
    /// Whether a file of Python that uses it must import one of these modules by that name. The user's own libraries are
    /// mentioned in any way.
    pub is_imported: bool,
    /// The names of its fixtures: a file that asks for one uses the library without importing it.
    pub fixtures: Vec<Name>,
    /// What its connects speak; nothing where it has none.
    pub protocols: Cow<'static, [Protocol]>,
    /// The last names of the paths of its connects, and of what hands arguments on to other ones: `connect`.
    pub connects: Vec<Name>,
    /// The last names of the paths of the exceptions that they raise: `InvalidStatus`.
    pub rejections: Vec<Name>,
    /// The last names of the classes of its connections, and of the functions that give one: `ClientConnection`.
    pub connections: Vec<Name>,
    /// The first and the last names of the paths of its functions that block: `time` and `sleep`. A builtin has no first one.
    pub blocking: Vec<(Name, Name)>,
}

impl Vocabulary {
    /// That of the catalogue that comes with ws-lint, and of these libraries.
    #[must_use]
    pub fn with(libraries: &[(Language, Library)]) -> Self {
        Self {
            own: libraries.to_vec(),
            ..Self::default()
        }
    }

    /// The names of each library of a language.
    pub fn of(&self, language: Language) -> &[Words] {
        let words = match language {
            Language::Python => &self.python,
            Language::Rust => &self.rust,
            Language::Manifest => return &[],
        };
        words.get_or_init(|| {
            let builtin = LIBRARIES.iter().filter(|library| library.language == language);
            let own = self.own.iter().filter(|(of, _)| *of == language);
            builtin
                .map(Words::of_builtin)
                .chain(own.map(|(_, library)| Words::of(library).mentioned_in_any_way()))
                .collect()
        })
    }

    /// The packages of all languages whose connects speak one of these protocols.
    pub fn packages(&self, protocols: &BTreeSet<Protocol>) -> impl Iterator<Item = &str> {
        let all = self.of(Language::Python).iter().chain(self.of(Language::Rust));
        let speaking = all.filter(|words| words.speaks_any_of(protocols));
        speaking.map(|words| words.package.as_ref())
    }
}

/// Whether the catalogue that comes with ws-lint says anything of this dotted path of Python, of what it lies behind, or of what
/// lies behind it: `gql.client.Client` and all that is its own, and `gql.client`. A package of somebody's own may be called as
/// a library is: its first name says nothing.
#[must_use]
pub fn is_known(path: &str) -> bool {
    let first = path.split('.').next().unwrap_or(path);
    let mut libraries = LIBRARIES.iter().filter(|library| library.language == Language::Python);
    libraries.any(|library| {
        library.modules.contains(&first)
            && library
                .paths
                .iter()
                .any(|known| lies_behind(path, known) || lies_behind(known, path))
    })
}

/// The modules within the package `first` that the catalogue that comes with ws-lint names: `asyncio` and `legacy` of
/// `websockets`.
pub fn modules_within(first: &str) -> impl Iterator<Item = &'static str> {
    let libraries = LIBRARIES.iter().filter(|library| library.language == Language::Python);
    let paths = libraries
        .filter(move |library| library.modules.contains(&first))
        .flat_map(|library| library.paths);
    paths.filter_map(move |path| {
        let mut names = path.split('.');
        let (package, module) = (names.next()?, names.next()?);
        let is_module = names.next().is_some() && !module.starts_with(|first: char| first.is_ascii_uppercase());
        (package == first && is_module).then_some(module)
    })
}

fn lies_behind(path: &str, other: &str) -> bool {
    let rest = path.strip_prefix(other);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

impl Words {
    /// Whether one of its connects speaks one of these.
    pub fn speaks_any_of(&self, protocols: &BTreeSet<Protocol>) -> bool {
        self.protocols.iter().any(|protocol| protocols.contains(protocol))
    }

    fn of_builtin(library: &Builtin) -> Self {
        let names = |names: &'static [&'static str]| names.iter().copied().map(Cow::Borrowed).collect();
        let fixtures = library.gives.iter().filter_map(|given| given.fixture);
        let blocking = library.blocking.iter();
        Self {
            package: library.package.into(),
            modules: names(library.modules),
            is_imported: true,
            fixtures: fixtures.map(Cow::Borrowed).collect(),
            protocols: library.protocols.into(),
            connects: names(library.connects),
            rejections: names(library.rejections),
            connections: names(library.connections),
            blocking: blocking
                .map(|&(module, function)| (module.into(), function.into()))
                .collect(),
        }
    }

    fn of(library: &Library) -> Self {
        let connections = library.receivers.iter().filter(|receiver| !receiver.signal);
        let spoken = library
            .connects
            .iter()
            .map(|api| api.protocol.unwrap_or(library.protocol));
        let connects = library.connects.iter().flat_map(|api| &api.paths);
        let certain = library.blocking.iter().filter(|blocking| !blocking.may_be_over);
        let spoken: BTreeSet<Protocol> = spoken.collect();
        let fixtures = library.gives.iter().filter_map(|given| given.fixture.clone());
        Self {
            package: library.package.clone().into(),
            modules: sorted(library.modules.iter().map(String::as_str)),
            is_imported: true,
            fixtures: fixtures.map(Name::from).collect(),
            protocols: Vec::from_iter(spoken).into(),
            connects: last_names(connects.chain(library.passes_on.iter().flat_map(|passes| &passes.paths))),
            rejections: last_names(library.rejections.iter().flat_map(|rejection| &rejection.paths)),
            blocking: ends(certain.flat_map(|blocking| &blocking.paths)),
            connections: last_names(connections.flat_map(|receiver| receiver.classes.iter().chain(&receiver.of))),
        }
    }

    /// As the user's own libraries are: a file of the project imports a connect without a word of where it is
    /// (`from .client import open_socket`), so that its own name counts as a module's.
    fn mentioned_in_any_way(self) -> Self {
        let names = self.modules.iter().chain(&self.connects);
        Self {
            modules: sorted(names.map(AsRef::as_ref)),
            is_imported: false,
            ..self
        }
    }
}

fn last_names<'p>(paths: impl Iterator<Item = &'p String>) -> Vec<Name> {
    sorted(paths.filter_map(|path| path.rsplit(['.', ':']).next()))
}

fn ends<'p>(paths: impl Iterator<Item = &'p String>) -> Vec<(Name, Name)> {
    let ends = paths.filter_map(|path| {
        let first = path.split_once(['.', ':']).map_or("", |(first, _)| first);
        let last = path.rsplit(['.', ':']).next()?;
        Some((first.to_owned().into(), last.to_owned().into()))
    });
    let ends: BTreeSet<(Name, Name)> = ends.collect();
    Vec::from_iter(ends)
}

fn sorted<'p>(names: impl Iterator<Item = &'p str>) -> Vec<Name> {
    let names: BTreeSet<&str> = names.collect();
    names.into_iter().map(|name| name.to_owned().into()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compiled_in_is_what_the_files_say() {
        for library in LIBRARIES {
            let read: Library = serde_json::from_str(library.text).unwrap();
            assert_eq!(Words::of(&read), Words::of_builtin(library), "{}", library.package);
        }
    }

    #[test]
    fn whoever_uses_a_library_of_python_imports_one_of_its_modules() {
        for library in LIBRARIES.iter().filter(|library| library.language == Language::Python) {
            let read: Library = serde_json::from_str(library.text).unwrap();
            let connects = read.connects.iter().flat_map(|api| &api.paths);
            let rejections = read.rejections.iter().flat_map(|rejection| &rejection.paths);
            let receivers = read.receivers.iter().filter(|receiver| !receiver.signal);
            let connections = receivers.flat_map(|receiver| receiver.classes.iter().chain(&receiver.of));
            for path in connects.chain(rejections).chain(connections) {
                let module = path.split('.').next().unwrap();
                assert!(library.modules.contains(&module), "{path}");
            }
        }
    }
}
