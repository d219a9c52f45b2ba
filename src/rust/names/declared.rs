//! What modules and blocks declare, before anything is looked up in them.

use std::cell::RefCell;
use std::rc::Rc;

use foldhash::{HashMap, HashSet};

use syn::visit::Visit;

use super::{Holding, Name, Written, plain};
use crate::rust::names::attributes;
use crate::rust::names::given_items;
use crate::rust::names::macros;
use crate::steps;

/// What a module or a block declares.
#[derive(Debug, Default)]
pub(super) struct Declared {
    pub(super) names: HashMap<String, Binding>,
    /// Those of its modules whose code is in a file of its own, and where that is by `#[path = "…"]`; `None` where two
    /// declarations (under different `cfg`s) differ.
    pub(super) files: HashMap<String, Option<ModulePath>>,
    /// Its globs, each once.
    pub(super) globs: Vec<Imported>,
    /// What each of the globs brings names in from, as far as that was asked.
    pub(super) brought: RefCell<HashMap<Asked, Rc<FromGlobs>>>,
}

/// Where the code of a module is: as the language says, or at this path.
pub(in crate::rust) type ModulePath = Option<String>;

/// Where and how it is asked what globs bring in: the answer may be another one for each.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Asked {
    /// From a module that is not around the current place.
    pub(super) from_elsewhere: bool,
    /// What holds at the current place.
    pub(super) holding: Holding,
}

/// What the globs of a place bring in.
#[derive(Debug, Default)]
pub(super) struct FromGlobs {
    /// What each of them brings names in from.
    pub(super) from: Vec<Name>,
    /// Which of them certainly has a name that was asked for: hundreds of globs are asked for the same few.
    known: RefCell<HashMap<String, Option<usize>>>,
}

impl FromGlobs {
    pub(super) fn new(from: Vec<Name>) -> Self {
        Self {
            from,
            known: RefCell::default(),
        }
    }

    /// The first one that has something of another crate at a path that `knows` knows, by its index.
    pub(super) fn first_that_has(&self, name: &str, knows: impl Fn(&str) -> bool) -> Option<usize> {
        if let Some(known) = self.known.borrow().get(name) {
            return *known;
        }
        let has = |from: &Name| {
            steps::take();
            matches!(from, Name::Extern(module) if knows(&format!("{module}::{name}")))
        };
        let found = self.from.iter().position(has);
        self.known.borrow_mut().insert(name.to_owned(), found);
        found
    }
}

/// What an import brings in, and the conditions (`#[cfg]`) under which it is there.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Imported {
    pub(super) target: Written,
    pub(super) conditions: Rc<[String]>,
}

/// Of more globs in one place the first ones are asked for a name.
const MOST_GLOBS: usize = 256;

/// The condition of what a macro is given: nothing says that it comes out again.
const BY_MACRO: &str = "a macro";

#[derive(Debug, PartialEq)]
pub(super) enum Binding {
    /// A function, type, constant, static or module of this place.
    Item,
    Import(Imported),
    /// Two declarations (under different `cfg`s) that differ.
    Either,
}

impl Declared {
    pub(super) fn of<'a>(items: impl Iterator<Item = &'a syn::Item>) -> Self {
        let mut declared = Self::default();
        for item in items {
            declared.add(item);
        }
        declared
    }

    fn add(&mut self, item: &syn::Item) {
        match item {
            syn::Item::Use(item) => {
                let import = Import {
                    leading: item.leading_colon.is_some(),
                    conditions: attributes::conditions(&item.attrs).into(),
                };
                self.import(&import, &mut Vec::new(), &item.tree);
            }
            syn::Item::ExternCrate(item) => {
                let import = Import {
                    leading: true,
                    conditions: attributes::conditions(&item.attrs).into(),
                };
                let name = item.rename.as_ref().map_or(&item.ident, |(_, rename)| rename);
                self.bind(plain(name), Binding::Import(import.of(vec![plain(&item.ident)])));
            }
            syn::Item::Macro(item) if item.ident.is_none() => {
                for item in given_items::items(&item.mac).iter().flat_map(|given| &given.items) {
                    self.add_certain_only_there(item);
                }
            }
            _ => {
                if let syn::Item::Mod(module) = item
                    && module.content.is_none()
                {
                    self.add_file(plain(&module.ident), attributes::path(&module.attrs));
                }
                if let Some(ident) = item_name(item) {
                    self.bind(plain(ident), Binding::Item);
                }
            }
        }
    }

    fn add_file(&mut self, name: String, path: ModulePath) {
        let known = self.files.entry(name).or_insert_with(|| Some(path.clone()));
        if known.as_ref().is_some_and(|known| *known != path) {
            *known = None;
        }
    }

    /// An import out of a macro, which may leave it out.
    fn add_certain_only_there(&mut self, item: &syn::Item) {
        if let syn::Item::Use(item) = item {
            let import = Import {
                leading: item.leading_colon.is_some(),
                conditions: [BY_MACRO.to_owned()].into(),
            };
            self.import(&import, &mut Vec::new(), &item.tree);
        }
    }

    fn import(&mut self, import: &Import, prefix: &mut Vec<String>, tree: &syn::UseTree) {
        let imported = |prefix: &[String], last: &syn::Ident| {
            let mut names = prefix.to_vec();
            if last != "self" || names.is_empty() {
                names.push(plain(last));
            }
            import.of(names)
        };
        match tree {
            syn::UseTree::Path(path) => {
                prefix.push(plain(&path.ident));
                self.import(import, prefix, &path.tree);
                prefix.pop();
            }
            syn::UseTree::Name(name) => {
                let imported = imported(prefix, &name.ident);
                if let Some(last) = imported.target.names.last().cloned() {
                    self.bind(last, Binding::Import(imported));
                }
            }
            syn::UseTree::Rename(rename) => {
                let imported = imported(prefix, &rename.ident);
                self.bind(plain(&rename.rename), Binding::Import(imported));
            }
            syn::UseTree::Glob(_) => {
                let glob = import.of(prefix.clone());
                if self.globs.len() < MOST_GLOBS && !self.globs.contains(&glob) {
                    self.globs.push(glob);
                }
            }
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(import, prefix, tree);
                }
            }
        }
    }

    fn bind(&mut self, name: String, binding: Binding) {
        let (name, binding) = match binding {
            // A trait imported for its methods only; kept under a name that no source can write.
            Binding::Import(imported) if name == "_" => {
                let name = format!("_ {}", imported.target.names.join("::"));
                (name, Binding::Import(imported))
            }
            _ if name == "_" => return,
            binding => (name, binding),
        };
        let binding = match (self.names.get(&name), binding) {
            (Some(Binding::Import(known)), Binding::Import(again)) if known.target == again.target => {
                Binding::Import(known.or(again))
            }
            (Some(known), binding) if *known != binding => Binding::Either,
            (_, binding) => binding,
        };
        self.names.insert(name, binding);
    }
}

/// A `use`, whatever it imports.
struct Import {
    leading: bool,
    conditions: Rc<[String]>,
}

impl Import {
    fn of(&self, names: Vec<String>) -> Imported {
        Imported {
            target: Written {
                leading: self.leading,
                names,
            },
            conditions: Rc::clone(&self.conditions),
        }
    }
}

impl Imported {
    /// The same, imported twice: it is there where one of the two is.
    fn or(&self, again: Imported) -> Imported {
        let one_is_enough = |one: &[String], other: &[String]| one.iter().all(|condition| other.contains(condition));
        if one_is_enough(&self.conditions, &again.conditions) {
            return self.clone();
        }
        if one_is_enough(&again.conditions, &self.conditions) {
            return again;
        }
        // Whether one of the two holds cannot be told from what holds at a place.
        Imported {
            conditions: [format!("any({:?},{:?})", self.conditions, again.conditions)].into(),
            ..again
        }
    }
}

fn item_name(item: &syn::Item) -> Option<&syn::Ident> {
    Some(match item {
        syn::Item::Const(item) => &item.ident,
        syn::Item::Enum(item) => &item.ident,
        syn::Item::Fn(item) => &item.sig.ident,
        syn::Item::Mod(item) => &item.ident,
        syn::Item::Static(item) => &item.ident,
        syn::Item::Struct(item) => &item.ident,
        syn::Item::Trait(item) => &item.ident,
        syn::Item::TraitAlias(item) => &item.ident,
        syn::Item::Type(item) => &item.ident,
        syn::Item::Union(item) => &item.ident,
        _ => return None,
    })
}

/// What a file defines anywhere in it.
#[derive(Debug, Default)]
pub(super) struct Defined {
    /// Its `macro_rules!`, by their names.
    pub(super) macros: HashMap<String, macros::Definition>,
    /// Those of its methods.
    pub(super) methods: HashSet<String>,
}

impl<'ast> Visit<'ast> for Defined {
    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        if let Some(ident) = &item.ident {
            let definition = self.macros.entry(plain(ident)).or_default();
            definition.add(macros::Definition::of(item.mac.tokens.clone()));
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.methods.insert(plain(&item.sig.ident));
        self.visit_block(&item.block);
    }

    // Nothing is defined in the rest.
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}

    fn visit_path(&mut self, _: &'ast syn::Path) {}

    fn visit_signature(&mut self, _: &'ast syn::Signature) {}

    fn visit_type(&mut self, _: &'ast syn::Type) {}
}
