//! Calls that block the thread of an event loop.

use super::OtherPlace;
use crate::source::Span;

/// A call in async code that blocks the thread that runs the event loop.
#[derive(Clone, Debug)]
pub struct BlockingCall {
    /// Its index in [`crate::sites::Sites::blocking_calls`]; the language finds its own notes about the call by it.
    pub id: usize,
    /// The whole call.
    pub call: Span,
    /// What is called, as it is written.
    pub callee: Span,
    /// What blocks.
    pub blocks: Blocks,
    /// Where it blocks, if that is in a function of this file that is called here.
    pub inside: Option<Span>,
    /// The same, if that is in a function of another file.
    pub elsewhere: Option<OtherPlace>,
    /// The code around the call is a test by its own marks.
    pub in_test: bool,
}

/// What blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blocks {
    /// A function of the catalogue, by its path.
    Function(String),
    /// A connect: an index into [`crate::sites::Sites::connects`].
    Connect(usize),
}
