//! Calls that nothing awaits: what blocks, what starts something, what runs a loop of its own.

use ruff_python_ast::{Arguments, Expr, ExprCall};

use super::blocks::may_block;
use super::builder::Builder;
use super::connections::of_connect;
use super::deeds::Ready;
use super::groups::Started;
use super::threads::of_thread;
use crate::python::names::Method;
use crate::python::sites::task_calls::runs_a_loop;
use crate::sites::{CalledPart, Course};
use crate::source::Language;

impl<'a> Builder<'a, '_> {
    /// A call that nothing awaits: it blocks, or it is a function of the module that does.
    pub(super) fn plain_call(&self, expr: &'a Expr, call: &'a ExprCall) -> Option<Course> {
        let names = self.all.lengths.names;
        if let Some(ended) = self.ended(expr) {
            return (!self.locals.is_async).then_some(ended);
        }
        if let Some(connect) = self.connect_at(expr) {
            return (connect.entry == crate::sites::Entry::Blocking).then(|| of_connect(connect, call, self));
        }
        let blocking = |path| self.all.catalog.blocking(Language::Python, path);
        if let Some(path) = names.resolve(&call.func)
            && let Some(known) = blocking(path)
        {
            match self.ready(path, call) {
                _ if self.all.is_replaced(path) => return Some(self.unseen(expr)),
                Ready::No => {}
                Ready::Perhaps => return Some(self.unseen(expr)),
                Ready::Yes => return None,
            }
            return Some(self.blocked(expr, known, &call.arguments.args, &call.arguments.keywords));
        }
        if self.connection_of_block.is_some() && names.resolve(&call.func).is_some_and(may_block) {
            return Some(self.unseen(expr));
        }
        if runs_a_loop(call, names) {
            let inner = self.run(call.arguments.args.first()?, &call.arguments);
            return Some(match self.locals.is_async && !inner.is_nothing() {
                true => Course::OwnLoop(Box::new(inner)),
                false => inner,
            });
        }
        if let Some(function) = names.local_function(&call.func) {
            let is_async = self.all.functions.is_async(function.index());
            let is_generator = self.all.functions.halves(function.index()).is_some();
            return (!is_async && !is_generator).then(|| self.own(expr, call)).flatten();
        }
        if let Some((module, function)) = names.foreign_function(&call.func) {
            let is_plain = !module.0.is_async(function) && !module.0.yields(function);
            return is_plain.then(|| self.own(expr, call)).flatten();
        }
        if let Some(constructor) = names.function_run(&call.func) {
            return self.constructed(expr, call, &constructor);
        }
        let Expr::Attribute(method) = &*call.func else {
            return None;
        };
        match (method.attr.as_str(), &*call.arguments.args) {
            ("submit" | "map", [_, ..]) if let Some(given) = self.given_to_pool(call, method) => Some(given),
            ("create_task" | "start_soon" | "start", [started, rest @ ..]) => {
                let group = method.value.as_name_expr()?;
                let course = match started {
                    Expr::Call(_) => self.awaited(started),
                    _ => self.in_group(started, rest)?,
                };
                let mut groups = self.groups.borrow_mut();
                let (_, tasks) = groups.iter_mut().rev().find(|(name, _)| *name == group.id.as_str())?;
                tasks.push(Started {
                    course,
                    started,
                    rest,
                    call,
                });
                Some(Course::default())
            }
            _ => self
                .of_receive(expr, Some(call))
                .or_else(|| self.of_closing(call))
                .or_else(|| self.of_likely_receive(expr, call))
                .filter(Course::blocks)
                .or_else(|| self.called_later(call))
                .or_else(|| self.aborted(call))
                .or_else(|| self.unknown_receive(expr, method)),
        }
    }

    /// What making an object of a class of the project takes.
    fn constructed(&self, expr: &'a Expr, call: &'a ExprCall, constructor: &Method) -> Option<Course> {
        let (positional, keywords) = (&call.arguments.args, &call.arguments.keywords);
        let mut course = match constructor {
            Method::Here(function) => {
                let is_plain = !self.all.functions.is_async(function.index())
                    && self.all.functions.halves(function.index()).is_none();
                is_plain.then(|| self.called(expr, *function, positional, keywords))?
            }
            Method::There(module, function) => {
                let is_plain = !module.0.is_async(*function) && !module.0.yields(*function);
                let callee = (module, *function);
                is_plain.then(|| self.called_elsewhere(expr, callee, CalledPart::Whole, positional, keywords))?
            }
        };
        // It is no method of what stands in front of its name.
        if let Course::Call { on, object, .. } = &mut course {
            (*on, *object) = (None, self.object_made(&call.func));
        }
        Some(course)
    }

    /// What an event loop runs: a coroutine, a future by its name, or a function with its arguments.
    fn run(&self, inner: &'a Expr, arguments: &'a Arguments) -> Course {
        match inner {
            Expr::Call(_) => self.awaited(inner),
            Expr::Name(_) if self.all.lengths.names.local_function(inner).is_none() => self.awaited(inner),
            _ => self
                .in_group(inner, arguments.args.get(1..).unwrap_or_default())
                .unwrap_or_else(|| self.unseen(inner)),
        }
    }

    fn in_group(&self, function: &'a Expr, rest: &'a [Expr]) -> Option<Course> {
        let names = self.all.lengths.names;
        if let (Some("anyio.to_thread.run_sync" | "trio.to_thread.run_sync"), [work, rest @ ..]) =
            (names.resolve(function), rest)
        {
            return Some(of_thread(self.in_thread(Some(work), rest, &[])));
        }
        let local = names.local_function(function)?;
        Some(self.called(function, local, rest, &[]))
    }
}
