//! From a written path to what it means: scopes, imports, globs and aliases.

use std::rc::Rc;

use super::declared::{Asked, Binding, Declared, FromGlobs, Imported};
use super::{Beyond, FILE, Name, Names, Scope, Written};
use crate::steps;

/// How long a chain of imports is followed.
const MAX_HOPS: usize = 16;
/// How many declarations one path may be looked up in: globs of globs fan out.
const MAX_LOOK_UPS: usize = 500;
/// Under how many sets of conditions it is remembered what the globs of one place bring in.
const MOST_REMEMBERED: usize = 16;

/// What a look-up of a name takes into account besides items.
#[derive(Clone, Copy, Default)]
pub(super) struct Sight {
    /// Variables.
    pub(super) variables: bool,
    /// Not the innermost declarations.
    pub(super) skip_innermost: bool,
}

impl Names<'_> {
    /// What a path means here.
    pub(in crate::rust) fn resolve(&self, written: &Written) -> Name {
        self.look_ups.set(0);
        self.settled(self.follow_alias(self.resolve_at(written, self.stack.len(), 0, None), 0))
    }

    /// As [`Self::resolve`], but a type alias of the file is itself.
    pub(in crate::rust) fn resolve_to_alias(&self, written: &Written) -> Name {
        self.look_ups.set(0);
        self.settled(self.resolve_at(written, self.stack.len(), 0, None))
    }

    /// What something of another file of the crate is in the end.
    pub(super) fn settled(&self, name: Name) -> Name {
        match (&name, self.beyond()) {
            (Name::Extern(path), Some(beyond)) if !self.known.knows(path) => beyond.meaning(path).unwrap_or(name),
            // A dependency may be called as a library that it is not.
            (Name::Extern(path), Some(beyond)) => beyond.by_its_own_name(path).map_or(name, Name::Extern),
            _ => name,
        }
    }

    /// The other files, where it is not asked what is certainly there: under which conditions they import is not looked at.
    fn beyond(&self) -> Option<&dyn Beyond> {
        self.beyond.filter(|_| !self.only_certain.get())
    }

    /// The path from the crate's root on of what stands in a module in a file of its own, or above this file.
    fn below_root(&self, module: &[String], rest: &[String]) -> Name {
        let names = ["crate".to_owned()].into_iter();
        let names: Vec<String> = names.chain(module.iter().chain(rest).cloned()).collect();
        Name::Extern(names.join("::"))
    }

    /// The names of the modules from the crate's root to a module of this file.
    fn place_of(&self, module: &str) -> Option<Vec<String>> {
        let own = module.strip_prefix(FILE)?.split("::").filter(|name| !name.is_empty());
        let own = own.filter(|name| !name.starts_with('{')).map(str::to_owned);
        Some(self.place.as_ref()?.iter().cloned().chain(own).collect())
    }

    /// What `super` and more stands for at the root of this file.
    fn above(&self, names: &[String]) -> Name {
        let Some(place) = &self.place else { return Name::Unknown };
        let ups = names.iter().take_while(|name| *name == "super").count();
        match place.len().checked_sub(ups) {
            Some(left) => self.below_root(
                place.get(..left).unwrap_or_default(),
                names.get(ups..).unwrap_or_default(),
            ),
            None => Name::Unknown,
        }
    }

    /// Replaces a type alias of this file, alone or with an associated item behind it, by what it stands for.
    fn follow_alias(&self, name: Name, hops: usize) -> Name {
        let Name::File(path) = &name else { return name };
        let (head, tail) = match path.rsplit_once("::") {
            Some((head, tail)) if self.aliases.contains_key(head) => (head, Some(tail)),
            _ => (path.as_str(), None),
        };
        let Some(target) = self.aliases.get(head).filter(|_| hops < MAX_HOPS) else {
            return name;
        };
        let module = head.rsplit_once("::").map_or(FILE, |(module, _)| module);
        match (self.resolve_in_module(module, target, hops + 1), tail) {
            (resolved, None) => self.follow_alias(resolved, hops + 1),
            (Name::Extern(path), Some(tail)) => Name::Extern(format!("{path}::{tail}")),
            (Name::File(path), Some(tail)) => self.follow_alias(Name::File(format!("{path}::{tail}")), hops + 1),
            _ => Name::Unknown,
        }
    }

    /// Resolves against the first `depth` entries of the stack. `without` is a name that the innermost declarations
    /// are not asked for: `use tokio;` does not import itself.
    pub(super) fn resolve_at(&self, written: &Written, depth: usize, hops: usize, without: Option<&str>) -> Name {
        if hops > MAX_HOPS {
            return Name::Unknown;
        }
        let Some((first, rest)) = written.names.split_first() else {
            return Name::Unknown;
        };
        if written.leading {
            return Name::Extern(written.names.join("::"));
        }
        match first.as_str() {
            "crate" | "self" | "super" => return self.resolve_relative(written, depth, hops),
            "Self" => return Name::Unknown,
            _ => {}
        }
        let sight = Sight {
            // What has something behind it is a module or a type, and so is what an import brings in.
            variables: hops == 0 && rest.is_empty(),
            skip_innermost: without == Some(first),
        };
        match self.look_up(first, depth, hops, sight) {
            None if rest.is_empty() => Name::Unknown,
            None => Name::Extern(written.names.join("::")),
            Some(found) => self.descend(found, rest, hops),
        }
    }

    fn resolve_relative(&self, written: &Written, depth: usize, hops: usize) -> Name {
        let mut module = self.module_at(depth).to_owned();
        let mut names = written.names.as_slice();
        while let Some((first, rest)) = names.split_first() {
            match first.as_str() {
                "crate" if self.is_crate_root => module = FILE.to_owned(),
                "self" => {}
                "super" if module != FILE => {
                    module.truncate(module.rfind("::").unwrap_or(0));
                    while module.ends_with('}') {
                        module.truncate(module.rfind("::").unwrap_or(0));
                    }
                }
                "crate" => return Name::Extern(written.names.join("::")),
                "super" => return self.above(names),
                _ => break,
            }
            names = rest;
        }
        self.descend(Name::File(module), names, hops)
    }

    fn module_at(&self, depth: usize) -> &str {
        self.stack
            .iter()
            .take(depth)
            .rev()
            .find_map(|scope| match scope {
                Scope::Items { key, module: true } => Some(key.as_str()),
                _ => None,
            })
            .unwrap_or(FILE)
    }

    /// What a first name means: variables and items outward to the module, then globs.
    pub(super) fn look_up(&self, name: &str, depth: usize, hops: usize, sight: Sight) -> Option<Name> {
        let mut variables_visible = sight.variables;
        let mut skip = sight.skip_innermost;
        for (index, scope) in self.stack.iter().enumerate().take(depth).rev() {
            steps::take();
            match scope {
                Scope::Function => variables_visible = false,
                Scope::Variables(variables) if variables_visible => {
                    if let Some(meant) = variables.get(name) {
                        return Some(meant.clone());
                    }
                }
                Scope::Variables(_) => {}
                Scope::Items { key, module } => {
                    let skipped = std::mem::take(&mut skip);
                    let found = if skipped {
                        None
                    } else {
                        self.declared_as(key, name, index + 1, hops)
                    };
                    if found.is_some() {
                        return found;
                    }
                    if *module {
                        return None;
                    }
                }
            }
        }
        None
    }

    /// What the declarations of `key`, which end the stack at `depth`, say about a name.
    fn declared_as(&self, key: &str, name: &str, depth: usize, hops: usize) -> Option<Name> {
        if self.is_exhausted(hops) {
            return Some(Name::Unknown);
        }
        let declared = self.declared.get(key)?;
        match declared.names.get(name) {
            Some(Binding::Item) => return Some(Name::File(format!("{key}::{name}"))),
            Some(Binding::Either) => return Some(Name::Unknown),
            Some(Binding::Import(import)) if !self.is_there(import) => return Some(Name::Unknown),
            Some(Binding::Import(Imported { target, .. })) => {
                return Some(imported(self.resolve_at(target, depth, hops + 1, Some(name)), target));
            }
            None => {}
        }
        let brought = self.brought(declared, false, |glob| self.resolve_at(glob, depth, 1, None));
        self.by_glob(declared, &brought, key, name, hops)
    }

    /// What the globs of the declarations of `key` say about a name.
    fn by_glob(&self, declared: &Declared, brought: &FromGlobs, key: &str, name: &str, hops: usize) -> Option<Name> {
        // A name that two globs bring in does not compile where it is used: what one of them certainly has is what is meant.
        let certain = brought.first_that_has(name, |path| self.known.knows(path));
        let certain = certain.and_then(|index| match brought.from.get(index)? {
            Name::Extern(module) => Some((declared.globs.get(index)?, Name::Extern(format!("{module}::{name}")))),
            _ => None,
        });
        let found = certain.or_else(|| {
            let mut globs = declared.globs.iter().zip(&brought.from).inspect(|_| steps::take());
            globs.find_map(|(glob, from)| {
                let found = match from {
                    Name::Extern(module) => self.beyond().and_then(|beyond| beyond.in_module(module, name)),
                    Name::File(module) if module != key => self.in_module(module, name, hops + 1),
                    _ => None,
                };
                Some((glob, found?))
            })
        });
        let (glob, found) = found?;
        Some(if self.is_there(glob) { found } else { Name::Unknown })
    }

    /// Whether an import is there wherever the current place is compiled, where that is asked.
    pub(super) fn is_there(&self, import: &Imported) -> bool {
        !self.only_certain.get() || import.conditions.iter().all(|condition| self.holds(condition))
    }

    /// What each glob brings its names in from, told once. They are not asked for the first names of each other: they
    /// would ask each other for ever.
    fn brought(&self, declared: &Declared, from_elsewhere: bool, resolve: impl Fn(&Written) -> Name) -> Rc<FromGlobs> {
        if self.in_glob.get() || declared.globs.is_empty() {
            return Rc::default();
        }
        let asked = Asked {
            from_elsewhere,
            holding: self.what_holds(),
        };
        if let Some(brought) = declared.brought.borrow().get(&asked) {
            return Rc::clone(brought);
        }
        let look_ups = self.look_ups.get();
        self.in_glob.set(true);
        let brought = declared.globs.iter().map(|glob| {
            self.look_ups.set(0);
            self.beside(imported(resolve(&glob.target), &glob.target))
        });
        let brought = Rc::new(FromGlobs::new(brought.collect()));
        self.in_glob.set(false);
        self.look_ups.set(look_ups);
        let mut known = declared.brought.borrow_mut();
        if known.len() >= MOST_REMEMBERED {
            known.clear();
        }
        known.insert(asked, Rc::clone(&brought));
        brought
    }

    fn is_exhausted(&self, hops: usize) -> bool {
        self.look_ups.set(self.look_ups.get() + 1);
        hops > MAX_HOPS || self.look_ups.get() > MAX_LOOK_UPS
    }

    /// What a name means in a module of this file that need not be on the stack.
    fn in_module(&self, module: &str, name: &str, hops: usize) -> Option<Name> {
        if self.is_exhausted(hops) {
            return Some(Name::Unknown);
        }
        let declared = self.declared.get(module)?;
        match declared.names.get(name) {
            Some(Binding::Item) => Some(Name::File(format!("{module}::{name}"))),
            Some(Binding::Either) => Some(Name::Unknown),
            Some(Binding::Import(import)) if !self.is_there(import) => Some(Name::Unknown),
            Some(Binding::Import(Imported { target, .. })) => {
                Some(if target.names.first().is_some_and(|first| first == name) {
                    Name::Extern(target.names.join("::"))
                } else {
                    imported(self.resolve_in_module(module, target, hops + 1), target)
                })
            }
            None => {
                let brought = self.brought(declared, true, |glob| self.resolve_in_module(module, glob, 1));
                self.by_glob(declared, &brought, module, name, hops)
            }
        }
    }

    /// What an import of a module brings in under this name.
    pub(super) fn imported_by(&self, module: &str, name: &str) -> Name {
        self.look_ups.set(0);
        self.in_module(module, name, 0).unwrap_or(Name::Unknown)
    }

    /// What a glob of a module brings names in from.
    pub(super) fn glob_of(&self, module: &str, target: &Written) -> Name {
        self.look_ups.set(0);
        imported(self.resolve_in_module(module, target, 1), target)
    }

    fn resolve_in_module(&self, module: &str, written: &Written, hops: usize) -> Name {
        let Some((first, rest)) = written.names.split_first() else {
            return Name::Unknown;
        };
        if hops > MAX_HOPS {
            return Name::Unknown;
        }
        if written.leading {
            return Name::Extern(written.names.join("::"));
        }
        match first.as_str() {
            "self" => self.descend(Name::File(module.to_owned()), rest, hops),
            "super" => match module.rsplit_once("::") {
                Some((parent, _)) => self.resolve_in_module(
                    parent,
                    &Written {
                        leading: false,
                        names: std::iter::once("self".to_owned()).chain(rest.iter().cloned()).collect(),
                    },
                    hops + 1,
                ),
                None => self.above(&written.names),
            },
            "crate" if self.is_crate_root => self.descend(Name::File(FILE.to_owned()), rest, hops),
            "crate" => Name::Extern(written.names.join("::")),
            "Self" => Name::Unknown,
            _ => match self.in_module(module, first, hops + 1) {
                Some(found) => self.descend(found, rest, hops),
                None if rest.is_empty() => Name::Unknown,
                None => Name::Extern(written.names.join("::")),
            },
        }
    }

    /// A module in a file of its own by its path from the crate's root on.
    fn beside(&self, name: Name) -> Name {
        match &name {
            Name::File(path) if self.is_file(path) => {
                self.place_of(path).map_or(name, |place| self.below_root(&place, &[]))
            }
            _ => name,
        }
    }

    /// Whether a module of this file has its code in a file of its own.
    pub(super) fn is_file(&self, module: &str) -> bool {
        let Some((parent, name)) = module.rsplit_once("::") else {
            return false;
        };
        let declared = self.declared.get(parent);
        declared.is_some_and(|declared| declared.files.contains_key(name))
    }

    /// What `rest` means below something that is resolved.
    fn descend(&self, from: Name, rest: &[String], hops: usize) -> Name {
        let mut found = from;
        for name in rest {
            found = match found {
                Name::Extern(path) => Name::Extern(format!("{path}::{name}")),
                Name::File(path) if self.declared.contains_key(&path) => {
                    self.in_module(&path, name, hops + 1).unwrap_or(Name::Unknown)
                }
                Name::File(path) => match self.place_of(&path).filter(|_| self.is_file(&path)) {
                    Some(place) => self.below_root(&place, std::slice::from_ref(name)),
                    None => Name::File(format!("{path}::{name}")),
                },
                Name::Variable(_) | Name::Unknown => Name::Unknown,
            };
        }
        found
    }
}

/// What an import brings in: a single name that nothing here declares is a crate's.
fn imported(found: Name, target: &Written) -> Name {
    match (found, target.names.as_slice()) {
        (Name::Unknown, [krate]) if !matches!(krate.as_str(), "crate" | "self" | "super" | "Self") => {
            Name::Extern(krate.clone())
        }
        (found, _) => found,
    }
}
