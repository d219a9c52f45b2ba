//! Language-neutral facts about one file: plain data that outlives the syntax tree. The language folders collect them
//! in one visit of the tree, the rules read them.

use std::collections::HashMap;

use foldhash::HashSet;

use crate::catalog::ApiId;
use crate::facts::{PythonVersion, Requirement};
use crate::source::Span;

mod argument;
mod blocking;
mod connect;
mod course;
mod deadline;
mod deadline_calls;
mod handler;
mod loop_policy;
mod misuse;
mod nesting;
mod object;
mod print;
mod proof;
mod receive;
mod related;
mod test;

pub use argument::{Argument, Key, Keyword, ValueKind};
pub use blocking::{BlockingCall, Blocks};
pub use connect::{CallersElsewhere, Carried, Connect, Entry, Expected, HANDED, OwnMembers, scheme_of};
pub use course::{CalledPart, Callee, Course, FileCourses, FunctionCourse, Length, Shown, Times, Wait, Wanted};
pub use deadline::{Bound, Deadline, Entered};
pub use deadline_calls::{
    Catches, DeadlineCall, DeadlineHandler, DeadlineKind, DeadlineSites, DeadlineUsage, HeldOpen, LimitArgument,
    LimitMisfit, NewerName, NewerUse, Reentered, Rescheduled, RescheduledOutside, Written,
};
pub use handler::{
    AskedAttributes, Caught, ExceptionRead, Handler, HandlerForm, LateClause, MatchedAttribute, Raising, Retry,
    Swallow, SwallowedFailure, TextTest,
};
pub use loop_policy::{PlatformSites, PolicyUse};
pub use misuse::{Misuse, MisuseKind, MisusedConnect};
pub use nesting::Nesting;
pub use object::{Class, Object, Overriding};
pub use print::{Catch, Piece, Print, PrintFallback};
pub use proof::{DoubtfulProof, ProofKind};
pub use receive::{Exchange, ExchangeKind, Receive, ReceiveForm};
pub use related::{OtherPlace, Related, RelatedPlace};
pub use test::Test;

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
    /// What the objects of classes of the file have in the place of what these inherit, by the class.
    pub classes: HashMap<usize, Overriding>,
    /// What is waited for behind entering a connect until its block is left, by [`Connect::id`]; of Python's `async with`.
    pub blocks: Vec<(usize, Course)>,
    /// The paths of what tests of the file put something else in the place of: `asyncio.sleep`. Who calls it in another file need
    /// not get what the library has.
    pub replaced: HashSet<String>,
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
    /// Where these stand, once that is asked: nothing is added any more.
    pub nesting: Nesting,
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
