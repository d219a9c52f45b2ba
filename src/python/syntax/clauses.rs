//! What the clauses of a `try` name.

use ruff_python_ast::{ExceptHandler, Expr};

/// The exceptions that a clause names; none for a bare `except`.
pub(in crate::python) fn caught(handler: &ExceptHandler) -> &[Expr] {
    let ExceptHandler::ExceptHandler(handler) = handler;
    match handler.type_.as_deref() {
        Some(Expr::Tuple(several)) => several.elts.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}
