//! How often a loop goes round, as far as its own text shows it.

use syn::visit::{self, Visit};
use syn::{Block, Expr, RangeLimits, Stmt};

use super::durations;
use crate::sites::Times;

/// How often a `for` goes round.
pub(super) fn rounds_of_for(each: &syn::ExprForLoop) -> Times {
    if ends_in_first_round(&each.body) {
        return Times::Number(1.0);
    }
    match strip(&each.expr) {
        Expr::Range(range) => {
            let start = range.start.as_deref().map_or(Some(0.0), durations::number);
            let end = range.end.as_deref().and_then(durations::number);
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
    let by_head = ends.compares;
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

/// Looks for what ends a loop by counting.
#[derive(Default)]
struct Ends {
    compares: bool,
    leaves: bool,
    again: bool,
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
            }
            Expr::Closure(_) | Expr::Async(_) => return,
            _ => {}
        }
        visit::visit_expr(self, expr);
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}
