//! Timers that cancel a task, which ends what it waits for: `loop.call_later(3, task.cancel)`, and those of threads that tell a
//! loop to do so.

use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, ExprCall, ExprName, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::process_ends::{called_off, ending, ends_process, is_alarm};
use crate::python::deadlines::{LimitUnit, deadline};
use crate::python::names::{Names, Value};
use crate::python::syntax::dotted::last_name;
use crate::python::syntax::nodes::{Scope, expressions_in};
use crate::python::values::variables::Variables;
use crate::sites::Deadline;

/// A call that lets the event loop, or a thread, call something later.
pub(in crate::python) struct Timer<'a> {
    call: &'a ExprCall,
    /// As messages name what sets it.
    set_by: String,
    /// When, and what that means.
    pub(in crate::python) delay: &'a Expr,
    pub(in crate::python) unit: LimitUnit,
    then: Then<'a>,
    /// The variable that it was kept in before it was started.
    pub(in crate::python) kept_in: Option<&'a Name>,
}

/// What comes when a timer is over.
#[derive(Clone, Copy)]
enum Then<'a> {
    /// The process is over.
    End,
    /// This is called.
    Call(&'a Expr),
    /// The task that this is, is cancelled.
    Cancel(&'a Expr),
}

/// `loop.call_later(delay, callback)`, `loop.call_at(when, callback)`.
pub(in crate::python) fn timer(call: &ExprCall) -> Option<Timer<'_>> {
    let method = call.func.as_attribute_expr()?.attr.as_str();
    let unit = match method {
        "call_later" => LimitUnit::Seconds,
        "call_at" => LimitUnit::Moment,
        _ => return None,
    };
    let [delay, callback, ..] = &*call.arguments.args else {
        return None;
    };
    Some(Timer {
        call,
        set_by: format!("{LOOP}{method}"),
        delay,
        unit,
        then: Then::Call(callback),
        kept_in: None,
    })
}

/// The timer that `call` sets, of an event loop or of a thread.
pub(in crate::python) fn any_timer<'a>(call: &'a ExprCall, variables: &'a dyn Variables) -> Option<Timer<'a>> {
    timer(call)
        .or_else(|| started_timer(call, variables))
        .or_else(|| task_that_sleeps(call, variables))
        .or_else(|| Some(Timer::of_process(call, ending(call, variables.names())?)))
}

/// What the loop itself sets is named so, and its method.
const LOOP: &str = "loop.";

/// A timer of the standard library, which runs its function in a thread.
const OF_THREADS: &str = "threading.Timer";

/// What starts a task that sleeps.
const OF_TASKS: &str = "asyncio.create_task";

/// The timer that `call` starts: `threading.Timer(3, loop.call_soon_threadsafe, (task.cancel,)).start()`, or a variable of one.
fn started_timer<'a>(call: &'a ExprCall, variables: &'a dyn Variables) -> Option<Timer<'a>> {
    let method = call.func.as_attribute_expr()?;
    if method.attr.as_str() != "start" || !call.arguments.is_empty() {
        return None;
    }
    let made = variables
        .only_value(&method.value)
        .unwrap_or(&method.value)
        .as_call_expr()?;
    if variables.names().resolve(&made.func) != Some(OF_THREADS) {
        return None;
    }
    let delay = made.arguments.find_argument_value("interval", 0)?;
    let then = match made.arguments.find_argument_value("function", 1)? {
        function if ends_process(function, variables.names()) => Then::End,
        Expr::Lambda(lambda) => Then::Call(said_to_a_loop(&lambda.body).filter(|said| is_of_a_variable(said))?),
        Expr::Attribute(method) if method.attr.as_str() == FROM_A_THREAD => {
            match made.arguments.find_argument_value("args", 2)? {
                Expr::Tuple(given) => Then::Call(given.elts.first()?),
                Expr::List(given) => Then::Call(given.elts.first()?),
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(Timer {
        call: made,
        set_by: OF_THREADS.to_owned(),
        delay,
        unit: LimitUnit::Seconds,
        then,
        kept_in: method.value.as_name_expr().map(|name| &name.id),
    })
}

/// The timer that a task is which sleeps and then cancels the one that its function is given: `create_task(stop(task, 3))`.
fn task_that_sleeps<'a>(call: &'a ExprCall, variables: &'a dyn Variables) -> Option<Timer<'a>> {
    // Few calls are called so: the others are not resolved.
    let is_named = matches!(last_name(&call.func), Some("create_task" | "ensure_future"));
    let names = Some(variables.names()).filter(|_| is_named)?;
    let started = call.arguments.args.first()?.as_call_expr()?;
    let starts = names
        .resolve(&call.func)
        .is_some_and(|path| path == OF_TASKS || path == "asyncio.ensure_future");
    let function = names.local_function(&started.func).filter(|_| starts)?;
    let (slept, cancelled) = sleeps_and_cancels(variables.definition(function)?, names)?;
    let given = |parameter: &Expr| {
        let name = &parameter.as_name_expr()?.id;
        let position = names.parameters(function).iter().position(|known| known == name)?;
        started.arguments.find_argument_value(name, position)
    };
    Some(Timer {
        call,
        set_by: OF_TASKS.to_owned(),
        delay: given(slept).or_else(|| (!slept.is_name_expr()).then_some(slept))?,
        unit: LimitUnit::Seconds,
        then: Then::Cancel(given(cancelled)?),
        kept_in: None,
    })
}

/// How long a coroutine sleeps, before anything else that it waits for, and the object whose `cancel` it calls then.
fn sleeps_and_cancels<'a>(function: &'a StmtFunctionDef, names: &Names) -> Option<(&'a Expr, &'a Expr)> {
    let mut statements = function.body.iter();
    let slept = statements.find_map(|statement| {
        let call = statement.as_expr_stmt()?.value.as_await_expr()?.value.as_call_expr()?;
        let sleeps = names.resolve(&call.func) == Some("asyncio.sleep");
        call.arguments.args.first().filter(|_| sleeps)
    })?;
    let cancelled = called_on(&statements.next()?.as_expr_stmt()?.value)?;
    let waits = expressions_in(&*function.body, Scope::Own).filter(|expr| expr.is_await_expr());
    (waits.count() == 1).then_some((slept, cancelled))
}

/// Whether a deadline is that of a timer.
pub(in crate::python) fn is_of_timer(deadline: &Deadline) -> bool {
    deadline.path.starts_with(LOOP) || matches!(&*deadline.path, OF_THREADS | OF_TASKS)
}

/// How a thread lets a loop call something: a bare `task.cancel()` does not wake it.
const FROM_A_THREAD: &str = "call_soon_threadsafe";

/// `task.cancel`, where that is a variable: what a thread asks for first is another task.
fn is_of_a_variable(method: &Expr) -> bool {
    method
        .as_attribute_expr()
        .is_some_and(|method| method.value.is_name_expr())
}

/// What `loop.call_soon_threadsafe(…)` is given.
fn said_to_a_loop(expr: &Expr) -> Option<&Expr> {
    let call = expr.as_call_expr()?;
    let is_said = call.func.as_attribute_expr()?.attr.as_str() == FROM_A_THREAD;
    call.arguments.args.first().filter(|_| is_said)
}

impl<'a> Timer<'a> {
    /// One that ends the process.
    fn of_process(call: &'a ExprCall, (path, delay): (&'static str, &'a Expr)) -> Self {
        Self {
            call,
            set_by: path.to_owned(),
            delay,
            unit: LimitUnit::Seconds,
            then: Then::End,
            kept_in: None,
        }
    }

    /// Whether the process is over then, whatever waits in it. What an alarm does, its handler says.
    pub(in crate::python) fn ends_all(&self) -> bool {
        matches!(self.then, Then::End) && !is_alarm(&self.set_by)
    }

    /// Whether a call calls it off: a function does so where it ends the process.
    pub(in crate::python) fn is_called_off_by(&self, call: &ExprCall, names: &Names) -> bool {
        matches!(self.then, Then::End) && called_off(call, names) == Some(&*self.set_by)
    }

    /// The object whose `cancel` is called: by itself, or by a lambda or a function, which run once no task is the current one.
    /// `definition` is what a name that is called is defined as.
    fn object(&self, definition: &dyn Fn(&Expr) -> Option<&'a StmtFunctionDef>) -> Option<&'a Expr> {
        let callback = match self.then {
            Then::End => return None,
            Then::Call(callback) => callback,
            Then::Cancel(task) => return Some(task),
        };
        match callback {
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
    pub(in crate::python) fn cancelled(
        &self,
        definition: &dyn Fn(&Expr) -> Option<&'a StmtFunctionDef>,
    ) -> Option<&'a ExprName> {
        self.object(definition)?.as_name_expr()
    }

    /// The deadline that it is for the task that sets it, where it cancels that one, or ends the process.
    pub(in crate::python) fn of_this_task(&self, variables: &'a dyn Variables) -> Option<Deadline> {
        let names = variables.names();
        if matches!(self.then, Then::End) {
            return self.deadline(variables);
        }
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
    pub(in crate::python) fn deadline(&self, variables: &dyn Variables) -> Option<Deadline> {
        let bound = self.unit.bound(self.delay, variables);
        Some(deadline(self.call.range(), self.set_by.clone(), bound))
    }
}

/// The object whose `cancel` an expression calls.
fn called_on(expr: &Expr) -> Option<&Expr> {
    cancelled_by(&expr.as_call_expr()?.func)
}

/// The object whose `cancel` an expression is.
pub(in crate::python) fn cancelled_by(expr: &Expr) -> Option<&Expr> {
    let method = expr.as_attribute_expr()?;
    (method.attr.as_str() == "cancel").then_some(&*method.value)
}
