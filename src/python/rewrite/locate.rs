//! Finds the nodes of spans again.

use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, TraversalSignal};
use ruff_python_ast::{AnyNodeRef, ExceptHandler, Expr, ExprAwait, ExprCall, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::super::anchor::{Anchor, Place};
use super::code::span_of;
use crate::source::Span;

/// The statement that covers exactly `span`. Bodies are searched by bisection.
pub(super) fn statement(body: &[Stmt], span: Span) -> Option<&Stmt> {
    let mut found = covering(body, span)?;
    while span_of(found) != span {
        found = covering(body_around(found, span)?, span)?;
    }
    Some(found)
}

/// The innermost statement that covers `span`.
pub(in crate::python) fn statement_around(body: &[Stmt], span: Span) -> Option<&Stmt> {
    let mut found = covering(body, span)?;
    while let Some(inner) = body_around(found, span).and_then(|body| covering(body, span)) {
        found = inner;
    }
    Some(found)
}

/// The innermost function that covers `span`.
pub(super) fn function_around(body: &[Stmt], span: Span) -> Option<&StmtFunctionDef> {
    let mut found = covering(body, span)?;
    let mut function = found.as_function_def_stmt();
    while let Some(inner) = body_around(found, span).and_then(|body| covering(body, span)) {
        found = inner;
        function = found.as_function_def_stmt().or(function);
    }
    function
}

/// The call in `statement`, not in a statement in it, that covers exactly `span`.
pub(super) fn call(statement: &Stmt, span: Span) -> Option<&ExprCall> {
    Search::run(statement, span).call
}

/// The expression in `statement`, not in a statement in it, that covers exactly `span`.
pub(in crate::python) fn expression(statement: &Stmt, span: Span) -> Option<&Expr> {
    Search::run(statement, span).expr
}

/// What `statement` enters: the item's expression, what is awaited, else the connect's call itself, which stands in
/// `owner`.
pub(super) fn entered<'a>(statement: &'a Stmt, owner: &'a Stmt, anchor: &Anchor) -> Option<&'a Expr> {
    match (&anchor.place, statement) {
        (Place::WithItem { item }, Stmt::With(with)) => Some(&with.items.get(*item)?.context_expr),
        (Place::Statement { awaited } | Place::Expression { awaited: Some(awaited) }, _) => {
            Some(&*Search::run(statement, *awaited).awaited?.value)
        }
        (Place::Expression { awaited: None }, _) => Search::run(owner, anchor.call).expr,
        _ => None,
    }
}

/// The statement of a body that covers `span`.
fn covering(body: &[Stmt], span: Span) -> Option<&Stmt> {
    let after = body.partition_point(|statement| span_of(statement).start <= span.start);
    let statement = body.get(after.checked_sub(1)?)?;
    span_of(statement).contains(span).then_some(statement)
}

/// The body of a compound statement that `span` can stand in: the last one that does not begin behind it.
fn body_around(statement: &Stmt, span: Span) -> Option<&[Stmt]> {
    match statement {
        Stmt::FunctionDef(node) => Some(&node.body),
        Stmt::ClassDef(node) => Some(&node.body),
        Stmt::With(node) => Some(&node.body),
        Stmt::For(node) => last_before([&node.body, &node.orelse], span),
        Stmt::While(node) => last_before([&node.body, &node.orelse], span),
        Stmt::If(node) => {
            let clause = last_of(&node.elif_else_clauses, span);
            Some(clause.map_or(&node.body, |clause| &clause.body))
        }
        Stmt::Match(node) => last_of(&node.cases, span).map(|case| case.body.as_slice()),
        Stmt::Try(node) => {
            let handler = last_of(&node.handlers, span).map(|ExceptHandler::ExceptHandler(handler)| &handler.body);
            let handler = handler.map_or(&[][..], |body| body);
            last_before([&node.body, handler, &node.orelse, &node.finalbody], span)
        }
        _ => None,
    }
}

/// The last of these bodies that does not begin behind `span`.
fn last_before<const N: usize>(bodies: [&[Stmt]; N], span: Span) -> Option<&[Stmt]> {
    let begins_before = |body: &&[Stmt]| body.first().is_some_and(|first| span_of(first).start <= span.start);
    bodies.into_iter().rev().find(begins_before)
}

/// The last of these clauses that does not begin behind `span`.
fn last_of<T: Ranged>(clauses: &[T], span: Span) -> Option<&T> {
    let after = clauses.partition_point(|clause| span_of(clause).start <= span.start);
    clauses.get(after.checked_sub(1)?)
}

/// Looks for the expressions that cover exactly a span, in one statement without the statements in it.
struct Search<'a> {
    span: Span,
    expr: Option<&'a Expr>,
    call: Option<&'a ExprCall>,
    awaited: Option<&'a ExprAwait>,
}

impl<'a> Search<'a> {
    fn run(statement: &'a Stmt, span: Span) -> Self {
        let mut search = Self {
            span,
            expr: None,
            call: None,
            awaited: None,
        };
        ruff_python_ast::visitor::source_order::walk_stmt(&mut search, statement);
        search
    }
}

impl<'a> SourceOrderVisitor<'a> for Search<'a> {
    fn enter_node(&mut self, node: AnyNodeRef<'a>) -> TraversalSignal {
        if span_of(&node).contains(self.span) {
            TraversalSignal::Traverse
        } else {
            TraversalSignal::Skip
        }
    }

    fn visit_stmt(&mut self, _: &'a Stmt) {}

    fn visit_expr(&mut self, expr: &'a Expr) {
        if span_of(expr) == self.span && self.expr.is_none() {
            self.expr = Some(expr);
            match expr {
                Expr::Call(call) => self.call = Some(call),
                Expr::Await(node) => self.awaited = Some(node),
                _ => {}
            }
        }
        ruff_python_ast::visitor::source_order::walk_expr(self, expr);
    }
}
