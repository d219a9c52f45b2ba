//! The functions that await what they are given, and give up: `asyncio.wait_for(covered, limit)`.

use ruff_python_ast::{Arguments, Expr, ExprCall};
use ruff_text_size::Ranged;

use super::{by_name, deadline, partials};
use crate::python::names::Names;
use crate::python::values::bounds::{absolute_bound, deadline_bound, timedelta_bound, written};
use crate::python::values::variables::Variables;
use crate::sites::{Bound, Deadline, Written};

/// A function that awaits an argument, and gives up. Signatures: CPython 3.13, tornado 6.6.
pub(super) struct Waiter {
    pub(super) path: &'static str,
    /// The name and the place of what it awaits.
    awaited: (&'static str, usize),
    /// Where its limit may stand without its name, `timeout`. A function with such a place has to have a limit; another one sets
    /// none without.
    limit: Option<usize>,
    /// What its limit may be.
    pub(super) unit: LimitUnit,
}

/// What the limit of a function means.
#[derive(Clone, Copy)]
pub(in crate::python) enum LimitUnit {
    /// A number of seconds from now.
    Seconds,
    /// A moment on the loop's clock.
    Moment,
    /// A number is such a moment, a `timedelta` a time from now (tornado 6.6).
    MomentOrTimedelta,
}

impl LimitUnit {
    /// How long it is to what is written as the limit.
    pub(in crate::python) fn bound(self, limit: &Expr, variables: &dyn Variables) -> Bound {
        match self {
            Self::Seconds => deadline_bound(limit, variables),
            Self::MomentOrTimedelta if !self.is_moment(limit, variables) => timedelta_bound(limit, variables),
            Self::Moment | Self::MomentOrTimedelta => absolute_bound(limit, variables),
        }
    }

    /// Whether this limit is a moment.
    pub(in crate::python) fn is_moment(self, limit: &Expr, variables: &dyn Variables) -> bool {
        match self {
            Self::Seconds => false,
            Self::Moment => true,
            Self::MomentOrTimedelta => written(limit, variables) != Written::Timedelta,
        }
    }

    /// How a limit is written, of what it may be: a `timedelta` is nothing special where one may be it.
    pub(in crate::python) fn written(self, limit: &Expr, variables: &dyn Variables) -> Written {
        match (self, written(limit, variables)) {
            (Self::MomentOrTimedelta, Written::Timedelta) => Written::Other,
            (_, written) => written,
        }
    }
}

const fn of_asyncio(path: &'static str, awaited: &'static str, limit: Option<usize>) -> Waiter {
    Waiter {
        path,
        awaited: (awaited, 0),
        limit,
        unit: LimitUnit::Seconds,
    }
}

static WAITERS: &[Waiter] = &[
    of_asyncio("asyncio.wait_for", "fut", Some(1)),
    of_asyncio("asyncio.tasks.wait_for", "fut", Some(1)),
    of_asyncio("asyncio.wait", "fs", None),
    of_asyncio("asyncio.tasks.wait", "fs", None),
    of_asyncio("asyncio.as_completed", "fs", None),
    of_asyncio("asyncio.tasks.as_completed", "fs", None),
    Waiter {
        path: "tornado.gen.with_timeout",
        awaited: ("future", 1),
        limit: Some(0),
        unit: LimitUnit::MomentOrTimedelta,
    },
];

impl Waiter {
    /// The function of this path.
    pub(super) fn of(path: &str) -> Option<&'static Self> {
        WAITERS.iter().find(|waiter| waiter.path == path)
    }

    /// The result is awaited itself, unlike that of `as_completed`.
    pub(super) fn is_awaited(&self) -> bool {
        !self.path.ends_with("as_completed")
    }

    /// Whether it has to have a limit.
    pub(super) fn wants_limit(&self) -> bool {
        self.limit.is_some()
    }

    /// What a call with these arguments awaits.
    pub(super) fn awaited<'a>(&self, arguments: &'a Arguments) -> Option<&'a Expr> {
        let (name, place) = self.awaited;
        arguments.find_argument_value(name, place)
    }

    /// What `call` sets with this limit; nothing without one where it need not have any.
    pub(super) fn deadline(
        &self,
        call: &ExprCall,
        limit: Option<&Expr>,
        variables: &dyn Variables,
    ) -> Option<Deadline> {
        let bound = match limit {
            Some(limit) => self.unit.bound(limit, variables),
            None if self.wants_limit() => Bound::Unknown,
            None => return None,
        };
        Some(deadline(call.range(), self.path.to_owned(), bound))
    }

    /// The limit in a call with these arguments; none where a starred one may be it.
    pub(super) fn limit<'a>(&self, arguments: &'a Arguments) -> Option<&'a Expr> {
        let by_place = self.limit.and_then(|place| {
            let before = arguments.args.get(..=place)?;
            let is_plain = before.iter().all(|value| !value.is_starred_expr());
            is_plain.then(|| before.last()).flatten()
        });
        by_place.or_else(|| arguments.find_keyword("timeout").map(|keyword| &keyword.value))
    }
}

/// The deadline of a call that awaits its argument and gives up. `covered` is a place in the argument; `None` where the call sets no
/// deadline for it.
pub(in crate::python) fn bounding_call(call: &ExprCall, covered: &Expr, variables: &dyn Variables) -> Option<Deadline> {
    let Some(waiter) = called(call, variables.names()) else {
        return partials::bounding(call, covered, variables).or_else(|| {
            by_name(call, variables.names()).filter(|_| call.arguments.range().contains_range(covered.range()))
        });
    };
    let awaited = waiter.awaited(&call.arguments)?;
    if !awaited.range().contains_range(covered.range()) {
        return None;
    }
    waiter.deadline(call, waiter.limit(&call.arguments), variables)
}

/// The function that the call certainly, or as far as is known, is of.
fn called(call: &ExprCall, names: &Names) -> Option<&'static Waiter> {
    Waiter::of(names.resolve(&call.func)?)
}
