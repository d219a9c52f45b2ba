//! Which classes a clause catches: those that it names, and those of the tuples that a name in it stands for. The one answer for
//! `except`, `suppress` and `isinstance`.

use ruff_python_ast::{Expr, Operator};

use crate::python::names::Value;
use crate::python::values::variables::{Holds, Variables};

/// A clause with more parts is not followed to its end.
const MOST_PARTS: usize = 64;

/// One class that a clause catches.
pub(in crate::python) struct CaughtClass<'e> {
    /// The part of the clause that names it: the class, or the name of a tuple that has it.
    pub(in crate::python) shown: &'e Expr,
    pub(in crate::python) class: Class,
    /// That part stands for several classes.
    pub(in crate::python) is_of_tuple: bool,
    /// It is caught whatever happened before.
    pub(in crate::python) is_certain: bool,
}

/// What one class is.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::python) enum Class {
    /// A builtin or a library's, by its path.
    Path(String),
    /// The project defines it.
    OfProject,
    /// Any class, or a tuple of some.
    Unknown,
}

impl Class {
    /// The path of a class that is not the project's.
    pub(in crate::python) fn path(&self) -> Option<&str> {
        match self {
            Self::Path(path) => Some(path),
            Self::OfProject | Self::Unknown => None,
        }
    }
}

/// The classes of `clause`: a class, a tuple of classes, a name that stands for one, `*` in front of such a name, a sum of tuples.
pub(in crate::python) fn caught_classes<'e>(clause: &'e Expr, variables: &'e dyn Variables) -> Vec<CaughtClass<'e>> {
    let mut found = Vec::new();
    let mut pending = vec![Part {
        expr: clause,
        by: None,
        is_certain: true,
    }];
    let mut steps = 0_usize;
    while let Some(part) = pending.pop() {
        steps += 1;
        if steps > MOST_PARTS {
            found.push(part.found(Class::Unknown, true));
            break;
        }
        let of = |expr: &'e Expr| Part { expr, ..part };
        match part.expr {
            Expr::Tuple(tuple) => pending.extend(tuple.elts.iter().rev().map(of)),
            Expr::List(list) => pending.extend(list.elts.iter().rev().map(of)),
            Expr::Starred(starred) => pending.push(of(&starred.value)),
            Expr::BinOp(sum) if sum.op == Operator::Add => pending.extend([of(&sum.right), of(&sum.left)]),
            Expr::Call(call) if is_sequence(call, variables) => pending.extend(call.arguments.args.first().map(of)),
            _ => named(part, variables, &mut pending, &mut found),
        }
    }
    found
}

/// What any of these values is a class by; several for a tuple.
pub(in crate::python) fn classes_of_values(values: &[Value]) -> Vec<Class> {
    let class = |value: &Value| match value {
        Value::Path(path) => Class::Path(path.clone()),
        Value::Class(_) => Class::OfProject,
        Value::Foreign { value, .. } if matches!(**value, Value::Class(_)) => Class::OfProject,
        _ => Class::Unknown,
    };
    let of = |value: &Value| match value {
        Value::Tuple(elements) => {
            let elements = elements.iter().flat_map(|element| match element.as_slice() {
                [] => vec![Class::Unknown],
                some => some.iter().map(class).collect(),
            });
            elements.collect()
        }
        single => vec![class(single)],
    };
    match values {
        [] => vec![Class::Unknown],
        values => values.iter().flat_map(of).collect(),
    }
}

/// A part of a clause that is still to be looked at.
#[derive(Clone, Copy)]
struct Part<'e> {
    expr: &'e Expr,
    /// The name in the clause that stands for it.
    by: Option<&'e Expr>,
    is_certain: bool,
}

impl<'e> Part<'e> {
    fn found(self, class: Class, is_of_tuple: bool) -> CaughtClass<'e> {
        CaughtClass {
            shown: self.by.unwrap_or(self.expr),
            class,
            is_of_tuple: is_of_tuple || self.by.is_some(),
            is_certain: self.is_certain,
        }
    }
}

fn named<'e>(
    part: Part<'e>,
    variables: &'e dyn Variables,
    pending: &mut Vec<Part<'e>>,
    found: &mut Vec<CaughtClass<'e>>,
) {
    let values = variables.names().values(part.expr);
    let classes = classes_of_values(values);
    if classes.contains(&Class::Unknown) {
        let held = variables.held(part.expr);
        let value = |held: &Holds<'e>| match held {
            Holds::Value(value) => Some(*value),
            _ => None,
        };
        if let Some(held_values) = held.iter().map(value).collect::<Option<Vec<_>>>() {
            let is_certain = part.is_certain && held_values.len() == 1;
            let by = part.by.or(Some(part.expr));
            pending.extend(held_values.into_iter().map(|expr| Part { expr, by, is_certain }));
            return;
        }
    }
    let is_of_tuple = values.iter().any(|value| matches!(value, Value::Tuple(_)));
    let is_certain = part.is_certain && values.len() == 1;
    let part = Part { is_certain, ..part };
    found.extend(classes.into_iter().map(|class| part.found(class, is_of_tuple)));
}

/// `tuple(…)`
fn is_sequence(call: &ruff_python_ast::ExprCall, variables: &dyn Variables) -> bool {
    let is_one = matches!(
        variables.names().resolve(&call.func),
        Some("tuple" | "list" | "set" | "frozenset")
    );
    is_one && call.arguments.keywords.is_empty() && call.arguments.args.len() == 1
}
