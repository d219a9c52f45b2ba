//! Tasks that are ended before they are done: by their handle, or with the set that they are in.

use syn::{Expr, ExprCall, ExprMethodCall, Pat};

use crate::rust::collect::Collector;
use crate::rust::collect::frames::Frame;
use crate::rust::collect::place::is_bounded;
use crate::rust::collect::receives::plain_operand;
use crate::rust::collect::signals::until;
use crate::rust::names::{LocalId, Name, last_name, plain};
use crate::rust::syntax::edges;
use crate::sites::{Bound, Course, Deadline, Entered, Length};
use crate::source::Span;

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
        let variable = self.found.variables.get(id.0);
        let task = variable.and_then(|variable| variable.aborts).unwrap_or(id);
        self.cut_short(task, |future| match is_later {
            true => until(by, Length::Is(Bound::Unknown), future),
            false => Course::default(),
        });
    }

    /// Something gets what the task of `id` is ended by: a guard, a list, a call. When that is done is not looked at.
    pub(in crate::rust) fn abort_handle_given(&mut self, id: LocalId, given: Span) {
        let is_given = matches!(self.frames.last(), Some(Frame::Argument | Frame::Held | Frame::Set(_)));
        if is_given {
            let by = self.shown(given);
            self.cut_short(id, |future| until(by, Length::Is(Bound::Unknown), future));
        }
    }

    fn cut_short(&mut self, task: LocalId, ended: impl FnOnce(Course) -> Course) {
        let variable = self.found.variables.get_mut(task.0);
        if let Some(future) = variable.and_then(|variable| variable.future.as_mut()) {
            *future = ended(std::mem::take(future));
        }
    }

    /// The variable that an expression is, or is a field of, if it is a set whose tasks run no longer than it: tokio's
    /// `JoinSet`, and `LocalSet`.
    pub(in crate::rust) fn task_set(&self, expr: &Expr) -> Option<LocalId> {
        let mut root = plain_operand(expr);
        while let Expr::Field(field) = root {
            root = plain_operand(&field.base);
        }
        let Expr::Path(path) = root else { return None };
        let Name::Variable(id) = self.resolve(&path.path) else {
            return None;
        };
        is_task_set(&self.type_of(expr)?).then_some(id)
    }

    /// What a task is that is started here by a function of this name.
    pub(in crate::rust) fn task_of(&self, name: &str) -> Frame {
        let mut around = self.frames.iter().rev();
        let mut around = around.by_ref().take_while(|frame| frame.function().is_none());
        match name == "spawn_local" && around.any(|frame| matches!(frame, Frame::LocalRun)) {
            true => Frame::LocalTask,
            false => Frame::Task,
        }
    }

    /// Notes that the tasks of a set may be ended.
    pub(in crate::rust) fn set_ended(&mut self, set: Option<&Expr>) {
        let id = set.and_then(|set| self.task_set(set));
        if let Some(variable) = id.and_then(|id| self.found.variables.get_mut(id.0)) {
            variable.is_ended = true;
        }
    }

    /// What a value is in that a pattern takes apart: `let (opening, handle) = abortable(connect(…))` is ended by the handle.
    pub(in crate::rust) fn frame_of_parts(&self, pat: &Pat, value: &Expr) -> Frame {
        let deadline = match (pat, value) {
            (Pat::Tuple(pair), Expr::Call(call)) => match (pair.elems.last(), &*call.func) {
                (Some(Pat::Ident(handle)), Expr::Path(func))
                    if last_name(&func.path).as_deref() == Some("abortable")
                        && self
                            .givers
                            .last()
                            .is_some_and(|givers| givers.names.contains(&plain(&handle.ident))) =>
                {
                    Some(self.ended_at_some_time(func.path.segments.last()))
                }
                _ => None,
            },
            _ => None,
        };
        deadline.map_or(Frame::Held, Frame::Deadline)
    }

    /// `Abortable::new(future, registration)`, whose other end somebody may end the future by.
    pub(in crate::rust) fn abortable(&self, call: &ExprCall, func: &syn::Path) -> Option<Deadline> {
        let (name, of) = (func.segments.last()?, func.segments.iter().rev().nth(1)?);
        let Expr::Path(registration) = call.args.iter().nth(1)? else {
            return None;
        };
        let registration = plain(registration.path.get_ident()?);
        let is_one = name.ident == "new" && of.ident == "Abortable";
        let may_end = is_one && self.givers.last()?.may_abort(&registration);
        may_end.then(|| self.ended_at_some_time(Some(name)))
    }

    /// When it is ended is not looked at.
    fn ended_at_some_time(&self, by: Option<&syn::PathSegment>) -> Deadline {
        Deadline {
            span: by.map_or(Span::empty(0), |by| self.offsets.of(by.ident.span())),
            path: "abort".to_owned(),
            bound: Bound::Unknown,
            entered: Entered::Here,
        }
    }

    /// Whether a deadline is around what is visited.
    pub(super) fn is_bounded_here(&self) -> bool {
        is_bounded(&self.place().deadlines)
    }
}

fn is_task_set(class: &str) -> bool {
    class.ends_with("task::JoinSet") || is_local_set(class)
}

/// Whether a class is that of a set whose tasks run while somebody waits for it, and at no other time.
pub(in crate::rust) fn is_local_set(class: &str) -> bool {
    class.ends_with("task::LocalSet")
}
