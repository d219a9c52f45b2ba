//! Which parts of a text are new since an older text.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::source::{SourceFile, Span};

/// What a text has that the older one did not have.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Lines that came or were edited, as bytes.
    lines: Vec<Span>,
    /// Where lines went and none came.
    gaps: Vec<usize>,
}

impl Changed {
    /// Lines are compared without a carriage return at their end: git may write those that it does not keep.
    pub(super) fn between(old: &str, new: &str) -> Self {
        let mut changed = Self::default();
        if old == new {
            return changed;
        }
        let (old, starts) = (lines(old).0, lines(new));
        let (new, starts) = starts;
        let at = |line: usize| starts.get(line).copied().unwrap_or_default();
        for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
            match op {
                DiffOp::Equal { .. } => {}
                DiffOp::Delete { new_index, .. } => changed.gaps.push(at(new_index)),
                DiffOp::Insert { new_index, new_len, .. } | DiffOp::Replace { new_index, new_len, .. } => {
                    changed.lines.push(Span::new(at(new_index), at(new_index + new_len)));
                }
            }
        }
        changed
    }

    /// Adds lines that came, or the place where some went and none came.
    pub(super) fn add(&mut self, came: Span, gone: bool) {
        match came.is_empty() {
            false => self.lines.push(came),
            true if gone => self.gaps.push(came.start),
            true => {}
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.gaps.is_empty()
    }

    /// Whether one of the lines of `span` is new, or some went from between them.
    pub(super) fn touches(&self, span: Span, source: &SourceFile) -> bool {
        let last = span.end.saturating_sub(1).max(span.start);
        let whole = Span::new(source.line_start(span.start), source.next_line_start(last));
        let is_in = |line: &Span| line.start < whole.end && whole.start < line.end;
        self.lines.iter().any(is_in) || self.gaps.iter().any(|&gap| whole.start < gap && gap < whole.end)
    }
}

/// The lines without their ends, and the offset at which each begins, that of the text's end behind them.
fn lines(text: &str) -> (Vec<&str>, Vec<usize>) {
    let mut starts = vec![0];
    let mut lines = Vec::new();
    for line in text.split_inclusive('\n') {
        starts.push(starts.last().copied().unwrap_or_default() + line.len());
        lines.push(line.strip_suffix('\n').unwrap_or(line).trim_end_matches('\r'));
    }
    (lines, starts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Language;

    /// The lines (1-based) of `new` that are taken for changed.
    fn changed(old: &str, new: &str) -> Vec<usize> {
        let changed = Changed::between(old, new);
        let source = SourceFile::new("a.py", Language::Python, new.to_owned());
        let touched = |line: &usize| changed.touches(source.line(*line), &source);
        (1..=new.lines().count()).filter(touched).collect()
    }

    #[test]
    fn lines_that_came_or_were_edited_are_changed() {
        assert_eq!(changed("a\nb\nc\n", "a\nb\nc\n"), [0; 0]);
        assert_eq!(changed("a\nb\nc\n", "x\na\ny\nc\n"), [1, 3]);
        assert_eq!(changed("", "a\nb"), [1, 2]);
        assert_eq!(changed("a", "a\n"), [0; 0]);
    }

    #[test]
    fn what_git_does_with_line_ends_changes_nothing() {
        assert_eq!(changed("a\nb\n", "a\r\nb\r\n"), [0; 0]);
        assert_eq!(changed("a\r\nb\r\n", "a\nc\n"), [2]);
    }

    #[test]
    fn lines_that_went_change_what_stands_around_them() {
        let changed = Changed::between("f(\n  a,\n  b)\nc\nd\n", "f(\n  b)\nd\n");
        let source = SourceFile::new("a.py", Language::Python, "f(\n  b)\nd\n".to_owned());
        assert!(changed.touches(Span::new(0, 7), &source), "inside of the call");
        assert!(!changed.touches(Span::new(0, 1), &source), "its first line alone");
        assert!(!changed.touches(Span::new(8, 9), &source), "behind a line that went");
    }
}
