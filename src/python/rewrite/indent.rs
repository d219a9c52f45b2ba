//! Puts the lines of a statement one unit deeper.
//!
//! Only line starts get longer, and only those outside every string: what a string holds, and what a formatted string
//! holds between its braces (`{x = }` prints its own text), stays as it is.

use ruff_python_ast::token::TokenKind;

use super::code::{Code, after_form_feed, is_margin, span_of};
use super::edits::Draft;
use crate::finding::Refusal;
use crate::source::Span;

/// Comments that come in pairs; of a pair that is split by a change of depth, the tools that read them see half.
const PAIRS: [(&str, &str); 3] = [
    ("fmt: off", "fmt: on"),
    ("yapf: disable", "yapf: enable"),
    ("ruff: disable", "ruff: enable"),
];

/// Puts every line of `region` but the first one unit deeper, by inserting `unit` after `margin` (the white space before
/// the region's first line). A line that begins otherwise (a comment or a bracketed line further left) gets the unit at
/// its start, so the layout of the lines among themselves stays. Blank lines and lines that begin in a string stay.
///
/// # Errors
/// One comment of a pair like `# fmt: off` and `# fmt: on` lies in the region and the other one does not; or a block in
/// the region begins with other white space than `margin`, so that no unit at the same place makes both deeper alike.
pub(super) fn indent(code: Code<'_>, region: Span, margin: &str, unit: &str, draft: &mut Draft) -> Result<(), Refusal> {
    splits_no_pair(code, region)?;
    blocks_begin_with(code, region, margin)?;
    let mut strings = strings(code, region).into_iter().peekable();
    let mut line = code.next_line_start(region.start);
    while line < region.end {
        let next = code.next_line_start(line);
        while strings.next_if(|string| string.end <= line).is_some() {}
        let in_string = strings.peek().is_some_and(|string| string.start < line);
        let text = code.text(Span::new(line, next));
        if !in_string
            && !text
                .trim_matches(|c| is_margin(c) || matches!(c, '\r' | '\n'))
                .is_empty()
        {
            draft.indent(line + shared_prefix(text, margin), unit);
        }
        if next == line {
            break;
        }
        line = next;
    }
    Ok(())
}

/// Up to where a compound statement reaches for a reader: over the comments on their own lines behind its last statement
/// that stand at least as deep as its body.
pub(super) fn with_trailing_comments(code: Code<'_>, statement: Span, body_margin: &str) -> Span {
    let depth = column(body_margin);
    let mut end = statement.end;
    let Some(mut line) = code.after_logical_line(statement.end) else {
        return statement;
    };
    while line < code.len() {
        let next = code.next_line_start(line);
        let text = code.text(Span::new(line, next));
        let content = text.trim_start_matches(is_margin);
        let margin = text.get(..text.len() - content.len()).unwrap_or_default();
        if content.starts_with('#') && column(margin) >= depth {
            end = line + text.trim_end_matches(['\r', '\n']).len();
        } else if !content.trim_matches(['\r', '\n']).is_empty() {
            break;
        }
        line = next;
    }
    Span::new(statement.start, end)
}

/// How many bytes of a line stand before the place where it gets deeper.
fn shared_prefix(line: &str, margin: &str) -> usize {
    let content = line.trim_start_matches(is_margin);
    let own = line.get(..line.len() - content.len()).unwrap_or_default();
    let counted = after_form_feed(own);
    let skipped = own.len() - counted.len();
    if counted.starts_with(margin) {
        skipped + margin.len()
    } else {
        skipped
    }
}

/// The column that a margin leads to, tabs to the next multiple of eight as Python counts them.
fn column(margin: &str) -> usize {
    margin.chars().fold(0, |column, character| match character {
        '\t' => (column / 8 + 1) * 8,
        '\u{c}' => 0,
        _ => column + 1,
    })
}

/// The strings of the region, by position: plain ones, and formatted ones from their first quote to their last.
fn strings(code: Code<'_>, region: Span) -> Vec<Span> {
    let mut found = Vec::new();
    let mut open = Vec::new();
    for token in code.tokens_in(region) {
        let span = span_of(token);
        match token.kind() {
            TokenKind::String if open.is_empty() => found.push(span),
            TokenKind::FStringStart | TokenKind::TStringStart => open.push(span.start),
            TokenKind::FStringEnd | TokenKind::TStringEnd => {
                if let Some(start) = open.pop()
                    && open.is_empty()
                {
                    found.push(Span::new(start, span.end));
                }
            }
            _ => {}
        }
    }
    found
}

fn blocks_begin_with(code: Code<'_>, region: Span, margin: &str) -> Result<(), Refusal> {
    let mut margins = code
        .tokens_in(region)
        .iter()
        .filter(|token| token.kind() == TokenKind::Indent)
        .map(|token| after_form_feed(code.text(span_of(token))));
    match margins.all(|deeper| deeper.starts_with(margin)) {
        true => Ok(()),
        false => Err(Refusal::because(
            "its block is indented with other white space than the statement, tabs and spaces mixed",
        )),
    }
}

fn splits_no_pair(code: Code<'_>, region: Span) -> Result<(), Refusal> {
    for (off, on) in PAIRS {
        let mut open = 0_u32;
        for comment in code.comments(region) {
            let text = code.text(comment).trim_start_matches('#').trim_start();
            if text.starts_with(off) {
                open += 1;
            } else if text.starts_with(on) {
                open = open.checked_sub(1).ok_or_else(|| half_of_a_pair(off, on))?;
            }
        }
        if open > 0 {
            return Err(half_of_a_pair(off, on));
        }
    }
    Ok(())
}

fn half_of_a_pair(off: &str, on: &str) -> Refusal {
    Refusal::because(format!(
        "only one of a pair of comments `# {off}` and `# {on}` lies in the lines that would get deeper"
    ))
}
