//! Waits for messages: on connections, and on what hands messages on beside one.

use foldhash::{HashMap, HashSet};
use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::TextSize;

use self::limits::{is_limited, is_of_own_class, may_be_set, waits};
use super::Collector;
use super::closed::Ended;
use super::feeds::{Beside, Done, Wait, WaysOut};
use crate::catalog::{Catalog, Receiver};
use crate::python::deadlines::around::Around;
use crate::python::names::{FunctionId, Making};
use crate::python::sites::anchor::Anchor;
use crate::python::syntax::dotted::with_items;
use crate::python::syntax::expected_failures::expects_failure;
use crate::python::testing::stand_ins::LastingReplacements;
use crate::sites::{Bound, Connect, Deadline, Receive, ReceiveForm};
use crate::source::{Language, Span};

mod candidates;
mod consumed;
mod exchanges;
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
    /// Where these go on once a deadline has ended a wait.
    pub(super) ways: WaysOut,
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
            ways: WaysOut::default(),
            replaced: HashSet::default(),
            candidates: Vec::new(),
            uses: Vec::new(),
            connected: HashMap::default(),
        }
    }
}

impl<'a> Collector<'a> {
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
    pub(super) fn beside(&mut self) -> Beside {
        let ways = std::mem::take(&mut self.messages.ways);
        let waiting = self.messages.candidates.iter();
        let waiting = waiting.filter_map(|candidate| {
            let deadlines = candidate.around.iter().filter_map(|around| match around {
                Around::Deadline(deadline) if deadline.bound != Bound::Unlimited => Some(deadline.span.start),
                _ => None,
            });
            let wait = Wait {
                object: with_items(candidate.object),
                at: offset(candidate.span.start),
                deadlines: deadlines.map(offset).collect(),
            };
            Some((candidate.function?, wait))
        });
        let through = self.done_through_others();
        Beside::of(&self.messages.done, self.functions_started(), waiting, through, ways)
    }
}

/// What the tree counts in; a source is no longer than that.
fn offset(at: usize) -> TextSize {
    TextSize::try_from(at).unwrap_or_default()
}

fn by_start(connects: &[Connect]) -> HashMap<usize, &Connect> {
    connects.iter().map(|connect| (connect.call.start, connect)).collect()
}
