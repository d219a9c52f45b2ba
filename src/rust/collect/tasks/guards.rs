//! What does not let a task or a thread run on: a guard that ends it when it goes, and a wait for its outcome that gives up.

use quote::ToTokens;
use syn::visit::Visit;
use syn::{Block, Expr, Signature, Stmt};

use crate::rust::collect::carried::Limits;
use crate::rust::collect::frames::Frame;
use crate::rust::collect::receives::plain_operand;
use crate::rust::collect::variables::Variable;
use crate::rust::collect::{Collector, typed};
use crate::rust::names::macros;
use crate::rust::names::{LocalId, Name, last_name};
use crate::sites::{Bound, Deadline, Entered};
use crate::source::Span;

/// What a type limits whose `drop` ends the tasks that it has.
const ABORT: &str = "abort";

/// What a type limits that checks when it goes what was done to it.
const CHECK: &str = "assert";

/// What a function limits that stops the clock.
const PAUSE: &str = "pause";

/// The method that gives up the wait for what comes out of a channel, in a thread that may wait for another one by it.
const RECV_TIMEOUT: &str = "recv_timeout";

impl Collector<'_> {
    /// Notes that a type ends the tasks that it has when it goes: `impl Drop for AbortOnDrop`.
    pub(in crate::rust) fn declare_guard(&mut self, of: &str, item: &syn::ItemImpl) {
        let implemented = item.trait_.as_ref().and_then(|(path, _)| last_name(path));
        let is_drop = implemented.as_deref() == Some("Drop");
        if !is_drop || !self.sought.waits {
            return;
        }
        let tokens = item.to_token_stream();
        let ends = |word: &str| matches!(word, "abort" | "abort_all" | "shutdown_background");
        if macros::mentions(tokens.clone(), &ends) {
            self.carry(of.to_owned(), Limits::from([ABORT.to_owned()]));
        }
        let checks = |word: &str| word.starts_with("assert") || word == "panic";
        if macros::mentions(tokens, &checks) {
            self.carry(of.to_owned(), Limits::from([CHECK.to_owned()]));
        }
    }

    /// Whether a statement makes something that checks what was done to it when it goes, as the server of a test may.
    pub(in crate::rust) fn makes_checking(&self, stmt: &Stmt) -> bool {
        let Stmt::Local(local) = stmt else { return false };
        let of = local.init.as_ref().and_then(|init| self.type_of(&init.expr));
        let limits = of.and_then(|of| self.limits_at(&typed(of)));
        limits.is_some_and(|limits| limits.contains(CHECK))
    }

    /// Notes that a function stops the clock, or makes a runtime whose clock stands still.
    pub(in crate::rust) fn declare_pausing(&mut self, function: &str, block: &Block) {
        if !self.sought.waits || !self.words.has("pause") {
            return;
        }
        let mentions = |word: &'static str| macros::mentions(block.to_token_stream(), &|other| other == word);
        let is_pause = |stmt: &Stmt| match stmt {
            Stmt::Expr(Expr::Call(call), _) => matches!(&*call.func, Expr::Path(func)
                if matches!(self.resolve(&func.path), Name::Extern(path) if path == "tokio::time::pause")),
            _ => false,
        };
        let stops = block.stmts.iter().any(is_pause) && !mentions("resume");
        if stops || mentions("start_paused") && mentions("true") {
            self.carry(function.to_owned(), Limits::from([PAUSE.to_owned()]));
        }
    }

    /// Whether a function of the project leaves a clock that stands still.
    pub(in crate::rust) fn stops_clock(&self, callee: &Name) -> bool {
        self.limits_at(callee).is_some_and(|limits| limits.contains(PAUSE))
    }

    /// Notes that a function runs what it is given in a thread of its own, and gives up the wait for it.
    pub(in crate::rust) fn declare_giving_up(&mut self, function: &str, signature: &Signature, block: &Block) {
        if !self.sought.waits || !self.words.has(RECV_TIMEOUT) {
            return;
        }
        let takes_closure = macros::mentions(signature.to_token_stream(), &|word| word.starts_with("Fn"));
        let mentions = |word: &'static str| macros::mentions(block.to_token_stream(), &|other| other == word);
        if takes_closure && mentions("spawn") && mentions(RECV_TIMEOUT) {
            self.carry(function.to_owned(), Limits::from([RECV_TIMEOUT.to_owned()]));
        }
    }

    /// The limit of the wait of such a function for what it is given.
    pub(in crate::rust) fn gives_up(&self, callee: &Name, call: &syn::ExprCall) -> Option<Deadline> {
        self.limits_at(callee)?
            .contains(RECV_TIMEOUT)
            .then(|| given_up(self.offsets.of(syn::spanned::Spanned::span(&call.func))))
    }

    /// Whether a path is that of a type that ends the tasks that it has when it goes, or of a function that makes one.
    pub(in crate::rust) fn is_guard(&self, path: &syn::Path) -> bool {
        let named = match (path.get_ident(), self.self_types.last()) {
            (Some(ident), Some(Some(of))) if ident == "Self" => typed(of.clone()),
            _ => self.resolve(path),
        };
        let (Name::File(path) | Name::Extern(path)) = &named else {
            return false;
        };
        let is_one = |name: &Name| self.limits_at(name).is_some_and(|limits| limits.contains(ABORT));
        let class = path.rsplit_once("::").map(|(class, _)| class);
        is_one(&named)
            || class.is_some_and(|class| class.ends_with("::AbortOnDropHandle") || is_one(&typed(class.to_owned())))
    }

    /// Visits what a guard is given: the tasks in it end with the guard.
    pub(in crate::rust) fn guarded<'e>(&mut self, given: impl IntoIterator<Item = &'e Expr>) {
        let guard = self.new_variable(Variable {
            is_ended: true,
            ..Variable::default()
        });
        for given in given {
            if let Some(id) = self.handle_in(given)
                && let Some(variable) = self.found.variables.get_mut(id.0)
            {
                variable.is_ended = true;
            }
            self.within(Frame::Set(guard), |this| this.visit_expr(given));
        }
    }

    fn handle_in(&self, given: &Expr) -> Option<LocalId> {
        let Expr::Path(path) = plain_operand(given) else {
            return None;
        };
        match self.resolve(&path.path) {
            Name::Variable(id) => Some(id),
            _ => None,
        }
    }

    /// The limit of the waits for the threads that a function starts, as far as it has one: a test that asks whether they are
    /// done waits no longer than it wants, whoever waits for a message of theirs by `recv_timeout` neither.
    pub(in crate::rust) fn gives_up_in(&self, block: &Block, is_test: bool) -> Option<Deadline> {
        let gone = &self.givers.last()?.gone;
        let by_message = gone.has_limited_waits && !gone.joins;
        let by_asking = is_test && gone.asks_tasks;
        let whole = self.offsets.of(block.brace_token.span.open());
        (by_message || by_asking).then(|| given_up(whole))
    }

    /// Visits the fields of a struct that is a guard.
    pub(in crate::rust) fn guard_literal(&mut self, literal: &syn::ExprStruct) {
        self.guarded(literal.fields.iter().map(|field| &field.expr));
        if let Some(rest) = &literal.rest {
            self.visit_expr(rest);
        }
    }
}

fn given_up(span: Span) -> Deadline {
    Deadline {
        span,
        path: RECV_TIMEOUT.to_owned(),
        bound: Bound::Unknown,
        entered: Entered::Here,
    }
}
