//! Functions that a thread of its own calls: `threading.Thread(target=app.run_forever)`, `asyncio.to_thread(app.run_forever)`.

use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use crate::catalog::Entry;
use crate::python::names::{Names, Value};
use crate::python::sites::connects::{Given, Keys, given};
use crate::python::sites::options::Options;

/// A function that a call hands to a thread.
pub(in crate::python) struct InThread<'a> {
    pub(in crate::python) target: &'a Expr,
    call: &'a ExprCall,
    takes: Takes,
}

/// Where a call has what the function is given.
#[derive(Clone, Copy)]
enum Takes {
    /// Behind so many positional arguments.
    Behind(usize),
    /// As `args` and `kwargs`, at these positions.
    Packed { args: usize, kwargs: usize },
}

/// What has a thread call a function: its path, the keyword and the position of the function, and what that is given.
const THREADS: &[(&str, &str, usize, Takes)] = &[
    ("threading.Thread", "target", 1, Takes::Packed { args: 3, kwargs: 4 }),
    (
        "multiprocessing.Process",
        "target",
        1,
        Takes::Packed { args: 3, kwargs: 4 },
    ),
    (
        "multiprocessing.context.Process",
        "target",
        1,
        Takes::Packed { args: 3, kwargs: 4 },
    ),
    ("threading.Timer", "function", 1, Takes::Packed { args: 2, kwargs: 3 }),
    (
        "_thread.start_new_thread",
        "function",
        0,
        Takes::Packed { args: 1, kwargs: 2 },
    ),
    ("asyncio.to_thread", "func", 0, Takes::Behind(1)),
];

/// The classes whose `submit` does so.
pub(in crate::python) const POOLS: &[&str] = &[
    "concurrent.futures.ThreadPoolExecutor",
    "concurrent.futures.ProcessPoolExecutor",
    "concurrent.futures.thread.ThreadPoolExecutor",
    "concurrent.futures.process.ProcessPoolExecutor",
];

impl<'a> InThread<'a> {
    /// What `call` hands to a thread.
    pub(in crate::python) fn of(call: &'a ExprCall, names: &Names) -> Option<Self> {
        let (target, takes) = of_method(call, names).or_else(|| of_function(call, names))?;
        Some(Self { target, call, takes })
    }

    /// What the thread gives to the function by position, as far as it is written one by one.
    pub(in crate::python) fn positional(&self) -> &'a [Expr] {
        let args = match self.takes {
            Takes::Behind(skipped) => return self.call.arguments.args.get(skipped..).unwrap_or_default(),
            Takes::Packed { args, .. } => self.call.arguments.find_argument_value("args", args),
        };
        match args {
            Some(Expr::Tuple(values)) => &values.elts,
            Some(Expr::List(values)) => &values.elts,
            _ => &[],
        }
    }

    /// What the thread gives to the function of `entry`.
    pub(super) fn given(&self, entry: &Entry, options: &Options<'_>) -> Given {
        let (args, kwargs) = match self.takes {
            Takes::Behind(skipped) => return given(&self.call.arguments, skipped, entry, options),
            Takes::Packed { args, kwargs } => (args, kwargs),
        };
        let argument = |name: &str, position: usize| self.call.arguments.find_argument_value(name, position);
        let mut given = Given::default();
        if let Some(keywords) = argument("kwargs", kwargs) {
            given.unpack(keywords, keywords.range(), Keys::of(entry), options);
        }
        match argument("args", args) {
            None | Some(Expr::NoneLiteral(_)) => {}
            Some(Expr::Tuple(values)) if values.elts.is_empty() => {}
            Some(Expr::List(values)) if values.elts.is_empty() => {}
            Some(_) => given.unpacks = true,
        }
        given
    }
}

fn of_function<'a>(call: &'a ExprCall, names: &Names) -> Option<(&'a Expr, Takes)> {
    let path = names.resolve(&call.func)?;
    let (_, keyword, position, takes) = THREADS.iter().find(|(known, ..)| *known == path)?;
    let target = call.arguments.find_argument_value(keyword, *position)?;
    Some((target, *takes))
}

/// `loop.run_in_executor(None, function)`, `pool.submit(function)`.
fn of_method<'a>(call: &'a ExprCall, names: &Names) -> Option<(&'a Expr, Takes)> {
    let method = call.func.as_attribute_expr()?;
    let is_pool = |value: &Value| matches!(value, Value::Outcome(class) if POOLS.contains(&class.as_str()));
    match (method.attr.as_str(), &*call.arguments.args) {
        ("run_in_executor", [_, target, ..]) => Some((target, Takes::Behind(2))),
        ("submit", [target, ..]) if names.values(&method.value).iter().any(is_pool) => Some((target, Takes::Behind(1))),
        _ => None,
    }
}
