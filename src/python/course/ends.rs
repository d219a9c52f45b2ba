//! What ends a loop from within: a count, the clock, or a deadline that raises.

use foldhash::HashSet;
use ruff_python_ast::{CmpOp, ExceptHandler, Expr, ExprCall, Operator, Stmt, StmtIf, UnaryOp};
use ruff_text_size::Ranged;

use super::builder::{Builder, is_name};
use super::stops::Asking;
use crate::python::syntax::clauses::catches_timeouts;
use crate::python::syntax::dotted::{dotted, last_name};
use crate::python::syntax::nodes::{Node, Scope, expressions_in, nodes_in, statements_in};
use crate::python::testing::test_functions::skips;
use crate::python::values::clock_questions::{asks, is_by_order, is_clock, tells_the_rest};

/// What ends a loop by counting, as far as it was looked for.
pub(super) struct Ends<'a, 'b, 's> {
    builder: &'b Builder<'a, 's>,
    /// What the loop counts up or down, or takes something out of.
    counted: HashSet<String>,
    /// What it gets from `next`, which may be nothing.
    next: HashSet<String>,
    /// What it says of a clock, which is nothing, or true, once time is over.
    rest: HashSet<String>,
    /// Something is compared by order, or counts down.
    pub(super) is_bounded: bool,
    /// Under such a condition the loop is left.
    pub(super) leaves: bool,
    /// A deadline in it raises where nothing comes in time.
    pub(super) times_out: bool,
    /// What it raises is caught, and the loop goes on.
    pub(super) goes_on: bool,
}

impl<'a, 'b, 's> Ends<'a, 'b, 's> {
    /// Nothing, of a loop with this body; `counter` is what its head counts.
    pub(super) fn of(body: &[Stmt], counter: Option<&Expr>, builder: &'b Builder<'a, 's>) -> Self {
        let counted = nodes_in(body, Scope::OwnAndLambdas).filter_map(|node| match node {
            Node::Statement(Stmt::AugAssign(assign)) if matches!(assign.op, Operator::Add | Operator::Sub) => {
                dotted(&assign.target)
            }
            Node::Expr(Expr::Call(call)) => taken_out_of(call),
            _ => None,
        });
        let next = statements_in(body, Scope::OwnAndLambdas).filter_map(|statement| match statement {
            Stmt::Assign(assign) if gives_next(&assign.value) => assign.targets.first().and_then(dotted),
            _ => None,
        });
        let rest = statements_in(body, Scope::OwnAndLambdas).filter_map(|statement| match statement {
            Stmt::Assign(assign) if tells_the_rest(&assign.value) => assign.targets.first().and_then(dotted),
            _ => None,
        });
        Self {
            builder,
            counted: counted.chain(counter.and_then(dotted)).collect(),
            next: next.collect(),
            rest: rest.collect(),
            is_bounded: false,
            leaves: false,
            times_out: false,
            goes_on: false,
        }
    }

    pub(super) fn look_at(&mut self, node: Node<'a>) {
        match node {
            Node::Statement(Stmt::If(choice)) => {
                self.leaves |= self.is_asked(&choice.test) && self.is_left(choice) || self.is_told(choice);
            }
            Node::Statement(Stmt::Assert(assert)) => self.leaves |= self.asks_for_an_end(&assert.test),
            Node::Statement(Stmt::Try(try_)) => {
                self.goes_on |= try_.handlers.iter().any(|ExceptHandler::ExceptHandler(handler)| {
                    catches_timeouts(handler.type_.as_deref()) && !handler.body.last().is_some_and(leaves)
                });
            }
            // One that raises once time is over.
            Node::Statement(Stmt::Expr(bare)) => self.times_out |= self.tells_time(called(&bare.value), true),
            Node::Expr(Expr::Call(call)) => match last_name(&call.func).unwrap_or_default() {
                "wait_for" | "timeout" | "timeout_at" | "fail_after" | "fail_at" => self.times_out = true,
                "suppress" => self.goes_on |= call.arguments.args.iter().any(|caught| catches_timeouts(Some(caught))),
                _ => {}
            },
            Node::Expr(expr) => self.is_bounded |= is_by_order(expr),
            _ => {}
        }
    }

    /// Whether a choice leaves the loop for a flag that something else sets.
    fn is_told(&self, choice: &'a StmtIf) -> bool {
        let asking = Asking {
            place: choice.start(),
            within: true,
        };
        choice.body.last().is_some_and(leaves) && self.builder.may_become(&choice.test, true, asking)
    }

    /// Whether a suite of a choice leaves the loop, or fails the test.
    fn is_left(&self, choice: &StmtIf) -> bool {
        let others = choice.elif_else_clauses.iter().map(|clause| &*clause.body);
        let ends = |statement: &Stmt| leaves(statement) || skips(statement, self.builder.all.lengths.names);
        [&*choice.body].into_iter().chain(others).flatten().any(ends)
    }

    /// Whether a condition compares by order, or asks how far the loop has counted.
    fn is_asked(&self, test: &Expr) -> bool {
        // Somebody else says whether that is enough: `policy.allows(attempt)`.
        let is_told = |expr: &Expr| {
            let call = expr.as_call_expr();
            call.is_some_and(|call| call.arguments.args.iter().any(|given| self.is_counted(given)))
        };
        expressions_in(test, Scope::OwnAndLambdas)
            .any(|expr| self.asks_by_order(expr) || self.asks_for_a_count(expr) || is_told(expr))
    }

    /// Whether a condition compares what the loop counts, or the clock, by order: what a message says ends no loop for certain.
    fn asks_for_an_end(&self, test: &Expr) -> bool {
        let ends = |expr: &Expr| is_clock(expr) || self.is_counted(expr);
        let by_order = |expr: &Expr| is_by_order(expr) && expressions_in(expr, Scope::OwnAndLambdas).any(ends);
        let ends = |expr: &Expr| by_order(expr) || self.tells_time(expr, false) || self.asks_for_a_count(expr);
        expressions_in(test, Scope::OwnAndLambdas).any(ends)
    }

    /// `now > end`, `timer.expired`, `rest` behind `rest = max(0, end - time.monotonic())`.
    fn asks_by_order(&self, expr: &Expr) -> bool {
        let is_rest = || !self.rest.is_empty() && dotted(expr).is_some_and(|name| self.rest.contains(&name));
        is_by_order(expr) || is_rest() || self.tells_time(expr, false)
    }

    /// Whether somebody else compares a clock for an expression, or raises once time is over: an object of the project, a function of it.
    pub(super) fn tells_time(&self, expr: &Expr, raises: bool) -> bool {
        let all = self.builder.all;
        matches!(expr, Expr::Call(_) | Expr::Attribute(_))
            && asks(expr, all.lengths.names, all.functions.clocks(all.lengths.names), raises)
    }

    /// `attempts == 5`, `not left`, `delay is None` behind `delay = next(delays, None)`.
    fn asks_for_a_count(&self, expr: &Expr) -> bool {
        let is_next = |expr: &Expr| dotted(expr).is_some_and(|name| self.next.contains(&name));
        match expr {
            Expr::Compare(compare) if matches!(&*compare.ops, [CmpOp::Is | CmpOp::IsNot]) => is_next(&compare.left),
            Expr::Compare(compare) if matches!(&*compare.ops, [CmpOp::Eq | CmpOp::NotEq]) => {
                self.is_counted(&compare.left) || compare.comparators.iter().any(|other| self.is_counted(other))
            }
            Expr::UnaryOp(not) => not.op == UnaryOp::Not && (self.is_counted(&not.operand) || is_next(&not.operand)),
            _ => false,
        }
    }

    fn is_counted(&self, expr: &Expr) -> bool {
        !self.counted.is_empty() && dotted(expr).is_some_and(|name| self.counted.contains(&name))
    }
}

/// What a statement calls, awaited or not.
fn called(expr: &Expr) -> &Expr {
    expr.as_await_expr().map_or(expr, |awaited| &awaited.value)
}

/// What a call takes an element out of: `left.pop(0)`.
fn taken_out_of(call: &ExprCall) -> Option<String> {
    let method = call.func.as_attribute_expr()?;
    matches!(method.attr.as_str(), "pop" | "popleft" | "popitem").then(|| dotted(&method.value))?
}

/// `next(delays, None)`
fn gives_next(expr: &Expr) -> bool {
    let call = expr.as_call_expr().filter(|call| call.arguments.args.len() == 2);
    call.is_some_and(|call| is_name(&call.func, "next"))
}

pub(super) fn leaves(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Break(_) | Stmt::Return(_) | Stmt::Raise(_))
}
