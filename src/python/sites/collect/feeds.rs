//! What the code that waits for something has put into it itself, or has let a timer or a task put in; and what it waits by that
//! it has put something else in the place of.
//!
//! Executed with Python 3.12: `call_later(1, event.set)`, a task that sleeps and sets, `task.add_done_callback(…)` and
//! `threading.Timer(1, lambda: loop.call_soon_threadsafe(future.set_result, 1))` end the wait when they are due.

use foldhash::HashMap;
use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, ExprAttribute, ExprCall};
use ruff_text_size::{Ranged, TextSize};

use self::through::Through;
use self::ways_out::When;
pub(super) use self::ways_out::{Wait, WaysOut};
use super::Collector;
use super::inside::FARTHEST;
use crate::python::names::FunctionId;
use crate::python::sites::usage::is_callee;
use crate::python::syntax::dotted::with_items;
use crate::python::testing::stand_ins::attribute_replaced_by;

mod through;
mod ways_out;

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
    "shutdown",
];

/// Those that put something into what hands messages on.
const FEEDS: &[&str] = &["put", "put_nowait", "set", "set_result", "set_exception", "shutdown"];

/// Methods that have something called when a block is left, or a test is over.
const LEAVING: &[&str] = &[
    "callback",
    "push_async_callback",
    "addCleanup",
    "addAsyncCleanup",
    "addfinalizer",
];

/// What a function does to an object.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Done {
    by: Option<FunctionId>,
    object: String,
    how: How,
}

impl<'a> Collector<'a> {
    /// `event.set`, `queue.put`: who calls it, if that is certain.
    pub(super) fn feeding(&mut self, expr: &'a Expr, attribute: &'a ExprAttribute) {
        let Some(method) = DOING.iter().find(|known| **known == attribute.attr.as_str()) else {
            return;
        };
        let is_called = matches!(self.parents.last(), Some(Expr::Call(call)) if is_callee(call, expr));
        let is_called = is_called && !self.inside.is_lambda;
        let outside = || self.names.function_at(self.statement.start);
        let (by, is_later, is_on_leaving) = match is_called {
            true => (self.inside.function, false, false),
            // Whoever is given it calls it.
            false if self.is_given_to_a_start() => (outside(), true, false),
            false if self.is_left_to_a_block() => (outside(), false, true),
            false => return,
        };
        if let Some(object) = with_items(&attribute.value) {
            let when = When {
                at: expr.start(),
                is_on_leaving,
            };
            let how = How { method, is_later, when };
            self.messages.done.push(Done { by, object, how });
        }
    }

    /// Whether the current expression is called when a block is left: `stack.callback(event.set)`.
    fn is_left_to_a_block(&self) -> bool {
        let mut around = self.parents.iter().rev().take(FARTHEST);
        around.any(|parent| {
            let method = parent.as_call_expr().and_then(|call| call.func.as_attribute_expr());
            method.is_some_and(|method| LEAVING.contains(&method.attr.as_str()))
        })
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

/// How something is done to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct How {
    method: &'static str,
    /// Somebody else is let do it, at another time.
    is_later: bool,
    when: When,
}

/// A function that is started to run beside the one that starts it.
#[derive(Debug)]
pub(super) struct Run {
    /// Who starts it, and where that statement begins.
    pub(super) by: Option<FunctionId>,
    pub(super) statement: usize,
    pub(super) function: FunctionId,
    /// What it is given for its parameters, where that has a name.
    pub(super) given: Vec<(Name, String)>,
}

/// What runs beside the functions of a module, and does to what these wait for.
#[derive(Debug, Default)]
pub(in crate::python) struct Beside {
    /// By who does it, or lets somebody do it, and to what.
    done: HashMap<(Option<FunctionId>, String), Vec<How>>,
    /// The functions that each of them starts.
    started: HashMap<Option<FunctionId>, Vec<Run>>,
    /// Those that start each of them.
    starters: HashMap<FunctionId, Vec<Option<FunctionId>>>,
    /// What they may wait for themselves.
    waiting: HashMap<FunctionId, Vec<Wait>>,
    ways: WaysOut,
}

impl Beside {
    pub(super) fn of<'d>(
        done: &[Done],
        started: impl Iterator<Item = Run>,
        waiting: impl Iterator<Item = (FunctionId, Wait)>,
        through: impl Iterator<Item = Through<'d>>,
        ways: WaysOut,
    ) -> Self {
        let mut found = Self {
            ways,
            ..Self::default()
        };
        for one in done {
            found.add(one.by, one.object.clone(), one.how);
        }
        for run in started {
            found.starters.entry(run.function).or_default().push(run.by);
            found.started.entry(run.by).or_default().push(run);
        }
        for (function, wait) in waiting {
            let all = found.waiting.entry(function).or_default();
            if all.len() < FARTHEST {
                all.push(wait);
            }
        }
        for through in through {
            found.add_through(&through);
        }
        found
    }

    /// What a function does by calling another one, or by standing in the block of that.
    fn add_through(&mut self, through: &Through<'_>) {
        let (function, how) = (through.function, through.done.how);
        let is_done = |when: When| self.comes_to(function, when, None);
        let is_on_leaving = match (self.ways.yields(function), through.is_block) {
            (Some(block), true) if block < how.when.at => {
                match self.ways.is_on_the_way_out(function, block, how.when.at) {
                    true => true,
                    false => return,
                }
            }
            _ if is_done(how.when) => false,
            _ => return,
        };
        let when = When {
            at: through.call,
            is_on_leaving,
        };
        self.add(Some(through.by), through.object.clone(), How { when, ..how });
    }

    fn add(&mut self, by: Option<FunctionId>, object: String, how: How) {
        let all = self.done.entry((by, object)).or_default();
        if all.len() < FARTHEST && !all.contains(&how) {
            all.push(how);
        }
    }

    /// Whether the function that waits for an object in the statement at this byte offset also feeds that, or has started what
    /// does, whatever that waits for itself; also where the object has no name of its own.
    pub(super) fn feeds(&self, object: &Expr, function: Option<FunctionId>, statement: usize) -> bool {
        let Expr::Name(name) = object else { return true };
        self.does(function, &name.id, FEEDS, true) || self.is_ended(function, &name.id, FEEDS, statement)
    }

    /// Whether what `function` has started at this byte offset calls one of these methods of the object, and waits for nothing
    /// else that hands messages on, but under a deadline that leads to that. So may who has started it, and what that starts beside it.
    pub(in crate::python) fn is_ended(
        &self,
        function: Option<FunctionId>,
        object: &str,
        methods: &[&str],
        at: usize,
    ) -> bool {
        let started = |by| self.started.get(&by).into_iter().flatten().take(FARTHEST);
        let ends = |run: &Run| function != Some(run.function) && self.does_in_time(run, object, methods);
        let starters = function.and_then(|function| self.starters.get(&function));
        let mut starters = starters.into_iter().flatten().take(FARTHEST).copied();
        self.does(function, object, methods, false)
            || started(function).filter(|run| run.statement <= at).any(ends)
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
            done.any(|how| (itself || how.is_later) && methods.contains(&how.method))
        })
    }

    /// Whether a function that is started does so, whatever it waits for, that object aside.
    fn does_in_time(&self, run: &Run, object: &str, methods: &[&str]) -> bool {
        let given = run.given.iter().filter(|(_, given)| given == object);
        let mut names = given.map(|(name, _)| name.as_str()).chain([object]);
        names.any(|name| self.is_done_by(run.function, name, methods))
    }

    /// Whether a function does so to what it calls `object`, whatever it waits for, that object aside.
    pub(in crate::python) fn is_done_by(&self, function: FunctionId, object: &str, methods: &[&str]) -> bool {
        let done = self.done.get(&(Some(function), object.to_owned()));
        let mut done = done.into_iter().flatten();
        done.any(|how| methods.contains(&how.method) && self.comes_to(function, how.when, Some(object)))
    }

    /// Whether a function comes to what it does at a place, whatever it waits for.
    pub(in crate::python) fn comes_to_place(&self, function: FunctionId, at: TextSize) -> bool {
        let is_on_leaving = false;
        self.comes_to(function, When { at, is_on_leaving }, None)
    }

    /// The same, what it waits for on `object` aside.
    fn comes_to(&self, function: FunctionId, when: When, object: Option<&str>) -> bool {
        let waits = self.waiting.get(&function).into_iter().flatten();
        let mut others = waits.filter(|wait| object.is_none() || wait.object.as_deref() != object);
        others.all(|wait| self.ways.is_done_despite(function, when, wait))
    }
}
