//! Attributes that a module puts onto the objects of others: what is there is no misuse.

use foldhash::HashSet;
use ruff_python_ast::{Expr, ExprAttribute, ExprContext, ModModule};
use ruff_text_size::Ranged;

use crate::python::names::{FunctionId, Names};
use crate::python::syntax::dotted::dotted;
use crate::python::syntax::nodes::{Scope, expressions_in};

/// The attributes that a module assigns: `ws.path = "/room"`.
pub(super) fn put_there(module: &ModModule, names: &Names) -> HashSet<PutThere> {
    let attributes = expressions_in(&module.body, Scope::All).filter_map(Expr::as_attribute_expr);
    let assigned = attributes.filter(|attribute| attribute.ctx == ExprContext::Store);
    assigned.filter_map(|attribute| put_at(attribute, names)).collect()
}

/// What an attribute that is read or assigned is, where its object has a name.
pub(super) fn put_at(attribute: &ExprAttribute, names: &Names) -> Option<PutThere> {
    let function = names.function_at(attribute.start().to_usize());
    // What an object keeps is the same in all of its methods.
    let function = function.filter(|_| attribute.value.is_name_expr());
    Some((function, dotted(&attribute.value)?, attribute.attr.to_string()))
}

/// The function, the object and its attribute.
pub(super) type PutThere = (Option<FunctionId>, String, String);
