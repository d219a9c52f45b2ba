//! Whether a function that blocks returns at once with the arguments that it is given.

use ruff_python_ast::{Arguments, Expr};

use crate::catalog::{AtOnce, Blocking, Falsy};
use crate::python::names::{Names, Value};
use crate::python::syntax::unpacking::unpacks;

/// Whether a function with these arguments certainly does not return at once.
pub(super) fn waits(known: &Blocking, arguments: &Arguments, names: &Names) -> bool {
    let unpacks = unpacks(&arguments.args, &arguments.keywords);
    if unpacks && !known.unless.is_empty() {
        return false;
    }
    known.unless.iter().all(|unless| {
        given(unless, arguments).is_none_or(|value| match (unless.value, value) {
            (Falsy::False, Expr::BooleanLiteral(_)) | (Falsy::Zero, _) => !is_falsy(unless.value, value, names),
            (Falsy::False, _) => false,
        })
    })
}

fn given<'a>(unless: &AtOnce, arguments: &'a Arguments) -> Option<&'a Expr> {
    let named = unless.name.as_deref().and_then(|name| arguments.find_keyword(name));
    named
        .map(|keyword| &keyword.value)
        .or_else(|| arguments.args.get(unless.position?))
}

/// Whether a value certainly is one with which a function returns at once.
pub(in crate::python) fn is_falsy(falsy: Falsy, value: &Expr, names: &Names) -> bool {
    match (falsy, value) {
        (Falsy::False, Expr::BooleanLiteral(value)) => !value.value,
        (Falsy::Zero, Expr::NumberLiteral(number)) => is_zero(number),
        (Falsy::Zero, Expr::Name(_) | Expr::Attribute(_)) => {
            // Of this module or another one.
            matches!(names.values(value), [Value::Number(bits)] if f64::from_bits(*bits) == 0.0)
        }
        _ => false,
    }
}

fn is_zero(number: &ruff_python_ast::ExprNumberLiteral) -> bool {
    match &number.value {
        ruff_python_ast::Number::Int(value) => value.as_u64() == Some(0),
        ruff_python_ast::Number::Float(value) => *value == 0.0,
        ruff_python_ast::Number::Complex { .. } => false,
    }
}
