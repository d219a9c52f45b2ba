//! Waits for messages, and what is done with a connection first.

use super::Deadline;
use crate::catalog::ReceiverId;
use crate::source::Span;

/// An expression that waits for a message: one that a connection gets, or one that is handed on inside a test that holds a
/// connection.
#[derive(Clone, Debug)]
pub struct Receive {
    /// Its index in [`super::Sites::receives`]; the language finds its own notes about the wait by it.
    pub id: usize,
    /// What waits: `ws.recv()`, `ws.next()`; of a loop what it iterates over.
    pub span: Span,
    /// How it waits.
    pub form: ReceiveForm,
    /// What the message comes out of.
    pub receiver: ReceiverId,
    /// The path of the connect that made it, of its class, or of the function that gives such objects.
    pub source: String,
    /// Indices into [`super::Sites::connects`]: where its connection was opened; for what is handed on, the connection that the
    /// code holds. `None` where the connection comes from elsewhere.
    pub connect: Option<usize>,
    /// The external deadlines that cover the wait, the innermost first.
    pub deadlines: Vec<Deadline>,
    /// Its own argument, or one of the connect, ends the wait or may do so; a class of the project's own waits there;
    /// or something that runs beside it closes the connection.
    pub limited: bool,
    /// The code around it is a test by its own marks.
    pub in_test: bool,
    /// A test function or a fixture certainly waits until it is over: it does not run in a task of its own, which something
    /// may cancel.
    pub runs_in_test: bool,
    /// The code around it expects a timeout: something ends the wait that cannot be seen.
    pub expects_timeout: bool,
}

/// How a message is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReceiveForm {
    /// By a call of this method or function: `recv`, `anext`.
    Call(String),
    /// By awaiting the object itself.
    Await,
    /// By a loop: `async for`.
    Loop,
    /// By what goes over it at once: `list`, `join`.
    Consumed(String),
}

/// What is done with a connection.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The expression: `ws.send(…)`, `ws.state`; or the connection itself, where it is given to something else.
    pub span: Span,
    /// An index into [`super::Sites::connects`].
    pub connect: usize,
    /// What it does.
    pub kind: ExchangeKind,
    /// The code around it is a test by its own marks.
    pub in_test: bool,
}

/// What is done with a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExchangeKind {
    /// A message is sent, by this method.
    Send(String),
    /// A message is waited for.
    Receive,
    /// Its state is asked for.
    State,
    /// Anything else: whoever gets the connection may do all of these.
    Other,
}
