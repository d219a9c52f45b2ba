//! Loops that go round until a task, or a thread, is done: they last as long as that, and one round more.

use ruff_python_ast::{BoolOp, Comprehension, Expr, ExprCall, ExprGenerator, UnaryOp};

use super::builder::{Builder, is_name, together};
use crate::python::names::Value;
use crate::sites::Course;

/// So many values of one condition are looked at.
const MOST: usize = 8;

impl<'a> Builder<'a, '_> {
    /// What a loop waits for that goes on as long as `test` holds, where that asks whether something runs still.
    pub(super) fn until_done(&self, test: &'a Expr) -> Option<Course> {
        match test {
            Expr::UnaryOp(not) if not.op == UnaryOp::Not => self.done(&not.operand, None),
            Expr::Call(call) => self.running(call),
            // One of them ends the loop.
            Expr::BoolOp(both) if both.op == BoolOp::And => {
                both.values.iter().take(MOST).find_map(|value| self.until_done(value))
            }
            _ => None,
        }
    }

    /// `thread.is_alive()`, `any(not task.done() for task in tasks)`.
    fn running(&self, call: &'a ExprCall) -> Option<Course> {
        if let Some(generator) = asked_of_each(call, "any") {
            let not = generator.elt.as_unary_op_expr().filter(|not| not.op == UnaryOp::Not)?;
            return self.done(&not.operand, generator.generators.first());
        }
        // A thread runs it: this one does not go on while it runs one itself.
        if asked(call, "is_running") && self.is_event_loop(&call.func.as_attribute_expr()?.value) {
            return Some(self.unseen(&call.func));
        }
        asked(call, "is_alive").then(|| self.joined(&call.func).unwrap_or_else(|| self.unseen(&call.func)))
    }

    fn is_event_loop(&self, expr: &Expr) -> bool {
        let is_one = |value: &Value| match value {
            Value::Outcome(path) => {
                path.starts_with("asyncio.") && path.to_ascii_lowercase().replace('_', "").ends_with("eventloop")
            }
            _ => false,
        };
        self.all.lengths.names.values(expr).iter().any(is_one)
    }

    /// `task.done()`, `all(task.done() for task in tasks)`; of the element of a comprehension: of all of what that goes through.
    fn done(&self, asks: &'a Expr, each: Option<&'a Comprehension>) -> Option<Course> {
        match asks {
            Expr::Call(call) if asked(call, "done") => {
                let task = &*call.func.as_attribute_expr()?.value;
                let is_element = |each: &&Comprehension| {
                    let element = each.target.as_name_expr();
                    element.is_some_and(|element| is_name(task, &element.id))
                };
                Some(match each {
                    Some(each) => self.all_of(Some(each).filter(is_element).map(|each| &each.iter)?),
                    None => self.awaited(task),
                })
            }
            Expr::Call(call) if each.is_none() => {
                let generator = asked_of_each(call, "all")?;
                self.done(&generator.elt, generator.generators.first())
            }
            Expr::BoolOp(both) if both.op == BoolOp::And && each.is_none() => {
                let all = both.values.iter().take(MOST).map(|value| self.done(value, None));
                all.collect::<Option<Vec<Course>>>().map(together)
            }
            _ => None,
        }
    }
}

/// Whether a call is one of this method, which takes nothing.
fn asked(call: &ExprCall, method: &str) -> bool {
    let called = call.func.as_attribute_expr();
    call.arguments.is_empty() && called.is_some_and(|called| called.attr.as_str() == method)
}

/// What `all(…)`, or `any(…)`, asks of each.
fn asked_of_each<'e>(call: &'e ExprCall, function: &str) -> Option<&'e ExprGenerator> {
    match &*call.arguments.args {
        [Expr::Generator(generator)] if is_name(&call.func, function) && generator.generators.len() == 1 => {
            Some(generator)
        }
        _ => None,
    }
}
