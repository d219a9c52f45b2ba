//! Texts of lists, tuples and dictionaries that another module of the project writes out.

use std::sync::Arc;

use ruff_python_ast::Expr;

use super::{Style, Writer};
use crate::python::names::Names;

/// The texts that an element of what is iterated over may be, or its part at `path`.
pub(super) fn elements_elsewhere(iterated: &Expr, path: &[usize], names: &Names) -> Vec<Arc<str>> {
    let Expr::Call(call) = iterated else {
        return match path {
            [] => names.foreign_texts(iterated, true),
            _ => Vec::new(),
        };
    };
    match (&*call.func, &*call.arguments.args) {
        (Expr::Attribute(method), []) => match (method.attr.as_str(), path) {
            ("keys", []) | ("items", [0]) => names.foreign_texts(&method.value, true),
            ("values", []) | ("items", [1]) => names.foreign_texts(&method.value, false),
            _ => Vec::new(),
        },
        (callee, [inner, ..]) => match (names.resolve(callee), path) {
            (Some("enumerate"), [1]) | (Some("reversed" | "sorted" | "list" | "tuple" | "iter"), []) => {
                names.foreign_texts(inner, true)
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

impl Writer<'_> {
    /// Writes one of several texts of another module, which `expr` stands for; whether there is any.
    pub(super) fn one_elsewhere(&mut self, expr: &Expr, texts: &[Arc<str>], style: Style) -> bool {
        self.unknown();
        for text in texts {
            self.constant_elsewhere(expr, text, style);
            self.unknown();
        }
        !texts.is_empty()
    }

    /// Writes what `display.get(key)` gives, where another module writes the dictionary out.
    pub(super) fn got_elsewhere(&mut self, display: &Expr, key: &Expr, style: Style) {
        let names = self.reader.names;
        let texts = match (names.foreign_dict(display), key) {
            (Some(items), Expr::StringLiteral(key)) => {
                let key = key.value.to_str();
                let found = items.iter().rev().find(|(own, _)| **own == *key);
                found.map_or_else(Vec::new, |(_, values)| crate::python::names::texts_of(values))
            }
            (Some(_), _) => names.foreign_texts(display, false),
            (None, _) => Vec::new(),
        };
        self.one_elsewhere(display, &texts, style);
    }
}
