//! How long it takes to do the same again and again.

use super::amount::{Amount, Part};
use crate::sites::{Shown, Times};

/// What takes `once` each time, so often.
pub(super) fn repeated<'a>(once: Amount<'a>, times: Times, head: &'a Shown) -> Amount<'a> {
    if once.total.is_nothing() {
        return once;
    }
    let total = match times {
        Times::Number(times) => return once.repeated(times, head),
        _ if once.total.unbounded.is_some() => once.total,
        Times::Unknown | Times::Parameter(_) => Part::unknown(head),
        Times::Unbounded => Part::unbounded(head),
    };
    let share = |part: Part<'a>| match part.is_nothing() {
        true => Part::default(),
        false => Part::unknown(head),
    };
    Amount {
        total,
        blocking: share(once.blocking),
        in_threads: share(once.in_threads),
        cleanup: once.cleanup,
        has_unseen: once.has_unseen,
        opened: once.opened,
    }
}
