//! What functions give back of what they are given: what awaiting it gives.

use ruff_python_ast::{Expr, ExprCall, Stmt};

use super::binding::{FunctionId, Gives, Meaning, Reference, ScopeId};
use super::evaluate::Evaluation;
use super::meaning::awaited_meanings;
use super::value::Value;
use crate::python::syntax::nodes::{Scope, expressions_in};

impl Evaluation<'_, '_> {
    /// What the argument is, of those that are `given`, that a function of the project gives back once it has awaited it:
    /// `await within(<this>, 5)`.
    pub(super) fn handed_back<'m>(&self, callee: &[Value], given: &'m [(usize, Meaning)]) -> Option<&'m Meaning> {
        if given.is_empty() {
            return None;
        }
        let position = match callee {
            [Value::Function(function)] => self.position_handed_back(*function),
            [Value::Foreign { module, value, .. }] => match **value {
                Value::Function(function) => self.elsewhere(module).position_handed_back(function),
                _ => None,
            },
            _ => None,
        };
        let position = position?;
        let argument = given.iter().find(|(at, _)| *at == position);
        argument.map(|(_, meaning)| meaning)
    }

    fn position_handed_back(&self, function: FunctionId) -> Option<usize> {
        let position = self.table.function(function).gives.hands_back?;
        // No decorator makes something else of it.
        self.given_by(function, true).map(|_| position)
    }
}

/// The position of the parameter of a function with this body whose object it awaits and gives the outcome of, wherever it returns.
pub(super) fn hands_back(gives: &Gives, body: &[Stmt]) -> Option<usize> {
    let awaited = |meaning: &Meaning| match meaning {
        Meaning::AwaitedAlias(Reference { root, steps, .. }) if steps.is_empty() => {
            gives.parameters.iter().position(|parameter| parameter == root)
        }
        _ => None,
    };
    let (first, rest) = gives.returned.split_first()?;
    let position = awaited(first).filter(|_| gives.is_async && gives.yielded.is_empty())?;
    let name = gives.parameters.get(position)?;
    let is_set = |expr: &Expr| matches!(expr, Expr::Name(set) if set.id == *name && !set.ctx.is_load());
    let is_same = rest.iter().all(|other| awaited(other) == Some(position));
    (is_same && !expressions_in(body, Scope::All).any(is_set)).then_some(position)
}

/// By their positions, what awaiting those arguments of a call gives that are calls.
pub(super) fn given_awaitables(call: &ExprCall, scope: ScopeId) -> Box<[(usize, Meaning)]> {
    let arguments = call.arguments.args.iter().enumerate();
    let calls = arguments.take_while(|(_, argument)| !argument.is_starred_expr());
    let calls = calls.filter(|(_, argument)| argument.is_call_expr());
    let given = calls.filter_map(|(position, argument)| {
        let mut meanings = awaited_meanings(argument, scope);
        let only = meanings.pop().filter(|_| meanings.is_empty())?;
        (!matches!(only, Meaning::Opaque)).then_some((position, only))
    });
    given.collect()
}
