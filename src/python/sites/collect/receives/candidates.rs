//! What may wait for a message: a call, an iteration, an object that is awaited.

use ruff_python_ast::{Expr, ExprCall};

use super::{ANEXT, Candidate, NEXT, ReceiveNote, WAIT_CLOSED};
use crate::python::sites::collect::Collector;
use crate::python::syntax::spans::span;
use crate::sites::ReceiveForm;
use crate::source::Span;

impl<'a> Collector<'a> {
    /// A call that may wait for a message: `ws.recv()`, `anext(aiter(ws))`, `next(iter(ws))`.
    pub(in crate::python::sites::collect) fn message_call(&mut self, expr: &'a Expr, call: &'a ExprCall) {
        let (name, object) = match &*call.func {
            Expr::Attribute(method) if method.attr.id == "__anext__" => (ANEXT, &*method.value),
            Expr::Attribute(method) if method.attr.id == "__next__" => (NEXT, &*method.value),
            Expr::Attribute(method) => {
                let name = method.attr.id.as_str();
                if !self.messages.methods.contains(name) && name != WAIT_CLOSED {
                    return;
                }
                (name, &*method.value)
            }
            Expr::Name(function) if matches!(function.id.as_str(), ANEXT | NEXT) => {
                let Some(iterator) = call.arguments.args.first() else {
                    return;
                };
                if self.names.resolve(&call.func) != Some(function.id.as_str()) {
                    return;
                }
                (function.id.as_str(), iterator)
            }
            Expr::Name(function) => match self.kept_method(&call.func, &function.id) {
                Some(method) => (method.attr.as_str(), &*method.value),
                None => return,
            },
            _ => return,
        };
        let iterated = match name {
            ANEXT | NEXT => self.iterated(object),
            _ => None,
        };
        let streamed = self.streamed(iterated.unwrap_or(object));
        let streamed = streamed.filter(|_| matches!(name, ANEXT | NEXT));
        self.candidate(
            span(call),
            ReceiveForm::Call(name.to_owned()),
            streamed.map_or(iterated.unwrap_or(object), |(object, _)| object),
            expr,
        );
        if let Some(candidate) = self.messages.candidates.last_mut() {
            candidate.call = Some(call);
            candidate.is_iterator = iterated.is_none();
            candidate.stream = streamed.map(|(_, method)| method);
        }
    }

    /// `async for message in <iterable>`, and `for` over a connection that blocks its thread.
    pub(in crate::python::sites::collect) fn message_loop(&mut self, iterable: &'a Expr, is_async: bool) {
        let inner = if is_async { iterable } else { self.given_on(iterable) };
        let (object, stream) = self.gone_over(inner);
        if !is_async && !matches!(object, Expr::Name(_) | Expr::Attribute(_)) {
            return;
        }
        self.candidate(span(iterable), ReceiveForm::Loop, object, iterable);
        if let Some(candidate) = self.messages.candidates.last_mut() {
            candidate.is_awaited = is_async;
            candidate.stream = stream;
            candidate.note.awaitable = None;
        }
    }

    /// The object whose messages an iteration over `iterable` asks for, and its method that gives them part by part, if one does.
    pub(super) fn gone_over(&self, iterable: &'a Expr) -> (&'a Expr, Option<&'a str>) {
        let iterated = self.iterated(iterable).unwrap_or(iterable);
        match self.streamed(iterated) {
            Some((object, method)) => (object, Some(method)),
            None => (iterated, None),
        }
    }

    /// `await <awaited>`, where that is an object: a future.
    pub(in crate::python::sites::collect) fn message_await(&mut self, awaited: &'a Expr) {
        if matches!(awaited, Expr::Name(_) | Expr::Attribute(_)) {
            self.candidate(span(awaited), ReceiveForm::Await, awaited, awaited);
            if let Some(candidate) = self.messages.candidates.last_mut() {
                candidate.is_awaited = true;
            }
        }
    }

    /// What `aiter(x)` and `x.__aiter__()` iterate over, and `iter(x)`.
    fn iterated(&self, expr: &'a Expr) -> Option<&'a Expr> {
        let held = self.variables.only_value(expr);
        let call = held.unwrap_or(expr).as_call_expr()?;
        match &*call.func {
            Expr::Attribute(method) if matches!(method.attr.as_str(), "__aiter__" | "__iter__") => Some(&method.value),
            Expr::Name(function) if matches!(function.id.as_str(), "aiter" | "iter") => {
                let is_builtin = self.names.resolve(&call.func) == Some(function.id.as_str());
                match &*call.arguments.args {
                    [iterated] if is_builtin => Some(iterated),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The object that gives what is iterated over part by part, and its method: `ws.recv_streaming()`.
    fn streamed(&self, iterated: &'a Expr) -> Option<(&'a Expr, &'a str)> {
        let held = self.variables.only_value(iterated);
        let method = held.unwrap_or(iterated).as_call_expr()?.func.as_attribute_expr()?;
        let name = method.attr.as_str();
        self.messages.streams.contains(name).then_some((&*method.value, name))
    }

    pub(super) fn candidate(&mut self, place: Span, form: ReceiveForm, object: &'a Expr, waiting: &'a Expr) {
        let in_group = self.around_group(waiting);
        let candidate = Candidate {
            span: place,
            form,
            object,
            is_iterator: false,
            stream: None,
            call: None,
            is_awaited: in_group.is_some() || self.is_awaited_at_once(waiting),
            note: ReceiveNote {
                statement: self.statement,
                awaitable: Some(place),
            },
            around: in_group.unwrap_or_else(|| self.around(waiting)),
            function: self.inside.function,
            expects_timeout: self.messages.timeouts_expected > 0,
            is_closed: self.is_closed(object),
        };
        self.messages.candidates.push(candidate);
    }
}
