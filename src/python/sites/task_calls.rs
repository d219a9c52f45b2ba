//! Calls that run what they are given: as a task, in a group, on a loop of their own.

use ruff_python_ast::{Expr, ExprCall};

use crate::python::names::{Names, Value};
use crate::python::syntax::dotted::last_name;

/// Whether `call` gives a task or a future of what it gets.
pub(in crate::python) fn makes_task(call: &ExprCall, names: &Names) -> bool {
    let is_maker = |name: &str| matches!(name, "create_task" | "ensure_future" | "gather" | "shield" | "wait_for");
    match names.resolve(&call.func) {
        Some(path) if path.starts_with("asyncio.") => path.rsplit('.').next().is_some_and(is_maker),
        _ => {
            matches!(&*call.func, Expr::Attribute(method) if method.attr.id == "create_task")
                || names.argument_started(call).is_some_and(|started| started.gives_task)
        }
    }
}

/// Whether `call` gives something to others that have it run beside the code that goes on: a function of the project that makes a
/// task of it, or a method that nobody in sight defines and whose name says so.
pub(in crate::python) fn has_others_start(call: &ExprCall, names: &Names) -> bool {
    names.argument_started(call).is_some() || {
        let method = call
            .func
            .as_attribute_expr()
            .filter(|_| !call.arguments.args.is_empty());
        let is_library = |value: &Value| matches!(value, Value::Path(_));
        method.is_some_and(|method| promises_a_task(&method.attr)) && names.values(&call.func).iter().all(is_library)
    }
}

/// Whether the name of a method says that it makes a task of what it is given: `async_create_background_task`, `spawn`.
fn promises_a_task(name: &str) -> bool {
    let has = |known: &[&str]| name.split('_').any(|word| known.contains(&word));
    has(&["spawn"]) || has(&["task"]) && has(&["create", "start", "add", "launch", "schedule", "spawn"])
}

/// Whether `call` certainly starts what it gets, and does not wait for it: by a function of asyncio, or a method of an event loop.
pub(in crate::python) fn starts_a_task(call: &ExprCall, names: &Names) -> bool {
    let is_starter = |name: &str| matches!(name, "create_task" | "ensure_future" | "gather" | "shield");
    match names.resolve(&call.func) {
        Some(path) if path.starts_with("asyncio.") => path.rsplit('.').next().is_some_and(is_starter),
        _ => {
            call.func
                .as_attribute_expr()
                .is_some_and(|method| method.attr.as_str() == "create_task" && is_loop(&method.value, names))
                || names.argument_started(call).is_some()
        }
    }
}

/// Whether `expr` is an event loop of asyncio, by what makes it or by its name.
fn is_loop(expr: &Expr, names: &Names) -> bool {
    let is_made = |value: &Value| matches!(value, Value::Outcome(path) if path.starts_with("asyncio.") && path.ends_with("_loop"));
    let values = names.values(expr);
    match values.is_empty() {
        true => last_name(expr).is_some_and(|name| matches!(name, "loop" | "event_loop")),
        false => values.iter().all(is_made),
    }
}

/// Whether `call` hands what it gets to a group of tasks, which waits for all of them where its block ends.
pub(in crate::python) fn joins_a_group(call: &ExprCall, names: &Names) -> bool {
    let Expr::Attribute(method) = &*call.func else {
        return false;
    };
    let is_group = |value: &Value| matches!(value, Value::Outcome(path) if GROUPS.contains(&path.as_str()));
    method.attr.id == "create_task" && names.values(&method.value).iter().any(is_group)
}

/// Whether `call` starts a function as a task of a group, which waits for all of them where its block ends:
/// `tg.start_soon(function, …)`.
pub(in crate::python) fn starts_in_a_group(call: &ExprCall, names: &Names) -> bool {
    let Expr::Attribute(method) = &*call.func else {
        return false;
    };
    let is_group = |value: &Value| matches!(value, Value::Outcome(path) if STARTING_GROUPS.contains(&path.as_str()));
    method.attr.id == "start_soon" && names.values(&method.value).iter().any(is_group)
}

/// What makes a group whose tasks are made of coroutines.
const GROUPS: &[&str] = &["asyncio.TaskGroup", "asyncio.taskgroups.TaskGroup"];

/// What makes a group whose tasks are made of functions. It has a scope that can be cancelled.
pub(in crate::python) const STARTING_GROUPS: &[&str] = &[
    "anyio.create_task_group",
    "anyio.abc.TaskGroup",
    "trio.open_nursery",
    "trio.Nursery",
];

/// Whether `call` runs what it gets in an event loop of its own until that is over.
pub(in crate::python) fn runs_a_loop(call: &ExprCall, names: &Names) -> bool {
    let known = [
        "asyncio.run",
        "asyncio.runners.run",
        "asyncio.Runner.run",
        "trio.run",
        "anyio.run",
        "uvloop.run",
    ];
    let method = || call.func.as_attribute_expr().map(|method| method.attr.as_str());
    match names.resolve(&call.func) {
        Some(path) if known.contains(&path) => true,
        _ => method() == Some("run_until_complete"),
    }
}

/// The functions and methods that are known to await (or schedule) the awaitables that they get.
pub(super) fn awaits_its_arguments(call: &ExprCall, names: &Names) -> bool {
    let is_method = |method: &str| {
        matches!(
            method,
            "run_until_complete" | "create_task" | "ensure_future" | "start_soon"
        )
    };
    match names.resolve(&call.func) {
        Some(path) if path.starts_with("asyncio.") => {
            let function = path.rsplit('.').next().unwrap_or_default();
            let known = [
                "gather",
                "wait_for",
                "wait",
                "as_completed",
                "shield",
                "run",
                "run_coroutine_threadsafe",
            ];
            known.contains(&function) || is_method(function)
        }
        _ => {
            matches!(&*call.func, Expr::Attribute(method) if is_method(&method.attr))
                || names.argument_started(call).is_some()
        }
    }
}
