//! Functions that hand a block on: what they return stands for one, `def in_room(url): return connected(url)`.

use foldhash::HashMap;
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtFunctionDef};

use super::builder::Builder;
use super::functions::Definition;
use crate::python::names::Names;
use crate::python::syntax::nodes::{Scope, statements_in};
use crate::sites::Course;

/// Functions that return what functions like them return are followed so far.
const FARTHEST: usize = 4;

/// Adds to `blocks`, the places of the two halves by function, those of the functions that hand a block on, from `next` on.
pub(super) fn hand_on(
    definitions: &[Option<Definition<'_>>],
    blocks: &mut HashMap<usize, (usize, usize)>,
    mut next: usize,
    names: &Names,
) {
    for _ in 0..FARTHEST {
        let plain = definitions.iter().enumerate().filter_map(|(index, definition)| {
            let definition = definition.as_ref().filter(|definition| !definition.is_async)?;
            (definition.yields.is_none() && !blocks.contains_key(&index)).then_some((index, definition))
        });
        let hands_on = |definition: &Definition<'_>| {
            let call = returned(definition.function)?;
            let is_block = match names.local_function(&call.func) {
                Some(function) => blocks.contains_key(&function.index()),
                None => {
                    let there = names.foreign_function(&call.func);
                    there.is_some_and(|(module, function)| module.0.stands_for_a_block(function))
                }
            };
            is_block.then_some(())
        };
        let found: Vec<usize> = plain
            .filter_map(|(index, definition)| hands_on(definition).map(|()| index))
            .collect();
        if found.is_empty() {
            break;
        }
        for index in found {
            blocks.insert(index, (next, next + 1));
            next += 2;
        }
    }
}

/// The call whose outcome a function returns wherever it returns, at its end.
fn returned(function: &StmtFunctionDef) -> Option<&ExprCall> {
    let Stmt::Return(last) = function.body.last()? else {
        return None;
    };
    let mut returns = statements_in(&function.body, Scope::Own).filter(|statement| statement.is_return_stmt());
    returns.next()?;
    returns
        .next()
        .is_none()
        .then(|| last.value.as_deref()?.as_call_expr())?
}

impl<'a> Builder<'a, '_> {
    /// The two halves of what a function hands on, what it waits for before that in front.
    pub(super) fn handed_on(&self, body: &'a [Stmt]) -> (Course, Course) {
        let Some((Stmt::Return(last), before)) = body.split_last() else {
            return Default::default();
        };
        let made = |manager: &'a Expr| self.managed(manager, true);
        let (enter, leave) = last.value.as_deref().map(made).unwrap_or_default();
        (Course::sequence([self.suite(before), enter]), leave)
    }
}
