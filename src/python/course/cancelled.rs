//! What cancels the tasks that the variables of a function keep, or ends what they wait for: who waits for one afterwards only waits
//! for what it does on the way out. And where they are known to be done.

use foldhash::HashMap;
use ruff_python_ast::visitor::{Visitor, walk_body, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprName, Stmt, StmtFor, StmtFunctionDef, StmtWith, WithItem};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::works_on::{ended_by, works_on};
use crate::python::deadlines::timers::{cancelled_by, timer};
use crate::python::syntax::done_tasks::{done, not_done};
use crate::python::syntax::dotted::dotted;
use crate::python::syntax::leaving::leaves;
use crate::python::syntax::nodes::{Scope, statements_in};

/// What cancels a task, for who waits for it at some place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cancelled<'a> {
    /// It was cancelled before, or is done.
    Before,
    /// It was in a branch before, or something has ended what it waits for.
    Perhaps,
    /// A timer of the event loop does it after so long.
    After(&'a Expr),
}

/// All that a function cancels by the names of its variables.
#[derive(Default)]
pub(super) struct Cancellations<'a> {
    /// When a timer does.
    timers: HashMap<&'a str, &'a Expr>,
    /// Where `task.cancel()` stands, or a loop that does it to each, up to the end of the suite around; and where `task.done()` holds.
    calls: HashMap<&'a str, Vec<TextRange>>,
}

impl<'a> Cancellations<'a> {
    /// Those of a function's body.
    pub(super) fn of(body: &'a [Stmt]) -> Self {
        let mut search = Search::default();
        search.visit_body(body);
        search.found
    }

    /// What cancels the task, or each of the tasks, that a variable keeps, for who waits for it there.
    pub(super) fn of_task(&self, name: &ExprName) -> Option<Cancelled<'a>> {
        let calls = self.calls.get(name.id.as_str()).map_or(&[][..], Vec::as_slice);
        let before = || calls.iter().filter(|call| call.start() < name.start());
        if before().any(|call| name.start() < call.end()) {
            return Some(Cancelled::Before);
        }
        let by_timer = self.timers.get(name.id.as_str()).map(|delay| Cancelled::After(delay));
        by_timer.or_else(|| before().next().map(|_| Cancelled::Perhaps))
    }
}

/// A function closes so many connections at most whose tasks are looked for.
const MOST_TASKS: usize = 64;

#[derive(Default)]
struct Search<'a> {
    /// The functions in the function so far.
    functions: HashMap<&'a str, &'a StmtFunctionDef>,
    /// The tasks so far, and what each was started with.
    tasks: Vec<(&'a str, &'a Expr)>,
    found: Cancellations<'a>,
}

impl<'a> Search<'a> {
    fn cancels(&mut self, name: &'a str, range: TextRange) {
        self.found.calls.entry(name).or_default().push(range);
    }

    /// What has this name is ended at `at`: so may be the tasks so far that work on it.
    fn ends(&mut self, closed: &str, at: TextSize) {
        let definition = |callee: &Expr| self.functions.get(callee.as_name_expr()?.id.as_str()).copied();
        let works = |(_, started): &&(&str, &'a Expr)| works_on(started, &[], closed, &definition);
        let ended: Vec<&str> = self.tasks.iter().filter(works).map(|(task, _)| *task).collect();
        for task in ended {
            self.cancels(task, TextRange::empty(at));
        }
    }

    /// What a statement says of tasks for the rest of its suite, which goes on up to `end`.
    fn said_by(&mut self, statement: &'a Stmt, end: TextSize) {
        let rest = TextRange::new(statement.start(), end.max(statement.start()));
        if let Some(name) = cancels(statement) {
            self.cancels(name, rest);
        }
        match statement {
            Stmt::Assert(assert) => {
                if let Some(name) = done(&assert.test) {
                    self.cancels(name, rest);
                }
            }
            Stmt::If(choice) => {
                if let (Some(name), Some(last)) = (done(&choice.test), choice.body.last()) {
                    self.cancels(name, TextRange::new(choice.test.end(), last.end()));
                }
                let is_left = choice.body.last().is_some_and(leaves) && choice.elif_else_clauses.is_empty();
                if let Some(name) = not_done(&choice.test).filter(|_| is_left) {
                    self.cancels(name, TextRange::new(choice.end(), rest.end()));
                }
            }
            _ => {}
        }
        if let Some(closed) = ended_by(statement) {
            self.ends(&closed, statement.start());
        }
        if let Stmt::Assign(assign) = statement
            && let [Expr::Name(task)] = &*assign.targets
            && let Expr::Call(call) = &*assign.value
            && let Some(started @ Expr::Call(_)) = call.arguments.args.first()
            && self.tasks.len() < MOST_TASKS
        {
            self.tasks.push((&task.id, started));
        }
    }
}

impl<'a> Visitor<'a> for Search<'a> {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        let end = body.last().map(Ranged::end).unwrap_or_default();
        for statement in body {
            self.said_by(statement, end);
        }
        walk_body(self, body);
    }

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        // What a function in it cancels, it does when it is called.
        match statement {
            Stmt::FunctionDef(function) => _ = self.functions.insert(function.name.as_str(), function),
            Stmt::ClassDef(_) => {}
            Stmt::With(with) => {
                walk_stmt(self, statement);
                for left in left_behind(with) {
                    self.ends(&left, with.end());
                }
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && let Some(timer) = timer(call)
            && let Some(task) = timer.cancelled(&|name| self.functions.get(name.as_name_expr()?.id.as_str()).copied())
        {
            self.found.timers.insert(&task.id, timer.delay);
        }
        walk_expr(self, expr);
    }
}

/// The variable whose task, or each of whose tasks, a statement cancels: `task.cancel()`, `if not task.done(): task.cancel()`,
/// `for task in tasks: task.cancel()`.
fn cancels(statement: &Stmt) -> Option<&str> {
    match statement {
        Stmt::Expr(bare) => {
            let call = bare.value.as_call_expr()?;
            Some(cancelled_by(&call.func)?.as_name_expr()?.id.as_str())
        }
        Stmt::If(choice) if choice.elif_else_clauses.is_empty() => {
            let [only] = &*choice.body else { return None };
            cancels(only).filter(|name| not_done(&choice.test) == Some(name))
        }
        Stmt::For(each) => of_each(each),
        _ => None,
    }
}

/// What is over behind a block: what it was entered for, by its name, and what an exit stack of it entered.
fn left_behind(with: &StmtWith) -> Vec<String> {
    let named = |item: &WithItem| dotted(item.optional_vars.as_deref().unwrap_or(&item.context_expr));
    let mut left: Vec<String> = with.items.iter().filter_map(named).collect();
    let entered = statements_in(&with.body, Scope::Own).filter_map(|statement| {
        let assign = statement.as_assign_stmt()?;
        let value = match &*assign.value {
            Expr::Await(awaited) => &awaited.value,
            other => other,
        };
        let method = value.as_call_expr()?.func.as_attribute_expr()?;
        let is_of_stack = method.attr.starts_with("enter") && left.contains(&dotted(&method.value)?);
        assign.targets.first().filter(|_| is_of_stack).and_then(dotted)
    });
    let entered: Vec<String> = entered.collect();
    left.extend(entered);
    left
}

fn of_each(each: &StmtFor) -> Option<&str> {
    let [only] = &*each.body else { return None };
    let one = each.target.as_name_expr()?.id.as_str();
    let all = each.iter.as_name_expr()?.id.as_str();
    (cancels(only)? == one && each.orelse.is_empty()).then_some(all)
}
