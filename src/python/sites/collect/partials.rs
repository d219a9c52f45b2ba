//! Connects through `functools.partial`: what the partial gives belongs to each call of it.

use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use super::held::GivenObject;
use super::{Collector, Found};
use crate::python::sites::anchor::Place;
use crate::python::sites::connects::{Given, given};
use crate::python::sites::lookup::Callee;
use crate::sites::{Entry, OwnMembers};

/// A call of `functools.partial` of a connect.
pub(super) struct Partial {
    pub(super) given: Given,
    objects: Vec<GivenObject>,
    own_members: OwnMembers,
    /// The connect that it is, should nothing in sight call it.
    pub(super) unused: Option<Found>,
}

impl<'a> Collector<'a> {
    /// A call of `functools.partial` of a connect.
    pub(super) fn partial(&mut self, expr: &'a Expr, call: &'a ExprCall, wrapped: Callee) {
        let given = given(&call.arguments, 1, self.lookup.entry(wrapped.api), &self.options);
        let (mut found, ..) = self.place(expr, call, wrapped, given.clone());
        found.entry = Entry::Stored;
        found.anchor.place = Place::Fixed("the connect is called through `functools.partial`");
        let partial = Partial {
            given,
            objects: found.objects.clone(),
            own_members: found.own_members.clone(),
            unused: Some(found),
        };
        self.partials.insert(call.start().to_usize(), partial);
    }

    /// Adds what the partial brings that a connect is called through, which is used by that.
    pub(super) fn complete(&mut self, found: &mut Found) {
        let Some(partial) = found.callee.partial.and_then(|at| self.partials.get_mut(&at)) else {
            return;
        };
        partial.unused = None;
        found.given.add_partial(&partial.given);
        found.objects.extend(partial.objects.iter().cloned());
        if found.own_members == OwnMembers::None {
            found.own_members.clone_from(&partial.own_members);
        }
    }
}
