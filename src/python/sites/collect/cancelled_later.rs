//! What cancels a task after so long: a timer, or the code that has slept meanwhile.

use ruff_python_ast::visitor::{Visitor, walk_body};
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::Collector;
use crate::python::deadlines::around::Around;
use crate::python::deadlines::timers::{cancelled_by, timer};
use crate::python::deadlines::{deadline, setter};
use crate::python::syntax::done_tasks::not_done;
use crate::python::syntax::nodes::{Node, Scope, expressions_in, nodes_in};
use crate::python::values::bounds::deadline_bound;
use crate::sites::{Bound, Deadline};

impl<'a> Collector<'a> {
    /// What ends the task of this name in time, which is read as its `cancel`: a timer that is given it
    /// (`loop.call_later(5, task.cancel)`), or who sleeps in front of the call.
    pub(super) fn cancelled_later(&self, task: &str) -> Option<Around> {
        let (method, outside) = self.parents.split_last()?;
        cancelled_by(method)?;
        let mut calls = outside.iter().rev().filter_map(|parent| parent.as_call_expr());
        let deadline = match calls.find_map(timer) {
            Some(timer) => timer.deadline(self.variables),
            None => self.slept_through(task),
        };
        deadline.map(Around::Deadline)
    }

    /// What is waited for between the start of a task and the statement that cancels it, unless it is done: `await asyncio.sleep(5)`, or,
    /// where it stands in a `finally`, whatever gives up in time. Nothing else is waited for meanwhile.
    fn slept_through(&self, task: &str) -> Option<Deadline> {
        let mut search = Suite {
            cancel: self.statement.start,
            task,
            found: None,
        };
        search.visit_body(&self.options.module().body);
        let is_start = |statement: &Stmt| match statement {
            Stmt::Assign(assign) => matches!(&*assign.targets, [Expr::Name(name)] if name.id == *task),
            _ => false,
        };
        let Before { suite, tried } = search.found?;
        let mut slept: Option<(TextRange, f64)> = None;
        for (statement, is_tried) in tried
            .iter()
            .map(|statement| (statement, true))
            .chain(suite.iter().rev().map(|statement| (statement, false)))
        {
            if is_start(statement) {
                let (range, seconds) = slept?;
                return Some(deadline(
                    range,
                    "asyncio.Task.cancel".to_owned(),
                    Bound::Seconds(seconds),
                ));
            }
            let ends = self
                .sleeps(statement)
                .or_else(|| self.gives_up(statement).filter(|_| is_tried));
            match (ends, slept) {
                (Some((range, seconds)), before) => {
                    slept = Some((range, seconds + before.map_or(0.0, |(_, more)| more)))
                }
                (None, _) if may_wait(statement) => return None,
                (None, _) => {}
            }
        }
        None
    }

    /// How long a statement sleeps that does nothing else.
    fn sleeps(&self, statement: &Stmt) -> Option<(TextRange, f64)> {
        let call = statement.as_expr_stmt()?.value.as_await_expr()?.value.as_call_expr()?;
        let length = call.arguments.args.first()?;
        let sleeps = self.names.resolve(&call.func) == Some("asyncio.sleep");
        match deadline_bound(length, self.variables) {
            Bound::Seconds(seconds) if sleeps => Some((call.range(), seconds)),
            _ => None,
        }
    }

    /// After how long a statement that waits for one thing under a deadline goes on, or raises.
    fn gives_up(&self, statement: &Stmt) -> Option<(TextRange, f64)> {
        let call = match statement {
            Stmt::Expr(bare) => bare.value.as_await_expr()?.value.as_call_expr(),
            Stmt::Assign(assign) => assign.value.as_await_expr()?.value.as_call_expr(),
            Stmt::With(with) => match &*with.items {
                [item] => item.context_expr.as_call_expr(),
                _ => None,
            },
            _ => None,
        }?;
        let mut given = call.arguments.iter_source_order().map(|argument| argument.value());
        let waits_first = given.any(|value| expressions_in(value, Scope::Own).any(Expr::is_await_expr));
        let set = setter(call, self.names).filter(|set| set.misfit.is_none() && !waits_first)?;
        match set.unit.bound(set.limit?, self.variables) {
            Bound::Seconds(seconds) => Some((call.range(), seconds)),
            _ => None,
        }
    }
}

/// Looks for what stands in front of the statement that cancels a task, in the same suite.
struct Suite<'a, 's> {
    /// Where the statement begins whose call cancels it.
    cancel: usize,
    task: &'s str,
    found: Option<Before<'a>>,
}

/// What is done before a task is cancelled: the statements in front in the suite, and behind them what a `try` holds.
#[derive(Clone, Copy)]
struct Before<'a> {
    suite: &'a [Stmt],
    tried: &'a [Stmt],
}

impl<'a> Visitor<'a> for Suite<'a, '_> {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        let begins = |statement: &Stmt| statement.start().to_usize() == self.cancel;
        let cancels = |statement: &Stmt| match statement {
            Stmt::If(choice) => not_done(&choice.test) == Some(self.task) && choice.body.first().is_some_and(begins),
            bare => begins(bare),
        };
        let mut suites = body.iter().enumerate().map(|(at, statement)| match statement {
            _ if cancels(statement) => Some((at, &[][..])),
            // What is caught may take as long as it likes, and the rest of the block comes behind what fails.
            Stmt::Try(attempt) if attempt.handlers.is_empty() && attempt.orelse.is_empty() => {
                let behind = attempt.finalbody.iter().position(cancels)?;
                let waits_before = attempt.finalbody.iter().take(behind).any(may_wait);
                (!waits_before).then_some((at, &*attempt.body))
            }
            _ => None,
        });
        if let Some((at, tried)) = suites.find_map(|found| found) {
            self.found = body.get(..at).map(|suite| Before { suite, tried });
        } else if self.found.is_none() {
            walk_body(self, body);
        }
    }

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let range = statement.range();
        if range.start().to_usize() <= self.cancel && self.cancel < range.end().to_usize() {
            ruff_python_ast::visitor::walk_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}

/// Whether a statement may wait for anything.
fn may_wait(statement: &Stmt) -> bool {
    let mut nodes = nodes_in(std::slice::from_ref(statement), Scope::Own);
    nodes.any(|node| match node {
        Node::Expr(expr) => matches!(expr, Expr::Await(_) | Expr::Yield(_) | Expr::YieldFrom(_)),
        Node::Statement(Stmt::For(each)) => each.is_async,
        Node::Statement(Stmt::With(with)) => with.is_async,
        _ => false,
    })
}
