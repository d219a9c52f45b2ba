//! What the code that waits for something has put into it itself, or has let a timer or a task put in; and what it waits by that
//! it has put something else in the place of.
//!
//! Executed with Python 3.12: `call_later(1, event.set)`, a task that sleeps and sets, `task.add_done_callback(…)` and
//! `threading.Timer(1, lambda: loop.call_soon_threadsafe(future.set_result, 1))` end the wait when they are due.

use foldhash::HashMap;
use ruff_python_ast::{Expr, ExprAttribute, ExprCall};

use super::Collector;
use super::inside::FARTHEST;
use crate::python::names::FunctionId;
use crate::python::sites::usage::is_callee;
use crate::python::syntax::dotted::with_items;
use crate::python::testing::stand_ins::attribute_replaced_by;

/// Methods that end the wait of somebody else for the same object.
const DOING: &[&str] = &[
    "put",
    "put_nowait",
    "set",
    "set_result",
    "set_exception",
    "get",
    "get_nowait",
    "task_done",
    "release",
    "notify",
    "notify_all",
    "wait",
];

/// Those that put something into what hands messages on.
const FEEDS: &[&str] = &["put", "put_nowait", "set", "set_result", "set_exception"];

/// What a function does to an object.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Done {
    by: Option<FunctionId>,
    object: String,
    method: &'static str,
    /// It lets somebody else do it, at another time.
    is_later: bool,
}

impl<'a> Collector<'a> {
    /// `event.set`, `queue.put`: who calls it, if that is certain.
    pub(super) fn feeding(&mut self, expr: &'a Expr, attribute: &'a ExprAttribute) {
        let Some(method) = DOING.iter().find(|known| **known == attribute.attr.as_str()) else {
            return;
        };
        let is_called = matches!(self.parents.last(), Some(Expr::Call(call)) if is_callee(call, expr));
        let is_called = is_called && !self.inside.is_lambda;
        let by = match is_called {
            true => self.inside.function,
            // Whoever is given it calls it.
            false if self.is_given_to_a_start() => self.names.function_at(self.statement.start),
            false => return,
        };
        if let Some(object) = with_items(&attribute.value) {
            self.messages.done.push(Done {
                by,
                object,
                method,
                is_later: !is_called,
            });
        }
    }

    /// `ws.recv = AsyncMock()`
    pub(super) fn method_assigned(&mut self, target: &'a ExprAttribute) {
        self.method_replaced(&target.value, &target.attr);
    }

    /// `patch.object(ws, "recv", …)`
    pub(super) fn method_patched(&mut self, call: &'a ExprCall) {
        if let [_, Expr::StringLiteral(name), ..] = &*call.arguments.args
            && self.messages.methods.contains(name.value.to_str())
            && let Some((object, name)) = attribute_replaced_by(call, self.names)
        {
            self.method_replaced(object, name);
        }
    }

    fn method_replaced(&mut self, object: &'a Expr, method: &'a str) {
        if let Expr::Name(object) = object
            && self.messages.methods.contains(method)
        {
            let replaced = (self.inside.function, &object.id, method);
            self.messages.replaced.insert(replaced);
        }
    }
}

/// The method that is called of an object, and whether that is let somebody else do at another time.
type How = (&'static str, bool);

/// What runs beside the functions of a module, and does to what these wait for.
#[derive(Debug, Default)]
pub(in crate::python) struct Beside {
    /// By who does it, or lets somebody do it, and to what.
    done: HashMap<(Option<FunctionId>, String), Vec<How>>,
    /// The functions that each of them starts, and where that statement begins.
    started: HashMap<Option<FunctionId>, Vec<(usize, FunctionId)>>,
    /// Those that start each of them.
    starters: HashMap<FunctionId, Vec<Option<FunctionId>>>,
    /// What they may wait for themselves; `None` is something that has no name.
    waiting: HashMap<FunctionId, Vec<Option<String>>>,
}

impl Beside {
    pub(super) fn of(
        done: &[Done],
        started: impl Iterator<Item = (Option<FunctionId>, usize, FunctionId)>,
        waiting: impl Iterator<Item = (FunctionId, Option<String>)>,
    ) -> Self {
        let mut found = Self::default();
        for one in done {
            let all = found.done.entry((one.by, one.object.clone())).or_default();
            if !all.contains(&(one.method, one.is_later)) {
                all.push((one.method, one.is_later));
            }
        }
        for (by, statement, function) in started {
            found.started.entry(by).or_default().push((statement, function));
            found.starters.entry(function).or_default().push(by);
        }
        for (function, object) in waiting {
            let all = found.waiting.entry(function).or_default();
            if all.len() < FARTHEST && !all.contains(&object) {
                all.push(object);
            }
        }
        found
    }

    /// Whether the function that waits for an object in the statement at this byte offset also feeds that, or has started what
    /// does and waits for no message itself; also where the object has no name of its own.
    pub(super) fn feeds(&self, object: &Expr, function: Option<FunctionId>, statement: usize) -> bool {
        let Expr::Name(name) = object else { return true };
        self.does(function, &name.id, FEEDS, true) || self.is_ended(function, &name.id, FEEDS, statement)
    }

    /// Whether what `function` has started at this byte offset calls one of these methods of the object, and waits for nothing
    /// else that hands messages on. So may who has started it, and what that starts beside it.
    pub(in crate::python) fn is_ended(
        &self,
        function: Option<FunctionId>,
        object: &str,
        methods: &[&str],
        at: usize,
    ) -> bool {
        let started = |by| self.started.get(&by).into_iter().flatten().take(FARTHEST);
        let ends = |started: &(usize, FunctionId)| {
            let (_, other) = *started;
            function != Some(other) && self.does(Some(other), object, methods, true) && !self.waits(other, object)
        };
        let starters = function.and_then(|function| self.starters.get(&function));
        let mut starters = starters.into_iter().flatten().take(FARTHEST).copied();
        self.does(function, object, methods, false)
            || started(function).filter(|(start, _)| *start <= at).any(ends)
            || starters.any(|by| self.does(by, object, methods, true) || started(by).any(ends))
    }

    /// Whether something starts a function to run beside it, perhaps several times.
    pub(in crate::python) fn is_started(&self, function: FunctionId) -> bool {
        self.starters.contains_key(&function)
    }

    /// Whether a function does so, itself or at another time.
    fn does(&self, function: Option<FunctionId>, object: &str, methods: &[&str], itself: bool) -> bool {
        let done = self.done.get(&(function, object.to_owned()));
        done.is_some_and(|done| {
            let mut done = done.iter();
            done.any(|(method, is_later)| (itself || *is_later) && methods.contains(method))
        })
    }

    /// Whether `function` may wait for a message itself, that object aside.
    fn waits(&self, function: FunctionId, object: &str) -> bool {
        let waiting = self.waiting.get(&function);
        waiting.is_some_and(|all| all.iter().any(|waited| waited.as_deref() != Some(object)))
    }
}
