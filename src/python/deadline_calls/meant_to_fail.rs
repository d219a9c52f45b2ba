//! Code that is written to see a mistake fail: the mistake is no finding there.

use ruff_python_ast::{ExceptHandler, Expr, StmtFunctionDef, StmtTry};

use super::{Collector, FARTHEST};
use crate::python::nodes::{Scope, expressions_in};
use crate::python::words::Words;

impl Collector<'_> {
    /// Whether the current code, at the byte offset `at`, is meant to fail: here, or by all who call its function.
    pub(super) fn is_meant_to_fail(&self, at: usize) -> bool {
        let parents = self.parents.iter().rev().take(FARTHEST);
        self.meant_to_fail > 0
            || parents.into_iter().any(|parent| expects_failure(parent))
            || self.choice.callers_expect_failure(at)
    }
}

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
pub(super) fn has_expectations(function: &StmtFunctionDef) -> bool {
    expressions_in(&function.body, Scope::All).any(expects_failure)
}

/// Whether a `try` catches what a wrong use of a deadline raises, by name.
pub(in crate::python) fn catches_misuse(try_: &StmtTry) -> bool {
    let names = |expr: &Expr| match expr {
        Expr::Name(name) => matches!(name.id.as_str(), "TypeError" | "AttributeError" | "RuntimeError"),
        _ => false,
    };
    try_.handlers
        .iter()
        .any(|ExceptHandler::ExceptHandler(handler)| match handler.type_.as_deref() {
            Some(Expr::Tuple(tuple)) => tuple.elts.iter().any(names),
            Some(single) => names(single),
            None => false,
        })
}
