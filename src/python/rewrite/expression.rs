//! `asyncio.wait_for(connect(…), T)`: the deadline goes around the expression, all lines stay where they are.
//!
//! Executed with websockets 12.0 and 15.0.1 on Python 3.8 to 3.13: `wait_for` takes a connect object, which is awaitable
//! but no coroutine, and `stack.enter_async_context(connect(…))`.

use super::super::anchor::Place;
use super::deadline::{Outcome, Wanted};
use super::edits::Draft;
use super::job::Job;
use super::timer::Timer;
use super::{code::span_of, locate};
use crate::fix::Refusal;
use crate::source::Span;

/// Wraps the connect, or what enters it into an exit stack, in `asyncio.wait_for`.
///
/// # Errors
/// The connect is entered by `async with`: a coroutine cannot take its place.
pub(super) fn wrap(job: &Job<'_>, wanted: &Wanted) -> Result<Outcome, Refusal> {
    let waiting = locate::waiting_call(job.statement, job.call_span());
    if matches!(job.anchor.place, Place::WithItem { .. }) && waiting.is_none() {
        return Err(Refusal::because(
            "only `asyncio.wait_for` is left, and `async with` does not take a coroutine",
        ));
    }
    let mut draft = Draft::new();
    let [wait_for] = job.spell([Timer::WaitFor.path()], &mut draft)?;
    let wrapped = waiting.map_or(job.call_span(), span_of);
    around(wrapped, &wait_for, wanted, &mut draft);
    Ok(Outcome {
        draft,
        title: title(&wait_for, wanted),
        claim: job.statement_span(),
        deeper: String::new(),
    })
}

/// What wrapping is called in a fix's title.
pub(super) fn title(wait_for: &str, wanted: &Wanted) -> String {
    format!("wrap the connect in `{wait_for}(…, {})`", wanted.length.shown())
}

fn around(wrapped: Span, wait_for: &str, wanted: &Wanted, draft: &mut Draft) {
    draft.insert(wrapped.start, format!("{wait_for}("));
    draft.insert(wrapped.end, format!(", {})", wanted.length.text));
}
