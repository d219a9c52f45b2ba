//! What the clauses of a `try` name.

use ruff_python_ast::{ExceptHandler, Expr};

use super::dotted::last_name;

/// The exceptions that a clause names; none for a bare `except`.
pub(in crate::python) fn caught(handler: &ExceptHandler) -> &[Expr] {
    let ExceptHandler::ExceptHandler(handler) = handler;
    match handler.type_.as_deref() {
        Some(Expr::Tuple(several)) => several.elts.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}

/// Whether a handler for this is one for what a deadline raises, as far as its name says.
pub(in crate::python) fn catches_timeouts(caught: Option<&Expr>) -> bool {
    let is_one = |expr: &Expr| {
        let name = last_name(expr).unwrap_or_default();
        name.contains("Timeout")
            || name.contains("TooSlow")
            || matches!(name, "Exception" | "BaseException" | "OSError" | "Empty")
    };
    match caught {
        None => true,
        Some(Expr::Tuple(tuple)) => tuple.elts.iter().any(is_one),
        Some(single) => is_one(single),
    }
}
