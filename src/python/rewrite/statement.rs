//! `async with asyncio.timeout(T):` around a statement that awaits a connect.
//!
//! A block is no scope in Python: what the statement assigns is there after the block.

use ruff_python_ast::token::TokenKind;

use super::code::{Code, span_of};
use super::contents;
use super::deadline::{Outcome, Wanted};
use super::edits::Draft;
use super::indent::indent;
use super::job::Job;
use crate::fix::Refusal;
use crate::source::Span;

/// Puts the statement into a block of the deadline.
///
/// # Errors
/// The statement shares its line with others, yields, cannot be made deeper, or enters an exit stack under a cancel
/// scope.
pub(super) fn wrap(job: &Job<'_>, wanted: &Wanted) -> Result<Outcome, Refusal> {
    let span = job.statement_span();
    let shares_its_line = || Refusal::because("the statement shares its line with others");
    let margin = job.code.margin(span.start).ok_or_else(shares_its_line)?;
    if !ends_its_line(job.code, span) {
        return Err(shares_its_line());
    }
    if contents::yields(std::slice::from_ref(job.statement)) {
        return Err(Refusal::because(
            "the statement yields, and the deadline would run on meanwhile",
        ));
    }
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
    let ending = job.code.line_ending(span.start);
    let keyword = wanted.timer.keyword();
    draft.insert(
        span.start,
        format!("{keyword} {timer}({}):{ending}{margin}{unit}", wanted.length.text),
    );
    indent(job.code, span, margin, unit, &mut draft)?;
    Ok(Outcome {
        draft,
        title: title(&timer, wanted),
        claim: span,
        deeper: unit.to_owned(),
    })
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
