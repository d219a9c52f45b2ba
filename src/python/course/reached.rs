//! What others than a function have of what it waits on.

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

use super::builder::{Builder, is_name};
use crate::python::names::FunctionId;
use crate::python::syntax::nodes::{Node, Scope, expressions_in, nodes_in, statements_in};

/// So many functions of a module are asked whether they work on a collection.
const MOST_WORKING: usize = 64;

impl<'a> Builder<'a, '_> {
    /// Whether somebody else has an object that a function waits on and may end that by one of these methods: from another file,
    /// whoever has the object whose attribute keeps it, or keeps a collection that it is in; in this one, another function that
    /// works on that collection.
    pub(super) fn is_reached_by_others(&self, object: &'a Expr, methods: &[&str]) -> bool {
        let is_asked_elsewhere = self.all.shown_elsewhere.is_some();
        let Expr::Name(name) = object else {
            return is_asked_elsewhere && is_kept(object);
        };
        let names = self.all.lengths.names;
        let own = names.function_at(object.start().to_usize());
        let is_reached = |function: Option<FunctionId>, name| {
            let mut keeping = self.handed_over(function, name);
            keeping.any(|kept| is_asked_elsewhere || self.is_worked_off(kept, function, methods))
        };
        is_reached(own, name.id.as_str()) || self.is_given_by(object, &is_reached)
    }

    /// Whether a function of the project gives what a variable keeps, and others have it: one of another file, or one of this file that
    /// puts it where these are.
    fn is_given_by(&self, object: &'a Expr, is_reached: &dyn Fn(Option<FunctionId>, &'a str) -> bool) -> bool {
        let names = self.all.lengths.names;
        let value = match self.all.lengths.once(object) {
            Some(Expr::Await(awaited)) => Some(&*awaited.value),
            value => value,
        };
        let Some(call) = value.and_then(Expr::as_call_expr) else {
            return false;
        };
        if names.foreign_function(&call.func).is_some() {
            return true;
        }
        let Some(function) = names.local_function(&call.func) else {
            return false;
        };
        let definition = self.all.functions.definition(function.index());
        let body = definition
            .map(|definition| &*definition.function.body)
            .unwrap_or_default();
        let mut returned = statements_in(body, Scope::Own).filter_map(|statement| {
            let returned = statement.as_return_stmt()?.value.as_deref()?;
            Some(returned.as_name_expr()?.id.as_str())
        });
        returned.any(|name| is_reached(Some(function), name))
    }

    /// The names of the attributes that a function puts into, or gives, what it has by a name: `self.waiters.append(event)`,
    /// `self.opened[name] = event`.
    fn handed_over(&self, function: Option<FunctionId>, name: &'a str) -> impl Iterator<Item = &'a str> {
        let definition = function.and_then(|function| self.all.functions.definition(function.index()));
        let body = definition
            .map(|definition| &*definition.function.body)
            .unwrap_or_default();
        nodes_in(body, Scope::Own).filter_map(move |node| match node {
            Node::Statement(Stmt::Assign(assign)) if holds(&assign.value, name) => {
                assign.targets.iter().find_map(kept_in)
            }
            Node::Expr(Expr::Call(call)) => {
                let is_given = call.arguments.args.iter().any(|given| holds(given, name));
                kept_in(&call.func.as_attribute_expr().filter(|_| is_given)?.value)
            }
            _ => None,
        })
    }

    /// Whether another function of the module works on what an attribute of this name keeps, and comes to one of these methods there.
    fn is_worked_off(&self, kept: &str, own: Option<FunctionId>, methods: &[&str]) -> bool {
        let names = self.all.lengths.names;
        let all = self.all.functions.definitions.iter().flatten();
        let mut others = all.filter_map(|definition| {
            let body = &definition.function.body;
            let named = |expr: &Expr| expr.as_attribute_expr().is_some_and(|one| one.attr.as_str() == kept);
            let id = names
                .function_at(body.first()?.start().to_usize())
                .filter(|id| Some(*id) != own)?;
            expressions_in(body, Scope::Own).any(named).then_some((id, body))
        });
        others.by_ref().take(MOST_WORKING).any(|(id, body)| {
            expressions_in(body, Scope::OwnAndLambdas).any(|expr| {
                let method = expr.as_attribute_expr();
                let is_meant = method.is_some_and(|method| methods.contains(&method.attr.as_str()));
                is_meant && self.all.beside.comes_to_place(id, expr.start())
            })
        })
    }
}

/// Whether a value is what has this name, or is made of it.
fn holds(value: &Expr, name: &str) -> bool {
    match value {
        Expr::Tuple(tuple) => tuple.elts.iter().any(|element| is_name(element, name)),
        Expr::List(list) => list.elts.iter().any(|element| is_name(element, name)),
        Expr::Dict(dict) => dict.items.iter().any(|item| is_name(&item.value, name)),
        value => is_name(value, name),
    }
}

/// The name of the attribute that keeps it, or what it is an item of.
fn kept_in(object: &Expr) -> Option<&str> {
    match object {
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        Expr::Subscript(item) => kept_in(&item.value),
        _ => None,
    }
}

/// Whether an attribute keeps it, or what it is an item of.
fn is_kept(object: &Expr) -> bool {
    kept_in(object).is_some()
}
