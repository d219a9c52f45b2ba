//! What awaiting an expression waits for.

use ruff_python_ast::{Arguments, Expr, ExprCall, Keyword};
use ruff_text_size::Ranged;

use super::builder::Builder;
use super::connections::of_connect;
use super::deeds::Ready;
use super::threads::of_thread;
use super::waits::{self, Waiting};
use crate::catalog::{Blocking, WithoutLimit};
use crate::python::deadlines::{entered_deadline, setter};
use crate::python::sites::blocking::is_falsy;
use crate::python::sites::collect::Ended;
use crate::python::syntax::spans::span;
use crate::python::syntax::unpacking::unpacks;
use crate::sites::{Bound, CalledPart, Course, Length, Wait};

impl<'a> Builder<'a, '_> {
    /// Awaiting `expr`, what it takes to make it included.
    pub(super) fn awaited(&self, expr: &'a Expr) -> Course {
        self.deeper(expr.range(), || self.course_of_await(expr))
    }

    fn course_of_await(&self, expr: &'a Expr) -> Course {
        if let Some(ended) = self.ended(expr) {
            return ended;
        }
        match expr {
            Expr::Named(named) => self.awaited(&named.value),
            Expr::Call(call) if let Some(inner) = self.all.lengths.names.given_back(call) => self.awaited(inner),
            Expr::Call(call) => {
                let course = self.awaited_call(expr, call);
                let object = match &*call.func {
                    Expr::Attribute(method) => self.expression(&method.value),
                    _ => Course::default(),
                };
                Course::sequence([object, self.arguments(&call.arguments), course])
            }
            Expr::Name(_) if self.is_completed(expr) => Course::default(),
            Expr::Name(_) => match self.all.lengths.once(expr) {
                Some(value) if self.may_follow() => {
                    let course = self.follow(|| self.finished(expr, value));
                    self.until_cancelled(expr, course)
                }
                _ => self.future(expr),
            },
            Expr::If(choice) => {
                let both = [self.awaited(&choice.body), self.awaited(&choice.orelse)];
                let branches = self.alternatives(&choice.test, both);
                Course::sequence([self.expression(&choice.test), super::builder::branch(branches)])
            }
            _ => Course::sequence([self.expression(expr), self.unseen(expr)]),
        }
    }

    /// Awaiting what the variable `expr` keeps: what started it was counted where it stands. What awaiting something gave is
    /// something else: `pong = await ws.ping()`.
    fn finished(&self, expr: &'a Expr, value: &'a Expr) -> Course {
        match value {
            Expr::Call(_) if self.is_future(expr) => self.future(expr),
            Expr::Call(call) => self.awaited_call(value, call),
            Expr::Await(_) => self.future(expr),
            Expr::Name(_) => self.awaited(value),
            _ => self.future(value),
        }
    }

    /// What is left of a wait for a message that is none: the collector knows of it.
    pub(super) fn ended(&self, expr: &'a Expr) -> Option<Course> {
        Some(match self.all.ended.get(&span(expr))? {
            Ended::Before => Course::default(),
            Ended::Unknown => self.unseen(expr),
        })
    }

    fn future(&self, expr: &'a Expr) -> Course {
        if let Some(receive) = self.of_receive(expr, None) {
            return receive;
        }
        // Who gives one ends it, or has done so.
        let is_waited_for = self.is_future(expr) && !self.locals.is_parameter(expr);
        let methods = &["set_result", "set_exception"];
        let is_ended = || self.is_ended_beside(expr, methods, expr.start()) || self.is_reached_by_others(expr, methods);
        match is_waited_for && !is_ended() {
            true => self.wait(expr, Length::Is(Bound::Unlimited), false),
            false => self.unseen(expr),
        }
    }

    fn awaited_call(&self, expr: &'a Expr, call: &'a ExprCall) -> Course {
        if let Some(quick) = self.quick(expr, call) {
            return quick;
        }
        if let Some(connect) = self.connect_at(expr) {
            return of_connect(connect, call, self);
        }
        if let Some(receive) = self.of_receive(expr, Some(call)) {
            return receive;
        }
        let arguments = &call.arguments;
        let name = match &*call.func {
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            Expr::Name(name) => name.id.as_str(),
            _ => "",
        };
        if let Some(path) = self.all.lengths.names.resolve(&call.func) {
            match path {
                _ if self.all.is_replaced(path) => return self.unseen(expr),
                "asyncio.wait_for" | "asyncio.tasks.wait_for" | "tornado.gen.with_timeout" => {
                    return self.bounded(expr, call);
                }
                "asyncio.wait" | "asyncio.tasks.wait" => return self.waited(expr, arguments),
                "asyncio.gather" | "asyncio.tasks.gather" => {
                    return self.side_by_side(&arguments.args);
                }
                "asyncio.shield" | "asyncio.tasks.shield" => {
                    return arguments
                        .args
                        .first()
                        .map_or_else(Course::default, |inner| self.awaited(inner));
                }
                "asyncio.create_task"
                | "asyncio.ensure_future"
                | "asyncio.tasks.create_task"
                | "asyncio.run"
                | "asyncio.wrap_future" => {
                    return arguments
                        .args
                        .first()
                        .map_or_else(Course::default, |inner| self.awaited(inner));
                }
                "asyncio.to_thread" | "trio.to_thread.run_sync" | "anyio.to_thread.run_sync" => {
                    let keywords = match path {
                        "asyncio.to_thread" => &*arguments.keywords,
                        _ => &[],
                    };
                    let rest = arguments.args.get(1..).unwrap_or_default();
                    return of_thread(self.in_thread(arguments.args.first(), rest, keywords));
                }
                _ => {}
            }
            if let Some(waiting) = waits::awaited(path) {
                return match (waiting, self.ready(path, call)) {
                    (Waiting::Given(..), _) | (_, Ready::No) => self.known(expr, waiting, arguments),
                    (_, Ready::Perhaps) => self.unseen(expr),
                    (_, Ready::Yes) => Course::default(),
                };
            }
        }
        if let Some(course) = self.of_closing(call).or_else(|| self.of_likely_receive(expr, call)) {
            return course;
        }
        let started = self.all.lengths.names.argument_started(call);
        if let Some(started) = started.filter(|started| started.gives_task) {
            return self.awaited(started.value);
        }
        if let Some(course) = self.own(expr, call) {
            return course;
        }
        match (name, &*arguments.args) {
            // It holds for the rest of the suite, which knows of it.
            ("enter_async_context" | "enter_context" | "enterAsyncContext", [manager])
                if entered_deadline(manager, self.all.lengths.variables).is_some() =>
            {
                Course::default()
            }
            ("enter_async_context" | "enterAsyncContext", [manager]) => {
                let (enter, leave) = self.managed(manager, true);
                self.stacked.borrow_mut().push(leave);
                enter
            }
            ("create_task" | "ensure_future" | "run_until_complete", [inner, ..]) => self.awaited(inner),
            ("run_in_executor", [_, function, rest @ ..]) => of_thread(self.in_thread(Some(function), rest, &[])),
            _ => self.unseen(expr),
        }
    }

    /// `wait_for(inner, limit)`.
    fn bounded(&self, expr: &'a Expr, call: &'a ExprCall) -> Course {
        let setter = setter(call, self.all.lengths.names);
        let Some((unit, limit, Some(inner))) = setter.map(|setter| (setter.unit, setter.limit, setter.awaited)) else {
            return self.unseen(expr);
        };
        Course::Capped {
            by: self.all.shown(expr.range()),
            bound: limit.map_or(Length::Is(Bound::Unknown), |limit| {
                self.all.lengths.limit(unit, limit, self.locals)
            }),
            inner: Box::new(self.awaited(inner)),
            is_level: false,
        }
    }

    fn known(&self, expr: &'a Expr, waiting: Waiting, arguments: &'a Arguments) -> Course {
        let length = match waiting {
            Waiting::Given(index, name) => match arguments.find_argument_value(name, index) {
                Some(value) => self.all.lengths.length(value, self.locals),
                None => Length::Is(Bound::Unknown),
            },
            Waiting::ForEver => Length::Is(Bound::Unlimited),
        };
        self.wait(expr, length, false)
    }

    /// A function of the catalogue that blocks its thread, with what it is given.
    pub(super) fn blocked(
        &self,
        expr: &'a Expr,
        known: &Blocking,
        positional: &'a [Expr],
        keywords: &'a [Keyword],
    ) -> Course {
        let unpacks = unpacks(positional, keywords);
        let given = |name: Option<&str>, position: Option<usize>| {
            let named = keywords
                .iter()
                .find(|keyword| name.is_some() && keyword.arg.as_deref() == name);
            let value = named.map(|keyword| &keyword.value);
            value.or_else(|| positional.get(position?).filter(|_| !unpacks))
        };
        let mut values = known.unless.iter();
        if values.any(|one| {
            given(one.name.as_deref(), one.position)
                .is_some_and(|value| is_falsy(one.value, value, self.all.lengths.names))
        }) {
            return Course::default();
        }
        let (limit, without) = match (known.delay, &known.lasts) {
            (Some(position), _) => (given(None, Some(position)), WithoutLimit::Unknown),
            (None, Some(lasts)) => (given(lasts.name.as_deref(), lasts.position), lasts.without),
            (None, None) => return self.unseen(expr),
        };
        let length = match (limit, without) {
            (Some(limit), _) => self.all.lengths.length(limit, self.locals),
            (None, _) if unpacks => Length::Is(Bound::Unknown),
            (None, WithoutLimit::ForEver) => Length::Is(Bound::Unlimited),
            (None, WithoutLimit::Unknown) => return self.joined(expr).unwrap_or_else(|| self.unseen(expr)),
        };
        self.wait(expr, length, true)
    }

    /// A call of a function of the module.
    pub(super) fn own(&self, expr: &'a Expr, call: &'a ExprCall) -> Option<Course> {
        let (positional, keywords) = (&call.arguments.args, &call.arguments.keywords);
        let names = self.all.lengths.names;
        if let Some(function) = names.local_function(&call.func) {
            return Some(self.called(expr, function, positional, keywords));
        }
        let (module, function) = names.foreign_function(&call.func)?;
        let callee = (module, function);
        (!module.0.yields(function))
            .then(|| self.called_elsewhere(expr, callee, CalledPart::Whole, positional, keywords))
    }

    pub(super) fn wait(&self, expr: &'a Expr, length: Length, blocks: bool) -> Course {
        let path = expr
            .as_call_expr()
            .and_then(|call| self.all.lengths.names.resolve(&call.func));
        Course::Wait(Wait {
            what: self.all.shown(expr.range()),
            length,
            default: None,
            blocks,
            connect: None,
            path: path.map(str::to_owned),
        })
    }

    /// Something that may wait and of which nothing is known.
    pub(super) fn unseen(&self, expr: &'a Expr) -> Course {
        Course::Unseen(match expr {
            Expr::Call(call) => {
                let mut shown = self.all.shown(call.func.range());
                shown.span = span(expr);
                shown.text.push_str("()");
                shown
            }
            _ => self.all.shown(expr.range()),
        })
    }

    fn arguments(&self, arguments: &'a Arguments) -> Course {
        let values = arguments
            .args
            .iter()
            .chain(arguments.keywords.iter().map(|keyword| &keyword.value));
        Course::sequence(values.map(|value| self.expression(value)))
    }
}
