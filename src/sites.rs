//! Language-neutral facts about one file: plain data that outlives the syntax tree. The language folders collect them
//! in one visit of the tree, the rules read them.

use std::sync::Arc;

use crate::catalog::{ApiId, PassesOn};
use crate::facts::{PythonVersion, Requirement};
use crate::source::Span;

mod blocking;
mod course;
mod handler;
mod loop_policy;
mod misuse;
mod proof;
mod receive;
mod related;
mod test;

pub use blocking::{BlockingCall, Blocks};
pub use course::{CalledPart, Callee, Course, FileCourses, FunctionCourse, Length, Shown, Times, Wait, Wanted};
pub use handler::{
    AskedAttributes, Caught, ExceptionRead, Handler, HandlerForm, LateClause, MatchedAttribute, Raising, Retry,
    Swallow, SwallowedFailure, TextTest,
};
pub use loop_policy::{PlatformSites, PolicyUse};
pub use misuse::{Misuse, MisuseKind, MisusedConnect};
pub use proof::{DoubtfulProof, ProofKind};
pub use receive::{Exchange, ExchangeKind, Receive, ReceiveForm};
pub use related::{OtherPlace, Related, RelatedPlace};
pub use test::Test;
mod deadline_calls;

pub use deadline_calls::{
    Catches, DeadlineCall, DeadlineHandler, DeadlineKind, DeadlineSites, DeadlineUsage, HeldOpen, LimitArgument,
    LimitMisfit, NewerName, NewerUse, Reentered, Rescheduled, RescheduledOutside, Written,
};

/// The scheme that an address begins with, in lower case.
pub fn scheme_of(address: &str) -> Option<String> {
    let (scheme, _) = address.split_once("://")?;
    let is_scheme = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_scheme.then(|| scheme.to_ascii_lowercase())
}

/// Everything that the rules want to know about one file.
#[derive(Debug, Default)]
pub struct Sites {
    /// Every call of a catalogued connect, by position.
    pub connects: Vec<Connect>,
    /// What other calls hand on to connects, by position: the keywords of a call of a function of the project, a dictionary in an
    /// argument of another library's call. Each is that connect as the call makes it. Nothing is known here of how it is entered
    /// or what is around it, and their id is [`HANDED`].
    pub handed: Vec<Connect>,
    /// Every call that writes text to the console, by position.
    pub prints: Vec<Print>,
    /// Hand-written functions that print and fall back on an encoding error, by position.
    pub print_fallbacks: Vec<PrintFallback>,
    /// The module, or another one of the project that runs before it prints, makes the console take every character
    /// (`sys.stdout.reconfigure(…)` and the like).
    pub console_reconfigured: bool,
    /// The oldest Python that what the file uses is for: older, where it keeps something for one or uses what newer ones took away.
    pub used_python: Option<PythonVersion>,
    /// Every package of the catalogue that a manifest names, by position; none in other languages.
    pub requirements: Vec<Requirement>,
    /// Every clause that catches exceptions and has to do with a connect, by position.
    pub handlers: Vec<Handler>,
    /// Every clause for a timeout behind one that takes it, by position.
    pub late_clauses: Vec<LateClause>,
    /// Every connect of a test whose failure comes to nothing, by position; none in Python, whose failures are caught by
    /// handlers.
    pub swallowed: Vec<SwallowedFailure>,
    /// Everything that tries a connect again for ever, by position.
    pub retries: Vec<Retry>,
    /// Every use of a connect that may fail for what its object is, by position.
    pub misuses: Vec<Misuse>,
    /// Every call in async code that certainly blocks the event loop, by position.
    pub blocking_calls: Vec<BlockingCall>,
    /// What tests take for the proof that they were connected, and is none, by position.
    pub doubtful_proofs: Vec<DoubtfulProof>,
    /// Every comment, by position; none where the text holds no word of a suppression.
    pub comments: Vec<Comment>,
    /// What the file says about deadlines, whether they cover a connect or not.
    pub deadlines: DeadlineSites,
    /// How the file chooses its event loop, and what it does on some platforms only.
    pub platform: PlatformSites,
    /// Every test function, by position.
    pub tests: Vec<Test>,
    /// What the functions of the file wait for that tests and blocks may call.
    pub courses: Vec<FunctionCourse>,
    /// What is waited for behind entering a connect until its block is left, by [`Connect::id`]; of Python's `async with`.
    pub blocks: Vec<(usize, Course)>,
    /// The file puts stand-ins in the place of what it tests: what other files do may not be what is run.
    pub replaces_parts: bool,
    /// Where objects of the file stand in the place of others in its tests: its classes.
    pub stand_ins: Option<Vec<Span>>,
    /// What functions of other files connect by that the file calls.
    pub opened_elsewhere: Vec<ApiId>,
    /// Every wait for a message of a connection, by position.
    pub receives: Vec<Receive>,
    /// What is done with connections that the file opens, by position.
    pub exchanges: Vec<Exchange>,
}

/// A comment token.
#[derive(Clone, Debug)]
pub struct Comment {
    /// From `#` or `//` to the end of the line, terminator excluded.
    pub span: Span,
    /// Nothing but white space stands before it on its line.
    pub own_line: bool,
    /// The code that a trailing comment speaks of: the logical line (Python) or the lines of the statement (Rust) that
    /// it ends; for a comment on its own line the next one that has code.
    pub governs: Span,
}

/// A call that opens a connection.
#[derive(Clone, Debug)]
pub struct Connect {
    /// Its index in [`Sites::connects`]; the language finds its own notes about the call by it.
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

impl Connect {
    /// Whether another call hands its arguments on to it: it is one of [`Sites::handed`], and not called here.
    #[must_use]
    pub fn is_handed(&self) -> bool {
        self.id == HANDED
    }
}

/// The id of what is handed on to a connect, in [`Sites::handed`].
pub const HANDED: usize = usize::MAX;

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

impl Connect {
    /// Whether something outside it ends the wait for the connection.
    #[must_use]
    pub fn is_under_a_deadline(&self) -> bool {
        self.deadlines.iter().any(|deadline| deadline.bound != Bound::Unlimited)
    }
}

/// A keyword of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyword {
    /// `open_timeout`.
    pub name: String,
    /// Where the name stands: before `=`, or as a key in `**{"open_timeout": 5}`; of a key that stands somewhere else the whole
    /// `**options`.
    pub span: Span,
    /// It is a key of a dictionary.
    pub is_unpacked: bool,
    /// Where it is written in the file as a key, in one place.
    pub key: Option<Key>,
    /// It is given each time: no condition decides about it.
    pub is_certain: bool,
    /// What its value certainly is: a constant as it is written (`None`), a number, a text in double quotes, or the call that makes it
    /// (`ssl.create_default_context()`).
    pub value: Option<String>,
}

/// Where a key of a dictionary is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The text, quotes included; of a keyword its name.
    pub span: Span,
    /// The call whose keyword it is: `dict(…)`, `options.update(…)`.
    pub call: Option<Span>,
    /// The call that unpacks the dictionary is all that is done with it.
    pub is_only_use: bool,
}

/// One argument of a connect that the catalogue knows.
#[derive(Clone, Debug)]
pub struct Argument {
    /// The catalogue's name of it.
    pub name: String,
    /// `open_timeout=10`, or `.connection_timeout(d)` of a builder.
    pub span: Span,
    /// The value's expression, without parentheses around it.
    pub value_span: Span,
    /// What the value is, as far as the source shows.
    pub value: Bound,
    /// How the value is written.
    pub written: Written,
    /// What kind of thing the value is, whatever its length.
    pub kind: ValueKind,
    /// What the value certainly is, as in [`Keyword::value`].
    pub certain: Option<String>,
}

/// What kind of thing is given as a limit.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ValueKind {
    /// Nobody knows.
    #[default]
    Unknown,
    /// A number, or in Rust a duration, unless who calls the function around it gives something else.
    Number,
    /// An object that carries the limit of a connect where it is given to another one: `aiohttp.ClientTimeout(total=3)`.
    Holder {
        /// The path of its class.
        class: String,
        /// The limit.
        carries: Bound,
    },
}

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

/// A call that writes to the console.
#[derive(Clone, Debug)]
pub struct Print {
    /// Its index in [`Sites::prints`]; the language finds its own notes about the call by it.
    pub id: usize,
    /// The whole call.
    pub call: Span,
    /// What is called.
    pub callee: Span,
    /// Its resolved path: `print`, `sys.stdout.write`, `click.echo`, `println!`.
    pub path: String,
    /// The text that certainly reaches the stream, piece by piece: the values of literals, not their spelling. None in Rust,
    /// where no text is unencodable.
    pub text: Vec<Piece>,
    /// The code around it is a test by its own marks.
    pub in_test: bool,
    /// What catches the console's refusal though it is there for more than that: then the rest of its block is skipped.
    pub caught: Option<Catch>,
}

/// What catches an error though it was written for others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Catch {
    /// A clause of a `try`, with the classes as it writes them; none where it is bare.
    Clause(Option<String>),
    /// `contextlib.suppress`, with the classes as it is given them.
    Suppress(String),
    /// A context manager or a decorator of the project, by its name.
    Manager(String),
}

/// A part of a print's text whose value is known.
#[derive(Clone, Debug)]
pub struct Piece {
    /// The literal, or the name that stands for it.
    pub span: Span,
    /// Its value: escapes resolved. May hold lone surrogates' replacement: see [`Piece::surrogate`].
    pub text: String,
    /// The value holds a lone surrogate, which no encoding takes, UTF-8 included.
    pub surrogate: bool,
    /// How many characters stand before it in the string that is written, where that is known.
    pub offset: Option<usize>,
    /// More text follows directly in the same string.
    pub open: bool,
}

/// A function that prints and, where the console refuses, prints something else.
#[derive(Clone, Debug)]
pub struct PrintFallback {
    /// Its index in [`Sites::print_fallbacks`].
    pub id: usize,
    /// The function's name.
    pub name: String,
    /// Where the name stands in the definition.
    pub name_span: Span,
    /// The statement of the fallback that can raise again.
    pub span: Span,
    /// Why: a clause that reads on behind "its fallback can raise again: ".
    pub leak: String,
}
