//! How often a function binds a name, and whether anything in it asks what the name's object can do.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{self as ast, ExceptHandler, Expr, ExprContext, Identifier, Pattern, Stmt};

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
        count.visit_parameters(&function.parameters);
        count.visit_body(&function.body);
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
}

impl<'a> Visitor<'a> for Count<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.identifier(Some(&function.name)),
            Stmt::ClassDef(class) => self.identifier(Some(&class.name)),
            Stmt::Global(global) => global.names.iter().for_each(|name| self.identifier(Some(name))),
            Stmt::Nonlocal(nonlocal) => nonlocal.names.iter().for_each(|name| self.identifier(Some(name))),
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
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
        walk_expr(self, expr);
    }

    fn visit_parameter(&mut self, parameter: &'a ast::Parameter) {
        self.identifier(Some(&parameter.name));
    }

    fn visit_alias(&mut self, alias: &'a ast::Alias) {
        self.identifier(Some(alias.asname.as_ref().unwrap_or(&alias.name)));
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(clause) = handler;
        self.identifier(clause.name.as_ref());
        ruff_python_ast::visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        match pattern {
            Pattern::MatchAs(capture) => self.identifier(capture.name.as_ref()),
            Pattern::MatchStar(capture) => self.identifier(capture.name.as_ref()),
            Pattern::MatchMapping(mapping) => self.identifier(mapping.rest.as_ref()),
            _ => {}
        }
        ruff_python_ast::visitor::walk_pattern(self, pattern);
    }
}
