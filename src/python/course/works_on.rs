//! What a task works on, and what ends that.

use ruff_python_ast::{Expr, Stmt, StmtFunctionDef};

use super::builder::uses;
use crate::python::syntax::dotted::dotted;

/// Methods behind which nobody waits on their object any more: a connection is closed, a client stopped, an event set.
const ENDING: &[&str] = &[
    "close",
    "aclose",
    "stop",
    "disconnect",
    "shutdown",
    "cancel",
    "abort",
    "terminate",
    "set",
];

/// Whether a task works on what has this name: a method of it, a function that is given it, or one in the function around that
/// uses it. `started` is its coroutine, or the function that is given `rest`; `definition` tells what a callee is defined as.
pub(super) fn works_on<'a>(
    started: &'a Expr,
    rest: &'a [Expr],
    object: &str,
    definition: &dyn Fn(&'a Expr) -> Option<&'a StmtFunctionDef>,
) -> bool {
    let is_it = |expr: &Expr| dotted(expr).as_deref() == Some(object);
    let (callee, given) = match started {
        Expr::Call(call) => (&*call.func, &*call.arguments.args),
        function => (function, &[][..]),
    };
    let owner = callee.as_attribute_expr().map(|method| &*method.value);
    if given.iter().chain(rest).chain(owner).any(is_it) {
        return true;
    }
    callee.is_name_expr()
        && definition(callee).is_some_and(|function| {
            let is_own = function
                .parameters
                .iter()
                .any(|parameter| parameter.name().as_str() == object);
            !is_own && uses(&function.body, &is_it)
        })
}

/// What an expression ends: `ws` of `ws.close()` and of `ws.transport.abort()`.
pub(super) fn ends(expr: &Expr) -> Option<String> {
    let method = expr.as_call_expr()?.func.as_attribute_expr()?;
    if !ENDING.contains(&method.attr.as_str()) {
        return None;
    }
    match &*method.value {
        Expr::Attribute(transport) if transport.attr.as_str() == "transport" => dotted(&transport.value),
        object => dotted(object),
    }
}

/// What a statement ends, and nothing else.
pub(super) fn ended_by(statement: &Stmt) -> Option<String> {
    match &*statement.as_expr_stmt()?.value {
        Expr::Await(awaited) => ends(&awaited.value),
        other => ends(other),
    }
}
