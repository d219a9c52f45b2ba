//! What was asked about an expression before: every collector asks for the same callees.

use std::cell::RefCell;

use foldhash::HashMap;
use ruff_python_ast::Expr;
use ruff_text_size::{Ranged, TextRange};

/// The answers to one question about the expressions of one tree. No two that mean anything have the same range.
#[derive(Debug)]
pub(super) struct Answers<T>(RefCell<HashMap<TextRange, T>>);

impl<T> Default for Answers<T> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<T: Clone> Answers<T> {
    /// The answer to the question about `expr`, which `find` gives the first time.
    pub(super) fn of(&self, expr: &Expr, find: impl FnOnce() -> T) -> T {
        if let Some(known) = self.0.borrow().get(&expr.range()) {
            return known.clone();
        }
        let found = find();
        self.0.borrow_mut().insert(expr.range(), found.clone());
        found
    }
}
