//! The items of a `with`: deadlines, exit stacks, what suppresses and what is expected to fail, and the connects among them.

use ruff_python_ast::visitor::source_order::SourceOrderVisitor;
use ruff_python_ast::{self as ast, Expr};

use super::{Collector, FARTHEST, With};
use crate::python::sites::usage::Slot;
use crate::python::syntax::expected_failures::expects_failure;
use crate::python::syntax::spans::span;
use crate::sites::DeadlineUsage;

impl<'a> Collector<'a> {
    /// Visits a `with`: its items one after the other, and its body under what they set up.
    pub(super) fn with(&mut self, with: &'a ast::StmtWith) {
        let before = self.inside.frames.len();
        let scopes = self.inside.scopes.len();
        let index = self.withs.len();
        self.withs.push(With {
            whole: span(with),
            connect: None,
            binds: false,
        });
        let mut suppresses = Vec::new();
        let mut failing = 0;
        let mut waits_at_the_end = false;
        let mut unclaimed = self.found.calls.len();
        for (position, item) in with.items.iter().enumerate() {
            let is_async = with.is_async;
            if let Some(open) = self.withs.get_mut(index) {
                open.binds = item.optional_vars.is_some();
            }
            self.with_index = Some(index);
            let call = self.found.calls.len();
            let slot = Slot::WithItem {
                index: position,
                is_async,
            };
            self.in_slot(slot, &item.context_expr);
            self.with_index = None;
            self.enter_scope(&item.context_expr);
            if let Some(deadline) = self.entered(&item.context_expr, is_async) {
                let target = item.optional_vars.as_deref();
                self.hold(
                    deadline,
                    Some(call),
                    target.and_then(Expr::as_name_expr).map(|name| &name.id),
                    target.is_some(),
                );
            } else if is_async {
                if let Expr::Name(name) = &item.context_expr {
                    self.enter_kept(name, &with.body);
                }
                self.wait(&item.context_expr, &item.context_expr);
                waits_at_the_end = true;
            } else if let Some(handler) = self.suppresses(item)
                && self.guard()
            {
                suppresses.push(handler);
            }
            if expects_failure(&item.context_expr) {
                failing += 1;
                self.meant_to_fail += 1;
            }
            let connect = self.connects_in(span(&item.context_expr)).next();
            if let Some(open) = self.withs.get_mut(index) {
                open.connect = open.connect.or(connect);
            }
            // A deadline in front of a connect is meant for that one.
            if connect.is_some() {
                for call in self.found.calls.iter_mut().skip(unclaimed) {
                    if let DeadlineUsage::Entered { behind, .. } = &mut call.usage {
                        *behind = None;
                    }
                }
                unclaimed = self.found.calls.len();
            }
            if let Some(target) = item.optional_vars.as_deref() {
                self.in_slot(Slot::Other, target);
                self.enter_as(target, call, with);
            }
        }
        self.visit_body(&with.body);
        self.inside.scopes.truncate(scopes);
        for item in with.items.iter().filter(|_| with.is_async) {
            for name in [Some(&item.context_expr), item.optional_vars.as_deref()]
                .into_iter()
                .flatten()
            {
                if let Expr::Name(name) = name {
                    self.leave_kept(name, &with.body);
                }
            }
        }
        self.meant_to_fail -= failing;
        for handler in suppresses.into_iter().rev() {
            self.guarded_by(vec![handler]);
        }
        self.withs.truncate(index);
        if waits_at_the_end {
            let (end, loops) = (span(with), self.inside.loops.len());
            for frame in self.inside.frames.iter_mut().rev().take(FARTHEST) {
                frame.wait(end, loops);
            }
        }
        for frame in self.inside.frames.split_off(before) {
            self.leave(&frame);
        }
    }

    /// `async with asyncio.timeout(…) as target`: `call` is where the deadlines of the item begin.
    fn enter_as(&mut self, target: &Expr, call: usize, with: &ast::StmtWith) {
        let Expr::Name(name) = target else {
            return;
        };
        let entered = self
            .inside
            .frames
            .last()
            .filter(|frame| frame.call == Some(call) && with.is_async);
        if let Some(path) = entered.map(|frame| frame.deadline.path.clone()) {
            self.keep_entered(name, &path, &with.body);
        }
    }
}
