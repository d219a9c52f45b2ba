//! The waits for messages: on connections, and on what functions are given.

use ruff_python_ast::{self as ast, Arguments, Expr, ExprCall};
use ruff_text_size::Ranged;

use super::builder::Builder;
use crate::catalog::{Receiver, ReceiverId};
use crate::python::syntax::spans::span;
use crate::sites::{Bound, Course, Length, ReceiveForm, Wait};
use crate::source::Language;

impl<'a> Builder<'a, '_> {
    /// A call of a method, by whose name messages are waited for, of an object of which nothing is known.
    pub(super) fn unknown_receive(&self, expr: &'a Expr, method: &'a ast::ExprAttribute) -> Option<Course> {
        // In async code what is not awaited waits for nothing, or is awaited later.
        let is_meant = !self.locals.is_async && self.all.receiving_methods.contains(method.attr.as_str());
        is_meant.then(|| self.unseen(expr))
    }

    /// The wait for a message.
    pub(super) fn of_receive(&self, expr: &'a Expr, call: Option<&'a ExprCall>) -> Option<Course> {
        let receive = self.all.receives.get(&span(expr))?;
        let receiver = &self.all.catalog.receiver(receive.receiver).receiver;
        let is_iteration = match &receive.form {
            ReceiveForm::Call(name) => !receiver.methods.contains(name),
            ReceiveForm::Loop | ReceiveForm::Consumed(_) => true,
            ReceiveForm::Await => false,
        };
        let call = call.filter(|_| !is_iteration);
        let limit = receiver
            .limit
            .as_ref()
            .zip(call)
            .and_then(|(limit, call)| argument(&call.arguments, &limit.name, limit.position));
        let length = match limit {
            Some(limit) => self.all.lengths.length(limit, self.locals),
            None if let (Some(default), Some(_)) = (default_of(receiver), call) => Length::Is(Bound::Seconds(default)),
            // An argument of the connect limits it.
            None if receive.limited || receiver.limited_elsewhere => Length::Is(Bound::Unknown),
            None => Length::Is(Bound::Unlimited),
        };
        let on = match call.map(|call| &*call.func) {
            Some(Expr::Attribute(method)) => &*method.value,
            _ => expr,
        };
        Some(self.on_own(on, expr, self.wait(expr, length, receiver.blocking)))
    }

    /// Whether a call waits for no longer than a limit of its own, and raises then: a wait for a message, or one that gets its
    /// `timeout` by name.
    pub(super) fn ends_by_raising(&self, expr: &Expr) -> bool {
        let Expr::Call(call) = expr else {
            return false;
        };
        let limit = call.arguments.find_keyword("timeout");
        if limit.is_some_and(|limit| limit.value.is_none_literal_expr()) {
            return false;
        }
        let receive = self.all.receives.get(&span(expr));
        let is_limited = receive.is_some_and(|receive| receive.limited);
        let name = call.func.as_attribute_expr().map(|method| method.attr.as_str());
        is_limited || limit.is_some() && name.is_some_and(|name| !RETURNING.contains(&name))
    }

    /// The wait for a message on the connection that a fixture gives, or on what the function is given for a parameter, should
    /// that be a connection: a name alone says nothing.
    pub(super) fn of_likely_receive(&self, expr: &'a Expr, call: &'a ExprCall) -> Option<Course> {
        let method = call.func.as_attribute_expr()?;
        let name = method.attr.as_str();
        let receives = |id: ReceiverId| {
            let receiver = &self.all.catalog.receiver(id).receiver;
            receiver.methods.iter().any(|known| known == name).then_some(receiver)
        };
        let limit = |receiver: &Receiver| {
            let limit = receiver.limit.as_ref()?;
            argument(&call.arguments, &limit.name, limit.position)
        };
        let length = |receiver: &Receiver| {
            let without = match receiver.limited_elsewhere || !receiver.setters.is_empty() {
                true => Bound::Unknown,
                false => default_of(receiver).map_or(Bound::Unlimited, Bound::Seconds),
            };
            limit(receiver).map_or(Length::Is(without), |limit| self.all.lengths.length(limit, self.locals))
        };
        if let Some((connect, _)) = self.connection(&method.value) {
            let receiver = receives(self.all.catalog.receiving_outcome(Language::Python, &connect.path)?)?;
            return Some(self.wait(expr, length(receiver), receiver.blocking));
        }
        let parameter = self.parameter(&method.value)?;
        if let Some(receiver) = self.all.receivers.iter().copied().find_map(receives) {
            return Some(self.on_parameter(parameter, expr, length(receiver), receiver.blocking));
        }
        // The module opens no connection itself: it may be one of any library.
        let blocks = !self.locals.is_async;
        let all = self.all.catalog.receivers(Language::Python);
        let all: Vec<&Receiver> = all
            .filter(|one| one.blocking == blocks && !one.signal && one.methods.iter().any(|known| known == name))
            .collect();
        // What the call says of a limit, only those know that have one.
        let is_limited = all.iter().any(|one| limit(one).is_some());
        let mut lengths = all
            .into_iter()
            .filter(|one| !is_limited || limit(one).is_some())
            .map(length);
        let first = lengths.next()?;
        let length = match lengths.all(|other| other == first) {
            true => first,
            false => Length::Is(Bound::Unknown),
        };
        Some(self.on_parameter(parameter, expr, length, blocks))
    }

    /// The index of the parameter that `expr` is, where nothing tells what it gets.
    pub(super) fn parameter(&self, expr: &'a Expr) -> Option<usize> {
        let name = expr.as_name_expr()?;
        let parameter = self.locals.parameter(&name.id)?;
        self.all.lengths.names.values(expr).is_empty().then_some(parameter)
    }

    /// A wait on what the function is given for a parameter.
    pub(super) fn on_parameter(&self, parameter: usize, expr: &'a Expr, length: Length, blocks: bool) -> Course {
        let wait = Wait {
            what: self.all.shown(expr.range()),
            length,
            default: None,
            blocks,
            connect: None,
            path: None,
        };
        Course::OnParameter { parameter, wait }
    }
}

/// Methods that return where their `timeout` is over, in place of raising.
const RETURNING: &[&str] = &["wait", "wait_for", "join", "acquire", "poll", "select", "get_message"];

/// The seconds after which its waits are over that are given no limit.
fn default_of(receiver: &Receiver) -> Option<f64> {
    receiver.limit.as_ref()?.default
}

/// What a call gives for an argument, by its name or by its position where it has one.
pub(super) fn argument<'a>(arguments: &'a Arguments, name: &str, position: Option<usize>) -> Option<&'a Expr> {
    let named = arguments.find_keyword(name).map(|keyword| &keyword.value);
    named.or_else(|| arguments.find_positional(position?))
}
