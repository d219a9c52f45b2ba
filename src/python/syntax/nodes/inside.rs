//! What is directly in a node, as ruff's visitors say it: the only place where their walks are compiled for whoever looks for something.

use ruff_python_ast::statement_visitor::StatementVisitor;
use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::visitor::source_order::SourceOrderVisitor;
use ruff_python_ast::{Alias, BytesLiteral, ExceptHandler, Expr, Identifier, Parameter, Pattern, Stmt, StringLiteral};

use super::Node;

/// Takes what is directly in a node.
pub(super) struct Inside<'a, 'n> {
    pub(super) found: &'n mut Vec<Node<'a>>,
    pub(super) annotations: bool,
}

impl<'a> SourceOrderVisitor<'a> for Inside<'a, '_> {
    #[inline(always)]
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.found.push(Node::Statement(statement));
    }

    #[inline(always)]
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.found.push(Node::Expr(expr));
    }

    fn visit_annotation(&mut self, annotation: &'a Expr) {
        if self.annotations {
            self.found.push(Node::Expr(annotation));
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        self.found.push(Node::Handler(handler));
    }

    fn visit_alias(&mut self, alias: &'a Alias) {
        self.found.push(Node::Alias(alias));
    }

    fn visit_parameter(&mut self, parameter: &'a Parameter) {
        self.found.push(Node::Parameter(parameter));
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        self.found.push(Node::Pattern(pattern));
    }

    fn visit_string_literal(&mut self, _: &'a StringLiteral) {}

    fn visit_bytes_literal(&mut self, _: &'a BytesLiteral) {}

    fn visit_identifier(&mut self, _: &'a Identifier) {}
}

impl<'a> Visitor<'a> for Inside<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.found.push(Node::Statement(statement));
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.found.push(Node::Expr(expr));
    }

    fn visit_annotation(&mut self, annotation: &'a Expr) {
        if self.annotations {
            self.found.push(Node::Expr(annotation));
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        self.found.push(Node::Handler(handler));
    }

    fn visit_alias(&mut self, alias: &'a Alias) {
        self.found.push(Node::Alias(alias));
    }

    fn visit_parameter(&mut self, parameter: &'a Parameter) {
        self.found.push(Node::Parameter(parameter));
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        self.found.push(Node::Pattern(pattern));
    }
}

/// Takes the statements that are directly in a statement.
pub(super) struct InsideStatement<'a, 'n>(pub(super) &'n mut Vec<&'a Stmt>);

impl<'a> StatementVisitor<'a> for InsideStatement<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.0.push(statement);
    }
}
