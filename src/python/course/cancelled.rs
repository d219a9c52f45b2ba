//! What cancels the tasks that the variables of a function keep: who waits for one afterwards only waits for what it does on the way
//! out.

use foldhash::HashMap;
use ruff_python_ast::visitor::{Visitor, walk_body, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprName, Stmt, StmtFor, StmtFunctionDef, UnaryOp};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::python::deadlines::timers::{cancelled_by, timer};

/// What cancels a task, for who waits for it at some place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cancelled<'a> {
    /// It was cancelled before.
    Before,
    /// It was in a branch before.
    Perhaps,
    /// A timer of the event loop does it after so long.
    After(&'a Expr),
}

/// All that a function cancels by the names of its variables.
#[derive(Default)]
pub(super) struct Cancellations<'a> {
    /// When a timer does.
    timers: HashMap<&'a str, &'a Expr>,
    /// Where `task.cancel()` stands, or a loop that does it to each, up to the end of the suite around.
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

#[derive(Default)]
struct Search<'a> {
    /// The functions in the function so far.
    functions: HashMap<&'a str, &'a StmtFunctionDef>,
    found: Cancellations<'a>,
}

impl<'a> Search<'a> {
    fn cancels(&mut self, name: &'a str, at: TextSize, end: TextSize) {
        let calls = self.found.calls.entry(name).or_default();
        calls.push(TextRange::new(at, end));
    }
}

impl<'a> Visitor<'a> for Search<'a> {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        let end = body.last().map(Ranged::end).unwrap_or_default();
        for statement in body {
            if let Some(name) = cancels(statement) {
                self.cancels(name, statement.start(), end);
            }
        }
        walk_body(self, body);
    }

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        // What a function in it cancels, it does when it is called.
        match statement {
            Stmt::FunctionDef(function) => _ = self.functions.insert(function.name.as_str(), function),
            Stmt::ClassDef(_) => {}
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
            cancels(only).filter(|name| asks_whether_done(&choice.test, name))
        }
        Stmt::For(each) => of_each(each),
        _ => None,
    }
}

fn of_each(each: &StmtFor) -> Option<&str> {
    let [only] = &*each.body else { return None };
    let one = each.target.as_name_expr()?.id.as_str();
    let all = each.iter.as_name_expr()?.id.as_str();
    (cancels(only)? == one && each.orelse.is_empty()).then_some(all)
}

/// `not task.done()`.
fn asks_whether_done(test: &Expr, task: &str) -> bool {
    let asked = test.as_unary_op_expr().filter(|negation| negation.op == UnaryOp::Not);
    let method = asked.and_then(|negation| negation.operand.as_call_expr()?.func.as_attribute_expr());
    method.is_some_and(|method| {
        let owner = method.value.as_name_expr();
        method.attr.as_str() == "done" && owner.is_some_and(|owner| owner.id.as_str() == task)
    })
}
