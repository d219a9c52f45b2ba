//! A file that was visited for others: who calls what in it, and what its functions wait for.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use foldhash::HashMap;

use super::view::View;
use super::{Crates, InCrate};
use crate::catalog::ApiId;
use crate::decode::{Decoded, decode};
use crate::facts::ProjectFacts;
use crate::reading::{self, Kind};
use crate::rust::KnownPaths;
use crate::rust::collect::found::Found;
use crate::rust::collect::frames::Outer;
use crate::rust::collect::sought::Sought;
use crate::rust::collect::{Collector, Surroundings};
use crate::rust::names::Names;
use crate::rust::syntax::parse;
use crate::source::{Language, SourceFile};
use crate::stack::STACK_BYTES;

/// Of a function with callers in more files nobody knows all.
const MOST_CALLERS: usize = 64;

/// Under so many names a function is looked for.
const MOST_NAMES: usize = 8;

/// What the visit of another file found. Nothing is asked of a third file for that but what it declares.
pub(in crate::rust) struct Walked {
    pub(in crate::rust) file: PathBuf,
    pub(in crate::rust) found: Found,
    /// The functions of other files that it uses: by their file and their path there, the name that it uses them by.
    uses: HashMap<(PathBuf, String), Vec<Outer>>,
    /// The functions that its courses call, by index.
    called: Vec<(String, bool)>,
    /// Its text.
    pub(in crate::rust) source: SourceFile,
}

impl std::fmt::Debug for Walked {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Walked")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

impl Walked {
    /// By what names the file uses a function of another one.
    pub(in crate::rust) fn uses_of(&self, file: &Path, function: &str) -> &[Outer] {
        let key = (file.to_owned(), function.to_owned());
        self.uses.get(&key).map_or(&[], Vec::as_slice)
    }

    /// What the function at this path connects by.
    pub(in crate::rust) fn opened_in(&self, path: &str) -> impl Iterator<Item = ApiId> {
        let function = |index: usize| self.found.functions.get(index);
        let mut opened: Vec<ApiId> = Vec::new();
        for connect in &self.found.connects {
            let around = connect.place.function.and_then(function);
            if around.is_some_and(|function| function.path == path) && !opened.contains(&connect.api) {
                opened.push(connect.api);
            }
        }
        opened.into_iter()
    }

    /// The function that calls of this index are of: its path, and whether it is awaited.
    pub(in crate::rust) fn called(&self, index: usize) -> Option<(&String, bool)> {
        let (path, is_awaited) = self.called.get(index)?;
        Some((path, *is_awaited))
    }

    fn read(crates: &Crates, path: &Path, view: &View<'_>) -> Option<Self> {
        let bytes = reading::read(path, Kind::Configuration).ok()?;
        let Decoded::Source(source) = decode(path.to_owned(), Language::Rust, bytes) else {
            return None;
        };
        let place = InCrate { crates, path };
        let (catalog, facts) = (view.catalog, view.facts);
        // Whoever asks may stand deep in a tree of its own.
        thread::scope(|scope| {
            let builder = thread::Builder::new().stack_size(STACK_BYTES);
            let told = builder
                .spawn_scoped(scope, || Self::of(source, &View::of(place, catalog, facts)?, facts))
                .ok()?;
            told.join().ok()?
        })
    }

    fn of(source: SourceFile, view: &View<'_>, facts: &ProjectFacts) -> Option<Self> {
        let known = KnownPaths(view.catalog);
        let surroundings = Surroundings {
            catalog: view.catalog,
            project: facts,
            crates: Some(view),
        };
        let found = parse::with_tree(&source, |file, offsets| {
            let names = Names::of(file, source.path(), &known).within(view.place.names.clone(), Some(view));
            let mut collector = Collector::new(&source, offsets, surroundings, names, Sought::FOR_OTHERS);
            collector.is_for_others = true;
            collector.collect(file)
        });
        let found = found.ok()?;
        let mut uses: HashMap<_, Vec<Outer>> = HashMap::default();
        for outer in found.uses.keys() {
            if let Outer::Function(path) = outer
                && let Some(home) = view.home(path)
            {
                uses.entry(home).or_default().push(outer.clone());
            }
        }
        let mut called: Vec<_> = found.courses.called.iter().collect();
        called.sort_by_key(|(_, (index, _))| *index);
        let called = called.into_iter().map(|(function, _)| function.clone()).collect();
        Some(Self {
            file: source.path().to_owned(),
            found,
            uses,
            called,
            source,
        })
    }
}

impl View<'_> {
    /// What the visit of another file of the package found.
    pub(in crate::rust) fn walked(&self, path: &Path) -> Arc<Option<Walked>> {
        self.crates
            .walked
            .get(path.to_owned(), || Walked::read(self.crates, path, self))
    }

    /// The other files that may call a function of this name: of its package, and of those of its workspace that depend on it; those of
    /// a method wherever values of its type, or of the traits that it implements, may get to. `traits` are the files of these.
    /// `None` where they cannot be known.
    pub(in crate::rust) fn callers_of(
        &self,
        name: &str,
        is_method: bool,
        traits: &[PathBuf],
    ) -> Option<Vec<Arc<Option<Walked>>>> {
        let manifests = &self.crates.manifests;
        let with_users = |of: PathBuf| {
            let users = match is_method {
                true => manifests.all_users(&of),
                false => manifests.users(&of),
            };
            std::iter::once(of).chain(users)
        };
        let of_traits = traits.iter().filter_map(|file| Some(self.crates.place(file)?.package));
        let own = std::iter::once(self.place.package.clone());
        let mut packages: Vec<PathBuf> = own.chain(of_traits).flat_map(with_users).collect();
        packages.sort();
        packages.dedup();
        let mut names = vec![name.to_owned()];
        let mut files: BTreeSet<PathBuf> = BTreeSet::new();
        let mut at = 0;
        while let Some(name) = names.get(at).cloned() {
            at += 1;
            for package in &packages {
                let index = self.crates.index(package);
                let of_package = index.files_with(&name)?.take(MOST_CALLERS + 1);
                files.extend(of_package.filter(|file| **file != self.own).cloned());
                // Where it is exported under another name, its callers know that one only.
                for other in index.other_names_of(&name) {
                    if names.len() < MOST_NAMES && !names.contains(other) {
                        names.push(other.clone());
                    }
                }
            }
        }
        (files.len() <= MOST_CALLERS).then(|| files.iter().map(|file| self.walked(file)).collect())
    }
}
