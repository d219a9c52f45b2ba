//! What ends a wait from outside: the calls and methods that put a deadline around a future (`facts/rust.md` 2).

use syn::Expr;

use crate::rust::collect::Collector;
use crate::rust::collect::frames::{Frame, JoinPoint, Sealed};
use crate::rust::collect::futures::is_sleep;
use crate::rust::collect::own_deadlines::{Bounding, Own, is_deadline_method};
use crate::rust::collect::signals::until;
use crate::rust::names::durations;
use crate::rust::names::last_name;
use crate::rust::names::macros::Branch;
use crate::rust::names::{Name, plain};
use crate::sites::{
    Bound, Course, Deadline, DeadlineCall, DeadlineKind, DeadlineUsage, Entered, LimitArgument, Written,
};
use crate::source::Span;

/// A call that puts a deadline around one of its arguments.
pub(in crate::rust) struct Wrapper {
    pub(in crate::rust) deadline: Deadline,
    /// The future's index among the arguments.
    pub(in crate::rust) future: usize,
}

impl Collector<'_> {
    /// `timeout(d, future)`, `timeout_at(instant, future)` of whatever runtime or of the file itself. What the names
    /// of a function of two arguments promise is believed: the alternative is a finding on bounded code.
    pub(in crate::rust) fn wrapper(&self, call: &syn::ExprCall, func: &syn::Path) -> Option<Wrapper> {
        if call.args.len() != 2 {
            return None;
        }
        let name = last_name(func)?;
        let resolved = match self.resolve(func) {
            Name::Extern(path) => Some(path),
            _ => None,
        };
        // `FutureExt::timeout(future, d)` is the method.
        let of = func.segments.iter().rev().nth(1).map(|of| plain(&of.ident));
        if is_deadline_method(&name) && of.is_some_and(|of| of.ends_with("Ext")) {
            return Some(Wrapper {
                deadline: Deadline {
                    span: self.offsets.of(func.segments.last()?.ident.span()),
                    bound: self.limit_of_method(&name, call.args.iter().nth(1)?),
                    path: resolved.unwrap_or(name),
                    entered: Entered::Here,
                },
                future: 0,
            });
        }
        let meant = last_meant(resolved.as_deref(), &name);
        let first = call.args.first()?;
        let bound = match meant {
            "timeout" | "with_timeout" => self.duration(first),
            "timeout_at" | "with_deadline" => self.until(first),
            _ => return None,
        };
        Some(Wrapper {
            deadline: Deadline {
                span: self.offsets.of(func.segments.last()?.ident.span()),
                path: resolved.unwrap_or(name),
                bound,
                entered: Entered::Here,
            },
            future: 1,
        })
    }

    /// The future that a function of the project puts a deadline around, or a closure in a variable.
    pub(in crate::rust) fn own_wrapper(
        &self,
        callee: &Name,
        call: &syn::ExprCall,
        func: &syn::Path,
    ) -> Option<Wrapper> {
        let Some(Own::Bounds(bounding)) = self.own_of(callee) else {
            return None;
        };
        let given: Vec<&Expr> = call.args.iter().collect();
        self.own_deadline(bounding, &given, &func.segments.last()?.ident)
    }

    /// The same of a method that is given the future.
    pub(in crate::rust) fn own_method_wrapper(&self, call: &syn::ExprMethodCall, method: &str) -> Option<Wrapper> {
        if call.args.is_empty() {
            return None;
        }
        if matches!(method, "run_until_cancelled" | "run_until_cancelled_owned") && self.declared.own.cancels() {
            return Some(Wrapper {
                deadline: Deadline {
                    span: self.offsets.of(call.method.span()),
                    path: method.to_owned(),
                    bound: Bound::Unknown,
                    entered: Entered::Here,
                },
                future: 0,
            });
        }
        let Some(Own::Bounds(bounding)) = self.own_of_method(&call.receiver, method) else {
            return None;
        };
        let given: Vec<&Expr> = std::iter::once(&*call.receiver).chain(&call.args).collect();
        let wrapper = self.own_deadline(bounding, &given, &call.method)?;
        Some(Wrapper {
            future: wrapper.future.checked_sub(1).filter(|_| bounding.is_method)?,
            ..wrapper
        })
    }

    /// The deadline of a function that is called `name` and given this.
    fn own_deadline(&self, bounding: Bounding, given: &[&Expr], name: &syn::Ident) -> Option<Wrapper> {
        given.get(bounding.future)?;
        let of_given = |index: usize| given.get(index).map_or(Bound::Unknown, |limit| self.duration(limit));
        Some(Wrapper {
            deadline: Deadline {
                span: self.offsets.of(name.span()),
                path: plain(name),
                bound: bounding.lasting.bound(of_given),
                entered: Entered::Here,
            },
            future: bounding.future,
        })
    }

    /// The deadline that a method puts around the future that it is called on: by its name, or by its body where it is one of
    /// the project.
    pub(in crate::rust) fn bounding_method(&self, call: &syn::ExprMethodCall, method: &str) -> Option<Deadline> {
        let is_one = |limit: &&Expr| is_deadline_method(method) || method == "take_until" && self.ends_race(limit);
        if let Some(limit) = call.args.first().filter(is_one) {
            return Some(Deadline {
                span: self.offsets.of(call.method.span()),
                path: method.to_owned(),
                bound: self.limit_of_method(method, limit),
                entered: Entered::Here,
            });
        }
        let Some(Own::Bounds(bounding)) = self.own_of_method(&call.receiver, method) else {
            return None;
        };
        let given: Vec<&Expr> = std::iter::once(&*call.receiver).chain(&call.args).collect();
        let wrapper = self.own_deadline(bounding, &given, &call.method)?;
        (bounding.is_method && wrapper.future == 0).then_some(wrapper.deadline)
    }

    /// How long the deadline is that a method of this name is given.
    fn limit_of_method(&self, method: &str, limit: &Expr) -> Bound {
        match method {
            "timeout_at" | "with_timeout_at" | "with_deadline" => self.until(limit),
            _ => self.duration(limit),
        }
    }

    /// Notes a duration whose number says another unit than its constructor: `Duration::from_secs(timeout_ms)`.
    /// `timeout` is the name of the function that gets it.
    pub(in crate::rust) fn note_duration(&mut self, duration: &Expr, timeout: Span) {
        let Expr::Call(call) = duration else {
            return;
        };
        let (Expr::Path(func), Some(value)) = (&*call.func, call.args.first()) else {
            return;
        };
        let (true, Some(name)) = (durations::counts_seconds(&func.path), durations::name_of(value)) else {
            return;
        };
        let limit = LimitArgument {
            span: crate::rust::syntax::edges::expression(value, self.offsets),
            bound: Bound::Unknown,
            written: Written::Name(name),
            is_absolute: false,
        };
        self.found.deadline_calls.push(DeadlineCall {
            path: "Duration::from_secs".to_owned(),
            call: crate::rust::syntax::edges::expression(duration, self.offsets),
            callee: timeout,
            kind: DeadlineKind::Wait,
            limit: Some(limit),
            misfit: None,
            usage: DeadlineUsage::Other,
            around: Vec::new(),
            is_shielded: false,
            only_wait: None,
            in_async: false,
            in_test: self.in_test(),
            expects_failure: false,
        });
    }

    /// `or(a, b)`, `race(a, b)`, `select(a, b)` where one of the two is a timer: the other is bounded; `select_all([…])`.
    pub(in crate::rust) fn races(&self, name: &syn::Ident, sides: &[&Expr]) -> Option<Deadline> {
        let called = plain(name);
        let is_ended = match (called.as_str(), sides) {
            ("or" | "race" | "select", [first, second]) => self.ends_race(first) || self.ends_race(second),
            ("race" | "select_all", [list]) => self.is_timer(list) == Some(true),
            _ => false,
        };
        is_ended.then(|| Deadline {
            span: self.offsets.of(name.span()),
            path: called,
            bound: Bound::Unknown,
            entered: Entered::Here,
        })
    }

    /// The futures of `join!` run side by side in the place of the macro.
    pub(in crate::rust) fn join(&mut self, mac: &syn::Macro, futures: &[Expr]) {
        use syn::spanned::Spanned;
        let start = self.offsets.of(mac.path.span());
        let point = JoinPoint {
            call: start.cover(self.offsets.of(crate::rust::syntax::edges::close(&mac.delimiter))),
            futures: futures.len(),
            closed: !leaves_function(mac.tokens.clone()),
        };
        for future in futures {
            self.under(Frame::Join(point.clone()), future);
        }
        let courses = futures.iter().map(|future| self.future(future, 0)).collect();
        self.waits(Course::Together(courses));
    }

    /// The branches of `select!`: a timer beside a future ends the wait for it, but not the handlers.
    pub(in crate::rust) fn select(&mut self, mac: &syn::Macro, branches: &[Branch]) {
        use syn::spanned::Spanned;
        let futures = || branches.iter().map(|branch| branch.future.as_ref());
        let endless: Vec<Option<Deadline>> = futures().map(|future| self.endless_timer(future?)).collect();
        let ends_race = |(future, endless): (Option<&Expr>, &Option<Deadline>)| {
            endless.is_none() && future.is_some_and(|future| self.ends_race(future))
        };
        let timers: Vec<bool> = futures().zip(&endless).map(ends_race).collect();
        let endless: Option<Deadline> = endless.into_iter().flatten().next();
        let deadline = Deadline {
            span: self.offsets.of(mac.path.span()),
            path: "select!".to_owned(),
            bound: Bound::Unknown,
            entered: Entered::Here,
        };
        let (mut futures, mut handlers, mut signals) = (Vec::new(), Vec::new(), Vec::new());
        self.frames.push(Frame::Sealed(Sealed::racing("select!")));
        for (index, branch) in branches.iter().enumerate() {
            if let Some(condition) = &branch.condition {
                self.under(Frame::Held, condition);
            }
            if let Some(future) = &branch.future {
                let has_timer = timers.iter().enumerate().any(|(other, timer)| other != index && *timer);
                let by_none = || endless.clone().filter(|timer| !self.is_in(timer.span, future));
                let bounded = has_timer
                    .then(|| deadline.clone())
                    .or_else(by_none)
                    .map(Frame::Deadline);
                let depth = self.frames.len();
                self.found.sets_deadline |= bounded.is_some();
                self.frames.extend(bounded);
                self.under(Frame::Argument, future);
                self.frames.truncate(depth);
                let course = self.future(future, 0);
                let length = self.until_signal(future);
                // How long a signal is waited for is said by who gives it, or not at all.
                let is_signal = length.is_some() || self.signal_of(future).is_some();
                futures.extend((!is_signal).then_some(course));
                if let Some(length) = length {
                    let by = self.shown(crate::rust::syntax::edges::expression(future, self.offsets));
                    self.left_by_signal(&by, length, &branch.handler);
                    signals.push((by, length));
                }
            }
            let entered = self.names.enter_variables();
            if let Some(pat) = &branch.pat {
                self.bind_pattern(pat);
            }
            handlers.push(self.gathered(|this| this.visit_handler(&branch.handler)));
            self.names.leave(entered);
        }
        self.frames.pop();
        let mut raced = self.race_of(deadline.span, futures, timers.contains(&true));
        for (by, length) in signals {
            raced = until(by, length, raced);
        }
        self.waits(raced);
        self.waits_for_one(handlers);
    }

    /// A timer that is none: `sleep(Duration::MAX)`.
    fn endless_timer(&self, future: &Expr) -> Option<Deadline> {
        let Expr::Call(call) = future else { return None };
        let Expr::Path(func) = &*call.func else { return None };
        let Name::Extern(path) = self.resolve(&func.path) else {
            return None;
        };
        let bound = self.duration(call.args.first()?);
        (is_sleep(&path) && bound == Bound::Unlimited).then(|| Deadline {
            span: crate::rust::syntax::edges::expression(&call.func, self.offsets),
            path,
            bound,
            entered: Entered::Here,
        })
    }

    fn is_in(&self, span: Span, expr: &Expr) -> bool {
        crate::rust::syntax::edges::expression(expr, self.offsets).contains(span)
    }

    fn visit_handler(&mut self, handler: &Expr) {
        syn::visit::Visit::visit_expr(self, handler);
    }
}

/// The last name of what a function's path means outside of the file, whatever an import calls it; else the one that is written.
pub(in crate::rust) fn last_meant<'n>(resolved: Option<&'n str>, written: &'n str) -> &'n str {
    resolved.and_then(|path| path.rsplit("::").next()).unwrap_or(written)
}

/// Whether tokens have a `?`, a `return` or a `break` in them.
fn leaves_function(tokens: proc_macro2::TokenStream) -> bool {
    tokens.into_iter().any(|tree| match tree {
        proc_macro2::TokenTree::Group(group) => leaves_function(group.stream()),
        proc_macro2::TokenTree::Punct(punct) => punct.as_char() == '?',
        proc_macro2::TokenTree::Ident(ident) => {
            matches!(ident.to_string().as_str(), "return" | "break" | "continue" | "yield")
        }
        proc_macro2::TokenTree::Literal(_) => false,
    })
}
