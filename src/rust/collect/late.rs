//! What is over some day: the outcome of a wait under a deadline, the time that is left, what something is taken out of.

use proc_macro2::TokenStream;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Ident, Pat, Token};

use crate::rust::collect::Collector;
use crate::rust::collect::own_deadlines::{InSilence, is_deadline_method};
use crate::rust::names::macros::{self, Inside};
use crate::rust::names::{last_name, plain};

/// What is known of calls outside of the loop that they stand in.
pub(in crate::rust) trait Outcomes {
    /// Whether a call gives an end some day, or an error: what it takes out of becomes empty, or nothing comes in time.
    fn runs_dry(&self, call: &syn::ExprMethodCall) -> bool;
    /// What becomes of a call of the project's own once nothing came in time.
    fn in_silence(&self, call: &Expr) -> Option<InSilence>;
}

impl Outcomes for Collector<'_> {
    fn runs_dry(&self, call: &syn::ExprMethodCall) -> bool {
        self.runs_dry(call)
    }

    fn in_silence(&self, call: &Expr) -> Option<InSilence> {
        self.in_silence(call)
    }
}

/// Whether a pattern is for an outcome that came in time.
pub(in crate::rust) fn is_in_time(pat: &Pat) -> bool {
    match pat {
        Pat::TupleStruct(of) => of.path.is_ident("Ok") || of.path.is_ident("Some"),
        Pat::Or(cases) => cases.cases.iter().all(is_in_time),
        Pat::Guard(guarded) => is_in_time(&guarded.pat),
        Pat::Paren(paren) => is_in_time(&paren.pat),
        _ => false,
    }
}

/// Whether the condition of a `while` no longer holds once nothing came in time.
pub(in crate::rust) fn ends_by_silence(
    condition: &Expr,
    is_kept: &dyn Fn(&syn::Path) -> bool,
    outcomes: &dyn Outcomes,
) -> bool {
    let (mut at, mut holds) = (condition, true);
    loop {
        at = match at {
            Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Not(_)) => {
                holds = !holds;
                &unary.expr
            }
            Expr::Paren(paren) => &paren.expr,
            Expr::Await(awaited) => {
                return match outcomes.in_silence(&awaited.base) {
                    Some(InSilence::Is(given)) => given != holds,
                    _ => timed(at, is_kept, outcomes).is_some(),
                };
            }
            Expr::Macro(call) => {
                let Inside::Matched(value) = &*macros::inside(&call.mac) else {
                    return false;
                };
                let is_of_silence = || matched_pattern(&call.mac).is_some_and(|pat| is_in_time(&pat) == holds);
                return timed(value, is_kept, outcomes).is_some() && is_of_silence();
            }
            _ => return timed(at, is_kept, outcomes).is_some(),
        };
    }
}

/// The pattern of `matches!(value, pattern)`, without its guard.
fn matched_pattern(mac: &syn::Macro) -> Option<Pat> {
    let pattern = |input: ParseStream<'_>| {
        input.parse::<Expr>()?;
        input.parse::<Token![,]>()?;
        let pat = Pat::parse_multi_with_leading_vert(input)?;
        input.parse::<TokenStream>()?;
        Ok(pat)
    };
    pattern.parse2(mac.tokens.clone()).ok()
}

/// What in an expression is the outcome of a wait under a deadline, or the time that is left, which runs out some day:
/// `timeout(limit, future).await.is_err()`, `limit.checked_sub(start.elapsed())`.
pub(in crate::rust) fn timed<'e>(
    expr: &'e Expr,
    is_kept: &dyn Fn(&syn::Path) -> bool,
    outcomes: &dyn Outcomes,
) -> Option<&'e Expr> {
    let (mut at, mut is_awaited) = (expr, false);
    loop {
        at = match at {
            Expr::Await(awaited) => {
                is_awaited = true;
                &awaited.base
            }
            Expr::MethodCall(call) if !is_awaited && is_taking(&call.method) || outcomes.runs_dry(call) => {
                return Some(at);
            }
            Expr::MethodCall(call)
                if is_awaited && call.args.len() == 1 && is_deadline_method(&plain(&call.method)) =>
            {
                return Some(at);
            }
            Expr::MethodCall(_) if is_awaited && outcomes.in_silence(at).is_some() => return Some(at),
            Expr::MethodCall(call) if call.method == "checked_sub" || call.method == "checked_duration_since" => {
                return Some(at);
            }
            Expr::MethodCall(call) => &call.receiver,
            Expr::Try(attempt) => &attempt.expr,
            Expr::Paren(paren) => &paren.expr,
            Expr::Unary(unary) => &unary.expr,
            Expr::Reference(reference) => &reference.expr,
            Expr::Path(path) => return is_kept(&path.path).then_some(at),
            Expr::Call(call) => {
                let Expr::Path(func) = &*call.func else { return None };
                let name = last_name(&func.path)?;
                let is_one = name.starts_with("timeout") || name == "with_timeout" || name == "with_deadline";
                return (is_one || is_awaited && outcomes.in_silence(at).is_some()).then_some(at);
            }
            _ => return None,
        };
    }
}

/// Whether a method takes the next one out of what is there: `queue.pop_front()`, `delays.next()`.
fn is_taking(method: &Ident) -> bool {
    let method = plain(method);
    method == "pop" || method.starts_with("pop_") || method == "next" || method == "next_back"
}

/// Whether a future sends something, or opens or closes a connection: it is no wait for what comes.
pub(in crate::rust) fn is_outgoing(future: &Expr) -> bool {
    const OUTGOING: [&str; 9] = [
        "close",
        "connect",
        "feed",
        "flush",
        "send",
        "send_all",
        "send_text",
        "shutdown",
        "write",
    ];
    let name = match future {
        Expr::MethodCall(call) => plain(&call.method),
        Expr::Call(call) => match &*call.func {
            Expr::Path(func) => last_name(&func.path).unwrap_or_default(),
            _ => return false,
        },
        Expr::Reference(reference) => return is_outgoing(&reference.expr),
        Expr::Paren(paren) => return is_outgoing(&paren.expr),
        _ => return false,
    };
    OUTGOING.contains(&name.as_str()) || name.starts_with("connect")
}
