//! What is left of the tasks of a group behind the group's own block: that block may cancel them, or close what they wait on.

use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_text_size::Ranged;

use super::builder::{Builder, is_name, uses};
use crate::python::deadlines::timers::cancelled_by;
use crate::python::syntax::dotted::dotted;
use crate::sites::Course;

/// A task that was started in a group.
pub(super) struct Started<'a> {
    pub(super) course: Course,
    /// The coroutine, or the function and what it is given.
    pub(super) started: &'a Expr,
    pub(super) rest: &'a [Expr],
    /// The call that started it.
    pub(super) call: &'a ExprCall,
}

/// Methods behind which nobody waits on their object any more: a connection is closed, a client stopped, an event set.
const ENDING: &[&str] = &[
    "close",
    "aclose",
    "stop",
    "disconnect",
    "shutdown",
    "cancel",
    "abort",
    "terminate",
    "set",
];

impl<'a> Builder<'a, '_> {
    /// The name of the group of tasks that a manager is.
    pub(super) fn group(&self, manager: &'a Expr, target: Option<&'a Expr>) -> Option<&'a str> {
        let call = manager.as_call_expr()?;
        let path = self.all.lengths.names.resolve(&call.func)?;
        let is_group = matches!(
            path,
            "asyncio.TaskGroup" | "asyncio.taskgroups.TaskGroup" | "anyio.create_task_group" | "trio.open_nursery"
        );
        let name = target?.as_name_expr()?;
        is_group.then_some(name.id.as_str())
    }

    /// What the group waits for once its block is over; nothing is known of a task that the block ends.
    pub(super) fn left_of(&self, task: Started<'a>, block: &'a [Stmt]) -> Course {
        if task.course.is_nothing() {
            return task.course;
        }
        match self.is_cancelled(&task, block) || self.is_ended(&task, block) {
            true => self.unseen(task.started),
            false => task.course,
        }
    }

    /// Whether the block cancels the task by the name that keeps it.
    fn is_cancelled(&self, task: &Started<'a>, block: &[Stmt]) -> bool {
        let mut handles = block.iter().filter_map(|statement| match statement {
            Stmt::Assign(assign) if assign.value.range() == task.call.range() => match &*assign.targets {
                [Expr::Name(name)] => Some(name.id.as_str()),
                _ => None,
            },
            _ => None,
        });
        handles.any(|handle| {
            uses(block, &|expr| {
                cancelled_by(expr).is_some_and(|cancelled| is_name(cancelled, handle))
            })
        })
    }

    /// Whether the block closes, stops or sets what the task was given, or the object whose method it runs.
    fn is_ended(&self, task: &Started<'a>, block: &'a [Stmt]) -> bool {
        let callee = task.started.as_call_expr().map_or(task.started, |call| &*call.func);
        let given = task
            .started
            .as_call_expr()
            .map_or(&[][..], |call| &*call.arguments.args);
        let owner = callee.as_attribute_expr().map(|method| &*method.value);
        let used = given.iter().chain(task.rest).chain(owner);
        let used: Vec<String> = used.filter_map(dotted).collect();
        let is_used = |expr: &Expr| dotted(expr).is_some_and(|name| used.contains(&name));
        let ends = |expr: &Expr| {
            let Expr::Call(call) = expr else { return false };
            match &*call.func {
                Expr::Attribute(method) if ENDING.contains(&method.attr.as_str()) => is_used(&method.value),
                _ => call.arguments.args.iter().any(is_used) && self.ends_something(call),
            }
        };
        uses(block, &ends) || block.iter().any(|statement| leaves_what(statement, &is_used))
    }

    /// Whether a function of the module closes something: what it is given, most likely.
    fn ends_something(&self, call: &ExprCall) -> bool {
        let function = self.all.lengths.names.local_function(&call.func);
        let called = function.and_then(|function| self.all.functions.definition(function.index()));
        called.is_some_and(|called| {
            uses(&called.function.body, &|expr| {
                let method = expr.as_call_expr().and_then(|call| call.func.as_attribute_expr());
                method.is_some_and(|method| matches!(method.attr.as_str(), "close" | "aclose" | "disconnect"))
            })
        })
    }
}

/// Whether a statement enters what is so called, and leaves it at its end.
fn leaves_what(statement: &Stmt, is_used: &dyn Fn(&Expr) -> bool) -> bool {
    let with = statement.as_with_stmt();
    with.is_some_and(|with| {
        let mut targets = with.items.iter().filter_map(|item| item.optional_vars.as_deref());
        targets.any(is_used)
    })
}

/// Whether a block cancels the group of tasks of this name.
pub(super) fn cancels(suite: &[Stmt], group: &str) -> bool {
    uses(suite, &|expr| {
        let scope = cancelled_by(expr).and_then(Expr::as_attribute_expr);
        scope.is_some_and(|scope| scope.attr.as_str() == "cancel_scope" && is_name(&scope.value, group))
    })
}
