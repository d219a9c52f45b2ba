//! Waits for messages: on connections, and on what hands messages on beside one.

use foldhash::{HashMap, HashSet};
use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use self::limits::{is_limited, is_of_own_class, is_quiet, may_be_set, waits};
use super::Collector;
use super::closed::Ended;
use super::feeds::{Beside, Done};
use super::opened::opened;
use crate::catalog::{Catalog, Receiver};
use crate::python::deadlines::around::Around;
use crate::python::names::{FunctionId, Making};
use crate::python::sites::anchor::Anchor;
use crate::python::sites::usage::Slot;
use crate::python::syntax::dotted::dotted;
use crate::python::syntax::expected_failures::expects_failure;
use crate::python::syntax::spans::span;
use crate::python::testing::stand_ins::LastingReplacements;
use crate::sites::{Connect, Deadline, Exchange, ExchangeKind, Receive, ReceiveForm};
use crate::source::{Language, Span};

mod kept_methods;
mod limits;
mod origins;

/// What the rewrite of a wait needs.
#[derive(Clone, Debug)]
pub(in crate::python) struct ReceiveNote {
    /// The statement that it stands in.
    pub(in crate::python) statement: Span,
    /// The awaitable: what a function that bounds an expression goes around.
    pub(in crate::python) awaitable: Option<Span>,
}

/// What the visit knows of messages so far.
pub(super) struct Messages<'a> {
    catalog: &'a Catalog,
    /// The methods of the catalogue that wait for messages.
    pub(super) methods: HashSet<&'a str>,
    /// Those that give a message part by part.
    streams: HashSet<&'a str>,
    /// What sets a limit of each wait.
    setters: HashSet<&'a str>,
    /// Those that end a connection.
    pub(super) closes: HashSet<&'a str>,
    /// The functions that a test runner calls.
    pub(super) roots: HashSet<FunctionId>,
    /// How many blocks around expect a timeout.
    pub(super) timeouts_expected: usize,
    /// The variables that may hold a connection.
    holding: HashSet<&'a Name>,
    /// What functions do to what others wait for.
    pub(super) done: Vec<Done>,
    /// The methods that a function puts something else in the place of: the function, the variable of the object, the method.
    pub(super) replaced: HashSet<(Option<FunctionId>, &'a Name, &'a str)>,
    candidates: Vec<Candidate<'a>>,
    uses: Vec<Use>,
    /// The objects that are connections once a method of theirs has connected: by where the calls begin that make them, where those
    /// of the connects do.
    connected: HashMap<usize, Vec<usize>>,
}

/// Something that may wait for a message.
struct Candidate<'a> {
    span: Span,
    form: ReceiveForm,
    object: &'a Expr,
    /// `anext` gets the object itself, not what `aiter` makes of it.
    is_iterator: bool,
    /// The method of the object that gives what is iterated over, where it is not the object itself.
    stream: Option<&'a str>,
    call: Option<&'a ExprCall>,
    is_awaited: bool,
    note: ReceiveNote,
    around: Vec<Around>,
    function: Option<FunctionId>,
    expects_timeout: bool,
    /// The object is a variable whose connection was closed before.
    is_closed: bool,
}

/// A read of a variable that may hold a connection.
struct Use {
    span: Span,
    making: Making,
    attribute: Option<String>,
    /// It is what a loop goes over, stands in a `with`, is returned or yielded, or given to a function of Python that sets nothing.
    is_only_read: bool,
    function: Option<FunctionId>,
    /// What it does to what an attribute keeps is for the waits of this function: another test has an object of its own.
    for_itself: Option<FunctionId>,
}

/// The functions that ask an iterator for what comes next.
const ANEXT: &str = "anext";
const NEXT: &str = "next";

/// The method that waits for the end of a connection, and for no message.
pub(super) const WAIT_CLOSED: &str = "wait_closed";

impl<'a> Messages<'a> {
    pub(super) fn new(catalog: &'a Catalog) -> Self {
        let all = |names: fn(&'a Receiver) -> &'a [String]| {
            let receivers = catalog.receivers(Language::Python);
            receivers.flat_map(names).map(String::as_str).collect()
        };
        Self {
            catalog,
            methods: all(|receiver| &receiver.methods),
            streams: all(|receiver| &receiver.streams),
            setters: all(|receiver| &receiver.setters),
            closes: all(|receiver| &receiver.closes),
            roots: HashSet::default(),
            timeouts_expected: 0,
            holding: HashSet::default(),
            done: Vec::new(),
            replaced: HashSet::default(),
            candidates: Vec::new(),
            uses: Vec::new(),
            connected: HashMap::default(),
        }
    }
}

impl<'a> Collector<'a> {
    /// A call that may wait for a message: `ws.recv()`, `anext(aiter(ws))`, `next(iter(ws))`.
    pub(super) fn message_call(&mut self, expr: &'a Expr, call: &'a ExprCall) {
        let (name, object) = match &*call.func {
            Expr::Attribute(method) if method.attr.id == "__anext__" => (ANEXT, &*method.value),
            Expr::Attribute(method) if method.attr.id == "__next__" => (NEXT, &*method.value),
            Expr::Attribute(method) => {
                let name = method.attr.id.as_str();
                if !self.messages.methods.contains(name) && name != WAIT_CLOSED {
                    return;
                }
                (name, &*method.value)
            }
            Expr::Name(function) if matches!(function.id.as_str(), ANEXT | NEXT) => {
                let Some(iterator) = call.arguments.args.first() else {
                    return;
                };
                if self.names.resolve(&call.func) != Some(function.id.as_str()) {
                    return;
                }
                (function.id.as_str(), iterator)
            }
            Expr::Name(function) => match self.kept_method(&call.func, &function.id) {
                Some(method) => (method.attr.as_str(), &*method.value),
                None => return,
            },
            _ => return,
        };
        let iterated = match name {
            ANEXT | NEXT => self.iterated(object),
            _ => None,
        };
        let streamed = self.streamed(iterated.unwrap_or(object));
        let streamed = streamed.filter(|_| matches!(name, ANEXT | NEXT));
        self.candidate(
            span(call),
            ReceiveForm::Call(name.to_owned()),
            streamed.map_or(iterated.unwrap_or(object), |(object, _)| object),
            expr,
        );
        if let Some(candidate) = self.messages.candidates.last_mut() {
            candidate.call = Some(call);
            candidate.is_iterator = iterated.is_none();
            candidate.stream = streamed.map(|(_, method)| method);
        }
    }

    /// `async for message in <iterable>`, and `for` over a connection that blocks its thread.
    pub(super) fn message_loop(&mut self, iterable: &'a Expr, is_async: bool) {
        let iterated = self.iterated(iterable).unwrap_or(iterable);
        let streamed = self.streamed(iterated);
        let object = streamed.map_or(iterated, |(object, _)| object);
        if !is_async && !matches!(object, Expr::Name(_) | Expr::Attribute(_)) {
            return;
        }
        self.candidate(span(iterable), ReceiveForm::Loop, object, iterable);
        if let Some(candidate) = self.messages.candidates.last_mut() {
            candidate.is_awaited = is_async;
            candidate.stream = streamed.map(|(_, method)| method);
            candidate.note.awaitable = None;
        }
    }

    /// `await <awaited>`, where that is an object: a future.
    pub(super) fn message_await(&mut self, awaited: &'a Expr) {
        if matches!(awaited, Expr::Name(_) | Expr::Attribute(_)) {
            self.candidate(span(awaited), ReceiveForm::Await, awaited, awaited);
            if let Some(candidate) = self.messages.candidates.last_mut() {
                candidate.is_awaited = true;
            }
        }
    }

    /// What `aiter(x)` and `x.__aiter__()` iterate over, and `iter(x)`.
    fn iterated(&self, expr: &'a Expr) -> Option<&'a Expr> {
        let held = self.variables.only_value(expr);
        let call = held.unwrap_or(expr).as_call_expr()?;
        match &*call.func {
            Expr::Attribute(method) if matches!(method.attr.as_str(), "__aiter__" | "__iter__") => Some(&method.value),
            Expr::Name(function) if matches!(function.id.as_str(), "aiter" | "iter") => {
                let is_builtin = self.names.resolve(&call.func) == Some(function.id.as_str());
                match &*call.arguments.args {
                    [iterated] if is_builtin => Some(iterated),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The object that gives what is iterated over part by part, and its method: `ws.recv_streaming()`.
    fn streamed(&self, iterated: &'a Expr) -> Option<(&'a Expr, &'a str)> {
        let held = self.variables.only_value(iterated);
        let method = held.unwrap_or(iterated).as_call_expr()?.func.as_attribute_expr()?;
        let name = method.attr.as_str();
        self.messages.streams.contains(name).then_some((&*method.value, name))
    }

    fn candidate(&mut self, place: Span, form: ReceiveForm, object: &'a Expr, waiting: &'a Expr) {
        let in_group = self.around_group(waiting);
        let candidate = Candidate {
            span: place,
            form,
            object,
            is_iterator: false,
            stream: None,
            call: None,
            is_awaited: in_group.is_some() || self.is_awaited_at_once(waiting),
            note: ReceiveNote {
                statement: self.statement,
                awaitable: Some(place),
            },
            around: in_group.unwrap_or_else(|| self.around(waiting)),
            function: self.inside.function,
            expects_timeout: self.messages.timeouts_expected > 0,
            is_closed: self.is_closed(object),
        };
        self.messages.candidates.push(candidate);
    }

    /// Whether anything may wait for a message.
    pub(super) fn may_wait_for_messages(&self) -> bool {
        !self.messages.candidates.is_empty()
    }

    /// What is around each wait for what may be a message.
    pub(super) fn messages_around(&self) -> impl Iterator<Item = &Vec<Around>> {
        self.messages.candidates.iter().map(|candidate| &candidate.around)
    }

    /// Whether a block is meant to end by a timeout: `pytest.raises(TimeoutError)`.
    pub(super) fn expects_timeout(&self, manager: &Expr) -> bool {
        let names_one = |expr: &Expr| match expr {
            Expr::Name(name) => name.id.contains("Timeout"),
            Expr::Attribute(attribute) => attribute.attr.id.contains("Timeout"),
            _ => false,
        };
        let Expr::Call(call) = manager else {
            return false;
        };
        let mut expected = call.arguments.args.iter().flat_map(|argument| match argument {
            Expr::Tuple(tuple) => &*tuple.elts,
            single => std::slice::from_ref(single),
        });
        expected.any(names_one) && expects_failure(manager)
    }

    /// A variable gets what may be a connection.
    pub(super) fn may_hold(&mut self, target: &'a Expr) {
        if let Expr::Name(name) = target {
            self.messages.holding.insert(&name.id);
        }
        self.reopened(target);
    }

    /// A read of a variable that may hold a connection.
    pub(super) fn connection_read(&mut self, expr: &'a Expr) {
        let Expr::Name(name) = expr else {
            return;
        };
        if !self.messages.holding.contains(&name.id) {
            return;
        }
        let Some([making]) = self.names.makings(expr) else {
            return;
        };
        let attribute = match self.parents.last() {
            Some(Expr::Attribute(attribute)) => Some(attribute),
            _ => None,
        };
        let whole = attribute.map_or(expr.range(), Ranged::range);
        self.messages.uses.push(Use {
            span: span(whole),
            making: making.clone(),
            attribute: attribute.map(|attribute| attribute.attr.to_string()),
            is_only_read: match self.parents.last() {
                Some(Expr::Call(call)) => is_quiet(call),
                // Who gets it is seen, and reads it in turn.
                Some(Expr::Yield(_)) => true,
                Some(_) => false,
                None => matches!(
                    self.slot,
                    Slot::Iterable { .. } | Slot::WithItem { .. } | Slot::Returned
                ),
            },
            function: self.inside.function,
            for_itself: None,
        });
    }

    /// What is done with the connections of `connects`, by position. `functions` are those that these stand in.
    pub(super) fn exchanges(&self, connects: &[Connect], functions: &[Option<FunctionId>]) -> Vec<Exchange> {
        let by_start = by_start(connects);
        let exchange = |used: &Use| {
            let connect = opened(&used.making, &by_start)?;
            let known = self.receiver_of(connect)?;
            let has = |names: &[String]| used.attribute.as_ref().is_some_and(|name| names.contains(name));
            let is_beside = functions.get(connect.id) == Some(&used.function);
            let kind = match used.attribute.clone() {
                _ if !is_beside => ExchangeKind::Other,
                Some(method) if has(&known.sends) => ExchangeKind::Send(method),
                Some(_) if has(&known.methods) || has(&known.streams) => ExchangeKind::Receive,
                Some(_) if has(&known.states) => ExchangeKind::State,
                _ => ExchangeKind::Other,
            };
            Some(Exchange {
                span: used.span,
                connect: connect.id,
                kind,
                in_test: self.tests.covers(used.span.start),
            })
        };
        let mut found: Vec<Exchange> = self.messages.uses.iter().filter_map(exchange).collect();
        found.sort_by_key(|exchange| exchange.span);
        found
    }

    /// Every wait for a message, by position. `functions` are those that the connects stand in.
    pub(super) fn receives(
        &self,
        connects: &[Connect],
        anchors: &[Anchor],
        functions: &[Option<FunctionId>],
        (covered, replaced): (&HashMap<FunctionId, Deadline>, &LastingReplacements),
        beside: &Beside,
    ) -> (Vec<Receive>, Vec<ReceiveNote>, HashMap<Span, Ended>) {
        let by_start = by_start(connects);
        let run = self
            .callers
            .run_by(&self.messages.roots, |function| self.names.method_name(function));
        let mut opening: HashMap<Option<FunctionId>, Vec<&Connect>> = HashMap::default();
        for (connect, function) in connects.iter().zip(functions) {
            if self.receiver_of(connect).is_some_and(|known| !known.blocking) {
                opening.entry(*function).or_default().push(connect);
            }
        }
        let closed_beside = self.closed_beside();
        let mut ended = HashMap::default();
        let mut found: Vec<(Receive, ReceiveNote)> = Vec::new();
        for candidate in &self.messages.candidates {
            let Some(origin) = self.origin(candidate, &by_start) else {
                continue;
            };
            // Behind the block of a connection its end is waited for, not a message.
            let is_closed = |connect: &&Connect| {
                let anchor = anchors.get(connect.id);
                functions.get(connect.id) == Some(&candidate.function)
                    && anchor.is_some_and(|anchor| anchor.closes && anchor.statement.end <= candidate.span.start)
            };
            let receiver = &self.messages.catalog.receiver(origin.receiver).receiver;
            let is_left = !origin.connects.is_empty() && origin.connects.iter().all(is_closed);
            if is_left || candidate.is_closed && !receiver.closes.is_empty() {
                ended.insert(candidate.span, Ended::Before);
                continue;
            }
            if self.is_replaced_method(candidate) || self.is_of_replaced(candidate, &origin, replaced) {
                ended.insert(candidate.span, Ended::Unknown);
                continue;
            }
            if !waits(candidate, receiver) {
                continue;
            }
            let held = || {
                let opened = opening.get(&candidate.function)?;
                let before = opened.partition_point(|connect| connect.call.start < candidate.span.start);
                opened.get(before.checked_sub(1)?).map(|connect| connect.id)
            };
            let connect = match receiver.signal {
                true if beside.feeds(candidate.object, candidate.function, candidate.note.statement.start) => None,
                true => held(),
                false => origin.connects.first().map(|connect| connect.id),
            };
            if receiver.signal && connect.is_none() {
                continue;
            }
            let mut deadlines = self
                .callers
                .all_deadlines(&candidate.around, candidate.function, covered);
            if receiver.blocking {
                deadlines.clear();
            }
            let receive = Receive {
                id: 0,
                span: candidate.span,
                form: candidate.form.clone(),
                receiver: origin.receiver,
                limited: is_limited(
                    candidate,
                    receiver,
                    self.limiting(&origin, receiver, connects).as_deref(),
                ) || is_of_own_class(receiver, &origin.connects)
                    || may_be_set(&self.messages.uses, receiver, &origin.made, candidate.function)
                    || self.is_closed_beside(candidate, &closed_beside, receiver),
                source: origin.source,
                connect,
                deadlines,
                in_test: self.tests.covers(candidate.span.start),
                runs_in_test: candidate.function.is_some_and(|function| run.contains(&function)),
                expects_timeout: candidate.expects_timeout,
            };
            found.push((receive, candidate.note.clone()));
        }
        found.sort_by_key(|(receive, _)| receive.span);
        for (id, (receive, _)) in found.iter_mut().enumerate() {
            receive.id = id;
        }
        let (receives, notes) = found.into_iter().unzip();
        (receives, notes, ended)
    }

    /// What is done beside the functions of the module, for the waits of others.
    pub(super) fn beside(&self) -> Beside {
        let waiting = self.messages.candidates.iter();
        let waiting = waiting.filter_map(|candidate| Some((candidate.function?, dotted(candidate.object))));
        Beside::of(&self.messages.done, self.functions_started(), waiting)
    }
}

fn by_start(connects: &[Connect]) -> HashMap<usize, &Connect> {
    connects.iter().map(|connect| (connect.call.start, connect)).collect()
}
