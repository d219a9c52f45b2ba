//! Tasks of a group: the end of its block waits for them.

use ruff_python_ast::statement_visitor::{self, StatementVisitor};
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtWith, WithItem};
use ruff_text_size::Ranged;

use super::Collector;
use crate::python::callers::Around;
use crate::python::deadlines::{LIBRARIES, entered_deadline};
use crate::python::usage::{Slot, joins_a_group};
use crate::python::variables::Variables;

impl<'a> Collector<'a> {
    /// What is around `waiting`, a call whose coroutine is given to a group of tasks as it is, for as long as the group waits for
    /// it: what was entered before the group. Nothing where it is given to none, or where something may end it sooner: the task
    /// is kept and looked at, or a deadline in the group ends the block that is still waiting.
    pub(super) fn around_group(&self, waiting: &'a Expr) -> Option<Vec<Around>> {
        let [Expr::Call(call)] = self.parents.as_slice() else {
            return None;
        };
        let Expr::Attribute(method) = &*call.func else {
            return None;
        };
        let is_first = call.arguments.args.first().map(Ranged::range) == Some(waiting.range());
        if !is_first || !joins_a_group(call, self.names) {
            return None;
        }
        let is_kept = match self.slot {
            Slot::Bare => false,
            Slot::Assigned(Some(name)) => self.names.is_read(name, call.start().to_usize()),
            _ => true,
        };
        if is_kept {
            return None;
        }
        let mut origins = self.names.origins(&method.value)?;
        let group = origins.next().filter(|_| origins.next().is_none())?;
        let is_inside = |around: &Around| matches!(around, Around::Deadline(deadline) if deadline.span.start > group);
        let mut around = self.around(waiting);
        let before = around.len();
        around.retain(|around| !is_inside(around));
        (around.len() == before || self.is_last_wait(group, call)).then_some(around)
    }
}

impl Collector<'_> {
    /// Whether nothing is waited for behind `call` in the block that is entered with what is made at the byte offset `manager`.
    pub(super) fn is_last_wait(&self, manager: usize, call: &ExprCall) -> bool {
        let mut search = Block { manager, found: None };
        search.visit_body(&self.options.module().body);
        search.found.is_some_and(|with| {
            let mut waits = Waits {
                call: call.end().to_usize(),
                variables: self.variables,
                found: false,
            };
            waits.visit_body(&with.body);
            !waits.found
        })
    }
}

/// The `with` that enters something.
struct Block<'a> {
    manager: usize,
    found: Option<&'a StmtWith>,
}

impl<'a> StatementVisitor<'a> for Block<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let holds = |range: ruff_text_size::TextRange| {
            range.start().to_usize() <= self.manager && self.manager < range.end().to_usize()
        };
        if !holds(statement.range()) {
            return;
        }
        if let Stmt::With(with) = statement
            && with.items.iter().any(|item| holds(item.range()))
        {
            self.found = Some(with);
        }
        statement_visitor::walk_stmt(self, statement);
    }
}

/// Looks for what waits behind a place, or may be behind it in another round.
struct Waits<'v> {
    call: usize,
    variables: &'v dyn Variables,
    found: bool,
}

impl Waits<'_> {
    /// Whether entering and leaving a block waits for something: a deadline does not.
    fn waits(&self, with: &StmtWith) -> bool {
        let is_deadline = |item: &WithItem| {
            let deadline = entered_deadline(&item.context_expr, self.variables);
            deadline.is_some_and(|deadline| LIBRARIES.iter().any(|library| deadline.path.starts_with(library)))
        };
        with.is_async && !with.items.iter().all(is_deadline)
    }
}

impl<'a> Visitor<'a> for Waits<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let is_behind = statement.start().to_usize() > self.call;
        let is_around = statement.end().to_usize() >= self.call && !is_behind;
        self.found |= match statement {
            Stmt::For(each) => is_around || (each.is_async && is_behind),
            Stmt::While(_) => is_around,
            Stmt::With(with) => (is_around || is_behind) && self.waits(with),
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
            _ => false,
        };
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.found |= expr.is_await_expr() && expr.start().to_usize() > self.call;
        walk_expr(self, expr);
    }
}
