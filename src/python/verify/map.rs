//! Where the bytes of a text are after its edits, and which are new or gone.

use crate::finding::Edit;
use crate::source::Span;

/// The way between the offsets of the old text and of the new one.
pub(super) struct EditMap {
    /// What was replaced by what: spans of the old text and of the new one, sorted, touching ones joined.
    replaced: Vec<(Span, Span)>,
}

/// One of the two texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Old,
    New,
}

impl EditMap {
    /// `edits` are sorted and do not overlap.
    pub(super) fn new(edits: &[Edit]) -> Self {
        let mut replaced: Vec<(Span, Span)> = Vec::with_capacity(edits.len());
        let (mut old_end, mut new_end) = (0, 0);
        for edit in edits {
            let start = new_end + (edit.span.start - old_end);
            let new = Span::new(start, start + edit.text.len());
            (old_end, new_end) = (edit.span.end, new.end);
            match replaced.last_mut() {
                Some((old, last)) if old.end == edit.span.start => {
                    old.end = edit.span.end;
                    last.end = new.end;
                }
                _ => replaced.push((edit.span, new)),
            }
        }
        Self { replaced }
    }

    /// The span on `side` of the edit that `node` lies wholly in: it is gone (old) or new (new).
    pub(super) fn edit_around(&self, side: Side, node: Span) -> Option<usize> {
        let index = self.last_from(side, node.start)?;
        (self.on(side, index).contains(node) && !node.is_empty()).then_some(index)
    }

    /// Whether an edit changes something between the ends of `node`.
    pub(super) fn touches(&self, side: Side, node: Span) -> bool {
        let Some(last) = self.last_from(side, node.end.saturating_sub(1)) else {
            return false;
        };
        // The last edit that begins before the node's end may be a mere insertion at its start.
        let edit = self.on(side, last);
        edit.end > node.start
    }

    /// The offset on the other side of a byte that both texts have.
    pub(super) fn across(&self, from: Side, offset: usize) -> Option<usize> {
        let Some(index) = self.last_from(from, offset) else {
            return Some(offset);
        };
        let to = match from {
            Side::Old => Side::New,
            Side::New => Side::Old,
        };
        let here = self.on(from, index);
        (offset >= here.end).then(|| self.on(to, index).end + (offset - here.end))
    }

    /// What the edits make of `node`, on `side`; on the old one `node` itself. Nothing where none of them is in it, or one goes
    /// over its ends.
    pub(super) fn replaced(&self, node: Span, side: Side) -> Option<Span> {
        let before = self.replaced.partition_point(|(old, _)| old.start < node.start);
        let is_cut = |index: usize| self.replaced.get(index).is_some_and(|(old, _)| old.end > node.start);
        if before.checked_sub(1).is_some_and(is_cut) {
            return None;
        }
        let behind = self.replaced.get(before..)?;
        let count = behind.partition_point(|(old, _)| old.end <= node.end);
        let (inside, behind) = behind.split_at(count);
        let ((first, first_new), (last, last_new)) = (inside.first()?, inside.last()?);
        if behind.first().is_some_and(|(old, _)| old.start < node.end) {
            return None;
        }
        Some(match side {
            Side::Old => node,
            Side::New => Span::new(
                first_new.start - (first.start - node.start),
                last_new.end + (node.end - last.end),
            ),
        })
    }

    fn on(&self, side: Side, index: usize) -> Span {
        let (old, new) = self.replaced[index];
        match side {
            Side::Old => old,
            Side::New => new,
        }
    }

    /// The last edit that begins at or before `offset`.
    fn last_from(&self, side: Side, offset: usize) -> Option<usize> {
        let after = self.replaced.partition_point(|(old, new)| match side {
            Side::Old => old.start <= offset,
            Side::New => new.start <= offset,
        });
        after.checked_sub(1)
    }
}
