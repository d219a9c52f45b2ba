//! What the calls say that make holders' objects.

use crate::catalog::{Holder, HolderArgument, Without};
use crate::sites::{Bound, Carried};

/// A call that makes a holder's object.
pub(super) struct Made<'a> {
    pub(super) holder: &'a Holder,
    /// The path of its constructor, as the catalogue writes it.
    pub(super) class: &'a str,
    /// The limiting arguments that are given.
    pub(super) given: Vec<(&'a HolderArgument, Given)>,
    pub(super) unpacks: bool,
}

/// What is given as a limit.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Given {
    /// A value that is not a holder's object, or may be one.
    Value { origins: Vec<usize>, seconds: Bound },
    /// `None`, or the value that switches the limit off.
    Nothing { is_off: bool },
}

impl Made<'_> {
    /// The limit that it is made with, where that is written.
    pub(super) fn limit(&self) -> Option<Bound> {
        let mut given = self.given.iter().filter(|_| !self.unpacks);
        given.find_map(|(_, given)| match given {
            Given::Value { seconds, .. } => Some(*seconds),
            Given::Nothing { .. } => None,
        })
    }

    /// The class's own name: `HTTPRequest`.
    pub(super) fn class(&self) -> String {
        let path = self.holder.paths.first().map_or("", String::as_str);
        path.rsplit('.').next().unwrap_or(path).to_owned()
    }

    pub(super) fn bare(&self) -> Carried {
        match self.holder.without {
            Without::Default => Carried::Nothing,
            Without::Unlimited => Carried::SwitchedOff(
                self.holder
                    .arguments
                    .first()
                    .map(|argument| argument.name.clone())
                    .unwrap_or_default(),
            ),
            Without::InProcess => Carried::InProcess(self.class.to_owned()),
        }
    }
}
