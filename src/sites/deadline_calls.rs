//! Calls that set a deadline, as sites of their own: what they say, how they are used, what catches what they raise.

use super::{Bound, Deadline};
use crate::source::Span;

/// What a file says about deadlines, whether they cover a connect or not.
#[derive(Debug, Default)]
pub struct DeadlineSites {
    /// The file sets a deadline, whatever for.
    pub are_set: bool,
    /// Its tests run on a clock on which no real time passes.
    pub clock_is_virtual: bool,
    /// Every call of a function of an event loop's library that sets a deadline, by position. In Rust: the durations of
    /// timeouts that are made of a name; their callee is that of the timeout.
    pub calls: Vec<DeadlineCall>,
    /// A deadline that is set anew to a plain number: `deadline.reschedule(5)`.
    pub rescheduled: Vec<Rescheduled>,
    /// A deadline that is entered for the second time.
    pub reentered: Vec<Reentered>,
    /// A deadline that is set anew where it is not entered.
    pub rescheduled_outside: Vec<RescheduledOutside>,
    /// A scope of anyio that a fixture of pytest-asyncio holds open while it yields.
    pub held_open: Vec<HeldOpen>,
    /// Handlers in the block of a deadline that catch what it does, or seem to.
    pub handlers: Vec<DeadlineHandler>,
    /// Names that only newer Pythons have.
    pub newer: Vec<NewerName>,
}

/// A call of a known function that sets a deadline.
#[derive(Clone, Debug)]
pub struct DeadlineCall {
    /// The path that the callee resolves to: `asyncio.timeout`.
    pub path: String,
    /// The whole call.
    pub call: Span,
    /// What is called.
    pub callee: Span,
    /// What has to be done with it.
    pub kind: DeadlineKind,
    /// What it is given as its limit.
    pub limit: Option<LimitArgument>,
    /// What is wrong with its arguments, where it gets no limit.
    pub misfit: Option<LimitMisfit>,
    /// What is done with it.
    pub usage: DeadlineUsage,
    /// Deadlines that certainly hold where it begins, and go on holding, the innermost first.
    pub around: Vec<Deadline>,
    /// It goes on where the deadlines around it have ended (a shielded scope).
    pub is_shielded: bool,
    /// The expression that waits, where that is the only wait that the deadline covers.
    pub only_wait: Option<Span>,
    /// The code around it is asynchronous: `async with` may stand there.
    pub in_async: bool,
    /// The code around it is a test by its own marks.
    pub in_test: bool,
    /// The code around it is meant to fail (`pytest.raises`, `except TypeError`).
    pub expects_failure: bool,
}

/// What has to be done with a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadlineKind {
    /// It is entered by `async with`.
    AsyncManager,
    /// It is entered by `with`.
    Manager,
    /// It is awaited.
    Wait,
}

/// What is done with a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadlineUsage {
    /// An item of a `with`.
    Entered {
        /// By `async with`.
        is_async: bool,
        /// The connect (by its index in [`super::Sites::connects`]) that an item before it in the same `with` enters, where
        /// no other one comes behind it.
        behind: Option<usize>,
    },
    /// An argument of an exit stack's `enter_context` or `enter_async_context`.
    Stacked {
        /// By `enter_async_context`.
        is_async: bool,
    },
    /// `await` stands before it.
    Awaited,
    /// It is a statement by itself.
    Bare,
    /// Anything else: an argument, kept in a variable, returned.
    Other,
}

/// Why a function that sets a deadline fails for its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LimitMisfit {
    /// It gets no limit; the name of the parameter.
    Missing(&'static str),
    /// It gets a keyword that it does not have.
    Unexpected {
        /// The keyword.
        given: String,
        /// The name of the parameter that takes the limit.
        parameter: &'static str,
    },
    /// It waits for a literal, in words: a number, a string, `None`.
    Literal(&'static str),
}

/// What a deadline is given as its limit.
#[derive(Clone, Debug)]
pub struct LimitArgument {
    /// The value.
    pub span: Span,
    /// Its length as far as the source shows it; of a point in time, how far away it is.
    pub bound: Bound,
    /// How it is written.
    pub written: Written,
    /// It is a point in time.
    pub is_absolute: bool,
}

/// How a limit is written.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Written {
    /// One number, a sign before it included.
    Number(f64),
    /// A string.
    Text,
    /// A `datetime.timedelta`.
    Timedelta,
    /// A name, an attribute or a literal key, by its last part: `timeout_ms`.
    Name(String),
    /// Anything else.
    #[default]
    Other,
}

/// A deadline that is set anew to a plain number of seconds, which is a point in time there.
#[derive(Clone, Debug)]
pub struct Rescheduled {
    /// The whole call.
    pub call: Span,
    /// The method: `reschedule`.
    pub method: String,
    /// What made the deadline: `asyncio.timeout`.
    pub path: String,
    /// The number.
    pub seconds: f64,
    /// The code around it is meant to fail.
    pub expects_failure: bool,
}

/// A kept `asyncio.timeout` that gets another point in time while no block is under it.
#[derive(Clone, Debug)]
pub struct RescheduledOutside {
    /// The whole call.
    pub call: Span,
    /// What made the deadline: `asyncio.timeout`.
    pub path: String,
    /// Its block has ended; else it was not entered yet.
    pub is_over: bool,
    /// The code is meant to fail.
    pub expects_failure: bool,
}

/// A deadline that is kept in a variable and entered for the second time.
#[derive(Clone, Debug)]
pub struct Reentered {
    /// The variable where it is entered again.
    pub span: Span,
    /// What made the deadline: `asyncio.timeout`.
    pub path: String,
    /// It is entered in each round of a loop.
    pub in_loop: bool,
    /// The code around it is meant to fail.
    pub expects_failure: bool,
}

/// A scope of anyio around the `yield` of a fixture of pytest-asyncio.
#[derive(Clone, Debug)]
pub struct HeldOpen {
    /// What makes it.
    pub callee: Span,
    /// Its path: `anyio.fail_after`.
    pub path: String,
}

/// A handler in the block of a deadline.
#[derive(Clone, Debug)]
pub struct DeadlineHandler {
    /// What says what is caught: the exception's expression, or the `except` of a bare one.
    pub span: Span,
    /// As it reads: `except TimeoutError`, `except:`, `contextlib.suppress(TimeoutError)`.
    pub shown: String,
    /// What it catches.
    pub catches: Catches,
    /// The innermost deadline that the handler stands under.
    pub deadline: Deadline,
    /// The connects that the handler is for, by their index in [`super::Sites::connects`].
    pub connects: Vec<usize>,
    /// It is for other waits, too.
    pub other_waits: bool,
    /// Deadlines begin in what it is for.
    pub has_deadlines: bool,
    /// It raises, or gives the exception to something that may.
    pub may_raise: bool,
}

/// What a handler catches of a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Catches {
    /// `TimeoutError`: what a deadline raises where its block is left.
    Timeout,
    /// `asyncio.CancelledError`: what it raises inside its block.
    Cancellation,
    /// Everything, that included.
    Everything,
}

/// A name that only newer Pythons have, in code that older ones run too.
#[derive(Clone, Debug)]
pub struct NewerName {
    /// The name, or the item of the import.
    pub span: Span,
    /// `asyncio.timeout`.
    pub path: String,
    /// Where it is used, rather than imported.
    pub used: Option<NewerUse>,
    /// The code around it is a test by its own marks.
    pub in_test: bool,
}

/// The use of a newer name.
#[derive(Clone, Debug)]
pub struct NewerUse {
    /// The call.
    pub call: Span,
    /// The `with` that it is entered by, with its block.
    pub block: Option<Span>,
    /// The block binds the deadline to a name.
    pub is_bound: bool,
}
