//! What functions of the project start of what they are given: the helpers that keep the tasks of a project.

use ruff_python_ast::{Expr, ExprCall, Stmt};

use super::binding::{FunctionId, Gives, ScopeKind};
use super::build::Builder;
use super::value::Value;
use super::{Names, Table};
use crate::python::syntax::dotted::last_name;
use crate::python::syntax::nodes::{Scope, expressions_in, statements_in};

/// What starts a task of its first argument, of whatever loop or group.
const STARTING: &[&str] = &["create_task", "ensure_future", "start_soon"];

/// What a function starts of what it is given.
#[derive(Clone, Copy, Debug)]
pub(super) struct Starts {
    /// The position of the parameter.
    position: usize,
    /// It returns the task, and nothing else.
    gives_task: bool,
}

/// An argument that a function of the project starts as a task, as it is.
#[derive(Clone, Copy)]
pub(in crate::python) struct StartedArgument<'e> {
    pub(in crate::python) value: &'e Expr,
    /// What the call gives is the task.
    pub(in crate::python) gives_task: bool,
}

impl Builder {
    /// Takes note of a call by which the function around starts a task, perhaps of what it is given.
    pub(super) fn starting(&mut self, call: &ExprCall) {
        if !is_start(call) {
            return;
        }
        let ScopeKind::Function(function) = self.names.scope(self.scope).kind else {
            return;
        };
        let gives = &mut self.names.functions[function.index()].gives;
        gives.starts_tasks = true;
        let Some(given) = given_to_a_start(call) else {
            return;
        };
        let position = gives
            .parameters
            .iter()
            .position(|parameter| parameter.as_str() == given);
        let gives_task = false;
        let starts = position.map(|position| Starts { position, gives_task });
        gives.starts = gives.starts.or(starts);
    }
}

/// What a function with this body starts of what it is given, where nothing else is put in the place of that.
pub(super) fn started(gives: &Gives, body: &[Stmt]) -> Option<Starts> {
    let starts = gives.starts?;
    let name = gives.parameters.get(starts.position)?;
    let sets = |expr: &Expr, set: &str| matches!(expr, Expr::Name(name) if name.id == set && !name.ctx.is_load());
    if expressions_in(body, Scope::All).any(|expr| sets(expr, name)) {
        return None;
    }
    let is_task = |value: &Expr| value.as_call_expr().and_then(given_to_a_start) == Some(name);
    let keeps_task = |statement: &Stmt, kept: &str| {
        let (target, value) = match statement {
            Stmt::Assign(assign) => match &*assign.targets {
                [target] => (target, &*assign.value),
                _ => return false,
            },
            Stmt::AnnAssign(assign) => match &assign.value {
                Some(value) => (&*assign.target, &**value),
                None => return false,
            },
            _ => return false,
        };
        sets(target, kept) && is_task(value)
    };
    let is_task_by_name = |kept: &str| {
        let kept_there = statements_in(body, Scope::Own).filter(|statement| keeps_task(statement, kept));
        let set = expressions_in(body, Scope::All).filter(|expr| sets(expr, kept));
        set.count() == kept_there.count()
    };
    let gives_task = |value: &Expr| match value {
        Expr::Name(kept) => kept.id != *name && is_task_by_name(&kept.id),
        value => is_task(value),
    };
    let mut returns = statements_in(body, Scope::Own)
        .filter_map(Stmt::as_return_stmt)
        .peekable();
    let gives_task = !gives.is_async
        && returns.peek().is_some()
        && returns.all(|returned| returned.value.as_deref().is_some_and(gives_task));
    Some(Starts { gives_task, ..starts })
}

/// The name of what a call starts, where it has one.
fn given_to_a_start(call: &ExprCall) -> Option<&str> {
    let given = call.arguments.args.first().filter(|_| is_start(call))?;
    Some(given.as_name_expr()?.id.as_str())
}

fn is_start(call: &ExprCall) -> bool {
    last_name(&call.func).is_some_and(|name| STARTING.contains(&name))
}

impl Table {
    fn argument_started<'e>(&self, function: FunctionId, call: &'e ExprCall) -> Option<StartedArgument<'e>> {
        let gives = &self.function(function).gives;
        let starts = gives.starts?;
        let name = gives.parameters.get(starts.position)?;
        Some(StartedArgument {
            value: call.arguments.find_argument_value(name, starts.position)?,
            gives_task: starts.gives_task,
        })
    }
}

impl Names {
    /// Whether `call` is of a function of the project that starts tasks.
    pub(in crate::python) fn calls_what_starts_tasks(&self, call: &ExprCall) -> bool {
        let starts = |table: &Table, function| table.function(function).gives.starts_tasks;
        match self.values(&call.func) {
            [Value::Function(function)] => starts(&self.table, *function),
            [Value::Foreign { module, value, .. }] => match **value {
                Value::Function(function) => starts(&module.0.table, function),
                _ => false,
            },
            _ => false,
        }
    }

    /// What `call` gives to a function of the project that starts it as a task: `spawn(read(ws))`, `tasks.add(read(ws))`.
    pub(in crate::python) fn argument_started<'e>(&self, call: &'e ExprCall) -> Option<StartedArgument<'e>> {
        if call.arguments.is_empty() {
            return None;
        }
        match self.values(&call.func) {
            [Value::Function(function)] => self.table.argument_started(*function, call),
            [Value::Foreign { module, value, .. }] => match **value {
                Value::Function(function) => module.0.table.argument_started(function, call),
                _ => None,
            },
            _ => None,
        }
    }
}
