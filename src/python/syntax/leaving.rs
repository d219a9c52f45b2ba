//! Where control leaves what it stands in.

use ruff_python_ast::Stmt;

/// Whether nothing comes behind a statement.
pub(in crate::python) fn leaves(statement: &Stmt) -> bool {
    matches!(
        statement,
        Stmt::Return(_) | Stmt::Raise(_) | Stmt::Break(_) | Stmt::Continue(_)
    )
}
