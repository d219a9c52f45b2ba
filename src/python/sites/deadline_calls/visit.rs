//! The visit itself: what each statement and expression changes about what is inside of what.

use std::mem;

use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::source_order::{
    SourceOrderVisitor, walk_arguments, walk_body, walk_decorator, walk_expr, walk_parameters, walk_stmt,
};
use ruff_python_ast::{self as ast, ExceptHandler, Expr, Stmt};
use ruff_text_size::Ranged;

use super::blocks::Frame;
use super::entering::goes_on;
use super::newer::{catches_missing, may_skip};
use super::{Collector, FARTHEST, Inside, With};
use crate::python::deadlines::stacked;
use crate::python::sites::usage::Slot;
use crate::python::syntax::dotted::dotted;
use crate::python::syntax::expected_failures::{catches_misuse, expects_failure, has_expectations};
use crate::python::syntax::leaving::leaves;
use crate::python::syntax::spans::span;
use crate::sites::{Bound, Deadline, DeadlineUsage};

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

    fn with(&mut self, with: &'a ast::StmtWith) {
        let before = self.inside.frames.len();
        let scopes = self.inside.scopes.len();
        let index = self.withs.len();
        self.withs.push(With {
            whole: span(with),
            connect: None,
            binds: false,
        });
        let mut suppresses = Vec::new();
        let mut failing = 0;
        let mut waits_at_the_end = false;
        let mut unclaimed = self.found.calls.len();
        for (position, item) in with.items.iter().enumerate() {
            let is_async = with.is_async;
            if let Some(open) = self.withs.get_mut(index) {
                open.binds = item.optional_vars.is_some();
            }
            self.with_index = Some(index);
            let call = self.found.calls.len();
            let slot = Slot::WithItem {
                index: position,
                is_async,
            };
            self.in_slot(slot, &item.context_expr);
            self.with_index = None;
            self.enter_scope(&item.context_expr);
            if let Some(deadline) = self.entered(&item.context_expr, is_async) {
                let target = item.optional_vars.as_deref();
                self.hold(
                    deadline,
                    Some(call),
                    target.and_then(Expr::as_name_expr).map(|name| &name.id),
                    target.is_some(),
                );
            } else if is_async {
                if let Expr::Name(name) = &item.context_expr {
                    self.enter_kept(name, &with.body);
                }
                self.wait(&item.context_expr, &item.context_expr);
                waits_at_the_end = true;
            } else if let Some(handler) = self.suppresses(item)
                && self.guard()
            {
                suppresses.push(handler);
            }
            if expects_failure(&item.context_expr) {
                failing += 1;
                self.meant_to_fail += 1;
            }
            let connect = self.connects_in(span(&item.context_expr)).next();
            if let Some(open) = self.withs.get_mut(index) {
                open.connect = open.connect.or(connect);
            }
            // A deadline in front of a connect is meant for that one.
            if connect.is_some() {
                for call in self.found.calls.iter_mut().skip(unclaimed) {
                    if let DeadlineUsage::Entered { behind, .. } = &mut call.usage {
                        *behind = None;
                    }
                }
                unclaimed = self.found.calls.len();
            }
            if let Some(target) = item.optional_vars.as_deref() {
                self.in_slot(Slot::Other, target);
                self.enter_as(target, call, with);
            }
        }
        self.visit_body(&with.body);
        self.inside.scopes.truncate(scopes);
        for item in with.items.iter().filter(|_| with.is_async) {
            for name in [Some(&item.context_expr), item.optional_vars.as_deref()]
                .into_iter()
                .flatten()
            {
                if let Expr::Name(name) = name {
                    self.leave_kept(name, &with.body);
                }
            }
        }
        self.meant_to_fail -= failing;
        for handler in suppresses.into_iter().rev() {
            self.guarded_by(vec![handler]);
        }
        self.withs.truncate(index);
        if waits_at_the_end {
            let (end, loops) = (span(with), self.inside.loops.len());
            for frame in self.inside.frames.iter_mut().rev().take(FARTHEST) {
                frame.wait(end, loops);
            }
        }
        for frame in self.inside.frames.split_off(before) {
            self.leave(&frame);
        }
    }

    /// `async with asyncio.timeout(…) as target`: `call` is where the deadlines of the item begin.
    fn enter_as(&mut self, target: &Expr, call: usize, with: &ast::StmtWith) {
        let Expr::Name(name) = target else {
            return;
        };
        let entered = self
            .inside
            .frames
            .last()
            .filter(|frame| frame.call == Some(call) && with.is_async);
        if let Some(path) = entered.map(|frame| frame.deadline.path.clone()) {
            self.keep_entered(name, &path, &with.body);
        }
    }

    /// From here on `deadline` holds; its call and the name it has, if any.
    fn hold(&mut self, mut deadline: Deadline, call: Option<usize>, handle: Option<&Name>, is_bound: bool) {
        let is_in_force = deadline.bound != Bound::Unlimited || is_bound;
        // `asyncio.timeout(None) as deadline` is set later.
        if deadline.bound == Bound::Unlimited {
            deadline.bound = Bound::Unknown;
        }
        self.inside.frames.push(Frame {
            is_in_force,
            deadline,
            call,
            handle: handle.cloned(),
            stack: None,
            is_bound,
            loops: self.inside.loops.len(),
            first_wait: None,
            waits: 0,
        });
    }

    fn leave(&mut self, frame: &Frame) {
        let only_wait = frame.only_wait();
        if let Some(call) = frame.call.and_then(|call| self.found.calls.get_mut(call)) {
            call.only_wait = only_wait;
        }
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

    fn in_slot(&mut self, slot: Slot<'a>, expr: &'a Expr) {
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

    /// `deadline.reschedule(None)`, `deadline.reject()`, `scope.deadline = math.inf`: the deadline is another one from here
    /// on, or none.
    fn lift(&mut self, handle: &Expr, ends: bool) {
        let Expr::Name(handle) = handle else {
            return;
        };
        let mut frames = self.inside.frames.iter_mut().rev().take(FARTHEST);
        if let Some(frame) = frames.find(|frame| frame.handle.as_ref() == Some(&handle.id)) {
            frame.deadline.bound = Bound::Unknown;
            frame.is_in_force &= !ends;
        }
    }

    /// `stack.aclose()`: what an exit stack held does not hold any more.
    fn unwind(&mut self, stack: &Expr) {
        let stack = dotted(stack);
        for frame in self.inside.frames.iter_mut().rev().take(FARTHEST) {
            frame.is_in_force &= frame.stack.is_none() || frame.stack != stack;
        }
    }

    fn after_call(&mut self, call: &ast::ExprCall) {
        let Expr::Attribute(method) = &*call.func else {
            return;
        };
        let is_awaited = matches!(self.parents.last(), Some(Expr::Await(_)));
        if let Some((manager, is_async)) = stacked(call, is_awaited)
            && let Some(deadline) = self.entered(self.variables.only_value(manager).unwrap_or(manager), is_async)
        {
            let is_whole = self.parents.len() == usize::from(is_awaited);
            let kept = match self.slot {
                Slot::Bare if is_whole => None,
                slot => Some(slot),
            };
            let handle = match kept {
                Some(Slot::Assigned(name)) if is_whole => name,
                // Made before under a name of its own.
                _ => manager.as_name_expr().map(|name| &name.id),
            };
            self.hold(deadline, None, handle, kept.is_some() || manager.is_name_expr());
            if let Some(frame) = self.inside.frames.last_mut() {
                frame.stack = dotted(&method.value);
            }
            return;
        }
        match method.attr.as_str() {
            "aclose" | "close" => self.unwind(&method.value),
            "reject" => self.lift(&method.value, true),
            "reschedule" => {
                let ends = call.arguments.args.first().is_some_and(Expr::is_none_literal_expr);
                self.lift(&method.value, ends);
            }
            "update" | "shift" => self.lift(&method.value, false),
            _ => {}
        }
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
