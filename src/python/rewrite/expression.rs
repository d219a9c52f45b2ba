//! `asyncio.wait_for(connect(…), T)`: the deadline goes around the expression, in lines of its own where one is too short. What
//! `async with` enters is awaited first, where the connection can be entered then:
//!
//! ```python
//! async with await asyncio.wait_for(connect(…), 10) as ws:
//! ```
//!
//! Executed with websockets 12.0 and 15.0.1 on Python 3.8 to 3.13: `wait_for` takes a connect object, which is awaitable
//! but no coroutine, and `stack.enter_async_context(connect(…))`.

use ruff_python_ast::Stmt;

use super::code::is_margin;
use super::deadline::{InLines, Outcome, Wanted};
use super::edits::Draft;
use super::indent::indent;
use super::job::Job;
use super::timer::Timer;
use crate::catalog::Runtime;
use crate::facts::PythonVersion;
use crate::finding::Refusal;
use crate::python::sites::anchor::Place;
use crate::source::Span;

/// Wraps what is entered in `asyncio.wait_for`.
///
/// # Errors
/// The connect is entered by `async with`, and its connection cannot be entered after it was awaited; or it must be left in
/// the task that entered it.
pub(super) fn wrap(job: &Job<'_>, wanted: &Wanted) -> Result<Outcome, Refusal> {
    let is_entered = matches!(job.anchor.place, Place::WithItem { .. });
    if is_entered && !job.gives_managed_connection() {
        return Err(Refusal::because(
            "`async with` does not take the coroutine that `asyncio.wait_for` gives, and not every release that may run \
             gives a connection that can be entered after it was awaited",
        ));
    }
    // Executed with anyio 4.16.0 on Python 3.11: "Attempted to exit cancel scope in a different task".
    if job.entry().runtime == Runtime::Anyio && job.python() < PythonVersion::new(3, 12) {
        return Err(Refusal::because(
            "below Python 3.12 `asyncio.wait_for` would enter the connect in another task",
        ));
    }
    let mut draft = Draft::new();
    // Entered itself in the place of its connection (WS203), the connect would get a deadline with the others.
    let is_one_of_several = matches!(job.statement, Stmt::With(with) if with.items.len() > 1);
    if is_one_of_several && !is_entered {
        draft.distrust();
    }
    let [wait_for] = job.spell([Timer::WaitFor.path()], &mut draft)?;
    let wrapped = job.entered_span();
    let await_first = if is_entered { "await " } else { "" };
    let (head, length) = (format!("{await_first}{wait_for}("), &wanted.length.text);
    let mut deeper = String::new();
    match in_lines(job, wrapped, wanted) {
        Some(margin) => {
            let (ending, unit) = (job.code.line_ending(wrapped.start), job.indent_unit(margin));
            let line = format!("{ending}{margin}{unit}");
            draft.insert(wrapped.start, format!("{head}{line}"));
            indent(job.code, wrapped, margin, unit, &mut draft)?;
            draft.insert(wrapped.end, format!(",{line}{length},{ending}{margin})"));
            unit.clone_into(&mut deeper);
        }
        None => {
            draft.insert(wrapped.start, head);
            draft.insert(wrapped.end, format!(", {length})"));
        }
    }
    Ok(Outcome {
        draft,
        title: title(&wait_for, wanted),
        around: job.entered_span(),
        claim: wrapped,
        deeper,
        uses_timer: false,
    })
}

/// The margin of the line that the call begins in whose arguments get lines of their own: that one would be too long, or what is
/// wrapped has several lines itself.
fn in_lines<'a>(job: &Job<'a>, wrapped: Span, wanted: &Wanted) -> Option<&'a str> {
    let code = job.code;
    let start = code.line_start(wrapped.start);
    let has_lines = code.next_line_start(wrapped.start) < wrapped.end;
    let line = code.text(Span::new(start, wrapped.start));
    let margin = line.len() - line.trim_start_matches(is_margin).len();
    // Within a larger expression formatters begin elsewhere.
    let is_whole = match (&job.anchor.place, job.statement) {
        (Place::Statement { .. }, _) => true,
        (Place::WithItem { .. }, Stmt::With(with)) => with.items.len() == 1,
        _ => false,
    };
    let is_wanted = is_whole
        && (wanted.in_lines.calls() > 0 || has_lines && wanted.in_lines != InLines::Nowhere)
        && !code.continues_by_backslash(start);
    let margin = line.get(..margin).filter(|_| is_wanted)?;
    let may_be_deeper = indent(code, wrapped, margin, job.indent_unit(margin), &mut Draft::new()).is_ok();
    may_be_deeper.then_some(margin)
}

/// What wrapping is called in a fix's title.
pub(super) fn title(wait_for: &str, wanted: &Wanted) -> String {
    format!("wrap the connect in `{wait_for}(…, {})`", wanted.length.shown())
}
