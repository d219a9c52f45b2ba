//! What ends a function that runs as a task, beside what started it: that closes the connection, cancels the task or the scope of its
//! group, or has started something else that does.
//!
//! Executed with websockets 15.0.1, anyio and trio-websocket 0.12.2: each ends `recv` and the iteration when it is due.

use foldhash::HashMap;
use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, ExprAttribute, ExprCall, Stmt, StmtFor};
use ruff_text_size::Ranged;

use super::Collector;
use super::closers::ClosedBeside;
use super::groups::block_entered_at;
use super::inside::FARTHEST;
use crate::python::deadlines::timers::cancelled_by;
use crate::python::names::{FunctionId, Value};
use crate::python::sites::task_calls::{STARTING_GROUPS, joins_a_group, starts_in_a_group};
use crate::python::sites::usage::{Slot, collects, is_callee};

/// Up to where nobody waits for a task, as far as that is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Awaited {
    /// Its variable, or that of a list of such.
    kept_in: Option<Name>,
    /// Where the block of its group is made.
    group: Option<usize>,
}

/// What a function cancels.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Target {
    /// The task of a variable.
    Task(Name),
    /// All of the group that is made there.
    Group(usize),
}

/// Where functions cancel something.
#[derive(Default)]
pub(super) struct Cancels(HashMap<(Option<FunctionId>, Target), Vec<usize>>);

/// A start of a function that runs beside the one that starts it.
pub(super) struct Start<'s> {
    pub(super) by: Option<FunctionId>,
    pub(super) statement: usize,
    pub(super) awaited: &'s Awaited,
}

impl<'a> Collector<'a> {
    /// Who waits for what `call` starts.
    pub(super) fn awaited_by_start(&self, call: &ExprCall) -> Awaited {
        let group = match &*call.func {
            Expr::Attribute(method) if joins_a_group(call, self.names) || starts_in_a_group(call, self.names) => {
                self.group_made(&method.value)
            }
            _ => None,
        };
        let kept_in = match self.slot {
            // One, or each of a list.
            Slot::Assigned(name) if self.parents.iter().all(|parent| collects(parent)) => name.cloned(),
            _ => None,
        };
        Awaited { kept_in, group }
    }

    /// Where the only group of tasks is made that `expr` can be.
    fn group_made(&self, expr: &Expr) -> Option<usize> {
        let mut origins = self.names.origins(expr)?;
        origins.next().filter(|_| origins.next().is_none())
    }

    /// What makes the group of tasks with a scope of its own that `expr` is.
    pub(super) fn path_of_group(&self, expr: &Expr) -> Option<String> {
        self.names.values(expr).iter().find_map(|value| match value {
            Value::Outcome(path) if STARTING_GROUPS.contains(&path.as_str()) => Some(path.clone()),
            _ => None,
        })
    }

    /// `task.cancel()`, `group.cancel_scope.cancel()`.
    pub(super) fn cancelling(&mut self, expr: &'a Expr, attribute: &'a ExprAttribute) {
        let is_called = matches!(self.parents.last(), Some(Expr::Call(call)) if is_callee(call, expr));
        if attribute.attr.as_str() != "cancel" || !is_called || self.inside.is_lambda {
            return;
        }
        let target = match &*attribute.value {
            Expr::Name(task) => Some(Target::Task(task.id.clone())),
            Expr::Attribute(scope) if scope.attr.as_str() == "cancel_scope" => {
                self.group_made(&scope.value).map(Target::Group)
            }
            _ => None,
        };
        if let Some(target) = target {
            let places = self.cancels.0.entry((self.inside.function, target)).or_default();
            places.push(expr.start().to_usize());
        }
    }

    /// `for task in tasks: task.cancel()`
    pub(super) fn cancelling_each(&mut self, each: &'a StmtFor) {
        let (Expr::Name(task), Expr::Name(tasks)) = (&*each.target, &*each.iter) else {
            return;
        };
        let cancels = |statement: &Stmt| {
            let call = statement.as_expr_stmt().and_then(|bare| bare.value.as_call_expr());
            let cancelled = call.and_then(|call| cancelled_by(&call.func)?.as_name_expr());
            cancelled.is_some_and(|cancelled| cancelled.id == task.id)
        };
        if each.body.iter().any(cancels) {
            let target = Target::Task(tasks.id.clone());
            let places = self.cancels.0.entry((self.inside.function, target)).or_default();
            places.push(tasks.start().to_usize());
        }
    }

    /// Whether something cancels the scope of the group in whose block something stands, which `function` waits for.
    pub(super) fn is_cancelled_beside(&self, function: Option<FunctionId>, at: usize) -> bool {
        let cancels = self.cancels.0.keys().filter_map(|(by, target)| match target {
            Target::Group(group) => Some(((*by)?, *group)),
            Target::Task(_) => None,
        });
        cancels.take(FARTHEST).any(|(by, group)| {
            let mut starts = self.starts_of(by).take(FARTHEST);
            starts.any(|start| start.by == function && start.statement <= at) && self.is_in_block(group, at)
        })
    }

    fn is_in_block(&self, manager: usize, at: usize) -> bool {
        let block = block_entered_at(manager, &self.options.module().body);
        block.is_some_and(|with| manager < at && at < with.end().to_usize())
    }

    /// Whether whoever runs `function` beside itself ends what it waits for on a connection, of which `made` says where it was made.
    pub(super) fn is_ended_by_starters(&self, function: FunctionId, made: &[usize], closed: &ClosedBeside) -> bool {
        if self.messages.roots.contains(&function)
            || self
                .callers
                .may_be_called_unseen(function, self.names.method_name(function))
        {
            return false;
        }
        let starts: Vec<Start<'_>> = self.starts_of(function).take(FARTHEST).collect();
        let calls = self.callers.calls_of(function);
        !starts.is_empty()
            && calls <= starts.len()
            && starts.iter().all(|start| {
                let by_another = |made: &usize| closed.by_another(start.by, *made, function);
                made.iter().any(by_another) || self.is_ended_by(start, made)
            })
    }

    fn is_ended_by(&self, start: &Start<'_>, made: &[usize]) -> bool {
        let end = self.waited_for_at(start);
        let is_before = |at: &usize| start.statement < *at && *at < end;
        let cancelled = |target| {
            let places = self.cancels.0.get(&(start.by, target));
            places.is_some_and(|places| places.iter().any(is_before))
        };
        let task = start.awaited.kept_in.clone().map(Target::Task);
        let group = start.awaited.group.map(Target::Group);
        let mut targets = task.into_iter().chain(group);
        targets.any(cancelled)
            || made
                .iter()
                .any(|made| self.closes(start.by, *made).any(|at| is_before(&at)))
    }

    /// Where somebody waits for a task; at once, where that is not known.
    fn waited_for_at(&self, start: &Start<'_>) -> usize {
        let Awaited { kept_in, group } = start.awaited;
        let block = group.and_then(|group| block_entered_at(group, &self.options.module().body));
        let block = block.map(|with| with.end().to_usize());
        let read = kept_in.as_ref().map(|name| {
            let cancelled = self.cancels.0.get(&(start.by, Target::Task(name.clone())));
            let is_cancel = |at: &usize| cancelled.is_some_and(|places| places.contains(at));
            let mut reads = self.name_uses.reads_from(name, start.statement);
            let own = reads.find(|at| self.names.function_at(*at) == start.by && !is_cancel(at));
            own.unwrap_or(usize::MAX)
        });
        block.into_iter().chain(read).min().unwrap_or_default()
    }
}
