//! How often a function binds a name, and whether anything in it asks what the name's object can do.

use ruff_python_ast::{self as ast, ExceptHandler, Expr, ExprContext, Identifier, Stmt};

use crate::python::syntax::nodes::{Node, Nodes, Scope, captured, nodes_in};
use crate::python::version_choice::VersionChoice;

/// What a function makes of a name, nested functions included.
#[derive(Clone, Copy)]
pub(super) struct Counted {
    /// How often it is bound.
    pub(super) bound: usize,
    /// How often something asks what it can do, or for a version: `hasattr(ws, "open")`.
    pub(super) asks: usize,
    /// It looks at what new connections have in the place of what old ones had.
    pub(super) knows_state: bool,
}

impl Counted {
    pub(super) fn of(name: &str, function: &ast::StmtFunctionDef, choice: &VersionChoice<'_>) -> Self {
        let mut count = Count {
            name,
            choice,
            bound: 0,
            asks: 0,
            knows_state: false,
        };
        count.look_through(nodes_in(&*function.parameters, Scope::All));
        count.look_through(nodes_in(&function.body, Scope::All));
        Self {
            bound: count.bound,
            asks: count.asks,
            knows_state: count.knows_state,
        }
    }
}

struct Count<'n> {
    name: &'n str,
    choice: &'n VersionChoice<'n>,
    bound: usize,
    asks: usize,
    knows_state: bool,
}

impl Count<'_> {
    fn identifier(&mut self, identifier: Option<&Identifier>) {
        self.bound += usize::from(identifier.is_some_and(|identifier| identifier.as_str() == self.name));
    }

    fn look_through(&mut self, mut nodes: Nodes<'_>) {
        while let Some(node) = nodes.next() {
            match node {
                Node::Statement(Stmt::FunctionDef(function)) => self.identifier(Some(&function.name)),
                Node::Statement(Stmt::ClassDef(class)) => self.identifier(Some(&class.name)),
                Node::Statement(Stmt::Global(ast::StmtGlobal { names, .. }))
                | Node::Statement(Stmt::Nonlocal(ast::StmtNonlocal { names, .. })) => {
                    names.iter().for_each(|name| self.identifier(Some(name)));
                }
                Node::Statement(_) => {}
                Node::Expr(expr) => self.expr(expr),
                Node::Parameter(parameter) => {
                    self.identifier(Some(&parameter.name));
                    nodes.pass_over();
                }
                Node::Alias(alias) => self.identifier(Some(alias.asname.as_ref().unwrap_or(&alias.name))),
                Node::Handler(ExceptHandler::ExceptHandler(clause)) => self.identifier(clause.name.as_ref()),
                Node::Pattern(pattern) => self.identifier(captured(pattern)),
            }
        }
    }

    fn expr(&mut self, expr: &Expr) {
        if let Expr::Name(name) = expr {
            self.bound += usize::from(name.ctx != ExprContext::Load && name.id == self.name);
        }
        let word = match expr {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            Expr::StringLiteral(text) => text.value.to_str(),
            _ => "",
        };
        self.asks += usize::from(word == "isinstance" || self.choice.asks(expr));
        self.knows_state |= matches!(word, "state" | "State" | "protocol" | "close_code" | "close_reason");
    }
}
