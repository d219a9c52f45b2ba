//! Names and chains of attributes as text.

use ruff_python_ast::Expr;

/// A name or a chain of attributes of one, as it is written, without white space and parentheses: `ws`, `self.ws`.
pub(super) fn dotted(expression: &Expr) -> Option<String> {
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
