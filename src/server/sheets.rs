//! The way between the bytes of what is looked at and the texts that the editor shows: one, or those of a notebook's cells.

use lsp_types::{Location, Position, Range, TextEdit, Uri};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::documents::Document;
use super::notebooks::{self, Cells};
use super::positions::{Lines, Unit};
use crate::finding::Fix;
use crate::fix::{self};
use crate::source::{SourceFile, Span};

/// A source and where it is shown.
pub(super) struct Sheets<'a> {
    document: &'a Document,
    source: &'a SourceFile,
    lines: Lines<'a>,
    unit: Unit,
}

/// What is to become of one text.
pub(super) struct Rewrite {
    pub(super) address: Uri,
    pub(super) version: i32,
    pub(super) edits: Vec<TextEdit>,
}

impl<'a> Sheets<'a> {
    pub(super) fn of(document: &'a Document, source: &'a SourceFile, unit: Unit) -> Self {
        Self {
            document,
            source,
            lines: Lines::of(source.text(), unit),
            unit,
        }
    }

    /// Where a part of the source is shown; of what goes beyond a cell, the part in the first one.
    pub(super) fn location(&self, span: Span) -> Option<Location> {
        let Some(cells) = &self.document.cells else {
            return Some(Location {
                uri: self.document.address.clone(),
                range: self.lines.range(span),
            });
        };
        let place = self.source.place(span.start);
        let cell = cells.get(place.cell?.checked_sub(1)?)?;
        let end = span.end.min(self.source.cell_of(span.start).end).max(span.start);
        let range = self.lines.range(Span::new(span.start, end));
        let first = u32::try_from(place.line).unwrap_or(u32::MAX).saturating_sub(1);
        let in_cell = |position: Position| Position {
            line: first.saturating_add(position.line - range.start.line),
            character: position.character,
        };
        Some(Location {
            uri: cell.address.clone(),
            range: Range {
                start: in_cell(range.start),
                end: in_cell(range.end),
            },
        })
    }

    /// The bytes at a range of the text at an address; nothing where none of it is looked at.
    pub(super) fn span(&self, address: &Uri, range: Range) -> Option<Span> {
        let Some(cells) = &self.document.cells else {
            return Some(self.lines.span(range));
        };
        let number = cells.index(address)? + 1;
        let is_it = |cell: &Span| self.source.place(cell.start).cell == Some(number);
        let cell = self.source.cells().into_iter().find(is_it)?;
        let above = u32::try_from(self.source.place(cell.start).line).unwrap_or(u32::MAX) - 1;
        let first = self.lines.position(cell.start).line;
        let in_source = |position: Position| Position {
            line: first.saturating_add(position.line.saturating_sub(above)),
            character: position.character,
        };
        let span = self.lines.span(Range {
            start: in_source(range.start),
            end: in_source(range.end),
        });
        let within = |offset: usize| offset.clamp(cell.start, cell.end);
        Some(Span::new(within(span.start), within(span.end)))
    }

    /// What a fix comes to.
    pub(super) fn fixed(&self, fix: &Fix) -> Vec<Rewrite> {
        if self.document.cells.is_some() {
            let after = fix::apply(self.source.text(), &[fix]).in_file(self.source);
            return after.map(|after| self.rewritten(&after)).unwrap_or_default();
        }
        vec![self.whole(fix.edits.iter().map(|edit| self.lines.edit(edit)).collect())]
    }

    /// What makes `after` of the source, by lines, so that an editor leaves alone what stays.
    pub(super) fn rewritten(&self, after: &SourceFile) -> Vec<Rewrite> {
        match &self.document.cells {
            Some(cells) => self.rewritten_cells(cells, after.on_disk()),
            None => vec![self.whole(line_edits(self.source.text(), after.text(), self.unit))],
        }
    }

    fn rewritten_cells(&self, cells: &Cells, after: &SourceFile) -> Vec<Rewrite> {
        let texts = notebooks::texts(after.text());
        let changed = cells.iter().zip(&texts).filter(|(cell, after)| cell.text != **after);
        changed
            .map(|(cell, after)| Rewrite {
                address: cell.address.clone(),
                version: cell.version,
                edits: line_edits(&cell.text, after, self.unit),
            })
            .collect()
    }

    fn whole(&self, edits: Vec<TextEdit>) -> Rewrite {
        Rewrite {
            address: self.document.address.clone(),
            version: self.document.version,
            edits,
        }
    }
}

/// The lines that make `after` of `before`.
fn line_edits(before: &str, after: &str, unit: Unit) -> Vec<TextEdit> {
    let lines = Lines::of(before, unit);
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let mut edits = Vec::new();
    let mut at = 0;
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        let end = at + old[op.old_range()].iter().map(|line| line.len()).sum::<usize>();
        if !matches!(op, DiffOp::Equal { .. }) {
            edits.push(TextEdit {
                range: lines.range(Span::new(at, end)),
                new_text: new[op.new_range()].concat(),
            });
        }
        at = end;
    }
    edits
}
