//! What ends a wait from outside: the calls and methods that put a deadline around a future (`facts/rust.md` 2).

use syn::Expr;

use super::collect::Collector;
use super::durations;
use super::frames::{Frame, JoinPoint};
use super::macros::{self, Branch};
use super::names::{Name, plain};
use crate::sites::{Bound, Course, Deadline, DeadlineCall, DeadlineKind, DeadlineUsage, LimitArgument, Written};
use crate::source::Span;

/// A call that puts a deadline around one of its arguments.
pub(super) struct Wrapper {
    pub(super) deadline: Deadline,
    /// The future's index among the arguments.
    pub(super) future: usize,
}

impl Collector<'_> {
    /// `timeout(d, future)`, `timeout_at(instant, future)` of whatever runtime or of the file itself. What the names
    /// of a function of two arguments promise is believed: the alternative is a finding on bounded code.
    pub(super) fn wrapper(&self, call: &syn::ExprCall, func: &syn::Path) -> Option<Wrapper> {
        if call.args.len() != 2 {
            return None;
        }
        let name = plain(&func.segments.last()?.ident);
        let resolved = match self.resolve(func) {
            Name::Extern(path) => Some(path),
            _ => None,
        };
        let renamed = resolved
            .as_deref()
            .and_then(|path| path.rsplit("::").next())
            .unwrap_or(&name);
        let first = call.args.first()?;
        let bound = match renamed {
            "timeout" | "with_timeout" => self.duration(first),
            "timeout_at" | "with_deadline" => durations::until(first, &|path| self.named_duration(path)),
            _ => return None,
        };
        Some(Wrapper {
            deadline: Deadline {
                span: self.offsets.of(func.segments.last()?.ident.span()),
                path: resolved.unwrap_or(name),
                bound,
                in_callers: false,
            },
            future: 1,
        })
    }

    /// Notes a duration whose number says another unit than its constructor: `Duration::from_secs(timeout_ms)`.
    /// `timeout` is the name of the function that gets it.
    pub(super) fn note_duration(&mut self, duration: &Expr, timeout: Span) {
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
            span: super::edges::expression(value, self.offsets),
            bound: Bound::Unknown,
            written: Written::Name(name),
            is_absolute: false,
        };
        self.found.deadline_calls.push(DeadlineCall {
            path: "Duration::from_secs".to_owned(),
            call: super::edges::expression(duration, self.offsets),
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

    /// `or(a, b)`, `race(a, b)`, `select(a, b)` where one of the two is a timer: the other is bounded.
    pub(super) fn races(&self, name: &syn::Ident, sides: [&Expr; 2]) -> Option<Deadline> {
        let called = plain(name);
        let is_race = matches!(called.as_str(), "or" | "race" | "select");
        (is_race && sides.into_iter().any(macros::mentions_timer)).then(|| Deadline {
            span: self.offsets.of(name.span()),
            path: called,
            bound: Bound::Unknown,
            in_callers: false,
        })
    }

    /// The futures of `join!` run side by side in the place of the macro.
    pub(super) fn join(&mut self, mac: &syn::Macro, futures: &[Expr]) {
        use syn::spanned::Spanned;
        let start = self.offsets.of(mac.path.span());
        let point = JoinPoint {
            call: start.cover(self.offsets.of(super::edges::close(&mac.delimiter))),
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
    pub(super) fn select(&mut self, mac: &syn::Macro, branches: &[Branch]) {
        use syn::spanned::Spanned;
        let timers: Vec<bool> = branches
            .iter()
            .map(|branch| branch.future.as_ref().is_some_and(macros::mentions_timer))
            .collect();
        let deadline = Deadline {
            span: self.offsets.of(mac.path.span()),
            path: "select!".to_owned(),
            bound: Bound::Unknown,
            in_callers: false,
        };
        let (mut futures, mut handlers) = (Vec::new(), Vec::new());
        self.frames.push(Frame::Sealed("select!"));
        for (index, branch) in branches.iter().enumerate() {
            if let Some(condition) = &branch.condition {
                self.under(Frame::Held, condition);
            }
            if let Some(future) = &branch.future {
                let has_timer = timers.iter().enumerate().any(|(other, timer)| other != index && *timer);
                let bounded = has_timer.then(|| Frame::Deadline(deadline.clone()));
                let depth = self.frames.len();
                self.frames.extend(bounded);
                self.under(Frame::Argument, future);
                self.frames.truncate(depth);
                futures.push(self.future(future, 0));
            }
            let entered = self.names.enter_variables();
            if let Some(pat) = &branch.pat {
                self.bind_pattern(pat);
            }
            handlers.push(self.gathered(|this| this.visit_handler(&branch.handler)));
            self.names.leave(entered);
        }
        self.frames.pop();
        self.raced(deadline.span, futures);
        self.waits_for_one(handlers);
    }

    fn visit_handler(&mut self, handler: &Expr) {
        syn::visit::Visit::visit_expr(self, handler);
    }
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
