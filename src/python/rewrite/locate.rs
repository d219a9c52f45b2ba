//! Finds the nodes of spans again.

use ruff_python_ast::{ExceptHandler, Expr, ExprCall, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::code::span_of;
use crate::python::sites::anchor::{Anchor, Place};
use crate::python::syntax::nodes::{Node, Scope, nodes_in};
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
    expression(statement, span)?.as_call_expr()
}

/// The expression in `statement`, not in a statement in it, that covers exactly `span`.
pub(in crate::python) fn expression(statement: &Stmt, span: Span) -> Option<&Expr> {
    let mut nodes = nodes_in(statement, Scope::All);
    nodes.next();
    while let Some(node) = nodes.next() {
        match node {
            Node::Expr(expr) if span_of(expr) == span => return Some(expr),
            Node::Expr(expr) if span_of(expr).contains(span) => {}
            Node::Statement(_) | Node::Expr(_) => nodes.pass_over(),
            _ => {}
        }
    }
    None
}

/// What `statement` enters: the item's expression, what is awaited, else the connect's call itself, which stands in
/// `owner`.
pub(super) fn entered<'a>(statement: &'a Stmt, owner: &'a Stmt, anchor: &Anchor) -> Option<&'a Expr> {
    match (&anchor.place, statement) {
        (Place::WithItem { item }, Stmt::With(with)) => Some(&with.items.get(*item)?.context_expr),
        (Place::Statement { awaited } | Place::Expression { awaited: Some(awaited) }, _) => {
            Some(&*expression(statement, *awaited)?.as_await_expr()?.value)
        }
        (Place::Expression { awaited: None }, _) => expression(owner, anchor.call),
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
