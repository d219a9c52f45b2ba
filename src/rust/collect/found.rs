//! What the visit of a file finds, before the connects have their ids.

use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use crate::rust::collect::blocking::FoundBlocking;
use crate::rust::collect::connects::FoundConnect;
use crate::rust::collect::frames::{Function, Outer};
use crate::rust::collect::gathered::Courses;
use crate::rust::collect::place::Place;
use crate::rust::collect::prints::FoundPrint;
use crate::rust::collect::receives::Messages;
use crate::rust::collect::retried::FoundRetry;
use crate::rust::collect::swallowed::FoundSwallow;
use crate::rust::collect::tasks::Keepers;
use crate::rust::collect::variables::Variable;
use crate::rust::names::spelling::Spelling;
use crate::sites::{DeadlineCall, Test};
use crate::source::Span;

/// A use of a future, or a call of a function that waits.
#[derive(Debug)]
pub(in crate::rust) struct Use {
    pub(in crate::rust) place: Place,
    pub(in crate::rust) spelling: Arc<Spelling>,
}

/// Which runtimes' own crates a file uses something of.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::rust) struct Runtimes {
    pub(in crate::rust) tokio: bool,
    pub(in crate::rust) async_std: bool,
}

/// Everything that the visit found.
#[derive(Default)]
pub(in crate::rust) struct Found {
    pub(in crate::rust) connects: Vec<FoundConnect>,
    pub(in crate::rust) prints: Vec<FoundPrint>,
    pub(in crate::rust) deadline_calls: Vec<DeadlineCall>,
    /// A deadline is put around something.
    pub(in crate::rust) sets_deadline: bool,
    pub(in crate::rust) blocking: FoundBlocking,
    pub(in crate::rust) functions: Vec<Function>,
    pub(in crate::rust) tests: Vec<Test>,
    pub(in crate::rust) courses: Courses,
    pub(in crate::rust) messages: Messages,
    /// Connects whose failure a test does not see.
    pub(in crate::rust) swallowed: Vec<FoundSwallow>,
    pub(in crate::rust) retried: Vec<FoundRetry>,
    pub(in crate::rust) uses: HashMap<Outer, Vec<Use>>,
    /// Where the handles of tasks go.
    pub(in crate::rust) keepers: Keepers,
    /// Methods of traits that methods are the implementations of: who calls those calls these.
    pub(in crate::rust) implements: HashMap<String, Vec<String>>,
    /// Traits of the file by those that they build on: these have their methods, too.
    pub(in crate::rust) subtraits: HashMap<String, Vec<String>>,
    /// Names of methods that are called on a receiver of unknown type.
    pub(in crate::rust) loose_methods: HashSet<String>,
    pub(in crate::rust) variables: Vec<Variable>,
    pub(in crate::rust) statements: Vec<Span>,
    /// A runtime is built without `enable_time` or `enable_all`.
    pub(in crate::rust) untimed_runtime: bool,
    /// The runtimes that the file itself uses something of.
    pub(in crate::rust) runtimes: Runtimes,
    /// The file may run a server.
    pub(in crate::rust) may_serve: bool,
}
