//! Conditions by which code finds out what the console can take.

use foldhash::HashSet;
use ruff_python_ast::helpers::{any_over_body, any_over_expr};
use ruff_python_ast::{ExceptHandler, Expr, ModModule, Stmt};
use ruff_text_size::Ranged;

use crate::python::names::{Elsewhere, FunctionId, Names, Table};
use crate::python::syntax::clauses::caught;
use crate::python::syntax::dotted::last_name;
use crate::python::syntax::nodes::{Scope, expressions_in, statements_in};
use crate::python::syntax::parse;
use crate::python::syntax::words::Words;

/// Whether a condition asks what the console can take: for a stream's `encoding` (`"utf" in sys.stdout.encoding.lower()`), or by
/// a name that says so (`USE_UNICODE`, `supports_utf8()`, `can_encode(text)`).
pub(in crate::python) fn asks_for_encoding(condition: &Expr) -> bool {
    expressions_in(condition, Scope::All).any(|part| last_name(part).is_some_and(|name| ENCODINGS.are_spelled_in(name)))
}

static ENCODINGS: Words<8> = Words::new([
    "encoding",
    "unicode",
    "utf8",
    "ascii",
    "emoji",
    "canencode",
    "encodable",
    "canprint",
]);

/// Whether a condition calls a function of the project that asks a stream for its encoding; `asking` are those of the module.
pub(in crate::python) fn calls_who_asks(condition: &Expr, names: &Names, asking: impl Fn(FunctionId) -> bool) -> bool {
    any_over_expr(condition, &|expr: &Expr| {
        let Some(call) = expr.as_call_expr() else {
            return false;
        };
        match names.local_function(&call.func) {
            Some(function) => asking(function),
            None => names.foreign_function(&call.func).is_some_and(asks_elsewhere),
        }
    })
}

/// Whether a function of another module asks a stream for its encoding.
fn asks_elsewhere((module, function): (&Elsewhere, FunctionId)) -> bool {
    let functions = module.0.asking_for_encoding(|table| {
        let parsed = parse::parse(module.0.source()).ok();
        parsed.map(|parsed| asking(parsed.syntax(), table)).unwrap_or_default()
    });
    functions.contains(&function)
}

/// The functions of a module that ask a stream for its encoding.
pub(in crate::python) fn asking(module: &ModModule, names: &Table) -> HashSet<FunctionId> {
    let functions = statements_in(&module.body, Scope::All).filter_map(Stmt::as_function_def_stmt);
    let asking = functions.filter(|function| any_over_body(&function.body, &is_encoding));
    let firsts = asking.filter_map(|function| function.body.first());
    firsts
        .filter_map(|first| names.function_at(first.start().to_usize()))
        .collect()
}

fn is_encoding(expr: &Expr) -> bool {
    expr.as_attribute_expr()
        .is_some_and(|attribute| attribute.attr.as_str() == "encoding")
}

/// Whether a clause is for characters that something does not take.
pub(in crate::python) fn takes_refusals(handler: &ExceptHandler) -> bool {
    let mut names = caught(handler).iter().filter_map(last_name);
    names.any(|name| name.starts_with("Unicode") || name == "LookupError")
}
