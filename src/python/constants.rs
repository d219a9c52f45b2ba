//! The constants of a module: names that one statement at its top level assigns and nothing else does.

use std::collections::HashMap;

use ruff_python_ast::{Expr, ExprName, ModModule, Stmt};

use super::names::Names;

/// What the names of a module are assigned at its top level.
pub(super) struct Constants<'a>(HashMap<&'a str, &'a Expr>);

impl<'a> Constants<'a> {
    /// Collects `NAME = value` and `NAME: type = value` from the top level of a module.
    pub(super) fn of(module: &'a ModModule) -> Self {
        let assigned = module.body.iter().filter_map(|statement| match statement {
            Stmt::Assign(assign) => match &*assign.targets {
                [Expr::Name(name)] => Some((name.id.as_str(), &*assign.value)),
                _ => None,
            },
            Stmt::AnnAssign(assign) => match (&*assign.target, &assign.value) {
                (Expr::Name(name), Some(value)) => Some((name.id.as_str(), &**value)),
                _ => None,
            },
            _ => None,
        });
        Self(assigned.collect())
    }

    /// The value of a name that means a constant of the module at its place.
    pub(super) fn value(&self, name: &ExprName, names: &Names) -> Option<&'a Expr> {
        let value = self.0.get(name.id.as_str())?;
        names.is_module_constant(name).then_some(*value)
    }
}
