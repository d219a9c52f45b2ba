//! A fix as review bots take it: one run of whole lines and what comes in their place.

use crate::finding::Fix;
use crate::source::{SourceFile, Span};

/// A longer one is not offered: no review takes it (GitHub ends a comment at 65,536 characters), and nobody reads it.
const MAX_BYTES: usize = 60_000;

/// Whole lines, and the ones that replace them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WholeLines {
    /// The first line that goes, 1-based.
    pub(super) first: usize,
    /// The last line that goes.
    pub(super) last: usize,
    /// What comes, with `\n` between the lines and none behind the last one; empty where the lines only go.
    pub(super) text: String,
}

impl WholeLines {
    /// All edits of `fix` and the lines between them as one. Nothing where that is too long, or where it could not be
    /// told from a deletion.
    pub(super) fn of(fix: &Fix, source: &SourceFile) -> Option<Self> {
        let from = fix.edits.first()?.span.start;
        let to = fix.edits.last()?.span.end;
        let start = match from == source.text().len() {
            // Behind the last line end there is no line to replace.
            true => source.line_start(from.saturating_sub(1)),
            false => source.line_start(from),
        };
        let end = match to > from && source.line_start(to) == to {
            true => to,
            false => source.next_line_start(to),
        };
        let inserted: usize = fix.edits.iter().map(|edit| edit.text.len()).sum();
        if end - start + inserted > MAX_BYTES {
            return None;
        }
        let text = edited(fix, source, Span::new(start, end))?;
        let text = text.replace("\r\n", "\n");
        if text == "\n" {
            return None;
        }
        let first = source.position(start).line;
        Some(Self {
            first,
            last: last_line(source, Span::new(start, end)),
            text: text.strip_suffix('\n').unwrap_or(&text).to_owned(),
        })
    }
}

/// The number of the last line that a span has a character of; that of its start for an empty span.
pub(super) fn last_line(source: &SourceFile, span: Span) -> usize {
    let last = source.slice(span).chars().next_back();
    source.position(span.end - last.map_or(0, char::len_utf8)).line
}

/// `span` of the text with the edits carried out.
fn edited(fix: &Fix, source: &SourceFile, span: Span) -> Option<String> {
    let mut text = String::new();
    let mut from = span.start;
    for edit in &fix.edits {
        text.push_str(source.text().get(from..edit.span.start)?);
        text.push_str(&edit.text);
        from = edit.span.end;
    }
    text.push_str(source.text().get(from..span.end)?);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Applicability, Edit};
    use crate::source::Language;

    fn whole(text: &str, edits: Vec<Edit>) -> Option<(usize, usize, String)> {
        let source = SourceFile::new("a.py", Language::Python, text.to_owned());
        let fix = Fix {
            title: String::new(),
            applicability: Applicability::Safe,
            edits,
            changes: Vec::new(),
            takes_python_for_granted: false,
            claims: Vec::new(),
            awaits: Vec::new(),
        };
        WholeLines::of(&fix, &source).map(|lines| (lines.first, lines.last, lines.text))
    }

    #[test]
    fn edits_and_the_lines_between_them_are_one() {
        let edits = vec![
            Edit::insert(0, "import asyncio\r\n"),
            Edit::replace(Span::new(10, 11), "Z"),
        ];
        assert_eq!(
            whole("é=1\r\nb\r\n\tc\r\nd\r\n", edits),
            Some((1, 3, "import asyncio\né=1\nb\n\tZ".to_owned()))
        );
    }

    #[test]
    fn lines_that_go_leave_nothing_and_an_end_before_a_line_does_not_reach_it() {
        assert_eq!(
            whole("a\nb\nc\n", vec![Edit::delete(Span::new(2, 4))]),
            Some((2, 2, String::new()))
        );
        assert_eq!(whole("a\nb", vec![Edit::insert(3, "!")]), Some((2, 2, "b!".to_owned())));
        assert_eq!(
            whole("a\n", vec![Edit::insert(2, "b\n")]),
            Some((1, 1, "a\nb".to_owned()))
        );
    }

    #[test]
    fn what_a_review_could_not_take_is_not_offered() {
        assert_eq!(whole("a\nb\n", vec![Edit::delete(Span::new(0, 1))]), None);
        assert_eq!(whole("a\n", vec![Edit::insert(0, "x".repeat(MAX_BYTES))]), None);
        assert_eq!(whole("a\n", Vec::new()), None);
    }
}
