//! Signals: what tells a task to leave by itself. A function that gives one ends the waits that are raced against it, in
//! itself and in those that it hands the other end to.

use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Block, Expr, FnArg, Pat, Signature};

use crate::rust::collect::Collector;
use crate::rust::collect::course::FARTHEST;
use crate::rust::collect::given::Given;
use crate::rust::collect::givers::{Givers, root};
use crate::rust::collect::values::Kind;
use crate::rust::names::macros;
use crate::rust::names::{LocalId, Name, Written, plain};
use crate::rust::syntax::edges;
use crate::sites::{Bound, Course, Length, Shown};
use crate::source::{Language, Span};

/// Methods that put something into a channel, or wake who waits.
pub(in crate::rust) const FEEDS: &[&str] = &["send", "try_send", "send_replace", "notify_one", "notify_waiters", GOES];

/// What a guard does that gives a signal when it goes.
pub(in crate::rust) const GOES: &str = "drop";

/// Which signal something is an end of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rust) enum Signal {
    /// The one that this call makes.
    Made(Span),
    /// The one that the function is given for its parameter at this index.
    Parameter(usize),
}

/// What is waited for on no object that messages come out of.
const TOKENS: &[&str] = &["tokio_util::sync::CancellationToken"];

/// What may end a loop: the signal, how the wait for it reads, and whether the loops around are left as well.
#[derive(Debug)]
pub(in crate::rust) struct Leaving {
    by: Shown,
    length: Length,
    is_far: bool,
}

impl Collector<'_> {
    /// The parameters of a function that it gives a signal by, by their index: itself, or by what it hands them to.
    pub(in crate::rust) fn signals_given_in(&self, signature: &Signature, block: &Block) -> Vec<usize> {
        let is_signal = |word: &str| word.ends_with("Sender") || matches!(word, "Notify" | "CancellationToken");
        let typed = signature.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(typed) => Some(typed),
            FnArg::Receiver(_) => None,
        });
        let signals = typed.enumerate().filter_map(|(index, typed)| match &*typed.pat {
            Pat::Ident(name) if macros::mentions(typed.ty.to_token_stream(), &is_signal) => {
                Some((index, plain(&name.ident)))
            }
            _ => None,
        });
        let signals: Vec<(usize, String)> = signals.collect();
        if signals.is_empty() {
            return Vec::new();
        }
        let givers = Givers::of(block);
        let hands_on = |name: &String| {
            let mut handed = givers.handed.iter();
            handed.any(|(func, index, given)| given == name && self.gives_signal(func, *index))
        };
        let given = signals
            .into_iter()
            .filter(|(_, name)| givers.names.contains(name) || hands_on(name));
        given.map(|(index, _)| index).collect()
    }

    /// The signal that is waited for, or made, or handed on in an expression.
    pub(in crate::rust) fn signal_of(&self, expr: &Expr) -> Option<Signal> {
        if let Some(path) = root(expr) {
            return match self.resolve(path) {
                Name::Variable(id) => self.signal_of_variable(id),
                _ => None,
            };
        }
        let mut at = expr;
        for _ in 0..FARTHEST {
            let Expr::Call(call) = at else { return None };
            let Expr::Path(func) = &*call.func else { return None };
            if let Name::Extern(path) = self.resolve(&func.path)
                && path.rsplit_once("::").is_some_and(|(class, _)| self.is_signal(class))
            {
                return Some(Signal::Made(edges::expression(at, self.offsets)));
            }
            at = call.args.first()?;
        }
        None
    }

    pub(in crate::rust) fn signal_of_variable(&self, id: LocalId) -> Option<Signal> {
        let variable = self.found.variables.get(id.0)?;
        let by_channel = || match variable.receives.as_ref()? {
            Given::One(end) if self.catalog.receiver(end.receiver).receiver.signal => end.made.map(Signal::Made),
            _ => None,
        };
        variable.signal.or_else(by_channel)
    }

    pub(super) fn is_signal(&self, class: &str) -> bool {
        let receiver = self.catalog.receiving_class(Language::Rust, class);
        TOKENS.contains(&class) || receiver.is_some_and(|id| self.catalog.receiver(id).receiver.signal)
    }

    /// Notes that a parameter is the end of a signal, by its type. Whether it is.
    pub(in crate::rust) fn bind_signal(&mut self, pat: &Pat, index: usize) -> bool {
        let Pat::Ident(name) = pat else { return false };
        let Name::Variable(id) = self.names.resolve(&Written::name(&plain(&name.ident))) else {
            return false;
        };
        let kind = self
            .found
            .variables
            .get(id.0)
            .and_then(|variable| variable.kind.as_ref());
        let is_signal = kind.and_then(Kind::path).is_some_and(|class| self.is_signal(class));
        if let Some(variable) = self.found.variables.get_mut(id.0).filter(|_| is_signal) {
            variable.signal = Some(Signal::Parameter(index));
        }
        is_signal
    }

    /// How long it takes until the signal is there that an expression waits for; `None` where nobody is seen to give it.
    pub(in crate::rust) fn until_signal(&self, expr: &Expr) -> Option<Length> {
        let Some(signal) = self.signal_of(expr) else {
            return self.until_object(expr);
        };
        let gives = |name: &String| self.is_end_of(name, signal);
        let is_given = self.givers.last().is_some_and(|givers| {
            let mut handed = givers.handed.iter();
            givers.names.iter().any(gives)
                || handed.any(|(func, index, name)| gives(name) && self.gives_signal(func, *index))
        });
        match signal {
            // When it is given is not looked at.
            _ if is_given || self.may_be_told(signal) || self.is_guarded(signal) => Some(Length::Is(Bound::Unknown)),
            Signal::Parameter(index) => Some(Length::Parameter(index)),
            Signal::Made(_) => None,
        }
    }

    /// Whether something gives the signal after a while that is waited for in an expression.
    pub(in crate::rust) fn is_given_later(&self, expr: &Expr) -> bool {
        let Some(givers) = self.givers.last().filter(|givers| !givers.later.is_empty()) else {
            return false;
        };
        let Some(signal) = self.signal_of(expr) else {
            return false;
        };
        givers.later.iter().any(|name| self.is_end_of(name, signal))
    }

    pub(super) fn is_end_of(&self, name: &str, signal: Signal) -> bool {
        match self.names.resolve(&Written::name(name)) {
            Name::Variable(id) => self.signal_of_variable(id) == Some(signal),
            _ => false,
        }
    }

    /// Whether a function of the project gives the signal that it is given at this index, or is itself given here: `make(tx)`.
    pub(super) fn gives_signal(&self, func: &syn::Path, index: usize) -> bool {
        let is_variable = |name: &syn::Ident| plain(name).starts_with(char::is_lowercase);
        match self.resolve(func) {
            Name::Variable(_) | Name::Unknown => func.get_ident().is_some_and(is_variable),
            function => self.gives_at(&function, index),
        }
    }

    /// The same by what the function's path means.
    pub(super) fn gives_at(&self, function: &Name, index: usize) -> bool {
        match function {
            Name::File(path) => self.declared.signals.get(path).is_some_and(|all| all.contains(&index)),
            Name::Extern(path) => self.crates.is_some_and(|crates| crates.gives_signal(path, index)),
            _ => false,
        }
    }

    /// The signals among what a function is given.
    pub(in crate::rust) fn signals_given<'e>(&self, given: impl IntoIterator<Item = &'e Expr>) -> Vec<(usize, Length)> {
        let given = given.into_iter().enumerate();
        given
            .filter_map(|(index, given)| Some((index, self.until_signal(given)?)))
            .collect()
    }

    /// Notes that a branch of a race leaves the loops around it once its signal is there.
    pub(in crate::rust) fn left_by_signal(&mut self, by: &Shown, length: Length, handler: &Expr) {
        let mut exits = Exits::default();
        exits.visit_expr(handler);
        if exits.leaves {
            self.leaving.push(Leaving {
                by: by.clone(),
                length,
                is_far: exits.is_far,
            });
        }
    }

    /// A loop that the signals end that were noted in it.
    pub(in crate::rust) fn ended_by_signals(&mut self, mut repeated: Course, outer: Vec<Leaving>) -> Course {
        for leaving in std::mem::replace(&mut self.leaving, outer) {
            repeated = until(leaving.by.clone(), leaving.length, repeated);
            if leaving.is_far {
                self.leaving.push(leaving);
            }
        }
        repeated
    }
}

/// What is over at the latest when the signal is there that is waited for beside it.
pub(in crate::rust) fn until(by: Shown, length: Length, inner: Course) -> Course {
    Course::Capped {
        by,
        bound: length,
        inner: Box::new(inner),
        is_level: false,
    }
}

/// Whether something leaves the loop around it, and the ones around that.
#[derive(Default)]
struct Exits {
    leaves: bool,
    is_far: bool,
}

impl<'ast> Visit<'ast> for Exits {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Break(exit) => {
                self.leaves = true;
                self.is_far |= exit.label.is_some();
            }
            Expr::Return(_) => (self.leaves, self.is_far) = (true, true),
            Expr::Closure(_) | Expr::Async(_) => return,
            _ => {}
        }
        visit::visit_expr(self, expr);
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}
