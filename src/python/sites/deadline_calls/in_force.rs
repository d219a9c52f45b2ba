//! Which deadlines hold from a place on: entered, put onto an exit stack, set anew, lifted.

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr};

use super::blocks::Frame;
use super::{Collector, FARTHEST};
use crate::python::deadlines::stacked;
use crate::python::sites::usage::Slot;
use crate::python::syntax::dotted::dotted;
use crate::sites::{Bound, Deadline};

impl Collector<'_> {
    /// From here on `deadline` holds; its call and the name it has, if any.
    pub(super) fn hold(&mut self, mut deadline: Deadline, call: Option<usize>, handle: Option<&Name>, is_bound: bool) {
        let is_in_force = deadline.bound != Bound::Unlimited || is_bound;
        // `asyncio.timeout(None) as deadline` is set later.
        if deadline.bound == Bound::Unlimited {
            deadline.bound = Bound::Unknown;
        }
        self.inside.frames.push(Frame {
            is_in_force,
            deadline,
            call,
            handle: handle.cloned(),
            stack: None,
            is_bound,
            loops: self.inside.loops.len(),
            first_wait: None,
            waits: 0,
        });
    }

    /// Takes note of what is known of a deadline whose block is left.
    pub(super) fn leave(&mut self, frame: &Frame) {
        let only_wait = frame.only_wait();
        if let Some(call) = frame.call.and_then(|call| self.found.calls.get_mut(call)) {
            call.only_wait = only_wait;
        }
    }

    /// `deadline.reschedule(None)`, `deadline.reject()`, `scope.deadline = math.inf`: the deadline is another one from here
    /// on, or none.
    pub(super) fn lift(&mut self, handle: &Expr, ends: bool) {
        let Expr::Name(handle) = handle else {
            return;
        };
        let mut frames = self.inside.frames.iter_mut().rev().take(FARTHEST);
        if let Some(frame) = frames.find(|frame| frame.handle.as_ref() == Some(&handle.id)) {
            frame.deadline.bound = Bound::Unknown;
            frame.is_in_force &= !ends;
        }
    }

    /// `stack.aclose()`: what an exit stack held does not hold any more.
    fn unwind(&mut self, stack: &Expr) {
        let stack = dotted(stack);
        for frame in self.inside.frames.iter_mut().rev().take(FARTHEST) {
            frame.is_in_force &= frame.stack.is_none() || frame.stack != stack;
        }
    }

    /// What a method does to the deadlines that hold: it enters one, sets one anew, lifts one or unwinds a stack.
    pub(super) fn after_call(&mut self, call: &ast::ExprCall) {
        let Expr::Attribute(method) = &*call.func else {
            return;
        };
        let is_awaited = matches!(self.parents.last(), Some(Expr::Await(_)));
        if let Some((manager, is_async)) = stacked(call, is_awaited)
            && let Some(deadline) = self.entered(self.variables.only_value(manager).unwrap_or(manager), is_async)
        {
            let is_whole = self.parents.len() == usize::from(is_awaited);
            let kept = match self.slot {
                Slot::Bare if is_whole => None,
                slot => Some(slot),
            };
            let handle = match kept {
                Some(Slot::Assigned(name)) if is_whole => name,
                // Made before under a name of its own.
                _ => manager.as_name_expr().map(|name| &name.id),
            };
            self.hold(deadline, None, handle, kept.is_some() || manager.is_name_expr());
            if let Some(frame) = self.inside.frames.last_mut() {
                frame.stack = dotted(&method.value);
            }
            return;
        }
        match method.attr.as_str() {
            "aclose" | "close" => self.unwind(&method.value),
            "reject" => self.lift(&method.value, true),
            "reschedule" => {
                let ends = call.arguments.args.first().is_some_and(Expr::is_none_literal_expr);
                self.lift(&method.value, ends);
            }
            "update" | "shift" => self.lift(&method.value, false),
            _ => {}
        }
    }
}
