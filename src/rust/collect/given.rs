//! What messages come out of, and where in a value such is.

use crate::catalog::ReceiverId;
use crate::rust::names::Name;
use crate::source::Span;

/// Something that messages come out of.
#[derive(Clone, Debug)]
pub(in crate::rust) struct Received {
    pub(in crate::rust) receiver: ReceiverId,
    /// The path of its class, or of the function that gives it.
    pub(in crate::rust) source: String,
    /// The call that gives it; both ends of a channel are given by one. `None` where it comes from elsewhere.
    pub(in crate::rust) made: Option<Span>,
    /// Where its object is made, somebody gets the other end who gives something, or lets go of it.
    pub(in crate::rust) is_fed: bool,
    /// The path of the function of the file that gives it.
    pub(in crate::rust) given_by: Option<String>,
}

/// Where in a value something is that messages come out of. A result counts for what is in it.
#[derive(Clone, Debug)]
pub(in crate::rust) enum Given {
    One(Received),
    /// In these elements of a tuple.
    Tuple(Vec<Option<Given>>),
    /// In each of its elements.
    Many(Box<Given>),
    /// In what a future gives.
    Later(Box<Given>),
}

impl Given {
    /// What is at hand: nothing has to be awaited or taken apart first.
    pub(in crate::rust) fn at_hand(self) -> Option<Received> {
        match self {
            Self::One(received) => Some(received),
            Self::Tuple(_) | Self::Many(_) | Self::Later(_) => None,
        }
    }

    /// The same of a field that somebody feeds, as far as it is an end itself.
    pub(in crate::rust) fn fed(self) -> Self {
        match self {
            Self::One(received) => Self::One(Received {
                is_fed: true,
                ..received
            }),
            given => given,
        }
    }

    /// The same that a function of the file gives.
    pub(in crate::rust) fn given_by(self, function: &Name) -> Self {
        let Name::File(path) = function else { return self };
        match self {
            Self::One(received) => Self::One(Received {
                given_by: Some(path.clone()),
                ..received
            }),
            Self::Tuple(elements) => {
                let each = elements.into_iter();
                Self::Tuple(each.map(|element| Some(element?.given_by(function))).collect())
            }
            Self::Many(each) => Self::Many(Box::new(each.given_by(function))),
            Self::Later(given) => Self::Later(Box::new(given.given_by(function))),
        }
    }

    pub(in crate::rust) fn awaited(self) -> Self {
        match self {
            Self::Later(given) => *given,
            given => given,
        }
    }
}
