//! Where a connect stands, and what becomes of it there.

use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, ExprCall};

use super::held::{held, objects};
use super::{Collector, Found};
use crate::catalog::Call;
use crate::python::sites::anchor::Anchor;
use crate::python::sites::connects::{Given, is_only_made, own_members};
use crate::python::sites::lookup::Callee;
use crate::python::sites::usage::{Slot, usage};
use crate::python::syntax::spans::span;
use crate::sites::Entry;

impl<'a> Collector<'a> {
    /// The connect that `expr` is, and the variables that keep it or what waits for it. Where awaiting it only makes what connects,
    /// the connect is where that is entered.
    pub(super) fn place(
        &mut self,
        expr: &'a Expr,
        call: &ExprCall,
        callee: Callee,
        given: Given,
    ) -> (Found, Option<&'a Name>, Option<&'a Name>) {
        let awaited = self.parents.iter().rposition(|parent| parent.is_await_expr());
        match awaited.filter(|_| is_only_made(call, self.lookup.entry(callee.api), self.names)) {
            Some(index) => {
                let within = self.parents.split_off(index);
                let placed = self.place_here(within.first().copied().unwrap_or(expr), call, callee, given);
                self.parents.extend(within);
                placed
            }
            None => self.place_here(expr, call, callee, given),
        }
    }

    fn place_here(
        &self,
        expr: &'a Expr,
        call: &ExprCall,
        callee: Callee,
        given: Given,
    ) -> (Found, Option<&'a Name>, Option<&'a Name>) {
        let used = usage(expr, &self.parents, self.slot, self.inside.awaits, self.names);
        let known = &self.lookup.entry(callee.api).api;
        let entry = match known.call {
            Call::Blocking if known.connects_when_entered && self.is_only_asked() => Entry::Stored,
            Call::Blocking => Entry::Blocking,
            Call::Await | Call::AsyncWith | Call::Any => used.entry,
        };
        let held = held(&self.lookup.entry(callee.api).api, call, self.names);
        let objects = objects(call, &given.arguments, self.names);
        let found = Found {
            own_members: own_members(&self.lookup.entry(callee.api).api, call, self.names),
            callee,
            held,
            objects,
            call: span(call),
            func: span(&*call.func),
            given,
            entry,
            in_thread: false,
            around: self.around_group(expr).unwrap_or_else(|| self.around(expr)),
            task: self.task_of(expr).and_then(|task| task.kept_elsewhere()),
            anchor: Anchor {
                statement: self.statement,
                call: span(call),
                place: used.place,
                closes: self.is_entered_here(),
            },
            inside: (self.inside.function, self.inside.is_async),
            expected: self.expected(expr),
        };
        (found, used.kept_in, used.awaited_by)
    }

    /// Whether something of what the current expression makes is looked at or called that does not enter it.
    fn is_only_asked(&self) -> bool {
        match self.parents.last() {
            Some(Expr::Attribute(asked)) => !matches!(asked.attr.as_str(), "enter" | "__enter__"),
            _ => false,
        }
    }

    /// Whether an item of an `async with` is the current expression, or what awaiting it gives.
    pub(super) fn is_entered_here(&self) -> bool {
        let is_item = matches!(self.slot, Slot::WithItem { is_async: true, .. });
        is_item
            && match self.parents.first() {
                Some(Expr::Await(_) | Expr::If(_) | Expr::BoolOp(_)) | None => true,
                Some(_) => false,
            }
    }
}
