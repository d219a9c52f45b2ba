//! Methods that a variable keeps: `recv = ws.recv`, then `await recv()`.

use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, ExprAttribute};

use crate::python::sites::collect::Collector;

impl<'a> Collector<'a> {
    /// The method that waits for messages and that a variable keeps, and nothing else ever.
    pub(super) fn kept_method(&self, callee: &'a Expr, name: &Name) -> Option<&'a ExprAttribute> {
        let messages = &self.messages;
        if !messages.holding.contains(name) {
            return None;
        }
        match self.variables.only_value(callee)? {
            Expr::Attribute(method) if messages.methods.contains(method.attr.as_str()) => Some(method),
            _ => None,
        }
    }
}
