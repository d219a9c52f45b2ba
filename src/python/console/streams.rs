//! Whether the stream that a call writes to is the console, as far as a function says.

use ruff_python_ast::{Expr, ExprCall, Stmt, StmtFunctionDef};

use crate::python::console::Sink;
use crate::python::names::Names;
use crate::python::syntax::nodes::{Scope, statements_in};

/// How many names and branches deep a stream is followed.
const DEEPEST: usize = 10;

/// Whether `call`, a print or a method `write` in `function`, writes to the console: of itself, to `sys.stdout`, or to a variable
/// that may be that. A parameter without such a default, a file and a pipe are none.
pub(in crate::python) fn reaches_console(call: &ExprCall, function: &StmtFunctionDef, names: &Names) -> bool {
    if Sink::of(call, names).is_some() {
        return true;
    }
    let stream = match &*call.func {
        Expr::Attribute(method) if method.attr.as_str() == "write" => &*method.value,
        _ => match call.arguments.find_keyword("file") {
            Some(file) => &file.value,
            None => return true,
        },
    };
    is_console(stream, function, names, DEEPEST)
}

fn is_console(stream: &Expr, function: &StmtFunctionDef, names: &Names, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    if matches!(names.resolve(stream), Some("sys.stdout" | "sys.__stdout__")) {
        return true;
    }
    let is_one = |stream: &Expr| is_console(stream, function, names, depth);
    match stream {
        // To `print` no stream is the console.
        Expr::NoneLiteral(_) => true,
        Expr::If(choice) => is_one(&choice.body) || is_one(&choice.orelse),
        Expr::BoolOp(choice) => choice.values.iter().any(is_one),
        Expr::Name(name) => {
            let mut parameters = function.parameters.iter_non_variadic_params();
            let parameter = parameters.find(|parameter| parameter.parameter.name.as_str() == name.id.as_str());
            let default = parameter.and_then(|parameter| parameter.default.as_deref());
            let bound = assigned_to(&name.id, &function.body);
            let other = |value: &&Expr| !matches!(value, Expr::Name(own) if own.id == name.id);
            default.into_iter().chain(bound).filter(other).any(is_one)
        }
        _ => false,
    }
}

/// What a function assigns to a variable, by plain assignments.
fn assigned_to<'a>(variable: &str, body: &'a [Stmt]) -> impl Iterator<Item = &'a Expr> {
    let assigns = statements_in(body, Scope::All).filter_map(Stmt::as_assign_stmt);
    let is_it = move |target: &Expr| matches!(target, Expr::Name(name) if name.id.as_str() == variable);
    assigns.filter_map(move |assign| match assign.targets.as_slice() {
        [target] if is_it(target) => Some(&*assign.value),
        _ => None,
    })
}
