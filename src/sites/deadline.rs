//! How long something lasts as far as the source shows it, and what ends a connect's wait from outside.

use super::OtherPlace;
use crate::source::Span;

/// A duration as far as the source shows it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// A literal, in seconds whatever unit the source uses.
    Seconds(f64),
    /// The value that means "no limit": `None`, `Duration::MAX`.
    Unlimited,
    /// A name, a call, anything that is not a literal.
    Unknown,
}

impl Bound {
    /// Whether a deadline of this length certainly ends no later than one of `other`.
    #[must_use]
    pub fn is_at_most(self, other: Bound) -> bool {
        match (self, other) {
            (Bound::Seconds(a), Bound::Seconds(b)) => a <= b,
            (Bound::Seconds(_), Bound::Unlimited) => true,
            _ => false,
        }
    }
}

/// Something outside a connect that ends the wait for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Deadline {
    /// The call, macro or attribute that sets it.
    pub span: Span,
    /// Its resolved path: `asyncio.timeout`, `tokio::time::timeout`, `select!`.
    pub path: String,
    /// Its length.
    pub bound: Bound,
    /// Where it is entered.
    pub entered: Entered,
}

/// Where a deadline is entered, of which something else says only how long it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Entered {
    /// At its span.
    Here,
    /// In the callers of the helper that the connect is in.
    ByCallers,
    /// In another file, by a function that runs what the connect stands in.
    There(OtherPlace),
}
