//! What one file sees of the others.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use super::meaning::{Meaning, Reached};
use super::{Crates, InCrate, Place};
use crate::catalog::Catalog;
use crate::facts::ProjectFacts;
use crate::project::CrateNames;
use crate::rust::KnownPaths;
use crate::rust::collect::carried::Limits;
use crate::rust::collect::other_files::OtherFiles;
use crate::rust::collect::own_deadlines::{InSilence, Own};
use crate::rust::collect::values::{Declarations, Kind};
use crate::rust::names::macros::Definition;
use crate::rust::names::{Beyond, Known, Name};
use crate::sites::Bound;

/// So many crates of a workspace are looked into from one file.
const MOST_CRATES: usize = 256;

/// How many aliases one type is followed through.
const MOST_ALIASES: usize = 8;

/// The crates as one file sees them.
#[derive(Debug)]
pub(in crate::rust) struct View<'a> {
    pub(super) crates: &'a Crates,
    pub(super) catalog: &'a Catalog,
    /// Where the file is, and where it stands.
    pub(super) own: &'a Path,
    pub(in crate::rust) place: Place,
    /// The crates that are looked into, by how the file calls them; those that it does not depend on itself, by their own names.
    roots: HashMap<String, Root>,
    /// How the file's package calls crates.
    names: Arc<CrateNames>,
    pub(super) facts: &'a ProjectFacts,
    /// How far paths lead, as far as it was asked.
    pub(super) reached: RefCell<HashMap<String, Rc<Reached>>>,
}

/// A crate that is looked into.
#[derive(Debug)]
pub(super) struct Root {
    /// The file that it begins with.
    pub(super) file: PathBuf,
    /// The folder of its package.
    pub(super) package: PathBuf,
    /// How its package calls crates.
    names: Arc<CrateNames>,
}

impl<'a> View<'a> {
    /// What the file sees; `None` where it belongs to no crate.
    pub(in crate::rust) fn of(file: InCrate<'a>, catalog: &'a Catalog, facts: &'a ProjectFacts) -> Option<Self> {
        let place = file.crates.place(file.path)?;
        let names = file.crates.manifests.names(&place.package);
        let own = |file: &Path| Root {
            file: file.to_owned(),
            package: place.package.clone(),
            names: Arc::clone(&names),
        };
        let mut roots = HashMap::default();
        // Tests, examples and programs use the library of their package by its name.
        if let Some(library) = &names.library
            && names.library_root != place.root
            && names.library_root.is_file()
        {
            roots.insert(library.clone(), own(&names.library_root));
        }
        roots.insert("crate".to_owned(), own(&place.root));
        file.crates.add_neighbours(&names, &mut roots);
        Some(Self {
            crates: file.crates,
            catalog,
            own: file.path,
            place,
            roots,
            names,
            facts,
            reached: RefCell::default(),
        })
    }

    /// Where the file is.
    pub(in crate::rust) fn file(&self) -> &Path {
        self.own
    }

    /// How a message names another file: as it names those that are looked at.
    pub(in crate::rust) fn shown(&self, file: &Path) -> String {
        let shown = file.strip_prefix(&self.crates.working_directory);
        shown.unwrap_or(file).display().to_string()
    }

    /// The crate that a path begins with the name of.
    pub(super) fn root_of(&self, path: &str) -> Option<&Root> {
        self.roots.get(path.split("::").next()?)
    }

    /// A path of another crate, by the name that this has for everybody.
    pub(super) fn renamed(&self, path: &str) -> String {
        by_its_own_name(path, &self.names).unwrap_or_else(|| path.to_owned())
    }

    /// A path that stands in the sources of the crate that this file calls `of`, as this file writes it.
    pub(super) fn written_here(&self, path: &str, of: &str) -> String {
        let (first, rest) = path.split_at(path.find("::").unwrap_or(path.len()));
        if first == "crate" {
            return format!("{of}{rest}");
        }
        let Some(root) = self.roots.get(of).filter(|root| root.package != self.place.package) else {
            return path.to_owned();
        };
        let neighbour = root.names.neighbours.get(first);
        let mut roots = self.roots.iter();
        let here = neighbour.and_then(|package| roots.find(|(_, root)| root.package == *package));
        match here {
            Some((name, _)) => format!("{name}{rest}"),
            None => by_its_own_name(path, &root.names).unwrap_or_else(|| path.to_owned()),
        }
    }

    pub(super) fn is_known(&self, path: &str) -> bool {
        KnownPaths(self.catalog).knows(path)
    }

    fn name(&self, meaning: Meaning) -> Name {
        match meaning {
            Meaning::Extern(path) => Name::Extern(path),
            Meaning::Item { path, file } | Meaning::Module { path, file } if file == self.own => self.of_own(path),
            Meaning::Item { path, .. } | Meaning::Module { path, .. } => Name::Extern(path),
            Meaning::Unknown => Name::Unknown,
        }
    }

    /// Something of the file itself.
    fn of_own(&self, path: String) -> Name {
        let names: Vec<&str> = path.split("::").skip(1 + self.place.names.len()).collect();
        Name::File(
            names
                .iter()
                .fold("$file".to_owned(), |path, name| format!("{path}::{name}")),
        )
    }

    /// The file that has what this path means, and its path there, as the visit of that file has it; none for what is in no
    /// file that is looked into.
    pub(in crate::rust) fn home(&self, path: &str) -> Option<(PathBuf, String)> {
        let reached = self.reach(self.root_of(path)?, path);
        let inside = reached.modules.iter().skip(reached.above).chain(&reached.rest);
        Some((
            reached.file.clone(),
            inside.fold("$file".to_owned(), |path, name| format!("{path}::{name}")),
        ))
    }

    /// The same crates as another file of the package sees them.
    pub(in crate::rust) fn of_file<'b>(&self, path: &'b Path) -> Option<View<'b>>
    where
        'a: 'b,
    {
        View::of(
            InCrate {
                crates: self.crates,
                path,
            },
            self.catalog,
            self.facts,
        )
    }

    /// What the declarations of the file say that has this path.
    fn declared<T>(&self, path: &str, told: impl FnOnce(&Declarations, &str) -> Option<T>) -> Option<T> {
        let root = self.root_of(path)?;
        let reached = self.reach(root, path);
        told(&reached.outline.as_ref().as_ref()?.declared, &reached.whole)
    }

    /// What is said of a kind in the file that has `path`, as this file says it.
    fn kind(&self, path: &str, kind: &Kind, aliases: usize) -> Option<Kind> {
        let aliases = aliases.checked_sub(1)?;
        let first = path.split("::").next().unwrap_or_default();
        match kind {
            Kind::Of(of) => {
                let of = self.written_here(of, first);
                let (Name::Extern(meaning) | Name::File(meaning)) = self.meaning(&of).unwrap_or(Name::Extern(of))
                else {
                    return None;
                };
                match self.declared(&meaning, |declared, path| declared.aliases.get(path).cloned()) {
                    Some(alias) => self.kind(&meaning, &alias?, aliases),
                    None => Some(Kind::Of(meaning)),
                }
            }
            Kind::Tuple(elements) => {
                let elements = elements
                    .iter()
                    .map(|element| self.kind(path, element.as_ref()?, aliases));
                Some(Kind::Tuple(elements.collect()))
            }
            Kind::Many(element) => Some(Kind::Many(Box::new(self.kind(path, element, aliases)?))),
        }
    }
}

impl OtherFiles for View<'_> {
    fn has(&self, path: &str) -> bool {
        self.home(path).is_some()
    }

    fn is_function(&self, path: &str) -> bool {
        let known = self.declared(path, |declared, path| declared.returns.contains_key(path).then_some(()));
        known.is_some()
    }

    fn given_by(&self, path: &str) -> Option<Option<Kind>> {
        let given = self.declared(path, |declared, path| declared.returns.get(path).cloned())?;
        Some(given.and_then(|kind| self.kind(path, &kind, MOST_ALIASES)))
    }

    fn field(&self, of: &str, name: &str) -> Option<Kind> {
        let kind = self.declared(of, |declared, path| declared.fields.get(path)?.get(name).cloned())?;
        self.kind(of, &kind, MOST_ALIASES)
    }

    fn alias(&self, path: &str) -> Option<Option<Kind>> {
        let meaning = self.declared(path, |declared, path| declared.aliases.get(path).cloned())?;
        Some(meaning.and_then(|kind| self.kind(path, &kind, MOST_ALIASES)))
    }

    fn stands_for(&self, path: &str) -> Option<usize> {
        self.declared(path, |declared, path| declared.through.get(path).copied())
    }

    fn value(&self, path: &str) -> Option<Kind> {
        let kind = self.declared(path, |declared, path| declared.value(path))?;
        self.kind(path, &kind, MOST_ALIASES)
    }

    fn constant(&self, path: &str) -> Option<Bound> {
        self.declared(path, |declared, path| declared.constants.get(path).copied())
    }

    fn limits(&self, path: &str) -> Option<Limits> {
        self.declared(path, |declared, path| declared.limits.get(path).cloned())
    }

    fn own(&self, path: &str) -> Option<Own> {
        self.declared(path, |declared, path| declared.own.function(path))
    }

    fn in_silence(&self, path: &str) -> Option<InSilence> {
        self.declared(path, |declared, path| declared.own.in_silence(path))
    }

    fn own_method(&self, of: &str, method: &str) -> Option<Own> {
        self.declared(of, |declared, path| declared.own.method(path, method))
    }

    fn own_in_module(&self, module: &str, method: &str) -> Option<Own> {
        let own = self.declared(module, |declared, path| declared.own.in_module(path, method));
        own.or_else(|| {
            let mut handed_on = self.handed_on(module).into_iter();
            handed_on.find_map(|of| self.own_method(&of, method))
        })
    }

    fn gives_signal(&self, path: &str, index: usize) -> bool {
        let gives = |declared: &Declarations, path: &str| Some(declared.signals.get(path)?.contains(&index));
        self.declared(path, gives).unwrap_or(false)
    }

    fn macro_called(&self, name: &str, meaning: &Name) -> Option<Definition> {
        let of_path = match meaning {
            Name::Extern(path) => self.root_of(path).map(|root| &root.package),
            _ => None,
        };
        let packages = std::iter::once(&self.place.package).chain(of_path);
        packages
            .filter_map(|package| self.crates.index(package).macro_called(name))
            .next()
    }
}

impl Beyond for View<'_> {
    fn meaning(&self, path: &str) -> Option<Name> {
        if self.root_of(path).is_some() {
            return Some(match self.followed(path) {
                Some(meaning) => self.name(meaning),
                None => Name::Extern(path.to_owned()),
            });
        }
        self.by_its_own_name(path).map(Name::Extern)
    }

    fn by_its_own_name(&self, path: &str) -> Option<String> {
        by_its_own_name(path, &self.names)
    }

    fn in_module(&self, module: &str, name: &str) -> Option<Name> {
        let path = format!("{module}::{name}");
        if self.root_of(module).is_some() {
            return self.followed(&path).map(|meaning| self.name(meaning));
        }
        let known = self.by_its_own_name(&path).filter(|known| self.is_known(known));
        known.map(Name::Extern)
    }
}

impl Crates {
    /// Adds the libraries of the packages that lie beside the one with these names, and of those that they lead to.
    fn add_neighbours(&self, names: &CrateNames, roots: &mut HashMap<String, Root>) {
        let mut pending: VecDeque<(String, PathBuf)> = VecDeque::new();
        let neighbours = |names: &CrateNames| names.neighbours.clone().into_iter();
        pending.extend(neighbours(names));
        let mut known: HashSet<PathBuf> = HashSet::default();
        while let Some((called, package)) = pending.pop_front() {
            if roots.len() >= MOST_CRATES || roots.contains_key(&called) || !known.insert(package.clone()) {
                continue;
            }
            let names = self.manifests.names(&package);
            // Those behind it are called as their own manifests say: nobody here has a name for them.
            pending.extend(neighbours(&names).map(|(called, package)| {
                let own = self.manifests.names(&package).library.clone();
                (own.unwrap_or(called), package)
            }));
            let file = names.library_root.clone();
            roots.insert(called, Root { file, package, names });
        }
    }
}

/// A path by the name that its crate has for everybody, where the package with these names calls it otherwise.
fn by_its_own_name(path: &str, names: &CrateNames) -> Option<String> {
    let (first, rest) = path.split_at(path.find("::").unwrap_or(path.len()));
    let name = names.renamed.get(first)?;
    Some(format!("{name}{rest}"))
}
