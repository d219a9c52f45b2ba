//! The visit itself: what each statement and expression changes about what is inside of what.

use std::mem;

use ruff_python_ast::visitor::source_order::{
    SourceOrderVisitor, walk_arguments, walk_body, walk_decorator, walk_expr, walk_parameters, walk_stmt,
};
use ruff_python_ast::{self as ast, ExceptHandler, Expr, Stmt};
use ruff_text_size::Ranged;

use super::entering::goes_on;
use super::newer::{catches_missing, may_skip};
use super::{Collector, Inside};
use crate::python::sites::usage::Slot;
use crate::python::syntax::expected_failures::{catches_misuse, has_expectations};
use crate::python::syntax::leaving::leaves;

impl<'a> Collector<'a> {
    fn function(&mut self, function: &'a ast::StmtFunctionDef) {
        for decorator in &function.decorator_list {
            walk_decorator(self, decorator);
        }
        walk_parameters(self, &function.parameters);
        let skipped = usize::from(
            function
                .decorator_list
                .iter()
                .any(|decorator| may_skip(decorator, self.choice)),
        );
        let meant = match self.inside.outermost {
            // What a function in a function does may be what is expected to fail further down.
            Some(outermost) => usize::from(*self.expects_failure.get_or_insert_with(|| has_expectations(outermost))),
            None => {
                self.expects_failure = None;
                0
            }
        };
        let inside = Inside {
            outermost: self.inside.outermost.or(Some(function)),
            is_async: function.is_async,
            is_split_fixture: function.decorator_list.iter().any(|decorator| {
                let made_by = match &decorator.expression {
                    Expr::Call(call) => &*call.func,
                    other => other,
                };
                self.names.resolve(made_by) == Some("pytest_asyncio.fixture")
            }),
            ..Inside::default()
        };
        self.unseen_by_old += skipped;
        self.nested(inside, |this| {
            this.meant_to_fail = meant;
            this.visit_body(&function.body);
        });
        self.unseen_by_old -= skipped;
    }

    fn class(&mut self, class: &'a ast::StmtClassDef) {
        for decorator in &class.decorator_list {
            walk_decorator(self, decorator);
        }
        if let Some(arguments) = &class.arguments {
            walk_arguments(self, arguments);
        }
        let skipped = usize::from(
            class
                .decorator_list
                .iter()
                .any(|decorator| may_skip(decorator, self.choice)),
        );
        let inside = Inside {
            outermost: self.inside.outermost,
            ..Inside::default()
        };
        self.unseen_by_old += skipped;
        self.nested(inside, |this| this.visit_body(&class.body));
        self.unseen_by_old -= skipped;
    }

    fn nested(&mut self, inside: Inside<'a>, visit: impl FnOnce(&mut Self)) {
        self.inside.is_shared = true;
        let outer = mem::replace(&mut self.inside, inside);
        let outer_meant = mem::take(&mut self.meant_to_fail);
        visit(self);
        self.meant_to_fail = outer_meant;
        self.inside = outer;
    }

    fn try_(&mut self, try_: &'a ast::StmtTry) {
        let meant = usize::from(catches_misuse(try_));
        let unseen = usize::from(catches_missing(try_));
        let handlers = self.handlers(try_);
        let is_guarded = !handlers.is_empty() && self.guard();
        self.meant_to_fail += meant;
        self.unseen_by_old += unseen;
        self.visit_body(&try_.body);
        self.meant_to_fail -= meant;
        if is_guarded {
            self.guarded_by(handlers);
        }
        // What stands in for a missing name, and what needs it, stand in the other blocks.
        for ExceptHandler::ExceptHandler(handler) in &try_.handlers {
            if let Some(exceptions) = &handler.type_ {
                self.visit_expr(exceptions);
            }
            self.visit_body(&handler.body);
        }
        self.visit_body(&try_.orelse);
        self.unseen_by_old -= unseen;
        self.visit_body(&try_.finalbody);
    }

    pub(super) fn in_slot(&mut self, slot: Slot<'a>, expr: &'a Expr) {
        self.slot = slot;
        self.visit_expr(expr);
        self.slot = Slot::Other;
    }

    fn repeated(&mut self, body: &'a [Stmt], orelse: &'a [Stmt]) {
        let goes_on = !self.inside.made.is_empty() && goes_on(body);
        self.inside.loops.push(goes_on);
        self.visit_body(body);
        self.inside.loops.pop();
        self.visit_body(orelse);
    }
}

impl<'a> SourceOrderVisitor<'a> for Collector<'a> {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        let Some(first) = body.first() else {
            return;
        };
        self.inside.blocks.push(first.start().to_usize());
        let (unseen, frames) = (self.unseen_by_old, self.inside.frames.len());
        walk_body(self, body);
        // What was put onto an exit stack is only known to hold for the rest of its suite.
        self.inside.frames.truncate(frames);
        // What asked for the version and left kept only the rest of its own block.
        self.unseen_by_old = unseen;
        self.inside.blocks.pop();
    }

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let outer = (self.slot, self.with_index.take());
        self.slot = Slot::Other;
        match statement {
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::With(with) => self.with(with),
            Stmt::Try(try_) => self.try_(try_),
            Stmt::ImportFrom(import) => self.newer_import(import),
            Stmt::If(choice) => {
                let asks = self.choice.tells(&choice.test);
                self.unseen_by_old += usize::from(asks);
                walk_stmt(self, statement);
                let goes_elsewhere = choice
                    .body
                    .last()
                    .is_some_and(|last| leaves(last) || matches!(last, Stmt::Expr(_)));
                if asks && !goes_elsewhere {
                    self.unseen_by_old -= 1;
                }
            }
            Stmt::For(each) => {
                if each.is_async {
                    self.wait(&each.iter, &each.iter);
                }
                self.visit_expr(&each.iter);
                self.visit_expr(&each.target);
                self.repeated(&each.body, &each.orelse);
            }
            Stmt::While(repeat) => {
                self.visit_expr(&repeat.test);
                self.repeated(&repeat.body, &repeat.orelse);
            }
            Stmt::Expr(bare) => self.in_slot(Slot::Bare, &bare.value),
            Stmt::Global(_) | Stmt::Nonlocal(_) => self.inside.is_shared = true,
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.visit_expr(target);
                    if let Expr::Attribute(attribute) = target
                        && attribute.attr.id == "deadline"
                    {
                        self.lift(&attribute.value, true);
                    }
                }
                let name = match assign.targets.as_slice() {
                    [Expr::Name(name)] => Some(name),
                    _ => None,
                };
                self.in_slot(Slot::Assigned(name.map(|name| &name.id)), &assign.value);
                if let Some(name) = name {
                    self.keep(name, &assign.value);
                }
            }
            _ => walk_stmt(self, statement),
        }
        (self.slot, self.with_index) = outer;
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => self.call(call),
            Expr::Await(awaited) => self.wait(expr, &awaited.value),
            // One place is told, however often it yields.
            Expr::Yield(_) => self.found.held_open.append(&mut self.inside.scopes),
            Expr::ListComp(ast::ExprListComp { generators, .. })
            | Expr::SetComp(ast::ExprSetComp { generators, .. })
            | Expr::DictComp(ast::ExprDictComp { generators, .. })
                if generators.iter().any(|generator| generator.is_async) =>
            {
                self.wait(expr, expr);
            }
            Expr::Name(name) if name.ctx.is_load() => self.read_kept(name),
            Expr::Name(name) => _ = self.inside.made.remove(&name.id),
            _ => {}
        }
        self.parents.push(expr);
        match expr {
            Expr::Lambda(lambda) => {
                self.inside.is_shared = true;
                let outer = mem::take(&mut self.inside);
                self.visit_expr(&lambda.body);
                self.inside = outer;
            }
            Expr::If(choice) if self.choice.tells(&choice.test) => {
                self.unseen_by_old += 1;
                walk_expr(self, expr);
                self.unseen_by_old -= 1;
            }
            _ => walk_expr(self, expr),
        }
        self.parents.pop();
        if let Expr::Call(call) = expr {
            self.after_call(call);
        }
    }
}
