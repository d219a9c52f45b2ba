//! One source file in memory: its text, its language, and the way from byte offsets to lines and columns.

use std::fmt;
use std::iter;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use memchr::memchr2_iter;

use self::notebook::Notebook;
use crate::steps;

mod notebook;
mod place;
mod span;
mod span_index;
#[cfg(test)]
mod tests;

pub use place::{Place, Position};
pub use span::Span;
pub use span_index::SpanIndex;

/// The languages that ws-lint reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// `.py`, `.pyi`, `.ipynb`, or a python shebang.
    Python,
    /// `.rs`.
    Rust,
    /// What says which packages a project needs: `pyproject.toml`, `setup.cfg`, `Cargo.toml`, files for pip.
    Manifest,
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Language::Python => "Python",
            Language::Rust => "Rust",
            Language::Manifest => "manifests",
        })
    }
}

/// Where and why a file cannot be read as its language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The place.
    pub span: Span,
    /// One sentence without a full stop.
    pub message: String,
}

/// A decoded file. Offsets into [`text`](Self::text) are offsets into the file's bytes: nothing is normalised, a byte
/// order mark and `\r\n` stay. Of a notebook the text is the code of its cells, and [`on_disk`](Self::on_disk) the file.
#[derive(Clone, Debug)]
pub struct SourceFile {
    path: PathBuf,
    language: Language,
    text: String,
    notebook: Option<Notebook>,
    /// What of a long text is parsed.
    relevant: Option<String>,
    line_starts: OnceLock<Vec<usize>>,
    code_points: OnceLock<Vec<usize>>,
}

/// Code points are counted once for every this many bytes, so that the column of a finding at the end of a line of
/// 5 MB does not cost 5 MB of counting.
const COUNTED_BYTES: usize = 4096;

impl SourceFile {
    /// A file that is shown to the user as `path`.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, language: Language, text: String) -> Self {
        Self {
            path: path.into(),
            language,
            text,
            notebook: None,
            relevant: None,
            line_starts: OnceLock::new(),
            code_points: OnceLock::new(),
        }
    }

    /// The notebook that is stored as `json`: the code of its cells is one module of Python. It has no code where it is in
    /// another language.
    ///
    /// # Errors
    /// The file as it is stored, and where and why it is no notebook that can be read.
    pub fn notebook(path: impl Into<PathBuf>, json: String) -> Result<Self, Box<(Self, SyntaxError)>> {
        let (notebook, text) = Notebook::read(Self::new(path, Language::Manifest, json))?;
        Ok(Self::of_notebook(notebook, text))
    }

    fn of_notebook(notebook: Notebook, text: String) -> Self {
        Self {
            notebook: Some(notebook),
            ..Self::new(Path::new(""), Language::Python, text)
        }
    }

    /// The same file, of whose text only what stands in `relevant` is to be parsed: it has spaces in the place of what is not.
    #[must_use]
    pub fn with_relevant(self, relevant: Option<String>) -> Self {
        debug_assert!(relevant.as_ref().is_none_or(|text| text.len() == self.text.len()));
        Self { relevant, ..self }
    }

    /// What is to be parsed of the text, in its places.
    #[must_use]
    pub fn relevant(&self) -> &str {
        self.relevant.as_ref().unwrap_or(&self.text)
    }

    /// The same file with `edits` of its text, which are sorted, do not overlap and make `text` of it.
    ///
    /// # Errors
    /// Why nothing that can be written to a notebook has this text.
    pub fn edited<'e>(
        &self,
        text: String,
        edits: impl IntoIterator<Item = (Span, &'e str)>,
    ) -> Result<Self, &'static str> {
        let Some(notebook) = &self.notebook else {
            return Ok(Self::new(&self.path, self.language, text));
        };
        let on_disk = notebook.on_disk.text();
        let (mut json, mut copied) = (String::with_capacity(on_disk.len()), 0);
        for (span, new) in edits {
            let (span, new) = self.edit_on_disk(span, new).ok_or(ACROSS_CELLS)?;
            json.push_str(on_disk.get(copied..span.start).ok_or(ACROSS_CELLS)?);
            json.push_str(&new);
            copied = span.end;
        }
        json.push_str(on_disk.get(copied..).ok_or(ACROSS_CELLS)?);
        let (notebook, read) = notebook.rewritten(json).map_err(|_| ACROSS_CELLS)?;
        match read == text {
            true => Ok(Self::of_notebook(notebook, text)),
            false => Err(ACROSS_CELLS),
        }
    }

    /// The file as it is stored: the JSON of a notebook, and of all else the file itself.
    #[must_use]
    pub fn on_disk(&self) -> &Self {
        self.notebook.as_ref().map_or(self, |notebook| &notebook.on_disk)
    }

    /// Where in [`on_disk`](Self::on_disk) a part of the text stands.
    #[must_use]
    pub fn span_on_disk(&self, span: Span) -> Span {
        let Some(notebook) = &self.notebook else {
            return span;
        };
        let start = notebook.offset_on_disk(span.start);
        Span::new(start, notebook.offset_on_disk(span.end).max(start))
    }

    /// The edit of [`on_disk`](Self::on_disk) that the edit of the text is; none where an edit is about two cells.
    #[must_use]
    pub fn edit_on_disk(&self, span: Span, new: &str) -> Option<(Span, String)> {
        match &self.notebook {
            Some(notebook) => notebook.edit_on_disk(&self.text, span, new),
            None => Some((span, new.to_owned())),
        }
    }

    /// Whether it is a notebook: IPython runs its code, cell by cell, in an event loop that runs already.
    #[must_use]
    pub fn is_notebook(&self) -> bool {
        self.notebook.is_some()
    }

    /// The release of Python that ran the notebook last, as it says itself: `3.12.1`.
    #[must_use]
    pub fn kernel_python(&self) -> Option<&str> {
        self.notebook.as_ref()?.python.as_deref()
    }

    /// What is written together: the code of each cell, or the whole text.
    #[must_use]
    pub fn cells(&self) -> Vec<Span> {
        match &self.notebook {
            Some(notebook) => notebook.texts().collect(),
            None => vec![Span::new(0, self.text.len())],
        }
    }

    /// The one of [`cells`](Self::cells) that holds a byte.
    #[must_use]
    pub fn cell_of(&self, offset: usize) -> Span {
        let cell = self.notebook.as_ref().and_then(|notebook| notebook.cell(offset));
        cell.map_or(Span::new(0, self.text.len()), |cell| cell.text)
    }

    /// The place of a byte offset as people name it.
    #[must_use]
    pub fn place(&self, offset: usize) -> Place {
        let Position { line, column } = self.position(offset);
        let Some(cell) = self.notebook.as_ref().and_then(|notebook| notebook.cell(offset)) else {
            return Place {
                cell: None,
                line,
                column,
            };
        };
        Place {
            cell: Some(cell.number),
            line: line - self.position(cell.text.start).line + 1 + cell.lines_before,
            column,
        }
    }

    /// The path as the user names it.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.notebook
            .as_ref()
            .map_or(&self.path, |notebook| &notebook.on_disk.path)
    }

    /// The language that the file is written in.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// The whole text, byte order mark included.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of one span.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        &self.text[span.range()]
    }

    /// The line (1-based) and column (1-based, code points; a byte order mark counts as none) of a byte offset.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let line = self.line_index(offset);
        let start = self.line_starts()[line];
        let marks = usize::from(start == 0 && offset > 0 && self.text.starts_with('\u{feff}'));
        let column = if offset - start <= COUNTED_BYTES {
            count_code_points(&self.text.as_bytes()[start..offset]) - marks
        } else {
            self.code_points_before(offset) - self.code_points_before(start) - marks
        };
        Position {
            line: line + 1,
            column: column + 1,
        }
    }

    /// How people name a line (1-based): `12`, or `2 of cell 3`.
    #[must_use]
    pub fn line_named(&self, line: usize) -> String {
        let place = self.place(self.line(line).start);
        match place.cell {
            Some(cell) => format!("{} of cell {cell}", place.line),
            None => line.to_string(),
        }
    }

    /// The span of the line (1-based) without its terminator; empty past the last line.
    #[must_use]
    pub fn line(&self, line: usize) -> Span {
        let starts = self.line_starts();
        let Some(&start) = line.checked_sub(1).and_then(|index| starts.get(index)) else {
            return Span::empty(self.text.len());
        };
        let end = starts.get(line).copied().unwrap_or(self.text.len());
        let text = &self.text[start..end];
        let end = start + text.trim_end_matches(['\r', '\n']).len();
        Span::new(start, end)
    }

    /// How many lines the file has; an empty file has one.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.line_starts().len()
    }

    /// The byte offset at which the line that holds `offset` begins.
    #[must_use]
    pub fn line_start(&self, offset: usize) -> usize {
        self.line_starts()[self.line_index(offset)]
    }

    /// The byte offset at which the line after the one that holds `offset` begins; the text's length on the last line.
    #[must_use]
    pub fn next_line_start(&self, offset: usize) -> usize {
        let starts = self.line_starts();
        starts
            .get(self.line_index(offset) + 1)
            .copied()
            .unwrap_or(self.text.len())
    }

    fn line_index(&self, offset: usize) -> usize {
        steps::take();
        self.line_starts().partition_point(|&start| start <= offset) - 1
    }

    fn code_points_before(&self, offset: usize) -> usize {
        let bytes = self.text.as_bytes();
        let counts = self.code_points.get_or_init(|| {
            let mut total = 0;
            let mut counts = vec![total];
            for chunk in bytes.chunks_exact(COUNTED_BYTES) {
                total += count_code_points(chunk);
                counts.push(total);
            }
            counts
        });
        let chunk = offset / COUNTED_BYTES;
        counts[chunk] + count_code_points(&bytes[chunk * COUNTED_BYTES..offset])
    }

    fn line_starts(&self) -> &[usize] {
        self.line_starts.get_or_init(|| line_starts(&self.text, self.language))
    }
}

/// Why an edit is refused.
const ACROSS_CELLS: &str = "it would change more than the code of single cells";

/// How many code points begin in these bytes of a UTF-8 text.
fn count_code_points(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0b1100_0000 != 0b1000_0000).count()
}

/// The lines of `text` with their ends, as [`SourceFile::position`] counts them.
pub(crate) fn lines_with_ends(text: &str, language: Language) -> Vec<&str> {
    let starts = line_starts(text, language);
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let lines = starts.iter().zip(ends).filter_map(|(&start, end)| text.get(start..end));
    lines.filter(|line| !line.is_empty()).collect()
}

/// Offsets of the lines' first bytes. Python also ends a line at a lone `\r`; Rust does not.
fn line_starts(text: &str, language: Language) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends = memchr2_iter(b'\n', b'\r', bytes).filter(|&index| {
        bytes.get(index) == Some(&b'\n') || language == Language::Python && bytes.get(index + 1) != Some(&b'\n')
    });
    iter::once(0).chain(ends.map(|index| index + 1)).collect()
}
