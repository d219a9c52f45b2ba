//! What was ended before somebody waits for it: a process that got a signal, a queue into which something was put.

use ruff_python_ast::{Expr, ExprCall, Number};

use super::super::dotted::dotted;
use crate::catalog::Blocking;

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
        ends.any(|(_, by)| known.ended_by.contains(by))
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
