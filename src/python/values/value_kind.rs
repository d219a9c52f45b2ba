//! What kind of thing is given as a limit, whatever its length: a number, by all that the code says of it.

use ruff_python_ast::{BoolOp, Expr, ExprCall, Operator};

use crate::python::names::Value;
use crate::python::values::variables::{Holds, Variables};
use crate::sites::{Bound, ValueKind};

/// Names and operations are followed so far into each other.
const DEEPEST: usize = 8;

/// What kind of thing `value` is, of which `bound` is known.
pub(in crate::python) fn value_kind(value: &Expr, bound: Bound, variables: &dyn Variables) -> ValueKind {
    match bound {
        Bound::Seconds(_) => ValueKind::Number,
        Bound::Unknown if is_number(value, variables, DEEPEST) => ValueKind::Number,
        Bound::Unknown | Bound::Unlimited => ValueKind::Unknown,
    }
}

/// Whether `value` is a number, unless who calls the function around it gives something else.
fn is_number(value: &Expr, variables: &dyn Variables, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    let of = |value: &Expr| is_number(value, variables, depth);
    match value {
        Expr::NumberLiteral(_) => true,
        Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_) => {
            let is_one = |held: &Holds<'_>| match held {
                Holds::Value(value) => of(value),
                _ => false,
            };
            let held = variables.held(value);
            !held.is_empty() && held.iter().all(is_one) || is_number_by_name(value, variables)
        }
        Expr::UnaryOp(signed) => of(&signed.operand),
        Expr::BinOp(operation) => {
            let is_arithmetic = matches!(
                operation.op,
                Operator::Add | Operator::Sub | Operator::Mult | Operator::Div | Operator::FloorDiv | Operator::Mod
            );
            // A number times a text is a text, and rare.
            is_arithmetic && of(&operation.left) && of(&operation.right)
        }
        Expr::If(choice) => {
            let is_none = |branch: &Expr| branch.is_none_literal_expr();
            match (is_none(&choice.body), is_none(&choice.orelse)) {
                (true, false) => of(&choice.orelse),
                (false, true) => of(&choice.body),
                _ => of(&choice.body) && of(&choice.orelse),
            }
        }
        // What stands in for a number is one.
        Expr::BoolOp(either) if either.op == BoolOp::Or => either.values.last().is_some_and(of),
        Expr::Call(call) => is_number_by_call(call, variables, &of) || is_number_by_name(value, variables),
        _ => false,
    }
}

fn is_number_by_call(call: &ExprCall, variables: &dyn Variables, of: &dyn Fn(&Expr) -> bool) -> bool {
    if let Expr::Attribute(method) = &*call.func
        && method.attr.as_str() == "total_seconds"
    {
        return call.arguments.is_empty();
    }
    match variables.names().resolve(&call.func) {
        Some("float" | "int") => true,
        Some("min" | "max" | "abs" | "round") => {
            let values = &call.arguments.args;
            !values.is_empty() && values.iter().all(of)
        }
        _ => false,
    }
}

/// A number by an annotation, by a default, or by what a function gives.
fn is_number_by_name(value: &Expr, variables: &dyn Variables) -> bool {
    let is_one = |value: &Value| match value {
        Value::Number(_) => true,
        Value::Outcome(class) => matches!(class.as_str(), "float" | "int"),
        _ => false,
    };
    let mut values = variables.names().usual_values(value).peekable();
    values.peek().is_some() && values.all(is_one)
}
