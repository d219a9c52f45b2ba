//! Processes that are known to be over because somebody has asked: `while server.poll() is None:`.

use ruff_python_ast::{CmpOp, Expr, Stmt};

use crate::python::syntax::dotted::dotted;
use crate::python::syntax::nodes::{Node, Scope, nodes_in};

/// What a comparison says of a process: whether it still runs.
struct Asked {
    process: String,
    runs: bool,
}

/// The process that is over behind a statement: a loop ends once it is, or an assertion says so.
pub(super) fn over_behind(statement: &Stmt) -> Option<String> {
    match statement {
        Stmt::While(repeat) => {
            let asked = asked(&repeat.test).filter(|asked| asked.runs)?;
            // Of a loop in it that one is left.
            let mut nodes = nodes_in(&repeat.body, Scope::Own);
            let is_left = nodes.any(|node| matches!(node, Node::Statement(Stmt::Break(_))));
            (!is_left).then_some(asked.process)
        }
        Stmt::Assert(assert) => over_where(&assert.test),
        _ => None,
    }
}

/// The process that is over where a condition holds: `server.poll() is not None`.
pub(super) fn over_where(test: &Expr) -> Option<String> {
    let asked = asked(test).filter(|asked| !asked.runs)?;
    Some(asked.process)
}

fn asked(test: &Expr) -> Option<Asked> {
    let comparison = test.as_compare_expr()?;
    let runs = match (&*comparison.ops, &*comparison.comparators) {
        ([CmpOp::Is], [Expr::NoneLiteral(_)]) => true,
        ([CmpOp::IsNot], [Expr::NoneLiteral(_)]) => false,
        _ => return None,
    };
    let polled = match &*comparison.left {
        Expr::Named(named) => &named.value,
        other => other,
    };
    let method = polled.as_call_expr()?.func.as_attribute_expr()?;
    let process = dotted(&method.value).filter(|_| method.attr.as_str() == "poll")?;
    Some(Asked { process, runs })
}
