//! What is over some day: the outcome of a wait under a deadline, the time that is left, what something is taken out of.

use syn::{Expr, Ident, Pat};

use crate::rust::names::plain;

/// Whether a call gives an end some day, or an error: what it takes out of becomes empty, or nothing comes in time.
pub(in crate::rust) type RunsDry<'k> = &'k dyn Fn(&syn::ExprMethodCall) -> bool;

/// Whether a pattern is for an outcome that came in time.
pub(in crate::rust) fn is_in_time(pat: &Pat) -> bool {
    matches!(pat, Pat::TupleStruct(of) if of.path.is_ident("Ok") || of.path.is_ident("Some"))
}

/// Whether an expression is the outcome of a wait under a deadline, or the time that is left, which runs out some day:
/// `timeout(limit, future).await.is_err()`, `limit.checked_sub(start.elapsed())`.
pub(in crate::rust) fn is_timed(expr: &Expr, is_kept: &dyn Fn(&syn::Path) -> bool, runs_dry: RunsDry<'_>) -> bool {
    let (mut at, mut is_awaited) = (expr, false);
    loop {
        at = match at {
            Expr::Await(awaited) => {
                is_awaited = true;
                &awaited.base
            }
            Expr::MethodCall(call) if !is_awaited && is_taking(&call.method) || runs_dry(call) => return true,
            Expr::MethodCall(call) if call.method == "checked_sub" || call.method == "checked_duration_since" => {
                return true;
            }
            Expr::MethodCall(call) => &call.receiver,
            Expr::Try(attempt) => &attempt.expr,
            Expr::Paren(paren) => &paren.expr,
            Expr::Unary(unary) => &unary.expr,
            Expr::Reference(reference) => &reference.expr,
            Expr::Path(path) => return is_kept(&path.path),
            Expr::Call(call) => {
                let Expr::Path(func) = &*call.func else { return false };
                let last = func.path.segments.last();
                return last.is_some_and(|last| {
                    let name = last.ident.to_string();
                    name.starts_with("timeout") || name == "with_timeout" || name == "with_deadline"
                });
            }
            _ => return false,
        };
    }
}

/// Whether a method takes the next one out of what is there: `queue.pop_front()`, `delays.next()`.
fn is_taking(method: &Ident) -> bool {
    let method = plain(method);
    method == "pop" || method.starts_with("pop_") || method == "next" || method == "next_back"
}
