//! What an argument certainly is, as far as it matters to who takes it.

use ruff_python_ast::{Expr, Number, UnaryOp};

use crate::python::names::{Names, Value};
use crate::python::values::variables::Variables;

/// What an expression certainly is: one of the three constants, a number, or what a known call makes. What an annotation says is no
/// value.
pub(in crate::python) fn certain_value(value: &Expr, variables: &dyn Variables) -> Option<String> {
    let names = variables.names();
    let held = variables.only_value(value).unwrap_or(value);
    let is_made = || names.makings(value).is_some() || names.is_of_another_module(value);
    constant(held).or_else(|| made_class(value, names).filter(|_| is_made()))
}

/// One of the three constants, or a number, as it is written.
pub(in crate::python) fn constant(value: &Expr) -> Option<String> {
    match value {
        Expr::NoneLiteral(_) => Some("None".to_owned()),
        Expr::BooleanLiteral(constant) if constant.value => Some("True".to_owned()),
        Expr::BooleanLiteral(_) => Some("False".to_owned()),
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(number) => Some(number.to_string()),
            Number::Float(number) => Some(number.to_string()),
            Number::Complex { .. } => None,
        },
        Expr::UnaryOp(negative) if negative.op == UnaryOp::USub => match &*negative.operand {
            Expr::NumberLiteral(_) => Some(format!("-{}", constant(&negative.operand)?)),
            _ => None,
        },
        _ => None,
    }
}

/// The class of a library that an expression is an object of, as a call of it.
pub(in crate::python) fn made_class(value: &Expr, names: &Names) -> Option<String> {
    match names.values(value) {
        [Value::Outcome(path)] => Some(format!("{path}()")),
        _ => None,
    }
}
