//! The visit that finds every connect, what is around it, and who calls the functions that connects stand in.

use std::cell::OnceCell;
use std::mem;

use foldhash::{HashMap, HashSet};
use ruff_python_ast::visitor::source_order::SourceOrderVisitor;
use ruff_python_ast::{Expr, ExprCall, ModModule};

pub(in crate::python) use self::closed::Ended;
use self::closers::Closers;
use self::endings::Cancels;
use self::expectations::NameUses;
pub(in crate::python) use self::feeds::Beside;
use self::held::{GivenObject, Held};
use self::holders::Holders;
use self::inside::Inside;
use self::keywords::Keywords;
pub(in crate::python) use self::opened::{is_connection, opened, opened_elsewhere};
use self::partials::Partial;
use self::receives::Messages;
pub(in crate::python) use self::receives::ReceiveNote;
pub(in crate::python) use self::threads::{InThread, POOLS};
use self::waiting::{EnteredLater, Kept, Waiting, Watched};
use crate::catalog::Catalog;
use crate::python::deadlines::around::{Around, Wrapped, Wrapping};
use crate::python::deadlines::callers::Callers;
use crate::python::names::{FunctionId, Names, Subclasses};
use crate::python::program::{CarriedObjects, HandsOn, Others, Uses};
use crate::python::sites::anchor::{Anchor, Place};
use crate::python::sites::connects::{Given, given, is_connect};
use crate::python::sites::lookup::{Callee, Lookup};
use crate::python::sites::options::Options;
use crate::python::sites::usage::{Slot, Usage};
use crate::python::syntax::spans::span;
use crate::python::testing::stand_ins::{self, LastingReplacements};
use crate::python::testing::test_code::TestCode;
use crate::python::values::variables::Variables;
use crate::python::version_choice::VersionChoice;
use crate::sites::{Bound, Connect, Deadline, Entry, Exchange, Expected, OwnMembers, Receive};
use crate::source::Span;

mod cancelled_later;
mod closed;
mod closers;
mod dictionaries;
mod elsewhere;
mod endings;
mod expectations;
mod feeds;
mod groups;
mod handed_on;
mod held;
mod holders;
mod inside;
mod keywords;
mod opened;
mod outside;
mod own_functions;
mod partials;
mod placed;
mod receives;
mod replaced;
mod running;
mod tasks;
mod threads;
pub(in crate::python) mod visit;
mod waiting;

/// What the visit finds.
pub(in crate::python) struct Collected {
    /// By position.
    pub(in crate::python) connects: Vec<Connect>,
    /// By [`Connect::id`].
    pub(in crate::python) anchors: Vec<Anchor>,
    /// By position.
    pub(in crate::python) receives: Vec<Receive>,
    /// By [`Receive::id`].
    pub(in crate::python) receive_notes: Vec<ReceiveNote>,
    /// The waits for a message, by their place, that are none, for who counts how long they take.
    pub(in crate::python) ended: HashMap<Span, Ended>,
    /// What runs beside its functions, and does to what these wait for.
    pub(in crate::python) beside: Beside,
    /// By position.
    pub(in crate::python) exchanges: Vec<Exchange>,
    /// What the objects carry that limits come from.
    pub(in crate::python) carried: CarriedObjects,
    /// The limits that these objects are made with, where they are written.
    pub(in crate::python) limits: HashMap<usize, Bound>,
    /// What it does with functions of other modules.
    pub(in crate::python) uses: Uses,
    /// The deadlines that functions of the project put around functions of this module, as decorators, and around blocks, by
    /// where the definition begins or what the block enters.
    pub(in crate::python) enclosed: HashMap<usize, Deadline>,
    /// The deadlines that its functions put around what they are given to run.
    pub(in crate::python) wrappings: HashMap<(FunctionId, Wrapped), Deadline>,
    /// What its functions do with the keywords that they take.
    pub(in crate::python) hands_on: HashMap<FunctionId, HandsOn>,
    /// As [`crate::sites::Sites::handed`].
    pub(in crate::python) handed: Vec<Connect>,
}

/// Finds every connect of a module, and every wait for a message.
pub(in crate::python) fn collect<'a>(
    module: &'a ModModule,
    variables: &'a dyn Variables,
    tests: &'a TestCode<'a>,
    choice: &'a VersionChoice<'a>,
    catalog: &'a Catalog,
    others: Option<Others<'a>>,
) -> Collected {
    let names = variables.names();
    let mut collector = Collector {
        catalog,
        names,
        variables,
        tests,
        choice,
        messages: Messages::new(catalog),
        lookup: Lookup::new(catalog, names),
        options: Options::new(module, variables, choice),
        others,
        uses: elsewhere::Calls::default(),
        function_names: names.functions().map(|function| function.name()).collect(),
        class_names: names.class_names().map(|name| name.as_str()).collect(),
        parents: Vec::new(),
        statement: Span::empty(0),
        slot: Slot::Other,
        inside: Inside::default(),
        found: Vec::new(),
        in_dictionaries: Vec::new(),
        kept: HashMap::default(),
        watched: HashMap::default(),
        holders: Holders::new(variables, catalog, others),
        partials: HashMap::default(),
        callers: Callers::default(),
        name_uses: NameUses::of(module),
        keywords: Keywords::default(),
        wrapped: Vec::new(),
        entered_later: Vec::new(),
        subclasses: OnceCell::new(),
        closers: Closers::default(),
        cancels: Cancels::default(),
    };
    collector.visit_body(&module.body);
    collector.finish(module)
}

struct Collector<'a> {
    catalog: &'a Catalog,
    names: &'a Names,
    variables: &'a dyn Variables,
    tests: &'a TestCode<'a>,
    choice: &'a VersionChoice<'a>,
    messages: Messages<'a>,
    lookup: Lookup<'a>,
    options: Options<'a>,
    others: Option<Others<'a>>,
    uses: elsewhere::Calls,
    /// The simple names of the module's functions.
    function_names: HashSet<&'a str>,
    /// The simple names of its classes.
    class_names: HashSet<&'a str>,
    /// The expressions around the current one within its statement, the innermost last.
    parents: Vec<&'a Expr>,
    statement: Span,
    slot: Slot<'a>,
    inside: Inside,
    found: Vec<Found>,
    /// The connects that dictionaries are handed on to.
    in_dictionaries: Vec<Connect>,
    /// What is kept in a local variable, by where its only read stands.
    kept: HashMap<usize, Vec<Kept>>,
    /// What is waited for by the name of a local variable.
    watched: HashMap<&'a str, Vec<Watched>>,
    holders: Holders<'a>,
    /// Calls of `functools.partial` of a connect, by where they begin.
    partials: HashMap<usize, Partial>,
    callers: Callers,
    name_uses: NameUses<'a>,
    keywords: Keywords<'a>,
    /// The definitions and blocks that functions of the project run, by where the one begins, or what the other one enters.
    wrapped: Vec<(usize, Wrapping)>,
    entered_later: Vec<EnteredLater>,
    /// Its classes by those that they inherit from, once that was asked.
    subclasses: OnceCell<Subclasses>,
    closers: Closers,
    cancels: Cancels,
}

/// A connect before everything around it is known.
struct Found {
    callee: Callee,
    call: Span,
    func: Span,
    given: Given,
    /// What it is given where a number could stand.
    objects: Vec<GivenObject>,
    held: Held,
    own_members: OwnMembers,
    entry: Entry,
    in_thread: bool,
    around: Vec<Around>,
    /// Where the call begins that makes the task which runs it, and which something else than a variable keeps.
    task: Option<usize>,
    anchor: Anchor,
    inside: (Option<FunctionId>, bool),
    expected: Expected,
}

impl<'a> Collector<'a> {
    fn finish(mut self, module: &ModModule) -> Collected {
        let mut found = mem::take(&mut self.found);
        for found in &mut found {
            self.complete(found);
            self.holders.tell_kinds(&mut found.given.arguments, &found.objects);
        }
        // What is never called may only be reported for an argument that it carries.
        let partials = mem::take(&mut self.partials).into_values();
        let unused = partials.filter_map(|partial| partial.unused);
        found.extend(unused.filter(|found| !found.given.arguments.is_empty()));
        let names = self.names;
        // A library whose parts are replaced connects to nothing.
        let replaced = match found.is_empty() && !self.may_wait_for_messages() {
            true => LastingReplacements::default(),
            false => LastingReplacements::of(module, self.variables),
        };
        found.retain(|found| !self.is_mocked(found, &replaced));
        found.sort_by_key(|found| found.call);
        self.note_connected(&found);
        self.ask_for_wrappings(&found);
        self.enter_kept(&mut found);
        self.ask_for_bases(&found);
        let covered_of = |callers: &Callers| callers.covered(names.functions(), |function| names.method_name(function));
        let covered = covered_of(&self.callers);
        let asked = self.ask_other_modules(&found);
        let covered_anywhere = match asked {
            Some(_) => covered_of(&self.callers),
            None => covered.clone(),
        };
        let hands_on = self.hands_on(&found);
        self.tell_of_callers(&mut found);
        let functions: Vec<Option<FunctionId>> = found.iter().map(|found| found.inside.0).collect();
        let (connects, anchors): (Vec<Connect>, Vec<Anchor>) = found
            .into_iter()
            .enumerate()
            .map(|(id, found)| {
                let (function, in_async) = found.inside;
                // Who calls the function elsewhere says nothing of what an argument here is for.
                let has_none = found.given.has_no_limit(self.lookup.entry(found.callee.api));
                let covered = if has_none { &covered_anywhere } else { &covered };
                let mut deadlines = self.callers.all_deadlines(&found.around, function, covered);
                if found.entry == Entry::Blocking {
                    deadlines.clear();
                }
                let asked = asked.as_ref().filter(|_| has_none);
                let callers = self.callers_elsewhere(function, asked, covered);
                let api = &self.lookup.entry(found.callee.api).api;
                let connect = Connect {
                    id,
                    api: found.callee.api,
                    path: found.callee.path,
                    call: found.call,
                    callee: found.func,
                    arguments: found.given.arguments,
                    keywords: found.given.keywords,
                    positional: found.given.positional,
                    scheme: found.given.scheme,
                    unpacks: found.given.unpacks,
                    entry: found.entry,
                    in_thread: found.in_thread,
                    own_members: found.own_members,
                    carried: self.holders.carried(api, found.call.start, &found.held, &self.callers),
                    carried_bound: self.holders.carried_bound(&found.held),
                    deadlines,
                    in_async,
                    in_test: self.tests.covers(found.call.start),
                    clock_stands_still: false,
                    chosen_by_version: self.choice.is_chosen(found.call.start),
                    expected: found.expected,
                    callers,
                    through: Vec::new(),
                    handed_by: None,
                };
                (connect, found.anchor)
            })
            .unzip();
        let mut handed = self.handed(&connects, &hands_on);
        handed.append(&mut self.in_dictionaries);
        handed.sort_by_key(|connect| connect.call);
        let exchanges = self.exchanges(&connects, &functions);
        let beside = self.beside();
        let (receives, receive_notes, ended) =
            self.receives(&connects, &anchors, &functions, (&covered, &replaced), &beside);
        Collected {
            handed,
            hands_on,
            connects,
            anchors,
            receives,
            receive_notes,
            ended,
            beside,
            exchanges,
            carried: self.holders.all(),
            limits: self.holders.limits(),
            enclosed: self.enclosed(),
            wrappings: self.callers.wrappings().all(),
            uses: self.uses(covered),
        }
    }

    fn call(&mut self, expr: &'a Expr, call: &'a ExprCall) {
        self.holders.call(call, &self.options);
        self.keywords_given(call);
        self.dictionaries_given(call);
        self.message_call(expr, call);
        self.message_consumed(expr);
        self.method_patched(call);
        self.started(call);
        self.asked_by_name(call);
        let (catalog, names) = (self.catalog, self.names);
        let is_connect = |callee: &Callee| is_connect(call, catalog.entry(callee.api), names);
        if let Some(callee) = self.lookup.callee(&call.func).filter(is_connect) {
            self.connect(expr, call, callee);
        } else if let Some(wrapped) = self.lookup.wrapped(call) {
            self.partial(expr, call, wrapped);
        } else if let Some(thread) = InThread::of(call, self.names)
            && let Some(callee) = self.lookup.callee(thread.target)
        {
            self.in_a_thread(expr, call, &thread, callee);
        } else {
            self.own_call(expr, call);
        }
    }

    fn connect(&mut self, expr: &'a Expr, call: &'a ExprCall, callee: Callee) {
        let given = given(&call.arguments, 0, self.lookup.entry(callee.api), &self.options);
        let (mut found, kept_in, awaited_by) = self.place(expr, call, callee, given);
        if stand_ins::is_given_one(call, self.names) {
            let library = found.callee.path.split('.').next().unwrap_or_default();
            found.around.push(Around::Replaced(library.to_owned()));
        }
        let why = match () {
            () if found.entry == Entry::Blocking => Some("a blocking connect cannot be ended by an event loop"),
            () if found.callee.partial.is_some() => Some("the connect is called through `functools.partial`"),
            () if found.given.in_dictionary => Some("its arguments come out of a dictionary"),
            () => None,
        };
        let of = Waiting::Connect(self.found.len());
        match why {
            Some(why) => {
                found.anchor.place = Place::Fixed(why);
                self.waits_later(expr, of, None, awaited_by);
            }
            None => self.waits_later(expr, of, kept_in, awaited_by),
        }
        // A helper that the user put into the catalogue is a function of the module too.
        self.own_call(expr, call);
        self.found.push(found);
    }

    /// A connect that a thread of its own calls.
    fn in_a_thread(&mut self, expr: &'a Expr, call: &'a ExprCall, thread: &InThread<'a>, callee: Callee) {
        let given = thread.given(self.lookup.entry(callee.api), &self.options);
        let (mut found, ..) = self.place(expr, call, callee, given);
        // Who starts a thread does not wait for it, whatever the connect itself is.
        found.entry = match found.entry {
            Entry::Blocking => Entry::Blocking,
            _ => return,
        };
        found.in_thread = true;
        found.func = span(thread.target);
        found.anchor.place = Place::Fixed("a thread of its own calls the connect");
        self.found.push(found);
    }

    /// A variable is read that keeps a connect: its use is the connect's.
    fn connect_read(&mut self, index: usize, is_alone: bool, used: &Usage<'_>, around: &[Around]) {
        let closes = self.is_entered_here();
        let Some(found) = self.found.get_mut(index) else {
            return;
        };
        found.entry = used.entry;
        around.clone_into(&mut found.around);
        found.anchor.place = match is_alone {
            true => used.place.clone(),
            false => Place::Fixed("more than one assignment sets the variable that keeps the connect"),
        };
        found.anchor.statement = self.statement;
        found.anchor.closes = closes;
    }
}
