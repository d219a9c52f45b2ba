//! Threads of a scope: whoever opens one waits for all that were started in it. `thread::scope(|scope| { scope.spawn(…); })`.

use syn::{Expr, ExprCall, ExprMethodCall};

use crate::rust::collect::Collector;
use crate::rust::collect::values::Kind;
use crate::rust::collect::variables::KnownValue;
use crate::rust::names::Name;
use crate::sites::Course;

/// Functions that open a scope.
const OPENING: &[&str] = &[
    "crossbeam::scope",
    "crossbeam::thread::scope",
    "crossbeam_utils::thread::scope",
    "rayon::scope",
    "std::thread::scope",
];

/// What a closure gets that runs in one.
const SCOPE: &str = "std::thread::Scope";

/// What was started in a scope so far.
#[derive(Debug, Default)]
pub(in crate::rust) struct Scoped {
    threads: Vec<Course>,
    /// Something was waited for before.
    is_late: bool,
}

impl Collector<'_> {
    /// Notes that a scope is opened, before what runs in it is visited. Whether it is one.
    pub(in crate::rust) fn open_scope(&mut self, call: &ExprCall) -> bool {
        if !self.sought.waits || !matches!(call.args.first(), Some(Expr::Closure(_))) {
            return false;
        }
        let Expr::Path(func) = &*call.func else { return false };
        let is_named = func.path.segments.last().is_some_and(|last| last.ident == "scope");
        if !is_named || !matches!(self.resolve(&func.path), Name::Extern(path) if OPENING.contains(&path.as_str())) {
            return false;
        }
        self.each_for_closure = KnownValue {
            kind: Some(Kind::Of(SCOPE.to_owned())),
            given: None,
        };
        self.found.courses.scopes.push(Scoped::default());
        true
    }

    /// Waits for what runs in the scope that was opened last, and for all that was started in it.
    pub(in crate::rust) fn close_scope(&mut self, call: &ExprCall) {
        let Scoped { threads, is_late } = self.found.courses.scopes.pop().unwrap_or_default();
        let own = match call.args.first() {
            Some(Expr::Closure(closure)) => self.closure_run(closure),
            _ => Course::default(),
        };
        if threads.is_empty() {
            return self.waits(own);
        }
        let mut threads: Vec<Course> = threads.into_iter().map(in_thread).collect();
        let all = match is_late {
            true => Course::sequence([own, Course::Together(threads)]),
            false => {
                threads.insert(0, in_thread(own));
                Course::Together(threads)
            }
        };
        self.waits(Course::OwnLoop(Box::new(all)));
    }

    /// Notes that a thread is started in the scope around, by the closure that it runs. Whether it is.
    pub(in crate::rust) fn started_in_scope(&mut self, call: &ExprMethodCall, method: &str) -> bool {
        let (true, Some(Expr::Closure(closure))) = (method == "spawn", call.args.first()) else {
            return false;
        };
        if self.found.courses.scopes.is_empty() || self.type_of(&call.receiver).as_deref() != Some(SCOPE) {
            return false;
        }
        let thread = self.closure_run(closure);
        let is_late = self.found.courses.has_waited();
        if let Some(scope) = self.found.courses.scopes.last_mut().filter(|_| !thread.is_nothing()) {
            scope.threads.push(thread);
            scope.is_late |= is_late;
        }
        true
    }
}

fn in_thread(course: Course) -> Course {
    Course::InThread(Box::new(course))
}
