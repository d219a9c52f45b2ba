//! Tasks that are ended before they are done: by their handle, or with the set that they are in.

use syn::{Expr, ExprCall, Pat};

use crate::rust::collect::Collector;
use crate::rust::collect::frames::Frame;
use crate::rust::collect::place::is_bounded;
use crate::rust::collect::signals::until;
use crate::rust::collect::values::RUNTIME;
use crate::rust::names::{LocalId, Name, plain};
use crate::rust::syntax::edges;
use crate::sites::{Bound, Course, Deadline, Entered, Length};
use crate::source::Span;

/// What is ended when a handle is told to.
#[derive(Clone, Copy, Debug)]
pub(in crate::rust) struct Aborts {
    /// What keeps the task.
    pub(in crate::rust) task: LocalId,
    /// Which one of these it is, where that is a set.
    index: Option<usize>,
}

impl Collector<'_> {
    /// What a value ends when it is told to: `task.abort_handle()`, `set.spawn(…)`.
    pub(in crate::rust) fn aborted_by(&mut self, value: &Expr) -> Option<Aborts> {
        let Expr::MethodCall(call) = value else { return None };
        if let ("abort_handle", Expr::Path(handle)) = (plain(&call.method).as_str(), &*call.receiver) {
            return match self.resolve(&handle.path) {
                Name::Variable(task) => Some(Aborts { task, index: None }),
                _ => None,
            };
        }
        let set = (call.method == "spawn")
            .then(|| self.task_set(&call.receiver))
            .flatten()?;
        let tasks = self.found.variables.get(set.0)?.tasks.as_ref()?;
        Some(Aborts {
            task: set,
            index: Some(tasks.len().checked_sub(1)?),
        })
    }

    /// The tasks are ended whose handles an expression keeps, each of them: who waits for one gets it at once, and nobody has to
    /// put a deadline around what it waits for. Another task does that at a time that is not looked at.
    pub(super) fn tasks_ended(&mut self, of: &Expr) {
        let by = self.shown(edges::expression(of, self.offsets));
        let is_later = self.place().in_task;
        for id in self.kept_by(of) {
            let Some(variable) = self.found.variables.get_mut(id.0) else {
                continue;
            };
            variable.is_ended = true;
            let ended = variable.aborts.unwrap_or(Aborts { task: id, index: None });
            let ended = self
                .found
                .keepers
                .with_sources(ended.task)
                .into_iter()
                .map(|task| Aborts { task, ..ended });
            for ended in ended.collect::<Vec<_>>() {
                self.cut_short(ended, |course| match is_later {
                    true => until(by.clone(), Length::Is(Bound::Unknown), course),
                    false => Course::default(),
                });
            }
        }
    }

    /// Something gets what a task is ended by: a guard, a list, a call. When that is done is not looked at.
    pub(in crate::rust) fn abort_handle_given(&mut self, ended: Aborts, given: Span) {
        let is_given = matches!(
            self.frames.last(),
            Some(Frame::Argument | Frame::Held | Frame::Statement | Frame::Set(_))
        );
        if is_given {
            let by = self.shown(given);
            self.cut_short(ended, |course| until(by.clone(), Length::Is(Bound::Unknown), course));
        }
    }

    /// Somebody gets what ends a task: `task.abort_handle()`.
    pub(super) fn may_be_ended(&mut self, task: &Expr) {
        let given = edges::expression(task, self.offsets);
        for id in self.kept_by(task) {
            if let Some(variable) = self.found.variables.get_mut(id.0) {
                variable.is_ended = true;
            }
            self.abort_handle_given(Aborts { task: id, index: None }, given);
        }
    }

    fn cut_short(&mut self, Aborts { task, index }: Aborts, mut ended: impl FnMut(Course) -> Course) {
        let Some(variable) = self.found.variables.get_mut(task.0) else {
            return;
        };
        let future = variable.future.as_mut().filter(|_| index.is_none());
        let tasks = variable.tasks.iter_mut().flatten().enumerate();
        let tasks = tasks.filter(|(at, _)| index.is_none_or(|index| index == *at));
        for course in future.into_iter().chain(tasks.map(|(_, task)| task)) {
            *course = ended(std::mem::take(course));
        }
    }

    /// What keeps the tasks of a set that an expression is: tokio's `JoinSet` and `LocalSet`, whose tasks run no longer than it,
    /// a runtime, a tracker.
    pub(in crate::rust) fn task_set(&mut self, expr: &Expr) -> Option<LocalId> {
        let class = self
            .type_of(expr)
            .filter(|class| is_task_set(class) || is_tracker(class))?;
        let id = self.keeper(expr)?;
        self.found.keepers.is_set(id, class);
        Some(id)
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

    /// Notes that the tasks of a set are ended, if it is one; not those of a tracker, which ends none.
    pub(super) fn set_ended(&mut self, set: &Expr) -> bool {
        let is_set = self.type_of(set).is_some_and(|class| is_task_set(&class));
        if is_set {
            self.tasks_ended(set);
        }
        is_set
    }

    /// Notes that what keeps tasks is let go of, if it is that: a set ends them, a handle leaves its task alone.
    pub(in crate::rust) fn keeper_dropped(&mut self, path: &Expr) -> bool {
        let keeps = |this: &Self, id: LocalId| this.found.variables.get(id.0).is_some_and(|of| of.keeps_tasks);
        self.set_ended(path) || self.follows_tasks() && self.kept_by(path).into_iter().any(|id| keeps(self, id))
    }

    /// What a value is in that a pattern takes apart: `let (opening, handle) = abortable(connect(…))` is ended by the handle, and
    /// `let (opening, handle) = connect(…).remote_handle()` with it.
    pub(in crate::rust) fn frame_of_parts(&self, pat: &Pat, value: &Expr) -> Frame {
        let deadline = self.ended_by_second(pat, value);
        deadline.map_or(Frame::Held, Frame::Deadline)
    }

    fn ended_by_second(&self, pat: &Pat, value: &Expr) -> Option<Deadline> {
        let Pat::Tuple(pair) = pat else { return None };
        let Some(Pat::Ident(handle)) = pair.elems.last() else {
            return None;
        };
        let by = match value {
            Expr::Call(call) => {
                let Expr::Path(func) = &*call.func else { return None };
                func.path.segments.last().map(|last| &last.ident)
            }
            Expr::MethodCall(call) => Some(&call.method),
            _ => None,
        };
        let by = by.filter(|by| *by == "abortable" || *by == "remote_handle")?;
        let gives = self.givers.last()?.names.contains(&plain(&handle.ident));
        gives.then(|| self.ended_at_some_time(by))
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
        may_end.then(|| self.ended_at_some_time(&name.ident))
    }

    /// When it is ended is not looked at.
    fn ended_at_some_time(&self, by: &syn::Ident) -> Deadline {
        Deadline {
            span: self.offsets.of(by.span()),
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
    is_join_set(class) || is_local_set(class) || is_runtime(class)
}

/// Whether a class is that of a set that ends its tasks when it goes.
pub(in crate::rust) fn is_join_set(class: &str) -> bool {
    class.ends_with("task::JoinSet")
}

/// Whether a class is that of a runtime, whose tasks end with it.
pub(in crate::rust) fn is_runtime(class: &str) -> bool {
    class == RUNTIME
}

fn is_tracker(class: &str) -> bool {
    class.ends_with("task::TaskTracker")
}

/// Whether a class is that of a set whose tasks run while somebody waits for it, and at no other time.
pub(in crate::rust) fn is_local_set(class: &str) -> bool {
    class.ends_with("task::LocalSet")
}
