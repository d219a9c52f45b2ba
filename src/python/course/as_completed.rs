//! Loops over `asyncio.as_completed(…)`, which waits for what it is given as the loop goes on.

use ruff_python_ast::{Expr, StmtFor};
use ruff_text_size::{Ranged, TextRange};

use super::builder::Builder;
use super::ends::leaves;
use super::rounds::rounds_of_for;
use crate::python::syntax::nodes::{Scope, statements_in};
use crate::sites::Course;

impl<'a> Builder<'a, '_> {
    /// `for done in asyncio.as_completed(…): await done`: who goes through all waits for the longest, who leaves before for the first
    /// at least. What is awaited in the loop is counted here.
    pub(super) fn as_completed(&self, each: &'a StmtFor) -> Option<Course> {
        let call = each.iter.as_call_expr()?;
        let path = self.all.lengths.names.resolve(&call.func)?;
        let is_one = matches!(path, "asyncio.as_completed" | "asyncio.tasks.as_completed");
        let done = each.target.as_name_expr().filter(|_| is_one)?;
        let all = self.elements_of(call.arguments.find_argument_value("fs", 0)?)?;
        let waiting = match statements_in(&each.body, Scope::Own).any(leaves) {
            true => self.first_of(&each.iter, all),
            false => self.side_by_side(all),
        };
        let waiting = match call.arguments.find_argument_value("timeout", 1) {
            Some(limit) => Course::Capped {
                by: self.all.shown(each.iter.range()),
                bound: self.all.lengths.length(limit, self.locals),
                inner: Box::new(waiting),
                is_level: false,
            },
            None => waiting,
        };
        self.completed.borrow_mut().push(&done.id);
        let round = self.suite(&each.body);
        self.completed.borrow_mut().pop();
        let head = TextRange::new(each.start(), each.iter.end());
        let rounds = self.repeated(head, rounds_of_for(each, self), round);
        Some(Course::sequence([waiting, rounds, self.suite(&each.orelse)]))
    }

    /// Whether `expr` is what a loop over `as_completed` has given: the wait for it was counted there.
    pub(super) fn is_completed(&self, expr: &Expr) -> bool {
        let name = expr.as_name_expr().map(|name| name.id.as_str());
        name.is_some_and(|name| self.completed.borrow().contains(&name))
    }
}
