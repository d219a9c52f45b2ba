//! What was asked about an expression before: every collector asks for the same callees.

use elsa::FrozenMap;
use foldhash::fast::RandomState;
use ruff_python_ast::Expr;
use ruff_text_size::{Ranged, TextRange};

/// The answers to one question about the expressions of one tree. No two that mean anything have the same range.
pub(super) struct Answers<T>(FrozenMap<TextRange, Vec<T>, RandomState>);

impl<T> Default for Answers<T> {
    fn default() -> Self {
        Self(FrozenMap::default())
    }
}

impl<T> Answers<T> {
    /// The answer to the question about `expr`, if it was asked before.
    pub(super) fn known(&self, expr: &Expr) -> Option<&[T]> {
        self.0.get(&expr.range())
    }

    /// Keeps the answer to the question about `expr`.
    pub(super) fn keep(&self, expr: &Expr, answer: Vec<T>) -> &[T] {
        self.0.insert(expr.range(), answer)
    }
}
