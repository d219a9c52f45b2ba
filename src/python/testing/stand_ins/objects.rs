//! Whether a module of tests puts objects of its own in the place of others, as its statements say: `cast(Client, Stub())`,
//! `client.conn = fake`, `System(FakeClient())`. What the replaced objects wait for says nothing then.

use ruff_python_ast::{Expr, ExprCall, ModModule, Stmt, StmtAssign};

use super::words::is_named_so;
use crate::python::names::{Names, Value};
use crate::python::syntax::nodes::{Node, Scope, nodes_in};
use crate::python::syntax::spans::span;
use crate::source::Span;

/// Whether something in the module is replaced.
pub(in crate::python) fn replaces(module: &ModModule, names: &Names) -> bool {
    let search = Search { names };
    nodes_in(&module.body, Scope::All).any(|node| match node {
        Node::Statement(Stmt::Assign(assign)) => search.is_replaced_by(assign),
        Node::Expr(Expr::Call(call)) => search.is_given_to(call),
        _ => false,
    })
}

/// Where the classes of a module stand.
pub(in crate::python) fn classes(module: &ModModule) -> Vec<Span> {
    let classes = module.body.iter().filter(|statement| statement.is_class_def_stmt());
    classes.map(span).collect()
}

struct Search<'n> {
    names: &'n Names,
}

impl Search<'_> {
    /// An object of a class of the module, or a function of it.
    fn is_own(&self, value: &Expr) -> bool {
        let is_own = |value: &Value| matches!(value, Value::Instance(_) | Value::Function(_));
        value.is_lambda_expr() || self.names.values(value).iter().any(is_own)
    }

    fn is_stand_in(&self, value: &Expr) -> bool {
        let Some(Expr::Name(class)) = value.as_call_expr().map(|call| &*call.func) else {
            return false;
        };
        is_named_so(&class.id) && self.is_own(value)
    }

    fn is_replaced_by(&self, assign: &StmtAssign) -> bool {
        let is_others = |target: &Expr| {
            let owner = target
                .as_attribute_expr()
                .and_then(|target| target.value.as_name_expr());
            owner.is_some_and(|owner| !matches!(owner.id.as_str(), "self" | "cls"))
        };
        assign.targets.iter().any(is_others) && self.is_own(&assign.value)
    }

    fn is_given_to(&self, call: &ExprCall) -> bool {
        let arguments = &call.arguments;
        let is_cast = || {
            let path = self.names.resolve(&call.func);
            matches!(path, Some("typing.cast" | "typing_extensions.cast"))
        };
        match &*arguments.args {
            [_, value] if is_cast() => self.is_own(value),
            positional => {
                let named = arguments.keywords.iter().map(|keyword| &keyword.value);
                positional.iter().chain(named).any(|value| self.is_stand_in(value))
            }
        }
    }
}
