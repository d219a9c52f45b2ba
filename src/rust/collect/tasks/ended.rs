//! Tasks that are ended before they are done: by their handle, or with the set that they are in.

use syn::{Expr, ExprMethodCall};

use crate::rust::collect::Collector;
use crate::rust::collect::place::is_bounded;
use crate::rust::collect::signals::until;
use crate::rust::names::{LocalId, Name};
use crate::rust::syntax::edges;
use crate::sites::{Bound, Course, Length};

impl Collector<'_> {
    /// The variable with the handle of the task that `value` ends when it is told to: `task.abort_handle()`.
    pub(in crate::rust) fn aborted_by(&self, value: &Expr) -> Option<LocalId> {
        let Expr::MethodCall(call) = value else { return None };
        let Expr::Path(handle) = &*call.receiver else {
            return None;
        };
        match self.resolve(&handle.path) {
            Name::Variable(id) if call.method == "abort_handle" => Some(id),
            _ => None,
        }
    }

    /// The task is ended that a variable is a handle of. Another task does that at a time that is not looked at.
    pub(super) fn aborted(&mut self, id: LocalId, call: &ExprMethodCall) {
        let by = self.shown(edges::expression(&call.receiver, self.offsets));
        let is_later = self.place().in_task;
        let aborted = self
            .found
            .variables
            .get(id.0)
            .and_then(|variable| variable.aborts)
            .unwrap_or(id);
        let Some(future) = self
            .found
            .variables
            .get_mut(aborted.0)
            .and_then(|variable| variable.future.take())
        else {
            return;
        };
        let ended = match is_later {
            true => until(by, Length::Is(Bound::Unknown), future),
            false => Course::default(),
        };
        if let Some(variable) = self.found.variables.get_mut(aborted.0) {
            variable.future = Some(ended);
        }
    }

    /// The variable that an expression is, if it is a set that ends its tasks when it goes: tokio's `JoinSet`.
    pub(in crate::rust) fn task_set(&self, expr: &Expr) -> Option<LocalId> {
        let Expr::Path(path) = expr else { return None };
        let Name::Variable(id) = self.resolve(&path.path) else {
            return None;
        };
        let kind = self.found.variables.get(id.0)?.kind.as_ref()?;
        kind.path()?.ends_with("task::JoinSet").then_some(id)
    }

    /// Notes that the tasks of a set may be ended.
    pub(in crate::rust) fn set_ended(&mut self, set: Option<&Expr>) {
        let id = set.and_then(|set| self.task_set(set));
        if let Some(variable) = id.and_then(|id| self.found.variables.get_mut(id.0)) {
            variable.is_ended = true;
        }
    }

    /// Whether a deadline is around what is visited.
    pub(super) fn is_bounded_here(&self) -> bool {
        is_bounded(&self.place().deadlines)
    }
}
