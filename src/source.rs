//! One source file in memory: its text, its language, and the way from byte offsets to lines and columns.

use std::fmt;
use std::iter;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use memchr::memchr2_iter;

use crate::steps;

/// A half-open range of byte offsets into a [`SourceFile`]'s text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last one; equal to `start` for an insertion point.
    pub end: usize,
}

impl Span {
    /// The span of `start..end`.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end, "span {start}..{end} is inverted");
        Self { start, end }
    }

    /// The empty span at `offset`: an insertion point.
    #[must_use]
    pub fn empty(offset: usize) -> Self {
        Self::new(offset, offset)
    }

    /// Whether the span has no bytes.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// How many bytes it covers.
    #[must_use]
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether `other` lies wholly inside this span.
    #[must_use]
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the two share a byte, or touch at an end.
    #[must_use]
    pub fn touches(self, other: Span) -> bool {
        self.start <= other.end && other.start <= self.end
    }

    /// The smallest span that covers both.
    #[must_use]
    pub fn cover(self, other: Span) -> Span {
        Span::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// As a range, to index a `str`.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        steps::take();
        self.start..self.end
    }
}

/// The languages that ws-lint reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// `.py`, `.pyi`, or a python shebang.
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

/// A place as people count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// 1-based.
    pub line: usize,
    /// 1-based, in Unicode code points.
    pub column: usize,
}

/// A decoded file. Offsets into [`text`](Self::text) are offsets into the file's bytes: nothing is normalised, a byte
/// order mark and `\r\n` stay.
#[derive(Clone, Debug)]
pub struct SourceFile {
    path: PathBuf,
    language: Language,
    text: String,
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
            line_starts: OnceLock::new(),
            code_points: OnceLock::new(),
        }
    }

    /// The same file with another text.
    #[must_use]
    pub fn with_text(&self, text: String) -> Self {
        Self::new(&self.path, self.language, text)
    }

    /// The path as the user names it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
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

/// How many code points begin in these bytes of a UTF-8 text.
fn count_code_points(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0b1100_0000 != 0b1000_0000).count()
}

/// Offsets of the lines' first bytes. Python also ends a line at a lone `\r`; Rust does not.
fn line_starts(text: &str, language: Language) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends = memchr2_iter(b'\n', b'\r', bytes).filter(|&index| {
        bytes.get(index) == Some(&b'\n') || language == Language::Python && bytes.get(index + 1) != Some(&b'\n')
    });
    iter::once(0).chain(ends.map(|index| index + 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_code_points_and_every_line_end() {
        let file = SourceFile::new("a.py", Language::Python, "\u{feff}é日\r\nx\ry\n".to_owned());
        let at = |needle: &str| file.position(file.text().find(needle).unwrap());
        assert_eq!(at("日"), Position { line: 1, column: 2 });
        assert_eq!(at("x"), Position { line: 2, column: 1 });
        assert_eq!(at("y"), Position { line: 3, column: 1 });
        assert_eq!(file.line_count(), 4);
        assert_eq!(file.slice(file.line(1)), "\u{feff}é日");
        assert_eq!(file.slice(file.line(9)), "");
    }

    #[test]
    fn columns_of_long_lines_are_counted_alike() {
        let line = "aé日🎉".repeat(COUNTED_BYTES);
        let file = SourceFile::new("a.py", Language::Python, format!("\u{feff}{line}\n{line}"));
        for (column, (index, _)) in line.char_indices().enumerate() {
            let first = '\u{feff}'.len_utf8() + index;
            let second = first + line.len() + 1;
            let column = column + 1;
            assert_eq!(file.position(first), Position { line: 1, column });
            assert_eq!(file.position(second), Position { line: 2, column });
        }
        let end = Position {
            line: 2,
            column: 4 * COUNTED_BYTES + 1,
        };
        assert_eq!(file.position(file.text().len()), end);
    }

    #[test]
    fn a_lone_carriage_return_is_no_line_end_in_rust() {
        let file = SourceFile::new("a.rs", Language::Rust, "x\ry".to_owned());
        assert_eq!(file.position(2), Position { line: 1, column: 3 });
    }
}
