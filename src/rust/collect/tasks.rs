//! Many futures at once: tasks whose handles are kept in a vector or a set, and what waits for all of them.

use syn::{Block, Expr, ExprClosure, ExprMethodCall, Pat, Stmt};

use crate::rust::collect::Collector;
use crate::rust::collect::frames::is_bounded;
use crate::rust::collect::picked::end_of_stream;
use crate::rust::collect::signals::until;
use crate::rust::names::last_name;
use crate::rust::names::macros::{self, Inside};
use crate::rust::names::{LocalId, Name, plain};
use crate::sites::{Bound, Course, Length, Times};

/// How many methods may stand between a `map` and the variable that gets its outcome.
const MAX_LINKS: usize = 16;

/// Methods that put another future into what holds many.
const ADDING: &[&str] = &["push", "push_back", "push_front", "spawn", "spawn_local", "spawn_on"];

/// Methods that end what is held, or let go of it.
const ENDING: &[&str] = &["abort_all", "clear", "detach_all", "shutdown"];

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
            Expr::Macro(call) => match macros::inside(&call.mac) {
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
                            let span = crate::rust::syntax::edges::expression(value, self.offsets);
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

    /// Takes what a variable holds out of it.
    fn taken(&mut self, id: LocalId) -> Vec<Course> {
        let variable = self.found.variables.get_mut(id.0);
        let tasks = variable.and_then(|variable| variable.tasks.as_mut());
        tasks.map(std::mem::take).unwrap_or_default()
    }

    /// A method that puts a future into a variable that holds many, or ends what it holds.
    pub(in crate::rust) fn task_method(&mut self, call: &ExprMethodCall, method: &str) {
        if matches!(method, "abort" | "abort_handle")
            && let Expr::Path(path) = &*call.receiver
            && let Name::Variable(id) = self.resolve(&path.path)
            && let Some(variable) = self.found.variables.get_mut(id.0)
        {
            variable.is_ended = true;
        }
        if method == "abort"
            && let Expr::Path(path) = &*call.receiver
            && let Name::Variable(id) = self.resolve(&path.path)
        {
            return self.aborted(id, call);
        }
        let ends = ENDING.contains(&method);
        let waits = NEXT.contains(&method) || ALL.contains(&method);
        if ends || waits && self.is_bounded_here() {
            self.set_ended(Some(&call.receiver));
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
    fn aborted(&mut self, id: LocalId, call: &ExprMethodCall) {
        let by = self.shown(crate::rust::syntax::edges::expression(&call.receiver, self.offsets));
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
    fn is_bounded_here(&self) -> bool {
        is_bounded(&self.place().deadlines)
    }

    /// What a method waits for that gives outcomes of what its receiver holds.
    pub(in crate::rust) fn future_of_tasks(&mut self, call: &ExprMethodCall, method: &str) -> Option<Course> {
        let (is_all, is_next) = (ALL.contains(&method), NEXT.contains(&method));
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
    fn some_at_once(&self, head: &Expr, body: Course) -> Course {
        Course::Loop {
            head: self.shown(crate::rust::syntax::edges::expression(head, self.offsets)),
            times: Times::Unknown,
            body: Box::new(body),
        }
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

    /// Gives the pattern of a loop over what a variable holds what each of that waits for: that for all of them.
    pub(in crate::rust) fn bind_task(&mut self, pat: &Pat, each: &Expr) -> Option<Course> {
        let id = self.holder(each)?;
        let ident = match pat {
            Pat::Ident(ident) => ident,
            // `for (index, handle) in handles.into_iter().enumerate()`.
            Pat::Tuple(tuple) => match tuple.elems.last()? {
                Pat::Ident(ident) => ident,
                _ => return None,
            },
            _ => return None,
        };
        let all = self.taken(id);
        if all.is_empty() {
            return None;
        }
        let written = crate::rust::names::Written::name(&plain(&ident.ident));
        let Name::Variable(handle) = self.names.resolve(&written) else {
            return None;
        };
        let all = Course::Together(all);
        self.found.variables.get_mut(handle.0)?.future = Some(all.clone());
        Some(all)
    }
}

/// So many different tasks of one variable are looked at.
const MOST_TASKS: usize = 64;

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
        Course::Sequence(parts) | Course::Branch(parts) => parts.iter().any(|part| is_bare(part, tasks)),
        Course::Loop { body, .. } => is_bare(body, tasks),
        _ => false,
    }
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
