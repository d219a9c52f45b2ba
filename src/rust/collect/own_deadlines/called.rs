//! What a function or a method that is called does with time, in whatever file of the project it is.

use syn::Expr;

use super::{InSilence, Own};
use crate::rust::collect::other_files::OtherFiles;
use crate::rust::collect::{Collector, typed};
use crate::rust::names::Name;

impl Collector<'_> {
    /// What the function that a path means does, in whatever file it is.
    pub(in crate::rust) fn own_of(&self, function: &Name) -> Option<Own> {
        match function {
            Name::File(path) => self.declared.own.function(path),
            Name::Extern(path) => {
                let own = self.declared.own.function(path);
                own.or_else(|| self.crates?.own(path))
            }
            Name::Variable(id) => self.found.variables.get(id.0)?.own,
            Name::Unknown => None,
        }
    }

    /// What a method of this name does, called on something.
    pub(in crate::rust) fn own_of_method(&self, receiver: &Expr, method: &str) -> Option<Own> {
        // Where other files are not looked into, this says all.
        if self.crates.is_none() && !self.declared.own.methods.contains_key(method) {
            return None;
        }
        let of = self.type_of(receiver);
        if let Some(own) = of.as_ref().and_then(|of| self.own_of_method_of(of, method)) {
            return Some(own);
        }
        match of.map(typed) {
            Some(Name::Extern(of)) if !self.is_elsewhere(&of) => None,
            _ => {
                let own = self.declared.own.methods.get(method).copied();
                own.or_else(|| self.own_of_imported_trait(method))
            }
        }
    }

    /// What the function that a path means makes of it that nothing came in time.
    pub(super) fn silent_in(&self, function: &Name) -> Option<InSilence> {
        match function {
            Name::File(path) | Name::Extern(path) => self.silent_at(path),
            Name::Variable(id) => self.found.variables.get(id.0)?.silent,
            Name::Unknown => None,
        }
    }

    /// The same of a method, called on something.
    pub(super) fn silent_in_method(&self, receiver: &Expr, method: &str) -> Option<InSilence> {
        let by_name = self.declared.own.silent_methods.get(method).copied();
        if self.crates.is_none() && by_name.is_none() {
            return None;
        }
        let Some(of) = self.type_of(receiver) else {
            return by_name;
        };
        let silent = self.silent_at(&format!("{of}::{method}"));
        silent.or_else(|| match typed(of) {
            Name::Extern(of) if !self.is_elsewhere(&of) => None,
            _ => by_name,
        })
    }

    fn silent_at(&self, path: &str) -> Option<InSilence> {
        let silent = self.declared.own.in_silence(path);
        silent.or_else(|| self.crates?.in_silence(path))
    }

    fn own_of_method_of(&self, of: &str, method: &str) -> Option<Own> {
        let own = self.declared.own.method(of, method);
        own.or_else(|| self.crates?.own_method(of, method))
    }

    /// What a method does of a trait of another file that is imported here. Asked of most method calls.
    fn own_of_imported_trait(&self, method: &str) -> Option<Own> {
        let crates = self.crates?;
        let asked = (self.names.place().to_owned(), method.to_owned());
        if let Some(known) = self.own_of_traits.borrow().get(&asked) {
            return *known;
        }
        let own = self.find_own_of_imported_trait(crates, method);
        self.own_of_traits.borrow_mut().insert(asked, own);
        own
    }

    fn find_own_of_imported_trait(&self, crates: &dyn OtherFiles, method: &str) -> Option<Own> {
        let imports = self.names.imports();
        let (globs, named): (Vec<_>, Vec<_>) = imports.iter().partition(|import| import.is_glob);
        let of_named = named.iter().find_map(|import| crates.own_method(&import.path, method));
        of_named.or_else(|| {
            globs
                .iter()
                .find_map(|import| crates.own_in_module(&import.path, method))
        })
    }
}
