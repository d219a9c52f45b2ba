//! The walk over a module that meets its clauses, with what stands around each.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{self as ast, ExceptHandler, Expr, Stmt};
use ruff_text_size::Ranged;

use super::expected::{self, Expectation, expectation};
use super::{Collector, FARTHEST, Frame};
use crate::python::syntax::spans::span;
use crate::python::testing::test_code::Role;
use crate::sites::{Handler, HandlerForm};

impl<'a> Collector<'a> {
    fn attempt(&mut self, statement: &'a ast::StmtTry) {
        let (before, called) = (self.limited, self.called.len());
        if statement.is_star || statement.handlers.len() > FARTHEST {
            self.within(Frame::Unseen, |this| this.visit_body(&statement.body));
        } else {
            let clauses = self.clauses(statement);
            self.within(Frame::Clauses(clauses), |this| this.visit_body(&statement.body));
        }
        match self.called.get(called..) {
            _ if self.limited > before => self.late.extend(self.classes.late(statement)),
            None | Some([]) => {}
            Some(called) => self.attempts.push((statement, called.to_vec())),
        }
        for ExceptHandler::ExceptHandler(handler) in &statement.handlers {
            if let Some(class) = &handler.type_ {
                self.visit_expr(class);
            }
            self.visit_body(&handler.body);
        }
        self.visit_body(&statement.orelse);
        self.visit_body(&statement.finalbody);
    }

    fn with(&mut self, statement: &'a ast::StmtWith) {
        let before = self.frames.len();
        for item in &statement.items {
            self.visit_expr(&item.context_expr);
            match expectation(&item.context_expr, self.names) {
                Some(Expectation::Raises { call, class, pattern }) if !statement.is_async => {
                    let index = self.found.len();
                    self.expected.insert(call.start().to_usize(), index);
                    let target = item.optional_vars.as_deref().and_then(Expr::as_name_expr);
                    self.expected_names.extend(target.map(|name| name.id.as_str()));
                    let elsewhere = self.caught_around();
                    self.found.push(Handler {
                        id: 0,
                        form: HandlerForm::Raises,
                        span: span(call),
                        statement: span(statement),
                        caught: self.caught(Some(class)),
                        elsewhere,
                        connects: Vec::new(),
                        iterated: Vec::new(),
                        connects_elsewhere: Vec::new(),
                        is_conditional: self.choice.is_tested(call.start().to_usize()),
                        reads: Vec::new(),
                        text_tests: pattern.into_iter().collect(),
                        asked: None,
                        matched: Vec::new(),
                        other_calls: false,
                        fails_a_test: self.fails_a_test(),
                        swallows: None,
                    });
                    self.frames.push(Frame::Clauses(vec![index]));
                }
                Some(_) => self.frames.push(Frame::Unseen),
                None => {}
            }
        }
        self.visit_body(&statement.body);
        self.frames.truncate(before);
    }

    fn within(&mut self, frame: Frame, visit: impl FnOnce(&mut Self)) {
        self.frames.push(frame);
        visit(self);
        self.frames.pop();
    }
}

impl<'a> Visitor<'a> for Collector<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.enter(true, statement.start().to_usize());
        match statement {
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::With(with) => self.with(with),
            Stmt::FunctionDef(function) => {
                let is_nested = self.frames.iter().any(|frame| matches!(frame, Frame::Function { .. }));
                let is_test =
                    !is_nested && self.tests.role(function) == Some(Role::Test) && !expected::is_to_fail(function);
                self.aftermath.look_at(&function.body, self.names);
                let outer = std::mem::take(&mut self.frames);
                self.frames.push(Frame::Function { is_test });
                walk_stmt(self, statement);
                self.frames = outer;
            }
            Stmt::ClassDef(_) => {
                let outer = std::mem::take(&mut self.frames);
                walk_stmt(self, statement);
                self.frames = outer;
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => {
                if expected::raises_for_its_arguments(call, false, self.names) {
                    self.raised_here.extend(expected::raising_arguments(call));
                }
                self.call(call);
                self.own_call(call);
            }
            Expr::Await(awaited) => {
                if awaited.value.is_call_expr() {
                    self.awaited.insert(awaited.value.start().to_usize());
                }
                if let Expr::Call(call) = &*awaited.value
                    && expected::raises_for_its_arguments(call, true, self.names)
                {
                    self.raised_here.extend(expected::raising_arguments(call));
                }
            }
            Expr::Attribute(_) if !self.expected_names.is_empty() && self.expected_read(expr) => return,
            Expr::Lambda(_) => {
                let outer = std::mem::take(&mut self.frames);
                walk_expr(self, expr);
                self.frames = outer;
                return;
            }
            _ => {}
        }
        if !self.expected_names.is_empty() {
            self.expected_text(expr);
        }
        walk_expr(self, expr);
    }
}
