//! How long one wait takes: as its code says, or as the library itself says of its connect.

use super::amount::{Amount, Defaults, Part};
use super::given::{Given, bound};
use crate::sites::{Bound, Length, Wait};

/// What the library itself says of a connect.
#[derive(Clone, Copy, Debug)]
pub(super) struct Own {
    /// When it gives up.
    pub(super) limit: Bound,
    /// How long it goes on once a limit, its own or one outside, has ended the wait.
    pub(super) lingers: Bound,
}

/// The time of a wait where these are given.
pub(super) fn waited<'a>(wait: &'a Wait, given: &[(usize, Given)], own: Option<&Own>) -> Amount<'a> {
    let part_of = |bound| match bound {
        Bound::Seconds(seconds) => Part::of(seconds, &wait.what),
        Bound::Unknown => Part::unknown(&wait.what),
        Bound::Unlimited => Part::unbounded(&wait.what),
    };
    let mut part = part_of(match (wait.length, own) {
        (Length::Library, Some(own)) => own.limit,
        (length, _) => bound(length, given),
    });
    if let Some(name) = &wait.default {
        part.defaults = Defaults::of(name);
    }
    let amount = Amount::wait(part, wait.blocks);
    match own.map(|own| own.lingers) {
        None | Some(Bound::Seconds(0.0)) => amount,
        Some(lingers) => amount.guarded(Amount::wait(part_of(lingers), wait.blocks)),
    }
}
