//! Tasks that are known to be over: `if task.is_finished()`, `assert!(task.is_finished())`. Whoever awaits one then waits for
//! nothing.

use syn::{BinOp, Block, Expr, Stmt, UnOp};

use crate::rust::collect::Collector;
use crate::rust::collect::endless::diverges;
use crate::rust::names::{LocalId, Name, plain};
use crate::sites::Course;

/// Conditions are looked into so deep.
const DEEPEST: usize = 8;

/// What awaiting the handles of some tasks waited for.
pub(in crate::rust) type Before = Vec<(LocalId, Option<Course>)>;

impl Collector<'_> {
    /// Takes note that the tasks are over which a condition says so of, where it `holds` or where it does not.
    pub(in crate::rust) fn finished(&mut self, condition: &Expr, holds: bool) -> Before {
        let mut tasks = Vec::new();
        if self.sought.waits {
            self.finished_by(condition, holds, DEEPEST, &mut tasks);
        }
        let before = tasks.into_iter().filter_map(|id| {
            let variable = self.found.variables.get_mut(id.0)?;
            let future = variable.future.take();
            variable.future = future.as_ref().map(|_| Course::default());
            Some((id, future))
        });
        before.collect()
    }

    /// They may as well go on, where the condition does not count any more.
    pub(in crate::rust) fn may_go_on(&mut self, before: Before) {
        for (id, future) in before {
            if let Some(variable) = self.found.variables.get_mut(id.0) {
                variable.future = future;
            }
        }
    }

    /// The same for all that comes behind `if !task.is_finished() { return }`.
    pub(in crate::rust) fn finished_behind(&mut self, branch: &syn::ExprIf) {
        if branch.else_branch.is_none() && leaves(&branch.then_branch) {
            self.finished(&branch.cond, false);
        }
    }

    fn finished_by(&self, condition: &Expr, holds: bool, depth: usize, found: &mut Vec<LocalId>) {
        let Some(depth) = depth.checked_sub(1) else { return };
        match condition {
            Expr::Paren(paren) => self.finished_by(&paren.expr, holds, depth, found),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => {
                self.finished_by(&unary.expr, !holds, depth, found);
            }
            Expr::Binary(both) => {
                let are_both = match both.op {
                    BinOp::And(_) => holds,
                    BinOp::Or(_) => !holds,
                    _ => false,
                };
                for side in [&both.left, &both.right].into_iter().filter(|_| are_both) {
                    self.finished_by(side, holds, depth, found);
                }
            }
            Expr::MethodCall(call) if holds && call.method == "is_finished" => {
                if let Expr::Path(handle) = &*call.receiver
                    && let Name::Variable(id) = self.resolve(&handle.path)
                {
                    found.push(id);
                }
            }
            _ => {}
        }
    }
}

/// Whether nothing comes behind a block.
fn leaves(block: &Block) -> bool {
    let is_diverging = |mac: &syn::Macro| {
        let last = mac.path.segments.last();
        last.is_some_and(|last| diverges(&plain(&last.ident)))
    };
    match block.stmts.last() {
        Some(Stmt::Expr(Expr::Return(_) | Expr::Break(_) | Expr::Continue(_), _)) => true,
        Some(Stmt::Expr(Expr::Macro(call), _)) => is_diverging(&call.mac),
        Some(Stmt::Macro(call)) => is_diverging(&call.mac),
        _ => false,
    }
}
