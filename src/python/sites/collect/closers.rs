//! What runs beside the code that waits for a message and closes the connection: that ends the wait.
//!
//! Executed with websockets 15.0.1: a timer that aborts the transport, a timer that makes a task of `ws.close()`, and a task of
//! the same group that sleeps and closes end `recv` when they are due.

use foldhash::HashMap;
use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, ExprAttribute, ExprCall, Keyword};
use ruff_text_size::Ranged;

use super::Collector;
use super::endings::{Awaited, Start};
use super::feeds::Run;
use super::inside::FARTHEST;
use crate::python::names::FunctionId;
use crate::python::sites::task_calls::{has_others_start, joins_a_group, makes_task};
use crate::python::sites::usage::is_callee;
use crate::python::syntax::dotted::with_items;

/// How a connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Closing {
    /// Whatever library it is of.
    Certain,
    /// Where its `close` is a plain method: nobody awaits it.
    IfPlain,
}

/// What closes connections beside the code that waits.
#[derive(Default)]
pub(super) struct Closers {
    /// The connections that functions close, by the calls that made them, and where.
    by_function: HashMap<FunctionId, Vec<(usize, Closing, usize)>>,
    /// The same of what a function is given for a parameter.
    of_parameters: HashMap<(FunctionId, Name), Closing>,
    started: Vec<Started>,
}

/// Something that is started to run beside what comes behind it.
struct Started {
    /// The function that starts it, and where its statement begins.
    by: Option<FunctionId>,
    statement: usize,
    what: What,
    awaited: Awaited,
}

enum What {
    /// It closes the connection that the call at this place made.
    Closing(usize, Closing),
    /// A function, with the connections that it is given, and everything that it is given by a name.
    Function(FunctionId, Vec<(Name, usize)>, Vec<(Name, String)>),
}

/// Methods that let a loop or a thread call something beside the code that goes on.
const STARTING: &[&str] = &[
    "call_later",
    "call_at",
    "call_soon",
    "call_soon_threadsafe",
    "add_done_callback",
    "start_soon",
    "run_in_executor",
    "submit",
];

/// Functions and classes that do.
const STARTERS: &[&str] = &[
    "asyncio.wait",
    "asyncio.to_thread",
    "asyncio.run_coroutine_threadsafe",
    "threading.Timer",
    "threading.Thread",
];

/// Of a call so many arguments are looked at.
const MOST_ARGUMENTS: usize = 16;

impl<'a> Collector<'a> {
    /// Whether `call` starts what it is given.
    fn starts(&self, call: &ExprCall) -> bool {
        let by_name = match &*call.func {
            Expr::Attribute(method) => STARTING.contains(&method.attr.as_str()),
            _ => false,
        };
        let is_starter = || {
            self.names
                .resolve(&call.func)
                .is_some_and(|path| STARTERS.contains(&path))
        };
        by_name
            || makes_task(call, self.names)
            || joins_a_group(call, self.names)
            || is_starter()
            || has_others_start(call, self.names)
    }

    /// Whether the current expression stands in what a call starts.
    pub(super) fn is_given_to_a_start(&self) -> bool {
        let mut around = self.parents.iter().rev().take(FARTHEST);
        around.any(|parent| matches!(parent, Expr::Call(call) if self.starts(call)))
    }

    /// The functions that are started.
    pub(super) fn functions_started(&self) -> impl Iterator<Item = Run> {
        self.closers.started.iter().filter_map(|started| match &started.what {
            What::Function(function, _, given) => Some(Run {
                by: started.by,
                statement: started.statement,
                function: *function,
                given: given.clone(),
            }),
            What::Closing(..) => None,
        })
    }

    /// Every start of a function.
    pub(super) fn starts_of(&self, function: FunctionId) -> impl Iterator<Item = Start<'_>> {
        let all = self.closers.started.iter();
        let own = all.filter(move |started| matches!(started.what, What::Function(known, ..) if known == function));
        own.map(|started| Start {
            by: started.by,
            statement: started.statement,
            awaited: &started.awaited,
        })
    }

    /// Where a function certainly closes the connection that was made there.
    pub(super) fn closes(&self, function: Option<FunctionId>, made: usize) -> impl Iterator<Item = usize> {
        let all = function.and_then(|function| self.closers.by_function.get(&function));
        let own = all.into_iter().flatten();
        let own = own.filter(move |(known, closing, _)| *known == made && *closing == Closing::Certain);
        own.map(|(_, _, at)| *at)
    }

    /// A call that may start a function of the module.
    pub(super) fn started(&mut self, call: &'a ExprCall) {
        if !self.starts(call) {
            return;
        }
        let given = call.arguments.args.iter().enumerate().take(MOST_ARGUMENTS);
        let mut found = Vec::new();
        for (index, argument) in given {
            let (function, arguments, keywords) = match argument {
                Expr::Call(inner) => (&*inner.func, &*inner.arguments.args, &*inner.arguments.keywords),
                other => (other, call.arguments.args.get(index + 1..).unwrap_or_default(), &[][..]),
            };
            found.extend(self.function_started(function, arguments, keywords));
        }
        if let Some(target) = call.arguments.find_keyword("target") {
            let arguments = call.arguments.find_keyword("args").map(|keyword| &keyword.value);
            let arguments = match arguments {
                Some(Expr::Tuple(tuple)) => &*tuple.elts,
                Some(Expr::List(list)) => &*list.elts,
                _ => &[],
            };
            found.extend(self.function_started(&target.value, arguments, &[]));
        }
        let awaited = match found.is_empty() {
            true => Awaited::default(),
            false => self.awaited_by_start(call),
        };
        for what in found {
            self.start(what, awaited.clone());
        }
    }

    fn function_started(&self, function: &Expr, arguments: &[Expr], keywords: &[Keyword]) -> Option<What> {
        let function = self.names.local_function(function)?;
        let parameters = self.names.parameters(function);
        let positional = parameters.iter().zip(arguments);
        let by_name = |keyword: &'_ Keyword| Some(Name::new(keyword.arg.as_deref()?));
        let named = keywords
            .iter()
            .filter_map(|keyword| Some((by_name(keyword)?, with_items(&keyword.value)?)));
        let given = positional
            .clone()
            .filter_map(|(name, value)| Some((name.clone(), with_items(value)?)));
        let given = given.chain(named).take(MOST_ARGUMENTS).collect();
        let connections = positional.filter_map(|(name, value)| Some((name.clone(), self.made_by(value)?)));
        Some(What::Function(function, connections.collect(), given))
    }

    fn start(&mut self, what: What, awaited: Awaited) {
        let started = Started {
            by: self.names.function_at(self.statement.start),
            statement: self.statement.start,
            what,
            awaited,
        };
        self.closers.started.push(started);
    }

    /// Where the call begins that made what `expr` is.
    fn made_by(&self, expr: &Expr) -> Option<usize> {
        match (expr, self.names.makings(expr)?) {
            (Expr::Name(_) | Expr::Attribute(_), [making]) => Some(making.call),
            _ => None,
        }
    }

    /// `ws.close`, `ws.transport.abort`: what is done with it, if it is a connection.
    pub(super) fn closing(&mut self, expr: &'a Expr, attribute: &'a ExprAttribute) {
        let (object, is_at_once) = match (attribute.attr.as_str(), &*attribute.value) {
            ("abort" | "close", Expr::Attribute(transport)) if transport.attr.id == "transport" => {
                (&*transport.value, true)
            }
            ("close" | "aclose", object) => (object, false),
            _ => return,
        };
        if !matches!(object, Expr::Name(_) | Expr::Attribute(_)) {
            return;
        }
        let mut parents = self.parents.iter().rev().take(FARTHEST);
        let is_called = matches!(parents.next(), Some(Expr::Call(call)) if is_callee(call, expr));
        let is_awaited = match (is_called, parents.next()) {
            (true, Some(Expr::Await(_))) => true,
            (true, Some(Expr::Call(call))) => self.starts(call),
            _ => false,
        };
        let closing = match is_at_once || is_awaited {
            true => Closing::Certain,
            false => Closing::IfPlain,
        };
        let is_started = self.is_given_to_a_start();
        if let (Expr::Name(name), Some(function)) = (object, self.inside.function)
            && let Some(parameter) = self.names.parameter(name)
            && parameter.function == function
        {
            // That of a fixture is known besides.
            self.closers.of_parameters.insert((function, parameter.name), closing);
        }
        let Some(made) = self.made_by(object) else {
            return;
        };
        if is_started {
            self.start(What::Closing(made, closing), Awaited::default());
        }
        if let Some(function) = self.inside.function {
            self.closers
                .by_function
                .entry(function)
                .or_default()
                .push((made, closing, expr.start().to_usize()));
        }
    }

    /// Everything that closes a connection beside the code that starts it.
    pub(super) fn closed_beside(&self) -> ClosedBeside {
        let mut found = ClosedBeside::default();
        for started in &self.closers.started {
            match &started.what {
                What::Closing(made, closing) => found.add(started, *made, *closing, None),
                What::Function(function, connections, _) => {
                    for (made, closing, _) in self.closers.by_function.get(function).into_iter().flatten() {
                        found.add(started, *made, *closing, Some(*function));
                    }
                    for (name, made) in connections {
                        if let Some(closing) = self.closers.of_parameters.get(&(*function, name.clone())) {
                            found.add(started, *made, *closing, Some(*function));
                        }
                    }
                }
            }
        }
        found
    }
}

/// What closes connections beside the code that starts it.
#[derive(Default)]
pub(super) struct ClosedBeside {
    /// By the function that starts it, by the call that made the connection and by how that is closed: where the first statement
    /// begins that starts what does.
    first: HashMap<(Option<FunctionId>, usize, Closing), usize>,
    /// By the same two, the functions that certainly do; `None` is something that is no function of the module.
    by: HashMap<(Option<FunctionId>, usize), Vec<Option<FunctionId>>>,
}

impl ClosedBeside {
    fn add(&mut self, started: &Started, made: usize, closing: Closing, by: Option<FunctionId>) {
        let first = self.first.entry((started.by, made, closing)).or_insert(usize::MAX);
        *first = started.statement.min(*first);
        if closing == Closing::Certain {
            let all = self.by.entry((started.by, made)).or_default();
            if all.len() < FARTHEST && !all.contains(&by) {
                all.push(by);
            }
        }
    }

    /// Whether something closes the connection that the call at `made` makes while the statement at `statement` of `function`
    /// waits; `is_plain`: its `close` is a plain method.
    pub(super) fn covers(&self, function: Option<FunctionId>, made: usize, statement: usize, is_plain: bool) -> bool {
        let closes = |closing| {
            let first = self.first.get(&(function, made, closing));
            first.is_some_and(|first| *first <= statement)
        };
        closes(Closing::Certain) || is_plain && closes(Closing::IfPlain)
    }

    /// Whether something else than `function`, that `starter` starts as well, certainly closes that connection.
    pub(super) fn by_another(&self, starter: Option<FunctionId>, made: usize, function: FunctionId) -> bool {
        let all = self.by.get(&(starter, made)).into_iter().flatten();
        all.copied().any(|by| by != Some(function))
    }
}
