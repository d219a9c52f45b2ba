//! What was ended before somebody waits for it: a process that got a signal, a queue into which something was put.

use foldhash::HashMap;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, ModModule, Number, Stmt};
use ruff_text_size::Ranged;

use crate::catalog::Blocking;
use crate::python::names::{FunctionId, Names};
use crate::python::syntax::dotted::dotted;

/// The signals that end what does not ask otherwise.
const SIGNALS: &[&str] = &[
    "SIGKILL",
    "SIGTERM",
    "SIGINT",
    "SIGQUIT",
    "SIGABRT",
    "CTRL_C_EVENT",
    "CTRL_BREAK_EVENT",
];

/// The same by number, as POSIX has them.
const NUMBERS: &[u64] = &[2, 3, 6, 9, 15];

/// Methods that put what they are given into what somebody takes it out of.
const FILLING: &[&str] = &["put", "put_nowait"];

/// So many ended objects of a function are remembered.
const MOST: usize = 64;

/// What stands for whatever ends a process: where it is given to a function of which nothing is known, or is over.
const ANYHOW: &str = "?";

/// The objects that something ended so far, within one function: each with the methods and functions that did.
#[derive(Clone, Default)]
pub(super) struct Ended(Vec<(String, String)>);

impl Ended {
    /// Takes note of `server.kill()`, and of what is given `server.pid` and a signal. `path` is what the callee resolves to.
    pub(super) fn note(&mut self, call: &ExprCall, path: Option<&str>) {
        if self.0.len() >= MOST {
            return;
        }
        let arguments = &call.arguments.args;
        if let (Some(path), Some(first)) = (path, arguments.first()) {
            let given = process_of(first);
            if let Some(process) = given.filter(|_| is_signal(arguments)) {
                self.0.push((process, path.to_owned()));
            }
        }
        if let Expr::Attribute(method) = &*call.func
            && (arguments.is_empty() || is_signal(arguments) || FILLING.contains(&method.attr.as_str()))
            && let Some(object) = dotted(&method.value)
        {
            self.0.push((object, method.attr.to_string()));
        }
    }

    /// Takes note of a call of a function that ends what it is given for its parameters, by their places: each with the methods
    /// and functions that it calls for that.
    pub(super) fn given_to(&mut self, call: &ExprCall, ends: &[(usize, String)]) {
        for (index, by) in ends {
            let given = call.arguments.args.get(*index).and_then(dotted);
            if let Some(object) = given.filter(|_| self.0.len() < MOST) {
                self.0.push((object, by.clone()));
            }
        }
    }

    /// Takes note of a call of a function of which nothing is known.
    pub(super) fn given_away(&mut self, call: &ExprCall) {
        for object in call.arguments.args.iter().filter_map(dotted) {
            if self.0.len() < MOST {
                self.0.push((object, ANYHOW.to_owned()));
            }
        }
    }

    /// Takes note of a process that is over, by whatever.
    pub(super) fn is_over(&mut self, process: String) {
        if self.0.len() < MOST {
            self.0.push((process, ANYHOW.to_owned()));
        }
    }

    /// Whether what a call waits for was ended before in a way that makes it return at once.
    pub(super) fn covers(&self, call: &ExprCall, known: &Blocking) -> bool {
        if known.ended_by.is_empty() || self.0.is_empty() {
            return false;
        }
        let Expr::Attribute(method) = &*call.func else {
            return false;
        };
        let Some(object) = dotted(&method.value) else {
            return false;
        };
        let mut ends = self.0.iter().filter(|(ended, _)| *ended == object);
        let is_process = known.ended_by.iter().any(|by| by == "terminate");
        ends.any(|(_, by)| known.ended_by.contains(by) || is_process && by == ANYHOW)
    }

    /// Forgets what gets another value.
    pub(super) fn rebound(&mut self, target: &Expr) {
        if let Some(name) = dotted(target) {
            self.0.retain(|(ended, _)| *ended != name);
        }
    }

    /// What was ended in either of two ways through the code.
    pub(super) fn or(mut self, other: Self) -> Self {
        let more = other
            .0
            .into_iter()
            .filter(|one| !self.0.contains(one))
            .collect::<Vec<_>>();
        self.0.extend(more);
        self.0.truncate(MOST);
        self
    }
}

/// What the functions of a module end that they are given, by their parameters' places.
pub(super) type Enders = HashMap<FunctionId, Vec<(usize, String)>>;

/// Looks at every function of a module.
pub(super) fn enders(module: &ModModule, names: &Names) -> Enders {
    let mut search = Search {
        names,
        inside: None,
        found: HashMap::default(),
    };
    search.visit_body(&module.body);
    search.found
}

struct Search<'n> {
    names: &'n Names,
    inside: Option<(FunctionId, Ended)>,
    found: Enders,
}

impl<'a> Visitor<'a> for Search<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let Stmt::FunctionDef(function) = statement else {
            return walk_stmt(self, statement);
        };
        let first = function.body.first();
        let Some(id) = first.and_then(|first| self.names.function_at(first.start().to_usize())) else {
            return;
        };
        let outer = self.inside.replace((id, Ended::default()));
        walk_stmt(self, statement);
        let ended = std::mem::replace(&mut self.inside, outer);
        let Some((id, Ended(ended))) = ended else { return };
        let parameters = self.names.parameters(id);
        let ends = ended.into_iter().filter_map(|(object, by)| {
            let index = parameters.iter().position(|parameter| *parameter == object)?;
            Some((index, by))
        });
        let ends: Vec<(usize, String)> = ends.collect();
        if !ends.is_empty() {
            self.found.insert(id, ends);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let (Expr::Call(call), Some((_, ended))) = (expr, &mut self.inside) {
            ended.note(call, self.names.resolve(&call.func));
        }
        walk_expr(self, expr);
    }
}

/// `server` of `server.pid` and of `os.getpgid(server.pid)`.
fn process_of(argument: &Expr) -> Option<String> {
    let pid = match argument {
        Expr::Call(call) => call.arguments.args.first()?,
        other => other,
    };
    let pid = pid.as_attribute_expr().filter(|pid| pid.attr.as_str() == "pid")?;
    dotted(&pid.value)
}

fn is_signal(arguments: &[Expr]) -> bool {
    arguments.last().is_some_and(|argument| match argument {
        Expr::Name(name) => SIGNALS.contains(&name.id.as_str()),
        Expr::Attribute(attribute) => SIGNALS.contains(&attribute.attr.as_str()),
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(number) => number.as_u64().is_some_and(|number| NUMBERS.contains(&number)),
            Number::Float(_) | Number::Complex { .. } => false,
        },
        _ => false,
    })
}
