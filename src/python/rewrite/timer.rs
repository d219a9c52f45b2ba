//! Which function sets the new deadline.

use super::job::Job;
use crate::catalog::Runtime;
use crate::facts::PythonVersion;
use crate::rules::Context;

/// A function that sets a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Timer {
    /// `asyncio.timeout`, since Python 3.11. It raises the builtin `TimeoutError`, as `asyncio.wait_for` and the clients'
    /// own timeouts do from 3.11 on.
    Asyncio,
    /// `async_timeout.timeout`, which raises `asyncio.TimeoutError` on every Python. Executed with 5.0.1 on 3.8 to 3.13:
    /// `reschedule` is missing below 3.11, `reject` works everywhere.
    AsyncTimeout,
    /// `asyncio.wait_for`: bounds one expression, no block.
    WaitFor,
    /// `trio.fail_after`, which raises `trio.TooSlowError`: not what a client's own timeout raises.
    Trio,
    /// `anyio.fail_after`, which raises the builtin `TimeoutError` on every Python. Below 3.11 `except
    /// asyncio.TimeoutError`, which catches a client's own timeout, does not catch that.
    Anyio,
}

impl Timer {
    /// The one for this connect: by the library's runtime, the file's imports, and the oldest Python.
    pub(super) fn of(job: &Job<'_>) -> Self {
        let spells = |path: &str| job.names.spelling(path, job.statement_span().start).is_some();
        Self::choose(
            job.entry().runtime,
            job.request.context,
            &|module| job.mentions(module),
            &spells,
        )
    }

    /// The one for what `runtime` runs, in a file that `mentions` modules, and `spells` paths at the place in question: there an
    /// import that was certainly executed makes them known.
    pub(super) fn choose(
        runtime: Runtime,
        context: &Context<'_>,
        mentions: &dyn Fn(&str) -> bool,
        spells: &dyn Fn(&str) -> bool,
    ) -> Self {
        let python = context.oldest_python();
        match runtime {
            Runtime::Trio => Timer::Trio,
            // `wait_for` runs the connect in a task of its own below Python 3.12; anyio's cancel scopes must be left in
            // the task that entered them.
            Runtime::Anyio if mentions("asyncio") && !mentions("anyio") && python.has_asyncio_timeout() => {
                Timer::Asyncio
            }
            Runtime::Anyio if mentions("trio") && !mentions("anyio") => Timer::Trio,
            Runtime::Anyio => Timer::Anyio,
            _ if mentions("anyio") && !mentions("asyncio") => Timer::Anyio,
            Runtime::Other if mentions("trio") && !mentions("asyncio") => Timer::Trio,
            _ if python.has_asyncio_timeout() => Timer::Asyncio,
            _ if context.project.async_timeout.is_some() || spells(Timer::AsyncTimeout.path()) => Timer::AsyncTimeout,
            _ => Timer::WaitFor,
        }
    }

    /// Whether it is there for some Pythons only, and nothing tells which ones the code runs on.
    pub(super) fn takes_python_for_granted(self, context: &Context<'_>) -> bool {
        self == Timer::Asyncio && context.told_python().is_none()
    }

    /// The function's dotted path.
    pub(super) fn path(self) -> &'static str {
        match self {
            Timer::Asyncio => "asyncio.timeout",
            Timer::AsyncTimeout => "async_timeout.timeout",
            Timer::WaitFor => "asyncio.wait_for",
            Timer::Trio => "trio.fail_after",
            Timer::Anyio => "anyio.fail_after",
        }
    }

    /// How its block is entered.
    pub(super) fn keyword(self) -> &'static str {
        if self.is_item_of_async_with() {
            "async with"
        } else {
            "with"
        }
    }

    /// It can stand beside a connect in one `async with`.
    pub(super) fn is_item_of_async_with(self) -> bool {
        matches!(self, Timer::Asyncio | Timer::AsyncTimeout)
    }

    /// It belongs to asyncio: `asyncio.wait_for` can do its work.
    pub(super) fn runs_in_asyncio(self) -> bool {
        self.is_item_of_async_with() || self == Timer::WaitFor
    }

    /// What its object is called.
    pub(super) fn variable(self) -> &'static str {
        if self.runs_in_asyncio() { "deadline" } else { "scope" }
    }

    /// What catches a client's own timeout on `oldest` and all later Pythons catches this deadline too.
    pub(super) fn raises_as_clients_do(self, oldest: PythonVersion) -> bool {
        match self {
            Timer::Asyncio | Timer::AsyncTimeout | Timer::WaitFor => true,
            Timer::Anyio => oldest.has_asyncio_timeout(),
            Timer::Trio => false,
        }
    }

    /// The statement that lifts the deadline of the object `name`.
    pub(super) fn lift(self, name: &str) -> String {
        match self {
            Timer::Asyncio | Timer::WaitFor => format!("{name}.reschedule(None)"),
            Timer::AsyncTimeout => format!("{name}.reject()"),
            Timer::Trio | Timer::Anyio => format!("{name}.deadline = float(\"inf\")"),
        }
    }
}
