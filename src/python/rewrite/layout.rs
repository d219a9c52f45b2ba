//! Where lines break that fixes make longer: as formatters would.

use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;
use unicode_width::UnicodeWidthStr;

use super::code::{Code, span_of};
use super::edits::Draft;
use crate::finding::Edit;
use crate::source::Span;

/// What comments for tools begin with that speak of the line that they stand in.
const OF_THEIR_LINE: [&str; 8] = [
    "noqa",
    "type:",
    "pyright:",
    "mypy:",
    "ty:",
    "pylint:",
    "nosec",
    "fmt: skip",
];

/// Whether whole `lines` get wider than `width` columns by `edits`, and were not before; never where a comment speaks of one of
/// them, which would stand at another one then.
pub(super) fn get_too_long(code: Code<'_>, lines: Span, edits: &[Edit], width: usize) -> bool {
    if code.text(lines).lines().any(is_spoken_of) {
        return false;
    }
    let (mut after, mut at) = (String::new(), lines.start);
    for edit in edits.iter().filter(|edit| lines.contains(edit.span)) {
        after.push_str(code.text(Span::new(at, edit.span.start)));
        after.push_str(&edit.text);
        at = edit.span.end;
    }
    after.push_str(code.text(Span::new(at, lines.end)));
    is_wide(&after, width) && !is_wide(code.text(lines), width)
}

/// Whether a comment at the end of a line is for a tool, and about that line.
fn is_spoken_of(line: &str) -> bool {
    let mut comments = line.split('#').skip(1).map(str::trim_start);
    comments.any(|comment| OF_THEIR_LINE.iter().any(|word| comment.starts_with(word)))
}

/// Whether one of these lines is wider.
fn is_wide(text: &str, width: usize) -> bool {
    text.lines().any(|line| line.width() > width)
}

/// Puts each argument of a call into a line of its own, with a comma behind the last one: so a formatter leaves it. `margin` is
/// that of the statement, `unit` what it gets deeper. Not where the arguments have several lines already, or something else than
/// commas stands between them.
pub(super) fn arguments_in_lines(code: Code<'_>, call: &ExprCall, (margin, unit): (&str, &str), draft: &mut Draft) {
    let arguments = span_of(&call.arguments);
    let inner = Span::new(arguments.start + 1, arguments.end.saturating_sub(1));
    let mut given: Vec<Span> = call.arguments.iter_source_order().map(|one| span_of(&one)).collect();
    given.sort_unstable();
    let (Some(first), Some(last)) = (given.first(), given.last()) else {
        return;
    };
    // Parentheses around an argument belong to it.
    let comma = |gap: Span| {
        let text = code.text(gap);
        let (before, behind) = text.split_once(',')?;
        let blanks = behind.len() - behind.trim_start().len();
        let at = gap.start + before.len();
        (is_of(before, ") ") && is_of(behind, "( ")).then(|| Span::new(at, at + 1 + blanks))
    };
    let commas: Option<Vec<Span>> = given
        .windows(2)
        .filter_map(|pair| match pair {
            [one, next] => Some(Span::new(one.end, next.start)),
            _ => None,
        })
        .map(comma)
        .collect();
    let head = code.text(Span::new(inner.start, first.start));
    let tail = code
        .text(Span::new(last.end, inner.end))
        .trim_end()
        .trim_end_matches(',');
    let Some(commas) = commas.filter(|_| is_of(head.trim_start(), "( ") && is_of(tail, ") ")) else {
        return;
    };
    let has_lines = code.next_line_start(first.start) < last.end;
    // A comma behind it needs parentheses around it.
    let is_bare = matches!(&*call.arguments.args, [Expr::Generator(one)] if !one.parenthesized);
    if has_lines || is_bare {
        return;
    }
    let ending = code.line_ending(call.start().to_usize());
    let line = format!("{ending}{margin}{unit}");
    let blanks = head.len() - head.trim_start().len();
    draft.replace_or_insert(Span::new(inner.start, inner.start + blanks), line.clone());
    for comma in commas {
        draft.replace(comma, format!(",{line}"));
    }
    let end = Span::new(last.end + tail.len(), inner.end);
    draft.replace_or_insert(end, format!(",{ending}{margin}"));
}

/// Whether a text has only these characters.
fn is_of(text: &str, characters: &str) -> bool {
    text.chars().all(|character| characters.contains(character))
}
