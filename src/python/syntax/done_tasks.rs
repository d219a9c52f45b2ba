//! Conditions that ask whether the task of a variable is done.

use ruff_python_ast::{BoolOp, Expr, UnaryOp};

/// The task that is done where a condition holds: `task.done()`, `task.done() and …`.
pub(in crate::python) fn done(test: &Expr) -> Option<&str> {
    match test {
        Expr::Call(call) => {
            let method = call
                .func
                .as_attribute_expr()
                .filter(|method| method.attr.as_str() == "done")?;
            Some(method.value.as_name_expr()?.id.as_str())
        }
        Expr::BoolOp(both) if both.op == BoolOp::And => both.values.iter().find_map(|value| match value {
            Expr::Call(_) => done(value),
            _ => None,
        }),
        _ => None,
    }
}

/// The task of `not task.done()`.
pub(in crate::python) fn not_done(test: &Expr) -> Option<&str> {
    let asked = test.as_unary_op_expr().filter(|negation| negation.op == UnaryOp::Not)?;
    done(&asked.operand)
}
