//! The constants of a module: names that one statement at its top level assigns and nothing else does.

use foldhash::{HashMap, HashSet};
use ruff_python_ast::visitor::{Visitor, walk_except_handler, walk_expr, walk_pattern, walk_stmt};
use ruff_python_ast::{Alias, ExceptHandler, Expr, ExprName, ModModule, Pattern, Stmt};

use super::names::Names;

/// The names of a module that are assigned once, at its top level, with what they are assigned.
pub(super) struct Constants<'a>(HashMap<&'a str, &'a Expr>);

impl<'a> Constants<'a> {
    /// Collects `NAME = value` and `NAME: type = value` from the top level of a module.
    pub(super) fn of(module: &'a ModModule) -> Self {
        let mut bound = Bound::default();
        bound.visit_body(&module.body);
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
        Self(assigned.filter(|(name, _)| !bound.again.contains(name)).collect())
    }

    /// The value of a name that means a constant of the module at its place.
    pub(super) fn value(&self, name: &ExprName, names: &Names) -> Option<&'a Expr> {
        let value = self.0.get(name.id.as_str())?;
        names.is_of_module(name).then_some(*value)
    }
}

/// Names that the module's scope binds.
#[derive(Default)]
struct Bound<'a> {
    once: HashSet<&'a str>,
    /// More than once, or by a function that declares them `global`.
    again: HashSet<&'a str>,
    in_function: bool,
}

impl<'a> Bound<'a> {
    fn bind(&mut self, name: &'a str) {
        if !self.in_function && !self.once.insert(name) {
            self.again.insert(name);
        }
    }
}

impl<'a> Visitor<'a> for Bound<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                self.bind(&function.name);
                let outer = std::mem::replace(&mut self.in_function, true);
                walk_stmt(self, statement);
                self.in_function = outer;
            }
            Stmt::ClassDef(class) => {
                self.bind(&class.name);
                let outer = std::mem::replace(&mut self.in_function, true);
                walk_stmt(self, statement);
                self.in_function = outer;
            }
            Stmt::Global(global) => self.again.extend(global.names.iter().map(|name| name.as_str())),
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr
            && !name.ctx.is_load()
        {
            self.bind(&name.id);
        }
        walk_expr(self, expr);
    }

    fn visit_alias(&mut self, alias: &'a Alias) {
        self.bind(alias.asname.as_ref().unwrap_or(&alias.name));
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(node) = handler;
        if let Some(name) = &node.name {
            self.bind(name);
        }
        walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        if let Pattern::MatchAs(node) = pattern
            && let Some(name) = &node.name
        {
            self.bind(name);
        }
        walk_pattern(self, pattern);
    }
}
