//! A deadline for `async with connect(…) as ws:` where no block of a deadline is to be had (asyncio below Python 3.11
//! without `async_timeout`):
//!
//! ```python
//! async with contextlib.AsyncExitStack() as stack:
//!     ws = await asyncio.wait_for(stack.enter_async_context(connect(…)), 10)
//! ```
//!
//! It serves where the connection cannot be entered after it was awaited, and it is unsafe: nobody wants to read it unasked.
//! Only the connect is bounded, whatever `deadline-scope` says; the block keeps its depth. Executed with websockets 10.4 to 17 on Python 3.8 to 3.13: the
//! connection is closed when the block is left, and a peer that never answers raises `asyncio.TimeoutError` after T.

use ruff_python_ast::token::TokenKind;

use super::code::span_of;
use super::deadline::{Outcome, Wanted};
use super::edits::Draft;
use super::expression;
use super::indent::indent;
use super::job::Job;
use super::timer::Timer;
use super::with_item::With;
use crate::finding::Refusal;
use crate::source::Span;

/// Enters the connect through an exit stack.
///
/// # Errors
/// Other items follow the connect (they may use the connection, which is only there in the block), or a comment stands
/// between the connect and the colon.
pub(super) fn enter(job: &Job<'_>, wanted: &Wanted) -> Result<Outcome, Refusal> {
    let with = With::of(job)?;
    if !with.later.is_empty() {
        return Err(Refusal::because(
            "below Python 3.11 the connect can only be bounded in the block, and other items follow it",
        ));
    }
    let entered = job.entered_span();
    let item = span_of(with.item);
    let body = span_of(with.first).start;
    let colon = colon(job, item.end)?;
    let idle = with.idle(job.code, colon.end);
    let behind = match (idle, with.body_margin) {
        (Some(idle), _) => Span::new(entered.end, idle.end),
        (None, Some(_)) => Span::new(entered.end, colon.end),
        (None, None) => Span::new(entered.end, body),
    };
    let before = Span::new(item.start, entered.start);
    if job.code.has_comment(before) || job.code.has_comment(behind) {
        return Err(Refusal::because("a comment stands between the connect and the colon"));
    }
    let mut draft = Draft::new();
    draft.distrust();
    let [wait_for, exit_stack] = job.spell([Timer::WaitFor.path(), "contextlib.AsyncExitStack"], &mut draft)?;
    let stack = job.names.fresh("stack", with.span.start);
    let margin = match with.body_margin {
        Some(margin) => margin.to_owned(),
        None => format!("{}{}", with.margin, with.unit),
    };
    let ending = job.code.line_ending(with.span.start);
    let levels = levels(job, &with, wanted);
    let deeper = with.unit.repeat(1 + levels);
    let line = |level: usize| match level <= levels {
        true => format!("{ending}{margin}{}", with.unit.repeat(level)),
        false => String::new(),
    };
    let target = with
        .item
        .optional_vars
        .as_deref()
        .map(|target| job.code.text(span_of(target)));
    let target = target.map(|target| format!("{target} = ")).unwrap_or_default();
    let close = if items_are_in_parentheses(job, &with) { ")" } else { "" };
    let length = &wanted.length.text;
    let rest = if with.body_margin.is_some() || idle.is_some() {
        String::new()
    } else {
        format!("{ending}{margin}")
    };
    draft.replace_or_insert(
        before,
        format!(
            "{exit_stack}() as {stack}{close}:{ending}{margin}{target}await {wait_for}({}{stack}.enter_async_context({}",
            line(1),
            line(2),
        ),
    );
    indent(job.code, entered, with.margin, &deeper, &mut draft)?;
    let end = match levels {
        0 => format!("), {length})"),
        1 => format!("),{}{length},{ending}{margin})", line(1)),
        _ => format!("{}),{}{length},{ending}{margin})", line(1), line(1)),
    };
    draft.replace(behind, format!("{end}{rest}"));
    Ok(Outcome {
        draft,
        title: expression::title(&wait_for, wanted),
        around: job.entered_span(),
        claim: with.span,
        deeper,
        uses_timer: false,
    })
}

/// How many of the calls around the connect get lines of their own: all of them where the connect has several lines itself. Among
/// other items formatters begin elsewhere.
fn levels(job: &Job<'_>, with: &With<'_>, wanted: &Wanted) -> usize {
    let entered = job.entered_span();
    let has_lines = job.code.next_line_start(entered.start) < entered.end;
    let is_whole = with.node.items.len() == 1 && !items_are_in_parentheses(job, with);
    match (is_whole, has_lines) {
        (true, true) => 2,
        (true, false) => wanted.in_lines.calls(),
        (false, _) => 0,
    }
}

/// The colon that ends the header.
fn colon(job: &Job<'_>, mut offset: usize) -> Result<Span, Refusal> {
    while let Some(token) = job.code.after(offset) {
        match token.kind() {
            TokenKind::Colon => return Ok(span_of(token)),
            TokenKind::Comma | TokenKind::Rpar => offset = span_of(token).end,
            _ => break,
        }
    }
    Err(Refusal::because("the `async with` has no plain end of its header"))
}

/// `async with (a() as x, b() as y):`: the parentheses are not part of an item.
fn items_are_in_parentheses(job: &Job<'_>, with: &With<'_>) -> bool {
    let Some(first) = with.node.items.first().map(span_of) else {
        return false;
    };
    job.code
        .before(first.start)
        .is_some_and(|token| token.kind() == TokenKind::Lpar && span_of(token).start > with.span.start)
}
