//! What awaiting a future waits for.

use quote::ToTokens;
use syn::{Expr, ExprCall, ExprMethodCall};

use crate::rust::collect::course::{FARTHEST, Passed};
use crate::rust::collect::own_deadlines::{Lasting, Own};
use crate::rust::collect::timers::is_never_timer;
use crate::rust::collect::values::end_of;
use crate::rust::collect::{Collector, typed};
use crate::rust::names::{Name, plain};
use crate::rust::names::{last_name, macros};
use crate::rust::syntax::edges;
use crate::sites::{Bound, Course, Length};
use crate::source::Span;

/// Methods that give the future on.
const ADAPTORS: &[&str] = &[
    "boxed",
    "boxed_local",
    "fuse",
    "map",
    "map_err",
    "map_ok",
    "and_then",
    "inspect",
    "into_future",
    "instrument",
    "in_current_span",
    "as_mut",
    "catch_unwind",
    "unwrap",
    "expect",
];

impl Collector<'_> {
    /// What awaiting `expr` waits for, where waits are looked for. What it takes to make it was visited before.
    pub(in crate::rust) fn future(&mut self, expr: &Expr, depth: usize) -> Course {
        if !self.sought.waits {
            return Course::default();
        }
        if depth > FARTHEST {
            return self.unseen(expr);
        }
        let span = edges::expression(expr, self.offsets);
        if self
            .found
            .messages
            .receives
            .iter()
            .rev()
            .take(FARTHEST)
            .any(|receive| receive.span == span)
        {
            let length = self.until_signal(expr).unwrap_or(Length::Is(Bound::Unlimited));
            return self.wait(span, length, false);
        }
        match expr {
            Expr::Paren(paren) => self.future(&paren.expr, depth + 1),
            Expr::Group(group) => self.future(&group.expr, depth + 1),
            Expr::Reference(reference) => self.future(&reference.expr, depth + 1),
            Expr::Closure(closure) if closure.asyncness.is_some() => self.closure_run(closure),
            // What it makes is awaited by whom it is given to.
            Expr::Closure(closure) => self.future(&closure.body, depth + 1),
            Expr::Block(block) => match end_of(&block.block) {
                Some(end) => self.future(end, depth + 1),
                None => self.unseen(expr),
            },
            Expr::Async(block) => {
                let start = self.offsets.of(block.block.brace_token.span.open()).start;
                self.found.courses.blocks.remove(&start).unwrap_or_default()
            }
            Expr::Path(path) => match self.resolve(&path.path) {
                Name::Variable(id) => {
                    let set = self.future_of_local_set(id);
                    // Whoever awaits a reference to it twice awaits the same future.
                    let own = |this: &mut Self| this.found.variables.get_mut(id.0)?.future.take();
                    set.or_else(|| own(self)).unwrap_or_else(|| self.unseen(expr))
                }
                _ => self.unseen(expr),
            },
            Expr::Call(call) => self.future_of_call(expr, call, span, depth),
            Expr::MethodCall(call) => self.future_of_method(expr, call, span, depth),
            _ => self.unseen(expr),
        }
    }

    fn future_of_call(&mut self, expr: &Expr, call: &ExprCall, span: Span, depth: usize) -> Course {
        let Expr::Path(func) = &*call.func else {
            return self.unseen(expr);
        };
        if let Some(wrapper) = self.wrapper(call, &func.path) {
            let inner = call.args.iter().nth(wrapper.future);
            let inner = inner.map_or_else(Course::default, |inner| self.future(inner, depth + 1));
            self.ends_at_moment(span, call.args.first());
            return self.capped(span, wrapper.deadline.bound, inner);
        }
        if let Some(course) = self.connected(span) {
            return course;
        }
        if let (Some(deadline), Some(ended)) = (self.abortable(call, &func.path), call.args.first()) {
            let inner = self.future(ended, depth + 1);
            return self.capped(span, deadline.bound, inner);
        }
        let name = last_name(&func.path).unwrap_or_default();
        let resolved = self.resolve(&func.path);
        let given: Vec<&Expr> = call.args.iter().collect();
        let called = match &resolved {
            Name::File(path) | Name::Extern(path) => Some((path.clone(), self.passed(&call.args))),
            Name::Variable(_) | Name::Unknown => None,
        };
        if let Some(own) = self.own_of(&resolved)
            && let Some(course) = self.treated(own, &given, called, span, depth)
        {
            return course;
        }
        if let Name::Variable(id) = &resolved
            && let Some((_, awaited)) = self
                .found
                .variables
                .get(id.0)
                .and_then(|variable| variable.called.clone())
        {
            return awaited;
        }
        if let [first, second] = call.args.iter().collect::<Vec<_>>()[..]
            && matches!(name.as_str(), "or" | "race" | "select")
        {
            return self.race(span, [first, second], depth);
        }
        match (&resolved, call.args.first()) {
            (Name::File(path), _) => {
                let passed = self.passed(&call.args);
                self.called_function(path.clone(), true, span, passed)
            }
            (Name::Extern(path), _) if self.is_function_elsewhere(path) => {
                let passed = self.passed(&call.args);
                self.called_function(path.clone(), true, span, passed)
            }
            (Name::Extern(path), Some(first)) if is_sleep(path) => {
                let length = self.duration(first);
                self.wait(span, Length::Is(length), false)
            }
            (Name::Extern(path), Some(first)) if path.ends_with("sleep_until") => {
                let length = self.until(first);
                self.wait(span, Length::Is(length), false)
            }
            (Name::Extern(path), None) if is_never_timer(path) => self.wait(span, Length::Is(Bound::Unlimited), false),
            (_, Some(first)) if matches!(name.as_str(), "join_all" | "try_join_all") => {
                self.future_of_all(first).unwrap_or_else(|| self.unseen(expr))
            }
            (Name::Extern(path), Some(Expr::Closure(closure))) if runs_closure(path) => self.closure_run(closure),
            (Name::Extern(path), Some(_)) if is_join(path) => {
                let futures = call.args.iter().map(|future| self.future(future, depth + 1)).collect();
                Course::Together(futures)
            }
            (_, Some(first)) if gives_future_on(&name) => self.future(first, depth + 1),
            (_, Some(first)) => self
                .on_parameter(expr, first, &name)
                .unwrap_or_else(|| self.unseen(expr)),
            _ => self.unseen(expr),
        }
    }

    fn future_of_method(&mut self, expr: &Expr, call: &ExprMethodCall, span: Span, depth: usize) -> Course {
        if let Some(course) = self.connected(span) {
            return course;
        }
        let method = plain(&call.method);
        if let Some(deadline) = self.bounding_method(call, &method) {
            let inner = self.future(&call.receiver, depth + 1);
            return self.capped(span, deadline.bound, inner);
        }
        if let Some(own) = self.own_of_method(&call.receiver, &method)
            && let Some(course) = self.treated_by_method(own, call, &method, span, depth)
        {
            return course;
        }
        if let [other] = call.args.iter().collect::<Vec<_>>()[..]
            && matches!(method.as_str(), "or" | "race")
            && self.type_of(&call.receiver).is_none()
        {
            return self.race(span, [&call.receiver, other], depth);
        }
        if let Some(course) = self.future_of_tasks(call, &method) {
            return course;
        }
        let runs = match method.as_str() {
            "spawn" | "spawn_local" | "run_until" => call.args.first(),
            // `local.block_on(&runtime, future)`.
            "block_on" => call.args.last(),
            // `ID.scope(1, future)` of a task's own value.
            "scope" => call.args.iter().nth(1),
            _ => None,
        };
        if let Some(future) = runs {
            return self.future(future, depth + 1);
        }
        if let Some(of) = self.type_of(&call.receiver) {
            let path = format!("{of}::{method}");
            // An `impl` of a trait of the file for a type of another one may have it.
            let is_own = matches!(typed(of), Name::File(_)) || self.declared.returns.contains_key(&path);
            if is_own || self.is_function_elsewhere(&path) {
                let passed = self.passed_to_method(call);
                return self.called_function(path, true, span, passed);
            }
        }
        if let Some(course) = self.on_parameter(expr, &call.receiver, &method) {
            return course;
        }
        match ADAPTORS.contains(&method.as_str()) {
            true => self.future(&call.receiver, depth + 1),
            false => self.unseen(expr),
        }
    }

    /// What is waited for in a call of a function of the project that awaits a future that it is given, under a deadline or
    /// not; `None` where its own course says it. `given` is all that it is given, `called` its path and what the call
    /// passes on, as far as it has a course.
    pub(in crate::rust) fn treated(
        &mut self,
        own: Own,
        given: &[&Expr],
        called: Option<(String, Passed)>,
        span: Span,
        depth: usize,
    ) -> Option<Course> {
        match own {
            Own::Bounds(bounding) => {
                let is_by_given = bounding.is_all && matches!(bounding.lasting, Lasting::Times { .. });
                let is_said = called.is_some() && !bounding.is_loose && !is_by_given;
                if is_said || !bounding.is_direct {
                    return None;
                }
                let of_given = |index: usize| given.get(index).map_or(Bound::Unknown, |limit| self.duration(limit));
                let bound = bounding.lasting.bound(of_given);
                let inner = self.future(given.get(bounding.future)?, depth + 1);
                Some(self.capped(span, bound, inner))
            }
            Own::Awaits { future, is_all, .. } => {
                let inner = self.future(given.get(future)?, depth + 1);
                let called = called.filter(|_| !is_all);
                let called = called.map(|(path, passed)| self.called_function(path, true, span, passed));
                Some(Course::sequence(called.into_iter().chain([inner])))
            }
            Own::Waits | Own::WaitsForOther | Own::EndsProgram(_) => None,
        }
    }

    /// The same of a method.
    fn treated_by_method(
        &mut self,
        own: Own,
        call: &ExprMethodCall,
        method: &str,
        span: Span,
        depth: usize,
    ) -> Option<Course> {
        let is_method = match own {
            Own::Bounds(bounding) => bounding.is_method,
            Own::Awaits { is_method, .. } => is_method,
            _ => false,
        };
        if !is_method {
            return None;
        }
        let path = self.type_of(&call.receiver).map(|of| format!("{of}::{method}"));
        let path = path.filter(|path| self.own_of(&typed(path.clone())).is_some());
        if path.is_none() && matches!(own, Own::Awaits { .. }) {
            // Another method may have the name.
            return None;
        }
        let passed = self.passed_to_method(call);
        let given: Vec<&Expr> = std::iter::once(&*call.receiver).chain(&call.args).collect();
        self.treated(own, &given, path.map(|path| (path, passed)), span, depth)
    }

    /// One of two futures that are polled side by side.
    fn race(&mut self, span: Span, sides: [&Expr; 2], depth: usize) -> Course {
        let has_timer = sides.iter().any(|side| self.ends_race(side));
        let futures = sides.iter().map(|side| self.future(side, depth + 1)).collect();
        self.race_of(span, futures, has_timer)
    }

    /// The futures of `select!`: the first one that is done ends the wait for all, a timer at the latest.
    pub(in crate::rust) fn race_of(&self, span: Span, futures: Vec<Course>, has_timer: bool) -> Course {
        let is_timer = |course: &Course| match course {
            Course::Wait(wait) => match wait.length {
                Length::Is(Bound::Seconds(seconds)) => Some(seconds),
                _ => None,
            },
            _ => None,
        };
        let limit = futures.iter().filter_map(is_timer).reduce(f64::min);
        // A future of which nothing is told tells nothing of the others.
        let inner = Course::First(futures.into_iter().filter(|future| !future.is_nothing()).collect());
        match limit {
            Some(seconds) => self.capped(span, Bound::Seconds(seconds), inner),
            None if has_timer => self.capped(span, Bound::Unknown, inner),
            None => inner,
        }
    }
}

/// Whether a type is that of a future, as far as its names say.
pub(in crate::rust) fn gives_future(output: &syn::ReturnType) -> bool {
    let is_future = |name: &str| name.ends_with("Future") || matches!(name, "Timeout" | "Pin" | "JoinHandle" | "Fuse");
    macros::mentions(output.to_token_stream(), &is_future)
}

/// `thread::spawn(|| …)`, `spawn_blocking(|| …)`: the closure runs once, and who joins waits for all of it.
fn runs_closure(path: &str) -> bool {
    matches!(path, "std::thread::spawn" | "tokio::task::spawn_blocking")
}

/// Whether a function of this name gives the future on that it is given, or runs it.
fn gives_future_on(name: &str) -> bool {
    matches!(
        name,
        "spawn" | "spawn_local" | "pin" | "new" | "block_on" | "unconstrained" | "AssertUnwindSafe"
    )
}

/// `join(a, b)`, `try_join3(a, b, c)` of futures.
fn is_join(path: &str) -> bool {
    let Some((of, name)) = path.rsplit_once("::") else {
        return false;
    };
    let name = name.strip_prefix("try_").unwrap_or(name);
    matches!(name, "join" | "join3" | "join4" | "join5" | "zip")
        && of.split("::").next().is_some_and(|of| of.starts_with("futures"))
}

/// What lasts as long as it says.
pub(in crate::rust) fn is_sleep(path: &str) -> bool {
    matches!(
        path,
        "tokio::time::sleep"
            | "async_std::task::sleep"
            | "actix_rt::time::sleep"
            | "smol::Timer::after"
            | "async_io::Timer::after"
            | "futures_timer::Delay::new"
    )
}
