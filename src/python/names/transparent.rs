//! Calls that give what they get, or what comes of it.

use ruff_python_ast::{Expr, ExprCall};

use super::binding::ScopeId;
use super::meaning::{last_name, reference};
use crate::python::syntax::dotted;

/// What a call gives back as it got it, by the names of `typing`, and of what a class keeps: `cast(X, <this>)`,
/// `assert_type(<this>, X)`, `reveal_type(<this>)`, `staticmethod(<this>)`.
pub(super) fn given_back(call: &ExprCall) -> Option<&Expr> {
    let name = dotted::last_name(&call.func)?;
    let inner = match (name, &*call.arguments.args) {
        ("cast", [_, inner]) | ("assert_type", [inner, _]) | ("reveal_type" | "staticmethod", [inner]) => inner,
        _ => return None,
    };
    call.arguments.keywords.is_empty().then_some(inner)
}

/// What makes the objects of a field of a dataclass, by the names of `dataclasses` and `attrs`: `field(default_factory=<this>)`.
pub(super) fn factory_of_field(call: &ExprCall) -> Option<&Expr> {
    let name = dotted::last_name(&call.func)?;
    let keyword = match name {
        "field" => call.arguments.find_keyword("default_factory"),
        _ => None,
    };
    let factory = keyword.or_else(|| call.arguments.find_keyword("factory"));
    factory
        .filter(|_| matches!(name, "field" | "ib" | "attrib"))
        .map(|keyword| &keyword.value)
}

/// What `closing(<this>)` gives when it is entered.
pub(super) fn closed_behind(call: &ExprCall, scope: ScopeId) -> Option<&Expr> {
    let callee = reference(&call.func, scope)?;
    match (last_name(&callee), &*call.arguments.args) {
        ("closing" | "aclosing", [closed]) => Some(closed),
        _ => None,
    }
}

/// What `stack.enter_async_context(<this>)` enters, and `<this>.__aenter__()`.
pub(super) fn entered(expr: &Expr) -> Option<&Expr> {
    let Expr::Call(call) = expr else {
        return None;
    };
    let Expr::Attribute(method) = &*call.func else {
        return None;
    };
    match (method.attr.as_str(), &*call.arguments.args) {
        ("enter_async_context" | "enter_context", [inner]) => Some(inner),
        ("enterAsyncContext" | "enterContext" | "enterClassContext" | "enterModuleContext", [inner]) => Some(inner),
        ("__aenter__", []) => Some(&method.value),
        _ => None,
    }
}
