//! The constants of a module: names that one statement at its top level assigns and nothing else does.

use foldhash::{HashMap, HashSet};
use ruff_python_ast::{ExceptHandler, Expr, ExprName, ModModule, Pattern, Stmt};

use crate::python::names::Names;
use crate::python::syntax::nodes::{Node, Scope, nodes_in, statements_in};

/// The names of a module that are assigned once, at its top level, with what they are assigned.
pub(in crate::python) struct Constants<'a>(HashMap<&'a str, &'a Expr>);

impl<'a> Constants<'a> {
    /// Collects `NAME = value`, `NAME: type = value` and `A, B = 1, 2` from the top level of a module.
    pub(in crate::python) fn of(module: &'a ModModule) -> Self {
        let mut bound = Bound::default();
        bound.look_through(module);
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
    pub(in crate::python) fn value(&self, name: &ExprName, names: &Names) -> Option<&'a Expr> {
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
}

impl<'a> Bound<'a> {
    fn bind(&mut self, name: &'a str) {
        if !self.once.insert(name) {
            self.again.insert(name);
        }
    }

    fn look_through(&mut self, module: &'a ModModule) {
        for node in nodes_in(&module.body, Scope::OwnAndLambdas) {
            match node {
                Node::Statement(Stmt::FunctionDef(function)) => self.bind(&function.name),
                Node::Statement(Stmt::ClassDef(class)) => self.bind(&class.name),
                Node::Expr(Expr::Name(name)) if !name.ctx.is_load() => self.bind(&name.id),
                Node::Alias(alias) => self.bind(alias.asname.as_ref().unwrap_or(&alias.name)),
                Node::Handler(ExceptHandler::ExceptHandler(handler)) => {
                    if let Some(name) = &handler.name {
                        self.bind(name);
                    }
                }
                Node::Pattern(Pattern::MatchAs(capture)) => {
                    if let Some(name) = &capture.name {
                        self.bind(name);
                    }
                }
                _ => {}
            }
        }
        for global in statements_in(&module.body, Scope::All).filter_map(Stmt::as_global_stmt) {
            self.again.extend(global.names.iter().map(|name| name.as_str()));
        }
    }
}
