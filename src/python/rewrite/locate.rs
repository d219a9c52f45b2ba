//! Finds the nodes of spans again.

use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, TraversalSignal, walk_stmt};
use ruff_python_ast::{AnyNodeRef, Expr, ExprAwait, ExprCall, ModModule, Stmt};

use super::code::span_of;
use crate::source::Span;

/// The statement that covers exactly `span`.
pub(super) fn statement(tree: &ModModule, span: Span) -> Option<&Stmt> {
    let mut search = Search::of(span);
    search.visit_body(&tree.body);
    search.statement
}

/// The call in `statement` that covers exactly `span`.
pub(super) fn call(statement: &Stmt, span: Span) -> Option<&ExprCall> {
    let mut search = Search::of(span);
    search.visit_stmt(statement);
    search.call
}

/// The innermost `await` of `statement` whose operand is the call at `span`, or a call of an `enter_async_context` with
/// it.
pub(super) fn waiting_call(statement: &Stmt, span: Span) -> Option<&ExprCall> {
    let mut search = Search::of(span);
    search.visit_stmt(statement);
    let operand = search.awaits.last()?.value.as_call_expr()?;
    (span_of(operand) == span || enters_stack(operand, span)).then_some(operand)
}

/// Whether `call` is `….enter_async_context(…)` with the call at `span` as its argument.
pub(super) fn enters_stack(call: &ExprCall, span: Span) -> bool {
    let is_method = matches!(&*call.func, Expr::Attribute(method) if method.attr.as_str() == "enter_async_context");
    is_method && matches!(&*call.arguments.args, [argument] if span_of(argument) == span)
}

struct Search<'a> {
    span: Span,
    statement: Option<&'a Stmt>,
    call: Option<&'a ExprCall>,
    /// The `await`s around the span, the innermost last.
    awaits: Vec<&'a ExprAwait>,
}

impl Search<'_> {
    fn of(span: Span) -> Self {
        Self {
            span,
            statement: None,
            call: None,
            awaits: Vec::new(),
        }
    }
}

impl<'a> SourceOrderVisitor<'a> for Search<'a> {
    fn enter_node(&mut self, node: AnyNodeRef<'a>) -> TraversalSignal {
        let covered = span_of(&node);
        if !covered.contains(self.span) {
            return TraversalSignal::Skip;
        }
        match node {
            AnyNodeRef::ExprCall(call) if covered == self.span && self.call.is_none() => self.call = Some(call),
            AnyNodeRef::ExprAwait(node) => self.awaits.push(node),
            _ => {}
        }
        TraversalSignal::Traverse
    }

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let covered = span_of(statement);
        if covered == self.span && self.statement.is_none() {
            self.statement = Some(statement);
        }
        if covered.contains(self.span) {
            walk_stmt(self, statement);
        }
    }
}
