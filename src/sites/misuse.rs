//! Connects that are used as something that they are not.

use super::Connect;
use crate::source::Span;

/// A use of a connect that may fail for what its object is.
#[derive(Clone, Debug)]
pub struct Misuse {
    /// Its index in [`crate::sites::Sites::misuses`].
    pub id: usize,
    /// The connect.
    pub connect: MisusedConnect,
    /// The expression that fails: the call of `create_task`, the item of the `with`, `connect(…).send`.
    pub span: Span,
    /// How it is used.
    pub kind: MisuseKind,
}

/// The connect that is used as something that it is not.
#[derive(Clone, Debug)]
pub enum MisusedConnect {
    /// One of this file: an index into [`crate::sites::Sites::connects`].
    Here(usize),
    /// One of another file of the project, whose connection comes from there.
    Elsewhere(Box<Connect>),
}

/// How a connect is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MisuseKind {
    /// It is given to a function that takes a coroutine.
    AsCoroutine {
        /// The function's resolved path: `asyncio.create_task`, `asyncio.TaskGroup.create_task`.
        function: String,
    },
    /// Its connection is entered by `async with`: `async with await connect(…)`.
    ConnectionEntered {
        /// The `await` stands in the `with` itself, right before the connect.
        directly: bool,
    },
    /// It is entered by a plain `with`.
    PlainWith,
    /// It is awaited itself. Only what some release's object cannot.
    Awaited,
    /// It is entered itself by `async with`. Only what some release's object cannot.
    Entered,
    /// It blocks and gives the connection itself, and what it gives is awaited.
    BlockingAwaited,
    /// It blocks and gives the connection itself, and what it gives is entered by `async with`.
    BlockingEntered,
    /// The connection is asked for an attribute: `ws.open`. Only those that some release's connections do not have.
    AttributeRead {
        /// The attribute.
        attribute: String,
    },
    /// The connection is asked by `getattr` for an attribute, with what counts where it has none, and nothing else is looked at:
    /// `getattr(ws, "open", False)`.
    AttributeAsked {
        /// The attribute.
        attribute: String,
    },
    /// A method of the connection gets a keyword: `ws.recv(timeout=5)`. Only those that some release's connections do not take.
    KeywordGiven {
        /// The method.
        method: String,
        /// The keyword.
        keyword: String,
    },
    /// A method is called that the connection has: `connect(…).send(…)`.
    Unawaited {
        /// The method.
        method: String,
    },
}
