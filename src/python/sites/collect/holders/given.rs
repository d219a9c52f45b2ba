//! Holders that a function of the module is given by who calls it.

use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use super::Holders;
use crate::python::deadlines::callers::Callers;
use crate::python::names;
use crate::python::sites::collect::held::made;
use crate::python::syntax::unpacking::unpacks;
use crate::sites::Carried;

impl Holders<'_> {
    /// What the objects carry that all callers of a function give it, who are all in sight: a limit, or nobody knows.
    pub(super) fn given_by_callers(&self, given: &names::Given, callers: &Callers, depth: usize) -> Carried {
        let function = given.function;
        let mut calls = self.calls_giving(given).peekable();
        let method = self.names.method_name(function);
        let are_seen = given.by.is_some() || !callers.has_unseen(function, method);
        let are_seen = depth > 0 && calls.peek().is_some() && are_seen;
        let gives_limit = |call: &ExprCall| {
            let object = given.of(&call.arguments);
            object.is_some_and(|object| self.is_limited(object, call, callers, depth))
        };
        match are_seen && calls.all(gives_limit) {
            true => Carried::Limit,
            false => Carried::Unseen,
        }
    }

    /// Whether no caller in sight gives an object for a parameter of a function, but one that carries a limit as well.
    pub(super) fn is_given_none_else(&self, given: &names::Given, callers: &Callers, depth: usize) -> bool {
        let is_harmless = |call: &ExprCall| match given.of(&call.arguments) {
            Some(object) => object.is_none_literal_expr() || depth > 0 && self.is_limited(object, call, callers, depth),
            None => !unpacks(&call.arguments.args, &call.arguments.keywords),
        };
        self.calls_giving(given).all(is_harmless)
    }

    fn is_limited(&self, object: &Expr, call: &ExprCall, callers: &Callers, depth: usize) -> bool {
        let held = made(object, call.start().to_usize(), self.names);
        self.carried_by(&held, callers, depth - 1) == Carried::Limit
    }

    /// The calls in sight of the function that has a parameter.
    fn calls_giving(&self, given: &names::Given) -> impl Iterator<Item = &ExprCall> {
        let by = given.by;
        let runs =
            move |call: &&&ExprCall| by.is_none_or(|by| self.names.function_at(call.start().to_usize()) == Some(by));
        let calls = self.calls.get(&given.function).into_iter().flatten().filter(runs);
        let constructions = given.class.filter(|_| given.by.is_none());
        let constructions = constructions.and_then(|class| self.constructions.get(&class));
        calls.chain(constructions.into_iter().flatten()).copied()
    }
}
