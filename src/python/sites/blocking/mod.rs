//! Calls in async code that block the event loop: of known functions and connects, and of functions of the module that
//! make such a call.

use std::cell::OnceCell;

use foldhash::{HashMap, HashSet};
use ruff_python_ast::visitor::source_order::SourceOrderVisitor;
use ruff_python_ast::{Arguments, Expr, ExprCall, ModModule};
use ruff_text_size::Ranged;

use crate::call_graph::{CallGraph, Edge};
use crate::catalog::{AtOnce, Blocking, Catalog, Falsy};
use crate::python::names::{Elsewhere, FunctionId, Method, Names, Value};
use crate::python::program::{BlockedBy, Others};
use crate::python::syntax::spans::span;
use crate::python::testing::stand_ins::LastingReplacements;
use crate::python::testing::test_code::TestCode;
use crate::python::values::variables::Variables;
use crate::sites::{BlockingCall, Blocks, Carried, Connect, Entry, OtherPlace};
use crate::source::{Language, SourceFile, Span};

mod ended;
mod visit;

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
    call: Span,
    callee: Span,
}

/// A call of a function of the module.
struct Called {
    function: FunctionId,
    call: Span,
    callee: Span,
}

impl<'a> Collector<'a> {
    /// Whether something stands in for what blocks.
    fn is_replaced(&self, direct: &Direct) -> bool {
        let is_in_process = direct.origins.iter().any(|origin| self.in_process.contains(origin));
        let path = match &direct.blocks {
            Blocks::Function(path) => path.as_str(),
            Blocks::Connect(_) => return is_in_process,
        };
        let last = path.rsplit('.').next().unwrap_or(path);
        let stands_in =
            |name: &String| self.parameters.contains(name.as_str()) || self.names.imports_any_of(&[name.as_str()]);
        is_in_process
            || self.replaced.contains(last)
            || self
                .catalog
                .blocking(Language::Python, path)
                .is_some_and(|known| known.stand_ins.iter().any(stands_in))
    }

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
        for called in &self.calls {
            if let Some(direct) = reached.get(&called.function) {
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
            let facts = others.and_then(|others| others.facts(&called.module));
            let Some(by) = facts
                .as_ref()
                .and_then(|facts| facts.blocking.get(&called.function.index()))
            else {
                continue;
            };
            let last = by.path.rsplit('.').next().unwrap_or(&by.path);
            if self.replaced.contains(last) {
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

    fn call(&mut self, call: &'a ExprCall) {
        self.replaces(call);
        let values = self.names.values(&call.func);
        self.inside.ended.note(call, values.first().and_then(path_of));
        self.note_what_it_ends(call, values);
        let [value] = values else {
            return;
        };
        let (place, callee) = (span(call), span(&*call.func));
        let blocks = match value {
            Value::Path(path) => {
                self.constructor(path, call);
                match self.connects.get(&place.start).filter(|connect| connect.call == place) {
                    Some(connect) => Some(Blocks::Connect(connect.id)),
                    None => self.known(path, call),
                }
            }
            Value::Function(_) | Value::Class(_) | Value::Foreign { .. } => {
                if let Some(function) = self.names.function_run(&call.func) {
                    self.own_call(function, place, callee);
                }
                None
            }
            _ => None,
        };
        let Some(blocks) = blocks.filter(|_| !self.inside.is_deferred) else {
            return;
        };
        let origins = match (&*call.func, &blocks) {
            (Expr::Attribute(method), Blocks::Function(_)) => {
                self.names.origins(&method.value).into_iter().flatten().collect()
            }
            // A client of its own may be what a connect goes over.
            (_, Blocks::Connect(_)) => {
                let given = call.arguments.args.iter().take(MOST_ARGUMENTS);
                let keywords = call
                    .arguments
                    .keywords
                    .iter()
                    .take(MOST_ARGUMENTS)
                    .map(|keyword| &keyword.value);
                let names = given
                    .chain(keywords)
                    .filter(|value| value.is_name_expr() || value.is_call_expr());
                names.filter_map(|value| self.names.origins(value)).flatten().collect()
            }
            _ => Vec::new(),
        };
        let direct = Direct {
            call: place,
            callee,
            blocks,
            origins,
        };
        match (self.inside.is_async, self.inside.function) {
            (true, _) => self.found.push(direct),
            (false, Some(function)) if self.inside.conditions == 0 => {
                self.through.call(function, Edge::Place(direct));
            }
            _ => {}
        }
    }

    /// Takes note of a call that runs a function of the project.
    fn own_call(&mut self, called: Method, call: Span, callee: Span) {
        if self.inside.is_deferred {
            return;
        }
        match (called, self.inside.is_async, self.inside.function) {
            (Method::There(module, function), true, _) => self.foreign_calls.push(ForeignCall {
                module,
                function,
                call,
                callee,
            }),
            (Method::Here(function), true, _) => self.calls.push(Called { function, call, callee }),
            (Method::Here(function), false, Some(caller)) if self.inside.conditions == 0 => {
                self.through.call(caller, Edge::To(function));
            }
            _ => {}
        }
    }

    /// Takes note of a call of a function of the project that ends what it is given, or may do so.
    fn note_what_it_ends(&mut self, call: &ExprCall, values: &[Value]) {
        if call.arguments.args.is_empty() {
            return;
        }
        match values {
            [Value::Function(function)] => {
                let enders = self.enders.get_or_init(|| ended::enders(self.module, self.names));
                let ends = enders.get(function).map(Vec::as_slice);
                self.inside.ended.given_to(call, ends.unwrap_or_default());
            }
            [] | [Value::Foreign { .. }] => self.inside.ended.given_away(call),
            _ => {}
        }
    }

    fn known(&self, path: &str, call: &ExprCall) -> Option<Blocks> {
        let known = self.catalog.blocking(Language::Python, path)?;
        let waits =
            !known.may_be_over && !self.inside.ended.covers(call, known) && waits(known, &call.arguments, self.names);
        waits.then(|| Blocks::Function(path.to_owned()))
    }

    /// Takes note of a client that is made to stay off the network.
    fn constructor(&mut self, path: &str, call: &ExprCall) {
        let mut methods = self.catalog.blocking_methods(Language::Python, path).peekable();
        if methods.peek().is_none() {
            return;
        }
        let keywords = &call.arguments.keywords;
        let keeps_off = |known: &Blocking| {
            keywords.iter().any(|keyword| match &keyword.arg {
                Some(name) => known.in_process_with.iter().any(|other| other == name.as_str()),
                None => !known.in_process_with.is_empty(),
            })
        };
        if methods.any(keeps_off) {
            self.in_process.insert(call.start().to_usize());
        }
    }

    /// Takes note of what a call replaces: `patch("time.sleep")`, `monkeypatch.setattr(time, "sleep", …)`.
    fn replaces(&mut self, call: &ExprCall) {
        let name = match &*call.func {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => return,
        };
        if !matches!(
            name,
            "patch" | "object" | "multiple" | "setattr" | "setitem" | "stub" | "spy" | "replace"
        ) {
            return;
        }
        for argument in call.arguments.args.iter().take(MOST_ARGUMENTS) {
            if let Expr::StringLiteral(text) = argument {
                let text = text.value.to_str();
                self.replaced.insert(text.rsplit('.').next().unwrap_or(text).to_owned());
            }
        }
        let keywords = call
            .arguments
            .keywords
            .iter()
            .filter_map(|keyword| keyword.arg.as_ref());
        self.replaced.extend(keywords.map(ToString::to_string));
    }
}

fn path_of(value: &Value) -> Option<&str> {
    match value {
        Value::Path(path) => Some(path),
        _ => None,
    }
}

/// So many arguments of a call are looked at.
const MOST_ARGUMENTS: usize = 8;

/// Whether a function with these arguments certainly does not return at once.
fn waits(known: &Blocking, arguments: &Arguments, names: &Names) -> bool {
    let unpacks = arguments.args.iter().any(Expr::is_starred_expr)
        || arguments.keywords.iter().any(|keyword| keyword.arg.is_none());
    if unpacks && !known.unless.is_empty() {
        return false;
    }
    known.unless.iter().all(|unless| {
        given(unless, arguments).is_none_or(|value| match (unless.value, value) {
            (Falsy::False, Expr::BooleanLiteral(_)) | (Falsy::Zero, _) => !is_falsy(unless.value, value, names),
            (Falsy::False, _) => false,
        })
    })
}

fn given<'a>(unless: &AtOnce, arguments: &'a Arguments) -> Option<&'a Expr> {
    let named = unless.name.as_deref().and_then(|name| arguments.find_keyword(name));
    named
        .map(|keyword| &keyword.value)
        .or_else(|| arguments.args.get(unless.position?))
}

/// Whether a value certainly is one with which a function returns at once.
pub(in crate::python) fn is_falsy(falsy: Falsy, value: &Expr, names: &Names) -> bool {
    match (falsy, value) {
        (Falsy::False, Expr::BooleanLiteral(value)) => !value.value,
        (Falsy::Zero, Expr::NumberLiteral(number)) => is_zero(number),
        (Falsy::Zero, Expr::Name(_) | Expr::Attribute(_)) => {
            // Of this module or another one.
            matches!(names.values(value), [Value::Number(bits)] if f64::from_bits(*bits) == 0.0)
        }
        _ => false,
    }
}

fn is_zero(number: &ruff_python_ast::ExprNumberLiteral) -> bool {
    match &number.value {
        ruff_python_ast::Number::Int(value) => value.as_u64() == Some(0),
        ruff_python_ast::Number::Float(value) => *value == 0.0,
        ruff_python_ast::Number::Complex { .. } => false,
    }
}
