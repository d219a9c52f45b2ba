//! Calls that open a connection, and what is known around each.

use std::sync::Arc;

use super::{Argument, Bound, Deadline, Keyword, Related};
use crate::catalog::{Api, ApiId, PassesOn};
use crate::source::Span;

/// The scheme that an address begins with, in lower case.
pub fn scheme_of(address: &str) -> Option<String> {
    let (scheme, _) = address.split_once("://")?;
    let is_scheme = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_scheme.then(|| scheme.to_ascii_lowercase())
}

/// A call that opens a connection.
#[derive(Clone, Debug)]
pub struct Connect {
    /// Its index in [`super::Sites::connects`]; the language finds its own notes about the call by it.
    pub id: usize,
    /// What the catalogue knows of the function.
    pub api: ApiId,
    /// The path that the callee resolves to, as the catalogue writes it: `websockets.connect`,
    /// `tokio_tungstenite::connect_async`.
    pub path: String,
    /// The whole call, a builder's chain included, `.await` excluded.
    pub call: Span,
    /// What is called: `websockets.connect`.
    pub callee: Span,
    /// The arguments that the catalogue knows (keywords, positions, builder methods), by position.
    pub arguments: Vec<Argument>,
    /// Every keyword of the call in writing order, known to the catalogue or not.
    pub keywords: Vec<Keyword>,
    /// The positional arguments, where each one's place is certain; none in Rust.
    pub positional: Vec<Span>,
    /// The scheme of the address, where it is written: `wss`.
    pub scheme: Option<String>,
    /// `*args` or `**kwargs` may bring arguments that cannot be seen.
    pub unpacks: bool,
    /// How the connection is entered.
    pub entry: Entry,
    /// The call only has a thread of its own call it: that one is blocked, and gets the connection.
    pub in_thread: bool,
    /// What its connection has that is not the library's.
    pub own_members: OwnMembers,
    /// What it gets from outside its call about its own limit.
    pub carried: Carried,
    /// How long the limit is that it gets so, where that is written.
    pub carried_bound: Bound,
    /// The external deadlines that cover the wait for the connection, the innermost first. One that all callers of the
    /// enclosing local helper put around it counts.
    pub deadlines: Vec<Deadline>,
    /// The call stands in an async function (or an async block).
    pub in_async: bool,
    /// The code around it is a test by its own marks (`test_*`, `#[tokio::test]`, `#[cfg(test)]`).
    pub in_test: bool,
    /// Nothing in the file serves it, and the clock of the runtime that waits for it stands still: it is moved on as soon as the
    /// runtime has nothing else to do, and every timer fires at once.
    pub clock_stands_still: bool,
    /// The code chooses by what the installed library accepts: a `try` that catches `TypeError`, a branch on its version
    /// or its signature. Or it is a test of what the library rejects: `pytest.raises(TypeError)`.
    pub chosen_by_version: bool,
    /// What the code around it is written to see.
    pub expected: Expected,
    /// Who calls the function that it stands in.
    pub callers: CallersElsewhere,
    /// The functions that hand on what the call gives, the outermost first; none where it calls the connect itself.
    pub through: Vec<Related>,
    /// What hands it on, as a dictionary in an argument of another library's call.
    pub handed_by: Option<Arc<PassesOn>>,
}

/// The id of what is handed on to a connect, in [`super::Sites::handed`].
pub const HANDED: usize = usize::MAX;

impl Connect {
    /// Whether another call hands its arguments on to it: it is one of [`super::Sites::handed`], and not called here.
    #[must_use]
    pub fn is_handed(&self) -> bool {
        self.id == HANDED
    }

    /// Whether something outside it ends the wait for the connection.
    #[must_use]
    pub fn is_under_a_deadline(&self) -> bool {
        self.deadlines.iter().any(|deadline| deadline.bound != Bound::Unlimited)
    }

    /// Whether it runs the whole session, `api` being what the catalogue knows of it: not where it is only made, and entered.
    #[must_use]
    pub fn runs_session(&self, api: &Api) -> bool {
        api.runs_session && self.entry != Entry::AsyncWith
    }
}

/// What a connection has by a class that the program gives to its connect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum OwnMembers {
    /// Nothing: its class is the library's.
    #[default]
    None,
    /// These attributes and methods.
    Named(Vec<String>),
    /// Anything: what the class is cannot be told.
    Any,
}

impl OwnMembers {
    /// Whether an attribute or a method may be one of these.
    #[must_use]
    pub fn may_have(&self, name: &str) -> bool {
        match self {
            Self::None => false,
            Self::Named(names) => names.iter().any(|own| own == name),
            Self::Any => true,
        }
    }
}

/// What is known of the calls in other files of the function that a connect stands in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CallersElsewhere {
    /// They were not looked for, or no other file can call it.
    #[default]
    NotAsked,
    /// They were looked for in the whole project. There may be others outside of it.
    Asked {
        /// The first of them that nothing bounds.
        open: Option<Related>,
        /// Nothing is handed the function, its class or its module that may call it where nobody sees that.
        all_seen: bool,
    },
    /// A call under a deadline may mean it: that of a method of its name, of an object of which nothing is known.
    BoundByName,
}

/// What the code around a connect wants it to raise, as far as more than the class is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expected {
    /// Nothing, or something else.
    #[default]
    Anything,
    /// Anything that fails, whose text the program goes on with: `except Exception as e: return str(e)`. A deadline raises an
    /// exception without a text.
    Told,
    /// The exception of a limit, whatever it says: `pytest.raises(TimeoutError)`. A deadline outside raises one as well.
    Timeout,
    /// The exception of a limit, with what it says: `pytest.raises(TimeoutError, match="opening")`, `except TimeoutError as
    /// e: assert "opening" in str(e)`. A deadline raises one without a text.
    SaidByTimeout,
    /// That the library refuses the call, before it waits for anything: `pytest.raises(TypeError)`.
    Rejection,
}

impl Expected {
    /// Whether the code is written to see the connect fail in this way, and not only any failure.
    #[must_use]
    pub fn is_about_the_connect(self) -> bool {
        !matches!(self, Expected::Anything | Expected::Told)
    }

    /// Whether what a deadline outside raises is not what the code is written to see.
    #[must_use]
    pub fn excludes_deadlines(self) -> bool {
        match self {
            Expected::Anything | Expected::Told | Expected::Timeout => false,
            Expected::SaidByTimeout | Expected::Rejection => true,
        }
    }
}

/// What a connect gets from outside its call about its own limit: from the session, client or request that it is used
/// with, or from a setting of the process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Carried {
    /// Nothing: the library's own word holds.
    #[default]
    Nothing,
    /// A limit.
    Limit,
    /// The limit is switched off by this argument.
    SwitchedOff(String),
    /// The object that carries the limit cannot be seen.
    Unseen,
    /// It is made by this class, whose arguments are unpacked from something that cannot be seen.
    Unpacked(String),
    /// Nothing goes over a network: its object is of this class.
    InProcess(String),
}

/// How a connection is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// `await connect(…)` in any statement, `connect(…).await`, `await stack.enter_async_context(connect(…))`.
    Await,
    /// `async with connect(…) as ws:`.
    AsyncWith,
    /// `async for ws in connect(…):`.
    AsyncFor,
    /// An argument of something that awaits it later: `gather(…)`, `run_until_complete(…)`, `tokio::spawn(…)`.
    Argument,
    /// Kept in a variable or an attribute whose use is not a single one in the same function.
    Stored,
    /// Returned or yielded without having been awaited.
    Returned,
    /// A plain call of a blocking function, `with` included.
    Blocking,
}
