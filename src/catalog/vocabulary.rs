//! The names that announce the use of a library: what the prescan looks for, known without reading the catalogue.

use std::collections::BTreeSet;

use super::libraries::LIBRARIES;
use super::{Library, Protocol};
use crate::source::Language;

/// The names of all libraries.
#[derive(Clone, Debug)]
pub struct Vocabulary(Vec<(Language, Words)>);

/// What a file mentions that uses one library: a module, and what is used of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The library's name in its registry.
    pub package: String,
    /// The names of its modules.
    pub modules: Vec<String>,
    /// Whether a file of Python that uses it must import one of these modules by that name. The user's own libraries are
    /// mentioned in any way.
    pub is_imported: bool,
    /// The names of its fixtures: a file that asks for one uses the library without importing it.
    pub fixtures: Vec<String>,
    /// What its connects speak; nothing where it has none.
    pub protocols: BTreeSet<Protocol>,
    /// The last names of the paths of its connects, and of what hands arguments on to other ones: `connect`.
    pub connects: Vec<String>,
    /// The last names of the paths of the exceptions that they raise: `InvalidStatus`.
    pub rejections: Vec<String>,
    /// The last names of the classes of its connections, and of the functions that give one: `ClientConnection`.
    pub connections: Vec<String>,
    /// The first and the last names of the paths of its functions that block: `time` and `sleep`. A builtin has no first one.
    pub blocking: Vec<(String, String)>,
}

impl Vocabulary {
    /// That of the catalogue that comes with ws-lint, and of these libraries.
    #[must_use]
    pub fn with(libraries: &[(Language, Library)]) -> Self {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let builtin = LIBRARIES.iter().map(|library| {
            let words = Words {
                package: library.package.to_owned(),
                modules: owned(library.modules),
                is_imported: true,
                fixtures: library
                    .gives
                    .iter()
                    .filter_map(|given| given.fixture.map(str::to_owned))
                    .collect(),
                protocols: library.protocols.iter().copied().collect(),
                connects: owned(library.connects),
                rejections: owned(library.rejections),
                connections: owned(library.connections),
                blocking: library
                    .blocking
                    .iter()
                    .map(|(module, function)| ((*module).to_owned(), (*function).to_owned()))
                    .collect(),
            };
            (library.language, words)
        });
        let own = libraries
            .iter()
            .map(|(language, library)| (*language, Words::of(library).mentioned_in_any_way()));
        Self(builtin.chain(own).collect())
    }

    /// The names of each library of a language.
    pub fn of(&self, language: Language) -> impl Iterator<Item = &Words> {
        let words = self.0.iter().filter(move |(of, _)| *of == language);
        words.map(|(_, words)| words)
    }

    /// The packages of all languages whose connects speak one of these protocols.
    pub fn packages(&self, protocols: &BTreeSet<Protocol>) -> impl Iterator<Item = &str> {
        let speaking = self
            .0
            .iter()
            .filter(|(_, words)| !words.protocols.is_disjoint(protocols));
        speaking.map(|(_, words)| words.package.as_str())
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
    fn of(library: &Library) -> Self {
        let connections = library.receivers.iter().filter(|receiver| !receiver.signal);
        let spoken = library
            .connects
            .iter()
            .map(|api| api.protocol.unwrap_or(library.protocol));
        let connects = library.connects.iter().flat_map(|api| &api.paths);
        let certain = library.blocking.iter().filter(|blocking| !blocking.may_be_over);
        Self {
            package: library.package.clone(),
            modules: sorted(library.modules.iter().map(String::as_str)),
            is_imported: true,
            fixtures: library.gives.iter().filter_map(|given| given.fixture.clone()).collect(),
            protocols: spoken.collect(),
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
            modules: sorted(names.map(String::as_str)),
            is_imported: false,
            ..self
        }
    }
}

fn last_names<'p>(paths: impl Iterator<Item = &'p String>) -> Vec<String> {
    sorted(paths.filter_map(|path| path.rsplit(['.', ':']).next()))
}

fn ends<'p>(paths: impl Iterator<Item = &'p String>) -> Vec<(String, String)> {
    let ends = paths.filter_map(|path| {
        let first = path.split_once(['.', ':']).map_or("", |(first, _)| first);
        let last = path.rsplit(['.', ':']).next()?;
        Some((first.to_owned(), last.to_owned()))
    });
    let ends: BTreeSet<_> = ends.collect();
    Vec::from_iter(ends)
}

fn sorted<'p>(names: impl Iterator<Item = &'p str>) -> Vec<String> {
    let names: BTreeSet<&str> = names.collect();
    names.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compiled_in_is_what_the_files_say() {
        let Vocabulary(compiled) = Vocabulary::with(&[]);
        assert_eq!(compiled.len(), LIBRARIES.len());
        for (library, (_, words)) in LIBRARIES.iter().zip(compiled) {
            let read: Library = serde_json::from_str(library.text).unwrap();
            assert_eq!(Words::of(&read), words, "{}", library.package);
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
