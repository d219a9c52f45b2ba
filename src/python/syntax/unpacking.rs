//! Arguments that are not written one by one.

use ruff_python_ast::{Expr, Keyword};

/// Whether `*args` or `**kwargs` may bring more than is written.
pub(in crate::python) fn unpacks(positional: &[Expr], keywords: &[Keyword]) -> bool {
    positional.iter().any(Expr::is_starred_expr) || keywords.iter().any(|keyword| keyword.arg.is_none())
}
