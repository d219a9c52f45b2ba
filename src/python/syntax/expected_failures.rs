//! Code that is written to fail: what a test expects to be raised, and a `try` that catches what a wrong use raises.

use ruff_python_ast::{Expr, StmtFunctionDef, StmtTry};

use crate::python::syntax::clauses::caught;
use crate::python::syntax::dotted::last_name;
use crate::python::syntax::nodes::{Scope, expressions_in};
use crate::python::syntax::words::Words;

/// `pytest.raises(…)`, `self.assertRaises(…)`, `self.assertWarns(…)`.
pub(in crate::python) fn expects_failure(expr: &Expr) -> bool {
    let Expr::Call(call) = expr else {
        return false;
    };
    let name = match &*call.func {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    EXPECTS.begin(name)
}

static EXPECTS: Words<5> = Words::new(["raises", "assertraises", "assertwarns", "warns", "deprecatedcall"]);

/// Whether something in a function is expected to fail: what the functions in it do may be what fails.
pub(in crate::python) fn has_expectations(function: &StmtFunctionDef) -> bool {
    expressions_in(&function.body, Scope::All).any(expects_failure)
}

/// Whether a `try` catches what a wrong use of a deadline raises, by name.
pub(in crate::python) fn catches_misuse(try_: &StmtTry) -> bool {
    try_.handlers.iter().flat_map(caught).any(is_of_misuse)
}

/// Whether `contextlib.suppress(…)` does, by name.
pub(in crate::python) fn suppresses_misuse(manager: &Expr) -> bool {
    let call = manager.as_call_expr();
    call.is_some_and(|call| last_name(&call.func) == Some("suppress") && call.arguments.args.iter().any(is_of_misuse))
}

fn is_of_misuse(class: &Expr) -> bool {
    let name = class.as_name_expr().map(|name| name.id.as_str());
    name.is_some_and(|name| matches!(name, "TypeError" | "AttributeError" | "RuntimeError"))
}
