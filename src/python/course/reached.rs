//! What others than a function have of what it waits on.

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

use super::builder::{Builder, is_name};
use crate::python::syntax::nodes::{Node, Scope, nodes_in};

impl<'a> Builder<'a, '_> {
    /// Whether somebody else has an object that a function waits on, and asks from another file: whoever has the object whose
    /// attribute keeps it, or keeps a collection that it is in.
    pub(super) fn is_reached_by_others(&self, object: &'a Expr) -> bool {
        if self.all.shown_elsewhere.is_none() {
            return false;
        }
        match object {
            Expr::Name(name) => self.hands_over(object, name.id.as_str()),
            object => is_kept(object),
        }
    }

    /// Whether the function of this place puts what it has by a name into what an attribute keeps, or gives it to that:
    /// `self.waiters.append(event)`, `self.opened[name] = event`.
    fn hands_over(&self, place: &'a Expr, name: &str) -> bool {
        let function = self.all.lengths.names.function_at(place.start().to_usize());
        let definition = function.and_then(|function| self.all.functions.definition(function.index()));
        let is_it = |expr: &Expr| is_name(expr, name);
        let body = definition
            .map(|definition| &*definition.function.body)
            .unwrap_or_default();
        nodes_in(body, Scope::Own).any(|node| match node {
            Node::Statement(Stmt::Assign(assign)) => is_it(&assign.value) && assign.targets.iter().any(is_kept),
            Node::Expr(Expr::Call(call)) => {
                let method = call.func.as_attribute_expr();
                method.is_some_and(|method| is_kept(&method.value)) && call.arguments.args.iter().any(is_it)
            }
            _ => false,
        })
    }
}

/// Whether an attribute keeps it, or what it is an item of.
fn is_kept(object: &Expr) -> bool {
    match object {
        Expr::Attribute(_) => true,
        Expr::Subscript(item) => is_kept(&item.value),
        _ => false,
    }
}
