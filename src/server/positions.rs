//! The editor's lines and columns. A line ends at `\n`, `\r\n` or `\r` whatever the language; a column counts the units that were agreed on.

use lsp_types::{Position, PositionEncodingKind, Range, TextEdit};
use memchr::memchr2_iter;

use crate::finding::Edit;
use crate::source::Span;

/// What a column counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Unit {
    /// Bytes of UTF-8.
    Utf8,
    /// What every editor knows.
    #[default]
    Utf16,
}

impl Unit {
    /// The one of those that the editor offers that costs least.
    pub(super) fn agreed(offered: &[PositionEncodingKind]) -> Self {
        match offered.contains(&PositionEncodingKind::UTF8) {
            true => Self::Utf8,
            false => Self::Utf16,
        }
    }

    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
        }
    }
}

/// A text with its lines.
pub(super) struct Lines<'t> {
    text: &'t str,
    /// The first byte of each.
    starts: Vec<usize>,
    unit: Unit,
}

impl<'t> Lines<'t> {
    pub(super) fn of(text: &'t str, unit: Unit) -> Self {
        let bytes = text.as_bytes();
        let is_end = |&at: &usize| bytes.get(at) == Some(&b'\n') || bytes.get(at + 1) != Some(&b'\n');
        let ends = memchr2_iter(b'\n', b'\r', bytes).filter(is_end);
        Self {
            text,
            starts: std::iter::once(0).chain(ends.map(|at| at + 1)).collect(),
            unit,
        }
    }

    pub(super) fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let before = self.text.get(start..offset).unwrap_or_default();
        let column = match self.unit {
            Unit::Utf8 => before.len(),
            Unit::Utf16 => before.chars().map(char::len_utf16).sum(),
        };
        Position {
            line: number(line),
            character: number(column),
        }
    }

    pub(super) fn range(&self, span: Span) -> Range {
        Range {
            start: self.position(span.start),
            end: self.position(span.end),
        }
    }

    /// The byte at a position; the end of the line, or of the text, where it has fewer.
    pub(super) fn offset(&self, position: Position) -> usize {
        let line = usize::try_from(position.line).unwrap_or(usize::MAX);
        let Some(&start) = self.starts.get(line) else {
            return self.text.len();
        };
        let end = line.checked_add(1).and_then(|next| self.starts.get(next)).copied();
        let rest = self.text.get(start..end.unwrap_or(self.text.len())).unwrap_or_default();
        let rest = rest.trim_end_matches(['\n', '\r']);
        let column = usize::try_from(position.character).unwrap_or(usize::MAX);
        let mut units = 0;
        let mut chars = rest.char_indices();
        let at = chars.find(|(_, c)| {
            let is_there = units >= column;
            units += match self.unit {
                Unit::Utf8 => c.len_utf8(),
                Unit::Utf16 => c.len_utf16(),
            };
            is_there
        });
        start + at.map_or(rest.len(), |(at, _)| at)
    }

    /// The bytes of a range, whose ends may stand the wrong way round.
    pub(super) fn span(&self, range: Range) -> Span {
        let (start, end) = (self.offset(range.start), self.offset(range.end));
        Span::new(start.min(end), start.max(end))
    }

    pub(super) fn edit(&self, edit: &Edit) -> TextEdit {
        TextEdit {
            range: self.range(edit.span),
            new_text: edit.text.clone(),
        }
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_lead_there_and_back() {
        let text = "a\r\né🎉x\rlast\n";
        for (unit, column) in [(Unit::Utf8, 6), (Unit::Utf16, 3)] {
            let lines = Lines::of(text, unit);
            let x = text.find('x').unwrap();
            assert_eq!(
                lines.position(x),
                Position {
                    line: 1,
                    character: column
                }
            );
            for (offset, _) in text.char_indices().filter(|(_, c)| !matches!(c, '\r' | '\n')) {
                assert_eq!(lines.offset(lines.position(offset)), offset);
            }
        }
        let lines = Lines::of(text, Unit::Utf16);
        let at = |line, character| lines.offset(Position { line, character });
        assert_eq!(at(0, 99), 1, "behind the end of a line is its end");
        assert_eq!(at(1, 2), text.find('x').unwrap(), "inside of a character is behind it");
        assert_eq!(at(99, 0), text.len());
        assert_eq!(at(u32::MAX, u32::MAX), text.len());
    }
}
