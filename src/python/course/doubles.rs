//! Test doubles that end a wait: a function of the test that is put in the place of a method, or given to the object, of which the
//! test has started something.
//!
//! Executed with Python 3.11.7: a task that calls such a double before it waits for anything is over in 0.0 s, also where a plain method
//! of the object starts it.

use ruff_python_ast::{Expr, ExprCall, Stmt, StmtFunctionDef};
use ruff_text_size::{Ranged, TextSize};

use super::builder::{Builder, is_name};
use crate::python::names::{FunctionId, Value};
use crate::python::sites::collect::InThread;
use crate::python::sites::task_calls::has_others_start;
use crate::python::syntax::dotted::{dotted, last_name, with_items};
use crate::python::syntax::nodes::{Node, Scope, expressions_in, nodes_in, statements_in};
use crate::python::testing::stand_ins::attribute_replaced_by;
use crate::sites::Class;

/// In one function so many doubles, places that they are put in, and starts are looked at, and so many functions that are gone through
/// from one to the next.
const MOST: usize = 16;

/// Calls that start what they are given.
const STARTING: &[&str] = &[
    "create_task",
    "ensure_future",
    "start_soon",
    "gather",
    "run_coroutine_threadsafe",
];

/// Where a double is put.
struct Place<'a> {
    /// The class of the object, where that is one of the project.
    class: Option<Class>,
    /// The object, by the names that lead to it.
    object: Option<String>,
    /// The attribute; none where the object is given it when it is made.
    name: Option<&'a str>,
}

impl<'a> Builder<'a, '_> {
    /// Whether a double calls one of these methods of an object that somebody waits on at `at`, and something has been started that
    /// may call the double.
    pub(super) fn is_ended_by_a_double(&self, object: &Expr, methods: &[&str], at: TextSize) -> bool {
        let names = self.all.lengths.names;
        let waiting = names.function_at(at.to_usize());
        let owner = object
            .as_name_expr()
            .and_then(|name| names.variable_of(&name.id, at.to_usize()));
        let owner = owner.or(waiting);
        let definition = owner.and_then(|owner| self.all.functions.definition(owner.index()));
        let (Some(definition), Some(object)) = (definition, with_items(object)) else {
            return false;
        };
        let body = &definition.function.body;
        let doubles = self.doubles(body).filter(|(double, ..)| {
            let function = double
                .body
                .first()
                .and_then(|first| names.function_at(first.start().to_usize()));
            function.is_some_and(|function| self.all.beside.is_done_by(function, &object, methods))
        });
        let before = if waiting == owner {
            at
        } else {
            definition.function.end()
        };
        let places = doubles.take(MOST).flat_map(|(double, of_class)| match of_class {
            Some(class) => vec![Place {
                class: Some(class),
                object: None,
                name: Some(double.name.as_str()),
            }],
            None => self.places(body, &|value| is_name(value, &double.name), before),
        });
        // One that has no name: `AsyncMock(side_effect=lambda _: started.set())`, `started.set`.
        let does = |value: &Expr| {
            let method = value.as_attribute_expr();
            let method = method.filter(|method| methods.contains(&method.attr.as_str()));
            method.is_some_and(|method| with_items(&method.value).as_deref() == Some(&object))
        };
        let is_nameless = |value: &Expr| match value {
            Expr::Lambda(lambda) => expressions_in(&*lambda.body, Scope::Own).any(does),
            value => does(value),
        };
        let places = places.chain(self.places(body, &is_nameless, before));
        let places: Vec<Place<'a>> = places.take(MOST).collect();
        !places.is_empty()
            && self
                .starts(body, before)
                .any(|started| places.iter().any(|place| self.may_call(started, place)))
    }

    /// The functions in a body, and the methods of its classes with these.
    fn doubles(&self, body: &'a [Stmt]) -> impl Iterator<Item = (&'a StmtFunctionDef, Option<Class>)> {
        let names = self.all.lengths.names;
        statements_in(body, Scope::Own).flat_map(move |statement| match statement {
            Stmt::FunctionDef(function) => vec![(function, None)],
            Stmt::ClassDef(class) => {
                let id = names.class_of(class).map(|class| Class::Here(class.index()));
                let methods = class.body.iter().filter_map(Stmt::as_function_def_stmt);
                methods.filter_map(|method| Some((method, Some(id.clone()?)))).collect()
            }
            _ => Vec::new(),
        })
    }

    /// Where a body puts a double: `station.call = call`, `patch.object(Station, "call", call)`, `Station(send=call)`.
    fn places(&self, body: &'a [Stmt], is_double: &dyn Fn(&Expr) -> bool, before: TextSize) -> Vec<Place<'a>> {
        let names = self.all.lengths.names;
        let place = |object: &Expr, name| {
            // What a library does with it, it does when something comes.
            let is_of_library = |value: &Value| matches!(value, Value::Path(_) | Value::Outcome(_));
            let is_own = !names.values(object).iter().any(is_of_library);
            is_own.then(|| Place {
                class: self.class_of(object),
                object: dotted(object),
                name: Some(name),
            })
        };
        let found = nodes_in(body, Scope::Own).filter_map(|node| match node {
            Node::Statement(Stmt::Assign(assign)) if holds(&assign.value, is_double) => {
                let target = assign.targets.first()?.as_attribute_expr()?;
                place(&target.value, target.attr.as_str())
            }
            Node::Expr(Expr::Call(call)) if call.start() < before && gives(call, is_double) => {
                match attribute_replaced_by(call, names) {
                    Some((object, name)) => place(object, name),
                    None => self.class_of(&call.func).map(|class| Place {
                        class: Some(class),
                        object: None,
                        name: None,
                    }),
                }
            }
            _ => None,
        });
        found.take(MOST).collect()
    }

    /// The class of the project that something is, or is an object of.
    fn class_of(&self, expr: &Expr) -> Option<Class> {
        match self.all.lengths.names.values(expr) {
            [Value::Class(class) | Value::Instance(class)] => Some(Class::Here(class.index())),
            [Value::Foreign { module, value, .. }] => match **value {
                Value::Class(class) | Value::Instance(class) => {
                    Some(Class::Elsewhere(module.0.file().into(), class.index()))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The functions that a body starts before a place, with what they are given.
    fn starts(&self, body: &'a [Stmt], before: TextSize) -> impl Iterator<Item = (&'a Expr, &'a [Expr])> {
        let names = self.all.lengths.names;
        let calls = expressions_in(body, Scope::OwnAndLambdas).filter_map(Expr::as_call_expr);
        let calls = calls.filter(move |call| call.start() < before);
        let started = calls.flat_map(move |call| {
            let by_name = last_name(&call.func).is_some_and(|name| STARTING.contains(&name));
            let starts = by_name || has_others_start(call, names);
            let by_task = call
                .arguments
                .args
                .iter()
                .filter(move |_| starts)
                .map(|given| match given {
                    Expr::Call(inner) => (&*inner.func, &*inner.arguments.args),
                    function => (function, &[][..]),
                });
            // A method of the object that starts a task, which may go on to any other method of it.
            let by_itself = call.func.is_attribute_expr() && !starts && names.calls_what_starts_tasks(call);
            let by_itself = by_itself.then_some((&*call.func, &*call.arguments.args));
            let by_thread = InThread::of(call, names).map(|thread| (thread.target, thread.positional()));
            by_task.chain(by_itself).chain(by_thread)
        });
        started.take(MOST)
    }

    /// Whether a function that was started may come to a double: it is a method of the object, or is given that. One of this module
    /// does where it calls the double before it waits for messages.
    fn may_call(&self, (started, given): (&'a Expr, &'a [Expr]), place: &Place<'a>) -> bool {
        let owner = started.as_attribute_expr().map(|method| &*method.value);
        let mut objects = owner.into_iter().chain(given);
        let is_meant = |object: &Expr| {
            let is_same = || {
                place
                    .object
                    .as_deref()
                    .zip(dotted(object))
                    .is_some_and(|(a, b)| is_within(a, &b))
            };
            is_same() || place.class.is_some() && self.class_of(object) == place.class
        };
        if !objects.any(is_meant) {
            return false;
        }
        let function = self.all.lengths.names.local_function(started);
        function.is_none_or(|function| self.comes_to(function, place.name))
    }

    /// Whether a function of the module, or one that it calls, comes to a method of this name; to its end, where none is told.
    fn comes_to(&self, function: FunctionId, name: Option<&str>) -> bool {
        let (mut reached, mut next) = (vec![function], 0);
        while let Some(function) = reached.get(next).copied() {
            next += 1;
            let Some(definition) = self.all.functions.definition(function.index()) else {
                continue;
            };
            let comes_to = |at| self.all.beside.comes_to_place(function, at);
            if name.is_none() && !comes_to(definition.function.end()) {
                return false;
            }
            let calls = expressions_in(&definition.function.body, Scope::OwnAndLambdas).filter_map(Expr::as_call_expr);
            for call in calls.filter(|call| comes_to(call.start())) {
                if name.is_some() && last_name(&call.func) == name {
                    return true;
                }
                let called = self.all.lengths.names.local_function(&call.func);
                reached.extend(called.filter(|called| reached.len() < MOST && !reached.contains(called)));
            }
        }
        name.is_none()
    }
}

/// Whether one of two objects is the other one, or is kept by that: `entity` and `entity.server`.
fn is_within(one: &str, other: &str) -> bool {
    let keeps = |outer: &str, inner: &str| {
        let rest = inner.strip_prefix(outer).filter(|_| outer != "self");
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    keeps(one, other) || keeps(other, one)
}

/// Whether a value is a double, or something that is given one: `AsyncMock(side_effect=call)`.
fn holds(value: &Expr, is_double: &dyn Fn(&Expr) -> bool) -> bool {
    is_double(value) || value.as_call_expr().is_some_and(|call| is_given(call, is_double))
}

/// Whether a call is given a double, or something that is.
fn gives(call: &ExprCall, is_double: &dyn Fn(&Expr) -> bool) -> bool {
    let mut given = call.arguments.iter_source_order().map(|given| given.value());
    given.any(|value| holds(value, is_double))
}

fn is_given(call: &ExprCall, is_double: &dyn Fn(&Expr) -> bool) -> bool {
    let mut given = call.arguments.iter_source_order();
    given.any(|given| is_double(given.value()))
}
