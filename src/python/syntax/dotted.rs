//! Names and chains of attributes as text.

use ruff_python_ast::Expr;

/// A name or a chain of attributes of one, as it is written, without white space and parentheses: `ws`, `self.ws`.
pub(in crate::python) fn dotted(expression: &Expr) -> Option<String> {
    let mut parts = Vec::new();
    let mut rest = expression;
    loop {
        match rest {
            Expr::Name(name) => {
                parts.push(name.id.as_str());
                parts.reverse();
                return Some(parts.join("."));
            }
            Expr::Attribute(attribute) => {
                parts.push(attribute.attr.as_str());
                rest = &attribute.value;
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
