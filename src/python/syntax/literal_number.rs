//! The number that an expression spells, without asking what any name means.

use ruff_python_ast::{Expr, Number, Operator, UnaryOp};

/// The value of a number literal, or of one of the four operations on literals.
pub(in crate::python) fn literal_number(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(value) => value.to_string().parse().ok(),
            Number::Float(value) => Some(*value),
            Number::Complex { .. } => None,
        },
        Expr::UnaryOp(signed) => match signed.op {
            UnaryOp::USub => literal_number(&signed.operand).map(|value| -value),
            UnaryOp::UAdd => literal_number(&signed.operand),
            UnaryOp::Invert | UnaryOp::Not => None,
        },
        Expr::BinOp(operation) => operated(
            operation.op,
            literal_number(&operation.left)?,
            literal_number(&operation.right)?,
        ),
        _ => None,
    }
}

/// What one of the four operations gives; `None` for others, and where that is no finite number.
pub(in crate::python) fn operated(op: Operator, left: f64, right: f64) -> Option<f64> {
    let value = match op {
        Operator::Add => left + right,
        Operator::Sub => left - right,
        Operator::Mult => left * right,
        Operator::Div => left / right,
        _ => return None,
    };
    value.is_finite().then_some(value)
}
