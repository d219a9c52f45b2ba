//! Hands on all nodes as they are met: for who wants each of them, as often as a whole module is gone through.

use ruff_python_ast::visitor::source_order::{
    SourceOrderVisitor, walk_except_handler, walk_expr, walk_parameter, walk_pattern, walk_stmt,
};
use ruff_python_ast::{Alias, BytesLiteral, ExceptHandler, Expr, Identifier, Parameter, Pattern, Stmt, StringLiteral};

use super::{Node, Scope};

/// Compiled once, whoever looks.
pub(super) struct All<'a, 'l> {
    pub(super) look: &'l mut dyn FnMut(Node<'a>),
    pub(super) scope: Scope,
    pub(super) annotations: bool,
}

impl<'a> All<'a, '_> {
    pub(super) fn node(&mut self, node: Node<'a>) {
        match node {
            Node::Statement(statement) => self.visit_stmt(statement),
            Node::Expr(expr) => self.visit_expr(expr),
            Node::Handler(handler) => self.visit_except_handler(handler),
            Node::Alias(alias) => self.visit_alias(alias),
            Node::Parameter(parameter) => self.visit_parameter(parameter),
            Node::Pattern(pattern) => self.visit_pattern(pattern),
        }
    }
}

impl<'a> SourceOrderVisitor<'a> for All<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        (self.look)(Node::Statement(statement));
        if self.scope.enters(statement) {
            walk_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        (self.look)(Node::Expr(expr));
        match expr {
            Expr::Name(_)
            | Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::IpyEscapeCommand(_) => {}
            Expr::Lambda(_) if !self.scope.enters_lambdas() => {}
            _ => walk_expr(self, expr),
        }
    }

    fn visit_annotation(&mut self, annotation: &'a Expr) {
        if self.annotations {
            self.visit_expr(annotation);
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        (self.look)(Node::Handler(handler));
        walk_except_handler(self, handler);
    }

    fn visit_alias(&mut self, alias: &'a Alias) {
        (self.look)(Node::Alias(alias));
    }

    fn visit_parameter(&mut self, parameter: &'a Parameter) {
        (self.look)(Node::Parameter(parameter));
        walk_parameter(self, parameter);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        (self.look)(Node::Pattern(pattern));
        walk_pattern(self, pattern);
    }

    fn visit_string_literal(&mut self, _: &'a StringLiteral) {}

    fn visit_bytes_literal(&mut self, _: &'a BytesLiteral) {}

    fn visit_identifier(&mut self, _: &'a Identifier) {}
}
