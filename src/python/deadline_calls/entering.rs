//! Deadlines that are made first and entered later: once is right, twice is not.

use ruff_python_ast::statement_visitor::{StatementVisitor, walk_stmt};
use ruff_python_ast::{Expr, ExprName, Stmt};
use ruff_text_size::Ranged;

use super::{Collector, FARTHEST};
use crate::python::connects::span;
use crate::python::deadlines::setter;
use crate::sites::Reentered;

/// A deadline that is kept in a local variable.
pub(super) struct Made {
    path: String,
    /// How many blocks and loops are around where it is made.
    blocks: usize,
    loops: usize,
    /// The blocks around where it is entered.
    entered: Option<Vec<usize>>,
}

impl Collector<'_> {
    /// `name = value`.
    pub(super) fn keep(&mut self, name: &ExprName, value: &Expr) {
        self.inside.made.remove(&name.id);
        let Expr::Call(call) = value else {
            return;
        };
        // `async_timeout.timeout` is told apart by its version alone, which is not known here.
        let path = setter(call, self.names)
            .map(|setter| setter.path)
            .filter(|path| path.starts_with("asyncio.timeout"));
        if let Some(path) = path {
            let made = Made {
                path,
                blocks: self.inside.blocks.len(),
                loops: self.inside.loops.len(),
                entered: None,
            };
            self.inside.made.insert(name.id.clone(), made);
        }
    }

    /// `async with name:`, whose block is `body`.
    pub(super) fn enter_kept(&mut self, name: &ExprName, body: &[Stmt]) {
        let expects_failure = self.is_meant_to_fail();
        let inside = &mut self.inside;
        let Some(made) = inside.made.get_mut(&name.id) else {
            return;
        };
        if inside.blocks.len() > FARTHEST || inside.blocks.len() < made.blocks {
            return;
        }
        let is_again = made
            .entered
            .as_ref()
            .is_some_and(|before| inside.blocks.starts_with(before));
        let in_loop = inside
            .loops
            .get(made.loops..)
            .is_some_and(|loops| loops.last() == Some(&true));
        if is_again || in_loop {
            self.found.reentered.push(Reentered {
                span: span(name.range()),
                path: made.path.clone(),
                in_loop: !is_again,
                expects_failure,
            });
        } else if !body.last().is_some_and(leaves) {
            made.entered = Some(inside.blocks.clone());
        }
    }
}

/// Whether nothing comes behind a statement.
pub(in crate::python) fn leaves(statement: &Stmt) -> bool {
    matches!(
        statement,
        Stmt::Return(_) | Stmt::Raise(_) | Stmt::Break(_) | Stmt::Continue(_)
    )
}

/// Whether the rounds of a loop go on until it is over: nothing in its body leaves it, or begins the next round early.
pub(super) fn goes_on(body: &[Stmt]) -> bool {
    struct Leaves(bool);
    impl<'a> StatementVisitor<'a> for Leaves {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            match statement {
                Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
                _ if leaves(statement) => self.0 = true,
                _ => walk_stmt(self, statement),
            }
        }
    }
    let mut search = Leaves(false);
    search.visit_body(body);
    !search.0
}
