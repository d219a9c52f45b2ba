//! Whether a macro of the standard library or a trait of another crate is in scope at a place.

use super::declared::Binding;
use super::resolve::Sight;
use super::{Name, Names, Written};

impl Names<'_> {
    /// Whether `println!` and the like are the standard library's: no macro of the file and no import is called so.
    pub(in crate::rust) fn is_std_macro(&self, written: &Written) -> bool {
        self.look_ups.set(0);
        match written.names.as_slice() {
            [name] if !written.leading => {
                !self.defined.macros.contains_key(name)
                    && match self.look_up(name, self.stack.len(), 0, Sight::default()) {
                        Some(Name::Extern(path)) => path == format!("std::{name}"),
                        Some(_) => false,
                        None => !self.has_glob_of("anstream"),
                    }
            }
            [first, _] => first == "std",
            _ => false,
        }
    }

    fn has_glob_of(&self, krate: &str) -> bool {
        self.visible_items()
            .filter_map(|(key, _)| self.declared.get(key))
            .any(|declared| {
                declared
                    .globs
                    .iter()
                    .any(|glob| glob.target.names.first().is_some_and(|name| name == krate))
            })
    }

    /// Whether the trait at `path` of another crate is in scope, by whatever name or by a glob; with `certainly` only by an
    /// import that no `#[cfg]` may take away.
    pub(in crate::rust) fn has_trait(&self, path: &str, certainly: bool) -> bool {
        match certainly {
            true => self.certainly(|| self.imports_trait(path)),
            false => self.imports_trait(path),
        }
    }

    fn imports_trait(&self, path: &str) -> bool {
        let key = (self.place().to_owned(), path.to_owned(), self.what_holds());
        if let Some(known) = self.traits.borrow().get(&key) {
            return *known;
        }
        let found = self.imports_trait_here(path);
        self.traits.borrow_mut().insert(key, found);
        found
    }

    fn imports_trait_here(&self, path: &str) -> bool {
        let parent = path.rsplit_once("::").map_or("", |(parent, _)| parent);
        self.look_ups.set(0);
        let parents = [parent.to_owned(), format!("{parent}::prelude")];
        self.visible_items().any(|(key, depth)| {
            self.declared.get(key).is_some_and(|declared| {
                let named = declared.names.values().any(|binding| match binding {
                    Binding::Import(import) if self.is_there(import) => {
                        self.resolve_at(&import.target, depth, 1, None) == Name::Extern(path.to_owned())
                    }
                    _ => false,
                });
                named
                    || declared.globs.iter().filter(|glob| self.is_there(glob)).any(|glob| {
                        match self.resolve_at(&glob.target, depth, 1, None) {
                            Name::Extern(glob) => parents.contains(&glob),
                            _ => false,
                        }
                    })
            })
        })
    }
}
