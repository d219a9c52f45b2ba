//! The statements whose blocks may be skipped, exclude each other, or end early.

use ruff_python_ast::visitor::source_order::SourceOrderVisitor;
use ruff_python_ast::{self as ast, ExceptHandler, Expr};
use ruff_text_size::Ranged;

use super::binding::Meaning;
use super::build::{Builder, span_of};
use super::guards::catches_failed_import;
use super::meaning::entered_meanings;

impl Builder {
    pub(super) fn conditional(&mut self, statement: &ast::StmtIf) {
        let start = Some(statement.start().to_usize());
        self.visit_expr(&statement.test);
        let outer = self.branch;
        self.branch.type_checking |= is_type_checking(&statement.test);
        self.block(&statement.body, start);
        self.branch = outer;
        for clause in &statement.elif_else_clauses {
            if let Some(test) = &clause.test {
                self.visit_expr(test);
            }
            self.block(&clause.body, start);
        }
    }

    pub(super) fn attempt(&mut self, statement: &ast::StmtTry) {
        let start = Some(statement.start().to_usize());
        let outer = self.branch;
        self.branch.tries_import |= statement.handlers.iter().any(catches_failed_import);
        self.within(self.clauses(statement), |this| this.block(&statement.body, start));
        for ExceptHandler::ExceptHandler(handler) in &statement.handlers {
            if let Some(class) = &handler.type_ {
                self.visit_expr(class);
            }
            if let Some(name) = &handler.name {
                self.bind(&name.id, Meaning::Opaque, name.end().to_usize());
            }
            self.block(&handler.body, start);
        }
        self.branch.arm = outer.arm.or_else(|| span_of(&statement.body));
        self.block(&statement.orelse, start);
        self.branch = outer;
        self.visit_body(&statement.finalbody);
    }

    pub(super) fn with(&mut self, statement: &ast::StmtWith) {
        for item in &statement.items {
            self.visit_expr(&item.context_expr);
            if let Some(target) = item.optional_vars.as_deref() {
                let values = entered_meanings(&item.context_expr, self.scope);
                self.bind_to(target, values, None, item.range(), item.end().to_usize());
            }
        }
        // `contextlib.suppress` may end the block early.
        self.within(self.managers(statement), |this| this.block(&statement.body, None));
    }
}

/// `TYPE_CHECKING`, `typing.TYPE_CHECKING`.
pub(in crate::python) fn is_type_checking(test: &Expr) -> bool {
    match test {
        Expr::Name(name) => name.id == "TYPE_CHECKING",
        Expr::Attribute(attribute) => attribute.attr.id == "TYPE_CHECKING",
        _ => false,
    }
}
