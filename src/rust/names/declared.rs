//! What modules and blocks declare, before anything is looked up in them.

use std::cell::OnceCell;

use foldhash::{HashMap, HashSet};

use syn::visit::Visit;

use super::{Name, Written, plain};

/// What a module or a block declares.
#[derive(Debug, Default)]
pub(super) struct Declared {
    pub(super) names: HashMap<String, Binding>,
    /// The paths of its globs, each once.
    pub(super) globs: Vec<Written>,
    /// What the globs bring names in from, once that was asked from inside of it.
    pub(super) brought: OnceCell<Vec<Name>>,
    /// The same, asked from elsewhere.
    pub(super) brought_from_elsewhere: OnceCell<Vec<Name>>,
}

/// Of more globs in one place the first ones are asked for a name.
const MOST_GLOBS: usize = 256;

#[derive(Debug, PartialEq)]
pub(super) enum Binding {
    /// A function, type, constant, static or module of this place.
    Item,
    Import(Written),
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
            syn::Item::Use(item) => self.import(item.leading_colon.is_some(), &mut Vec::new(), &item.tree),
            syn::Item::ExternCrate(item) => {
                let target = Written {
                    leading: true,
                    names: vec![plain(&item.ident)],
                };
                let name = item.rename.as_ref().map_or(&item.ident, |(_, rename)| rename);
                self.bind(plain(name), Binding::Import(target));
            }
            _ => {
                if let Some(ident) = item_name(item) {
                    self.bind(plain(ident), Binding::Item);
                }
            }
        }
    }

    fn import(&mut self, leading: bool, prefix: &mut Vec<String>, tree: &syn::UseTree) {
        let target = |prefix: &[String], last: &syn::Ident| {
            let mut names = prefix.to_vec();
            if last != "self" || names.is_empty() {
                names.push(plain(last));
            }
            Written { leading, names }
        };
        match tree {
            syn::UseTree::Path(path) => {
                prefix.push(plain(&path.ident));
                self.import(leading, prefix, &path.tree);
                prefix.pop();
            }
            syn::UseTree::Name(name) => {
                let target = target(prefix, &name.ident);
                if let Some(last) = target.names.last().cloned() {
                    self.bind(last, Binding::Import(target));
                }
            }
            syn::UseTree::Rename(rename) => {
                let target = target(prefix, &rename.ident);
                self.bind(plain(&rename.rename), Binding::Import(target));
            }
            syn::UseTree::Glob(_) => {
                let glob = Written {
                    leading,
                    names: prefix.clone(),
                };
                if self.globs.len() < MOST_GLOBS && !self.globs.contains(&glob) {
                    self.globs.push(glob);
                }
            }
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(leading, prefix, tree);
                }
            }
        }
    }

    fn bind(&mut self, name: String, binding: Binding) {
        if name == "_" {
            if let Binding::Import(target) = binding {
                // A trait imported for its methods only; kept under a name that no source can write.
                self.names
                    .insert(format!("_ {}", target.names.join("::")), Binding::Import(target));
            }
            return;
        }
        match self.names.get(&name) {
            Some(known) if *known != binding => self.names.insert(name, Binding::Either),
            _ => self.names.insert(name, binding),
        };
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
    /// The names of its `macro_rules!`.
    pub(super) macros: HashSet<String>,
    /// Those of its methods.
    pub(super) methods: HashSet<String>,
}

impl<'ast> Visit<'ast> for Defined {
    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        if let Some(ident) = &item.ident {
            self.macros.insert(plain(ident));
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
