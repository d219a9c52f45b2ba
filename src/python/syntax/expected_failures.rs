//! Code that is written to fail: what a test expects to be raised, and a `try` that catches what a wrong use raises.

use ruff_python_ast::{Expr, StmtFunctionDef, StmtTry};

use crate::python::syntax::clauses::caught;
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
    let names = |expr: &Expr| match expr {
        Expr::Name(name) => matches!(name.id.as_str(), "TypeError" | "AttributeError" | "RuntimeError"),
        _ => false,
    };
    try_.handlers.iter().flat_map(caught).any(names)
}
