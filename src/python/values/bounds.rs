//! Durations as far as the source shows them.

use ruff_python_ast::{Expr, ExprCall, Operator, UnaryOp};

use crate::catalog::{Parameter, Unit};
use crate::python::names::{Names, Value};
use crate::python::syntax::literal_number::{literal_number, operated};
use crate::python::values::variables::Variables;
use crate::sites::{Bound, Written};

/// The value of an argument of a catalogued connect.
pub(in crate::python) fn argument_bound(value: &Expr, parameter: &Parameter, variables: &dyn Variables) -> Bound {
    let value = variables.only_value(value).unwrap_or(value);
    if matches!(value, Expr::NoneLiteral(_)) {
        return match parameter.off.as_deref() {
            Some("None") => Bound::Unlimited,
            _ => Bound::Unknown,
        };
    }
    match number(value, variables) {
        Some(number) => number_bound(number, parameter),
        None if is_infinite(value, variables.names()) => Bound::Unlimited,
        None => Bound::Unknown,
    }
}

/// The same of a number that is given for it.
pub(in crate::python) fn number_bound(number: f64, parameter: &Parameter) -> Bound {
    match parameter.unit {
        _ if parameter.off.as_deref().is_some_and(|off| off.parse() == Ok(number)) => Bound::Unlimited,
        Unit::Seconds => Bound::Seconds(number),
        Unit::Milliseconds => Bound::Seconds(number / 1000.0),
        Unit::Duration => Bound::Unknown,
    }
}

/// The value of a deadline: seconds, or `None` for no limit.
pub(in crate::python) fn deadline_bound(value: &Expr, variables: &dyn Variables) -> Bound {
    let value = variables.only_value(value).unwrap_or(value);
    match value {
        Expr::NoneLiteral(_) => Bound::Unlimited,
        _ if is_infinite(value, variables.names()) => Bound::Unlimited,
        _ => number(value, variables).map_or(Bound::Unknown, Bound::Seconds),
    }
}

/// The value of a deadline that is a `timedelta`: seconds.
pub(in crate::python) fn timedelta_bound(value: &Expr, variables: &dyn Variables) -> Bound {
    let value = variables.only_value(value).unwrap_or(value);
    let made = value.as_call_expr();
    let seconds = made.and_then(|made| timedelta(made, variables, &|value| number(value, variables)));
    seconds.map_or(Bound::Unknown, Bound::Seconds)
}

/// The value of a deadline that is a point in time: seconds where it is a clock's reading and a number
/// (`loop.time() + 5`).
pub(in crate::python) fn absolute_bound(value: &Expr, variables: &dyn Variables) -> Bound {
    let value = variables.only_value(value).unwrap_or(value);
    match value {
        Expr::NoneLiteral(_) => Bound::Unlimited,
        Expr::BinOp(sum) if sum.op == Operator::Add => match (&*sum.left, &*sum.right) {
            (Expr::Call(_), seconds) | (seconds, Expr::Call(_)) => {
                number(seconds, variables).map_or(Bound::Unknown, Bound::Seconds)
            }
            _ => Bound::Unknown,
        },
        _ if is_infinite(value, variables.names()) => Bound::Unlimited,
        _ => Bound::Unknown,
    }
}

/// What a deadline is after it was set to a point in time, which tells no length.
pub(in crate::python) fn bound_of_new(when: &Expr, variables: &dyn Variables) -> Bound {
    match absolute_bound(when, variables) {
        Bound::Unlimited => Bound::Unlimited,
        Bound::Seconds(_) | Bound::Unknown => Bound::Unknown,
    }
}

/// The value of a number, of what certainly holds one, or of one of the four operations, `float`, `int` and
/// `timedelta(…).total_seconds()` on such.
pub(in crate::python) fn number(value: &Expr, variables: &dyn Variables) -> Option<f64> {
    evaluated(value, variables, DEEPEST)
}

/// Names and operations are followed so far into each other.
const DEEPEST: usize = 16;

fn evaluated(value: &Expr, variables: &dyn Variables, depth: usize) -> Option<f64> {
    let depth = depth.checked_sub(1)?;
    let of = |value: &Expr| evaluated(value, variables, depth);
    match value {
        Expr::NumberLiteral(_) => literal_number(value),
        Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_) => match variables.only_value(value) {
            Some(value) => of(value),
            None => variables.names().foreign_number(value),
        },
        Expr::UnaryOp(signed) => match signed.op {
            UnaryOp::USub => of(&signed.operand).map(|value| -value),
            UnaryOp::UAdd => of(&signed.operand),
            UnaryOp::Invert | UnaryOp::Not => None,
        },
        Expr::BinOp(operation) => operated(operation.op, of(&operation.left)?, of(&operation.right)?),
        Expr::Call(call) => called(call, variables, &of),
        _ => None,
    }
}

fn called(call: &ExprCall, variables: &dyn Variables, of: &dyn Fn(&Expr) -> Option<f64>) -> Option<f64> {
    if let Expr::Attribute(method) = &*call.func
        && method.attr.as_str() == "total_seconds"
        && call.arguments.is_empty()
    {
        let made = variables.only_value(&method.value).unwrap_or(&method.value);
        return timedelta(made.as_call_expr()?, variables, of);
    }
    let [argument] = &*call.arguments.args else {
        return None;
    };
    match variables.names().resolve(&call.func)? {
        _ if !call.arguments.keywords.is_empty() => None,
        "float" => of(argument),
        "int" => of(argument).map(f64::trunc),
        _ => None,
    }
}

/// `timedelta(minutes=1, seconds=30)`, in seconds.
fn timedelta(call: &ExprCall, variables: &dyn Variables, of: &dyn Fn(&Expr) -> Option<f64>) -> Option<f64> {
    const DAY: f64 = 86_400.0;
    const ORDER: &[f64] = &[DAY, 1.0, 1e-6, 1e-3, 60.0, 3_600.0, 7.0 * DAY];
    if variables.names().only_path(&call.func) != Some("datetime.timedelta") {
        return None;
    }
    let mut seconds = 0.0;
    for (value, unit) in call.arguments.args.iter().zip(ORDER) {
        seconds += of(value)? * unit;
    }
    for keyword in &call.arguments.keywords {
        let unit = match keyword.arg.as_deref()? {
            "days" => DAY,
            "seconds" => 1.0,
            "microseconds" => 1e-6,
            "milliseconds" => 1e-3,
            "minutes" => 60.0,
            "hours" => 3_600.0,
            "weeks" => 7.0 * DAY,
            _ => return None,
        };
        seconds += of(&keyword.value)? * unit;
    }
    Some(seconds)
}

/// How a limit is written; of a name, what it certainly stands for, where that is no number.
pub(in crate::python) fn written(value: &Expr, variables: &dyn Variables) -> Written {
    let names = variables.names();
    match value {
        Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_)
            if let Some(text @ (Expr::StringLiteral(_) | Expr::FString(_))) = variables.only_value(value) =>
        {
            written(text, variables)
        }
        Expr::NumberLiteral(_) => literal_number(value).map_or(Written::Other, Written::Number),
        Expr::UnaryOp(signed) if signed.operand.is_number_literal_expr() => {
            literal_number(value).map_or(Written::Other, Written::Number)
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
    use crate::python::names::Names;
    use crate::python::values::variables::ModuleVariables;

    fn bound_of(value: &str, bound: impl Fn(&Expr, &dyn Variables) -> Bound) -> Bound {
        let parsed = parse_module(&format!("import math\n{value}")).unwrap();
        let names = Names::build(parsed.syntax());
        let variables = ModuleVariables::of(parsed.syntax(), &names);
        match parsed.syntax().body.last() {
            Some(Stmt::Expr(statement)) => bound(&statement.value, &variables),
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
            ("LIMIT = 2\nLIMIT * 30", Bound::Seconds(60.0)),
            ("LIMIT = 2\nLIMIT = 3\nLIMIT", Bound::Seconds(3.0)),
            ("if x:\n    LIMIT = 2\nelse:\n    LIMIT = 3\nLIMIT", Bound::Unknown),
            ("LIMIT = None\nLIMIT", Bound::Unlimited),
            ("class A:\n    LIMIT = 4\nA.LIMIT", Bound::Seconds(4.0)),
            ("LIMITS = {'connect': 6}\nLIMITS['connect']", Bound::Seconds(6.0)),
            (
                "LIMITS = {'connect': 6}\nLIMITS['connect'] = 7\nLIMITS['connect']",
                Bound::Unknown,
            ),
            ("A, B = 8, 9\nB", Bound::Seconds(9.0)),
            ("float('5' and 5)", Bound::Unknown),
            ("float(5)", Bound::Seconds(5.0)),
            ("int(5.5)", Bound::Seconds(5.0)),
            (
                "from datetime import timedelta\ntimedelta(minutes=1, seconds=5).total_seconds()",
                Bound::Seconds(65.0),
            ),
            ("import pytest\npytest.approx(5)", Bound::Unknown),
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
        let of = |value: &str, extra: &str| {
            bound_of(value, |expr, variables| {
                argument_bound(expr, &parameter(extra), variables)
            })
        };
        assert_eq!(of("1500", "unit = 'milliseconds'"), Bound::Seconds(1.5));
        assert_eq!(of("None", "off = 'None'"), Bound::Unlimited);
        assert_eq!(of("None", ""), Bound::Unknown);
        assert_eq!(of("0", "off = '0'"), Bound::Unlimited);
    }
}
