//! What a piece of code contains, functions and lambdas in it left out: they run at another time.

use ruff_python_ast::{Expr, ExprCall, Stmt};

use super::code::span_of;
use crate::python::syntax::nodes::{Scope, expressions_in};
use crate::source::Span;

/// Whether `body` yields: the function that it is in gives control away in the middle of it.
pub(super) fn yields(body: &[Stmt]) -> bool {
    expressions_in(body, Scope::OwnAndClasses).any(|expr| matches!(expr, Expr::Yield(_) | Expr::YieldFrom(_)))
}

/// Whether a `:=` in the call binds a name.
pub(super) fn binds(call: &ExprCall) -> bool {
    expressions_in(&call.arguments, Scope::OwnAndClasses).any(Expr::is_named_expr)
}

/// Whether something is waited for while `expr` is made, but for what stands at `besides`.
pub(super) fn awaits(expr: &Expr, besides: Option<Span>) -> bool {
    expressions_in(expr, Scope::OwnAndClasses).any(|expr| {
        let waits = matches!(expr, Expr::Await(_) | Expr::Yield(_) | Expr::YieldFrom(_));
        waits && !besides.is_some_and(|besides| besides.contains(span_of(expr)))
    })
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
