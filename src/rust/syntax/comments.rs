//! The comments of a file, and the code that each one speaks of.

use crate::rust::syntax::lexer;
use crate::rust::syntax::parse;
use crate::sites::Comment;
use crate::source::{SourceFile, Span};

/// Every `//` comment that is no doc comment. `statements` are the file's statements and its smaller items.
pub(in crate::rust) fn collect(source: &SourceFile, mut statements: Vec<Span>) -> Vec<Comment> {
    let text = source.text();
    statements.sort_by_key(|statement| (statement.start, std::cmp::Reverse(statement.end)));
    let mut by_end = statements.clone();
    by_end.sort_by_key(|statement| (statement.end, std::cmp::Reverse(statement.start)));
    let mut comments = Vec::new();
    let mut pending: Vec<Span> = Vec::new();
    let mut previous_end = None;
    for token in lexer::tokens(text, parse::start_of_code(text)) {
        if token.is_comment() {
            let is_plain = is_plain_line_comment(source.slice(token.span));
            let own_line = previous_end.is_none_or(|end| source.line_start(end) != source.line_start(token.span.start));
            if is_plain && own_line {
                pending.push(token.span);
            } else if is_plain {
                comments.push(trailing(source, &by_end, token.span));
            }
            continue;
        }
        let governed = next_code(source, &statements, token.span.start);
        comments.extend(pending.drain(..).map(|span| own_line_comment(span, governed)));
        previous_end = Some(token.span.end.saturating_sub(1));
    }
    comments.extend(
        pending
            .drain(..)
            .map(|span| own_line_comment(span, Span::empty(text.len()))),
    );
    comments.sort_by_key(|comment| comment.span);
    comments
}

fn own_line_comment(span: Span, governs: Span) -> Comment {
    Comment {
        span,
        own_line: true,
        governs,
    }
}

fn is_plain_line_comment(text: &str) -> bool {
    let is_doc = text.starts_with("//!") || (text.starts_with("///") && !text.starts_with("////"));
    text.starts_with("//") && !is_doc
}

/// A comment behind code governs the statement that ends last before it on its line, else the line.
fn trailing(source: &SourceFile, by_end: &[Span], span: Span) -> Comment {
    let line = Span::new(source.line_start(span.start), span.start);
    let before = by_end.partition_point(|statement| statement.end <= span.start);
    let ended = before.checked_sub(1).and_then(|index| by_end.get(index));
    let governs = match ended {
        // Of those that end at the same place the outermost one.
        Some(last) if last.end > line.start => {
            let first = by_end.partition_point(|statement| statement.end < last.end);
            let widest = by_end
                .get(first..before)
                .unwrap_or_default()
                .iter()
                .map(|statement| statement.start)
                .min();
            Span::new(source.line_start(widest.unwrap_or(last.start)), span.start)
        }
        _ => line,
    };
    Comment {
        span,
        own_line: false,
        governs,
    }
}

/// What the code at `offset` belongs to: the statement that begins there, as far as the first statement inside it; else
/// its line.
fn next_code(source: &SourceFile, statements: &[Span], offset: usize) -> Span {
    let first = statements.partition_point(|statement| statement.start < offset);
    let line_end = source.next_line_start(offset);
    match statements.get(first) {
        Some(statement) if statement.start == offset => {
            let inside = statements.partition_point(|other| other.start <= offset);
            let end = statements
                .get(inside)
                .map_or(statement.end, |other| other.start.min(statement.end));
            Span::new(offset, end)
        }
        _ => Span::new(offset, line_end),
    }
}
