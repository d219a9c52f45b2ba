//! The way from the root to the node that is being visited, as plain data: what `place` reads.

use std::sync::Arc;

use crate::rust::collect::errors::Takes;
use crate::rust::names::LocalId;
use crate::sites::Deadline;
use crate::source::Span;

/// One step of the way.
#[derive(Clone, Debug)]
pub(in crate::rust) enum Frame {
    /// The operand of `.await`.
    Await(AwaitPoint),
    /// The future that a deadline is put around.
    Deadline(Deadline),
    /// The receiver of a method that makes another future of it.
    Adaptor(String),
    /// An argument of a call that takes the future.
    Argument,
    /// An argument of a call that runs the future to its end in the place of the call: `block_on`.
    Run,
    /// The same, where the call also runs what is spawned in it, and nobody else does: `local.run_until(…)`.
    LocalRun,
    /// What is spawned: it runs on whatever happens to those who wait for it.
    Task,
    /// What is spawned to run while the set of tasks does that is around it.
    LocalTask,
    /// What keeps the tasks that are spawned inside, or the handle that is put there: a set, a field, a parameter.
    Set(LocalId),
    /// An argument of a call that runs it in a thread of its own, and gives up the wait for it.
    GivenUp(Deadline),
    /// A future of `join!`.
    Join(JoinPoint),
    /// An `async` block.
    Async,
    /// A closure.
    Closure {
        /// `async || …`.
        is_async: bool,
    },
    /// What repeats.
    Loop,
    /// What a variable is initialised with.
    Let(LocalId),
    /// Part of a value, an operand, a condition: a future that is not awaited yet is kept.
    Held,
    /// A statement: what it gives is let go of.
    Statement,
    /// The operand of `return`.
    Return,
    /// Inside a macro whose tokens are not edited.
    Sealed(Sealed),
    /// A function's body.
    Function(usize),
}

/// A macro whose tokens are not edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::rust) struct Sealed {
    /// As it is called: `select!`.
    pub(in crate::rust) name: Arc<str>,
    /// What is awaited in it may be dropped before it is done, or runs where somebody else asks for it.
    pub(in crate::rust) races: bool,
}

impl Sealed {
    /// One whose futures run beside each other, or when they are asked for.
    pub(in crate::rust) fn racing(name: &str) -> Self {
        Self {
            name: name.into(),
            races: true,
        }
    }
}

/// An `.await`.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::rust) struct AwaitPoint {
    /// What is awaited.
    pub(in crate::rust) base: Span,
    /// From its `.` to the end of `await`.
    pub(in crate::rust) suffix: Span,
    /// A `?` behind it leaves the function with its error: what else converts into the error that the function returns.
    pub(in crate::rust) leaves_with: Option<Takes>,
}

/// A `join!(…)` or `try_join!(…)`.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::rust) struct JoinPoint {
    /// The whole macro call.
    pub(in crate::rust) call: Span,
    /// How many futures it has.
    pub(in crate::rust) futures: usize,
    /// It can stand in an async block of its own: none of its futures leaves the function by `?` or `return`.
    pub(in crate::rust) closed: bool,
}

/// Who decides further about a future: those who use it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::rust) enum Outer {
    /// The callers of a function of this file.
    Function(String),
    /// The uses of a variable that holds a future or a closure.
    Variable(LocalId),
}

/// A function of the file.
#[derive(Clone, Debug, Default)]
pub(in crate::rust) struct Function {
    /// Its path in the file.
    pub(in crate::rust) path: String,
    pub(in crate::rust) is_async: bool,
    /// Other files may call it.
    pub(in crate::rust) is_open: bool,
    /// It is run by a test harness.
    pub(in crate::rust) is_test: bool,
    /// Where it stands among the tests.
    pub(in crate::rust) test: Option<usize>,
    /// An attribute of tokio's runs it.
    pub(in crate::rust) in_tokio: bool,
    /// It is not async itself and gives a future.
    pub(in crate::rust) gives_future: bool,
    /// What converts into the error that it returns.
    pub(in crate::rust) takes: Option<Takes>,
    /// Its clock stands still (`start_paused`, `tokio::time::pause()`).
    pub(in crate::rust) paused: bool,
    /// Somewhere in it the clock goes on.
    pub(in crate::rust) resumed: bool,
    /// What its attributes put around the whole of it.
    pub(in crate::rust) deadlines: Vec<Deadline>,
    /// The limit of its waits for the tasks and threads that it starts.
    pub(in crate::rust) gives_up: Option<Deadline>,
    /// The tasks in it that end the program after a while: these end what is awaited, and nothing that blocks its thread.
    pub(in crate::rust) ended_by_tasks: Vec<Deadline>,
}

impl Frame {
    pub(super) fn is_task(&self) -> bool {
        matches!(self, Frame::Task | Frame::LocalTask)
    }

    pub(super) fn function(&self) -> Option<usize> {
        match self {
            Frame::Function(index) => Some(*index),
            _ => None,
        }
    }
}
