//! What ends a race: whether a future is over when a timer is. A variable is what it is bound to, whatever it is called.

use syn::visit::{self, Visit};
use syn::{Expr, ExprCall, ExprMethodCall};

use crate::rust::collect::Collector;
use crate::rust::collect::own_deadlines::{Own, is_deadline_method};
use crate::rust::collect::values::Kind;
use crate::rust::names::last_name;
use crate::rust::names::macros::{self, Inside};
use crate::rust::names::{Name, plain};

/// An expression is followed through so many calls and methods.
const FARTHEST: usize = 16;

impl Collector<'_> {
    /// Whether a future is over when a timer is. `None`: what it is cannot be seen.
    pub(in crate::rust) fn is_timer(&self, expr: &Expr) -> Option<bool> {
        self.timer_within(expr, FARTHEST)
    }

    /// Whether a future ends the race that it is in, by what it is or, where that cannot be seen, by its name.
    pub(in crate::rust) fn ends_race(&self, expr: &Expr) -> bool {
        self.is_timer(expr).unwrap_or_else(|| macros::mentions_timer(expr))
    }

    fn timer_within(&self, expr: &Expr, steps: usize) -> Option<bool> {
        let steps = steps.checked_sub(1)?;
        let is_timer = |future: &Expr| self.timer_within(future, steps / 2) == Some(true);
        match expr {
            // The first one of them that is done.
            Expr::Array(list) => list.elems.iter().any(is_timer).then_some(true),
            Expr::Tuple(list) => list.elems.iter().any(is_timer).then_some(true),
            Expr::Path(_) if self.is_given_later(expr) => Some(true),
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
                let ends = self.ends_within(&block.block, steps);
                Some(ends == Ends::ByTimers)
            }
            Expr::Field(_) => self.type_of(expr).as_deref().and_then(is_timer_type),
            Expr::Macro(call) => match &*macros::inside(&call.mac) {
                Inside::Pinned(pinned) => self.timer_within(pinned.first()?, steps),
                Inside::Arguments(list) if call.mac.path.is_ident("vec") => list.iter().any(is_timer).then_some(true),
                _ => None,
            },
            _ => None,
        }
    }

    fn call_gives_timer(&self, call: &ExprCall, steps: usize) -> Option<bool> {
        let Expr::Path(func) = &*call.func else { return None };
        let last = last_name(&func.path)?;
        if matches!(
            last.as_str(),
            "pin" | "new" | "Box" | "Some" | "spawn" | "select" | "select_all" | "or" | "race"
        ) {
            let given: Vec<_> = call.args.iter().map(|given| self.timer_within(given, steps)).collect();
            if given.contains(&Some(true)) {
                return Some(true);
            }
            if !given.is_empty() && given.iter().all(|given| *given == Some(false)) {
                return Some(false);
            }
        }
        if self.wrapper(call, &func.path).is_some() {
            return Some(true);
        }
        let function = self.resolve(&func.path);
        match self.own_of(&function) {
            Some(Own::Waits | Own::Bounds(_)) => return Some(true),
            Some(Own::WaitsForOther) => return Some(false),
            Some(Own::Awaits { .. } | Own::EndsProgram(_)) | None => {}
        }
        match function {
            Name::File(_) => Some(macros::sounds_like_a_timer(&last)),
            Name::Extern(path) if is_never_timer(&path) => Some(false),
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
        if is_deadline_method(&method) {
            return Some(true);
        }
        if self.type_of(&call.receiver).is_some() {
            match self.own_of_method(&call.receiver, &method) {
                Some(Own::Waits) => return Some(true),
                Some(Own::WaitsForOther) => return Some(false),
                Some(Own::Bounds(_) | Own::Awaits { .. } | Own::EndsProgram(_)) | None => {}
            }
        }
        if macros::sounds_like_a_timer(&method) {
            return Some(true);
        }
        match method.as_str() {
            "take_until" => self.timer_within(call.args.first()?, steps),
            // What ticks gives messages to nobody else.
            "tick" => Some(on().unwrap_or(true)),
            "next" | "into_iter" | "iter_mut" | "as_mut" | "fuse" | "boxed" | "boxed_local" | "map" | "then"
            | "unwrap" | "expect" | "into_future" | "shared" | "by_ref" => on(),
            "or" | "race" => {
                let mut sides = std::iter::once(&*call.receiver).chain(&call.args);
                sides
                    .any(|side| self.timer_within(side, steps) == Some(true))
                    .then_some(true)
            }
            "cancelled" | "cancelled_owned" => Some(self.declared.own.cancels()),
            "recv" | "changed" | "wait_for" | "notified" if self.is_given_later(&call.receiver) => Some(true),
            // A message, a signal, a lock: whatever the variable is called.
            "recv" | "changed" | "notified" | "accept" | "read" | "wait" | "lock" | "acquire" | "closed"
            | "recv_async" | "join" => Some(false),
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
    // A pinned future is whatever is in it, and what the project declares itself whatever it is made of.
    let is_own = path.starts_with('$') || path.starts_with("crate::");
    (!is_own && !matches!(name, "Pin" | "Future" | "BoxFuture" | "LocalBoxFuture" | "Fuse")).then_some(false)
}

/// Functions whose futures no timer ends.
pub(in crate::rust) fn is_never_timer(path: &str) -> bool {
    let is_pending = path.ends_with("::pending") && path.contains("future");
    is_pending || path.starts_with("tokio::signal::")
}

/// What a body is over by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rust) enum Ends {
    ByTimers,
    ByOthers,
    Unknown,
}

impl Collector<'_> {
    /// What an `async` block, or the body of an `async` function, is over by: all that it awaits are timers, or none is.
    pub(in crate::rust) fn ends_of(&self, block: &syn::Block) -> Ends {
        self.ends_within(block, FARTHEST)
    }

    fn ends_within(&self, block: &syn::Block, steps: usize) -> Ends {
        let mut awaits = Awaits {
            collector: self,
            steps,
            timers: 0,
            others: 0,
            unknown: 0,
        };
        awaits.visit_block(block);
        match (awaits.timers, awaits.others, awaits.unknown) {
            (1.., 0, 0) => Ends::ByTimers,
            (0, 1.., 0) => Ends::ByOthers,
            _ => Ends::Unknown,
        }
    }
}

/// Whether a `for` over this may never end: `0..`, `list.iter().cycle()`, `std::iter::repeat(x)`.
fn may_go_on(over: &Expr) -> bool {
    match over {
        Expr::Range(range) => range.end.is_none(),
        Expr::MethodCall(call) => matches!(plain(&call.method).as_str(), "cycle") || may_go_on(&call.receiver),
        Expr::Call(_) => true,
        Expr::Paren(paren) => may_go_on(&paren.expr),
        Expr::Reference(reference) => may_go_on(&reference.expr),
        _ => false,
    }
}

/// Counts what a body awaits.
struct Awaits<'c, 'a> {
    collector: &'c Collector<'a>,
    /// So far is what is awaited followed.
    steps: usize,
    timers: usize,
    others: usize,
    unknown: usize,
}

impl Awaits<'_, '_> {
    fn count(&mut self, is_timer: Option<bool>) {
        match is_timer {
            Some(true) => self.timers += 1,
            Some(false) => self.others += 1,
            None => self.unknown += 1,
        }
    }

    /// Whether a future is a timer: by what it is, or by the name of the function that makes it.
    fn is_timer(&self, future: &Expr) -> Option<bool> {
        let is_named = |future: &Expr| !matches!(future, Expr::Path(_)) && macros::mentions_timer(future);
        let by_name = || is_named(future).then_some(true);
        // A wait that says no more than that it is one, on something whose type cannot be seen.
        if let Expr::MethodCall(call) = future
            && (call.method == "wait" || call.method == "join")
            && self.collector.type_of(&call.receiver).is_none()
        {
            return by_name();
        }
        self.collector.timer_within(future, self.steps).or_else(by_name)
    }
}

impl<'ast> Visit<'ast> for Awaits<'_, '_> {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Await(awaited) => {
                self.count(self.is_timer(&awaited.base));
                // What a block awaits counts for the block.
                if matches!(*awaited.base, Expr::Async(_)) {
                    return;
                }
            }
            // How often it waits is not looked at, where it ends by itself.
            Expr::ForLoop(each) if !may_go_on(&each.expr) => {}
            Expr::Loop(_) | Expr::While(_) | Expr::ForLoop(_) => self.unknown += 1,
            _ => {}
        }
        visit::visit_expr(self, expr);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        match &*macros::inside(mac) {
            Inside::Select(branches) => {
                let futures = branches.iter().filter_map(|branch| branch.future.as_ref());
                let each: Vec<_> = futures.map(|future| self.is_timer(future)).collect();
                let first = match (each.contains(&Some(true)), each.contains(&None)) {
                    (true, _) => Some(true),
                    (false, true) => None,
                    (false, false) => Some(false),
                };
                self.count(first);
                for branch in branches {
                    self.visit_expr(&branch.handler);
                }
            }
            Inside::Arguments(values) => values.iter().for_each(|value| self.visit_expr(value)),
            Inside::Pinned(_) | Inside::Opaque | Inside::Bindings(_) => {}
            _ => self.unknown += 1,
        }
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}
