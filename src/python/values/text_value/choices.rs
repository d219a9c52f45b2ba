//! What may be written in one place: any of several values.

use std::rc::Rc;

use ruff_python_ast::Expr;

use crate::python::values::variables::{Holds, Variables, elements, parts};

/// One of several values that may be written.
pub(super) enum Choice<'v> {
    Is(&'v Expr),
    /// What is between white space in it, or one of its characters.
    PartOf(&'v Expr),
    /// What it was before, and this behind it.
    Grown(Rc<[Holds<'v>]>, &'v Expr),
    Unknown,
}

pub(super) fn choices_of<'v>(held: &[Holds<'v>], variables: &'v dyn Variables) -> Vec<Choice<'v>> {
    let mut choices = Vec::new();
    for held in held {
        match held {
            Holds::Value(value) => choices.push(Choice::Is(value)),
            Holds::Element(iterated, path) => match elements(iterated, path, variables) {
                Some(values) => choices.extend(values.into_iter().map(Choice::Is)),
                None if let (Some(text), []) = (parted(iterated, variables), &**path) => {
                    choices.push(Choice::PartOf(text));
                }
                None => choices.push(Choice::Unknown),
            },
            Holds::Grown(before, more) => choices.push(Choice::Grown(Rc::clone(before), more)),
            Holds::Part(value, path) => match parts(value, path, variables) {
                values if values.is_empty() => choices.push(Choice::Unknown),
                values => choices.extend(values.into_iter().map(Choice::Is)),
            },
            Holds::With(..) | Holds::Unknown => choices.push(Choice::Unknown),
        }
    }
    choices
}

/// The text whose parts are gone through: its characters, its lines, its words.
pub(super) fn parted<'v>(iterated: &'v Expr, variables: &'v dyn Variables) -> Option<&'v Expr> {
    let iterated = variables.only_value(iterated).unwrap_or(iterated);
    let text = match iterated {
        Expr::StringLiteral(_) => iterated,
        Expr::Call(call) => match (&*call.func, &*call.arguments.args) {
            (Expr::Attribute(method), []) if matches!(method.attr.as_str(), "split" | "splitlines") => &method.value,
            _ => return None,
        },
        _ => return None,
    };
    let text = variables.only_value(text).unwrap_or(text);
    text.is_string_literal_expr().then_some(text)
}

/// The values that a display may give when it is asked for an item.
pub(super) fn values_of(display: &Expr) -> Vec<Choice<'_>> {
    match display {
        Expr::List(list) => list.elts.iter().map(Choice::Is).collect(),
        Expr::Tuple(tuple) => tuple.elts.iter().map(Choice::Is).collect(),
        Expr::Dict(dict) => dict.items.iter().map(|item| Choice::Is(&item.value)).collect(),
        _ => Vec::new(),
    }
}
