//! Finds the nodes of spans again.

use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, TraversalSignal};
use ruff_python_ast::{AnyNodeRef, ExceptHandler, Expr, ExprAwait, ExprCall, Stmt, StmtFunctionDef};

use super::super::anchor::{Anchor, Place};
use super::code::span_of;
use crate::source::Span;

/// The statement that covers exactly `span`. Bodies are searched by bisection.
pub(super) fn statement(body: &[Stmt], span: Span) -> Option<&Stmt> {
    let statement = covering(body, span)?;
    if span_of(statement) == span {
        return Some(statement);
    }
    bodies(statement)
        .into_iter()
        .find_map(|body| self::statement(body, span))
}

/// The innermost statement that covers `span`.
pub(super) fn statement_around(body: &[Stmt], span: Span) -> Option<&Stmt> {
    let statement = covering(body, span)?;
    let inner = bodies(statement)
        .into_iter()
        .find_map(|body| statement_around(body, span));
    Some(inner.unwrap_or(statement))
}

/// The innermost function that covers `span`.
pub(super) fn function_around(body: &[Stmt], span: Span) -> Option<&StmtFunctionDef> {
    let statement = covering(body, span)?;
    let inner = bodies(statement)
        .into_iter()
        .find_map(|body| function_around(body, span));
    inner.or_else(|| statement.as_function_def_stmt())
}

/// The call in `statement`, not in a statement in it, that covers exactly `span`.
pub(super) fn call(statement: &Stmt, span: Span) -> Option<&ExprCall> {
    Search::run(statement, span).call
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

/// The bodies of a compound statement.
fn bodies(statement: &Stmt) -> Vec<&[Stmt]> {
    match statement {
        Stmt::FunctionDef(node) => vec![&node.body],
        Stmt::ClassDef(node) => vec![&node.body],
        Stmt::With(node) => vec![&node.body],
        Stmt::For(node) => vec![&node.body, &node.orelse],
        Stmt::While(node) => vec![&node.body, &node.orelse],
        Stmt::If(node) => {
            let clauses = node.elif_else_clauses.iter().map(|clause| clause.body.as_slice());
            std::iter::once(node.body.as_slice()).chain(clauses).collect()
        }
        Stmt::Match(node) => node.cases.iter().map(|case| case.body.as_slice()).collect(),
        Stmt::Try(node) => {
            let handlers = node.handlers.iter().map(|handler| match handler {
                ExceptHandler::ExceptHandler(handler) => handler.body.as_slice(),
            });
            [node.body.as_slice(), &node.orelse, &node.finalbody]
                .into_iter()
                .chain(handlers)
                .collect()
        }
        _ => Vec::new(),
    }
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
