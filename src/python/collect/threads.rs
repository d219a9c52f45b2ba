//! Functions that a thread of its own calls: `threading.Thread(target=app.run_forever)`.

use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use crate::catalog::Entry;
use crate::python::connects::{Given, Keys};
use crate::python::names::Names;
use crate::python::options::Options;

/// What makes a thread that calls a function.
const THREADS: &[&str] = &["threading.Thread", "multiprocessing.Process"];

/// What the thread calls that `call` makes.
pub(super) fn target<'a>(call: &'a ExprCall, names: &Names) -> Option<&'a Expr> {
    let path = names.resolve(&call.func)?;
    let given = || call.arguments.find_keyword("target").map(|keyword| &keyword.value);
    THREADS.contains(&path).then(given)?
}

/// What the thread that `call` makes gives to the function of `entry` that it calls: its `args` and `kwargs`.
pub(super) fn given(call: &ExprCall, entry: &Entry, options: &Options<'_>) -> Given {
    let mut given = Given::default();
    if let Some(keywords) = call.arguments.find_keyword("kwargs") {
        given.unpack(&keywords.value, keywords.range(), Keys::of(entry), options);
    }
    match call.arguments.find_keyword("args").map(|keyword| &keyword.value) {
        None => {}
        Some(Expr::Tuple(values)) if values.elts.is_empty() => {}
        Some(_) => given.unpacks = true,
    }
    given
}
