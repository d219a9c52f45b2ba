//! Gives a statement that a fix has changed the lines that the project's formatter would give it, where that is how it stood before.

mod brackets;
mod lines;

use ruff_python_ast::Stmt;
use ruff_text_size::Ranged;

use super::code::{Code, span_of};
use crate::finding::{Edit, Fix};
use crate::python::syntax::parse::parse_snippet;
use crate::source::Span;
use lines::Lines;

/// The fix with the lines of `statement` as ruff and black lay them out in `width` columns, `unit` being what a line gets deeper.
/// Nothing where the statement did not stand so before, where a comment stands in it or behind it, or where it is not known how
/// it would stand: such a fix stays as it is.
pub(super) fn as_formatted(code: Code<'_>, statement: &Stmt, fix: &Fix, unit: &str, width: usize) -> Option<Fix> {
    let span = span_of(statement);
    let margin = code.margin(span.start)?;
    let behind = code.text(Span::new(span.end, code.next_line_start(span.end)));
    // The lines of the block that a `with` begins are not looked at.
    if statement.is_with_stmt() || !behind.trim().is_empty() || margin.contains(|c| c != ' ') {
        return None;
    }
    let lines = Lines {
        width,
        unit,
        ending: code.line_ending(span.start),
    };
    let before = code.text(span);
    let (inside, outside): (Vec<&Edit>, Vec<&Edit>) = fix.edits.iter().partition(|edit| span.contains(edit.span));
    let is_apart = |edit: &&Edit| edit.span.end <= span.start || span.end <= edit.span.start;
    if inside.is_empty() || !outside.iter().all(is_apart) {
        return None;
    }
    let after = Applied::to(code, span, &inside);
    let mut formatted = fix.clone();
    formatted.claims.push(span);
    // Most statements are one line that still fits: nobody has to parse it again to know how it stands.
    let is_one_line = !before.contains(['\n', '\r']);
    if is_one_line && lines.fits(margin, before) && lines.fits(margin, &after.text) {
        return Some(formatted);
    }
    if laid_out(before, margin, &lines)? != before {
        return None;
    }
    let text = laid_out(&after.text, margin, &lines)?;
    formatted.edits = outside
        .into_iter()
        .cloned()
        .chain(after.into_lines(&text, span)?)
        .collect();
    formatted.edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    Some(formatted)
}

/// What edits make of a span.
struct Applied {
    text: String,
    /// Where each byte stood before; none of those that an edit brought.
    stood_at: Vec<Option<usize>>,
}

impl Applied {
    fn to(code: Code<'_>, span: Span, edits: &[&Edit]) -> Self {
        let mut after = Self {
            text: String::new(),
            stood_at: Vec::new(),
        };
        let mut at = span.start;
        for edit in edits {
            after.keep(code, Span::new(at, edit.span.start));
            after.text.push_str(&edit.text);
            after.stood_at.extend(edit.text.bytes().map(|_| None));
            at = edit.span.end;
        }
        after.keep(code, Span::new(at, span.end));
        after
    }

    fn keep(&mut self, code: Code<'_>, span: Span) {
        self.text.push_str(code.text(span));
        self.stood_at.extend(span.range().map(Some));
    }

    /// The edits of `span` that make `text` of it, which differs from what the others made in white space and commas only. What
    /// stays where it stands among the rest is not touched.
    fn into_lines(self, text: &str, span: Span) -> Option<Vec<Edit>> {
        let (mut edits, mut brought, mut at) = (Vec::new(), Vec::new(), span.start);
        let mut made = self.text.bytes().zip(self.stood_at).peekable();
        for byte in text.bytes() {
            let is_free = byte.is_ascii_whitespace() || byte == b',';
            while !is_free
                && made
                    .next_if(|(other, _)| *other != byte && other.is_ascii_whitespace())
                    .is_some()
            {}
            let place = match made.next_if(|(other, _)| *other == byte) {
                Some((_, place)) => place,
                None if is_free => None,
                None => return None,
            };
            match place {
                Some(place) => {
                    if place > at || !brought.is_empty() {
                        let text = String::from_utf8(std::mem::take(&mut brought)).ok()?;
                        edits.push(Edit::replace(Span::new(at, place), text));
                    }
                    at = place + 1;
                }
                None => brought.push(byte),
            }
        }
        if at < span.end || !brought.is_empty() {
            edits.push(Edit::replace(Span::new(at, span.end), String::from_utf8(brought).ok()?));
        }
        made.all(|(rest, _)| rest.is_ascii_whitespace()).then_some(edits)
    }
}

/// The text of one statement, which begins behind `margin`, or of a block with one in it, whose lines are laid out anew.
fn laid_out(text: &str, margin: &str, lines: &Lines<'_>) -> Option<String> {
    let parsed = parse_snippet(text)?;
    let [only] = &*parsed.syntax().body else {
        return None;
    };
    let statement = match only {
        Stmt::With(with) => match &*with.body {
            [inner] => inner,
            _ => return None,
        },
        only => only,
    };
    let (before, behind) = (
        text.get(..statement.start().to_usize())?,
        text.get(statement.end().to_usize()..)?,
    );
    let margin = before.rsplit_once('\n').map_or(margin, |(_, margin)| margin);
    let laid_out = lines.of_statement(text, parsed.tokens(), statement, margin)?;
    Some(format!("{before}{laid_out}{behind}"))
}
