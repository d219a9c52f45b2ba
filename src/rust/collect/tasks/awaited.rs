//! Waiting for many futures: for all of them, for the next one, or for each in the rounds of a loop.

use syn::{Expr, ExprMethodCall, Pat};

use super::{ALL, BUFFERING, CONCURRENT, NEXT, is_local_set};
use crate::rust::collect::Collector;
use crate::rust::collect::frames::Frame;
use crate::rust::collect::picked::end_of_stream;
use crate::rust::collect::values::Kind;
use crate::rust::names::{LocalId, Name, Written, plain};
use crate::rust::syntax::edges;
use crate::sites::{Course, Times};

impl Collector<'_> {
    /// What a method waits for that gives outcomes of what its receiver holds.
    pub(in crate::rust) fn future_of_tasks(&mut self, call: &ExprMethodCall, method: &str) -> Option<Course> {
        let is_tracker = || {
            self.type_of(&call.receiver)
                .is_some_and(|of| of.ends_with("::TaskTracker"))
        };
        let is_all = ALL.contains(&method) || method == "wait" && is_tracker();
        let is_next = NEXT.contains(&method);
        if is_all && let Some(course) = self.future_of_buffer(&call.receiver) {
            return Some(course);
        }
        if is_all && let Some(end) = end_of_stream(&call.receiver) {
            return Some(self.future(end, 0));
        }
        if let (true, Some(each)) = (CONCURRENT.contains(&method), call.args.last()) {
            let each = self.future(each, 0);
            return Some(self.some_at_once(&call.receiver, each));
        }
        let id = (is_all || is_next).then(|| self.holder(&call.receiver)).flatten()?;
        let tasks = self.found.variables.get(id.0)?.tasks.as_ref()?;
        // The first one that is done may be any of them.
        let is_known = is_all || tasks.len() <= 1 || self.is_draining;
        is_known.then(|| Course::Together(self.taken(id)))
    }

    /// What is waited for where one waits for all of a stream that runs some futures at once: `map(…).buffered(3)`.
    fn future_of_buffer(&mut self, stream: &Expr) -> Option<Course> {
        let Expr::MethodCall(buffer) = stream else { return None };
        if !BUFFERING.contains(&plain(&buffer.method).as_str()) {
            return None;
        }
        self.tasks_of(stream).map(Course::Together)
    }

    /// Futures of which so many run at once as somebody says: how often one waits for that many is not looked at.
    pub(super) fn some_at_once(&self, head: &Expr, body: Course) -> Course {
        Course::Loop {
            head: self.shown(edges::expression(head, self.offsets)),
            times: Times::Unknown,
            body: Box::new(body),
        }
    }

    /// What is waited for where one waits for a set of tasks itself: `local.await`.
    pub(in crate::rust) fn future_of_local_set(&mut self, id: LocalId) -> Option<Course> {
        let variable = self.found.variables.get(id.0)?;
        variable.tasks.as_ref()?;
        let class = variable.kind.as_ref().and_then(Kind::path)?;
        is_local_set(class).then(|| Course::Together(self.taken(id)))
    }

    /// Whether a variable holds a future, or the handle of a task or a thread, of which something is known.
    pub(in crate::rust) fn is_future(&self, expr: &Expr) -> bool {
        let Expr::Path(path) = expr else { return false };
        let future = match self.resolve(&path.path) {
            Name::Variable(id) => self.found.variables.get(id.0),
            _ => None,
        };
        let future = future.and_then(|variable| variable.future.as_ref());
        future.is_some_and(|future| !matches!(future, Course::Unseen(_)))
    }

    /// What `join_all(…)` waits for.
    pub(in crate::rust) fn future_of_all(&mut self, given: &Expr) -> Option<Course> {
        let tasks = match self.holder(given) {
            Some(id) => self.taken(id),
            None => self.tasks_of(given)?,
        };
        Some(Course::Together(tasks))
    }

    /// Whether a loop goes on until all of what a variable holds is done: `while let Some(done) = set.join_next().await`.
    pub(in crate::rust) fn drains(&self, condition: Option<&Expr>) -> bool {
        let mut at = match condition {
            Some(Expr::Let(head)) => &*head.expr,
            // `while set.join_next().await.is_some()`.
            Some(Expr::MethodCall(call)) if call.method == "is_some" => &*call.receiver,
            _ => return false,
        };
        while let Expr::Paren(paren) = at {
            at = &paren.expr;
        }
        let Expr::Await(awaited) = at else { return false };
        match &*awaited.base {
            Expr::MethodCall(call) => {
                NEXT.contains(&plain(&call.method).as_str()) && self.holder(&call.receiver).is_some()
            }
            _ => false,
        }
    }

    /// Visits what a loop goes through: who gets each of the futures in a list decides what becomes of it.
    pub(in crate::rust) fn gone_through(&mut self, pat: &Pat, each: &Expr) -> Option<LocalId> {
        match self.holder(each).is_none() || name_of_each(pat).is_none() {
            true => self.scrutinee(each),
            false => None,
        }
    }

    /// Gives the pattern of a loop over what a variable holds what each of that waits for: that for all of them.
    pub(in crate::rust) fn bind_task(&mut self, pat: &Pat, each: &Expr) -> Option<Course> {
        let (id, ident) = (self.holder(each)?, name_of_each(pat)?);
        let written = Written::name(&plain(&ident.ident));
        let Name::Variable(handle) = self.names.resolve(&written) else {
            return None;
        };
        self.within(Frame::Let(handle), |this| this.variable_used(id));
        let all = self.taken(id);
        if all.is_empty() {
            return None;
        }
        let all = Course::Together(all);
        self.found.variables.get_mut(handle.0)?.future = Some(all.clone());
        Some(all)
    }
}

/// The name that a loop calls each by of what it goes through.
fn name_of_each(pat: &Pat) -> Option<&syn::PatIdent> {
    match pat {
        Pat::Ident(ident) => Some(ident),
        // `for (index, handle) in handles.into_iter().enumerate()`.
        Pat::Tuple(tuple) => match tuple.elems.last()? {
            Pat::Ident(ident) => Some(ident),
            _ => None,
        },
        _ => None,
    }
}

/// How often a loop goes round that waits for one of `tasks` in each: they run beside each other, so that all of them are
/// done when the last one is. `None` where it is something else that each round waits for.
pub(in crate::rust) fn rounds(body: &Course, tasks: &Course) -> Option<Times> {
    is_bare(body, tasks).then_some(Times::Number(1.0))
}

fn is_bare(course: &Course, tasks: &Course) -> bool {
    if course == tasks {
        return true;
    }
    match course {
        Course::Sequence(parts) | Course::Branch(parts) | Course::First(parts) => {
            parts.iter().any(|part| is_bare(part, tasks))
        }
        Course::Loop { body, .. } => is_bare(body, tasks),
        _ => false,
    }
}
