//! Whether something waits for a message, and whether an argument may end that.

use ruff_python_ast::{Expr, ExprAttribute, ExprCall};

use super::{ANEXT, Candidate, NEXT, Use};
use crate::catalog::Receiver;
use crate::python::names::FunctionId;
use crate::python::sites::collect::Collector;
use crate::python::syntax::spans::span;
use crate::python::syntax::unpacking::unpacks;
use crate::sites::{Bound, Carried, Connect, ReceiveForm};

/// Whether a function of this name asks such an object for the next message of an iteration.
fn is_next(name: &str, receiver: &Receiver) -> bool {
    name == if receiver.blocking { NEXT } else { ANEXT }
}

/// Whether what a candidate does waits for a message of such an object.
pub(super) fn waits(candidate: &Candidate<'_>, receiver: &Receiver) -> bool {
    let is_awaited = candidate.is_awaited != receiver.blocking;
    let streams = |name: &str| receiver.streams.iter().any(|known| known == name);
    match &candidate.form {
        ReceiveForm::Call(_) | ReceiveForm::Loop | ReceiveForm::Consumed(_) if let Some(stream) = candidate.stream => {
            is_awaited && streams(stream)
        }
        ReceiveForm::Call(name) if is_next(name, receiver) => {
            is_awaited && receiver.iterates && (receiver.iterator || !candidate.is_iterator)
        }
        ReceiveForm::Call(method) => is_awaited && receiver.methods.contains(method),
        ReceiveForm::Loop | ReceiveForm::Consumed(_) => is_awaited && receiver.iterates,
        ReceiveForm::Await => receiver.awaited,
    }
}

/// Whether an argument of the wait, or of one of the connects, may end it; none where its connect cannot be seen.
pub(super) fn is_limited(candidate: &Candidate<'_>, receiver: &Receiver, connects: Option<&[&Connect]>) -> bool {
    let by_connect = connects.into_iter().flatten().any(|connect| {
        let mut limits = connect.keywords.iter().filter(|keyword| {
            receiver.connect_limits.contains(&keyword.name) && keyword.value.as_deref() != Some("None")
        });
        // By its position, too.
        let mut known = connect
            .arguments
            .iter()
            .filter(|argument| receiver.connect_limits.contains(&argument.name) && argument.value != Bound::Unlimited);
        limits.next().is_some() || known.next().is_some() || connect.unpacks || connect.carried == Carried::Limit
    });
    if receiver.limited_elsewhere {
        return true;
    }
    if !receiver.connect_limits.is_empty() && (by_connect || connects.is_none()) {
        return true;
    }
    let (Some(limit), Some(call)) = (&receiver.limit, candidate.call) else {
        return false;
    };
    // An iteration takes no argument of the methods.
    let ReceiveForm::Call(method) = &candidate.form else {
        return false;
    };
    if is_next(method, receiver) {
        return false;
    }
    let given = |name: &str, position: Option<usize>| {
        let named = call.arguments.find_keyword(name).map(|keyword| &keyword.value);
        named.or_else(|| call.arguments.args.get(position?))
    };
    let at_once = limit.unless.as_ref().is_some_and(|other| {
        let value = given(&other.name, limit.at_once_in(method));
        value.is_some_and(|value| !is_certainly_another(value, &other.value))
    });
    if at_once {
        return true;
    }
    let given = given(&limit.name, limit.position_in(method));
    unpacks(&call.arguments.args, &call.arguments.keywords)
        || given.map_or(limit.default.is_some(), |value| !value.is_none_literal_expr())
}

/// Whether a value is one of Python's constants, and not this one.
fn is_certainly_another(value: &Expr, constant: &str) -> bool {
    match value {
        Expr::BooleanLiteral(literal) => literal.value != (constant == "True"),
        Expr::NoneLiteral(_) => constant != "None",
        _ => false,
    }
}

impl<'a> Collector<'a> {
    /// An attribute that sets a limit of the connection which another one keeps: `self.ws.settimeout(3)`.
    pub(in crate::python::sites::collect) fn limit_set(&mut self, setter: &'a ExprAttribute) {
        if !self.messages.setters.contains(setter.attr.as_str()) || !setter.value.is_attribute_expr() {
            return;
        }
        let is_test = |function: &FunctionId| {
            self.names
                .method_name(*function)
                .is_some_and(|name| name.starts_with("test"))
        };
        let for_itself = self.inside.function.filter(is_test);
        let makings = self.names.makings(&setter.value).into_iter().flatten();
        self.messages.uses.extend(makings.map(|making| Use {
            span: span(setter),
            making: making.clone(),
            attribute: Some(setter.attr.to_string()),
            is_only_read: false,
            function: self.inside.function,
            for_itself,
        }));
    }
}

/// Whether something sets a limit of the object that one of the calls at `made` makes, or gets it and may do so.
pub(super) fn may_be_set(uses: &[Use], receiver: &Receiver, made: &[usize], waiting: Option<FunctionId>) -> bool {
    let sets = |used: &Use| match &used.attribute {
        Some(attribute) => receiver.setters.contains(attribute),
        None => !used.is_only_read,
    };
    let is_of = |used: &Use| used.making.sources().iter().any(|source| made.contains(&source.call));
    let is_for = |used: &Use| used.for_itself.is_none_or(|function| waiting == Some(function));
    !receiver.setters.is_empty() && uses.iter().any(|used| sets(used) && is_for(used) && is_of(used))
}

/// Whether the connection is of a class of the project that waits in a way of its own: of one way to wait the library may make
/// another.
pub(super) fn is_of_own_class(receiver: &Receiver, connects: &[&Connect]) -> bool {
    let iterates = ["__aiter__", "__anext__", "__iter__", "__next__"];
    let mut waits = receiver.methods.iter().map(String::as_str).chain(iterates);
    waits.any(|method| connects.iter().any(|connect| connect.own_members.may_have(method)))
}

/// Whether a function is called that sets nothing of what it gets.
pub(super) fn is_quiet(call: &ExprCall) -> bool {
    let name = call.func.as_name_expr().map(|name| name.id.as_str());
    name.is_some_and(|name| matches!(name, NEXT | ANEXT | "iter" | "aiter" | "print" | "isinstance" | "id"))
}
