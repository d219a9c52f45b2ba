//! What goes over a blocking connection at once: `list(ws)`, `"".join(ws.recv_streaming())`, `[*ws]`.

use ruff_python_ast::{Expr, ExprCall};

use crate::python::sites::collect::Collector;
use crate::python::syntax::dotted::last_name;
use crate::python::syntax::spans::span;
use crate::sites::ReceiveForm;

/// Functions that go over what they are given before they return.
const CONSUMING: &[&str] = &[
    "all",
    "any",
    "frozenset",
    "list",
    "max",
    "min",
    "set",
    "sorted",
    "sum",
    "tuple",
];

/// Those that go over it as they are gone over themselves, and which argument that is.
const GIVING_ON: &[(&str, usize)] = &[
    ("enumerate", 0),
    ("filter", 1),
    ("itertools.dropwhile", 1),
    ("itertools.filterfalse", 1),
    ("itertools.islice", 0),
    ("itertools.takewhile", 1),
    ("map", 1),
];

/// So many of these are looked through.
const DEEPEST: usize = 4;

impl<'a> Collector<'a> {
    /// An expression that goes over what may be a connection before anything else is done.
    pub(in crate::python::sites::collect) fn message_consumed(&mut self, expr: &'a Expr) {
        let (name, iterable) = match expr {
            Expr::Starred(starred) if starred.ctx.is_load() => ("*", &*starred.value),
            Expr::Call(call) => match (self.consumes(call), &*call.arguments.args) {
                (Some(name), [iterable, ..]) => (name, iterable),
                _ => return,
            },
            _ => return,
        };
        let (object, stream) = self.gone_over(self.given_on(iterable));
        if !matches!(object, Expr::Name(_) | Expr::Attribute(_)) {
            return;
        }
        self.candidate(span(expr), ReceiveForm::Consumed(name.to_owned()), object, expr);
        if let Some(candidate) = self.messages.candidates.last_mut() {
            candidate.is_awaited = false;
            candidate.stream = stream;
            candidate.note.awaitable = None;
        }
    }

    /// The name of the function that goes over its first argument.
    fn consumes(&self, call: &'a ExprCall) -> Option<&'a str> {
        match &*call.func {
            Expr::Name(function) if CONSUMING.contains(&function.id.as_str()) => {
                let name = function.id.as_str();
                (self.names.resolve(&call.func) == Some(name)).then_some(name)
            }
            Expr::Attribute(method) if method.attr.id == "join" && is_text(&method.value) => Some("join"),
            _ => None,
        }
    }

    /// What is gone over in the end.
    pub(super) fn given_on(&self, iterable: &'a Expr) -> &'a Expr {
        let mut inner = iterable;
        for _ in 0..DEEPEST {
            let Expr::Call(call) = inner else { break };
            // Most are called otherwise, and are not resolved.
            let is_named = |path: &str| path.rsplit('.').next() == last_name(&call.func);
            let named = GIVING_ON.iter().find(|(function, _)| is_named(function));
            let Some((path, position)) = named else { break };
            let next = call.arguments.args.get(*position);
            let Some(next) = next.filter(|_| self.names.resolve(&call.func) == Some(*path)) else {
                break;
            };
            inner = next;
        }
        inner
    }
}

fn is_text(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::StringLiteral(_) | Expr::BytesLiteral(_) | Expr::FString(_) | Expr::Name(_)
    )
}
