//! The functions of a module: which are called by which name, which stand for a block, which are fixtures.

use std::cell::OnceCell;

use foldhash::{HashMap, HashSet};
use ruff_python_ast::{self as ast, Expr, ExprCall, ModModule, Stmt, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use super::flags::Flags;
use super::handed_on::hand_on;
use crate::python::names::{Fixture, FunctionId, Names};
use crate::python::sites::usage::Awaits;
use crate::python::syntax::dotted::last_name;
use crate::python::syntax::nodes::{Enclosing, Node, Scope, nodes_in};
use crate::python::syntax::spans::span;
use crate::python::testing::test_code::is_fixture;
use crate::python::values::clock_questions::{self, Clocks};
use crate::sites::Connect;
use crate::source::Span;

/// A function, and the part of it that stands behind its `yield`.
pub(super) struct Definition<'a> {
    pub(super) function: &'a StmtFunctionDef,
    pub(super) is_method: bool,
    /// Calling it waits for nothing: what it gives has to be awaited.
    pub(super) is_async: bool,
    /// It is a coroutine of which a decorator that is not known may make something else.
    is_decorated: bool,
    /// A decorator calls it again where it fails.
    is_retried: bool,
    /// Where the first `yield` stands.
    pub(super) yields: Option<TextRange>,
}

/// The functions of a module, by their place in [`Names::functions`].
pub(super) struct Functions<'a> {
    pub(super) definitions: Vec<Option<Definition<'a>>>,
    /// The courses of the two halves of those that yield, and of those that hand a block on.
    halves: HashMap<usize, (usize, usize)>,
    /// The calls of connects, by where they begin.
    connect_calls: HashMap<usize, (&'a Connect, &'a ExprCall)>,
    /// The calls that make queues and semaphores, by the last part of the name that keeps it.
    made: HashMap<&'a str, Vec<&'a ExprCall>>,
    /// The last names of what is closed by a method, its own or that of its transport.
    closed: HashSet<&'a str>,
    pub(super) module: &'a ModModule,
    /// Those that tell the time, once that was asked.
    clocks: OnceCell<Clocks>,
    /// What the module sets its flags to.
    pub(super) flags: Flags<'a>,
    /// The connections that fixtures give.
    yielded: HashMap<usize, (&'a Connect, &'a ExprCall)>,
}

impl<'a> Functions<'a> {
    pub(super) fn of(module: &'a ModModule, names: &Names, connects: &HashMap<Span, &'a Connect>) -> Self {
        let mut found = Definitions {
            names,
            connects,
            definitions: names.functions().map(|_| None).collect(),
            connect_calls: HashMap::default(),
            made: HashMap::default(),
            closed: HashSet::default(),
        };
        found.look_through(module);
        let definitions = found.definitions;
        let mut halves = HashMap::default();
        let mut next = definitions.len();
        for (index, definition) in definitions.iter().enumerate() {
            if definition
                .as_ref()
                .is_some_and(|definition| definition.yields.is_some())
            {
                halves.insert(index, (next, next + 1));
                next += 2;
            }
        }
        hand_on(&definitions, &mut halves, next, names);
        let mut functions = Self {
            definitions,
            halves,
            connect_calls: found.connect_calls,
            made: found.made,
            closed: found.closed,
            module,
            clocks: OnceCell::new(),
            flags: Flags::of(module, names),
            yielded: HashMap::default(),
        };
        functions.yielded = functions.given_connections(names);
        functions
    }

    /// Those of the module that tell the time.
    pub(super) fn clocks(&self, names: &Names) -> &Clocks {
        self.clocks.get_or_init(|| clock_questions::clocks(self.module, names))
    }

    /// How many courses the functions have: the halves stand behind the functions.
    pub(super) fn halves_in_order(&self) -> Vec<(usize, usize)> {
        let mut all: Vec<(usize, usize)> = self.halves.iter().map(|(index, (enter, _))| (*enter, *index)).collect();
        all.sort_unstable();
        all.into_iter().map(|(enter, index)| (index, enter)).collect()
    }

    /// The courses of entering the block that a function gives, and of leaving it.
    pub(super) fn block(&self, index: usize) -> Option<(usize, usize)> {
        self.halves.get(&index).copied()
    }

    /// The courses up to the `yield` of a function, and behind it.
    pub(super) fn halves(&self, index: usize) -> Option<(usize, usize)> {
        let yields = self.definition(index)?.yields.is_some();
        yields.then(|| self.block(index))?
    }

    pub(super) fn is_async(&self, index: usize) -> bool {
        self.definition(index).is_some_and(|definition| definition.is_async)
    }

    /// Whether something of which nothing is known may have been made of a function.
    pub(super) fn is_decorated(&self, index: usize) -> bool {
        self.definition(index).is_some_and(|definition| definition.is_decorated)
    }

    /// Whether a decorator of a function calls that again where it fails, nobody knows how often.
    pub(super) fn is_retried(&self, index: usize) -> bool {
        self.definition(index).is_some_and(|definition| definition.is_retried)
    }

    pub(super) fn definition(&self, index: usize) -> Option<&Definition<'a>> {
        self.definitions.get(index)?.as_ref()
    }

    /// The calls that make the queues and semaphores which some name of the module keeps, by the last part of that name.
    pub(super) fn made(&self, name: &str) -> Option<&[&'a ExprCall]> {
        self.made.get(name).map(Vec::as_slice)
    }

    /// Whether something of this name is closed by a method.
    pub(super) fn closes(&self, name: &str) -> bool {
        self.closed.contains(name)
    }

    /// The call of a connect that begins at a byte.
    pub(super) fn connect_call(&self, at: usize) -> Option<(&'a Connect, &'a ExprCall)> {
        self.connect_calls.get(&at).copied()
    }

    /// The connect whose connection a fixture gives, where `expr` is the parameter that asks for it.
    pub(super) fn yielded(&self, name: &str, expr: &Expr, names: &Names) -> Option<(&'a Connect, &'a ExprCall)> {
        if self.yielded.is_empty() {
            return None;
        }
        let function = names.function_at(expr.start().to_usize())?;
        let definition = self.definition(function.index())?;
        let parameters = &definition.function.parameters;
        let asks = parameters
            .iter_non_variadic_params()
            .any(|parameter| parameter.parameter.name.as_str() == name);
        match asks.then(|| names.fixture(name, function))?? {
            Fixture::Here(fixture) => self.yielded.get(&fixture.index()).copied(),
            Fixture::There(..) => None,
        }
    }

    /// The connections that fixtures yield or return.
    fn given_connections(&self, names: &Names) -> HashMap<usize, (&'a Connect, &'a ExprCall)> {
        let mut found = HashMap::default();
        for (index, definition) in self.definitions.iter().enumerate() {
            let decorated = |definition: &&Definition<'a>| {
                let decorators = &definition.function.decorator_list;
                decorators.iter().any(|decorator| is_fixture(decorator, names))
            };
            let Some(definition) = definition.as_ref().filter(decorated) else {
                continue;
            };
            let origin = |value: &'a Expr| {
                let value = match value {
                    Expr::Await(awaited) => &awaited.value,
                    other => other,
                };
                let makings = names.makings(value)?;
                makings.iter().find_map(|making| self.connect_call(making.call))
            };
            if let Some(known) = given(definition.function).find_map(origin) {
                found.insert(index, known);
            }
        }
        found
    }
}

/// What a function yields or returns.
fn given(function: &StmtFunctionDef) -> impl Iterator<Item = &Expr> {
    let mut nodes = nodes_in(&function.body, Scope::Own).in_order_of_evaluation();
    std::iter::from_fn(move || {
        loop {
            let value = match nodes.next()? {
                Node::Statement(Stmt::Return(returned)) => &returned.value,
                Node::Expr(Expr::Yield(yielded)) => &yielded.value,
                _ => continue,
            };
            nodes.pass_over();
            if let Some(value) = value {
                return Some(&**value);
            }
        }
    })
}

struct Definitions<'a, 'n> {
    names: &'n Names,
    connects: &'n HashMap<Span, &'a Connect>,
    definitions: Vec<Option<Definition<'a>>>,
    connect_calls: HashMap<usize, (&'a Connect, &'a ExprCall)>,
    made: HashMap<&'a str, Vec<&'a ExprCall>>,
    closed: HashSet<&'a str>,
}

impl<'a> Definitions<'a, '_> {
    fn look_through(&mut self, module: &'a ModModule) {
        let mut in_class = Enclosing::nothing();
        nodes_in(&module.body, Scope::All).for_each(|node| match node {
            Node::Statement(statement) => self.look_at(statement, &mut in_class),
            Node::Expr(Expr::Call(call)) => {
                if let Some(connect) = self.connects.get(&span(call)) {
                    self.connect_calls.insert(call.start().to_usize(), (connect, call));
                }
            }
            Node::Expr(Expr::Attribute(method)) if matches!(method.attr.as_str(), "close" | "transport") => {
                self.closed.extend(last_name(&method.value));
            }
            _ => {}
        });
    }

    fn look_at(&mut self, statement: &'a Stmt, in_class: &mut Enclosing<bool>) {
        match statement {
            Stmt::FunctionDef(function) => {
                self.define(function, in_class.at(function).is_some_and(|in_class| *in_class));
                in_class.enter(function, false);
            }
            Stmt::ClassDef(class) => in_class.enter(class, true),
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.make(target, &assign.value);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.make(&assign.target, value);
                }
            }
            _ => {}
        }
    }

    fn make(&mut self, target: &'a Expr, value: &'a Expr) {
        let last = |expr: &'a Expr| match expr {
            Expr::Name(name) => Some(name.id.as_str()),
            Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
            Expr::Subscript(generic) => match &*generic.value {
                Expr::Name(name) => Some(name.id.as_str()),
                Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
                _ => None,
            },
            _ => None,
        };
        let class = value.as_call_expr().and_then(|call| Some((call, last(&call.func)?)));
        if let (Some(name), Some((call, class))) = (last(target), class)
            && (class.ends_with("Queue") || class.ends_with("Semaphore"))
        {
            self.made.entry(name).or_default().push(call);
        }
    }

    fn define(&mut self, function: &'a StmtFunctionDef, in_class: bool) {
        let first = function.body.first();
        let id = first.and_then(|first| self.names.function_at(first.start().to_usize()));
        let Some(place) = id.and_then(|id: FunctionId| self.definitions.get_mut(id.index())) else {
            return;
        };
        let awaits = Awaits::of(&function.decorator_list, self.names);
        let yields = match awaits {
            Awaits::ByAwait => first_yield(function),
            _ => None,
        };
        let is_static = function.decorator_list.iter().any(|decorator| {
            let name = decorator.expression.as_name_expr();
            name.is_some_and(|name| name.id.as_str() == "staticmethod")
        });
        place.get_or_insert(Definition {
            function,
            is_method: in_class && !is_static,
            is_async: function.is_async || awaits == Awaits::ByYield,
            is_decorated: function.is_async
                && !function
                    .decorator_list
                    .iter()
                    .all(|decorator| is_plain(decorator, self.names)),
            is_retried: function
                .decorator_list
                .iter()
                .any(|decorator| retries(decorator, self.names)),
            yields,
        });
    }
}

/// Whether a decorator calls its function again where that fails, as far as its name says.
fn retries(decorator: &ast::Decorator, names: &Names) -> bool {
    const LIBRARIES: &[&str] = &["tenacity.", "backoff.", "stamina.", "retrying.", "retry."];
    let function = match &decorator.expression {
        Expr::Call(call) => &*call.func,
        other => other,
    };
    let path = names.resolve(function);
    path.is_some_and(|path| LIBRARIES.iter().any(|library| path.starts_with(library)))
}

/// Whether a decorator lets its function wait for what it waits for by itself.
fn is_plain(decorator: &ast::Decorator, names: &Names) -> bool {
    const PLAIN: &[&str] = &["staticmethod", "classmethod", "property"];
    const MODULES: &[&str] = &[
        "contextlib.",
        "functools.",
        "pytest",
        "tornado.",
        "typing.",
        "typing_extensions.",
        "abc.",
    ];
    let function = match &decorator.expression {
        Expr::Call(call) => &*call.func,
        other => other,
    };
    let path = names.resolve(function);
    path.is_some_and(|path| PLAIN.contains(&path) || MODULES.iter().any(|module| path.starts_with(module)))
}

/// Where the first `yield` of a function stands.
fn first_yield(function: &StmtFunctionDef) -> Option<TextRange> {
    let mut nodes = nodes_in(&function.body, Scope::Own)
        .in_order_of_evaluation()
        .filter_map(Node::expr);
    let first = nodes.find(|expr| matches!(expr, Expr::Yield(_) | Expr::YieldFrom(_)));
    first.map(Ranged::range)
}
