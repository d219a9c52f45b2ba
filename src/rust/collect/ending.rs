//! Tasks that are over by themselves: what they hold goes with them. Who waits for what comes out of a channel whose sender
//! such a task has waits no longer than for the task.

use foldhash::{HashMap, HashSet};
use syn::{Expr, ExprMethodCall};

use crate::rust::collect::Collector;
use crate::rust::collect::receives::FoundUse;
use crate::rust::collect::signals::FEEDS;
use crate::rust::collect::values::ITERATED;
use crate::rust::names::Name;
use crate::rust::syntax::edges;
use crate::sites::{Bound, Callee, Course, FunctionCourse, Length, Times};
use crate::source::Span;

/// So many uses before a loop are looked at.
const MOST_USES: usize = 256;

/// Calls are followed so deep.
const FARTHEST: usize = 16;

impl Collector<'_> {
    /// Notes that what was used since there were `uses` of them is in a task that is started with `given`.
    pub(in crate::rust) fn spawned(&mut self, uses: usize, given: Option<&Expr>) {
        let blocks = &self.found.courses.blocks;
        if !self.sought.waits || self.found.messages.uses.len() == uses {
            return;
        }
        let course = match given {
            Some(Expr::Async(block)) => {
                let start = self.offsets.of(block.block.brace_token.span.open()).start;
                blocks.get(&start).cloned()
            }
            Some(Expr::Closure(closure)) => {
                let start = edges::expression(&closure.body, self.offsets).start;
                Some(blocks.get(&start).cloned().unwrap_or_default())
            }
            Some(of @ Expr::Call(call)) => self.called_in_task(call, edges::expression(of, self.offsets)),
            _ => None,
        };
        let Some(course) = course else { return };
        let messages = &mut self.found.messages;
        let task = messages.tasks.len();
        messages.tasks.push(course);
        for used in messages.uses.iter_mut().skip(uses) {
            used.task.get_or_insert(task);
        }
    }

    fn called_in_task(&mut self, call: &syn::ExprCall, span: Span) -> Option<Course> {
        let Expr::Path(func) = &*call.func else { return None };
        let path = match self.resolve(&func.path) {
            Name::File(path) => path,
            Name::Extern(path) if self.is_function_elsewhere(&path) => path,
            _ => return None,
        };
        let passed = self.passed(&call.args);
        Some(self.called_function(path, true, span, passed))
    }

    /// Whether a call that waits gives an end some day, or an error: its channel may be closed, its socket limits each read, or
    /// what it comes out of is there already.
    pub(in crate::rust) fn runs_dry(&self, call: &ExprMethodCall) -> bool {
        let start = edges::expression(&call.receiver, self.offsets).start;
        let span = Span::new(start, self.offsets.of(call.paren_token.span.close()).end);
        let mut last = self.found.messages.receives.iter().rev().take(MOST_USES);
        match last.find(|receive| receive.span == span) {
            Some(receive) if receive.blocking => self.read_length(receive) != Bound::Unlimited,
            Some(_) => self
                .signal_of(&call.receiver)
                .is_some_and(|signal| self.may_close(signal)),
            // Somebody sends what is looked for again and again.
            None if call.method == "try_recv" => self.until_signal(&call.receiver).is_some(),
            None if call.method == "next" => {
                let is_iterated = || self.type_of(&call.receiver).is_some_and(|of| of == ITERATED);
                self.is_timer(&call.receiver) == Some(true) || is_iterated()
            }
            None => false,
        }
    }

    /// Whether a task has a sender of the channel that this call makes and never ends by itself, as far as is known.
    pub(in crate::rust) fn is_fed_for_ever(&self, made: Span) -> bool {
        let messages = &self.found.messages;
        let used = messages.uses.iter().rev().take(MOST_USES);
        let mut feeding = used.filter(|used| used.from.made == Some(made) && feeds(used));
        feeding.any(|used| {
            let task = used.task.and_then(|task| messages.tasks.get(task));
            task.is_some_and(|task| Ending::new(&[]).ends(task, FARTHEST) == Some(false))
        })
    }
}

/// Channels, each by the call that makes it.
#[derive(Debug, Default)]
pub(in crate::rust) struct Over {
    /// Those whose senders are all in tasks that are over by themselves: they are closed then.
    pub(in crate::rust) closed: HashSet<Span>,
    /// Those that such tasks certainly give something, whoever may keep one more sender.
    pub(in crate::rust) given: HashSet<Span>,
}

/// The channels whose sender is in a task that is over by itself; `courses` are those of the functions that are called.
pub(in crate::rust) fn over(uses: &[FoundUse], tasks: &[Course], courses: &[FunctionCourse]) -> Over {
    let mut ending = Ending::new(courses);
    let are_over: Vec<bool> = tasks
        .iter()
        .map(|task| ending.ends(task, FARTHEST) == Some(true))
        .collect();
    let is_over = |used: &FoundUse| used.task.and_then(|task| are_over.get(task)) == Some(&true);
    let of_those = |is_one: &dyn Fn(&FoundUse) -> bool| -> HashSet<Span> {
        let among = |is_wanted: bool| {
            let uses = uses
                .iter()
                .filter(move |used| is_one(used) && is_over(used) == is_wanted);
            uses.filter_map(|used| used.from.made)
        };
        let others: HashSet<Span> = among(false).collect();
        among(true).filter(|made| !others.contains(made)).collect()
    };
    let gives = |used: &FoundUse| used.is_certain && used.method.as_deref().is_some_and(|name| FEEDS.contains(&name));
    Over {
        closed: of_those(&feeds),
        given: of_those(&gives),
    }
}

/// Whether a use is one of the sender: that has something sent, is one more of it, or is handed to somebody in a task.
fn feeds(used: &FoundUse) -> bool {
    match used.method.as_deref() {
        Some("clone") => true,
        Some(method) => FEEDS.contains(&method),
        None => used.task.is_some(),
    }
}

/// Finds out what is over some day by itself.
struct Ending<'c> {
    courses: &'c [FunctionCourse],
    /// By function; nothing is known of one that is looked at.
    known: HashMap<usize, Option<bool>>,
}

impl<'c> Ending<'c> {
    fn new(courses: &'c [FunctionCourse]) -> Self {
        Self {
            courses,
            known: HashMap::default(),
        }
    }

    /// Whether a course is over some day; `None` where it calls what is not known. What cannot be seen is no wait.
    fn ends(&mut self, course: &Course, steps: usize) -> Option<bool> {
        match course {
            Course::Wait(wait) => Some(!lasts(wait.length)),
            Course::Sequence(parts) | Course::Branch(parts) | Course::Together(parts) => {
                let each: Vec<_> = parts.iter().map(|part| self.ends(part, steps)).collect();
                match each.contains(&Some(false)) {
                    true => Some(false),
                    false => (!each.contains(&None)).then_some(true),
                }
            }
            Course::First(parts) => {
                let each: Vec<_> = parts.iter().map(|part| self.ends(part, steps)).collect();
                match each.contains(&Some(true)) {
                    true => Some(true),
                    false => (!each.contains(&None)).then_some(false),
                }
            }
            Course::Loop {
                times: Times::Unbounded,
                ..
            } => Some(false),
            Course::Capped { bound, .. } if !lasts(*bound) => Some(true),
            Course::Loop { body: inner, .. }
            | Course::Capped { inner, .. }
            | Course::Once { inner, .. }
            | Course::OnOwn { inner, .. }
            | Course::Asked { inner, .. }
            | Course::OwnLoop(inner)
            | Course::InThread(inner)
            | Course::Paused(inner) => self.ends(inner, steps),
            Course::Ended { .. } | Course::Unseen(_) | Course::OnParameter { .. } | Course::LetGo(_) => Some(true),
            Course::Guarded { body, cleanup } => match self.ends(body, steps) {
                Some(true) => self.ends(cleanup, steps),
                other => other,
            },
            Course::Call { function, .. } => {
                let Callee::Here(function) = function else { return None };
                if let Some(known) = self.known.get(function) {
                    return *known;
                }
                let courses = self.courses;
                let called = &courses.get(*function)?.course;
                self.known.insert(*function, None);
                let ends = self.ends(called, steps.checked_sub(1)?);
                self.known.insert(*function, ends);
                ends
            }
        }
    }
}

/// Whether nothing is seen that makes an end of such a wait.
fn lasts(length: Length) -> bool {
    matches!(length, Length::Is(Bound::Unlimited) | Length::Parameter(_))
}
