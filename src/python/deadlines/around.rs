//! What stands around a piece of code and may end the wait for it.

use std::path::Path;
use std::sync::Arc;

use ruff_python_ast::name::Name;

use crate::python::names::FunctionId;
use crate::sites::{Bound, Deadline};

/// Something around a call that may end the wait for it.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::python) enum Around {
    /// A deadline.
    Deadline(Deadline),
    /// A function of the project runs it, and what that puts around it counts.
    Wrapped(Wrapping),
    /// A function of the project is given what makes the call: as long as that runs it before it is over itself, what is around
    /// the call of that function counts.
    Handed { to: Wrapping, around: Vec<Around> },
    /// A part of this library (the first name of its paths) is replaced by a mock.
    Replaced(String),
    /// An event loop of its own runs it until it is over (`loop.run_until_complete(…)`, `asyncio.run(…)`): the task around that
    /// call stands still meanwhile, and what would cancel that task ends nothing.
    Loop,
    /// A task of its own runs it, which nobody keeps: what ends the function around it does not end it.
    Task,
}

impl Around {
    /// What a function of another module runs.
    pub(in crate::python) fn run_elsewhere(&self) -> Option<&Wrapping> {
        match self {
            Self::Wrapped(wrapping) => matches!(wrapping.by, Wrapper::There(..)).then_some(wrapping),
            Self::Deadline(_) | Self::Handed { .. } | Self::Replaced(_) | Self::Loop | Self::Task => None,
        }
    }
}

/// Code that a function of the project is given to run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::python) struct Wrapping {
    pub(in crate::python) by: Wrapper,
    pub(in crate::python) what: Wrapped,
}

/// The function that runs it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::python) enum Wrapper {
    /// One of this module.
    Here(FunctionId),
    /// One of the module at this absolute path.
    There(Arc<Path>, FunctionId),
}

/// How a function is given what it runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::python) enum Wrapped {
    /// The block of a `with`, which runs while the function stands at its `yield`, or after the method that enters for it.
    Block,
    /// The function that it decorates: its first argument.
    Decorated,
    /// The function that is decorated by what it returns: `@limited(5)`.
    DecoratedByOutcome,
    /// The argument of this parameter, which it calls or awaits.
    Argument(Name),
}

/// The deadline that certainly ends no earlier than the others; one of unknown length where there is any.
pub(in crate::python) fn loosest(deadlines: Vec<Deadline>) -> Option<Deadline> {
    deadlines.into_iter().reduce(|loosest, other| {
        if loosest.bound.is_at_most(other.bound) || other.bound == Bound::Unknown {
            other
        } else {
            loosest
        }
    })
}
