//! What a path means where the visit is: `Self` and type parameters stand for what is around them.

use crate::rust::collect::Collector;
use crate::rust::names::{Name, Written};
use crate::sites::Bound;

impl Collector<'_> {
    /// What a path of this place means; `Self` is the type of the `impl` around.
    pub(in crate::rust) fn resolve(&self, path: &syn::Path) -> Name {
        let written = Written::from(path);
        let of_self = self.of_self(&written);
        of_self.unwrap_or_else(|| self.names.resolve(&self.of_bound(written)))
    }

    /// A function of a type parameter as that of the trait that bounds it: `T::open` is `Transport::open`.
    fn of_bound(&self, written: Written) -> Written {
        let mut around = self.type_parameters.iter().rev().filter(|_| !written.leading);
        match written.names.split_first() {
            Some((parameter, rest @ [_, ..])) => match around.find_map(|bounds| bounds.get(parameter)) {
                Some(bound) => bound.followed_by(rest),
                None => written,
            },
            _ => written,
        }
    }

    /// As [`Self::resolve`] for the path of a type; an alias of the file is itself.
    pub(in crate::rust) fn resolve_type(&self, written: &Written) -> Name {
        self.of_self(written)
            .unwrap_or_else(|| self.names.resolve_to_alias(written))
    }

    fn of_self(&self, written: &Written) -> Option<Name> {
        match written.names.split_first() {
            Some((first, rest)) if first == "Self" && !written.leading => {
                let of = self.self_types.last().cloned().flatten();
                let path = |of| {
                    std::iter::once(of)
                        .chain(rest.iter().cloned())
                        .collect::<Vec<_>>()
                        .join("::")
                };
                Some(of.map_or(Name::Unknown, |of| typed(path(of))))
            }
            _ => None,
        }
    }

    /// The value of a constant or a variable that is a duration.
    pub(in crate::rust) fn named_duration(&self, path: &syn::Path) -> Option<Bound> {
        match self.resolve(path) {
            Name::Variable(id) => self.found.variables.get(id.0).and_then(|variable| variable.value),
            Name::File(path) => self.declared.constants.get(&path).copied(),
            Name::Extern(path) if path.ends_with("time::Duration::MAX") => Some(Bound::Unlimited),
            Name::Extern(path) => self.crates.and_then(|crates| crates.constant(&path)),
            _ => None,
        }
    }
}

/// A path that begins with a type's own path.
pub(in crate::rust) fn typed(path: String) -> Name {
    if path.starts_with('$') {
        Name::File(path)
    } else {
        Name::Extern(path)
    }
}
