//! `async with asyncio.timeout(T):` around a statement that awaits a connect.
//!
//! A block is no scope in Python: what the statement assigns is there after the block.

use ruff_python_ast::Stmt;
use ruff_python_ast::token::TokenKind;

use super::code::{Code, span_of};
use super::contents;
use super::deadline::{Outcome, Wanted};
use super::edits::Draft;
use super::indent::indent;
use super::job::Job;
use crate::finding::Refusal;
use crate::source::Span;

/// Puts the statement into a block of the deadline.
///
/// # Errors
/// The statement shares its line with others, yields, cannot be made deeper, or enters an exit stack under a cancel
/// scope.
pub(super) fn wrap(job: &Job<'_>, wanted: &Wanted) -> Result<Outcome, Refusal> {
    let margin = margin_of(job.code, job.statement)?;
    if !wanted.timer.runs_in_asyncio() && job.enters_a_stack() {
        // Executed with trio 0.35.0 and trio-websocket 0.12.2: the connection's nursery outlives the scope, and the
        // program hangs.
        return Err(Refusal::because(format!(
            "the exit stack keeps the connection open longer than a block of `{}` may last",
            wanted.timer.path()
        )));
    }
    let mut draft = Draft::new();
    let [timer] = job.spell([wanted.timer.path()], &mut draft)?;
    let unit = job.indent_unit(margin);
    let head = format!("{} {timer}({}):", wanted.timer.keyword(), wanted.length.text);
    nest(job.code, job.statement, &head, (margin, unit), &mut draft)?;
    Ok(Outcome {
        draft,
        title: title(&timer, wanted),
        around: job.entered_span(),
        claim: job.statement_span(),
        deeper: unit.to_owned(),
        uses_timer: true,
    })
}

/// The margin of a statement that can go into the block of a deadline.
///
/// # Errors
/// It shares its line with others, or yields.
pub(super) fn margin_of<'a>(code: Code<'a>, statement: &Stmt) -> Result<&'a str, Refusal> {
    let span = span_of(statement);
    let shares_its_line = || Refusal::because("the statement shares its line with others");
    let margin = code.margin(span.start).ok_or_else(shares_its_line)?;
    if !ends_its_line(code, span) {
        return Err(shares_its_line());
    }
    if contents::yields(std::slice::from_ref(statement)) {
        return Err(Refusal::because(
            "the statement yields, and the deadline would run on meanwhile",
        ));
    }
    Ok(margin)
}

/// Puts a statement into the block that `head` begins; its margin is the first of `margins`, the second is what it gets
/// deeper.
///
/// # Errors
/// It cannot be made deeper.
pub(super) fn nest(
    code: Code<'_>,
    statement: &Stmt,
    head: &str,
    (margin, unit): (&str, &str),
    draft: &mut Draft,
) -> Result<(), Refusal> {
    let span = span_of(statement);
    let ending = code.line_ending(span.start);
    draft.insert(span.start, format!("{head}{ending}{margin}{unit}"));
    indent(code, span, margin, unit, draft)
}

/// What putting something into a block of the deadline is called in a fix's title.
pub(super) fn title(timer: &str, wanted: &Wanted) -> String {
    format!("put the connect under `{timer}({})`", wanted.length.shown())
}

/// Nothing but a semicolon and a comment follows the statement on its line.
fn ends_its_line(code: Code<'_>, statement: Span) -> bool {
    let following = match code.after(statement.end) {
        Some(token) if token.kind() == TokenKind::Semi => code.after(span_of(token).end),
        following => following,
    };
    match (following, code.after_logical_line(statement.end)) {
        (Some(token), Some(line)) => span_of(token).start >= line,
        (following, _) => following.is_none(),
    }
}
