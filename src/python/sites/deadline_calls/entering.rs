//! Deadlines that are kept in local variables: entered once is right, twice is not, and only its block may change one.

use ruff_python_ast::{Expr, ExprCall, ExprName, Stmt};
use ruff_text_size::Ranged;

use super::{Collector, FARTHEST};
use crate::python::deadlines::setter;
use crate::python::sites::usage::Slot;
use crate::python::syntax::leaving::leaves;
use crate::python::syntax::nodes::{Scope, statements_in};
use crate::python::syntax::spans::span;
use crate::sites::{Reentered, RescheduledOutside};

/// A deadline that is kept in a local variable.
pub(super) struct Made {
    path: String,
    /// How many blocks and loops are around where it is made.
    blocks: usize,
    loops: usize,
    /// The blocks around where it is entered.
    entered: Option<Vec<usize>>,
    state: State,
    /// Something else has it too, and may enter it.
    escapes: bool,
}

enum State {
    /// The blocks around where it is made.
    New(Vec<usize>),
    Entered,
    /// The blocks around the one that has ended.
    Left(Vec<usize>),
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
            let made = self.made(path.to_owned());
            self.inside.made.insert(name.id.clone(), made);
        }
    }

    fn made(&self, path: String) -> Made {
        Made {
            path,
            blocks: self.inside.blocks.len(),
            loops: self.inside.loops.len(),
            entered: None,
            state: match self.inside.blocks.len() > FARTHEST {
                true => State::Entered,
                false => State::New(self.inside.blocks.clone()),
            },
            escapes: false,
        }
    }

    /// `async with path(…) as name:`, whose block is `body`: what is entered is what it gives.
    pub(super) fn keep_entered(&mut self, name: &ExprName, path: &str, body: &[Stmt]) {
        if path.starts_with("asyncio.timeout") {
            let made = self.made(path.to_owned());
            self.inside.made.insert(name.id.clone(), made);
            self.enter_kept(name, body);
        }
    }

    /// The block that `name` was entered for is over.
    pub(super) fn leave_kept(&mut self, name: &ExprName, body: &[Stmt]) {
        let inside = &mut self.inside;
        if inside.blocks.len() > FARTHEST || body.last().is_some_and(leaves) {
            return;
        }
        if let Some(made) = inside.made.get_mut(&name.id) {
            made.state = State::Left(inside.blocks.clone());
        }
    }

    /// `name` is read: by its own methods and by `with`, or by something that may enter it.
    pub(super) fn read_kept(&mut self, name: &ExprName) {
        let is_harmless = match self.parents.last() {
            Some(Expr::Attribute(member)) => matches!(member.attr.as_str(), "reschedule" | "when" | "expired"),
            Some(_) => false,
            None => matches!(self.slot, Slot::WithItem { is_async: true, .. }),
        };
        if let Some(made) = self.inside.made.get_mut(&name.id) {
            made.escapes |= !is_harmless;
        }
    }

    /// `name.reschedule(…)` where no block is under it.
    pub(super) fn reschedule_kept(&mut self, name: &ExprName, call: &ExprCall) {
        let inside = &self.inside;
        // A function in this one may enter it, too.
        let Some(made) = inside.made.get(&name.id).filter(|_| !inside.is_shared) else {
            return;
        };
        let is_over = match &made.state {
            State::New(around) if !made.escapes && inside.blocks.starts_with(around) => false,
            State::Left(around) if inside.blocks.starts_with(around) => true,
            _ => return,
        };
        let found = RescheduledOutside {
            call: span(call),
            path: made.path.clone(),
            is_over,
            expects_failure: self.is_meant_to_fail(call.start().to_usize()),
        };
        self.found.rescheduled_outside.push(found);
    }

    /// `async with name:`, whose block is `body`.
    pub(super) fn enter_kept(&mut self, name: &ExprName, body: &[Stmt]) {
        let expects_failure = self.is_meant_to_fail(name.start().to_usize());
        let inside = &mut self.inside;
        let Some(made) = inside.made.get_mut(&name.id) else {
            return;
        };
        made.state = State::Entered;
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
                span: span(name),
                path: made.path.clone(),
                in_loop: !is_again,
                expects_failure,
            });
        } else if !body.last().is_some_and(leaves) {
            made.entered = Some(inside.blocks.clone());
        }
    }
}

/// Whether the rounds of a loop go on until it is over: nothing in its body leaves it, or begins the next round early.
pub(super) fn goes_on(body: &[Stmt]) -> bool {
    !statements_in(body, Scope::Own).any(leaves)
}
