//! How long the limits are that objects carry, where that is written.

use foldhash::HashMap;

use super::made::Given;
use super::{DEEPEST, Holders};
use crate::python::sites::collect::held::{GivenObject, Held};
use crate::sites::{Argument, Bound, ValueKind};
use crate::source::Language;

impl Holders<'_> {
    /// Tells of those arguments that get a holder's object what it carries.
    pub(in crate::python::sites::collect) fn tell_kinds(&self, arguments: &mut [Argument], objects: &[GivenObject]) {
        for object in objects {
            let is_it = |argument: &&mut Argument| argument.value_span == object.value;
            if self.catalog.holder(Language::Python, &object.class).is_some()
                && let Some(argument) = arguments.iter_mut().find(is_it)
            {
                argument.kind = ValueKind::Holder {
                    class: object.class.clone(),
                    carries: self.limit(&object.made).unwrap_or(Bound::Unknown),
                };
            }
        }
    }

    /// The limit that an object certainly carries.
    fn limit(&self, made: &Held) -> Option<Bound> {
        match made {
            Held::MadeAt { origins, .. } => same(origins.iter().map(|origin| self.made.get(origin)?.limit())),
            Held::MadeElsewhere { module, calls } => {
                let facts = self.others?.facts(module)?;
                same(calls.iter().map(|call| facts.limits.get(call).copied()))
            }
            Held::Nothing | Held::Unseen | Held::OfClass(_) | Held::Given(_) | Held::MadeUnlessGiven { .. } => None,
        }
    }

    /// How long the limit is that a connect gets from its holder, where that is written and nothing sets it later.
    pub(in crate::python::sites::collect) fn carried_bound(&self, found: &Held) -> Bound {
        let bound = match found {
            Held::MadeAt { origins, .. } if self.process.is_empty() => {
                same(origins.iter().map(|origin| self.bound_of(*origin, DEEPEST)))
            }
            _ => None,
        };
        bound.unwrap_or(Bound::Unknown)
    }

    fn bound_of(&self, origin: usize, depth: usize) -> Option<Bound> {
        let made = self
            .made
            .get(&origin)
            .filter(|_| depth > 0 && !self.set.contains_key(&origin))?;
        let [(_, Given::Value { origins, seconds })] = made.given.as_slice() else {
            return None;
        };
        match origins.as_slice() {
            _ if made.unpacks => None,
            [] => Some(*seconds),
            origins => same(origins.iter().map(|origin| self.bound_of(*origin, depth - 1))),
        }
    }

    /// The limits that the objects carry that the module makes, by where the calls of their constructors begin.
    pub(in crate::python::sites::collect) fn limits(&self) -> HashMap<usize, Bound> {
        let limits = self.made.iter().filter_map(|(call, made)| Some((*call, made.limit()?)));
        limits.collect()
    }
}

/// What all of them are.
pub(super) fn same<T: PartialEq>(mut all: impl Iterator<Item = Option<T>>) -> Option<T> {
    let first = all.next()??;
    all.all(|other| other.as_ref() == Some(&first)).then_some(first)
}
