//! What the functions of a file wait for, gathered on the visit: each `.await`, and each call that blocks.

use syn::visit::Visit;
use syn::{Block, Expr, ExprCall, ExprMethodCall};

use super::collect::{Collector, typed};
use super::durations;
use super::edges;
use super::frames::Frame;
use super::names::{Name, plain};
use super::rounds::{rounds_of_for, rounds_of_while};
use super::tasks;
use crate::catalog::{Blocking, WithoutLimit};
use crate::sites::{Bound, Callee, Course, Length, Shown, Times, Wait};
use crate::source::{Language, Span};

/// A future is followed through so many calls and adaptors.
pub(super) const FARTHEST: usize = 32;

/// Methods that give the future on.
const ADAPTORS: &[&str] = &[
    "boxed",
    "boxed_local",
    "fuse",
    "map",
    "map_err",
    "map_ok",
    "and_then",
    "inspect",
    "into_future",
    "instrument",
    "in_current_span",
    "as_mut",
    "catch_unwind",
    "unwrap",
    "expect",
];

/// What was gathered.
#[derive(Debug, Default)]
pub(super) struct Courses {
    /// The parts of what is being visited, the innermost last.
    open: Vec<Vec<Course>>,
    /// Of `async` blocks, by where they begin: nothing waits before they are awaited.
    blocks: foldhash::HashMap<usize, Course>,
    /// Of functions: their path, whether they are async, and the index of the test that they are.
    pub(super) functions: Vec<(String, bool, Option<usize>, Course)>,
    /// The functions that are called, by path, and whether they are awaited: the index that calls have, and the first call.
    pub(super) called: foldhash::HashMap<(String, bool), (usize, Span)>,
}

impl Collector<'_> {
    /// What is waited for on a part of the visit; nothing where waits are not looked for.
    pub(super) fn gathered(&mut self, visit: impl FnOnce(&mut Self)) -> Course {
        if !self.sought.waits {
            visit(self);
            return Course::default();
        }
        self.found.courses.open.push(Vec::new());
        visit(self);
        Course::sequence(self.found.courses.open.pop().unwrap_or_default())
    }

    /// Notes that something is waited for here.
    pub(super) fn waits(&mut self, course: Course) {
        if let Some(open) = self.found.courses.open.last_mut().filter(|_| !course.is_nothing()) {
            open.push(course);
        }
    }

    /// Notes that one of these is waited for here.
    pub(super) fn waits_for_one(&mut self, mut branches: Vec<Course>) {
        branches.retain(|branch| !branch.is_nothing());
        if !branches.is_empty() {
            self.waits(Course::Branch(branches));
        }
    }

    pub(super) fn function_gathered(&mut self, path: String, is_async: bool, test: Option<usize>, course: Course) {
        if self.sought.waits {
            self.found.courses.functions.push((path, is_async, test, course));
        }
    }

    /// An `async` block: it waits where it is awaited.
    pub(super) fn block_gathered(&mut self, block: &Block, course: Course) {
        if !self.sought.waits {
            return;
        }
        let start = self.offsets.of(block.brace_token.span.open()).start;
        self.found.courses.blocks.insert(start, course);
    }

    /// `head` gives what stands before the body, and how often that runs; `visit` the tasks that each round waits for one of.
    fn repeat(&mut self, head: impl FnOnce(&Self) -> (Span, Times), visit: impl FnOnce(&mut Self) -> Option<Course>) {
        let entered = self.names.enter_variables();
        let mut tasks = None;
        let body = self.gathered(|this| this.within(Frame::Loop, |this| tasks = visit(this)));
        self.names.leave(entered);
        if !body.is_nothing() {
            let (head, times) = head(self);
            let times = tasks.and_then(|tasks| tasks::rounds(&body, &tasks)).unwrap_or(times);
            let head = self.shown(head);
            self.waits(Course::Loop {
                head,
                times,
                body: Box::new(body),
            });
        }
    }

    /// A loop without a pattern.
    pub(super) fn repeat_while(&mut self, keyword: proc_macro2::Span, condition: Option<&Expr>, body: &Block) {
        let drains = self.drains(condition);
        let head = |this: &Self| {
            let keyword = this.offsets.of(keyword);
            let head = condition.map_or(keyword, |condition| {
                keyword.cover(edges::expression(condition, this.offsets))
            });
            let times = match drains {
                true => Times::Unknown,
                false => rounds_of_while(condition, body),
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
    }

    pub(super) fn repeat_for(&mut self, each: &syn::ExprForLoop) {
        self.under(Frame::Held, &each.expr);
        let head = |this: &Self| {
            let keyword = this.offsets.of(each.for_token.span);
            let head = keyword.cover(edges::expression(&each.expr, this.offsets));
            (head, rounds_of_for(each))
        };
        self.repeat(head, |this| {
            this.bind_pattern(&each.pat);
            this.bind_element(&each.pat, &each.expr);
            let tasks = this.bind_task(&each.pat, &each.expr);
            this.visit_block(&each.body);
            tasks
        });
    }

    /// What awaiting `expr` waits for, where waits are looked for. What it takes to make it was visited before.
    pub(super) fn future(&mut self, expr: &Expr, depth: usize) -> Course {
        if !self.sought.waits {
            return Course::default();
        }
        if depth > FARTHEST {
            return self.unseen(expr);
        }
        let span = edges::expression(expr, self.offsets);
        if self
            .found
            .messages
            .receives
            .iter()
            .rev()
            .take(FARTHEST)
            .any(|receive| receive.span == span)
        {
            return self.wait(span, Length::Is(Bound::Unlimited), false);
        }
        match expr {
            Expr::Paren(paren) => self.future(&paren.expr, depth + 1),
            Expr::Group(group) => self.future(&group.expr, depth + 1),
            Expr::Reference(reference) => self.future(&reference.expr, depth + 1),
            Expr::Async(block) => {
                let start = self.offsets.of(block.block.brace_token.span.open()).start;
                self.found.courses.blocks.remove(&start).unwrap_or_default()
            }
            Expr::Path(path) => match self.resolve(&path.path) {
                // Whoever awaits a reference to it twice awaits the same future.
                Name::Variable(id) => match self
                    .found
                    .variables
                    .get_mut(id.0)
                    .map(|variable| variable.future.take())
                {
                    Some(Some(course)) => course,
                    _ => self.unseen(expr),
                },
                _ => self.unseen(expr),
            },
            Expr::Call(call) => self.future_of_call(expr, call, span, depth),
            Expr::MethodCall(call) => self.future_of_method(expr, call, span, depth),
            _ => self.unseen(expr),
        }
    }

    fn future_of_call(&mut self, expr: &Expr, call: &ExprCall, span: Span, depth: usize) -> Course {
        let Expr::Path(func) = &*call.func else {
            return self.unseen(expr);
        };
        if let Some(wrapper) = self.wrapper(call, &func.path) {
            let inner = call.args.iter().nth(wrapper.future);
            let inner = inner.map_or_else(Course::default, |inner| self.future(inner, depth + 1));
            return self.capped(span, wrapper.deadline.bound, inner);
        }
        if let Some(course) = self.connected(span) {
            return course;
        }
        let name = func
            .path
            .segments
            .last()
            .map(|segment| plain(&segment.ident))
            .unwrap_or_default();
        let resolved = self.resolve(&func.path);
        match (&resolved, call.args.first()) {
            (Name::File(path), _) => self.called_function(path.clone(), true, span, gives_on(&call.args)),
            (Name::Extern(path), _) if self.is_function_elsewhere(path) => {
                self.called_function(path.clone(), true, span, gives_on(&call.args))
            }
            (Name::Extern(path), Some(first)) if is_sleep(path) => {
                let length = self.duration(first);
                self.wait(span, Length::Is(length), false)
            }
            (Name::Extern(path), Some(first)) if path.ends_with("sleep_until") => {
                let length = durations::until(first, &|path| self.named_duration(path));
                self.wait(span, Length::Is(length), false)
            }
            (Name::Extern(path), None) if path == "std::future::pending" || path == "futures::future::pending" => {
                self.wait(span, Length::Is(Bound::Unlimited), false)
            }
            (_, Some(first)) if matches!(name.as_str(), "join_all" | "try_join_all") => {
                self.future_of_all(first).unwrap_or_else(|| self.unseen(expr))
            }
            (_, Some(first)) if matches!(name.as_str(), "spawn" | "spawn_local" | "pin" | "new" | "block_on") => {
                self.future(first, depth + 1)
            }
            _ => self.unseen(expr),
        }
    }

    fn future_of_method(&mut self, expr: &Expr, call: &ExprMethodCall, span: Span, depth: usize) -> Course {
        if let Some(course) = self.connected(span) {
            return course;
        }
        let method = plain(&call.method);
        if let Some(deadline) = self.bounding_method(call, &method) {
            let inner = self.future(&call.receiver, depth + 1);
            return self.capped(span, deadline.bound, inner);
        }
        if let Some(course) = self.future_of_tasks(call, &method) {
            return course;
        }
        if matches!(method.as_str(), "spawn" | "block_on" | "spawn_local")
            && let Some(first) = call.args.first()
        {
            return self.future(first, depth + 1);
        }
        if let Some(of) = self.type_of(&call.receiver) {
            let path = format!("{of}::{method}");
            if matches!(typed(of), Name::File(_)) || self.is_function_elsewhere(&path) {
                let is_same = is_receiver(&call.receiver) && gives_on(&call.args);
                return self.called_function(path, true, span, is_same);
            }
        }
        match ADAPTORS.contains(&method.as_str()) {
            true => self.future(&call.receiver, depth + 1),
            false => self.unseen(expr),
        }
    }

    /// What a call waits for that nothing awaits.
    pub(super) fn blocked_call(&mut self, expr: &Expr, call: &ExprCall) {
        if !self.sought.waits {
            return;
        }
        let Expr::Path(func) = &*call.func else { return };
        let resolved = self.resolve(&func.path);
        let name = func
            .path
            .segments
            .last()
            .map(|segment| plain(&segment.ident))
            .unwrap_or_default();
        let first = call.args.first();
        let course = match (&resolved, first) {
            (Name::File(path), _) => {
                let span = edges::expression(expr, self.offsets);
                self.called_function(path.clone(), false, span, gives_on(&call.args))
            }
            (_, Some(first)) if name == "block_on" => self.future(first, 0),
            (Name::Extern(path), _) if self.is_function_elsewhere(path) => {
                let span = edges::expression(expr, self.offsets);
                self.called_function(path.clone(), false, span, gives_on(&call.args))
            }
            (Name::Extern(path), _) => {
                let span = edges::expression(expr, self.offsets);
                let known = self.catalog.blocking(Language::Rust, path);
                let course = match known {
                    Some(known) => Some(self.blocked(expr, known, call.args.iter())),
                    None => self.connect_that_blocks(span),
                };
                match course {
                    Some(course) => course,
                    None => return,
                }
            }
            _ => return,
        };
        self.waits(course);
    }

    /// The same for a method.
    pub(super) fn blocked_method(&mut self, expr: &Expr, call: &ExprMethodCall, method: &str) {
        if !self.sought.waits {
            return;
        }
        if self.receiving.contains(method)
            && let Some(course) = self.message_that_blocks(edges::expression(expr, self.offsets))
        {
            return self.waits(course);
        }
        let course = match (method, call.args.first()) {
            ("block_on", Some(first)) => self.future(first, 0),
            _ if self.connecting.contains(method) => {
                let span = edges::expression(expr, self.offsets);
                self.connect_that_blocks(span).unwrap_or_default()
            }
            _ if self.names.has_method(method) || self.blocking.contains(method) || self.looks_elsewhere() => {
                let Some(of) = self.type_of(&call.receiver) else {
                    return;
                };
                let span = edges::expression(expr, self.offsets);
                let is_same = is_receiver(&call.receiver) && gives_on(&call.args);
                match typed(format!("{of}::{method}")) {
                    Name::File(path) => self.called_function(path, false, span, is_same),
                    Name::Extern(path) => match self.catalog.blocking(Language::Rust, &path) {
                        Some(known) => self.blocked(expr, known, call.args.iter()),
                        None if self.is_function_elsewhere(&path) => self.called_function(path, false, span, is_same),
                        None => return,
                    },
                    Name::Variable(_) | Name::Unknown => return,
                }
            }
            _ => return,
        };
        self.waits(course);
    }

    /// A function of the catalogue that blocks its thread, with what it is given.
    fn blocked<'e>(&self, expr: &Expr, known: &Blocking, mut arguments: impl Iterator<Item = &'e Expr>) -> Course {
        let span = edges::expression(expr, self.offsets);
        let position = known.delay.or(known.lasts.as_ref().and_then(|lasts| lasts.position));
        let limit = position.and_then(|position| arguments.nth(position));
        let length = match (limit, known.lasts.as_ref().map(|lasts| lasts.without)) {
            (Some(limit), _) => self.duration(limit),
            (None, Some(WithoutLimit::ForEver)) => Bound::Unlimited,
            (None, _) => return self.unseen(expr),
        };
        self.wait(span, Length::Is(length), true)
    }

    fn capped(&self, span: Span, bound: Bound, inner: Course) -> Course {
        Course::Capped {
            by: self.shown(span),
            bound: Length::Is(bound),
            inner: Box::new(inner),
            is_level: false,
        }
    }

    /// Whether a path is that of a function in another file of the package.
    fn is_function_elsewhere(&self, path: &str) -> bool {
        self.crates.is_some_and(|crates| crates.is_function(path))
    }

    /// Whether methods of other files count: where a test waits, or others ask.
    fn looks_elsewhere(&self) -> bool {
        self.crates.is_some() && (self.is_for_others || self.in_test())
    }

    /// A call of a function of the package; its arguments, as it reads, say whether it gets on.
    pub(super) fn called_function(&mut self, path: String, awaited: bool, span: Span, gives_on: bool) -> Course {
        let next = self.found.courses.called.len();
        let (function, _) = *self.found.courses.called.entry((path, awaited)).or_insert((next, span));
        Course::Call {
            call: self.shown(span),
            function: Callee::Here(function),
            arguments: Vec::new(),
            gives_on,
            on: None,
        }
    }

    pub(super) fn wait(&self, span: Span, length: Length, blocks: bool) -> Course {
        Course::Wait(Wait {
            what: self.shown(span),
            length,
            default: None,
            blocks,
            connect: None,
        })
    }

    fn unseen(&self, expr: &Expr) -> Course {
        Course::Unseen(self.shown(edges::expression(expr, self.offsets)))
    }

    /// A place, named as it reads; what is longer than a message should be is cut.
    pub(super) fn shown(&self, span: Span) -> Shown {
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

    /// The futures of `select!`: the first one that is done ends the wait for all, a timer at the latest.
    pub(super) fn raced(&mut self, span: Span, futures: Vec<Course>, has_timer: bool) {
        let is_timer = |course: &Course| match course {
            Course::Wait(wait) => match wait.length {
                Length::Is(Bound::Seconds(seconds)) => Some(seconds),
                _ => None,
            },
            _ => None,
        };
        let limit = futures.iter().filter_map(is_timer).reduce(f64::min);
        let inner = Course::Branch(futures);
        let course = match limit {
            Some(seconds) => self.capped(span, Bound::Seconds(seconds), inner),
            None if has_timer => self.capped(span, Bound::Unknown, inner),
            None => inner,
        };
        self.waits(course);
    }
}

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

fn is_sleep(path: &str) -> bool {
    matches!(
        path,
        "tokio::time::sleep"
            | "async_std::task::sleep"
            | "actix_rt::time::sleep"
            | "smol::Timer::after"
            | "async_io::Timer::after"
            | "futures_timer::Delay::new"
    )
}
