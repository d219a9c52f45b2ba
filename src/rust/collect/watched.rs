//! Threads and tasks that end the program after a while, where a function starts them.

use syn::{Expr, Stmt};

use crate::rust::collect::Collector;
use crate::rust::collect::frames::Frame;
use crate::rust::collect::own_deadlines::{Lasting, Own};
use crate::rust::collect::watchdogs::{self, Ending};
use crate::rust::syntax::edges;
use crate::sites::{Bound, Deadline, Entered};

impl Collector<'_> {
    /// Notes that a statement starts a thread or a task that ends the program after a while: nothing in the function waits
    /// longer, but what blocks its thread beside a task. Not where one of those `behind` it calls that off before they wait.
    pub(in crate::rust) fn watched_over(&mut self, stmt: &Stmt, behind: &[Stmt]) {
        let Some(Frame::Function(index)) = self.frames.last() else {
            return;
        };
        let (index, is_certain) = (*index, self.conditions == 0);
        let Some((ending, bound)) = is_certain.then(|| self.ending(stmt)).flatten() else {
            return;
        };
        if watchdogs::is_called_off(stmt, ending.is_guarded, behind) {
            return;
        }
        let in_task = ending.in_task;
        let span = edges::statement(stmt, self.offsets);
        let deadline = Deadline {
            span,
            path: match in_task {
                true => "a task that ends the program".to_owned(),
                false => "a thread that ends the program".to_owned(),
            },
            bound,
            entered: Entered::Here,
        };
        let Some(function) = self.found.functions.get_mut(index) else {
            return;
        };
        match in_task {
            true => function.ended_by_tasks.push(deadline.clone()),
            false => function.deadlines.push(deadline.clone()),
        }
        let test = function.test;
        // What waits before it is over before it, or never.
        match test.and_then(|test| self.found.tests.get_mut(test)) {
            Some(test) if !in_task && !self.found.courses.has_waited() => {
                test.limit.get_or_insert(deadline);
            }
            _ => self.watched_from_here(span, bound),
        }
    }

    /// What a statement starts that ends the program, and when.
    fn ending(&self, stmt: &Stmt) -> Option<(Ending, Bound)> {
        let length = |limit: &Expr| Lasting::Is(self.duration(limit));
        if let Some(ending) = watchdogs::ends_program(stmt, &length) {
            return Some((ending, ending.lasting.bound(|_| Bound::Unknown)));
        }
        let started = watchdogs::started(stmt)?;
        let Expr::Call(call) = started.by else { return None };
        let Expr::Path(func) = &*call.func else { return None };
        let Own::EndsProgram(ending) = self.own_of(&self.resolve(&func.path))? else {
            return None;
        };
        // A guard that nobody keeps calls it off at once.
        if ending.is_guarded && !started.is_kept {
            return None;
        }
        let of_given = |index: usize| {
            let limit = call.args.iter().nth(index);
            limit.map_or(Bound::Unknown, |limit| self.duration(limit))
        };
        let is_guarded = ending.is_guarded || started.is_guarded;
        Some((Ending { is_guarded, ..ending }, ending.lasting.bound(of_given)))
    }
}
