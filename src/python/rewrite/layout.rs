//! Where lines break that fixes make longer: as formatters would, whatever width they allow.

use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;
use unicode_width::UnicodeWidthStr;

use super::code::{Code, span_of};
use super::edits::Draft;
use crate::fix::Edit;
use crate::source::Span;

/// What formatters and linters allow by default, in columns.
const WIDEST: usize = 88;

/// Whether whole `lines` get too long by `edits`, and were not before.
pub(super) fn get_too_long(code: Code<'_>, lines: Span, edits: &[Edit]) -> bool {
    let widest = |text: &str| text.lines().map(str::width).max().unwrap_or_default();
    let (mut after, mut at) = (String::new(), lines.start);
    for edit in edits.iter().filter(|edit| lines.contains(edit.span)) {
        after.push_str(code.text(Span::new(at, edit.span.start)));
        after.push_str(&edit.text);
        at = edit.span.end;
    }
    after.push_str(code.text(Span::new(at, lines.end)));
    widest(&after) > WIDEST && widest(code.text(lines)) <= WIDEST
}

/// Puts each argument of a call into a line of its own, with a comma behind the last one: so a formatter leaves it. `margin` is
/// that of the statement, `unit` what it gets deeper. Not where the call has several lines already, or something else than
/// commas stands between its arguments.
pub(super) fn arguments_in_lines(code: Code<'_>, call: &ExprCall, (margin, unit): (&str, &str), draft: &mut Draft) {
    let arguments = span_of(&call.arguments);
    let inner = Span::new(arguments.start + 1, arguments.end.saturating_sub(1));
    let mut given: Vec<Span> = call.arguments.iter_source_order().map(|one| span_of(&one)).collect();
    given.sort_unstable();
    let (Some(first), Some(last)) = (given.first(), given.last()) else {
        return;
    };
    let between = |from: usize, to: usize| code.text(Span::new(from, to)).trim();
    let mut gaps = given.windows(2).filter_map(|pair| match pair {
        [one, next] => Some(Span::new(one.end, next.start)),
        _ => None,
    });
    let has_lines = code.next_line_start(arguments.start) < arguments.end;
    let is_plain = between(inner.start, first.start).is_empty()
        && gaps.clone().all(|gap| between(gap.start, gap.end) == ",")
        && matches!(between(last.end, inner.end), "" | ",");
    // A comma behind it needs parentheses around it.
    let is_bare = matches!(&*call.arguments.args, [Expr::Generator(one)] if !one.parenthesized);
    if has_lines || is_bare || !is_plain {
        return;
    }
    let ending = code.line_ending(call.start().to_usize());
    let line = format!("{ending}{margin}{unit}");
    draft.replace_or_insert(Span::new(inner.start, first.start), line.clone());
    for gap in gaps.by_ref() {
        draft.replace(gap, format!(",{line}"));
    }
    draft.replace_or_insert(Span::new(last.end, inner.end), format!(",{ending}{margin}"));
}
