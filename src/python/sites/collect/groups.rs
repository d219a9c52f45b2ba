//! Tasks of a group: the end of its block waits for them.

use ruff_python_ast::{Expr, ExprCall, Stmt, StmtWith, WithItem};
use ruff_text_size::{Ranged, TextRange};

use super::Collector;
use crate::python::deadlines::around::Around;
use crate::python::deadlines::callers::CallSite;
use crate::python::deadlines::{LIBRARIES, entered_deadline};
use crate::python::sites::task_calls::{joins_a_group, starts_in_a_group};
use crate::python::sites::usage::Slot;
use crate::python::syntax::nodes::{Node, Scope, nodes_in, statements_in};
use crate::python::values::variables::Variables;

impl<'a> Collector<'a> {
    /// The call of a function that a group starts as a task, where the end of the block waits for it.
    pub(super) fn started_in_group(&self, function: &'a Expr) -> Option<CallSite> {
        let [Expr::Call(call)] = self.parents.as_slice() else {
            return None;
        };
        let around = starts_in_a_group(call, self.names).then(|| self.around_group(function))??;
        Some(CallSite {
            caller: self.inside.function,
            around,
            is_waited_for: true,
            expected: self.expected(function),
            is_in_lambda: self.inside.is_lambda,
            is_of_any_object: false,
        })
    }

    /// What is around `waiting`, a call whose coroutine is given to a group of tasks as it is, or a function that one starts, for as long as the group waits for
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
        let is_of_group = joins_a_group(call, self.names) || starts_in_a_group(call, self.names);
        if !is_first || !is_of_group {
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
        let with = block_entered_at(manager, &self.options.module().body);
        let call = call.end().to_usize();
        with.is_some_and(|with| {
            let mut nodes = nodes_in(&with.body, Scope::OwnAndLambdas);
            !nodes.any(|node| waits_behind(call, node, self.variables))
        })
    }
}

/// The `with` that enters what is made at the byte offset `manager`.
pub(super) fn block_entered_at(manager: usize, body: &[Stmt]) -> Option<&StmtWith> {
    let holds = |range: TextRange| range.start().to_usize() <= manager && manager < range.end().to_usize();
    let mut found = None;
    let mut statements = statements_in(body, Scope::All);
    while let Some(statement) = statements.next() {
        match statement {
            _ if !holds(statement.range()) => statements.pass_over(),
            Stmt::With(with) if with.items.iter().any(|item| holds(item.range())) => found = Some(with),
            _ => {}
        }
    }
    found
}

/// Whether a node waits behind a place, or may be behind it in another round.
fn waits_behind(call: usize, node: Node<'_>, variables: &dyn Variables) -> bool {
    match node {
        Node::Statement(statement) => {
            let is_behind = statement.start().to_usize() > call;
            let is_around = statement.end().to_usize() >= call && !is_behind;
            match statement {
                Stmt::For(each) => is_around || (each.is_async && is_behind),
                Stmt::While(_) => is_around,
                Stmt::With(with) => (is_around || is_behind) && waits(with, variables),
                _ => false,
            }
        }
        Node::Expr(expr) => expr.is_await_expr() && expr.start().to_usize() > call,
        _ => false,
    }
}

/// Whether entering and leaving a block waits for something: a deadline does not.
fn waits(with: &StmtWith, variables: &dyn Variables) -> bool {
    let is_deadline = |item: &WithItem| {
        let deadline = entered_deadline(&item.context_expr, variables);
        deadline.is_some_and(|deadline| LIBRARIES.iter().any(|library| deadline.path.starts_with(library)))
    };
    with.is_async && !with.items.iter().all(is_deadline)
}
