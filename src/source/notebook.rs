//! A Jupyter notebook as one module of Python: the one place that knows how cells lie in their file.
//!
//! ```text
//! JSON ─ read ─► cells ─► one text of Python ─► (everybody else) ─► edits of that text ─► edits of the JSON
//! ```
//!
//! The text is the code of the cells that IPython runs as Python, in their order, each ended by a line end. An edit of it is
//! carried out on the bytes of the JSON that stand for what it replaces; all others stay.

use super::{Language, SourceFile, Span, SyntaxError};

mod ipython;
mod json;
mod reading;

/// The file as it is stored, and where and why it is no notebook that can be read.
pub(super) type Unreadable = Box<(SourceFile, SyntaxError)>;

/// What a notebook's text has to do with its file.
#[derive(Clone, Debug)]
pub(super) struct Notebook {
    /// The file as it is stored.
    pub(super) on_disk: Box<SourceFile>,
    /// By position. They cover the text.
    cells: Vec<Cell>,
    /// The release of Python that ran it last.
    pub(super) python: Option<String>,
}

/// A cell whose code is in the text.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    /// Which one of the notebook's cells it is, whatever they hold, 1-based.
    pub(super) number: usize,
    /// How many of the cell's first lines are not in the text.
    pub(super) lines_before: usize,
    /// Its part of the text.
    pub(super) text: Span,
    /// The text ends with a line end that the cell does not have.
    is_ended: bool,
    /// Where a part begins whose bytes are the same in the text and in the file: its first byte here and there. The last one
    /// is the cell's end.
    parts: Vec<(usize, usize)>,
    /// What comes between two lines in the file; nothing where the whole cell is one string.
    between_lines: String,
}

impl Notebook {
    /// The notebook and its text.
    ///
    /// # Errors
    /// Where in the file and why it is none that can be read.
    pub(super) fn read(on_disk: SourceFile) -> Result<(Self, String), Unreadable> {
        match reading::cells(on_disk.text()) {
            Ok(read) => {
                let notebook = Self {
                    on_disk: Box::new(on_disk),
                    cells: read.cells,
                    python: read.python,
                };
                Ok((notebook, read.text))
            }
            Err(error) => Err(Box::new((on_disk, error))),
        }
    }

    /// The cell that a byte of the text belongs to; the last one at the text's end.
    pub(super) fn cell(&self, offset: usize) -> Option<&Cell> {
        let behind = self.cells.partition_point(|cell| cell.text.end <= offset);
        self.cells.get(behind).or(self.cells.last())
    }

    /// The code of each cell.
    pub(super) fn texts(&self) -> impl Iterator<Item = Span> {
        self.cells.iter().map(|cell| cell.text)
    }

    /// Where in the file a byte of the text stands.
    pub(super) fn offset_on_disk(&self, offset: usize) -> usize {
        self.cell(offset).map_or(0, |cell| cell.offset_on_disk(offset))
    }

    /// The edit of the file that an edit of the text is; none where no edit of one cell is the same.
    pub(super) fn edit_on_disk(&self, text: &str, span: Span, new: &str) -> Option<(Span, String)> {
        let is_behind_all = span.is_empty() && span.start == text.len();
        let cell = self.cell(span.start).filter(|cell| cell.text.contains(span))?;
        let (span, new) = cell.without_its_end(text, span, new, is_behind_all)?;
        let (start, end) = (cell.offset_on_disk(span.start), cell.offset_on_disk(span.end));
        let new = json::encoded(&new, &cell.between_lines, self.on_disk.text().is_ascii());
        (start <= end).then(|| (Span::new(start, end), new))
    }

    /// The same notebook with other bytes on the disk, and its text.
    ///
    /// # Errors
    /// Why it is none any more.
    pub(super) fn rewritten(&self, on_disk: String) -> Result<(Self, String), String> {
        let on_disk = SourceFile::new(self.on_disk.path(), Language::Manifest, on_disk);
        Self::read(on_disk).map_err(|unreadable| unreadable.1.message)
    }
}

impl Cell {
    /// Where the cell's code ends in the text, without the line end that it does not have.
    fn end(&self) -> usize {
        self.text.end - usize::from(self.is_ended)
    }

    fn offset_on_disk(&self, offset: usize) -> usize {
        let offset = offset.min(self.end());
        let behind = self.parts.partition_point(|(start, _)| *start <= offset);
        let part = behind.checked_sub(1).and_then(|index| self.parts.get(index));
        part.map_or(0, |(start, on_disk)| on_disk + (offset - start))
    }

    /// The same edit of the code alone, where one takes or follows the line end that the cell does not have.
    fn without_its_end(&self, text: &str, span: Span, new: &str, follows: bool) -> Option<(Span, String)> {
        let end = self.end();
        if !self.is_ended || span.end <= end {
            return Some((span, new.to_owned()));
        }
        let ended = new.strip_suffix('\n');
        if follows {
            return ended.map(|new| (Span::empty(end), format!("\n{new}")));
        }
        if let Some(new) = ended {
            return Some((Span::new(span.start, end), new.to_owned()));
        }
        // The last lines go, and the end of the line before them with them.
        let before = text.get(self.text.start..span.start)?;
        let before = before
            .strip_suffix('\n')
            .map(|kept| kept.strip_suffix('\r').unwrap_or(kept));
        let start = match before {
            Some(kept) => self.text.start + kept.len(),
            None if span.start == self.text.start => span.start,
            None => return None,
        };
        new.is_empty().then(|| (Span::new(start, end), String::new()))
    }
}

#[cfg(test)]
mod tests;
