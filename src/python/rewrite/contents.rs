//! What a piece of code contains, functions and lambdas in it left out: they run at another time.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{self as ast, Expr, ExprCall, Stmt};

use crate::python::dotted::dotted;

/// Whether `body` yields: the function that it is in gives control away in the middle of it.
pub(super) fn yields(body: &[Stmt]) -> bool {
    let mut search = Search::new(|expr| matches!(expr, Expr::Yield(_) | Expr::YieldFrom(_)));
    search.visit_body(body);
    search.found
}

/// Whether a `:=` in the call binds a name.
pub(super) fn binds(call: &ExprCall) -> bool {
    let mut search = Search::new(Expr::is_named_expr);
    search.visit_arguments(&call.arguments);
    search.found
}

/// Whether `body` gives `target` (`ws`, `self.ws`) another value.
pub(super) fn rebinds(body: &[Stmt], target: &str) -> bool {
    let mut search = Search::new(|expr| match expr {
        Expr::Name(name) => !name.ctx.is_load() && dotted(expr).as_deref() == Some(target),
        Expr::Attribute(attribute) => !attribute.ctx.is_load() && dotted(expr).as_deref() == Some(target),
        _ => false,
    });
    search.visit_body(body);
    search.found
}

/// Whether evaluating `expr` may wait.
pub(super) fn awaits(expr: &Expr) -> bool {
    let mut search = Search::new(|expr| matches!(expr, Expr::Await(_)));
    search.visit_expr(expr);
    search.found || search.is_async
}

/// Whether running `body` may wait.
pub(super) fn awaits_in(body: &[Stmt]) -> bool {
    let mut search = Search::new(|expr| matches!(expr, Expr::Await(_)));
    search.visit_body(body);
    search.found || search.is_async
}

/// The expressions directly in a statement or an expression.
pub(super) struct Expressions<'a> {
    pub(super) found: Vec<&'a Expr>,
}

impl<'a> Visitor<'a> for Expressions<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.found.push(expr);
    }
}

/// Looks for an expression of the same function: not in functions and lambdas in it.
pub(super) struct Search<F> {
    wanted: F,
    pub(super) found: bool,
    /// An `async for`, an `async with` or an asynchronous comprehension was met.
    pub(super) is_async: bool,
}

impl<F: Fn(&Expr) -> bool> Search<F> {
    pub(super) fn new(wanted: F) -> Self {
        Self {
            wanted,
            found: false,
            is_async: false,
        }
    }
}

impl<'a, F: Fn(&Expr) -> bool> Visitor<'a> for Search<F> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) => return,
            Stmt::For(node) => self.is_async |= node.is_async,
            Stmt::With(node) => self.is_async |= node.is_async,
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if (self.wanted)(expr) {
            self.found = true;
        } else if !expr.is_lambda_expr() {
            walk_expr(self, expr);
        }
    }

    fn visit_comprehension(&mut self, comprehension: &'a ast::Comprehension) {
        self.is_async |= comprehension.is_async;
        ruff_python_ast::visitor::walk_comprehension(self, comprehension);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yield_of_the_same_function_counts() {
        let found = |body: &str| yields(ruff_python_parser::parse_module(body).unwrap().suite());
        assert!(found("if x:\n    y = yield ws"));
        assert!(!found("def f():\n    yield 1\ng = lambda: (yield)"));
    }
}
