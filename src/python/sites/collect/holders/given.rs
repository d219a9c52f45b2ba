//! Holders that a function of the module is given by who calls it.

use ruff_python_ast::ExprCall;
use ruff_text_size::Ranged;

use super::Holders;
use crate::python::deadlines::callers::Callers;
use crate::python::names;
use crate::python::sites::collect::held::made;
use crate::sites::Carried;

impl Holders<'_> {
    /// What the objects carry that all callers of a function give it, who are all in sight: a limit, or nobody knows.
    pub(super) fn given_by_callers(&self, given: &names::Given, callers: &Callers, depth: usize) -> Carried {
        let function = given.function;
        let runs = |call: &&&ExprCall| {
            given
                .by
                .is_none_or(|by| self.names.function_at(call.start().to_usize()) == Some(by))
        };
        let calls = self.calls.get(&function).into_iter().flatten().filter(runs);
        let constructions = given.class.filter(|_| given.by.is_none());
        let constructions = constructions.and_then(|class| self.constructions.get(&class));
        let mut calls = calls.chain(constructions.into_iter().flatten()).peekable();
        let method = self.names.method_name(function);
        let are_seen = given.by.is_some() || !callers.has_unseen(function, method);
        let are_seen = depth > 0 && calls.peek().is_some() && are_seen;
        let gives_limit = |call: &&ExprCall| {
            let object = given.of(&call.arguments);
            let held = object.map(|object| made(object, call.start().to_usize(), self.names));
            held.is_some_and(|held| self.carried_by(&held, callers, depth - 1) == Carried::Limit)
        };
        match are_seen && calls.all(gives_limit) {
            true => Carried::Limit,
            false => Carried::Unseen,
        }
    }
}
