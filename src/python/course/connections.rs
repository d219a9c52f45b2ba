//! The waits of catalogued connects and of their connections: opening, the next message, closing.

use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use super::builder::Builder;
use crate::catalog::{OwnLimitIs, Parameter, Phase, Waits};
use crate::patience::own_limit_with_retries;
use crate::python::names::Value;
use crate::python::sites::collect::opened_elsewhere;
use crate::python::syntax::spans::span;
use crate::python::values::bounds::argument_bound;
use crate::sites::{Bound, CalledPart, Callee, Carried, Connect, Course, Entry, Length, Shown, Wait};
use crate::source::Language;

/// The wait for a connection.
pub(super) fn of_connect<'a>(connect: &Connect, call: &'a ExprCall, builder: &Builder<'a, '_>) -> Course {
    let entry = builder.all.catalog.entry(connect.api);
    let package = &entry.package;
    let bounding = entry
        .api
        .arguments
        .iter()
        .filter(|parameter| parameter.bounds == Phase::Connect);
    let given = bounding
        .clone()
        .find_map(|parameter| length_of(connect, call, parameter, builder));
    let by_phase = connect.arguments.iter().any(|argument| {
        let parameter = entry.parameter(&argument.name);
        parameter.is_some_and(|parameter| matches!(parameter.bounds, Phase::Transport | Phase::Handshake))
    });
    let tries_once = own_limit_with_retries(connect, builder.all.catalog).0;
    let (length, default) = match (&connect.carried, given) {
        (Carried::InProcess(_), _) => (Length::Library, None),
        (Carried::Nothing, None) if tries_once == OwnLimitIs::Gone => (Length::Is(Bound::Unlimited), None),
        _ if tries_once != OwnLimitIs::Kept => (Length::Is(Bound::Unknown), None),
        (_, Some(length)) => (length, None),
        _ if connect.unpacks || by_phase => (Length::Is(Bound::Unknown), None),
        (Carried::Limit, None) => (Length::Is(connect.carried_bound), None),
        (Carried::Unseen | Carried::Unpacked(_), None) => (Length::Is(Bound::Unknown), None),
        (Carried::SwitchedOff(_), None) => (Length::Is(Bound::Unlimited), None),
        (Carried::Nothing, None) => match entry.api.waits {
            Waits::InProcess | Waits::ForEver => (Length::Library, None),
            Waits::Default => {
                let named = bounding.clone().find(|parameter| parameter.default.is_some());
                let name = named.map_or_else(
                    || format!("{package}'s own limit"),
                    |parameter| format!("`{}` of {package}", parameter.name),
                );
                (Length::Library, Some(name))
            }
        },
    };
    let blocks = connect.entry == Entry::Blocking;
    let what = Shown {
        span: connect.call,
        ..builder.all.shown(call.range())
    };
    let wait = Course::Wait(Wait {
        what: what.clone(),
        length,
        default,
        blocks,
        connect: Some(connect.id),
        path: None,
    });
    // A deadline that is lifted once connected, or that all callers put around it, is known here only.
    let around = connect.deadlines.iter().filter(|_| !blocks);
    let bounds: Vec<Bound> = around
        .map(|deadline| deadline.bound)
        .filter(|bound| *bound != Bound::Unlimited)
        .collect();
    let known = bounds.iter().filter_map(|bound| match bound {
        Bound::Seconds(seconds) => Some(*seconds),
        _ => None,
    });
    let bound = match (known.reduce(f64::min), bounds.is_empty()) {
        (_, true) => return wait,
        (Some(seconds), _) => Bound::Seconds(seconds),
        (None, false) => Bound::Unknown,
    };
    Course::Capped {
        by: what,
        bound: Length::Is(bound),
        inner: Box::new(wait),
        is_level: false,
    }
}

/// What a call gives for a parameter.
fn length_of<'a>(
    connect: &Connect,
    call: &'a ExprCall,
    parameter: &Parameter,
    builder: &Builder<'a, '_>,
) -> Option<Length> {
    let argument = connect
        .arguments
        .iter()
        .find(|argument| argument.name == parameter.name)?;
    let written = call
        .arguments
        .find_keyword(&parameter.name)
        .map(|keyword| &keyword.value);
    Some(match (argument.value, written) {
        (Bound::Unknown, Some(value)) => {
            let followed = builder.all.lengths.followed(value);
            match argument_bound(followed, parameter, builder.all.lengths.variables) {
                // `None` where it switches nothing off says nothing.
                Bound::Unknown if !followed.is_none_literal_expr() => builder.all.lengths.length(value, builder.locals),
                bound => Length::Is(bound),
            }
        }
        (bound, _) => Length::Is(bound),
    })
}

/// Closing the connection of a connect, where its library waits for the other side.
pub(super) fn of_close<'a>(connect: &Connect, call: &'a ExprCall, builder: &Builder<'a, '_>) -> Course {
    let entry = builder.all.catalog.entry(connect.api);
    let mut closing = entry
        .api
        .arguments
        .iter()
        .filter(|parameter| parameter.bounds == Phase::Close);
    let given = closing
        .clone()
        .find_map(|parameter| length_of(connect, call, parameter, builder));
    let (length, default) = match given {
        Some(length) => (length, None),
        None => match closing.find_map(|parameter| Some((parameter, parameter.default?))) {
            Some((parameter, seconds)) => (
                Length::Is(Bound::Seconds(seconds)),
                Some(format!("`{}` of {}", parameter.name, entry.package)),
            ),
            None => return Course::default(),
        },
    };
    Course::Wait(Wait {
        what: Shown {
            span: connect.call,
            text: format!("closing {}", builder.all.shown(call.func.range()).text),
            elsewhere: builder.all.shown(call.func.range()).elsewhere,
        },
        length,
        default,
        blocks: connect.entry == Entry::Blocking,
        connect: None,
        path: None,
    })
}

impl<'a> Builder<'a, '_> {
    /// The connect that a call is.
    pub(super) fn connect_at(&self, expr: &Expr) -> Option<&'a Connect> {
        self.all.connects.get(&span(expr)).copied()
    }

    pub(super) fn is_connect(&self, expr: &Expr) -> bool {
        self.connect_at(expr).is_some()
    }

    /// Entering a manager, and leaving it.
    pub(super) fn managed(&self, manager: &'a Expr, is_async: bool) -> (Course, Course) {
        if let (Some(connect), Expr::Call(call)) = (self.connect_at(manager), manager) {
            return (of_connect(connect, call, self), of_close(connect, call, self));
        }
        if let Expr::Await(_) = manager
            && let Some((connect, call)) = self.connection(manager)
        {
            return (self.expression(manager), of_close(connect, call, self));
        }
        if let Expr::Call(call) = manager
            && let Some(function) = self.all.lengths.names.local_function(&call.func)
            && let Some((enter, leave)) = self.all.functions.block(function.index())
        {
            let arguments = self.given(function, &call.arguments.args, &call.arguments.keywords);
            let half = |function: usize| Course::Call {
                call: self.all.shown(manager.range()),
                function: Callee::Here(function),
                arguments: arguments.clone(),
                gives_on: false,
                on: None,
                object: self.object_called(manager),
            };
            return (half(enter), half(leave));
        }
        if let Expr::Call(call) = manager
            && let Some((module, function)) = self.all.lengths.names.foreign_function(&call.func)
            && module.0.stands_for_a_block(function)
        {
            let half = |part| {
                let (positional, keywords) = (&call.arguments.args, &call.arguments.keywords);
                self.called_elsewhere(manager, (module, function), part, positional, keywords)
            };
            return (half(CalledPart::Enter), half(CalledPart::Leave));
        }
        if let Expr::Name(_) = manager
            && let Some((connect, call)) = self.connection(manager)
        {
            return (Course::default(), of_close(connect, call, self));
        }
        let made = self.expression(manager);
        self.entered_object(manager, made, is_async)
    }

    /// What `with` and `async with` wait for on an object that is no connection: the two methods of a class of the project, or
    /// something of which nothing is known. `made` is what it takes to make it.
    fn entered_object(&self, manager: &'a Expr, made: Course, is_async: bool) -> (Course, Course) {
        let names = self.all.lengths.names;
        let own = |method: &str| {
            let mut course = match names.method_of(manager, method) {
                Some(function) => self.called(manager, function, &[], &[]),
                None => {
                    let (module, function) = names.foreign_method(manager, method)?;
                    self.called_elsewhere(manager, (&module, function), CalledPart::Whole, &[], &[])
                }
            };
            if let Course::Call { object, .. } = &mut course {
                *object = self.object_meant(manager);
            }
            Some(course)
        };
        let [enter, leave] = match is_async {
            true => ["__aenter__", "__aexit__"],
            false => ["__enter__", "__exit__"],
        };
        if let (Some(enter), Some(leave)) = (own(enter), own(leave)) {
            return (Course::sequence([made, enter]), leave);
        }
        if !is_async {
            return (made, Course::default());
        }
        let is_quiet = |value: &Value| match value {
            Value::Outcome(path) => {
                self.all.catalog.holder(Language::Python, path).is_some()
                    || QUIET_MANAGERS.iter().any(|quiet| path.starts_with(quiet))
            }
            _ => false,
        };
        // What awaiting gave was counted, or named, where it is awaited.
        match manager.is_await_expr() || names.values(manager).iter().any(is_quiet) {
            true => (made, Course::default()),
            false => (Course::sequence([made, self.unseen(manager)]), Course::default()),
        }
    }

    /// The connect whose connection `expr` is, and its call.
    pub(super) fn connection(&self, expr: &'a Expr) -> Option<(&'a Connect, &'a ExprCall)> {
        const FARTHEST: usize = 8;
        let mut value = expr;
        for _ in 0..FARTHEST {
            if let (Some(connect), Expr::Call(call)) = (self.connect_at(value), value) {
                return Some((connect, call));
            }
            value = match value {
                Expr::Await(awaited) => &awaited.value,
                Expr::Call(call) if let Some(inner) = self.all.lengths.names.given_back(call) => inner,
                Expr::Call(call) => match &*call.func {
                    Expr::Name(_) | Expr::Attribute(_) if wraps(call) => call.arguments.args.first()?,
                    _ => return None,
                },
                Expr::Name(_) => match self.all.lengths.once(value) {
                    Some(value) => value,
                    None => return self.entered_connection(value),
                },
                _ => return self.entered_connection(value),
            };
        }
        None
    }

    /// Whether `expr` is a connection, whichever module of the project opens it.
    pub(super) fn is_connection(&self, expr: &'a Expr) -> bool {
        if self.connection(expr).is_some() {
            return true;
        }
        let makings = self.all.lengths.names.makings(expr);
        let path = makings.and_then(opened_elsewhere);
        path.is_some_and(|path| self.all.catalog.receiving_outcome(Language::Python, path).is_some())
    }

    /// The connect that a block entered under a name.
    fn entered_connection(&self, expr: &'a Expr) -> Option<(&'a Connect, &'a ExprCall)> {
        if let Expr::Name(name) = expr
            && let Some(known) = self.all.functions.yielded(&name.id, expr, self.all.lengths.names)
        {
            return Some(known);
        }
        let makings = self.all.lengths.names.makings(expr)?;
        // What else it may be, waits in its own way.
        let mut known = makings
            .iter()
            .map(|making| self.all.functions.connect_call(making.call));
        let first = known.next()??;
        known.all(|other| other.is_some()).then_some(first)
    }
}

/// Managers of asynchronous code that wait for nothing by themselves when they are entered.
const QUIET_MANAGERS: &[&str] = &[
    "contextlib.",
    "asyncio.TaskGroup",
    "asyncio.taskgroups.TaskGroup",
    "anyio.create_task_group",
    "trio.open_nursery",
];

/// `wait_for(connect(…), 5)` and `stack.enter_async_context(connect(…))` give the connection on.
fn wraps(call: &ExprCall) -> bool {
    let name = match &*call.func {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    matches!(
        name,
        "wait_for" | "shield" | "enter_async_context" | "enter_context" | "enterAsyncContext" | "enterContext"
    )
}
