//! What the functions of a file wait for, gathered on the visit: each `.await`, and each call that blocks.

use syn::visit::Visit;
use syn::{Block, Expr};

use crate::rust::collect::Collector;
use crate::rust::collect::frames::Frame;
use crate::rust::collect::gathered::{FromThere, Gathered};
use crate::rust::collect::rounds::{rounds_of_for, rounds_of_while};
use crate::rust::collect::tasks;
use crate::rust::syntax::edges;
use crate::sites::{Bound, Callee, Course, Length, Object, Shown, Times, Wait};
use crate::source::Span;

/// A future is followed through so many calls and adaptors.
pub(in crate::rust) const FARTHEST: usize = 32;

impl Collector<'_> {
    /// What is waited for on a part of the visit; nothing where waits are not looked for.
    pub(in crate::rust) fn gathered(&mut self, visit: impl FnOnce(&mut Self)) -> Course {
        if !self.sought.waits {
            visit(self);
            return Course::default();
        }
        self.found.courses.open.push(Vec::new());
        visit(self);
        self.found.courses.close()
    }

    /// Notes that something ends the program so long after this statement.
    pub(in crate::rust) fn watched_from_here(&mut self, stmt: Span, bound: Bound) {
        let by = self.shown(stmt);
        self.found.courses.holds_from_here(FromThere::Ended(by, bound));
    }

    /// Notes what the function gives whose last expression this is: a future that somebody else awaits.
    pub(in crate::rust) fn gives(&mut self, expr: &Expr) {
        let function = match self.frames.last() {
            Some(Frame::Function(index)) => self.found.functions.get(*index),
            _ => None,
        };
        let is_plain = self.conditions == 0 && !matches!(expr, Expr::Block(_) | Expr::Unsafe(_));
        if is_plain && self.sought.waits && function.is_some_and(|function| function.gives_future) {
            self.found.courses.given = Some(self.future(expr, 0));
        }
    }

    /// Notes that something is waited for here.
    pub(in crate::rust) fn waits(&mut self, course: Course) {
        self.found.courses.waits(course);
    }

    /// Notes that one of these is waited for here.
    pub(in crate::rust) fn waits_for_one(&mut self, mut branches: Vec<Course>) {
        branches.retain(|branch| !branch.is_nothing());
        if !branches.is_empty() {
            self.waits(Course::Branch(branches));
        }
    }

    pub(in crate::rust) fn function_gathered(&mut self, function: Gathered) {
        if let Some(given) = self.found.courses.given.take() {
            self.found.courses.functions.push(Gathered {
                path: function.path.clone(),
                is_async: true,
                test: None,
                signals: function.signals.clone(),
                course: given,
            });
        }
        self.found.courses.functions.push(function);
    }

    /// An `async` block: it waits where it is awaited.
    pub(in crate::rust) fn block_gathered(&mut self, block: &Block, course: Course) {
        if !self.sought.waits {
            return;
        }
        let start = self.offsets.of(block.brace_token.span.open()).start;
        self.found.courses.blocks.insert(start, course);
    }

    /// A closure: it waits where it is called.
    pub(in crate::rust) fn closure_gathered(&mut self, closure: &syn::ExprClosure, course: Course) {
        if !course.is_nothing() {
            let start = edges::expression(&closure.body, self.offsets).start;
            self.found.courses.blocks.insert(start, course);
        }
    }

    /// What a closure waits for that is called once.
    pub(in crate::rust) fn closure_run(&mut self, closure: &syn::ExprClosure) -> Course {
        let start = edges::expression(&closure.body, self.offsets).start;
        self.found.courses.blocks.remove(&start).unwrap_or_default()
    }

    /// What calling a closure that a variable gets waits for, and what awaiting that does, as far as something is known of it.
    pub(in crate::rust) fn called_closure(&mut self, value: &Expr) -> Option<(Course, Course)> {
        let Expr::Closure(closure) = value else { return None };
        let own = self.closure_run(closure);
        let (called, awaited) = match closure.asyncness.is_some() {
            true => (Course::default(), own),
            false => (own, self.future(&closure.body, 0)),
        };
        let is_known = |course: &Course| !course.is_nothing() && !matches!(course, Course::Unseen(_));
        (is_known(&called) || is_known(&awaited)).then_some((called, awaited))
    }

    /// `head` gives what stands before the body, and how often that runs; `visit` the tasks that each round waits for one of.
    fn repeat(&mut self, head: impl FnOnce(&Self) -> (Span, Times), visit: impl FnOnce(&mut Self) -> Option<Course>) {
        let entered = self.names.enter_variables();
        let mut tasks = None;
        let leaving = std::mem::take(&mut self.leaving);
        let body = self.gathered(|this| this.within(Frame::Loop, |this| tasks = visit(this)));
        self.names.leave(entered);
        if body.is_nothing() {
            self.leaving = leaving;
        } else {
            let (head, times) = head(self);
            let times = tasks.and_then(|tasks| tasks::rounds(&body, &tasks)).unwrap_or(times);
            let head = self.shown(head);
            let repeated = Course::Loop {
                head,
                times,
                body: Box::new(body),
            };
            let repeated = self.ended_by_signals(repeated, leaving);
            self.waits(repeated);
        }
    }

    /// A loop without a pattern.
    pub(in crate::rust) fn repeat_while(&mut self, keyword: proc_macro2::Span, condition: Option<&Expr>, body: &Block) {
        let drains = self.drains(condition);
        let head = |this: &Self| {
            let head = edges::head_of_loop(keyword, condition, this.offsets);
            let times = match drains {
                true => Times::Unknown,
                false => rounds_of_while(condition, body, this),
            };
            (head, times)
        };
        self.repeat(head, |this| {
            let mut tasks = None;
            if let Some(condition) = condition {
                let outer = std::mem::replace(&mut this.is_draining, drains);
                let waits = this.gathered(|this| this.under(Frame::Held, condition));
                this.is_draining = outer;
                this.waits(waits.clone());
                tasks = drains.then_some(waits);
            }
            this.visit_block(body);
            tasks
        });
        if let Some(condition) = condition {
            self.finished(condition, false);
        }
    }

    pub(in crate::rust) fn repeat_for(&mut self, each: &syn::ExprForLoop) {
        let kept = self.gone_through(&each.pat, &each.expr);
        let head = |this: &Self| {
            let keyword = this.offsets.of(each.for_token.span);
            let head = keyword.cover(edges::expression(&each.expr, this.offsets));
            let named = |path: &syn::Path| this.named_duration(path);
            (head, rounds_of_for(each, &named, this))
        };
        self.repeat(head, |this| {
            this.bind_element(&each.pat, &each.expr);
            this.keep_in_names(kept, &each.pat);
            let tasks = this.bind_task(&each.pat, &each.expr);
            this.visit_block(&each.body);
            tasks
        });
    }

    pub(in crate::rust) fn capped(&self, span: Span, bound: Bound, inner: Course) -> Course {
        Course::Capped {
            by: self.shown(span),
            bound: Length::Is(bound),
            inner: Box::new(inner),
            is_level: false,
        }
    }

    /// Whether a path is that of a function in another file of the package.
    pub(in crate::rust) fn is_function_elsewhere(&self, path: &str) -> bool {
        self.crates.is_some_and(|crates| crates.is_function(path))
    }

    /// Whether methods of other files count: where a test waits, or others ask.
    pub(in crate::rust) fn looks_elsewhere(&self) -> bool {
        self.crates.is_some() && (self.is_for_others || self.in_test())
    }

    /// What a call of a function passes on.
    pub(in crate::rust) fn passed<'e>(&self, given: impl IntoIterator<Item = &'e Expr> + Clone) -> Passed {
        (gives_on(given.clone()), self.told_by_arguments(given))
    }

    /// The same of a method.
    pub(in crate::rust) fn passed_to_method(&self, call: &syn::ExprMethodCall) -> Passed {
        (
            is_receiver(&call.receiver) && gives_on(&call.args),
            self.told_by_method(call),
        )
    }

    /// A call of a function of the package; its arguments, as it reads, say whether it gets on (`gives_on`) and when the
    /// signals are given that it waits for.
    pub(in crate::rust) fn called_function(
        &mut self,
        path: String,
        awaited: bool,
        span: Span,
        (gives_on, arguments): Passed,
    ) -> Course {
        let next = self.found.courses.called.len();
        let (function, _) = *self.found.courses.called.entry((path, awaited)).or_insert((next, span));
        Course::Call {
            call: self.shown(span),
            function: Callee::Here(function),
            arguments,
            gives_on,
            on: None,
            object: Object::Any,
        }
    }

    pub(in crate::rust) fn wait(&self, span: Span, length: Length, blocks: bool) -> Course {
        Course::Wait(Wait {
            what: self.shown(span),
            length,
            default: None,
            blocks,
            connect: None,
            path: None,
        })
    }

    pub(in crate::rust) fn unseen(&self, expr: &Expr) -> Course {
        Course::Unseen(self.shown(edges::expression(expr, self.offsets)))
    }

    /// A place, named as it reads; what is longer than a message should be is cut.
    pub(in crate::rust) fn shown(&self, span: Span) -> Shown {
        const LONGEST: usize = 48;
        let text = self.source.text().get(span.range()).unwrap_or_default();
        let line = text.lines().next().unwrap_or_default().trim_end();
        let text = match line.char_indices().nth(LONGEST) {
            Some((at, _)) => format!("{}…", &line[..at]),
            None if line.len() < text.len() => format!("{line}…"),
            None => line.to_owned(),
        };
        Shown {
            span,
            text,
            elsewhere: None,
        }
    }
}

/// What a call passes on: whether it is given what the function around it has, and nothing else, and its arguments as far as
/// they say how long something lasts.
pub(in crate::rust) type Passed = (bool, Vec<(usize, Length)>);

/// Whether a call is given what the function around it has, as it is: names alone.
fn gives_on<'e>(arguments: impl IntoIterator<Item = &'e Expr>) -> bool {
    arguments.into_iter().all(|argument| match argument {
        Expr::Reference(reference) => matches!(&*reference.expr, Expr::Path(_)),
        other => matches!(other, Expr::Path(_)),
    })
}

fn is_receiver(expr: &Expr) -> bool {
    matches!(expr, Expr::Path(path) if path.path.is_ident("self"))
}
