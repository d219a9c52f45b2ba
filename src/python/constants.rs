//! The constants of a module: names that one statement at its top level assigns and nothing else does.

use foldhash::{HashMap, HashSet};
use ruff_python_ast::visitor::{Visitor, walk_except_handler, walk_expr, walk_pattern, walk_stmt};
use ruff_python_ast::{Alias, ExceptHandler, Expr, ExprName, ModModule, Pattern, Stmt};

use super::names::Names;

/// The names of a module that are assigned once, at its top level, with what they are assigned.
pub(super) struct Constants<'a>(HashMap<&'a str, &'a Expr>);

impl<'a> Constants<'a> {
    /// Collects `NAME = value`, `NAME: type = value` and `A, B = 1, 2` from the top level of a module.
    pub(super) fn of(module: &'a ModModule) -> Self {
        let mut bound = Bound::default();
        bound.visit_body(&module.body);
        let mut assigned: Vec<(&'a str, &'a Expr)> = Vec::new();
        for statement in &module.body {
            match statement {
                Stmt::Assign(assign) => match &*assign.targets {
                    [Expr::Tuple(targets)] => assigned.extend(in_turn(&targets.elts, &assign.value)),
                    [Expr::List(targets)] => assigned.extend(in_turn(&targets.elts, &assign.value)),
                    [Expr::Name(name)] => assigned.push((name.id.as_str(), &assign.value)),
                    _ => {}
                },
                Stmt::AnnAssign(assign) => {
                    if let (Expr::Name(name), Some(value)) = (&*assign.target, &assign.value) {
                        assigned.push((name.id.as_str(), value));
                    }
                }
                _ => {}
            }
        }
        let assigned = assigned.into_iter();
        Self(assigned.filter(|(name, _)| !bound.again.contains(name)).collect())
    }

    /// The value of a name that means a constant of the module at its place.
    pub(super) fn value(&self, name: &ExprName, names: &Names) -> Option<&'a Expr> {
        let value = self.0.get(name.id.as_str())?;
        names.is_of_module(name).then_some(*value)
    }
}

/// `A, B = 1, 2`: each name with its own value.
fn in_turn<'a>(targets: &'a [Expr], value: &'a Expr) -> Vec<(&'a str, &'a Expr)> {
    let values = match value {
        Expr::Tuple(tuple) => &tuple.elts,
        Expr::List(list) => &list.elts,
        _ => return Vec::new(),
    };
    if values.len() != targets.len() || targets.iter().chain(values).any(Expr::is_starred_expr) {
        return Vec::new();
    }
    let named = |(target, value): (&'a Expr, &'a Expr)| Some((target.as_name_expr()?.id.as_str(), value));
    targets.iter().zip(values).filter_map(named).collect()
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
