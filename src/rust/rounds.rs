//! How often a loop goes round, as far as its own text shows it.

use syn::visit::{self, Visit};
use syn::{Block, Expr, Ident, Pat, RangeLimits, Stmt};

use super::durations;
use crate::sites::{Bound, Times};

/// How often a `for` goes round; `named` answers for a constant or a variable.
pub(super) fn rounds_of_for(each: &syn::ExprForLoop, named: &dyn Fn(&syn::Path) -> Option<Bound>) -> Times {
    if ends_in_first_round(&each.body) {
        return Times::Number(1.0);
    }
    match strip(&each.expr) {
        Expr::Range(range) => {
            let start = range
                .start
                .as_deref()
                .map_or(Some(0.0), |start| durations::number(start, named));
            let end = range.end.as_deref().and_then(|end| durations::number(end, named));
            let more = if matches!(range.limits, RangeLimits::Closed(_)) {
                1.0
            } else {
                0.0
            };
            match (start, end, &range.end) {
                (Some(start), Some(end), _) => Times::Number((end - start + more).max(0.0)),
                (_, _, None) => Times::Unbounded,
                _ => Times::Unknown,
            }
        }
        #[allow(clippy::cast_precision_loss, reason = "a source has fewer elements than 2^52")]
        Expr::Array(array) => Times::Number(array.elems.len() as f64),
        _ => Times::Unknown,
    }
}

fn strip(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(paren) => strip(&paren.expr),
        Expr::Reference(reference) => strip(&reference.expr),
        _ => expr,
    }
}

/// How often a `while` or a `loop` goes round: what compares numbers, or asks the clock, ends some day.
pub(super) fn rounds_of_while(condition: Option<&Expr>, body: &Block) -> Times {
    if ends_in_first_round(body) {
        return Times::Number(1.0);
    }
    let mut ends = Ends::default();
    if let Some(condition) = condition {
        ends.visit_expr(condition);
    }
    let by_head = ends.compares
        || condition.is_some_and(|condition| matches!(condition, Expr::Let(head) if is_timed(&head.expr, &|_| false)));
    let mut ends = Ends::default();
    ends.visit_block(body);
    match by_head || ends.leaves {
        true => Times::Unknown,
        false => Times::Unbounded,
    }
}

fn ends_in_first_round(body: &Block) -> bool {
    let leaves = matches!(body.stmts.last(), Some(Stmt::Expr(Expr::Break(_) | Expr::Return(_), _)));
    let mut ends = Ends::default();
    ends.visit_block(body);
    leaves && !ends.again
}

/// Of one loop so many outcomes are remembered.
const MOST_OUTCOMES: usize = 64;

/// Looks for what ends a loop by counting.
#[derive(Default)]
struct Ends {
    compares: bool,
    leaves: bool,
    again: bool,
    /// The variables that keep what waits under a deadline came to.
    outcomes: Vec<Ident>,
}

impl<'ast> Visit<'ast> for Ends {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Continue(_) => self.again = true,
            Expr::Binary(binary) => {
                use syn::BinOp::{Ge, Gt, Le, Lt};
                self.compares |= matches!(binary.op, Ge(_) | Gt(_) | Le(_) | Lt(_));
            }
            Expr::If(branch) => {
                let mut condition = Ends::default();
                condition.visit_expr(&branch.cond);
                let leaves = branch
                    .then_branch
                    .stmts
                    .iter()
                    .any(|stmt| matches!(stmt, Stmt::Expr(Expr::Break(_) | Expr::Return(_), _) | Stmt::Macro(_)));
                self.leaves |= condition.compares && leaves;
                self.leaves |= self.leaves_by_silence(branch);
            }
            // What goes on until something is empty takes something out of it.
            Expr::MethodCall(call) if call.method == "is_empty" => self.compares = true,
            Expr::MethodCall(call) if call.method == "unwrap" || call.method == "expect" => {
                self.leaves |= self.is_timed(&call.receiver);
            }
            Expr::Try(attempt) => self.leaves |= self.is_timed(&attempt.expr),
            Expr::Match(choice) => {
                let mut late = choice.arms.iter().filter(|arm| !is_in_time(&arm.pat));
                self.leaves |= self.is_timed(&choice.expr) && late.any(|arm| has_exit(|exit| exit.visit_arm(arm)));
            }
            Expr::Macro(call) => self.raced(&call.mac),
            Expr::Closure(_) | Expr::Async(_) => return,
            _ => {}
        }
        visit::visit_expr(self, expr);
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        let init = local.init.as_ref();
        let is_outcome = init.is_some_and(|init| self.is_timed(&init.expr));
        self.leaves |= is_outcome && init.is_some_and(|init| init.diverge.is_some());
        visit::visit_local(self, local);
        if let Pat::Ident(name) = &local.pat {
            self.outcomes.retain(|known| *known != name.ident);
            if is_outcome && self.outcomes.len() < MOST_OUTCOMES {
                self.outcomes.push(name.ident.clone());
            }
        }
    }

    fn visit_stmt_macro(&mut self, call: &'ast syn::StmtMacro) {
        self.raced(&call.mac);
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

impl Ends {
    /// Whether the branch for a deadline that fired leaves the loop: `if timeout(…).await.is_err() { break }`.
    fn leaves_by_silence(&self, branch: &syn::ExprIf) -> bool {
        match &*branch.cond {
            Expr::Let(condition) if self.is_timed(&condition.expr) && is_in_time(&condition.pat) => {
                let otherwise = branch.else_branch.as_ref();
                otherwise.is_some_and(|(_, otherwise)| has_exit(|exit| exit.visit_expr(otherwise)))
            }
            Expr::Let(condition) => {
                self.is_timed(&condition.expr) && has_exit(|exit| exit.visit_block(&branch.then_branch))
            }
            other => self.is_timed(other) && has_exit(|exit| exit.visit_expr_if(branch)),
        }
    }

    /// Whether an expression is the outcome of a wait under a deadline, or a variable that keeps it.
    fn is_timed(&self, expr: &Expr) -> bool {
        let is_kept = |path: &syn::Path| self.outcomes.iter().any(|kept| path.is_ident(kept));
        is_timed(expr, &is_kept)
    }

    /// `select!` with a timer, or with a future that is made outside and may be one, and with a branch that leaves.
    fn raced(&mut self, mac: &syn::Macro) {
        if mac.path.segments.last().is_none_or(|last| last.ident != "select") {
            return;
        }
        let tokens = mac.tokens.to_string();
        let has = |words: &[&str]| words.iter().any(|word| tokens.contains(word));
        self.leaves |= has(&["break", "return", "panic"]) && has(&["& mut", "&mut", "sleep", "timeout", "tick"]);
    }
}

/// Whether a pattern is for an outcome that came in time.
fn is_in_time(pat: &Pat) -> bool {
    matches!(pat, Pat::TupleStruct(of) if of.path.is_ident("Ok"))
}

/// Whether an expression is the outcome of a wait under a deadline: `timeout(limit, future).await.is_err()`.
fn is_timed(expr: &Expr, is_kept: &dyn Fn(&syn::Path) -> bool) -> bool {
    let mut at = expr;
    loop {
        at = match at {
            Expr::Await(awaited) => &awaited.base,
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

/// Whether something leaves the loop, or panics.
pub(super) fn has_exit(visit: impl FnOnce(&mut Exit)) -> bool {
    let mut exit = Exit(false);
    visit(&mut exit);
    exit.0
}

pub(super) struct Exit(bool);

impl<'ast> Visit<'ast> for Exit {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Break(_) | Expr::Return(_) => self.0 = true,
            Expr::Closure(_) | Expr::Async(_) => return,
            _ => {}
        }
        visit::visit_expr(self, expr);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.0 |= mac.path.segments.last().is_some_and(|last| last.ident == "panic");
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}
