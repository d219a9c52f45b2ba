//! What a function's variables are assigned.

use std::cell::OnceCell;

use foldhash::HashMap;
use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

use crate::python::syntax::nodes::{Node, Scope, nodes_in};

/// The variables of a function's own body.
pub(in crate::python) struct Assignments<'a> {
    function: &'a StmtFunctionDef,
    /// The value of those that are bound once, by a plain assignment.
    values: OnceCell<HashMap<&'a str, Option<&'a Expr>>>,
}

impl<'a> Assignments<'a> {
    pub(in crate::python) fn of(function: &'a StmtFunctionDef) -> Self {
        Self {
            function,
            values: OnceCell::new(),
        }
    }

    /// The function that it is about.
    pub(in crate::python) fn function(&self) -> &'a StmtFunctionDef {
        self.function
    }

    /// What a variable is, where the function binds it once, by a plain assignment.
    pub(in crate::python) fn only_value(&self, name: &str) -> Option<&'a Expr> {
        let values = self.values.get_or_init(|| {
            let mut bindings = Bindings(HashMap::default());
            for parameter in &*self.function.parameters {
                bindings.0.insert(parameter.name().as_str(), None);
            }
            bindings.look_through(&self.function.body);
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

    fn look_through(&mut self, body: &'a [Stmt]) {
        let mut nodes = nodes_in(body, Scope::OwnAndLambdas);
        while let Some(node) = nodes.next() {
            match node {
                Node::Statement(Stmt::FunctionDef(function)) => self.bind(function.name.as_str(), None),
                Node::Statement(Stmt::ClassDef(class)) => self.bind(class.name.as_str(), None),
                Node::Statement(Stmt::Assign(assign)) => {
                    if let [Expr::Name(name)] = &*assign.targets {
                        self.bind(name.id.as_str(), Some(&assign.value));
                        nodes.only([(&*assign.value).into()]);
                    }
                }
                Node::Expr(Expr::Name(name)) if !name.ctx.is_load() => self.bind(name.id.as_str(), None),
                Node::Handler(ExceptHandler::ExceptHandler(handler)) => {
                    if let Some(name) = &handler.name {
                        self.bind(name.as_str(), None);
                    }
                }
                Node::Alias(alias) => {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    self.bind(bound.split('.').next().unwrap_or(bound), None);
                }
                _ => {}
            }
        }
    }
}
