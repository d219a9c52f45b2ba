//! What others than a function have of what it waits on.

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

use super::builder::{Builder, is_name};
use crate::python::syntax::nodes::{Node, Scope, expressions_in, nodes_in};

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
        let mut keeping = self.handed_over(object, name.id.as_str());
        keeping.any(|kept| is_asked_elsewhere || self.is_worked_off(kept, object, methods))
    }

    /// The names of the attributes that the function of this place puts into, or gives, what it has by a name:
    /// `self.waiters.append(event)`, `self.opened[name] = event`.
    fn handed_over(&self, place: &'a Expr, name: &'a str) -> impl Iterator<Item = &'a str> {
        let function = self.all.lengths.names.function_at(place.start().to_usize());
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
    fn is_worked_off(&self, kept: &str, place: &'a Expr, methods: &[&str]) -> bool {
        let names = self.all.lengths.names;
        let own = names.function_at(place.start().to_usize());
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
