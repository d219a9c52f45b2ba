//! What a piece of code contains, functions and lambdas in it left out: they run at another time.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt};

use super::code::span_of;
use crate::source::Span;

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

/// Whether something is waited for while `expr` is made, but for what stands at `besides`.
pub(super) fn awaits(expr: &Expr, besides: Option<Span>) -> bool {
    let mut search = Search::new(|expr| {
        let waits = matches!(expr, Expr::Await(_) | Expr::Yield(_) | Expr::YieldFrom(_));
        waits && !besides.is_some_and(|besides| besides.contains(span_of(expr)))
    });
    search.visit_expr(expr);
    search.found
}

/// Looks for an expression of the same function: not in functions and lambdas in it.
struct Search<F> {
    wanted: F,
    found: bool,
}

impl<F: Fn(&Expr) -> bool> Search<F> {
    fn new(wanted: F) -> Self {
        Self { wanted, found: false }
    }
}

impl<'a, F: Fn(&Expr) -> bool> Visitor<'a> for Search<F> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if !statement.is_function_def_stmt() {
            walk_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if (self.wanted)(expr) {
            self.found = true;
        } else if !expr.is_lambda_expr() {
            walk_expr(self, expr);
        }
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
