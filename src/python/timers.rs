//! Timers of an event loop that cancel a task, which ends what it waits for: `loop.call_later(3, task.cancel)`.

use ruff_python_ast::{Expr, ExprCall, ExprName};
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
    /// The object whose `cancel` is called: by itself, or by a lambda, which runs once no task is the current one.
    fn object(&self) -> Option<&'a Expr> {
        let method = match self.callback {
            Expr::Lambda(lambda) => {
                let call = lambda.body.as_call_expr()?;
                let method = call.func.as_attribute_expr()?;
                if !method.value.is_name_expr() {
                    return None;
                }
                method
            }
            callback => callback.as_attribute_expr()?,
        };
        (method.attr.as_str() == "cancel").then_some(&*method.value)
    }

    /// The variable whose task it cancels.
    pub(super) fn cancelled(&self) -> Option<&'a ExprName> {
        self.object()?.as_name_expr()
    }

    /// The deadline that it is for the task that sets it, where it cancels that one.
    pub(super) fn of_this_task(&self, variables: &dyn Variables) -> Option<Deadline> {
        let object = self.object()?;
        let is_current = |value: &Value| matches!(value, Value::Outcome(path) if matches!(path.as_str(), "asyncio.current_task" | "asyncio.tasks.current_task"));
        let values = variables.names().values(object);
        if values.is_empty() || !values.iter().all(is_current) {
            return None;
        }
        let bound = match self.is_absolute {
            true => absolute_bound(self.delay, variables),
            false => deadline_bound(self.delay, variables),
        };
        let method = self.call.func.as_attribute_expr()?;
        Some(deadline(self.call.range(), format!("loop.{}", method.attr), bound))
    }
}
