//! What a function's variables are assigned.

use std::cell::OnceCell;

use foldhash::HashMap;
use ruff_python_ast::visitor::{Visitor, walk_except_handler, walk_expr, walk_stmt};
use ruff_python_ast::{Alias, ExceptHandler, Expr, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

/// The variables of a function's own body.
pub(super) struct Assignments<'a> {
    function: &'a StmtFunctionDef,
    /// The value of those that are bound once, by a plain assignment.
    values: OnceCell<HashMap<&'a str, Option<&'a Expr>>>,
}

impl<'a> Assignments<'a> {
    pub(super) fn of(function: &'a StmtFunctionDef) -> Self {
        Self {
            function,
            values: OnceCell::new(),
        }
    }

    /// The function that it is about.
    pub(super) fn function(&self) -> &'a StmtFunctionDef {
        self.function
    }

    /// What a variable is, where the function binds it once, by a plain assignment.
    pub(super) fn only_value(&self, name: &str) -> Option<&'a Expr> {
        let values = self.values.get_or_init(|| {
            let mut bindings = Bindings(HashMap::default());
            for parameter in &*self.function.parameters {
                bindings.0.insert(parameter.name().as_str(), None);
            }
            bindings.visit_body(&self.function.body);
            bindings.0
        });
        values.get(name).copied().flatten()
    }
}

struct Bindings<'a>(HashMap<&'a str, Option<&'a Expr>>);

impl<'a> Bindings<'a> {
    fn bind(&mut self, name: &'a str, value: Option<&'a Expr>) {
        let bound = self.0.entry(name).or_insert(value);
        if bound.map(Ranged::range) != value.map(Ranged::range) {
            *bound = None;
        }
    }
}

impl<'a> Visitor<'a> for Bindings<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.bind(function.name.as_str(), None),
            Stmt::ClassDef(class) => self.bind(class.name.as_str(), None),
            Stmt::Assign(assign) => {
                if let [Expr::Name(name)] = &*assign.targets {
                    self.bind(name.id.as_str(), Some(&assign.value));
                    self.visit_expr(&assign.value);
                } else {
                    walk_stmt(self, statement);
                }
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr
            && !name.ctx.is_load()
        {
            self.bind(name.id.as_str(), None);
        }
        walk_expr(self, expr);
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(node) = handler;
        if let Some(name) = &node.name {
            self.bind(name.as_str(), None);
        }
        walk_except_handler(self, handler);
    }

    fn visit_alias(&mut self, alias: &'a Alias) {
        let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
        self.bind(bound.split('.').next().unwrap_or(bound), None);
    }
}
