//! What a path means that leads through the modules of crates: imports, re-exports and globs are followed over files.

use std::path::{Path, PathBuf};
use std::rc::Rc;
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
#[derive(Debug)]
pub(super) struct Reached {
    pub(super) outline: Arc<Option<Outline>>,
    pub(super) file: PathBuf,
    /// The names of the modules, the crate's own not among them.
    pub(super) modules: Vec<String>,
    /// How many of them lead to the file.
    pub(super) above: usize,
    /// The names of the path that no module has.
    pub(super) rest: Vec<String>,
    /// The path of the innermost module, and the whole one, as the outline has them.
    module: String,
    pub(super) whole: String,
}

impl Reached {
    fn names(&self) -> Option<&ModuleNames> {
        self.outline.as_ref().as_ref()?.modules.get(&self.module)
    }

    /// The same with names that lead on inside.
    fn with_rest<'p>(&self, rest: impl Iterator<Item = &'p str>) -> Self {
        let rest: Vec<String> = rest.map(str::to_owned).collect();
        let whole = rest
            .iter()
            .fold(self.module.clone(), |path, name| format!("{path}::{name}"));
        Self {
            outline: Arc::clone(&self.outline),
            file: self.file.clone(),
            modules: self.modules.clone(),
            above: self.above,
            rest,
            module: self.module.clone(),
            whole,
        }
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

    /// The types and traits that a module hands on: what its imports mean.
    pub(super) fn handed_on(&self, module: &str) -> Vec<String> {
        let Some(root) = self.root_of(module) else {
            return Vec::new();
        };
        let reached = self.reach(root, module);
        let names = reached.names().filter(|_| reached.rest.is_empty());
        let imported = names.into_iter().flat_map(|names| &names.names);
        let imported = imported
            .filter(|(name, entry)| name.starts_with(char::is_uppercase) && matches!(entry, Entry::Path(_)))
            .filter_map(|(name, _)| match self.followed(&format!("{module}::{name}")) {
                Some(Meaning::Item { path, .. }) => Some(path),
                _ => None,
            });
        let mut found: Vec<String> = imported.collect();
        found.sort();
        found
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
                file: reached.file.clone(),
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
                    file: reached.file.clone(),
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

    /// Follows a path as far as it leads through modules. Asked for most names of a file, often for the same: what was found
    /// is kept as long as the view, the modules on the way, too.
    pub(super) fn reach(&self, root: &Root, path: &str) -> Rc<Reached> {
        if let Some(known) = self.known_reached(path) {
            return known;
        }
        let mut names = path.split("::").peekable();
        let first = names.next().unwrap_or_default();
        let known = self.known_reached(first);
        let mut reached = known.unwrap_or_else(|| self.kept(first, self.root_module(root)));
        let mut end = first.len();
        while let Some(name) = names.peek() {
            end += "::".len() + name.len();
            let Some(inner) = self.inner(root, &reached, path.get(..end).unwrap_or_default(), name) else {
                break;
            };
            reached = inner;
            names.next();
        }
        match names.peek() {
            Some(_) => self.kept(path, reached.with_rest(names)),
            None => reached,
        }
    }

    /// The module at this path, the one of this name in `outer`; none where there is none.
    fn inner(&self, root: &Root, outer: &Reached, path: &str, name: &str) -> Option<Rc<Reached>> {
        match self.known_reached(path) {
            Some(known) => known.rest.is_empty().then_some(known),
            None => Some(self.kept(path, self.enter(root, outer, name)?)),
        }
    }

    fn known_reached(&self, path: &str) -> Option<Rc<Reached>> {
        self.reached.borrow().get(path).map(Rc::clone)
    }

    fn kept(&self, path: &str, reached: Reached) -> Rc<Reached> {
        let reached = Rc::new(reached);
        self.reached.borrow_mut().insert(path.to_owned(), Rc::clone(&reached));
        reached
    }

    /// What the root of a crate is.
    fn root_module(&self, root: &Root) -> Reached {
        Reached {
            outline: self.outline(&root.file, &[]),
            file: root.file.clone(),
            modules: Vec::new(),
            above: 0,
            rest: Vec::new(),
            module: "crate".to_owned(),
            whole: "crate".to_owned(),
        }
    }

    /// The module of this name in another one; none where there is none, or no file of it.
    fn enter(&self, root: &Root, outer: &Reached, name: &str) -> Option<Reached> {
        let mut modules = outer.modules.clone();
        modules.push(name.to_owned());
        let (file, above, outline) = match outer.names()?.names.get(name)? {
            Entry::Module => (outer.file.clone(), outer.above, Arc::clone(&outer.outline)),
            Entry::File(Some(path)) => {
                let inside = modules.get(outer.above..).unwrap_or_default();
                let is_root = outer.above == 0;
                let file = Crates::file_of(&root.package, &outer.file, is_root, inside, path.as_deref())?;
                let outline = self.outline(&file, &modules);
                (file, modules.len(), outline)
            }
            _ => return None,
        };
        let module = format!("{}::{name}", outer.module);
        Some(Reached {
            outline,
            file,
            modules,
            above,
            rest: Vec::new(),
            whole: module.clone(),
            module,
        })
    }

    fn outline(&self, file: &Path, place: &[String]) -> Arc<Option<Outline>> {
        let key = (file.to_owned(), place.to_vec());
        let outlines = &self.crates.outlines;
        outlines.get(key, || Outline::read(file, place, self.catalog))
    }
}
