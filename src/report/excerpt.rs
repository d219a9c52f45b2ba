//! The few lines around a finding, as they may be shown: cut to the width, hidden characters escaped.
//!
//! miette looks for a span by reading its source from the first byte. Given an excerpt it reads a few hundred bytes,
//! whatever the file's size, so the report of ten thousand findings in one file stays linear.

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::cut::{LineLimit, fitting_part};
use super::escape;
use crate::source::{Place, SourceFile, Span};

/// Lines shown before and after those of the span.
const CONTEXT_LINES: usize = 1;

/// Of a longer span only the first lines are shown.
const MAX_SPAN_LINES: usize = 8;

/// A text of a few lines with a span in it, and where both are in the file.
#[derive(Debug)]
pub(super) struct Excerpt {
    text: String,
    span: SourceSpan,
    /// The number that people know the first line by.
    first_line: usize,
    place: Place,
    name: String,
}

impl Excerpt {
    /// The lines around `span` in `source`, which is shown as `name`.
    pub(super) fn new(source: &SourceFile, span: Span, name: &str, limit: LineLimit) -> Self {
        let position = source.position(span.start);
        let last_of_span = source.position(last_byte(source, span)).line;
        let last_shown = last_of_span.min(position.line + MAX_SPAN_LINES - 1);
        let (first_possible, last_possible) = lines_beside(source, span);
        let first_line = position.line.saturating_sub(CONTEXT_LINES).max(first_possible);
        let end_line = (last_shown + CONTEXT_LINES).min(last_possible).max(last_shown);
        let place = source.place(span.start);

        let mut lines = Lines::new(span, limit);
        for line in first_line..=end_line {
            lines.push(source, source.line(line));
            if line == position.line {
                lines.start_no_later();
            }
            if line == last_shown {
                lines.end_no_later();
            }
            lines.text.push('\n');
        }
        Self {
            span: lines.span(),
            text: lines.text,
            first_line: place.line - (position.line - first_line),
            place,
            name: match place.cell {
                Some(cell) => format!("{name}:cell {cell}"),
                None => name.to_owned(),
            },
        }
    }

    /// What is underlined.
    pub(super) fn label(&self) -> LabeledSpan {
        LabeledSpan::new_with_span(None, self.span)
    }
}

impl SourceCode for Excerpt {
    /// miette asks without context lines for the place that it writes above the source, and with them for the text.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        _context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (range, line, column) = if context_lines_before == 0 {
            let wanted = span.offset()..span.offset() + span.len();
            (wanted, self.place.line, self.place.column)
        } else {
            (0..self.text.len(), self.first_line, 1)
        };
        let data = self.text.get(range.clone()).ok_or(MietteError::OutOfBounds)?;
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            data.as_bytes(),
            (range.start, range.len()).into(),
            line - 1,
            column - 1,
            data.lines().count(),
        )))
    }
}

/// The start of the last character that a span covers: a span that ends with a line end does not reach the next line.
fn last_byte(source: &SourceFile, span: Span) -> usize {
    let last = source.slice(span).chars().next_back();
    span.end - last.map_or(0, char::len_utf8)
}

/// Collects the lines of an excerpt and keeps track of where the ends of the file's span come to lie in it.
struct Lines {
    text: String,
    in_file: Span,
    limit: LineLimit,
    start: Option<usize>,
    end: Option<usize>,
}

impl Lines {
    fn new(in_file: Span, limit: LineLimit) -> Self {
        Self {
            text: String::new(),
            in_file,
            limit,
            start: None,
            end: None,
        }
    }

    /// Appends a line of the file, without a line end.
    fn push(&mut self, source: &SourceFile, whole: Span) {
        let whole = without_byte_order_mark(source, whole);
        let shown = cut(source, whole, self.in_file.start, self.limit);
        if shown.start > whole.start {
            self.text.push_str(self.limit.cut_mark);
        }
        for (index, c) in source.slice(shown).char_indices() {
            let offset = shown.start + index;
            if offset >= self.in_file.start {
                self.start_no_later();
            }
            if offset >= self.in_file.end {
                self.end_no_later();
            }
            match c {
                '\t' => self.text.push(c),
                _ => escape::push(&mut self.text, c),
            }
        }
        if shown.end < whole.end {
            if shown.end >= self.in_file.start {
                self.start_no_later();
            }
            self.text.push_str(self.limit.cut_mark);
        }
    }

    /// The span starts at the end of what is there, unless it started before.
    fn start_no_later(&mut self) {
        self.start.get_or_insert(self.text.len());
    }

    /// The span ends at the end of what is there, unless it ended before.
    fn end_no_later(&mut self) {
        self.end.get_or_insert(self.text.len());
    }

    fn span(&self) -> SourceSpan {
        let start = self.start.unwrap_or_default();
        (start, self.end.unwrap_or(start) - start).into()
    }
}

/// The numbers of the first and the last line of what is written together with a span, not counting the empty one behind
/// a final line end.
fn lines_beside(source: &SourceFile, span: Span) -> (usize, usize) {
    let cell = source.cell_of(span.start);
    let last = source.position(cell.end).line;
    let ends_before = source.line_start(cell.end) == cell.end;
    (source.position(cell.start).line, last - usize::from(ends_before))
}

fn without_byte_order_mark(source: &SourceFile, line: Span) -> Span {
    let mark = if line.start == 0 && source.text().starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    Span::new(line.start + mark, line.end)
}

/// The part of `line` that is shown, around `focus` where that is on it.
fn cut(source: &SourceFile, line: Span, focus: usize, limit: LineLimit) -> Span {
    let part = fitting_part(source.slice(line), focus.checked_sub(line.start), limit);
    Span::new(line.start + part.start, line.start + part.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Language;

    fn limit(width: usize) -> LineLimit {
        LineLimit { width, cut_mark: "…" }
    }

    /// The excerpt's text, and under it what its span covers.
    fn shown(text: &str, needle: &str, width: usize) -> (String, String) {
        let source = SourceFile::new("a.py", Language::Python, text.to_owned());
        let start = text.find(needle).unwrap();
        let excerpt = Excerpt::new(&source, Span::new(start, start + needle.len()), "a.py", limit(width));
        let covered = &excerpt.text[excerpt.span.offset()..excerpt.span.offset() + excerpt.span.len()];
        (excerpt.text.clone(), covered.to_owned())
    }

    #[test]
    fn one_line_of_context_stands_on_either_side() {
        let (text, covered) = shown("a\nb\nc d\ne\nf\n", "c", 80);
        assert_eq!((text.as_str(), covered.as_str()), ("b\nc d\ne\n", "c"));
    }

    #[test]
    fn the_span_stays_on_its_characters_where_others_are_escaped() {
        let (text, covered) = shown("\u{feff}\u{202e}é\tx\u{1b}[0m\u{7f} connect()\u{7}\r\n", "x\u{1b}", 80);
        assert_eq!(text, "\\u{202e}é\tx\\u{1b}[0m\\u{7f} connect()\\u{7}\n");
        assert_eq!(covered, "x\\u{1b}");
    }

    #[test]
    fn a_long_line_is_cut_around_the_span() {
        let long = format!("{}connect(url){}", "a".repeat(3_000_000), "b".repeat(3_000_000));
        let (text, covered) = shown(&long, "connect(url)", 40);
        assert_eq!(text, "…aaaaaaaaaaaaaconnect(url)bbbbbbbbbbbbb…\n");
        assert_eq!(covered, "connect(url)");
    }

    #[test]
    fn a_span_that_does_not_fit_covers_the_mark_of_the_cut() {
        let (text, covered) = shown(&format!("x = {}", "日".repeat(50)), &"日".repeat(50), 20);
        assert_eq!(text, "x = 日日日日日日日…\n");
        assert_eq!(covered, "日日日日日日日…");
    }

    #[test]
    fn of_a_long_span_the_first_lines_are_shown() {
        let body = "line\n".repeat(5_000);
        let (text, covered) = shown(&format!("before\n{body}after\n"), &body, 80);
        assert_eq!(text, format!("before\n{}", "line\n".repeat(MAX_SPAN_LINES + 1)));
        assert_eq!(covered, "line\n".repeat(MAX_SPAN_LINES).trim_end());
    }

    #[test]
    fn an_empty_span_at_the_end_of_the_file_has_a_place() {
        for text in ["", "x", "x\n", "x\r", "\u{feff}"] {
            let source = SourceFile::new("a.py", Language::Python, text.to_owned());
            let excerpt = Excerpt::new(&source, Span::empty(text.len()), "a.py", limit(80));
            assert!(excerpt.span.is_empty());
            assert!(excerpt.span.offset() < excerpt.text.len(), "{text:?}");
        }
    }
}
