//! What ends a test from outside, for rules that ask for a deadline in it.

use super::Context;
use crate::budget::{TestLimit, shown_seconds};
use crate::finding::Refusal;
use crate::sites::{Bound, Deadline, Test};
use crate::source::Span;

/// The test that holds `place`, where that is in a test function.
pub(super) fn test_around<'a>(context: &Context<'a>, place: Span) -> Option<&'a Test> {
    context.sites.tests.get(context.sites.test_around(place)?)
}

/// What ends the test that holds `place`, or every test of the project.
pub(super) fn limit_around(context: &Context<'_>, place: Span) -> Option<TestLimit> {
    match test_around(context, place) {
        Some(test) => TestLimit::of(test, context.project),
        None => TestLimit::of_project(context.project),
    }
}

/// Whether the limit of a test is one that its runner knows, by its path; in Rust the attributes all are.
pub(super) fn is_of_a_runner(limit: &Deadline) -> bool {
    let of_runners = ["pytest.", "tornado.", "#["];
    of_runners.iter().any(|runner| limit.path.starts_with(runner))
}

/// That a deadline of `seconds` at `place`, which is in test code, has its turn before the test's own limit.
///
/// # Errors
/// The test ends first, so the deadline would never fire and only seem to bound the wait.
pub(super) fn fires_in_time(context: &Context<'_>, place: Span, seconds: f64) -> Result<(), Refusal> {
    match limit_around(context, place) {
        Some(TestLimit {
            bound: Bound::Seconds(limit),
            source,
        }) if limit <= seconds => Err(Refusal::because(format!(
            "`{source}` ends the test after {}, and a deadline of {} would never have its turn",
            shown_seconds(limit),
            shown_seconds(seconds)
        ))),
        _ => Ok(()),
    }
}
