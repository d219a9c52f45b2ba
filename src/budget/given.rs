//! What functions are given for their parameters, as far as it says how long something lasts.

use crate::sites::{Bound, Length, Times, Wanted};

/// What a parameter is given: a [`Bound`] that can be compared, by the bits of a number, or a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Given {
    Connection,
    Seconds(u64),
    Unlimited,
    Unknown,
}

impl From<Bound> for Given {
    fn from(bound: Bound) -> Self {
        match bound {
            Bound::Seconds(seconds) => Self::Seconds(seconds.to_bits()),
            Bound::Unlimited => Self::Unlimited,
            Bound::Unknown => Self::Unknown,
        }
    }
}

impl From<Given> for Bound {
    fn from(given: Given) -> Self {
        match given {
            Given::Seconds(bits) => Self::Seconds(f64::from_bits(bits)),
            Given::Unlimited => Self::Unlimited,
            Given::Unknown | Given::Connection => Self::Unknown,
        }
    }
}

/// How long something lasts in a function that is given `given`.
pub(super) fn bound(length: Length, given: &[(usize, Given)]) -> Bound {
    Bound::from(passed(length, given))
}

/// What a function passes on that is given `given` itself.
pub(super) fn passed(length: Length, given: &[(usize, Given)]) -> Given {
    match length {
        Length::Is(bound) => Given::from(bound),
        // Only a wait for a connection has one, and is asked for it there.
        Length::Library => Given::Unknown,
        Length::Connection => Given::Connection,
        Length::Parameter(index) => {
            let known = given.iter().find(|(parameter, _)| *parameter == index);
            known.map_or(Given::Unknown, |(_, given)| *given)
        }
    }
}

/// How often something is repeated in a function that is given `given`.
pub(super) fn rounds(times: Times, given: &[(usize, Given)]) -> Times {
    let Times::Parameter(index) = times else {
        return times;
    };
    match bound(Length::Parameter(index), given) {
        Bound::Seconds(number) => Times::Number(number.max(0.0)),
        Bound::Unlimited | Bound::Unknown => Times::Unknown,
    }
}

/// Whether what a function is given may be what a condition asks for. No limit is `None`: what is infinite is not asked for.
pub(super) fn may_be(given: Given, wanted: Wanted) -> bool {
    let is_nothing = match given {
        Given::Unknown => return true,
        Given::Unlimited => true,
        Given::Connection | Given::Seconds(_) => false,
    };
    let is_zero = matches!(given, Given::Seconds(bits) if f64::from_bits(bits).abs() < f64::EPSILON);
    match wanted {
        Wanted::Something => !is_nothing,
        Wanted::Nothing => is_nothing,
        Wanted::True => !is_nothing && !is_zero,
        Wanted::False => is_nothing || is_zero,
    }
}
