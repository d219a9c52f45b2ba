//! What a path means that leads through the modules of crates: imports, re-exports and globs are followed over files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::HashSet;

use super::Crates;
use super::outline::Outline;
use super::view::{Root, View};
use crate::rust::names::{Entry, ModuleNames};

/// How many imports one path is followed through, and how many look-ups that may take: globs of globs fan out.
const FARTHEST: usize = 32;
const MOST_LOOK_UPS: usize = 400;

/// What a path means in the end. Paths begin with the name of the crate as who asks for it writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Something of a crate that is not looked into.
    Extern(String),
    /// Something that a file defines.
    Item { path: String, file: PathBuf },
    /// A module.
    Module { path: String, file: PathBuf },
    /// It is there, and it cannot be told what it is.
    Unknown,
}

/// How far a path was followed into the modules of a crate.
pub(super) struct Reached {
    pub(super) outline: Arc<Option<Outline>>,
    pub(super) file: PathBuf,
    /// The names of the modules, the crate's own not among them.
    pub(super) modules: Vec<String>,
    /// How many of them lead to the file.
    pub(super) above: usize,
    /// The names of the path that no module has.
    pub(super) rest: Vec<String>,
}

impl Reached {
    fn names(&self) -> Option<&ModuleNames> {
        self.outline.as_ref().as_ref()?.modules.get(&self.local(&self.modules))
    }

    /// A path as the outline has it.
    pub(super) fn local(&self, names: &[String]) -> String {
        names
            .iter()
            .fold("crate".to_owned(), |path, name| format!("{path}::{name}"))
    }
}

impl View<'_> {
    /// What a path means; `None` where nothing has it.
    pub(super) fn followed(&self, path: &str) -> Option<Meaning> {
        let root = self.root_of(path)?;
        let key = (self.place.package.clone(), root.file.clone(), path.to_owned());
        let found = self
            .crates
            .meanings
            .get_deep(key, || self.follow(path, 0, &mut HashSet::default()));
        Option::clone(&found)
    }

    fn follow(&self, path: &str, hops: usize, seen: &mut HashSet<String>) -> Option<Meaning> {
        let Some(root) = self.root_of(path) else {
            return Some(Meaning::Extern(self.renamed(path)));
        };
        crate::steps::take();
        if hops > FARTHEST || seen.len() > MOST_LOOK_UPS {
            return Some(Meaning::Unknown);
        }
        // Modules that bring each other's names in have none by that.
        if !seen.insert(path.to_owned()) {
            return None;
        }
        let first = path.split("::").next().unwrap_or_default();
        let reached = self.reach(root, path);
        let whole = |names: &[String]| {
            names
                .iter()
                .fold(first.to_owned(), |path, name| format!("{path}::{name}"))
        };
        let Some((name, behind)) = reached.rest.split_first() else {
            return Some(Meaning::Module {
                path: whole(&reached.modules),
                file: reached.file,
            });
        };
        let then = |target: &str| {
            let target = self.written_here(target, first);
            behind.iter().fold(target, |path, name| format!("{path}::{name}"))
        };
        match reached.names()?.names.get(name) {
            Some(Entry::Item) => {
                let mut names = reached.modules.clone();
                names.extend(reached.rest.iter().cloned());
                Some(Meaning::Item {
                    path: whole(&names),
                    file: reached.file,
                })
            }
            Some(Entry::Path(target)) => self.follow(&then(target), hops + 1, seen),
            Some(Entry::Module | Entry::File(_) | Entry::Unknown) => Some(Meaning::Unknown),
            None => reached.names()?.globs.iter().find_map(|glob| {
                let named = format!("{glob}::{name}");
                let path = then(&named);
                match self.root_of(&path) {
                    Some(_) => self.follow(&path, hops + 1, seen),
                    None => self
                        .is_known(&self.renamed(&self.written_here(&named, first)))
                        .then(|| Meaning::Extern(self.renamed(&path))),
                }
            }),
        }
    }

    /// Follows a path as far as it leads through modules.
    pub(super) fn reach(&self, root: &Root, path: &str) -> Reached {
        let mut names = path.split("::").skip(1).map(str::to_owned).peekable();
        let mut file = root.file.clone();
        let mut modules: Vec<String> = Vec::new();
        // Those that the file begins behind.
        let mut above = 0;
        let mut outline = self.outline(&file, &modules);
        while let Some(name) = names.peek() {
            let local = modules
                .iter()
                .fold("crate".to_owned(), |path, name| format!("{path}::{name}"));
            let of_module = outline
                .as_ref()
                .as_ref()
                .and_then(|outline| outline.modules.get(&local));
            match of_module.and_then(|of_module| of_module.names.get(name)) {
                Some(Entry::Module) => modules.push(name.clone()),
                Some(Entry::File(Some(path))) => {
                    let mut inside: Vec<String> = modules.get(above..).unwrap_or_default().to_vec();
                    inside.push(name.clone());
                    let Some(next) = Crates::file_of(&root.package, &file, above == 0, &inside, path.as_deref()) else {
                        break;
                    };
                    file = next;
                    modules.push(name.clone());
                    above = modules.len();
                    outline = self.outline(&file, &modules);
                }
                _ => break,
            }
            names.next();
        }
        Reached {
            outline,
            file,
            modules,
            above,
            rest: names.collect(),
        }
    }

    fn outline(&self, file: &Path, place: &[String]) -> Arc<Option<Outline>> {
        let key = (file.to_owned(), place.to_vec());
        let outlines = &self.crates.outlines;
        outlines.get(key, || Outline::read(file, place, self.catalog))
    }
}
