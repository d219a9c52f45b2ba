//! What is left of the tasks of a group behind the group's own block: that block may cancel them, or close what they wait on.

use ruff_python_ast::{Expr, ExprCall, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::builder::{Builder, is_name, uses};
use super::works_on::{ends, works_on};
use crate::python::deadlines::timers::cancelled_by;
use crate::python::sites::collect::POOLS;
use crate::python::syntax::dotted::dotted;
use crate::python::syntax::nodes::{Scope, expressions_in};
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

impl<'a> Builder<'a, '_> {
    /// The name of the group of tasks, or of the pool of threads, that a manager is.
    pub(super) fn group(&self, manager: &'a Expr, target: Option<&'a Expr>) -> Option<&'a str> {
        let call = manager.as_call_expr()?;
        let path = self.all.lengths.names.resolve(&call.func)?;
        let is_group = matches!(
            path,
            "asyncio.TaskGroup" | "asyncio.taskgroups.TaskGroup" | "anyio.create_task_group" | "trio.open_nursery"
        ) || POOLS.contains(&path);
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

    /// Whether the block closes, stops or sets what the task works on.
    fn is_ended(&self, task: &Started<'a>, block: &'a [Stmt]) -> bool {
        let is_used = |expr: &Expr| dotted(expr).is_some_and(|name| self.works_on(task.started, task.rest, &name));
        let ends = |expr: &Expr| match ends(expr) {
            Some(ended) => self.works_on(task.started, task.rest, &ended),
            None => expr
                .as_call_expr()
                .is_some_and(|call| call.arguments.args.iter().any(is_used) && self.ends_something(call)),
        };
        uses(block, &ends) || block.iter().any(|statement| leaves_what(statement, &is_used))
    }

    /// Whether a task works on what has this name.
    pub(super) fn works_on(&self, started: &'a Expr, rest: &'a [Expr], object: &str) -> bool {
        works_on(started, rest, object, &|callee| self.definition(callee))
    }

    /// The function of the module that is called.
    fn definition(&self, callee: &Expr) -> Option<&'a StmtFunctionDef> {
        let function = self.all.lengths.names.local_function(callee)?;
        Some(self.all.functions.definition(function.index())?.function)
    }

    /// Whether one of `others`, which run beside it, ends what a coroutine works on.
    pub(super) fn is_ended_beside_by(&self, coroutine: &'a Expr, others: &'a [Expr]) -> bool {
        const MOST: usize = 64;
        others
            .iter()
            .take(MOST)
            .filter(|other| other.range() != coroutine.range())
            .any(|other| {
                let Expr::Call(call) = other else { return false };
                if let Some(ended) = ends(other) {
                    return self.works_on(coroutine, &[], &ended);
                }
                let Some(function) = self.definition(&call.func) else {
                    return false;
                };
                // What it ends by the name of a parameter is what it is given for that.
                let parameters = function.parameters.iter_non_variadic_params();
                let given: Vec<(&str, &Expr)> = parameters
                    .map(|parameter| parameter.parameter.name.as_str())
                    .zip(&call.arguments.args)
                    .collect();
                uses(&function.body, &|expr| {
                    let Some(ended) = ends(expr) else { return false };
                    let given = given.iter().find(|(name, _)| *name == ended);
                    let ended = given.map_or(Some(ended), |(_, value)| dotted(value));
                    ended.is_some_and(|ended| self.works_on(coroutine, &[], &ended))
                })
            })
    }

    /// Whether a function of the module closes something: what it is given, most likely.
    fn ends_something(&self, call: &ExprCall) -> bool {
        self.definition(&call.func).is_some_and(|function| {
            uses(&function.body, &|expr| {
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

/// What cancels the group of tasks of this name in its block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScopeEnds {
    /// Nothing.
    Never,
    /// A statement of the block: what stands before it was waited for.
    ByTheBlock,
    /// A function in the block, which may run beside it.
    BesideTheBlock,
}

impl ScopeEnds {
    pub(super) fn of(suite: &[Stmt], group: &str) -> Self {
        let cancels = |expr: &Expr| {
            let scope = cancelled_by(expr).and_then(Expr::as_attribute_expr);
            scope.is_some_and(|scope| scope.attr.as_str() == "cancel_scope" && is_name(&scope.value, group))
        };
        match (
            uses(suite, &cancels),
            expressions_in(suite, Scope::OwnAndLambdas).any(cancels),
        ) {
            (false, _) => Self::Never,
            (true, true) => Self::ByTheBlock,
            (true, false) => Self::BesideTheBlock,
        }
    }
}
