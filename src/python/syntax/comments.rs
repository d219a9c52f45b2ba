//! Every comment, with the logical line that it speaks of.

use ruff_python_ast::token::{TokenKind, Tokens};

use crate::python::syntax::spans::span;
use crate::sites::Comment;
use crate::source::{SourceFile, Span};
use crate::suppress;

/// The comments of a module, by position; none where none of them can be a directive, which is all that is asked of them.
pub(in crate::python) fn comments(source: &SourceFile, tokens: &Tokens) -> Vec<Comment> {
    if suppress::may_direct(source.text()) {
        every(source, tokens)
    } else {
        Vec::new()
    }
}

/// A comment within a logical line (behind it, or between its brackets) speaks of that line; one between two lines of the
/// next; one behind the last line of nothing.
fn every(source: &SourceFile, tokens: &Tokens) -> Vec<Comment> {
    let mut found: Vec<Comment> = Vec::new();
    // The comments from here on wait for their logical line's end.
    let mut waiting = 0;
    let mut line: Option<Span> = None;
    for token in tokens.iter() {
        let span = span(token);
        match token.kind() {
            TokenKind::Comment => found.push(Comment {
                span,
                own_line: is_alone(source, span.start),
                governs: Span::empty(span.end),
            }),
            TokenKind::Newline => {
                if let Some(line) = line.take() {
                    speak_of(&mut found, waiting, line);
                }
                waiting = found.len();
            }
            TokenKind::NonLogicalNewline | TokenKind::Indent | TokenKind::Dedent | TokenKind::EndOfFile => {}
            _ => line = Some(line.map_or(span, |line| line.cover(span))),
        }
    }
    if let Some(line) = line {
        speak_of(&mut found, waiting, line);
    }
    found
}

fn speak_of(comments: &mut [Comment], from: usize, line: Span) {
    for comment in comments.iter_mut().skip(from) {
        comment.governs = line;
    }
}

fn is_alone(source: &SourceFile, start: usize) -> bool {
    let before = Span::new(source.line_start(start), start);
    source
        .slice(before)
        .chars()
        .all(|c| c.is_whitespace() || c == '\u{feff}')
}

#[cfg(test)]
mod tests {
    use ruff_python_parser::parse_module;

    use super::*;
    use crate::source::Language;

    /// Each comment as `text -> governed text`, with `!` for one on its own line.
    fn described(text: &str) -> Vec<String> {
        let source = SourceFile::new("a.py", Language::Python, text.to_owned());
        let parsed = parse_module(text).unwrap();
        every(&source, parsed.tokens())
            .iter()
            .map(|comment| {
                let mark = if comment.own_line { "!" } else { "" };
                format!(
                    "{mark}{} -> {}",
                    source.slice(comment.span),
                    source.slice(comment.governs)
                )
            })
            .collect()
    }

    #[test]
    fn a_trailing_comment_speaks_of_its_logical_line() {
        assert_eq!(described("a = 1; b = 2  # x\nc = 3"), ["# x -> a = 1; b = 2"]);
        assert_eq!(
            described("with a:  # x\n    pass  # y"),
            ["# x -> with a:", "# y -> pass"]
        );
        assert_eq!(
            described("f(\n  1,  # x\n  2)  # y\n"),
            ["# x -> f(\n  1,  # x\n  2)", "# y -> f(\n  1,  # x\n  2)"]
        );
        assert_eq!(described("a = '#'  # é"), ["# é -> a = '#'"]);
    }

    #[test]
    fn a_comment_on_its_own_line_speaks_of_the_next_code() {
        assert_eq!(described("\u{feff}# x\n\n# y\na\r\n"), ["!# x -> a", "!# y -> a"]);
        assert_eq!(described("if a:\n    # x\n    b\n"), ["!# x -> b"]);
        assert_eq!(described("f(\n  # x\n  1)\n"), ["!# x -> f(\n  # x\n  1)"]);
        assert_eq!(described("a\n# x\n"), ["!# x -> "]);
    }
}
