//! What the code that waits for something has put into it itself, or has let a timer or a task put in; and what it waits by that
//! it has put something else in the place of.
//!
//! Executed with Python 3.12: `call_later(1, event.set)`, a task that sleeps and sets, `task.add_done_callback(…)` and
//! `threading.Timer(1, lambda: loop.call_soon_threadsafe(future.set_result, 1))` end the wait when they are due.

use foldhash::{HashMap, HashSet};
use ruff_python_ast::{Expr, ExprAttribute, ExprCall};

use super::Collector;
use super::inside::FARTHEST;
use crate::python::names::FunctionId;
use crate::python::sites::usage::is_callee;
use crate::python::testing::stand_ins::attribute_replaced_by;

/// Methods that put something into what hands messages on.
const FEEDS: &[&str] = &["put", "put_nowait", "set", "set_result", "set_exception"];

impl<'a> Collector<'a> {
    /// `event.set`, `queue.put`: who calls it, if that is certain.
    pub(super) fn feeding(&mut self, expr: &'a Expr, attribute: &'a ExprAttribute) {
        let Expr::Name(fed) = &*attribute.value else {
            return;
        };
        if !FEEDS.contains(&attribute.attr.as_str()) {
            return;
        }
        let is_called = matches!(self.parents.last(), Some(Expr::Call(call)) if is_callee(call, expr));
        let by = match is_called && !self.inside.is_lambda {
            true => self.inside.function,
            // Whoever is given it calls it.
            false if self.is_given_to_a_start() => self.names.function_at(self.statement.start),
            false => return,
        };
        self.messages.fed.insert((by, &fed.id));
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

/// What runs beside the functions of a module.
pub(super) struct RunBeside {
    /// The functions that each of them starts, and where that statement begins.
    started: HashMap<Option<FunctionId>, Vec<(usize, FunctionId)>>,
    /// Those that may wait for messages themselves.
    waiting: HashSet<FunctionId>,
}

impl RunBeside {
    pub(super) fn of(
        started: impl Iterator<Item = (Option<FunctionId>, usize, FunctionId)>,
        waiting: impl Iterator<Item = FunctionId>,
    ) -> Self {
        let mut by_starter: HashMap<_, Vec<_>> = HashMap::default();
        for (by, statement, function) in started {
            by_starter.entry(by).or_default().push((statement, function));
        }
        Self {
            started: by_starter,
            waiting: waiting.collect(),
        }
    }

    /// What `by` has started where the statement at this byte offset begins.
    pub(super) fn started(&self, by: Option<FunctionId>, statement: usize) -> impl Iterator<Item = FunctionId> {
        let all = self.started.get(&by).into_iter().flatten().take(FARTHEST);
        all.filter(move |(at, _)| *at <= statement)
            .map(|(_, function)| *function)
    }

    /// Whether `function` may wait for a message itself.
    pub(super) fn waits(&self, function: FunctionId) -> bool {
        self.waiting.contains(&function)
    }
}
