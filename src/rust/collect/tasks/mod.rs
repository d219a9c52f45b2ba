//! Many futures at once: tasks whose handles are kept in a vector or a set, and what waits for all of them.

mod awaited;
mod ended;
mod guards;
mod handed;
mod keepers;
mod taken;

pub(in crate::rust) use awaited::rounds;
pub(in crate::rust) use ended::{Aborts, is_join_set, is_local_set, is_runtime};
pub(in crate::rust) use keepers::Keepers;

use syn::{Block, Expr, ExprClosure, ExprMethodCall, Stmt};

use crate::rust::collect::Collector;
use crate::rust::names::last_name;
use crate::rust::names::macros::{self, Inside};
use crate::rust::names::{LocalId, Name, plain};
use crate::rust::syntax::edges;
use crate::sites::Course;

/// How many methods may stand between a `map` and the variable that gets its outcome.
const MAX_LINKS: usize = 16;

/// So many different tasks of one variable are looked at.
const MOST_TASKS: usize = 64;

/// Methods that put another future into what holds many.
const ADDING: &[&str] = &["push", "push_back", "push_front", "spawn", "spawn_local", "spawn_on"];

/// Methods that say how much is held, or make room for more.
const MEASURING: &[&str] = &["capacity", "is_empty", "len", "reserve"];

/// Methods that end what a set holds, or let go of it.
const ENDING: &[&str] = &[
    "clear",
    "detach_all",
    "shutdown",
    "shutdown_background",
    "shutdown_timeout",
];

/// Methods that go through what is held.
const ITERATING: &[&str] = &["drain", "enumerate", "into_iter", "iter_mut", "rev"];

/// Methods that give the outcome of one of what is held.
const NEXT: &[&str] = &["join_next", "next", "try_next"];

/// Methods that wait for all of what is held.
const ALL: &[&str] = &[
    "collect",
    "count",
    "fold",
    "for_each",
    "join_all",
    "try_collect",
    "try_for_each",
];

/// Methods that run some futures of a stream at once, and those that give what these come to.
const CONCURRENT: &[&str] = &["for_each_concurrent", "try_for_each_concurrent"];
const BUFFERING: &[&str] = &["buffer_unordered", "buffered", "try_buffer_unordered", "try_buffered"];

impl Collector<'_> {
    /// What is waited for where one waits for all of what `value` holds; `None` where it holds no futures.
    pub(in crate::rust) fn tasks_of(&mut self, value: &Expr) -> Option<Vec<Course>> {
        match value {
            Expr::Array(array) => self.tasks_among(&mut array.elems.iter()),
            Expr::Macro(call) => match &*macros::inside(&call.mac) {
                Inside::Arguments(elements) => self.tasks_among(&mut elements.iter()),
                _ => None,
            },
            Expr::Call(call) => {
                let Expr::Path(func) = &*call.func else { return None };
                let last = last_name(&func.path)?;
                matches!(last.as_str(), "new" | "with_capacity" | "default").then(Vec::new)
            }
            Expr::MethodCall(call) if BUFFERING.contains(&plain(&call.method).as_str()) => {
                let all = Course::Together(self.tasks_of(&call.receiver)?);
                Some(vec![self.some_at_once(value, all)])
            }
            Expr::MethodCall(call) => {
                let made = mapped(call)?;
                match made {
                    Made::By(closure) => Some(vec![self.task(outcome(closure))?]),
                    Made::Of(function) => match self.resolve(&function.path) {
                        Name::File(path) => {
                            let span = edges::expression(value, self.offsets);
                            Some(vec![self.called_function(path, true, span, (false, Vec::new()))])
                        }
                        _ => None,
                    },
                }
            }
            _ => None,
        }
    }

    fn tasks_among(&mut self, elements: &mut dyn Iterator<Item = &Expr>) -> Option<Vec<Course>> {
        let mut tasks = Vec::new();
        for element in elements {
            tasks.push(self.task(element)?);
        }
        Some(tasks)
    }

    /// What a task or a future waits for; `None` for what is none.
    fn task(&mut self, expr: &Expr) -> Option<Course> {
        match expr {
            Expr::Call(_) | Expr::MethodCall(_) | Expr::Async(_) => Some(self.future(expr, 0)),
            Expr::Path(path) => match self.resolve(&path.path) {
                Name::Variable(id) => self.found.variables.get_mut(id.0)?.future.take(),
                _ => None,
            },
            _ => None,
        }
    }

    /// The variable that an expression is, or goes through, if it holds many futures.
    fn holder(&self, expr: &Expr) -> Option<LocalId> {
        let mut at = expr;
        for _ in 0..MAX_LINKS {
            at = match at {
                Expr::Paren(paren) => &paren.expr,
                Expr::Reference(reference) => &reference.expr,
                Expr::MethodCall(call) if ITERATING.contains(&plain(&call.method).as_str()) => &call.receiver,
                Expr::Path(path) => {
                    let Name::Variable(id) = self.resolve(&path.path) else {
                        return None;
                    };
                    let variable = self.found.variables.get(id.0)?;
                    return variable.tasks.is_some().then_some(id);
                }
                _ => return None,
            };
        }
        None
    }

    /// Whether a method waits for nothing of what its receiver holds: it puts something into that, or asks how much is there.
    pub(in crate::rust) fn only_keeps(&mut self, call: &ExprMethodCall, method: &str) -> bool {
        let is_one = ADDING.contains(&method) || MEASURING.contains(&method);
        is_one && (self.holder(&call.receiver).is_some() || self.task_set(&call.receiver).is_some())
            || self.leaves_tasks(call, method)
    }

    /// The variable that gets a future for those that it holds: `futures.push(connect(…))`.
    pub(in crate::rust) fn put_into_list(&self, call: &ExprMethodCall, method: &str) -> Option<LocalId> {
        let is_put = method.starts_with("push") && ADDING.contains(&method);
        is_put.then(|| self.holder(&call.receiver)).flatten()
    }

    /// Takes what a variable holds out of it.
    fn taken(&mut self, id: LocalId) -> Vec<Course> {
        let variable = self.found.variables.get_mut(id.0);
        let tasks = variable.and_then(|variable| variable.tasks.as_mut());
        tasks.map(std::mem::take).unwrap_or_default()
    }

    /// A method that puts a future into a variable that holds many, or ends what it holds.
    pub(in crate::rust) fn task_method(&mut self, call: &ExprMethodCall, method: &str) {
        if is_end(method) {
            return self.tasks_ended(&call.receiver);
        }
        if method == "abort_handle" {
            return self.may_be_ended(&call.receiver);
        }
        let ends = ENDING.contains(&method);
        let waits = NEXT.contains(&method) || ALL.contains(&method);
        if ends || waits && self.is_bounded_here() {
            self.set_ended(&call.receiver);
        }
        if !ends && !ADDING.contains(&method) {
            return;
        }
        if ends && let Expr::Path(path) = &*call.receiver {
            if let Name::Variable(id) = self.resolve(&path.path)
                && let Some(variable) = self.found.variables.get_mut(id.0)
            {
                variable.tasks = variable.tasks.take().map(|_| Vec::new());
                variable.future = variable.future.take().map(|_| Course::default());
            }
            return;
        }
        let Some(id) = self.holder(&call.receiver) else { return };
        let is_timer =
            method.starts_with("push") && call.args.first().and_then(|given| self.is_timer(given)) == Some(true);
        if let Some(variable) = self.found.variables.get_mut(id.0).filter(|_| is_timer) {
            variable.timer = Some(true);
        }
        let Some(task) = call.args.first().and_then(|given| self.task(given)) else {
            return;
        };
        if let Some(tasks) = self
            .found
            .variables
            .get_mut(id.0)
            .and_then(|variable| variable.tasks.as_mut())
            && !tasks.contains(&task)
            && tasks.len() < MOST_TASKS
        {
            tasks.push(task);
        }
    }
}

/// Whether a method of this name ends the tasks whose handles it is called on, or those of a set.
fn is_end(method: &str) -> bool {
    matches!(method, "abort" | "abort_all" | "cancel")
}

/// What makes the elements of an iterator.
pub(in crate::rust) enum Made<'e> {
    By(&'e ExprClosure),
    Of(&'e syn::ExprPath),
}

/// What `iter.map(…).collect()` makes its elements by.
pub(in crate::rust) fn mapped(call: &ExprMethodCall) -> Option<Made<'_>> {
    let mut at = call;
    for _ in 0..MAX_LINKS {
        if at.method == "map" {
            return match at.args.first()? {
                Expr::Closure(closure) => Some(Made::By(closure)),
                Expr::Path(function) => Some(Made::Of(function)),
                _ => None,
            };
        }
        if !matches!(plain(&at.method).as_str(), "collect" | "into_iter" | "take" | "chain") {
            return None;
        }
        at = match &*at.receiver {
            Expr::MethodCall(call) => call,
            _ => return None,
        };
    }
    None
}

/// What a closure gives: the expression at its end.
pub(in crate::rust) fn outcome(closure: &ExprClosure) -> &Expr {
    let mut at = &*closure.body;
    while let Expr::Block(syn::ExprBlock {
        block: Block { stmts, .. },
        ..
    }) = at
        && let Some(Stmt::Expr(last, None)) = stmts.last()
    {
        at = last;
    }
    at
}
