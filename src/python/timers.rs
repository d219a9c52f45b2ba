//! Timers of an event loop that cancel a task, which ends what it waits for: `loop.call_later(3, task.cancel)`.

use ruff_python_ast::{Expr, ExprCall, ExprName, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::bounds::{absolute_bound, deadline_bound};
use super::deadlines::deadline;
use super::names::Value;
use super::variables::Variables;
use crate::sites::Deadline;

/// A call that lets the event loop call something later.
pub(super) struct Timer<'a> {
    call: &'a ExprCall,
    /// When: from now on, or as a point in time.
    pub(super) delay: &'a Expr,
    pub(super) is_absolute: bool,
    callback: &'a Expr,
}

/// `loop.call_later(delay, callback)`, `loop.call_at(when, callback)`.
pub(super) fn timer(call: &ExprCall) -> Option<Timer<'_>> {
    let is_absolute = match call.func.as_attribute_expr()?.attr.as_str() {
        "call_later" => false,
        "call_at" => true,
        _ => return None,
    };
    let [delay, callback, ..] = &*call.arguments.args else {
        return None;
    };
    Some(Timer {
        call,
        delay,
        is_absolute,
        callback,
    })
}

impl<'a> Timer<'a> {
    /// The object whose `cancel` is called: by itself, or by a lambda or a function, which run once no task is the current one.
    /// `definition` is what a name that is called is defined as.
    fn object(&self, definition: &dyn Fn(&Expr) -> Option<&'a StmtFunctionDef>) -> Option<&'a Expr> {
        match self.callback {
            Expr::Lambda(lambda) => called_on(&lambda.body).filter(|object| object.is_name_expr()),
            name @ Expr::Name(_) => {
                let function = definition(name).filter(|function| !function.is_async)?;
                let mut objects = function.body.iter().filter_map(|statement| match statement {
                    Stmt::Expr(bare) => called_on(&bare.value).filter(|object| object.is_name_expr()),
                    _ => None,
                });
                objects.next()
            }
            callback => cancelled_by(callback),
        }
    }

    /// The variable whose task it cancels.
    pub(super) fn cancelled(&self, definition: &dyn Fn(&Expr) -> Option<&'a StmtFunctionDef>) -> Option<&'a ExprName> {
        self.object(definition)?.as_name_expr()
    }

    /// The deadline that it is for the task that sets it, where it cancels that one.
    pub(super) fn of_this_task(&self, variables: &'a dyn Variables) -> Option<Deadline> {
        let names = variables.names();
        let definition = |name: &Expr| variables.definition(names.local_function(name)?);
        let object = self.object(&definition)?;
        let is_current = |value: &Value| matches!(value, Value::Outcome(path) if matches!(path.as_str(), "asyncio.current_task" | "asyncio.tasks.current_task"));
        let values = variables.names().values(object);
        if values.is_empty() || !values.iter().all(is_current) {
            return None;
        }
        self.deadline(variables)
    }

    /// The deadline that it is for the task that it cancels.
    pub(super) fn deadline(&self, variables: &dyn Variables) -> Option<Deadline> {
        let bound = match self.is_absolute {
            true => absolute_bound(self.delay, variables),
            false => deadline_bound(self.delay, variables),
        };
        let method = self.call.func.as_attribute_expr()?;
        Some(deadline(self.call.range(), format!("loop.{}", method.attr), bound))
    }
}

/// The object whose `cancel` an expression calls.
fn called_on(expr: &Expr) -> Option<&Expr> {
    cancelled_by(&expr.as_call_expr()?.func)
}

/// The object whose `cancel` an expression is.
pub(super) fn cancelled_by(expr: &Expr) -> Option<&Expr> {
    let method = expr.as_attribute_expr()?;
    (method.attr.as_str() == "cancel").then_some(&*method.value)
}
