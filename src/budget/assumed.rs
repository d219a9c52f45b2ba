//! Waits that nothing ends, taken for as long as the deadlines would be that rules propose for them.

use std::collections::HashMap;

use super::amount::{Amount, Part};
use crate::sites::Shown;
use crate::source::Span;

/// How long waits of the file itself are taken to be that nothing ends.
#[derive(Clone, Debug, Default)]
pub struct Assumed {
    /// By what waits, in seconds.
    waits: HashMap<Span, f64>,
    /// Loops as a whole, by what they wait for.
    loops: HashMap<usize, (Span, f64)>,
}

impl Assumed {
    /// What waits at `span` gets a deadline of `seconds`.
    pub fn wait(&mut self, span: Span, seconds: f64) {
        self.waits.insert(span, seconds);
    }

    /// The loop over what stands at `span` gets one for all its rounds.
    pub fn whole_loop(&mut self, span: Span, seconds: f64) {
        self.loops.insert(span.end, (span, seconds));
    }

    /// As a wait was assumed, where it was.
    pub(super) fn of_wait(&self, span: Span) -> Option<f64> {
        self.waits.get(&span).copied()
    }

    /// As a loop was assumed that has this head, where it was.
    pub(super) fn of_loop(&self, head: Span) -> Option<f64> {
        let (span, seconds) = self.loops.get(&head.end)?;
        head.contains(*span).then_some(*seconds)
    }
}

/// The same with a limit of so many seconds, where nothing ends it.
pub(super) fn bounded<'a>(amount: Amount<'a>, seconds: f64, by: &'a Shown) -> Amount<'a> {
    if amount.total.unbounded.is_none() {
        return amount;
    }
    let wait = Amount::wait(Part::of(seconds, by), amount.blocking.unbounded.is_some());
    match amount.cleanup.is_finite() && !amount.cleanup.is_nothing() {
        true => wait.guarded(Amount::wait(amount.cleanup, false)),
        false => wait,
    }
}
