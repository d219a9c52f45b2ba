//! Loops that try a connect again, at once and for ever, where it fails.

use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{Block, Expr, Stmt};

use crate::rust::collect::endless::is_true;
use crate::rust::collect::exits::has_exit;
use crate::rust::collect::outcomes::{Outcomes, failure, success};
use crate::rust::collect::swallowed::tells;
use crate::rust::syntax::edges;
use crate::source::Span;

/// A loop that tries a connect again, before the connects have their ids.
#[derive(Debug)]
pub(in crate::rust) struct FoundRetry {
    /// The head of the loop.
    pub(in crate::rust) head: Span,
    /// What gets the failure: `Err(_)`, `if let Ok(ws) = connect(…).await`.
    pub(in crate::rust) span: Span,
    /// The call of the connect.
    pub(in crate::rust) connect: Span,
}

impl Outcomes<'_, '_> {
    /// Those in the body of a function. What runs at another time, as closures and `async` blocks do, keeps nobody waiting.
    pub(in crate::rust) fn retried_in(&self, body: &Block) -> Vec<FoundRetry> {
        let mut loops = Loops {
            outcomes: self,
            found: Vec::new(),
        };
        loops.visit_block(body);
        loops.found
    }

    /// The failing connect of the loop and what gets its failure, where nothing else in the loop's body waits, counts or leaves.
    fn retried(&self, condition: Option<&Expr>, body: &Block) -> Option<(Span, Span)> {
        match condition {
            Some(condition) if matches!(condition, Expr::Let(_)) || !is_true(condition) => {
                let connect = match condition {
                    Expr::Let(head) if failure(&head.pat, 1)?.is_broad() => self.outcome(&head.expr, 1)?,
                    Expr::MethodCall(call) if call.method == "is_err" => self.outcome(&call.receiver, 1)?,
                    _ => return None,
                };
                let span = edges::expression(condition, self.collector.offsets);
                goes_on(|paces| paces.visit_block(body)).then_some((span, connect))
            }
            _ => {
                let mut attempts = body.stmts.iter().enumerate();
                let (at, found) = attempts.find_map(|(at, stmt)| Some((at, self.attempt(stmt, &body.stmts)?)))?;
                let mut others = body.stmts.iter().enumerate().filter(|(other, _)| *other != at);
                let is_kept = matches!(body.stmts.get(at), Some(Stmt::Local(_)));
                // Behind a `let` there is a connection.
                others
                    .all(|(other, stmt)| is_kept && other > at || goes_on(|paces| paces.visit_stmt(stmt)))
                    .then_some(found)
            }
        }
    }

    /// What gets the failure of the connect that the statement tries, and the connect; only a connection leaves the loop.
    fn attempt(&self, stmt: &Stmt, body: &[Stmt]) -> Option<(Span, Span)> {
        match stmt {
            Stmt::Expr(Expr::Match(choice), _) => self.tried_by_match(choice, None),
            Stmt::Expr(Expr::If(branch), _) => {
                let Expr::Let(condition) = &*branch.cond else {
                    return None;
                };
                let connect = self.outcome(&condition.expr, success(&condition.pat)?)?;
                let otherwise = branch.else_branch.as_ref();
                let goes_on = otherwise.is_none_or(|(_, otherwise)| goes_on(|paces| paces.visit_expr(otherwise)));
                let leaves = has_exit(|exit| exit.visit_block(&branch.then_branch));
                let start = self.collector.offsets.of(branch.if_token.span);
                (goes_on && leaves).then(|| {
                    (
                        start.cover(edges::expression(&condition.expr, self.collector.offsets)),
                        connect,
                    )
                })
            }
            Stmt::Local(local) => {
                let init = local.init.as_ref()?;
                let Some((_, diverge)) = &init.diverge else {
                    let Expr::Match(choice) = &*init.expr else { return None };
                    return self.tried_by_match(choice, Some(body));
                };
                let connect = self.outcome(&init.expr, success(&local.pat)?)?;
                let start = self.collector.offsets.of(local.let_token.span);
                (goes_on(|paces| paces.visit_expr(diverge)) && leaves(body)).then(|| {
                    (
                        start.cover(edges::expression(&init.expr, self.collector.offsets)),
                        connect,
                    )
                })
            }
            _ => None,
        }
    }

    /// `rest`: what a connection is kept for, where the arm of the success does not leave itself.
    fn tried_by_match(&self, choice: &syn::ExprMatch, rest: Option<&[Stmt]>) -> Option<(Span, Span)> {
        let connect = self.outcome(&choice.expr, 1)?;
        let mut broad = None;
        for arm in &choice.arms {
            match failure(&arm.pat, 1) {
                None if rest.is_some_and(leaves) || has_exit(|exit| exit.visit_expr(&arm.body)) => {}
                None => return None,
                Some(_) if !goes_on(|paces| paces.visit_expr(&arm.body)) => return None,
                Some(kind) if kind.is_broad() => _ = broad.get_or_insert(self.collector.offsets.of(arm.pat.span())),
                Some(_) => {}
            }
        }
        Some((broad?, connect))
    }
}

fn leaves(body: &[Stmt]) -> bool {
    has_exit(|exit| body.iter().for_each(|stmt| exit.visit_stmt(stmt)))
}

struct Loops<'o, 'c, 'a> {
    outcomes: &'o Outcomes<'c, 'a>,
    found: Vec<FoundRetry>,
}

impl<'ast> Visit<'ast> for Loops<'_, '_, '_> {
    fn visit_item(&mut self, _: &'ast syn::Item) {}

    fn visit_expr(&mut self, expr: &'ast Expr) {
        let offsets = self.outcomes.collector.offsets;
        let (keyword, condition, body) = match expr {
            Expr::Loop(again) => (again.loop_token.span, None, &again.body),
            Expr::While(again) => (again.while_token.span, Some(&*again.cond), &again.body),
            Expr::Closure(_) | Expr::Async(_) => return,
            _ => return visit::visit_expr(self, expr),
        };
        let head = edges::head_of_loop(keyword, condition, offsets);
        let retried = self.outcomes.retried(condition, body);
        self.found
            .extend(retried.map(|(span, connect)| FoundRetry { head, span, connect }));
        visit::visit_expr(self, expr);
    }
}

/// Whether code neither waits, counts nor leaves: at most it writes a line.
fn goes_on(visit: impl FnOnce(&mut Paces)) -> bool {
    let mut paces = Paces(false);
    visit(&mut paces);
    !paces.0
}

/// Looks for what paces or ends a loop. Of calls nobody knows what they do.
struct Paces(bool);

impl<'ast> Visit<'ast> for Paces {
    fn visit_item(&mut self, _: &'ast syn::Item) {}

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.0 |= !tells(mac);
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        use Expr::{Assign, Await, Break, Call, MethodCall, Return, Try};
        self.0 |= matches!(
            expr,
            Assign(_) | Await(_) | Break(_) | Call(_) | MethodCall(_) | Return(_) | Try(_)
        );
        // `attempts += 1`.
        self.0 |= matches!(expr, Expr::Binary(binary) if is_assignment(&binary.op));
        visit::visit_expr(self, expr);
    }
}

fn is_assignment(op: &syn::BinOp) -> bool {
    use syn::BinOp::{AddAssign, DivAssign, MulAssign, ShlAssign, ShrAssign, SubAssign};
    matches!(
        op,
        AddAssign(_) | SubAssign(_) | MulAssign(_) | DivAssign(_) | ShlAssign(_) | ShrAssign(_)
    )
}
