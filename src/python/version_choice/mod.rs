//! Where code chooses by what is installed: a release of a library, a Python. What stands there may be right for some of them,
//! which is all that a rule may say. Every rule that asks whether code tells them apart asks here.
//!
//! Tests tell them apart that speak of a version, of a signature, of what a module has (`hasattr(websockets, "asyncio")`), by a
//! name that says so (`NEW_API`), or by a name that the module assigned something of that kind to, or assigned differently
//! where an import failed.
//!
//! What chooses may stand around the callers of a function: where all places that speak of it are chosen, the function is.

pub(in crate::python) mod mentions;

use std::cell::OnceCell;

use ruff_python_ast::visitor::source_order::SourceOrderVisitor;
use ruff_python_ast::{Expr, ModModule};

use self::search::Search;
use crate::python::names::Names;
use crate::python::names::releases::{self, Asks, Flag, Flags, Tells, Told, asks_by_name, flags_elsewhere};
use crate::python::program::Others;
use crate::python::syntax::dotted::last_name;
use crate::python::syntax::stretches::{covers, outermost};
use crate::python::version_choice::mentions::Mentions;
use crate::source::Span;

mod search;

/// The choices by version of one module; found out once somebody asks.
pub(super) struct VersionChoice<'a> {
    module: &'a ModModule,
    names: &'a Names,
    /// The modules that may call its functions.
    others: Option<Others<'a>>,
    flags: OnceCell<Flags>,
    /// Those of the modules that it imports.
    flags_elsewhere: OnceCell<Flags>,
    found: OnceCell<Found>,
    by_callers: OnceCell<ByCallers>,
}

/// Stretches of code, ascending, none in another.
#[derive(Default)]
struct Found {
    /// Chosen by a test that tells releases apart.
    by_test: Vec<Span>,
    /// Under a test that asks an object what it has.
    by_object: Vec<Span>,
    /// Chosen by whether something is refused.
    by_failure: Vec<Span>,
    /// Arms of a test that tells releases apart, and what follows one that leaves: only there a call is chosen.
    arms: Vec<Span>,
    /// What is done here is meant to fail, or has an answer where it does.
    failing: Vec<Span>,
}

/// The functions and classes that are only spoken of where something chooses.
#[derive(Default)]
struct ByCallers {
    tested: Vec<Span>,
    chosen: Vec<Span>,
    failing: Vec<Span>,
}

impl<'a> VersionChoice<'a> {
    pub(super) fn of(module: &'a ModModule, names: &'a Names, others: Option<Others<'a>>) -> Self {
        Self {
            module,
            names,
            others,
            flags: OnceCell::new(),
            flags_elsewhere: OnceCell::new(),
            found: OnceCell::new(),
            by_callers: OnceCell::new(),
        }
    }

    /// Whether `test` may tell releases of something apart.
    pub(super) fn tells(&self, test: &Expr) -> bool {
        self.asking(|asks| asks.tells(test)) == Some(Tells::Releases)
    }

    /// Whether an expression, without its own parts, asks outright: for a version, or for what an object has
    /// (`hasattr(ws, "open")`).
    pub(super) fn asks(&self, part: &Expr) -> bool {
        match part {
            Expr::Call(call) => self.asking(|asks| asks.asks_what_is_there(call)).is_some(),
            other => last_name(other).is_some_and(asks_by_name),
        }
    }

    fn asking<T>(&self, ask: impl FnOnce(Asks<'_>) -> T) -> T {
        let elsewhere = |name: &str| self.flag_elsewhere(name);
        let here = self
            .flags
            .get_or_init(|| releases::flags(self.module, self.names, releases::Others::Flags(&elsewhere)));
        let told = Told {
            here,
            others: releases::Others::Flags(&elsewhere),
        };
        ask(Asks::new(self.names, told))
    }

    fn flag_elsewhere(&self, name: &str) -> Option<Flag> {
        let flags = || flags_elsewhere(self.names);
        self.flags_elsewhere.get_or_init(flags).get(name).copied()
    }

    /// Whether the code at the byte offset `at` stands in a branch of a test that tells releases apart, be it by what an object
    /// has, or behind a test that does so by what is installed, in its function.
    pub(super) fn is_tested(&self, at: usize) -> bool {
        let found = self.found();
        covers(&found.by_test, at) || covers(&found.by_object, at) || covers(&self.by_callers().tested, at)
    }

    /// Whether what is installed chooses it: by such a test, or by what is refused: `try: … except TypeError: …`, or the test
    /// of a refusal.
    pub(super) fn is_chosen(&self, at: usize) -> bool {
        let found = self.found();
        covers(&found.by_test, at) || covers(&found.by_failure, at) || covers(&self.by_callers().chosen, at)
    }

    /// Whether the code at the byte offset `at` stands in a function all of whose callers want it to fail, or have an answer where
    /// it does.
    pub(super) fn callers_expect_failure(&self, at: usize) -> bool {
        covers(&self.by_callers().failing, at)
    }

    /// Whether it stands in a function that is only called where a test tells releases apart.
    pub(super) fn callers_tell(&self, at: usize) -> bool {
        covers(&self.by_callers().tested, at)
    }

    fn by_callers(&self) -> &ByCallers {
        self.by_callers.get_or_init(|| {
            let found = self.found();
            if found.chooses_nothing() {
                return ByCallers::default();
            }
            let mut mentions = Mentions::of(self.module, self.names);
            mentions.without_those_called_elsewhere(self.names, self.others);
            let within = |stretches: &[&Vec<Span>]| {
                let holds = |at| stretches.iter().any(|some| covers(some, at));
                mentions.all_within(&holds)
            };
            ByCallers {
                tested: within(&[&found.arms, &found.by_object]),
                chosen: within(&[&found.arms, &found.by_failure]),
                failing: within(&[&found.failing]),
            }
        })
    }

    fn found(&self) -> &Found {
        self.found.get_or_init(|| {
            let mut search = Search::of(self);
            search.visit_body(&self.module.body);
            let mut found = search.found;
            found.by_test = outermost(found.by_test);
            found.by_object = outermost(found.by_object);
            found.by_failure = outermost(found.by_failure);
            found.arms = outermost(found.arms);
            found.failing = outermost(found.failing);
            found
        })
    }
}

impl Found {
    fn chooses_nothing(&self) -> bool {
        let all = [&self.arms, &self.by_object, &self.by_failure, &self.failing];
        all.iter().all(|some| some.is_empty())
    }
}
