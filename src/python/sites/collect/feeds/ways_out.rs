//! Where the code of a function goes on when a deadline has ended a wait in it.
//!
//! Executed with Python 3.11.7 and websockets 15.0.1: a task that reads under `asyncio.timeout(1)`, and sets an event in `finally`,
//! sets it after 1 s.

use foldhash::HashMap;
use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtTry, StmtWith};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::python::names::FunctionId;
use crate::python::sites::collect::inside::FARTHEST;
use crate::python::syntax::clauses::catches_timeouts;
use crate::python::syntax::dotted::last_name;
use crate::python::syntax::leaving::leaves;

/// The loops of functions, and what these run on the way out of something.
#[derive(Debug, Default)]
pub(in crate::python::sites::collect) struct WaysOut(HashMap<FunctionId, Ways>);

#[derive(Debug, Default)]
struct Ways {
    loops: Vec<TextRange>,
    ways: Vec<Way>,
    /// Where a deadline that fires is caught, and what stands behind goes on.
    swallowing: Vec<TextRange>,
    /// Where the first `yield` stands.
    yields: Option<TextSize>,
}

/// What is run once something is left.
#[derive(Debug)]
struct Way {
    from: TextRange,
    to: TextRange,
    /// Only where the deadline is made in it: what one outside does to it is nothing that is caught.
    is_of_own_deadline: bool,
}

/// A wait of a function.
#[derive(Debug)]
pub(in crate::python::sites::collect) struct Wait {
    /// What it waits on; none has no name.
    pub(in crate::python::sites::collect) object: Option<String>,
    pub(in crate::python::sites::collect) at: TextSize,
    /// Where the deadlines around it are made.
    pub(in crate::python::sites::collect) deadlines: Vec<TextSize>,
}

/// When a function does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct When {
    pub(super) at: TextSize,
    /// It is done when something is left that is entered there.
    pub(super) is_on_leaving: bool,
}

impl WaysOut {
    /// Takes note of what a statement of a function says.
    pub(in crate::python::sites::collect) fn note(&mut self, function: Option<FunctionId>, statement: &Stmt) {
        let Some(function) = function else { return };
        let ways = match statement {
            Stmt::While(_) | Stmt::For(_) | Stmt::Try(_) | Stmt::With(_) => self.0.entry(function).or_default(),
            _ => return,
        };
        match statement {
            Stmt::Try(attempt) => ways.attempt(attempt),
            Stmt::With(with) => ways.block(with),
            _ => ways.loops.push(statement.range()),
        }
    }

    /// Takes note of a `yield` of a function.
    pub(in crate::python::sites::collect) fn note_yield(&mut self, function: FunctionId, at: TextSize) {
        self.0.entry(function).or_default().yields.get_or_insert(at);
    }

    /// Where the first `yield` of a function stands.
    pub(super) fn yields(&self, function: FunctionId) -> Option<TextSize> {
        self.0.get(&function)?.yields
    }

    /// Whether what a function does is done in time, whatever `wait` of it waits for.
    pub(super) fn is_done_despite(&self, function: FunctionId, when: When, wait: &Wait) -> bool {
        let ways = self.0.get(&function);
        let is_before = when.at < wait.at;
        if is_before && !when.is_on_leaving {
            let mut loops = ways.into_iter().flat_map(|ways| &ways.loops).take(FARTHEST);
            return !loops.any(|round| round.contains(when.at) && round.contains(wait.at));
        }
        let leads = || ways.is_some_and(|ways| ways.lead(wait, when.at));
        !wait.deadlines.is_empty() && (is_before || leads())
    }

    /// Whether a function does something on the way out of what it stands in at `from`.
    pub(super) fn is_on_the_way_out(&self, function: FunctionId, from: TextSize, at: TextSize) -> bool {
        let ways = self.0.get(&function).into_iter().flat_map(|ways| &ways.ways);
        let mut ways = ways.take(FARTHEST).filter(|way| !way.is_of_own_deadline);
        ways.any(|way| way.from.contains(from) && way.to.contains(at))
    }
}

impl Ways {
    fn attempt(&mut self, attempt: &StmtTry) {
        let Some(tried) = range_of(&attempt.body) else { return };
        if let Some(to) = range_of(&attempt.finalbody) {
            self.ways.push(Way {
                from: TextRange::new(tried.start(), to.start()),
                to,
                is_of_own_deadline: false,
            });
        }
        for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
            if catches_timeouts(handler.type_.as_deref()) {
                let last = handler.body.last();
                self.caught(tried, handler.range(), last, handler.type_.is_some());
            }
        }
    }

    /// `suppress(TimeoutError)`, `move_on_after(5)`: what stands behind goes on.
    fn block(&mut self, with: &StmtWith) {
        let goes_on = |manager: &Expr| {
            let call = manager.as_call_expr();
            call.is_some_and(|call| match last_name(&call.func) {
                Some("suppress") => call.arguments.args.iter().any(|caught| catches_timeouts(Some(caught))),
                Some("move_on_after" | "move_on_at") => true,
                _ => false,
            })
        };
        if with.items.iter().any(|item| goes_on(&item.context_expr)) {
            self.caught(with.range(), TextRange::empty(with.end()), None, true);
        }
    }

    /// What a deadline does in `tried` is caught by what stands at `to` and ends with `last`, and goes on behind that unless it leaves.
    fn caught(&mut self, tried: TextRange, to: TextRange, last: Option<&Stmt>, is_of_own_deadline: bool) {
        let is_left = last.is_some_and(leaves);
        let end = if is_left { to.end() } else { TextSize::new(u32::MAX) };
        self.ways.push(Way {
            from: tried,
            to: TextRange::new(to.start(), end),
            is_of_own_deadline,
        });
        if !is_left || last.is_some_and(Stmt::is_continue_stmt) {
            self.swallowing.push(tried);
        }
    }

    /// Whether the deadline of a wait leads to `at`.
    fn lead(&self, wait: &Wait, at: TextSize) -> bool {
        let leads = |way: &Way| {
            let is_own = |deadline: &TextSize| way.from.contains(*deadline);
            way.from.contains(wait.at)
                && way.to.contains(at)
                && (!way.is_of_own_deadline || wait.deadlines.iter().any(is_own))
                && !self.goes_round(way.from, wait)
        };
        self.ways.iter().take(FARTHEST).any(leads)
    }

    /// Whether each deadline of a wait is caught within `tried`, and a loop there waits anew.
    fn goes_round(&self, tried: TextRange, wait: &Wait) -> bool {
        let mut caught = self.swallowing.iter().take(FARTHEST).filter(|caught| {
            let is_caught = |deadline: &TextSize| caught.contains(*deadline);
            tried.contains_range(**caught) && caught.contains(wait.at) && wait.deadlines.iter().all(is_caught)
        });
        caught.any(|caught| {
            let mut loops = self.loops.iter().take(FARTHEST);
            loops.any(|round| tried.contains_range(*round) && round.contains_range(*caught))
        })
    }
}

fn range_of(body: &[Stmt]) -> Option<TextRange> {
    Some(TextRange::new(body.first()?.start(), body.last()?.end()))
}
