//! Calls in async code that block the event loop: of known functions and connects, and of functions of the module that
//! make such a call.

use std::cell::OnceCell;

use foldhash::{HashMap, HashSet};
use ruff_python_ast::ModModule;
use ruff_python_ast::visitor::source_order::SourceOrderVisitor;

use self::overridden::OwnMethods;
use crate::call_graph::CallGraph;
use crate::catalog::Catalog;
use crate::python::names::{Elsewhere, FunctionId, Names, ScopeId};
use crate::python::program::{BlockedBy, Others};
use crate::python::testing::stand_ins::LastingReplacements;
use crate::python::testing::test_code::TestCode;
use crate::python::values::variables::Variables;
use crate::sites::{BlockingCall, Blocks, Carried, Connect, Entry, OtherPlace};
use crate::source::{SourceFile, Span};

mod at_once;
mod calls;
mod ended;
mod overridden;
mod polled;
mod replaced;
mod visit;

pub(in crate::python) use at_once::is_falsy;

use ended::{Ended, Enders};

/// Finds the calls in async code that certainly block, by position. `connects` are the module's, by position.
pub(in crate::python) fn collect(
    module: &ModModule,
    variables: &dyn Variables,
    tests: &TestCode<'_>,
    catalog: &Catalog,
    connects: &[Connect],
    others: Option<Others<'_>>,
) -> Vec<BlockingCall> {
    let names = variables.names();
    let mut found = look_at(module, names, tests, catalog, connects).finish(others);
    if found.is_empty() {
        return found;
    }
    // What the fixtures and the set-up of a test replace, of the module or of its `conftest.py`.
    let lasting = LastingReplacements::of(module, variables);
    let is_replaced = |call: &BlockingCall| match (&call.blocks, names.function_at(call.call.start)) {
        (Blocks::Function(path), Some(function)) => {
            let last = path.rsplit('.').next().unwrap_or(path);
            lasting.around(function, last, names, others)
        }
        _ => false,
    };
    found.retain(|call| !is_replaced(call));
    for (id, blocking) in found.iter_mut().enumerate() {
        blocking.id = id;
    }
    found
}

/// The functions of the module that certainly block when they are called, by their place, with what they block by.
pub(in crate::python) fn of_functions(
    module: &ModModule,
    names: &Names,
    tests: &TestCode<'_>,
    source: &SourceFile,
    catalog: &Catalog,
    connects: &[Connect],
) -> HashMap<usize, BlockedBy> {
    let collector = look_at(module, names, tests, catalog, connects);
    let reached = collector.through.reached(|direct| !collector.is_replaced(direct));
    let blocked_by = |(function, direct): (FunctionId, Direct)| match direct.blocks {
        Blocks::Function(path) => {
            let place = OtherPlace::of(direct.call, source);
            Some((function.index(), BlockedBy { path, place }))
        }
        Blocks::Connect(_) => None,
    };
    reached.into_iter().filter_map(blocked_by).collect()
}

fn look_at<'a>(
    module: &'a ModModule,
    names: &'a Names,
    tests: &'a TestCode<'a>,
    catalog: &'a Catalog,
    connects: &'a [Connect],
) -> Collector<'a> {
    let blocking = |connect: &&Connect| {
        let goes_out = !matches!(connect.carried, Carried::InProcess(_));
        connect.entry == Entry::Blocking && !connect.in_thread && goes_out
    };
    let mut collector = Collector {
        names,
        tests,
        catalog,
        connects: connects
            .iter()
            .filter(blocking)
            .map(|connect| (connect.call.start, connect))
            .collect(),
        inside: Inside::default(),
        module,
        enders: OnceCell::new(),
        found: Vec::new(),
        calls: Vec::new(),
        foreign_calls: Vec::new(),
        through: CallGraph::default(),
        replaced: HashSet::default(),
        parameters: HashSet::default(),
        in_process: HashSet::default(),
    };
    collector.visit_body(&module.body);
    collector
}

/// So many arguments of a call are looked at.
const MOST_ARGUMENTS: usize = 8;

struct Collector<'a> {
    names: &'a Names,
    tests: &'a TestCode<'a>,
    catalog: &'a Catalog,
    /// The blocking connects by where their calls begin.
    connects: HashMap<usize, &'a Connect>,
    inside: Inside,
    module: &'a ModModule,
    /// What functions end that they are given, once that was asked.
    enders: OnceCell<Enders>,
    /// Blocking calls in async code.
    found: Vec<Direct>,
    /// Calls in async code of functions of the module.
    calls: Vec<Called>,
    /// Calls in async code of functions of other modules.
    foreign_calls: Vec<ForeignCall>,
    /// What its own functions do.
    through: CallGraph<FunctionId, Direct>,
    /// The last names of what something in the module replaces: `sleep` for `monkeypatch.setattr(time, "sleep", …)`.
    replaced: HashSet<String>,
    /// The names of all functions' parameters: fixtures are asked for by them.
    parameters: HashSet<&'a str>,
    /// Where the constructors of clients begin that go over no network.
    in_process: HashSet<usize>,
}

/// What the current code is inside of.
#[derive(Clone, Default)]
struct Inside {
    function: Option<FunctionId>,
    /// An event loop runs the code itself.
    is_async: bool,
    /// When the code runs cannot be told: a lambda, a generator.
    is_deferred: bool,
    /// How many conditions decide whether the code runs, within its function.
    conditions: usize,
    /// What was ended before.
    ended: Ended,
}

/// A call that blocks.
#[derive(Clone)]
struct Direct {
    call: Span,
    callee: Span,
    blocks: Blocks,
    /// The calls that made its object.
    origins: Vec<usize>,
}

/// A call of a function of another module.
struct ForeignCall {
    module: Elsewhere,
    function: FunctionId,
    /// The class of the object whose method it is.
    class: Option<ScopeId>,
    call: Span,
    callee: Span,
}

/// A call of a function of the module.
struct Called {
    function: FunctionId,
    /// The class of the object whose method it is.
    class: Option<ScopeId>,
    call: Span,
    callee: Span,
}

impl Collector<'_> {
    fn finish(self, others: Option<Others<'_>>) -> Vec<BlockingCall> {
        let is_replaced = |direct: &Direct| self.is_replaced(direct);
        let mut found: Vec<BlockingCall> = Vec::new();
        for direct in self.found.iter().filter(|direct| !is_replaced(direct)) {
            found.push(BlockingCall {
                id: 0,
                call: direct.call,
                callee: direct.callee,
                blocks: direct.blocks.clone(),
                inside: None,
                elsewhere: None,
                in_test: self.tests.covers(direct.call.start),
            });
        }
        let reached = self.through.reached(|direct| !is_replaced(direct));
        let mut own_methods = OwnMethods::default();
        for called in &self.calls {
            let direct = reached.get(&called.function);
            let own = |direct| overridden::by_own_methods(direct, own_methods.of(called.class, self.names), &reached);
            if let Some(direct) = direct.and_then(own) {
                found.push(BlockingCall {
                    id: 0,
                    call: called.call,
                    callee: called.callee,
                    blocks: direct.blocks.clone(),
                    inside: Some(direct.call),
                    elsewhere: None,
                    in_test: self.tests.covers(called.call.start),
                });
            }
        }
        for called in &self.foreign_calls {
            let Some(facts) = others.and_then(|others| others.facts(&called.module)) else {
                continue;
            };
            let Some(by) = facts.blocking.get(&called.function.index()) else {
                continue;
            };
            let last = by.path.rsplit('.').next().unwrap_or(&by.path);
            let methods = own_methods.of(called.class, self.names);
            if self.replaced.contains(last) || overridden::is_replaced_on_the_way(by, methods, &facts.blocking, others)
            {
                continue;
            }
            found.push(BlockingCall {
                id: 0,
                call: called.call,
                callee: called.callee,
                blocks: Blocks::Function(by.path.clone()),
                inside: None,
                elsewhere: Some(by.place.clone()),
                in_test: self.tests.covers(called.call.start),
            });
        }
        found.sort_by_key(|blocking| blocking.call);
        found
    }
}
