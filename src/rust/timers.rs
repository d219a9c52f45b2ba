//! What ends a race: whether a future is over when a timer is. A variable is what it is bound to, whatever it is called.

use syn::visit::{self, Visit};
use syn::{Expr, ExprCall, ExprMethodCall};

use super::collect::{Collector, typed};
use super::macros::{self, Inside};
use super::names::{Name, plain};
use super::own_deadlines::{Own, is_deadline_method};
use super::values::Kind;

/// An expression is followed through so many calls and methods.
const FARTHEST: usize = 16;

impl Collector<'_> {
    /// Whether a future is over when a timer is. `None`: what it is cannot be seen.
    pub(super) fn is_timer(&self, expr: &Expr) -> Option<bool> {
        self.timer_within(expr, FARTHEST)
    }

    /// Whether a future ends the race that it is in, by what it is or, where that cannot be seen, by its name.
    pub(super) fn ends_race(&self, expr: &Expr) -> bool {
        self.is_timer(expr).unwrap_or_else(|| macros::mentions_timer(expr))
    }

    fn timer_within(&self, expr: &Expr, steps: usize) -> Option<bool> {
        let steps = steps.checked_sub(1)?;
        match expr {
            Expr::Paren(paren) => self.timer_within(&paren.expr, steps),
            Expr::Group(group) => self.timer_within(&group.expr, steps),
            Expr::Reference(reference) => self.timer_within(&reference.expr, steps),
            Expr::Unary(unary) => self.timer_within(&unary.expr, steps),
            Expr::Await(awaited) => self.timer_within(&awaited.base, steps),
            Expr::Path(path) => match self.resolve(&path.path) {
                Name::Variable(id) => {
                    let variable = self.found.variables.get(id.0)?;
                    let by_type = || variable.kind.as_ref().and_then(Kind::path).and_then(is_timer_type);
                    variable.timer.or_else(by_type)
                }
                _ => None,
            },
            Expr::Call(call) => self.call_gives_timer(call, steps),
            Expr::MethodCall(call) => self.method_gives_timer(call, steps),
            Expr::Async(block) => {
                let mut awaits = Awaits {
                    collector: self,
                    timers: 0,
                    others: 0,
                };
                awaits.visit_block(&block.block);
                Some(awaits.timers > 0 && awaits.others == 0)
            }
            Expr::Macro(call) => match macros::inside(&call.mac) {
                Inside::Pinned(pinned) => self.timer_within(pinned.first()?, steps),
                _ => None,
            },
            _ => None,
        }
    }

    fn call_gives_timer(&self, call: &ExprCall, steps: usize) -> Option<bool> {
        let Expr::Path(func) = &*call.func else { return None };
        let last = plain(&func.path.segments.last()?.ident);
        if matches!(last.as_str(), "pin" | "new" | "Box" | "Some" | "select" | "or" | "race") {
            let mut given = call.args.iter().map(|given| self.timer_within(given, steps));
            if given.any(|timer| timer == Some(true)) {
                return Some(true);
            }
        }
        if self.wrapper(call, &func.path).is_some() {
            return Some(true);
        }
        match self.resolve(&func.path) {
            Name::File(path) => match self.own.function(&path) {
                Some(Own::Waits | Own::Bounds(..)) => Some(true),
                _ => Some(macros::sounds_like_a_timer(&last)),
            },
            Name::Extern(path) => {
                let makes_one = macros::sounds_like_a_timer(&path) || is_interval(&last);
                match self.catalog.connect(crate::source::Language::Rust, &path) {
                    Some(_) => Some(false),
                    None => makes_one.then_some(true),
                }
            }
            Name::Variable(_) | Name::Unknown => {
                let makes_one = macros::mentions_timer(&call.func) || is_interval(&last);
                makes_one.then_some(true)
            }
        }
    }

    fn method_gives_timer(&self, call: &ExprMethodCall, steps: usize) -> Option<bool> {
        let method = plain(&call.method);
        let on = || self.timer_within(&call.receiver, steps);
        if is_deadline_method(&method) || macros::sounds_like_a_timer(&method) {
            return Some(true);
        }
        match self.type_of(&call.receiver).map(typed) {
            Some(Name::File(_)) if self.own.method(&method) == Some(Own::Waits) => return Some(true),
            _ => {}
        }
        match method.as_str() {
            // What ticks gives messages to nobody else.
            "tick" => Some(on().unwrap_or(true)),
            "next" | "as_mut" | "fuse" | "boxed" | "boxed_local" | "map" | "then" | "unwrap" | "expect"
            | "into_future" | "shared" | "by_ref" => on(),
            "or" | "race" => {
                let mut sides = std::iter::once(&*call.receiver).chain(&call.args);
                sides
                    .any(|side| self.timer_within(side, steps) == Some(true))
                    .then_some(true)
            }
            // A message, a signal, a lock: whatever the variable is called.
            "recv" | "changed" | "cancelled" | "notified" | "accept" | "read" | "wait" | "lock" | "acquire"
            | "closed" | "recv_async" | "join" => Some(false),
            _ => match self.is_connect(call, &method) {
                true => Some(false),
                false => None,
            },
        }
    }

    fn is_connect(&self, call: &ExprMethodCall, method: &str) -> bool {
        self.connecting.contains(method) && self.type_of(&call.receiver).is_some()
    }
}

/// `interval(d)`, `interval_at(start, d)` of tokio, actix and async-io.
fn is_interval(name: &str) -> bool {
    matches!(name, "interval" | "interval_at")
}

/// What the path of a type says: `tokio::time::Sleep`, `std::time::Duration`. `None` where it may be anything.
fn is_timer_type(path: &str) -> Option<bool> {
    let name = path.rsplit("::").next().unwrap_or(path);
    if macros::sounds_like_a_timer(name) || name == "Interval" {
        return Some(true);
    }
    // A pinned future is whatever is in it.
    (!matches!(name, "Pin" | "Future" | "BoxFuture" | "LocalBoxFuture" | "Fuse")).then_some(false)
}

/// Counts what an `async` block awaits.
struct Awaits<'c, 'a> {
    collector: &'c Collector<'a>,
    timers: usize,
    others: usize,
}

impl<'ast> Visit<'ast> for Awaits<'_, '_> {
    fn visit_expr_await(&mut self, awaited: &'ast syn::ExprAwait) {
        match self.collector.ends_race(&awaited.base) {
            true => self.timers += 1,
            false => self.others += 1,
        }
        visit::visit_expr_await(self, awaited);
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}
