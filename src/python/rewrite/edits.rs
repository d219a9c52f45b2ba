//! The edits of one fix while they are put together.

use crate::finding::{Applicability, Change, Edit, Fix, Refusal};
use crate::source::Span;

/// Edits and what is to be said about them.
#[derive(Debug)]
pub(super) struct Draft {
    edits: Vec<Edit>,
    /// Line starts that get deeper: they go where their line goes.
    margins: Vec<Edit>,
    /// Whole lines that go.
    lines: Vec<Span>,
    changes: Vec<Change>,
    trust: Applicability,
    takes_python_for_granted: bool,
}

impl Draft {
    /// No edit yet; trusted as long as nothing takes the trust away.
    pub(super) fn new() -> Self {
        Self {
            edits: Vec::new(),
            margins: Vec::new(),
            lines: Vec::new(),
            changes: Vec::new(),
            trust: Applicability::Safe,
            takes_python_for_granted: false,
        }
    }

    /// The edits of a fix, to add to.
    pub(super) fn of(fix: &Fix) -> Self {
        Self {
            edits: fix.edits.clone(),
            changes: fix.changes.clone(),
            trust: fix.applicability,
            ..Self::new()
        }
    }

    /// Puts `text` at `offset`, after what was put there before.
    pub(super) fn insert(&mut self, offset: usize, text: impl Into<String>) {
        self.edits.push(Edit::insert(offset, text));
    }

    /// What was put at `offset` last.
    pub(super) fn inserted_at(&self, offset: usize) -> Option<&str> {
        let here = Span::empty(offset);
        self.edits
            .iter()
            .rfind(|edit| edit.span == here)
            .map(|edit| edit.text.as_str())
    }

    /// Makes a line deeper: `unit` comes at `offset`, after everything else that is put there, unless an edit takes
    /// the place away.
    pub(super) fn indent(&mut self, offset: usize, unit: &str) {
        self.margins.push(Edit::insert(offset, unit));
    }

    /// Takes whole lines away.
    pub(super) fn delete_lines(&mut self, lines: Span) {
        self.delete(lines);
        self.lines.push(lines);
    }

    /// Takes `span` away.
    pub(super) fn delete(&mut self, span: Span) {
        self.replace(span, "");
    }

    /// Puts `text` in the place of `span`.
    pub(super) fn replace(&mut self, span: Span, text: impl Into<String>) {
        if !span.is_empty() {
            self.edits.push(Edit::replace(span, text));
        }
    }

    /// Puts `text` in the place of `span`, be it empty.
    pub(super) fn replace_or_insert(&mut self, span: Span, text: impl Into<String>) {
        self.edits.push(Edit::replace(span, text));
    }

    /// Declares what the edits change in the tree.
    pub(super) fn change(&mut self, change: Change) {
        if !self.changes.contains(&change) {
            self.changes.push(change);
        }
    }

    /// A call gets other arguments.
    pub(super) fn changes_arguments(&self) -> bool {
        let mut changes = self.changes.iter();
        changes.any(|change| matches!(change, Change::Argument { .. }))
    }

    /// Nothing took the trust away.
    pub(super) fn is_trusted(&self) -> bool {
        self.trust == Applicability::Safe
    }

    /// Nothing is edited.
    pub(super) fn is_empty(&self) -> bool {
        self.edits.is_empty() && self.margins.is_empty()
    }

    /// The edits need a Python that nothing tells.
    pub(super) fn take_python_for_granted(&mut self) {
        self.takes_python_for_granted = true;
    }

    /// The fix is unsafe.
    pub(super) fn distrust(&mut self) {
        self.trust = self.trust.min(Applicability::Unsafe);
    }

    /// The fix, its edits sorted. Insertions at one place become one edit, an insertion where a replaced span begins
    /// or ends becomes part of it.
    ///
    /// # Errors
    /// Two edits of the draft want the same bytes.
    pub(super) fn finish(mut self, title: String, claims: Vec<Span>) -> Result<Fix, Refusal> {
        let margins = std::mem::take(&mut self.margins);
        let kept: Vec<Edit> = margins
            .into_iter()
            .filter(|margin| !self.takes_away(margin.span.start))
            .collect();
        self.edits.extend(kept);
        self.edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        let mut edits: Vec<Edit> = Vec::with_capacity(self.edits.len());
        for edit in self.edits {
            match edits.last_mut() {
                Some(last) if last.span.end > edit.span.start => {
                    return Err(Refusal::because("the rewrite would edit the same place twice"));
                }
                Some(last) if last.span.end == edit.span.start => {
                    last.span = last.span.cover(edit.span);
                    last.text.push_str(&edit.text);
                }
                _ => edits.push(edit),
            }
        }
        Ok(Fix {
            title,
            applicability: self.trust,
            edits,
            changes: self.changes,
            claims,
            awaits: Vec::new(),
            takes_python_for_granted: self.takes_python_for_granted,
        })
    }

    fn takes_away(&self, offset: usize) -> bool {
        self.lines.iter().any(|lines| lines.range().contains(&offset))
            || self
                .edits
                .iter()
                .filter(|edit| !edit.span.is_empty())
                .any(|edit| edit.span.start < offset && offset < edit.span.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_that_meet_become_one_in_the_order_they_were_made() {
        let mut draft = Draft::new();
        draft.delete(Span::new(4, 6));
        draft.insert(4, "a");
        draft.insert(4, "b");
        draft.insert(9, "c");
        let fix = draft.finish(String::new(), Vec::new()).unwrap();
        assert_eq!(fix.edits, [Edit::replace(Span::new(4, 6), "ab"), Edit::insert(9, "c")]);
    }

    #[test]
    fn a_line_that_goes_does_not_leave_its_margin_behind() {
        let mut draft = Draft::new();
        for line in [0, 10, 20] {
            draft.indent(line, "    ");
        }
        draft.delete_lines(Span::new(10, 20));
        draft.delete(Span::new(0, 4));
        let fix = draft.finish(String::new(), Vec::new()).unwrap();
        assert_eq!(
            fix.edits,
            [
                Edit::replace(Span::new(0, 4), "    "),
                Edit::replace(Span::new(10, 20), "    ")
            ]
        );
    }

    #[test]
    fn edits_that_overlap_are_refused() {
        let mut draft = Draft::new();
        draft.delete(Span::new(4, 6));
        draft.insert(5, "a");
        assert!(draft.finish(String::new(), Vec::new()).is_err());
    }
}
