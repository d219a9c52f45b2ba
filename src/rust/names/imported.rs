//! What the imports bring in that are visible at a place, by their whole paths.

use std::rc::Rc;

use super::declared::Binding;
use super::{Name, Names};

/// Of a place with more imports the first ones are asked.
const MOST_IMPORTS: usize = 256;

/// What an import brings in: something, or all of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::rust) struct Brought {
    pub(in crate::rust) path: String,
    pub(in crate::rust) is_glob: bool,
}

impl Names<'_> {
    /// The types and traits of other files or crates that are imported here, and the modules that all is imported of.
    pub(in crate::rust) fn imports(&self) -> Rc<[Brought]> {
        if let Some(known) = self.brought.borrow().get(self.place()) {
            return Rc::clone(known);
        }
        let mut found: Vec<Brought> = Vec::new();
        for (key, depth) in self.visible_items() {
            let Some(declared) = self.declared.get(key) else {
                continue;
            };
            let named = declared.names.values().filter_map(|binding| match binding {
                Binding::Import(import) => Some((import, false)),
                Binding::Item | Binding::Either => None,
            });
            let globs = declared.globs.iter().map(|glob| (glob, true));
            for (import, is_glob) in named.chain(globs).take(MOST_IMPORTS) {
                self.look_ups.set(0);
                let Name::Extern(path) = self.settled(self.resolve_at(&import.target, depth, 1, None)) else {
                    continue;
                };
                let last = path.rsplit("::").next().unwrap_or_default();
                if is_glob || last.starts_with(char::is_uppercase) {
                    found.push(Brought { path, is_glob });
                }
            }
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        let found: Rc<[Brought]> = found.into();
        self.brought
            .borrow_mut()
            .insert(self.place().to_owned(), Rc::clone(&found));
        found
    }
}
