//! Durations as far as the source shows them.

use ruff_python_ast::{Expr, Number, Operator, UnaryOp};

use super::names::{Names, Value};
use crate::catalog::{Parameter, Unit};
use crate::sites::{Bound, Written};

/// The value of an argument of a catalogued connect.
pub(super) fn argument_bound(value: &Expr, parameter: &Parameter, names: &Names) -> Bound {
    if matches!(value, Expr::NoneLiteral(_)) {
        return match parameter.off.as_deref() {
            Some("None") => Bound::Unlimited,
            _ => Bound::Unknown,
        };
    }
    match (literal(value), parameter.unit) {
        (Some(number), _) if parameter.off.as_deref().is_some_and(|off| off.parse() == Ok(number)) => Bound::Unlimited,
        (Some(number), Unit::Seconds) => Bound::Seconds(number),
        (Some(number), Unit::Milliseconds) => Bound::Seconds(number / 1000.0),
        (Some(_), Unit::Duration) => Bound::Unknown,
        (None, _) if is_infinite(value, names) => Bound::Unlimited,
        (None, _) => Bound::Unknown,
    }
}

/// The value of a deadline: seconds, or `None` for no limit.
pub(super) fn deadline_bound(value: &Expr, names: &Names) -> Bound {
    match value {
        Expr::NoneLiteral(_) => Bound::Unlimited,
        _ if is_infinite(value, names) => Bound::Unlimited,
        _ => literal(value).map_or(Bound::Unknown, Bound::Seconds),
    }
}

/// The value of a deadline that is a point in time: seconds where it is a clock's reading and a literal
/// (`loop.time() + 5`).
pub(super) fn absolute_bound(value: &Expr, names: &Names) -> Bound {
    match value {
        Expr::NoneLiteral(_) => Bound::Unlimited,
        Expr::BinOp(sum) if sum.op == Operator::Add => match (&*sum.left, &*sum.right) {
            (Expr::Call(_), seconds) | (seconds, Expr::Call(_)) => {
                literal(seconds).map_or(Bound::Unknown, Bound::Seconds)
            }
            _ => Bound::Unknown,
        },
        _ if is_infinite(value, names) => Bound::Unlimited,
        _ => Bound::Unknown,
    }
}

/// How a limit is written.
pub(super) fn written(value: &Expr, names: &Names) -> Written {
    match value {
        Expr::NumberLiteral(_) => literal(value).map_or(Written::Other, Written::Number),
        Expr::UnaryOp(signed) if signed.operand.is_number_literal_expr() => {
            literal(value).map_or(Written::Other, Written::Number)
        }
        Expr::StringLiteral(_) | Expr::FString(_) => Written::Text,
        Expr::Name(_) if is_timedelta(value, names) => Written::Timedelta,
        Expr::Name(name) => Written::Name(name.id.to_string()),
        Expr::Attribute(attribute) => Written::Name(attribute.attr.to_string()),
        Expr::Subscript(subscript) => match &*subscript.slice {
            Expr::StringLiteral(key) => Written::Name(key.value.to_str().to_owned()),
            _ => Written::Other,
        },
        Expr::Call(call) if names.only_path(&call.func) == Some("datetime.timedelta") => Written::Timedelta,
        _ => Written::Other,
    }
}

/// A variable that a call of `timedelta` sets, and nothing else.
fn is_timedelta(variable: &Expr, names: &Names) -> bool {
    matches!(names.values(variable), [Value::Outcome(path)] if path == "datetime.timedelta")
}

/// The value of a number literal, or of one of the four operations on literals.
pub(super) fn literal(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(value) => value.to_string().parse().ok(),
            Number::Float(value) => Some(*value),
            Number::Complex { .. } => None,
        },
        Expr::UnaryOp(signed) => match signed.op {
            UnaryOp::USub => literal(&signed.operand).map(|value| -value),
            UnaryOp::UAdd => literal(&signed.operand),
            UnaryOp::Invert | UnaryOp::Not => None,
        },
        Expr::BinOp(operation) => {
            let (left, right) = (literal(&operation.left)?, literal(&operation.right)?);
            let value = match operation.op {
                Operator::Add => left + right,
                Operator::Sub => left - right,
                Operator::Mult => left * right,
                Operator::Div => left / right,
                _ => return None,
            };
            value.is_finite().then_some(value)
        }
        _ => None,
    }
}

/// `math.inf`, `float("inf")`.
fn is_infinite(expr: &Expr, names: &Names) -> bool {
    match expr {
        Expr::Name(_) | Expr::Attribute(_) => names.resolve(expr) == Some("math.inf"),
        Expr::Call(call) => match &*call.arguments.args {
            [Expr::StringLiteral(text)] => {
                let text = text.value.to_str().trim().trim_start_matches('+').to_ascii_lowercase();
                matches!(text.as_str(), "inf" | "infinity") && names.resolve(&call.func) == Some("float")
            }
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use ruff_python_ast::Stmt;
    use ruff_python_parser::parse_module;

    use super::*;

    fn bound_of(value: &str, bound: impl Fn(&Expr, &Names) -> Bound) -> Bound {
        let parsed = parse_module(&format!("import math\n{value}")).unwrap();
        let names = Names::build(parsed.syntax());
        match parsed.syntax().body.last() {
            Some(Stmt::Expr(statement)) => bound(&statement.value, &names),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn literals_have_a_length_and_none_and_infinity_have_no_limit() {
        for (value, bound) in [
            ("5", Bound::Seconds(5.0)),
            ("(0.5)", Bound::Seconds(0.5)),
            ("-1", Bound::Seconds(-1.0)),
            ("60 * 5", Bound::Seconds(300.0)),
            ("None", Bound::Unlimited),
            ("math.inf", Bound::Unlimited),
            ("float('inf')", Bound::Unlimited),
            ("float('5')", Bound::Unknown),
            ("1 / 0", Bound::Unknown),
            ("TIMEOUT", Bound::Unknown),
            ("True", Bound::Unknown),
            ("'10'", Bound::Unknown),
        ] {
            assert_eq!(bound_of(value, deadline_bound), bound, "{value}");
        }
    }

    #[test]
    fn a_point_in_time_is_a_clock_and_a_literal() {
        assert_eq!(bound_of("loop.time() + 5", absolute_bound), Bound::Seconds(5.0));
        assert_eq!(bound_of("1234", absolute_bound), Bound::Unknown);
        assert_eq!(bound_of("None", absolute_bound), Bound::Unlimited);
    }

    #[test]
    fn an_argument_has_the_unit_and_the_off_value_of_its_parameter() {
        let parameter = |extra: &str| -> Parameter {
            toml::from_str(&format!("name = 't'\nform = 'keyword'\nbounds = 'connect'\n{extra}")).unwrap()
        };
        let of =
            |value: &str, extra: &str| bound_of(value, |expr, names| argument_bound(expr, &parameter(extra), names));
        assert_eq!(of("1500", "unit = 'milliseconds'"), Bound::Seconds(1.5));
        assert_eq!(of("None", "off = 'None'"), Bound::Unlimited);
        assert_eq!(of("None", ""), Bound::Unknown);
        assert_eq!(of("0", "off = '0'"), Bound::Unlimited);
    }
}
