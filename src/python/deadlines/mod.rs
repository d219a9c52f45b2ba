//! What ends a wait from outside. Here are the functions of Python's event loops that do; [`around`] is what of that stands
//! around a piece of code, [`callers`] who calls a function under it, [`wrappings`] what functions of the project put around
//! what they run, [`timers`] what comes over a wait from beside.

pub(in crate::python) mod around;
pub(in crate::python) mod callers;
mod partials;
pub(in crate::python) mod process_ends;
pub(in crate::python) mod timers;
mod waiters;
pub(in crate::python) mod wrappings;

use ruff_python_ast::name::Name;
use ruff_python_ast::{Arguments, Expr, ExprCall};
use ruff_text_size::Ranged;

use crate::python::names::{Names, Value};
use crate::python::syntax::spans::span;
use crate::python::syntax::words::Words;
use crate::python::values::bounds::deadline_bound;
use crate::python::values::variables::Variables;
use crate::sites::{Bound, Deadline, DeadlineKind, Entered, LimitMisfit};

pub(super) use waiters::{LimitUnit, bounding_call};

use waiters::Waiter;

/// A context manager that ends its block. Signatures: CPython 3.13, async-timeout 5.0.1, anyio 4, trio 0.30.
struct Manager {
    path: &'static str,
    /// `async with` enters it; else `with`.
    is_async: bool,
    /// The name of its limit; also its first positional argument, unless there is none.
    limit: &'static str,
    /// What it means.
    unit: LimitUnit,
    /// The limit can only be given by name, and without it there is none.
    keyword_only: bool,
}

const fn manager(path: &'static str, is_async: bool, limit: &'static str) -> Manager {
    Manager {
        path,
        is_async,
        limit,
        unit: LimitUnit::Seconds,
        keyword_only: false,
    }
}

const fn absolute(path: &'static str, is_async: bool, limit: &'static str) -> Manager {
    Manager {
        unit: LimitUnit::Moment,
        ..manager(path, is_async, limit)
    }
}

const fn cancel_scope(path: &'static str) -> Manager {
    Manager {
        keyword_only: true,
        ..absolute(path, false, "deadline")
    }
}

static MANAGERS: &[Manager] = &[
    manager("asyncio.timeout", true, "delay"),
    manager("asyncio.timeouts.timeout", true, "delay"),
    absolute("asyncio.timeout_at", true, "when"),
    absolute("asyncio.timeouts.timeout_at", true, "when"),
    manager("async_timeout.timeout", true, "delay"),
    absolute("async_timeout.timeout_at", true, "deadline"),
    manager("anyio.fail_after", false, "delay"),
    manager("anyio.move_on_after", false, "delay"),
    cancel_scope("anyio.CancelScope"),
    manager("trio.fail_after", false, "seconds"),
    manager("trio.move_on_after", false, "seconds"),
    absolute("trio.fail_at", false, "deadline"),
    absolute("trio.move_on_at", false, "deadline"),
    cancel_scope("trio.CancelScope"),
];

/// A call of a function that is known to set a deadline.
pub(super) struct Setter<'a> {
    pub(super) path: &'a str,
    pub(super) kind: DeadlineKind,
    /// What it awaits, where it does.
    pub(super) awaited: Option<&'a Expr>,
    /// Its limit's expression.
    pub(super) limit: Option<&'a Expr>,
    /// What the limit means.
    pub(super) unit: LimitUnit,
    /// What the function lacks, or gets too much of, where CPython says so in a `TypeError`.
    pub(super) misfit: Option<LimitMisfit>,
}

/// What `call` sets, where its callee certainly is a function of `asyncio`, `async_timeout`, `anyio` or `trio`.
pub(super) fn setter<'a>(call: &'a ExprCall, names: &'a Names) -> Option<Setter<'a>> {
    let path = names.only_path(&call.func)?;
    let arguments = &call.arguments;
    let named = |name: &str| arguments.find_keyword(name).map(|keyword| &keyword.value);
    let positional = |index: usize| {
        let before = arguments.args.get(..=index)?;
        before
            .iter()
            .all(|value| !value.is_starred_expr())
            .then(|| before.last())
            .flatten()
    };
    let waiter = Waiter::of(path).filter(|waiter| waiter.is_awaited());
    let (kind, limit, unit) = match waiter {
        Some(waiter) => {
            let limit = waiter.limit(arguments);
            if limit.is_none() && !waiter.wants_limit() {
                return None;
            }
            (DeadlineKind::Wait, limit, waiter.unit)
        }
        None => {
            let manager = MANAGERS.iter().find(|manager| manager.path == path)?;
            let kind = match manager.is_async {
                true => DeadlineKind::AsyncManager,
                false => DeadlineKind::Manager,
            };
            let limit = match manager.keyword_only {
                true => named(manager.limit),
                false => positional(0).or_else(|| named(manager.limit)),
            };
            (kind, limit, manager.unit)
        }
    };
    let awaited = waiter.and_then(|waiter| waiter.awaited(arguments));
    let misfit = match limit {
        None => misfit(path, arguments),
        Some(_) => awaited.and_then(literal_to_wait_for),
    };
    Some(Setter {
        path,
        kind,
        awaited,
        limit,
        unit,
        misfit,
    })
}

/// What is wrong with the arguments of a function of asyncio that gets no limit.
fn misfit(path: &str, arguments: &Arguments) -> Option<LimitMisfit> {
    let (given, parameter) = match path {
        "asyncio.timeout" | "asyncio.timeouts.timeout" => (0, "delay"),
        "asyncio.wait_for" | "asyncio.tasks.wait_for" => (1, "timeout"),
        _ => return None,
    };
    let names: Option<Vec<&str>> = arguments
        .keywords
        .iter()
        .map(|keyword| keyword.arg.as_deref())
        .collect();
    let (names, plain) = (names?, arguments.args.iter().all(|value| !value.is_starred_expr()));
    match names.as_slice() {
        [] if plain && arguments.args.len() == given => Some(LimitMisfit::Missing(parameter)),
        [name] if plain && arguments.args.len() == given => Some(LimitMisfit::Unexpected {
            given: (*name).to_owned(),
            parameter,
        }),
        _ => None,
    }
}

/// `wait_for(5, connect(…))`: nothing waits for a literal.
fn literal_to_wait_for(waited: &Expr) -> Option<LimitMisfit> {
    let shown = match waited {
        Expr::NumberLiteral(_) => "a number",
        Expr::StringLiteral(_) => "a string",
        Expr::NoneLiteral(_) => "`None`",
        _ => return None,
    };
    Some(LimitMisfit::Literal(shown))
}

/// The libraries whose functions [`setter`] knows.
pub(super) const LIBRARIES: &[&str] = &["asyncio", "async_timeout", "anyio", "trio", "tornado"];

/// The deadline that entering `expr` sets, by `async with` or `with` whichever it wants: behind the wrong one, where it
/// fails, nothing is waited for.
pub(super) fn entered_deadline(expr: &Expr, variables: &dyn Variables) -> Option<Deadline> {
    match expr {
        Expr::Call(call) => variables
            .names()
            .paths(&call.func)
            .find_map(|path| of_call(call, path, variables))
            .or_else(|| by_name(call, variables.names()))
            .or_else(|| partials::entered(call, variables))
            .or_else(|| given_by_helper(expr, call, variables)),
        // Either may be it: what counts is that there is one.
        Expr::If(choice) => [&*choice.body, &*choice.orelse]
            .into_iter()
            .find_map(|branch| entered_deadline(branch, variables))
            .map(|deadline| Deadline {
                bound: Bound::Unknown,
                ..deadline
            }),
        Expr::Named(named) => entered_deadline(&named.value, variables),
        // Made before, entered here.
        _ => made_before(expr, variables.names()),
    }
}

/// The deadline that `expr` is, where that was made somewhere else.
fn made_before(expr: &Expr, names: &Names) -> Option<Deadline> {
    names.values(expr).iter().find_map(|value| match value {
        Value::Outcome(path) => {
            find(path)?;
            Some(deadline(expr.range(), path.clone(), Bound::Unknown))
        }
        _ => None,
    })
}

/// The deadline that a function of the project makes and returns: `def soon(): return asyncio.timeout(5)`. How long it is by
/// then is not followed.
fn given_by_helper(expr: &Expr, call: &ExprCall, variables: &dyn Variables) -> Option<Deadline> {
    match variables.only_value(&call.func) {
        Some(Expr::Lambda(lambda)) => match &*lambda.body {
            Expr::Call(made) => {
                let mut paths = variables.names().paths(&made.func);
                let path = paths.find(|path| find(path).is_some())?.to_owned();
                Some(deadline(expr.range(), path, Bound::Unknown))
            }
            _ => None,
        },
        _ => made_before(expr, variables.names()),
    }
}

/// What `call` enters for as long as its exit stack lasts, where that is what is written: the argument of
/// `await stack.enter_async_context(…)`, or of `stack.enter_context(…)`, and whether it is entered as by `async with`.
pub(super) fn stacked(call: &ExprCall, is_awaited: bool) -> Option<(&Expr, bool)> {
    let ([manager], true) = (&*call.arguments.args, call.arguments.keywords.is_empty()) else {
        return None;
    };
    match call.func.as_attribute_expr()?.attr.as_str() {
        "enter_async_context" if is_awaited => Some((manager, true)),
        "enter_context" => Some((manager, false)),
        _ => None,
    }
}

fn find(path: &str) -> Option<&'static Manager> {
    MANAGERS.iter().find(|manager| manager.path == path)
}

fn of_call(call: &ExprCall, path: &str, variables: &dyn Variables) -> Option<Deadline> {
    let manager = find(path)?;
    let named = call.arguments.find_keyword(manager.limit).map(|keyword| &keyword.value);
    let limit = match (named, manager.keyword_only) {
        (Some(limit), _) => limit,
        (None, true) => {
            // A scope's deadline may also be set relative to now (trio 0.27), or later.
            let relative = call.arguments.find_keyword("relative_deadline");
            let bound = relative.map_or(Bound::Unlimited, |relative| deadline_bound(&relative.value, variables));
            return Some(deadline(call.range(), path.to_owned(), bound));
        }
        (None, false) => match call.arguments.args.first() {
            Some(limit) => limit,
            None => return Some(deadline(call.range(), path.to_owned(), Bound::Unknown)),
        },
    };
    let bound = manager.unit.bound(limit, variables);
    Some(deadline(call.range(), path.to_owned(), bound))
}

/// The deadline that a decorator, by its expression, sets for its function: `fail_after(5)`, `pytest.mark.timeout(60)`,
/// `tornado.testing.gen_test`.
pub(super) fn decorating_deadline(decorator: &Expr, variables: &dyn Variables) -> Option<Deadline> {
    let (function, call) = match decorator {
        Expr::Call(call) => (&*call.func, Some(call)),
        other => (other, None),
    };
    let names = variables.names();
    if let Some(path @ "tornado.testing.gen_test") = names.resolve(function) {
        let given = call.and_then(|call| call.arguments.find_argument_value("timeout", 1));
        let bound = match given.map(|given| deadline_bound(given, variables)) {
            None | Some(Bound::Unlimited) => Bound::Seconds(GEN_TEST_SECONDS),
            Some(bound) => bound,
        };
        return Some(deadline(decorator.range(), path.to_owned(), bound));
    }
    let path = telling_name(function, names).or_else(|| own_telling_name(function, names))?;
    let span = call.map_or(decorator.range(), Ranged::range);
    Some(deadline(span, path, Bound::Unknown))
}

/// What tornado's `gen_test` gives a test without a `timeout` (6.5), or with `None`; the environment may say more.
const GEN_TEST_SECONDS: f64 = 5.0;

/// A call of something that is not known, but says by its name that it ends a wait: `timeout(5)` of a compatibility
/// module, `self.fail_after(…)`. Its length is never known, because what its arguments mean is not.
fn by_name(call: &ExprCall, names: &Names) -> Option<Deadline> {
    let path = telling_name(&call.func, names)?;
    Some(deadline(call.range(), path, Bound::Unknown))
}

/// What event loops offer is known: a name of theirs says nothing beyond that. Nor does that of a function of the
/// module, whose body says more.
fn telling_name(function: &Expr, names: &Names) -> Option<String> {
    let name = telling(function)?;
    let path = names.resolve(function);
    let known = ["asyncio.", "async_timeout.", "anyio.", "trio.", "unittest."];
    if path.is_some_and(|path| known.iter().any(|library| path.starts_with(library))) {
        return None;
    }
    match names.local_function(function) {
        Some(_) => None,
        None => Some(path.unwrap_or(name).to_owned()),
    }
}

/// The name of a function of the module that is used as a decorator, where it says that it ends a wait: what it makes of its
/// function is not followed.
fn own_telling_name(function: &Expr, names: &Names) -> Option<String> {
    let name = telling(function)?;
    names.local_function(function).map(|_| name.to_string())
}

/// The last name of a function, where it says that it ends a wait.
fn telling(function: &Expr) -> Option<&Name> {
    let name = match function {
        Expr::Name(name) => &name.id,
        Expr::Attribute(attribute) => &attribute.attr.id,
        _ => return None,
    };
    // `ClientTimeout(…)`, `TimeoutError`: a class says what it is, not what it does.
    let is_class = name.starts_with(|c: char| c.is_ascii_uppercase());
    (!is_class && ENDING.are_spelled_in(name)).then_some(name)
}

static ENDING: Words<5> = Words::new(["timeout", "failafter", "moveonafter", "waitfor", "timelimit"]);

/// `asyncio.run_coroutine_threadsafe(…).result(limit)`: the thread waits no longer than that. `future` is the call of
/// `run_coroutine_threadsafe`, `result` that of its method.
pub(super) fn bounding_result(future: &Expr, result: &ExprCall, variables: &dyn Variables) -> Option<Deadline> {
    let Expr::Call(future) = future else {
        return None;
    };
    if variables.names().resolve(&future.func)? != "asyncio.run_coroutine_threadsafe" {
        return None;
    }
    let limit = result
        .arguments
        .args
        .first()
        .or_else(|| result.arguments.find_keyword("timeout").map(|keyword| &keyword.value))?;
    let path = "concurrent.futures.Future.result".to_owned();
    Some(deadline(result.range(), path, deadline_bound(limit, variables)))
}

pub(super) fn deadline(range: ruff_text_size::TextRange, path: String, bound: Bound) -> Deadline {
    Deadline {
        span: span(range),
        path,
        bound,
        entered: Entered::Here,
    }
}
