//! Whether a module of tests puts objects of its own in the place of others, as its statements say: `cast(Client, Stub())`,
//! `client.conn = fake`, `System(FakeClient())`. What the replaced objects wait for says nothing then.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ModModule, Stmt};
use ruff_text_size::Ranged;

use super::words::is_named_so;
use crate::python::connects::span;
use crate::python::names::{Names, Value};
use crate::source::Span;

/// Whether something in the module is replaced.
pub(in crate::python) fn replaces(module: &ModModule, names: &Names) -> bool {
    let mut search = Search { names, found: false };
    search.visit_body(&module.body);
    search.found
}

/// Where the classes of a module stand.
pub(in crate::python) fn classes(module: &ModModule) -> Vec<Span> {
    let classes = module.body.iter().filter(|statement| statement.is_class_def_stmt());
    classes.map(|class| span(class.range())).collect()
}

struct Search<'n> {
    names: &'n Names,
    found: bool,
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
}

impl<'a> Visitor<'a> for Search<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if self.found {
            return;
        }
        if let Stmt::Assign(assign) = statement {
            let is_others = |target: &Expr| {
                let owner = target
                    .as_attribute_expr()
                    .and_then(|target| target.value.as_name_expr());
                owner.is_some_and(|owner| !matches!(owner.id.as_str(), "self" | "cls"))
            };
            self.found |= assign.targets.iter().any(is_others) && self.is_own(&assign.value);
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if self.found {
            return;
        }
        if let Expr::Call(call) = expr {
            let arguments = &call.arguments;
            let is_cast = || {
                let path = self.names.resolve(&call.func);
                matches!(path, Some("typing.cast" | "typing_extensions.cast"))
            };
            self.found |= match &*arguments.args {
                [_, value] if is_cast() => self.is_own(value),
                positional => {
                    let named = arguments.keywords.iter().map(|keyword| &keyword.value);
                    positional.iter().chain(named).any(|value| self.is_stand_in(value))
                }
            };
        }
        walk_expr(self, expr);
    }
}
