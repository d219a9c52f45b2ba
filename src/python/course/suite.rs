//! What a suite of statements waits for, and the deadlines that one of them sets for those behind it.

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::builder::{Builder, is_name, uses};
use super::limits::Limit;
use crate::python::deadlines::stacked;
use crate::python::deadlines::timers::{Timer, any_timer, cancelled_by};
use crate::python::syntax::dotted::dotted;
use crate::python::syntax::leaving::leaves;
use crate::python::syntax::nodes::{Scope, statements_in};
use crate::python::testing::test_functions::skips;
use crate::sites::{Bound, Course, Length};

/// In one suite so many timers and deadlines of exit stacks are looked at.
const MOST_TIMERS: usize = 8;

impl<'a> Builder<'a, '_> {
    pub(super) fn suite(&self, body: &'a [Stmt]) -> Course {
        let body = self.reached(body);
        let mut courses: Vec<Course> = body.iter().map(|statement| self.statement(statement)).collect();
        let timers = body.iter().enumerate().filter_map(|(index, statement)| {
            let rest = body.get(index + 1..).unwrap_or_default();
            if let Some((limit, stack)) = self.deadline_of_a_stack(statement, rest) {
                let unwinds = |statement: &Stmt| stack.as_ref().is_some_and(|stack| is_unwound(statement, stack));
                let end = rest.iter().position(unwinds).map_or(body.len(), |at| index + 2 + at);
                return Some((index + 1, end, limit));
            }
            if let Some((limit, object)) = self.set_by(statement) {
                let lifted = rest.iter().position(|statement| self.lifts(statement, object));
                let end = lifted.map_or(body.len(), |at| index + 2 + at);
                return Some((index + 1, end, limit));
            }
            let (limit, handle, timer) = self.timer_of_this_task(statement)?;
            let lifts = |statement: &Stmt| {
                handle.is_some_and(|handle| is_cancelled(statement, handle)) || self.calls_off(&timer, statement)
            };
            let limit = match self.may_be_called_off(&timer, rest) {
                true => Limit {
                    bound: Length::Is(Bound::Unknown),
                    ..limit
                },
                false => limit,
            };
            let end = rest.iter().position(lifts).map_or(body.len(), |at| index + 2 + at);
            Some((index + 1, end, limit))
        });
        for (start, end, limit) in timers.take(MOST_TIMERS).collect::<Vec<_>>().into_iter().rev() {
            let covered = courses.get_mut(start..end).unwrap_or_default();
            let inner = Course::sequence(covered.iter_mut().map(std::mem::take));
            if let Some(first) = covered.first_mut() {
                *first = limit.over(inner);
            }
        }
        self.guarded_suite(body, &mut courses);
        self.left_suite(body, &mut courses);
        self.beside_tasks(body, &mut courses);
        Course::sequence(courses)
    }

    /// The statements of a suite up to the one behind which nothing runs.
    fn reached(&self, body: &'a [Stmt]) -> &'a [Stmt] {
        let ends = |statement: &Stmt| leaves(statement) || skips(statement, self.all.lengths.names);
        let end = body.iter().position(ends).map_or(body.len(), |last| last + 1);
        body.get(..end).unwrap_or(body)
    }

    /// The deadline that a statement sets for the rest of its suite through an exit stack, and the name of that.
    fn deadline_of_a_stack(&self, statement: &'a Stmt, rest: &[Stmt]) -> Option<(Limit, Option<String>)> {
        let (value, target) = match statement {
            Stmt::Expr(bare) => (&*bare.value, None),
            Stmt::Assign(assign) => match &*assign.targets {
                [target @ Expr::Name(_)] => (&*assign.value, Some(target)),
                _ => return None,
            },
            _ => return None,
        };
        let (call, is_awaited) = match value {
            Expr::Await(awaited) => (awaited.value.as_call_expr()?, true),
            Expr::Call(call) => (call, false),
            _ => return None,
        };
        let (manager, _) = stacked(call, is_awaited)?;
        let limit = self.deadline(manager, target, rest)?;
        Some((limit, dotted(&call.func.as_attribute_expr()?.value)))
    }

    /// The deadline that a statement sets for the rest of its suite by a timer that cancels the task that runs it, with the
    /// name of the timer and itself.
    fn timer_of_this_task(&self, statement: &'a Stmt) -> Option<(Limit, Option<&'a str>, Timer<'a>)> {
        let (call, handle) = match statement {
            Stmt::Expr(bare) => (bare.value.as_call_expr()?, None),
            Stmt::Assign(assign) => {
                let [Expr::Name(name)] = &*assign.targets else {
                    return None;
                };
                (assign.value.as_call_expr()?, Some(name.id.as_str()))
            }
            _ => return None,
        };
        let timer = any_timer(call, self.all.lengths.variables)?;
        let handle = handle.or(timer.kept_in.map(Name::as_str));
        timer.of_this_task(self.all.lengths.variables)?;
        let length = self.all.lengths.limit(timer.unit, timer.delay, self.locals);
        let limit = Limit {
            by: self.all.shown(call.range()),
            bound: length,
            is_level: false,
            ends_all: timer.ends_all(),
        };
        Some((limit, handle, timer))
    }

    /// Whether a statement is the call that calls a timer off.
    fn calls_off(&self, timer: &Timer<'_>, statement: &Stmt) -> bool {
        let call = statement.as_expr_stmt().and_then(|bare| bare.value.as_call_expr());
        call.is_some_and(|call| timer.is_called_off_by(call, self.all.lengths.names))
    }

    /// Whether a timer is called off somewhere within these statements, and not on their way out.
    fn may_be_called_off(&self, timer: &Timer<'_>, rest: &[Stmt]) -> bool {
        let calls_off = |body: &[Stmt]| statements_in(body, Scope::Own).any(|inner| self.calls_off(timer, inner));
        rest.iter().any(|statement| match statement {
            Stmt::Expr(_) => false,
            Stmt::Try(attempt) => calls_off(&attempt.body) || calls_off(&attempt.orelse),
            other => calls_off(std::slice::from_ref(other)),
        })
    }
}

/// Whether a statement closes the exit stack of this name, and nothing else: one in a branch is for that branch.
fn is_unwound(statement: &Stmt, stack: &str) -> bool {
    let Stmt::Expr(bare) = statement else {
        return false;
    };
    let call = match &*bare.value {
        Expr::Await(awaited) => &awaited.value,
        other => other,
    };
    let closes = |method: &ast::ExprAttribute| {
        matches!(method.attr.as_str(), "aclose" | "close") && dotted(&method.value).as_deref() == Some(stack)
    };
    call.as_call_expr()
        .and_then(|call| call.func.as_attribute_expr())
        .is_some_and(closes)
}

/// Whether a statement cancels the timer of this name.
fn is_cancelled(statement: &Stmt, handle: &str) -> bool {
    uses(std::slice::from_ref(statement), &|expr| {
        cancelled_by(expr).is_some_and(|cancelled| is_name(cancelled, handle))
    })
}
