//! Where new comments can stand.

use std::collections::BTreeMap;

use ruff_python_ast::token::{TokenKind, Tokens};

use crate::python::syntax::parse;
use crate::python::syntax::spans::span;
use crate::source::{SourceFile, Span};
use crate::suppress::Place;

/// Where a comment that speaks of the code at each of `offsets` can stand: behind its line; where that ends inside a string
/// or in a backslash, above the logical line. Nothing for a file that does not parse.
#[must_use]
pub fn comment_places(source: &SourceFile, offsets: &[usize]) -> Vec<Option<Place>> {
    let Ok(parsed) = parse::parse(source) else {
        return Vec::new();
    };
    let lines = Lines::of(source, parsed.tokens());
    offsets.iter().map(|&offset| lines.place(source, offset)).collect()
}

struct Lines {
    /// The ends of lines at which a comment can begin, and the comment that does.
    ends: BTreeMap<usize, Option<Span>>,
    /// The logical lines, by position.
    logical: Vec<Span>,
}

impl Lines {
    fn of(source: &SourceFile, tokens: &Tokens) -> Self {
        let mut lines = Self {
            ends: BTreeMap::from([(source.text().len(), None)]),
            logical: Vec::new(),
        };
        // Before Python 3.12 no comment could stand in a field of an f-string.
        let mut strings = 0_usize;
        let mut line: Option<Span> = None;
        for token in tokens.iter() {
            let span = span(token);
            match token.kind() {
                TokenKind::Comment if strings == 0 => _ = lines.ends.insert(span.end, Some(span)),
                TokenKind::NonLogicalNewline if strings == 0 => _ = lines.ends.entry(span.start).or_default(),
                TokenKind::Newline => {
                    lines.ends.entry(span.start).or_default();
                    lines.logical.extend(line.take());
                }
                TokenKind::Comment
                | TokenKind::NonLogicalNewline
                | TokenKind::Indent
                | TokenKind::Dedent
                | TokenKind::EndOfFile => {}
                kind => {
                    match kind {
                        TokenKind::FStringStart | TokenKind::TStringStart => strings += 1,
                        TokenKind::FStringEnd | TokenKind::TStringEnd => strings = strings.saturating_sub(1),
                        _ => {}
                    }
                    line = Some(line.map_or(span, |line| line.cover(span)));
                }
            }
        }
        lines.logical.extend(line);
        lines
    }

    fn place(&self, source: &SourceFile, offset: usize) -> Option<Place> {
        let end = source.line(source.position(offset).line).end;
        if let Some(&comment) = self.ends.get(&end) {
            return Some(Place::Behind { at: end, comment });
        }
        let before = self.logical.partition_point(|line| line.start <= offset);
        let line = self.logical.get(before.checked_sub(1)?)?;
        let start = source.line_start(line.start);
        let indent = source.slice(Span::new(start, line.start));
        let mark = indent.len() - indent.trim_start_matches('\u{feff}').len();
        let is_first = indent.trim_start_matches('\u{feff}').trim().is_empty();
        is_first.then_some(Place::Above { at: start + mark })
    }
}
