//! Takes back how a deadline is entered: the kind of its `with`, its place among the items, its `await`.

use ruff_python_ast::comparable::ComparableWithItem;
use ruff_python_ast::{Expr, StmtWith, WithItem};
use ruff_text_size::{Ranged, TextRange};

use super::map::Side;
use super::undo::Undo;
use crate::python::syntax::spans::span;

impl Undo<'_> {
    /// # Errors
    /// An item of a `with` does not come as it went.
    pub(super) fn items_come_as_they_went(&self, old: &Undo<'_>) -> Result<(), String> {
        let (gone, come) = (old.moved.borrow(), self.moved.borrow());
        let same =
            |(gone, come): (&WithItem, &WithItem)| ComparableWithItem::from(gone) == ComparableWithItem::from(come);
        match gone.len() == come.len() && gone.iter().zip(come.iter()).all(same) {
            true => Ok(()),
            false => Err("an item of a `with` does not come as it went".to_owned()),
        }
    }

    /// Takes the kind out of a `with` whose kind may change, and an item that goes to another place of it.
    pub(super) fn level_with(&self, with: &mut StmtWith) {
        let end = |item: &WithItem| span(&item.context_expr).end;
        if with.items.iter().any(|item| self.declared.with_kind(end(item))) {
            with.is_async = false;
        }
        let stays = |item: &WithItem| self.declared.item_order(end(item)) && !self.is_only_here(item);
        let Some(target) = with.items.iter().position(stays) else {
            return;
        };
        let moved = match self.side {
            Side::Old => (target + 1..with.items.len()).find(|index| self.is_only_here(&with.items[*index])),
            Side::New => target
                .checked_sub(1)
                .filter(|index| self.is_only_here(&with.items[*index])),
        };
        if let Some(index) = moved {
            self.moved.borrow_mut().push(with.items.remove(index));
        }
    }

    /// The call behind an `await` that is new.
    pub(super) fn without_await(&self, expression: &Expr) -> Option<Expr> {
        let awaited = expression.as_await_expr()?;
        let call = awaited.value.as_call_expr()?;
        let keyword = TextRange::new(awaited.start(), call.start());
        (self.is_new(keyword) && !self.is_new(call) && self.declared.awaited(span(call).end))
            .then(|| (*awaited.value).clone())
    }
}
