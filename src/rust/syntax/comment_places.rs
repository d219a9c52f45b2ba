//! Where new comments can stand.

use crate::rust::syntax::lexer::{self, Kind, Token};
use crate::rust::syntax::parse;
use crate::source::SourceFile;
use crate::suppress::Place;

/// Where a comment that speaks of the code at each of `offsets` can stand: behind its line; where that ends inside a string
/// or a block comment, or in documentation, above the line. Nothing where the line begins inside one too.
#[must_use]
pub fn comment_places(source: &SourceFile, offsets: &[usize]) -> Vec<Option<Place>> {
    let text = source.text();
    let begins = parse::start_of_code(text);
    // None overlaps another, so their ends are in order too.
    let tokens: Vec<Token> = lexer::tokens(text, begins).collect();
    let around = |offset: usize| {
        let before = tokens.partition_point(|token| token.span.start < offset);
        let token = tokens.get(before.checked_sub(1)?)?;
        (offset <= token.span.end).then_some(*token)
    };
    let place = |offset: usize| {
        let line = source.line(source.position(offset).line);
        match around(line.end) {
            Some(token) if token.kind == Kind::LineComment => {
                if token.span.end == line.end && is_plain(source.slice(token.span)) {
                    let comment = Some(token.span);
                    return Some(Place::Behind { at: line.end, comment });
                }
            }
            Some(token) if line.end < token.span.end => {}
            _ => {
                return Some(Place::Behind {
                    at: line.end,
                    comment: None,
                });
            }
        }
        let is_inside = around(line.start).is_some_and(|token| line.start < token.span.end);
        (!is_inside).then_some(Place::Above {
            at: line.start.max(begins),
        })
    };
    offsets.iter().map(|&offset| place(offset)).collect()
}

fn is_plain(comment: &str) -> bool {
    !(comment.starts_with("///") || comment.starts_with("//!"))
}
