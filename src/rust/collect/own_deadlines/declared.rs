//! Notes what the functions and methods of a file do with time, before anything else is visited.

use syn::{Block, Item, Signature};

use crate::rust::collect::Collector;
use crate::rust::collect::values::bounds_of;
use crate::rust::names::{Name, plain};

/// So often are the functions of a file asked: what one does may stand on what a later one does.
const MOST_ROUNDS: usize = 4;

impl Collector<'_> {
    /// Notes what all functions of a file do with time.
    pub(in crate::rust) fn declare_own_file(&mut self, items: &[Item]) {
        for _ in 0..MOST_ROUNDS {
            let before = self.declared.own.count();
            self.declare_own_modules(items);
            // What does something may be called by what then does the same.
            if self.declared.own.count() == before {
                break;
            }
        }
    }

    fn declare_own_modules(&mut self, items: &[Item]) {
        self.declare_own(items);
        for item in items {
            if let Item::Mod(module) = item
                && let Some((_, items)) = &module.content
            {
                let entered = self.names.enter_module(&module.ident, items);
                self.declare_own_modules(items);
                self.names.leave(entered);
            }
        }
    }

    /// Notes what the functions of a module or a block do, where waits are looked for.
    pub(in crate::rust) fn declare_own<'i>(&mut self, items: impl IntoIterator<Item = &'i Item>) {
        if !self.sought.waits {
            return;
        }
        let place = self.names.place().to_owned();
        for item in items {
            match item {
                Item::Fn(item) => {
                    let own = self.own_of_body(&item.sig, &item.block);
                    let silent = self.silent_by(&item.sig, &item.block);
                    if own.is_none() && silent.is_none() {
                        continue;
                    }
                    let path = format!("{place}::{}", plain(&item.sig.ident));
                    if let Some(silent) = silent {
                        self.declared.own.silent.insert(path.clone(), silent);
                    }
                    if let Some(own) = own {
                        self.declared.own.functions.insert(path, own);
                    }
                }
                Item::Trait(item) => {
                    let of = format!("{place}::{}", plain(&item.ident));
                    for item in &item.items {
                        if let syn::TraitItem::Fn(method) = item
                            && let Some(block) = &method.default
                        {
                            self.declare_own_method(&[Some(&of)], &method.sig, block);
                        }
                    }
                }
                Item::Impl(item) => self.declare_own_methods(item),
                _ => {}
            }
        }
    }

    fn declare_own_methods(&mut self, item: &syn::ItemImpl) {
        self.type_parameters.push(bounds_of(&item.generics));
        let of = self.written_type(&item.self_ty);
        self.type_parameters.pop();
        let of_trait = item.trait_.as_ref().and_then(|(path, _)| match self.resolve(path) {
            Name::File(path) | Name::Extern(path) => Some(path),
            Name::Variable(_) | Name::Unknown => None,
        });
        self.self_types.push(of.clone());
        for item in &item.items {
            if let syn::ImplItem::Fn(method) = item {
                self.declare_own_method(&[of.as_ref(), of_trait.as_ref()], &method.sig, &method.block);
            }
        }
        self.self_types.pop();
    }

    fn declare_own_method(&mut self, of: &[Option<&String>], signature: &Signature, block: &Block) {
        let name = plain(&signature.ident);
        if let Some(silent) = self.silent_by(signature, block) {
            let declared = &mut self.declared.own;
            for of in of.iter().copied().flatten() {
                declared.silent.insert(format!("{of}::{name}"), silent);
            }
            declared.silent_methods.insert(name.clone(), silent);
        }
        let Some(own) = self.own_of_body(signature, block) else {
            return;
        };
        for of in of.iter().copied().flatten() {
            self.declared.own.functions.insert(format!("{of}::{name}"), own);
        }
        self.declared.own.methods.insert(name, own);
    }
}
