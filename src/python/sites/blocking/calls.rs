//! What a call says: that it blocks, that it runs a function of the project, or that it ends something.

use ruff_python_ast::{Expr, ExprCall};

use super::at_once::waits;
use super::overridden::class_of;
use super::{Called, Collector, Direct, ForeignCall, MOST_ARGUMENTS, ended};
use crate::call_graph::Edge;
use crate::python::names::{Method, Value};
use crate::python::syntax::spans::span;
use crate::sites::Blocks;
use crate::source::{Language, Span};

impl<'a> Collector<'a> {
    /// Takes note of all that a call says.
    pub(super) fn call(&mut self, call: &'a ExprCall) {
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
                    self.own_call(function, call, (place, callee));
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
    fn own_call(&mut self, called: Method, expr: &ExprCall, (call, callee): (Span, Span)) {
        if self.inside.is_deferred {
            return;
        }
        match (called, self.inside.is_async, self.inside.function) {
            (Method::There(module, function), true, _) => self.foreign_calls.push(ForeignCall {
                module,
                function,
                class: class_of(&expr.func, self.names),
                call,
                callee,
            }),
            (Method::Here(function), true, _) => self.calls.push(Called {
                function,
                class: class_of(&expr.func, self.names),
                call,
                callee,
            }),
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
}

fn path_of(value: &Value) -> Option<&str> {
    match value {
        Value::Path(path) => Some(path),
        _ => None,
    }
}
