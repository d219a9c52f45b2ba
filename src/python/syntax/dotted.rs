//! Names and chains of attributes as text.

use ruff_python_ast::Expr;

/// A name or a chain of attributes of one, as it is written, without white space and parentheses: `ws`, `self.ws`.
pub(in crate::python) fn dotted(expression: &Expr) -> Option<String> {
    chain(expression, false)
}

/// The same, also through items of collections, whichever these are: `self.opened[]` of `self.opened[name]`.
pub(in crate::python) fn with_items(expression: &Expr) -> Option<String> {
    chain(expression, true)
}

fn chain(expression: &Expr, with_items: bool) -> Option<String> {
    let mut parts = Vec::new();
    let mut rest = expression;
    loop {
        match rest {
            Expr::Name(name) => {
                parts.push(name.id.as_str());
                parts.reverse();
                return Some(parts.concat());
            }
            Expr::Attribute(attribute) => {
                parts.extend([attribute.attr.as_str(), "."]);
                rest = &attribute.value;
            }
            Expr::Subscript(item) if with_items => {
                parts.push("[]");
                rest = &item.value;
            }
            _ => return None,
        }
    }
}

/// A name, or that of an attribute: `connect` of `websockets.connect`.
pub(in crate::python) fn last_name(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}
