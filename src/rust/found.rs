//! What the visit of a file finds, before the connects have their ids.

use foldhash::{HashMap, HashSet};

use super::blocking::FoundBlocking;
use super::connects::FoundConnect;
use super::course::Courses;
use super::frames::{Function, Outer, Place};
use super::prints::FoundPrint;
use super::receives::Messages;
use super::retried::FoundRetry;
use super::spelling::Spelling;
use super::swallowed::FoundSwallow;
use super::variables::Variable;
use crate::sites::{DeadlineCall, Test};
use crate::source::Span;

/// A use of a future, or a call of a function that waits.
#[derive(Debug)]
pub(super) struct Use {
    pub(super) place: Place,
    pub(super) spelling: Spelling,
}

/// Which runtimes' own crates a file uses something of.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Runtimes {
    pub(super) tokio: bool,
    pub(super) async_std: bool,
}

/// Everything that the visit found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) connects: Vec<FoundConnect>,
    pub(super) prints: Vec<FoundPrint>,
    pub(super) deadline_calls: Vec<DeadlineCall>,
    /// A deadline is put around something.
    pub(super) sets_deadline: bool,
    pub(super) blocking: FoundBlocking,
    pub(super) functions: Vec<Function>,
    pub(super) tests: Vec<Test>,
    pub(super) courses: Courses,
    pub(super) messages: Messages,
    /// Connects whose failure a test does not see.
    pub(super) swallowed: Vec<FoundSwallow>,
    pub(super) retried: Vec<FoundRetry>,
    pub(super) uses: HashMap<Outer, Vec<Use>>,
    /// Methods of traits that methods are the implementations of: who calls those calls these.
    pub(super) implements: HashMap<String, Vec<String>>,
    /// Traits of the file by those that they build on: these have their methods, too.
    pub(super) subtraits: HashMap<String, Vec<String>>,
    /// Names of methods that are called on a receiver of unknown type.
    pub(super) loose_methods: HashSet<String>,
    pub(super) variables: Vec<Variable>,
    pub(super) statements: Vec<Span>,
    /// A runtime is built without `enable_time` or `enable_all`.
    pub(super) untimed_runtime: bool,
    /// The runtimes that the file itself uses something of.
    pub(super) runtimes: Runtimes,
    /// The file may run a server.
    pub(super) may_serve: bool,
}
