//! Calls in async code that block their thread: of known functions and connects, and of functions of the file that make
//! such a call.

use foldhash::{HashMap, HashSet};

use syn::{Expr, ExprCall, ExprMethodCall, Pat};

use crate::call_graph::{CallGraph, Edge};
use crate::rust::collect::frames::{Frame, Sealed};
use crate::rust::collect::patterns::leading;
use crate::rust::collect::receives::plain_operand;
use crate::rust::collect::signals::FEEDS;
use crate::rust::collect::{Collector, typed};
use crate::rust::names::spelling::tokio_sleep;
use crate::rust::names::{Name, Written, plain};
use crate::rust::syntax::edges;
use crate::sites::{BlockingCall, Blocks, Connect};
use crate::source::{Language, Span};

/// What the visit finds about blocking calls.
#[derive(Default)]
pub(in crate::rust) struct FoundBlocking {
    /// Those in async code.
    direct: Vec<Direct>,
    /// Calls in async code of functions of the file.
    calls: Vec<Called>,
    graph: CallGraph<String, Direct>,
    /// What functions have put something into themselves so far: the call that makes the channel, the function.
    fed: HashSet<(Span, Option<usize>)>,
    /// The channels that threads put something into which functions have started so far.
    fed_by_threads: HashSet<(Span, Option<usize>)>,
}

/// Whether the function at this path makes both ends of a channel of the standard library.
pub(in crate::rust) fn makes_channel(path: &str) -> bool {
    matches!(path, "std::sync::mpsc::channel" | "std::sync::mpsc::sync_channel")
}

/// A call that blocks.
#[derive(Clone)]
struct Direct {
    call: Span,
    callee: Span,
    what: What,
    in_test: bool,
    sleep: Option<BlockingNote>,
}

#[derive(Clone)]
enum What {
    Function(String),
    /// The connect that is called here.
    Connect,
}

struct Called {
    function: String,
    call: Span,
    callee: Span,
    in_test: bool,
}

/// What the rewrite of a blocking call needs.
#[derive(Clone, Debug)]
pub(in crate::rust) struct BlockingNote {
    /// How `tokio::time::sleep` is written there.
    pub(in crate::rust) tokio_sleep: String,
    /// The macro whose tokens it stands in, where they are not edited.
    pub(in crate::rust) sealed: Option<Sealed>,
    /// The function around it, where the call stands in that itself: its index among the functions of the file.
    pub(in crate::rust) function: Option<usize>,
    /// Tokio certainly runs it.
    pub(in crate::rust) in_tokio: bool,
}

impl Collector<'_> {
    /// Notes the call of a function if that blocks, or is one of the file.
    pub(in crate::rust) fn blocking_call(&mut self, expr: &Expr, call: &ExprCall, callee: &Name) {
        let span = || self.offsets.of(syn::spanned::Spanned::span(&call.func));
        match callee {
            Name::Extern(path) if self.catalog.blocking(Language::Rust, path).is_some() => {
                self.note_blocking(expr, span(), What::Function(path.clone()));
            }
            Name::File(path) => self.note_own_call(expr, span(), path.clone()),
            Name::Extern(_) | Name::Variable(_) | Name::Unknown => {}
        }
    }

    /// Notes the call of a method if that blocks, or is one of the file.
    pub(in crate::rust) fn blocking_method(&mut self, expr: &Expr, call: &ExprMethodCall, method: &str) {
        if FEEDS.contains(&method) {
            self.feed(&call.receiver);
        }
        if !self.blocking.contains(method) && !self.names.has_method(method) || self.is_fed(&call.receiver) {
            return;
        }
        let Some(of) = self.type_of(&call.receiver) else { return };
        let callee = self.offsets.of(call.method.span());
        match typed(format!("{of}::{method}")) {
            Name::Extern(path) if self.catalog.blocking(Language::Rust, &path).is_some() => {
                self.note_blocking(expr, callee, What::Function(path));
            }
            Name::File(path) => self.note_own_call(expr, callee, path),
            _ => {}
        }
    }

    /// Notes what the variables of a pattern are that takes both ends of a channel of the standard library apart.
    pub(in crate::rust) fn bind_channel(&mut self, pat: &Pat, value: &Expr) {
        let (Pat::Tuple(ends), Expr::Call(call)) = (pat, value) else {
            return;
        };
        let Expr::Path(func) = &*call.func else { return };
        if !self.sought.calls || !matches!(self.resolve(&func.path), Name::Extern(path) if makes_channel(&path)) {
            return;
        }
        let made = edges::expression(value, self.offsets);
        for end in leading(ends) {
            if let Pat::Ident(ident) = end
                && let Name::Variable(id) = self.names.resolve(&Written::name(&plain(&ident.ident)))
                && let Some(variable) = self.found.variables.get_mut(id.0)
            {
                variable.channel = Some(made);
            }
        }
    }

    /// The call that makes the channel which an expression is an end of.
    pub(in crate::rust) fn channel_of(&self, end: &Expr) -> Option<Span> {
        let end = match plain_operand(end) {
            Expr::MethodCall(call) if call.method == "clone" => plain_operand(&call.receiver),
            other => other,
        };
        let Expr::Path(path) = end else { return None };
        match self.resolve(&path.path) {
            Name::Variable(id) => self.found.variables.get(id.0)?.channel,
            _ => None,
        }
    }

    /// Notes that a function itself puts something into a channel.
    fn feed(&mut self, sender: &Expr) {
        let Some(channel) = self.channel_of(sender) else { return };
        let place = self.place();
        let key = (channel, place.function);
        match (place.in_task, place.in_async) {
            (false, _) => self.found.blocking.fed.insert(key),
            (true, false) => self.found.blocking.fed_by_threads.insert(key),
            // A thread that runs its own futures goes on by itself.
            (true, true) if self.in_thread_with_runtime() => self.found.blocking.fed_by_threads.insert(key),
            // A task never gets its turn where its thread is blocked.
            (true, true) => false,
        };
    }

    /// Whether the current node runs in a runtime of a task's own: `thread::spawn(move || runtime.block_on(async { … }))`.
    fn in_thread_with_runtime(&self) -> bool {
        let mut within = self.frames.iter().skip_while(|frame| !matches!(frame, Frame::Task));
        within.any(|frame| matches!(frame, Frame::Run))
    }

    /// Whether a thread may put something into the channel that this is an end of: one that was started before, one that is
    /// asked by an object, or, where a thread of its own waits for that, whoever has the other end.
    pub(in crate::rust) fn may_be_fed(&self, receiver: &Expr) -> bool {
        let Some(channel) = self.channel_of(receiver) else {
            return false;
        };
        let place = self.place();
        if self.found.blocking.fed_by_threads.contains(&(channel, place.function)) {
            return true;
        }
        let is_end = |name: &String| match self.names.resolve(&Written::name(name)) {
            Name::Variable(id) => self.found.variables.get(id.0).and_then(|end| end.channel) == Some(channel),
            _ => false,
        };
        // A reply's sender goes along with the request for it.
        let is_other =
            |name: &&String| !matches!(plain_operand(receiver), Expr::Path(path) if path.path.is_ident(*name));
        let is_moved = self
            .givers
            .last()
            .is_some_and(|givers| givers.gone.moved().filter(is_other).any(is_end));
        if is_moved && self.tells_objects() {
            return true;
        }
        let is_apart = place.in_task && !place.in_async;
        is_apart && self.givers.last().is_some_and(|givers| givers.names.iter().any(is_end))
    }

    /// Whether the function itself has put something into the channel that this is an end of: it need not wait for that.
    pub(in crate::rust) fn is_fed(&self, receiver: &Expr) -> bool {
        let channel = self.channel_of(receiver);
        channel.is_some_and(|channel| self.found.blocking.fed.contains(&(channel, self.place().function)))
    }

    /// Notes a connect that blocks.
    pub(in crate::rust) fn blocking_connect(&mut self, expr: &Expr, callee: Span) {
        self.note_blocking(expr, callee, What::Connect);
    }

    fn note_blocking(&mut self, expr: &Expr, callee: Span, what: What) {
        let place = self.place();
        let function = self.own_function();
        let known = function.and_then(|index| self.found.functions.get(index));
        let direct = Direct {
            call: edges::expression(expr, self.offsets),
            callee,
            what,
            in_test: self.in_test(),
            sleep: Some(BlockingNote {
                tokio_sleep: tokio_sleep(&self.names),
                sealed: place.sealed,
                function,
                in_tokio: known.is_some_and(|function| function.in_tokio),
            }),
        };
        if place.in_async {
            self.found.blocking.direct.push(direct);
        } else if let Some(path) = self.caller() {
            self.found.blocking.graph.call(path, Edge::Place(direct));
        }
    }

    fn note_own_call(&mut self, expr: &Expr, callee: Span, function: String) {
        let place = self.place();
        if place.in_async {
            self.found.blocking.calls.push(Called {
                function,
                call: edges::expression(expr, self.offsets),
                callee,
                in_test: self.in_test(),
            });
        } else if let Some(path) = self.caller() {
            self.found.blocking.graph.call(path, Edge::To(function));
        }
    }

    /// Notes a function that runs where it is called.
    pub(in crate::rust) fn plain_function(&mut self, path: &str) {
        // The methods of traits and of types that cannot be told share their paths.
        if !path.starts_with('?') {
            self.found.blocking.graph.plain(path.to_owned());
        }
    }

    /// The function whose body the current node stands in, and runs whenever that does so far.
    fn caller(&self) -> Option<String> {
        let function = self.found.functions.get(self.own_function()?)?;
        (self.conditions == 0).then(|| function.path.clone())
    }

    /// The function whose own body the current node stands in: no closure, no async block, no task is between.
    fn own_function(&self) -> Option<usize> {
        for frame in self.frames.iter().rev() {
            match frame {
                Frame::Function(index) => return Some(*index),
                Frame::Closure { .. } | Frame::Async | Frame::Task | Frame::LocalTask => return None,
                _ => {}
            }
        }
        None
    }
}

impl FoundBlocking {
    /// The sites, and the notes about those that a rewrite may reach, by id.
    pub(in crate::rust) fn assemble(self, connects: &[Connect]) -> (Vec<BlockingCall>, Vec<Option<BlockingNote>>) {
        let by_call: HashMap<Span, usize> = connects.iter().map(|connect| (connect.call, connect.id)).collect();
        let blocks = |direct: &Direct| match &direct.what {
            What::Function(path) => Some(Blocks::Function(path.clone())),
            What::Connect => by_call.get(&direct.call).copied().map(Blocks::Connect),
        };
        let mut found = Vec::new();
        for direct in &self.direct {
            found.extend(blocks(direct).map(|blocks| {
                let site = BlockingCall {
                    id: 0,
                    call: direct.call,
                    callee: direct.callee,
                    blocks,
                    inside: None,
                    elsewhere: None,
                    in_test: direct.in_test,
                };
                (site, direct.sleep.clone())
            }));
        }
        let reached = self.graph.reached(|_| true);
        for called in self.calls {
            if let Some(direct) = reached.get(&called.function)
                && let Some(blocks) = blocks(direct)
            {
                let site = BlockingCall {
                    id: 0,
                    call: called.call,
                    callee: called.callee,
                    blocks,
                    inside: Some(direct.call),
                    elsewhere: None,
                    in_test: called.in_test,
                };
                found.push((site, None));
            }
        }
        found.sort_by_key(|(site, _)| site.call);
        for (id, (site, _)) in found.iter_mut().enumerate() {
            site.id = id;
        }
        found.into_iter().unzip()
    }
}
