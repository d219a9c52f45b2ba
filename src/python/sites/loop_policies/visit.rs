//! The visit itself: what each statement and expression says about whether the code in it runs, and on which platforms.

use std::mem;

use ruff_python_ast::visitor::source_order::{
    SourceOrderVisitor, walk_arguments, walk_decorator, walk_expr, walk_parameters, walk_stmt,
};
use ruff_python_ast::{self as ast, Decorator, Expr, Stmt};
use ruff_text_size::Ranged;

use super::platform::{asks_for_platform, leaving, marks_module};
use super::{Collector, Inside};
use crate::python::names::{Names, is_automatic};
use crate::python::sites::deadline_calls::may_skip;
use crate::python::syntax::spans::span;
use crate::python::testing::test_code::is_fixture;
use crate::source::Span;

/// Functions that pytest calls by their names before it runs any test.
const CALLED: &[&str] = &["pytest_configure", "pytest_sessionstart"];

impl<'a> Collector<'a> {
    fn function(&mut self, function: &'a ast::StmtFunctionDef) {
        for decorator in &function.decorator_list {
            walk_decorator(self, decorator);
        }
        walk_parameters(self, &function.parameters);
        let decorators = &function.decorator_list;
        if decorators
            .iter()
            .any(|decorator| asks_for_platform(&decorator.expression))
        {
            self.found.branches.push(span(function));
        }
        let fixture = decorators.iter().find(|decorator| is_fixture(decorator, self.names));
        let is_called = match fixture {
            Some(fixture) => is_automatic(fixture) || function.name.starts_with("event_loop"),
            None => self.tests.role(function).is_some() || CALLED.contains(&function.name.as_str()),
        };
        let is_plain = |decorator: &Decorator| is_fixture(decorator, self.names) || is_harmless(decorator, self.names);
        let replaces = |name: &str| matches!(name, "monkeypatch" | "mocker");
        let replaced = function.parameters.iter().any(|parameter| replaces(parameter.name()));
        let inside = Inside {
            runs: self.inside.runs && is_called && !replaced && decorators.iter().all(is_plain),
            versions: self.inside.versions
                + usize::from(decorators.iter().any(|decorator| may_skip(decorator, self.choice))),
            ..self.inside
        };
        self.nested(inside, |this| this.visit_body(&function.body));
    }

    fn class(&mut self, class: &'a ast::StmtClassDef) {
        for decorator in &class.decorator_list {
            walk_decorator(self, decorator);
        }
        if let Some(arguments) = &class.arguments {
            walk_arguments(self, arguments);
        }
        if class
            .decorator_list
            .iter()
            .any(|decorator| asks_for_platform(&decorator.expression))
        {
            self.found.branches.push(span(class));
        }
        let inside = Inside {
            runs: self.inside.runs
                && self.tests.is_class(class)
                && class
                    .decorator_list
                    .iter()
                    .all(|decorator| is_harmless(decorator, self.names))
                && !class.body.iter().any(marks_module),
            versions: self.inside.versions
                + usize::from(
                    class
                        .decorator_list
                        .iter()
                        .any(|decorator| may_skip(decorator, self.choice)),
                ),
            ..self.inside
        };
        self.nested(inside, |this| this.visit_body(&class.body));
    }

    fn nested(&mut self, inside: Inside, visit: impl FnOnce(&mut Self)) {
        let outer = mem::replace(&mut self.inside, inside);
        let argument_of = self.argument_of.take();
        visit(self);
        self.inside = outer;
        self.argument_of = argument_of;
    }

    /// Visits code that `tests` decide about.
    fn decided(&mut self, whole: Span, tests: &[&'a Expr], visit: impl FnOnce(&mut Self)) {
        if tests.iter().any(|test| asks_for_platform(test)) {
            self.found.branches.push(whole);
        }
        let inside = Inside {
            conditions: self.inside.conditions + 1,
            versions: self.inside.versions + usize::from(tests.iter().any(|test| self.choice.tells(test))),
            ..self.inside
        };
        let outer = mem::replace(&mut self.inside, inside);
        visit(self);
        self.inside = outer;
    }
}

impl<'a> SourceOrderVisitor<'a> for Collector<'a> {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        let outer = self.inside;
        let end = body.last().map_or(0, |last| last.end().to_usize());
        for statement in body {
            self.visit_stmt(statement);
            // What asks and leaves, or skips, decides about the rest of its block.
            if let Some(test) = leaving(statement) {
                self.inside.conditions += 1;
                self.inside.versions += usize::from(self.choice.tells(test));
                if asks_for_platform(test) {
                    self.found.branches.push(Span::new(statement.end().to_usize(), end));
                }
            }
        }
        self.inside = outer;
    }

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::ImportFrom(import) => self.import(import),
            Stmt::If(choice) => {
                let clauses = choice.elif_else_clauses.iter();
                let tests: Vec<&Expr> = [&*choice.test]
                    .into_iter()
                    .chain(clauses.filter_map(|clause| clause.test.as_ref()))
                    .collect();
                self.decided(span(statement), &tests, |this| walk_stmt(this, statement));
            }
            Stmt::While(repeat) => self.decided(span(statement), &[&repeat.test], |this| walk_stmt(this, statement)),
            Stmt::Match(matched) => {
                self.decided(span(statement), &[&matched.subject], |this| walk_stmt(this, statement));
            }
            Stmt::Assert(_) | Stmt::For(_) | Stmt::Try(_) => {
                self.decided(span(statement), &[], |this| walk_stmt(this, statement));
            }
            // It may expect an exception, or replace what is named.
            Stmt::With(with) if !with.is_async => {
                let managers: Vec<&Expr> = with.items.iter().map(|item| &item.context_expr).collect();
                self.decided(span(statement), &managers, |this| walk_stmt(this, statement));
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => {
                let Some(index) = self.call(call) else {
                    walk_expr(self, expr);
                    return;
                };
                let outer = self.argument_of.replace(index);
                self.visit_arguments(&call.arguments);
                self.argument_of = outer;
            }
            Expr::Attribute(attribute) if attribute.ctx.is_load() => {
                self.name(expr);
                walk_expr(self, expr);
            }
            // What was imported by its name warned, or failed, where it was imported.
            Expr::Name(_) if self.argument_of.is_some() => {}
            Expr::If(choice) => {
                self.decided(span(expr), &[&choice.test], |this| walk_expr(this, expr));
            }
            Expr::BoolOp(operation) => {
                let tests: Vec<&Expr> = operation.values.iter().collect();
                self.decided(span(expr), &tests, |this| walk_expr(this, expr));
            }
            Expr::Lambda(_) | Expr::Generator(_) => self.decided(span(expr), &[], |this| walk_expr(this, expr)),
            _ => walk_expr(self, expr),
        }
    }
}

/// A decorator that certainly lets its test run.
fn is_harmless(decorator: &Decorator, names: &Names) -> bool {
    let function = match &decorator.expression {
        Expr::Call(call) => &*call.func,
        other => other,
    };
    let path = names.resolve(function);
    matches!(
        path,
        Some(
            "pytest.mark.asyncio"
                | "pytest.mark.anyio"
                | "pytest.mark.parametrize"
                | "pytest.mark.timeout"
                | "staticmethod"
                | "classmethod"
        )
    )
}
