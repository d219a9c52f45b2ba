//! The visit itself: what each statement and expression changes about what is inside of what.

use std::mem;

use ruff_python_ast::visitor::source_order::{
    SourceOrderVisitor, walk_arguments, walk_body, walk_decorator, walk_except_handler, walk_expr, walk_parameters,
    walk_stmt, walk_type_params,
};
use ruff_python_ast::{self as ast, Decorator, Expr, Stmt};
use ruff_text_size::Ranged;

use super::Collector;
use super::inside::Inside;
use crate::python::deadlines::around::Wrapped;
use crate::python::deadlines::wrappings::Place;
use crate::python::sites::usage::{Awaits, Slot, generators};
use crate::python::syntax::spans::span;
use crate::python::values::bounds::bound_of_new;
use crate::sites::Expected;

impl<'a> Collector<'a> {
    fn function(&mut self, function: &'a ast::StmtFunctionDef) {
        for decorator in &function.decorator_list {
            walk_decorator(self, decorator);
        }
        if let Some(parameters) = &function.type_params {
            walk_type_params(self, parameters);
        }
        walk_parameters(self, &function.parameters);
        if let Some(returns) = &function.returns {
            self.visit_annotation(returns);
        }
        let id = function
            .body
            .first()
            .and_then(|first| self.names.function_at(first.start().to_usize()));
        let is_known = |decorator: &Decorator| self.is_transparent(decorator);
        if let Some(id) = id
            && !function.decorator_list.iter().all(is_known)
        {
            self.callers.escape(id);
            self.keywords_lost(id);
        }
        if self.tests.role(function).is_some() {
            self.messages.roots.extend(id);
        }
        let inside = Inside {
            function: id,
            is_async: function.is_async,
            awaits: Awaits::of(&function.decorator_list, self.names),
            expected: Expected::default(),
            frames: self.decorated(function),
            closed: Vec::new(),
            before_suite: 0,
            is_lambda: false,
        };
        let outer = mem::replace(&mut self.inside, inside);
        self.visit_body(&function.body);
        self.inside = outer;
    }

    fn class(&mut self, class: &'a ast::StmtClassDef) {
        for decorator in &class.decorator_list {
            walk_decorator(self, decorator);
        }
        self.class_registered(class);
        if let Some(parameters) = &class.type_params {
            walk_type_params(self, parameters);
        }
        if let Some(arguments) = &class.arguments {
            walk_arguments(self, arguments);
        }
        let inside = Inside { ..Inside::default() };
        let outer = mem::replace(&mut self.inside, inside);
        self.visit_body(&class.body);
        self.inside = outer;
    }

    fn lambda(&mut self, lambda: &'a ast::ExprLambda) {
        if let Some(parameters) = &lambda.parameters {
            walk_parameters(self, parameters);
        }
        let inside = Inside {
            expected: self.expected_of_lambda(),
            is_lambda: true,
            ..Inside::default()
        };
        let outer = mem::replace(&mut self.inside, inside);
        self.visit_expr(&lambda.body);
        self.inside = outer;
    }

    fn with(&mut self, with: &'a ast::StmtWith) {
        let before = self.inside.frames.len();
        for (index, item) in with.items.iter().enumerate() {
            let is_async = with.is_async;
            self.in_slot(Slot::WithItem { index, is_async }, &item.context_expr);
            let target = item.optional_vars.as_deref().and_then(Expr::as_name_expr);
            self.enter(&item.context_expr, target.map(|name| name.id.clone()));
            if let Some(target) = item.optional_vars.as_deref() {
                self.may_hold(target);
                self.in_slot(Slot::Other, target);
            }
        }
        let expects_timeout = with.items.iter().any(|item| self.expects_timeout(&item.context_expr));
        self.messages.timeouts_expected += usize::from(expects_timeout);
        let expected = self.expected_by_with(with);
        self.expecting(expected, |this| this.suite(&with.body));
        self.left(with);
        self.expected_to_be_closed(with);
        self.messages.timeouts_expected -= usize::from(expects_timeout);
        self.inside.frames.truncate(before);
    }

    fn attempt(&mut self, attempt: &'a ast::StmtTry) {
        let expected = self.expected_by_try(attempt);
        self.expecting(expected, |this| this.visit_body(&attempt.body));
        for handler in &attempt.handlers {
            walk_except_handler(self, handler);
        }
        self.visit_body(&attempt.orelse);
        self.suite(&attempt.finalbody);
    }

    /// A suite that is left at its end only: what it closed is closed behind it, too.
    fn suite(&mut self, body: &'a [Stmt]) {
        let frames = self.inside.frames.len();
        let outer = mem::replace(&mut self.inside.before_suite, frames);
        walk_body(self, body);
        self.inside.before_suite = outer;
        // What a statement of the suite put onto an exit stack is only known to hold for its rest.
        self.inside.frames.truncate(frames);
    }

    fn expecting(&mut self, expected: Expected, visit: impl FnOnce(&mut Self)) {
        if matches!(expected, Expected::Told | Expected::SaidByTimeout) {
            self.callers.look_at_texts();
        }
        let outer = self.inside.expected;
        self.inside.expected = outer.max(expected);
        visit(self);
        self.inside.expected = outer;
    }

    fn in_slot(&mut self, slot: Slot<'a>, expr: &'a Expr) {
        self.slot = slot;
        self.visit_expr(expr);
        self.slot = Slot::Other;
    }

    fn is_transparent(&self, decorator: &Decorator) -> bool {
        let path = self.names.resolve(&decorator.expression);
        matches!(
            path,
            Some(
                "abc.abstractmethod"
                    | "contextlib.asynccontextmanager"
                    | "contextlib.contextmanager"
                    | "staticmethod"
                    | "classmethod"
                    | "tornado.gen.coroutine"
                    | "typing.override"
            )
        )
    }
}

impl<'a> SourceOrderVisitor<'a> for Collector<'a> {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        let closed = self.inside.closed.len();
        self.suite(body);
        // What one of its statements closed is only known to be so for its rest.
        self.inside.closed.truncate(closed);
    }

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let outer = (self.statement, self.slot);
        self.statement = span(statement);
        self.slot = Slot::Other;
        self.messages.ways.note(self.inside.function, statement);
        match statement {
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::With(with) => self.with(with),
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::For(each) => {
                self.message_loop(&each.iter, each.is_async);
                self.cancelling_each(each);
                self.in_slot(
                    Slot::Iterable {
                        is_async: each.is_async,
                    },
                    &each.iter,
                );
                self.visit_expr(&each.target);
                self.visit_body(&each.body);
                self.visit_body(&each.orelse);
            }
            Stmt::Return(returned) => {
                if let Some(value) = &returned.value {
                    self.in_slot(Slot::Returned, value);
                }
            }
            Stmt::Expr(bare) => {
                self.in_slot(Slot::Bare, &bare.value);
                self.closed_by(&bare.value);
            }
            Stmt::Assign(assign) => {
                let slot = match assign.targets.as_slice() {
                    [Expr::Name(name)] => Slot::Assigned(Some(&name.id)),
                    [Expr::Subscript(item)] if let Expr::Name(name) = &*item.value => Slot::Item(&name.id),
                    _ => Slot::Assigned(None),
                };
                for target in &assign.targets {
                    self.may_hold(target);
                    self.visit_expr(target);
                    if let Expr::Attribute(attribute) = target {
                        self.holders.assigned(attribute, &assign.value);
                        self.method_assigned(attribute);
                        if attribute.attr.id == "deadline" {
                            let bound = bound_of_new(&assign.value, self.variables);
                            self.set_anew(&attribute.value, bound);
                        }
                    }
                }
                self.keywords_assigned(&assign.targets, &assign.value);
                self.in_slot(slot, &assign.value);
                self.assigned(&assign.targets, &assign.value);
            }
            Stmt::AnnAssign(assign) => {
                self.may_hold(&assign.target);
                self.visit_expr(&assign.target);
                self.visit_annotation(&assign.annotation);
                if let Some(value) = &assign.value {
                    let name = assign.target.as_name_expr().map(|name| &name.id);
                    self.in_slot(Slot::Assigned(name), value);
                }
            }
            _ => walk_stmt(self, statement),
        }
        (self.statement, self.slot) = outer;
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => self.call(expr, call),
            Expr::Starred(_) => self.message_consumed(expr),
            Expr::Name(name) if name.ctx.is_load() => {
                self.kept_read(expr);
                self.connection_read(expr);
                self.watched_read(expr, &name.id);
                self.parameter_read(expr, name);
                self.own_function(expr, &name.id, false);
                self.keywords_read(expr);
            }
            Expr::Attribute(attribute) if attribute.ctx.is_load() => {
                self.attribute_read(expr);
                self.limit_set(attribute);
                self.closing(expr, attribute);
                self.cancelling(expr, attribute);
                self.feeding(expr, attribute);
                self.own_function(expr, &attribute.attr.id, true);
                self.keywords_read(expr);
                self.keywords_attribute(expr, &attribute.attr.id);
            }
            Expr::Attribute(attribute) => {
                self.limit_set(attribute);
                self.keywords_attribute(expr, &attribute.attr.id);
            }
            Expr::Await(awaited) => {
                self.message_await(&awaited.value);
                if let Expr::Call(call) = &*awaited.value {
                    self.may_reopen(call);
                }
            }
            Expr::Yield(_) => {
                if let Some(function) = self.inside.function {
                    self.messages.ways.note_yield(function, expr.start());
                    let place = Place {
                        around: self.around(expr),
                        is_at_once: false,
                    };
                    self.callers.wrappings().runs(function, Wrapped::Block, place);
                }
            }
            _ => {}
        }
        for generator in generators(expr) {
            self.message_loop(&generator.iter, generator.is_async);
        }
        self.parents.push(expr);
        match expr {
            Expr::Lambda(lambda) => self.lambda(lambda),
            _ => walk_expr(self, expr),
        }
        self.parents.pop();
        if let Expr::Call(call) = expr {
            self.after_call(call);
        }
    }
}
