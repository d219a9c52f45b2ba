//! Takes new deadlines back: `with` blocks and items that set one, the line that lifts one, and a `wait_for` around a call.

use std::mem;

use ruff_python_ast::{Expr, Stmt, StmtWith, WithItem};
use ruff_text_size::{Ranged, TextRange};

use super::deadline::{lifted_by, name_bound_by};
use super::map::Side;
use super::undo::{Undo, for_each_suite};
use crate::python::syntax::spans::span;
use crate::source::Span;

impl Undo<'_> {
    /// The one statement of a new `with` block that sets a deadline.
    pub(super) fn without_deadline(&self, statement: &mut Stmt) -> Option<Stmt> {
        let Stmt::With(with) = statement else {
            return None;
        };
        let [item] = &with.items[..] else {
            return None;
        };
        let header = TextRange::new(with.range.start(), item.end());
        if !self.declared.any_deadline() || !self.is_new(header) || !self.imports.is_deadline(item, with.is_async) {
            return None;
        }
        if with.body.len() != 1 {
            self.fault("a deadline is put around more than one statement");
            return None;
        }
        let around = self.waited_in(with.body.first_mut()?)?;
        self.put_around(around, item);
        with.body.pop()
    }

    /// What a deadline around `statement` is declared to go around: it stands in the statement itself, not in one of its
    /// blocks.
    fn waited_in(&self, statement: &mut Stmt) -> Option<Span> {
        let mut blocks = Vec::new();
        for_each_suite(statement, &mut |suite| blocks.extend(suite.iter().map(span)));
        let is_in_block = |around: Span| blocks.iter().any(|inner| inner.contains(around));
        let mut declared = self.declared.deadlines_in(span(&*statement));
        declared.find(|around| !is_in_block(*around))
    }

    /// Makes use of the declared deadline around `around`, which is set by `item`.
    fn put_around(&self, around: Span, item: &WithItem) {
        let name = name_bound_by(item).map(|name| (name.to_owned(), around));
        self.deadlines.borrow_mut().extend(name);
        self.declared.use_deadline(around);
    }

    /// Takes new deadlines out of a `with` that was there before, and the line that lifts one out of its body.
    pub(super) fn reduce_with(&self, with: &mut StmtWith) {
        if !self.declared.any_deadline() {
            return;
        }
        if self.side == Side::Old {
            // Its block has another statement now: one that lifts the deadline, or that enters the connect.
            if with.items.iter().any(|item| self.waited_as(item).is_some()) && self.is_idle(&with.body) {
                with.body.clear();
            }
            return;
        }
        if with.is_async {
            for item in &mut with.items {
                self.reduce_awaited_item(item);
            }
        }
        let stack_is_new = with
            .items
            .last()
            .is_some_and(|item| self.is_new(item) && self.imports.is_exit_stack(item));
        let entered = stack_is_new.then(|| self.imports.entered_through_stack(with)).flatten();
        let entered = entered.and_then(|item| Some((self.waited_as(&item)?, item)));
        if let Some((around, item)) = entered {
            with.items.pop();
            with.items.push(item);
            with.body.remove(0);
            self.declared.use_deadline(around);
        }
        self.reduce_items(with);
        let waited: Vec<Span> = with.items.iter().filter_map(|item| self.waited_as(item)).collect();
        let lifts = |first: &Stmt| {
            let lifted = lifted_by(first).filter(|_| self.is_new(first));
            let deadlines = self.deadlines.borrow();
            lifted.is_some_and(|name| {
                let mut declared = waited.iter();
                declared.any(|around| deadlines.contains(&(name.to_owned(), *around)))
            })
        };
        if with.body.first().is_some_and(lifts) {
            with.body.remove(0);
        }
    }

    /// Takes the new `await` away in `async with await wait_for(CONTEXT, T)`, which enters what `CONTEXT` gives: the new
    /// `wait_for` is looked at as anywhere else.
    fn reduce_awaited_item(&self, item: &mut WithItem) {
        let Some(awaited) = item.context_expr.as_await_expr() else {
            return;
        };
        let Some(call) = awaited.value.as_call_expr() else {
            return;
        };
        let keyword = TextRange::new(awaited.start(), call.start());
        if self.is_new(keyword) && self.is_new(&*call.func) && self.imports.is_wait_for(&call.func) {
            let value = (*awaited.value).clone();
            item.context_expr = value;
        }
    }

    /// Whether a block does nothing, and is only here.
    fn is_idle(&self, body: &[Stmt]) -> bool {
        let [only] = body else {
            return false;
        };
        let does_nothing = match only {
            Stmt::Pass(_) => true,
            Stmt::Expr(expression) => expression.value.is_ellipsis_literal_expr(),
            _ => false,
        };
        does_nothing && self.is_only_here(only)
    }

    /// Takes new deadlines out of the items: each stands right before the item that it is declared to go around.
    fn reduce_items(&self, with: &mut StmtWith) {
        let mut kept: Vec<WithItem> = Vec::with_capacity(with.items.len());
        for item in mem::take(&mut with.items) {
            let is_deadline = |item: &WithItem| self.is_new(item) && self.imports.is_deadline(item, with.is_async);
            if let Some(around) = self.waited_as(&item)
                && let Some(deadline) = kept.pop_if(|before| is_deadline(before))
            {
                self.put_around(around, &deadline);
            }
            kept.push(item);
        }
        with.items = kept;
    }

    /// What a deadline around the entering of `item` is declared to go around.
    fn waited_as(&self, item: &WithItem) -> Option<Span> {
        self.declared.deadlines_in(span(&item.context_expr)).next()
    }

    /// The first argument of a new `wait_for` around an old call.
    pub(super) fn without_wait_for(&self, expression: &mut Expr) -> Option<Expr> {
        let call = expression.as_call_expr()?;
        let (waited, limit) = call.arguments.args.split_first()?;
        let is_wrapper = self.declared.any_deadline()
            && self.is_new(&*call.func)
            && !self.is_new(waited)
            && limit.iter().all(|argument| self.is_new(argument))
            && call.arguments.keywords.iter().all(|keyword| self.is_new(keyword))
            && limit.len() + call.arguments.keywords.len() == 1
            && self.imports.is_wait_for(&call.func);
        if !is_wrapper {
            return None;
        }
        let around = span(waited);
        if !self.declared.deadlines_in(around).any(|declared| declared == around) {
            self.fault("a deadline is put around an expression that it is not declared for");
            return None;
        }
        self.declared.use_deadline(around);
        Some(waited.clone())
    }
}
