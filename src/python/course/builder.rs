//! What a stretch of a function waits for, statement by statement.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::sync::Arc;

use foldhash::{HashMap, HashSet};
use ruff_python_ast::{self as ast, ExceptHandler, Expr, Stmt, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use super::functions::Functions;
use super::groups::{ScopeEnds, Started};
use super::lengths::{Lengths, Locals};
use super::limits::decorators;
use super::rounds::{rounds_of_for, rounds_of_while};
use crate::catalog::{Catalog, ReceiverId};
use crate::python::sites::collect::{Beside, Ended};
use crate::python::syntax::nodes::{Scope, expressions_in};
use crate::python::syntax::spans::span;
use crate::sites::{Connect, Course, Deadline, OtherPlace, Receive, Shown, Times};
use crate::source::{SourceFile, Span};

/// In one function so many names that stand for tasks and coroutines are followed, and from one to the next so far.
const MOST_FOLLOWED: usize = 256;
const FARTHEST_FOLLOWED: usize = 4;

/// Blocks and waits in each other are looked at so far. CPython takes 100 blocks, and 200 brackets.
pub(super) const DEEPEST: usize = 256;

/// What all functions of a module are looked at with.
pub(super) struct Surroundings<'a> {
    pub(super) source: &'a SourceFile,
    /// The places are shown to another file: how that one names this one.
    pub(super) shown_elsewhere: Option<Arc<str>>,
    pub(super) catalog: &'a Catalog,
    pub(super) lengths: Lengths<'a>,
    /// By where they stand.
    pub(super) connects: HashMap<Span, &'a Connect>,
    /// By where they stand.
    pub(super) receives: HashMap<Span, &'a Receive>,
    /// As [`crate::python::sites::collect::Collected::enclosed`].
    pub(super) enclosed: &'a HashMap<usize, Deadline>,
    /// As [`crate::python::sites::collect::Collected::ended`] and the same of `beside`.
    pub(super) ended: &'a HashMap<Span, Ended>,
    pub(super) beside: &'a Beside,
    /// What messages come out of on the connections of the module.
    pub(super) receivers: BTreeSet<ReceiverId>,
    /// The methods of connections that wait for messages.
    pub(super) receiving_methods: HashSet<&'a str>,
    pub(super) functions: Functions<'a>,
    /// The paths of what the module puts something in the place of: for how long is not known.
    pub(super) replaced: HashSet<String>,
}

impl Surroundings<'_> {
    /// Whether something stands in the place of the function at this path, at least in some of the module.
    pub(super) fn is_replaced(&self, path: &str) -> bool {
        self.replaced.contains(path)
    }

    /// Whether something in the module is kept from what cancels the code around it, as far as its words say.
    pub(super) fn shields(&self) -> bool {
        self.source.text().contains("shield")
    }

    /// A place, named as it reads; what is longer than a message should be is cut.
    pub(super) fn shown(&self, range: TextRange) -> Shown {
        const LONGEST: usize = 48;
        let span = span(range);
        let line = self.source.slice(span).lines().next().unwrap_or_default().trim_end();
        let text = match line.char_indices().nth(LONGEST) {
            Some((at, _)) => format!("{}…", &line[..at]),
            None if line.len() < span.len() => format!("{line}…"),
            None => line.to_owned(),
        };
        let elsewhere = self
            .shown_elsewhere
            .clone()
            .map(|file| OtherPlace::named(file, span, self.source));
        Shown { span, text, elsewhere }
    }
}

/// Looks at one function.
pub(super) struct Builder<'a, 's> {
    pub(super) all: &'s Surroundings<'a>,
    pub(super) locals: &'s Locals<'a>,
    /// What is left to close of what exit stacks entered.
    pub(super) stacked: RefCell<Vec<Course>>,
    /// What was started in the groups of tasks around, by the name of each.
    pub(super) groups: RefCell<Vec<(&'a str, Vec<Started<'a>>)>>,
    /// The names of the deadlines around.
    pub(super) handles: RefCell<Vec<&'a str>>,
    /// What the loops around are given as it is done.
    pub(super) completed: RefCell<Vec<&'a str>>,
    /// The connection whose block is looked at, if it has a name; none where that is a whole function.
    pub(super) connection_of_block: Option<Option<String>>,
    followed: Cell<usize>,
    following: Cell<usize>,
    depth: Cell<usize>,
    /// So many conditions decide whether the current statement runs.
    pub(super) conditions: Cell<usize>,
}

impl<'a, 's> Builder<'a, 's> {
    pub(super) fn new(all: &'s Surroundings<'a>, locals: &'s Locals<'a>) -> Self {
        Self {
            all,
            locals,
            stacked: RefCell::default(),
            groups: RefCell::default(),
            handles: RefCell::default(),
            completed: RefCell::default(),
            connection_of_block: None,
            followed: Cell::new(0),
            following: Cell::new(0),
            depth: Cell::new(0),
            conditions: Cell::new(0),
        }
    }

    /// Looks at the block that a connect is entered for; the connection has this name in it, and no other value.
    pub(super) fn of_block(all: &'s Surroundings<'a>, locals: &'s Locals<'a>, connection: Option<String>) -> Self {
        Self {
            connection_of_block: Some(connection),
            ..Self::new(all, locals)
        }
    }

    /// What is entered behind the connect, and the block.
    pub(super) fn block(&self, later: &'a [ast::WithItem], with: &'a ast::StmtWith) -> Course {
        let course = self.entered(later, &|| self.suite(&with.body), with);
        Course::guarded(course, self.unstacked(0))
    }

    /// A whole function.
    pub(super) fn function(&self, function: &'a StmtFunctionDef) -> Course {
        let course = self.suite(&function.body);
        let course = Course::guarded(course, self.unstacked(0));
        match self.all.enclosed.get(&function.start().to_usize()) {
            Some(deadline) => self.limit(self.all.shown(decorators(function)), deadline).over(course),
            None => course,
        }
    }

    /// Whether one more name may be followed.
    pub(super) fn may_follow(&self) -> bool {
        self.followed.set(self.followed.get() + 1);
        self.followed.get() <= MOST_FOLLOWED && self.following.get() < FARTHEST_FOLLOWED
    }

    /// Looks at what a name stands for.
    pub(super) fn follow(&self, look: impl FnOnce() -> Course) -> Course {
        self.following.set(self.following.get() + 1);
        let course = look();
        self.following.set(self.following.get() - 1);
        course
    }

    /// Looks one level deeper; `place` is what is not looked at where that is too deep.
    pub(super) fn deeper(&self, place: TextRange, look: impl FnOnce() -> Course) -> Course {
        if self.depth.get() >= DEEPEST {
            return Course::Unseen(self.all.shown(place));
        }
        self.depth.set(self.depth.get() + 1);
        let course = look();
        self.depth.set(self.depth.get() - 1);
        course
    }

    pub(super) fn unstacked(&self, from: usize) -> Course {
        let mut stacked = self.stacked.borrow_mut();
        let from = from.min(stacked.len());
        Course::sequence(stacked.split_off(from))
    }

    pub(super) fn statement(&self, statement: &'a Stmt) -> Course {
        self.deeper(statement.range(), || self.course_of(statement))
    }

    fn course_of(&self, statement: &'a Stmt) -> Course {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => Course::default(),
            Stmt::If(choice) => {
                let tests = choice
                    .elif_else_clauses
                    .iter()
                    .filter_map(|clause| clause.test.as_ref());
                let heads = [&*choice.test]
                    .into_iter()
                    .chain(tests)
                    .map(|test| self.expression(test));
                let branches = self.chosen(|| self.branches(choice));
                let chosen = branch(branches);
                let missing = match &*choice.elif_else_clauses {
                    [] if !chosen.is_nothing() => self.missing(&choice.test, &choice.body),
                    _ => None,
                };
                let chosen = match missing {
                    Some(object) => Course::Once {
                        object,
                        inner: Box::new(chosen),
                    },
                    None => chosen,
                };
                Course::sequence(heads.chain([chosen]))
            }
            Stmt::Match(choice) => {
                let head = self.expression(&choice.subject);
                let branches = self.chosen(|| {
                    choice
                        .cases
                        .iter()
                        .map(|case| {
                            let guard = case
                                .guard
                                .as_ref()
                                .map_or_else(Course::default, |guard| self.expression(guard));
                            Course::sequence([guard, self.suite(&case.body)])
                        })
                        .collect()
                });
                Course::sequence([head, branch(branches)])
            }
            Stmt::While(repeat) if let Some(awaited) = self.until_done(&repeat.test) => {
                let test = self.expression(&repeat.test);
                Course::sequence([test, awaited, self.suite(&repeat.body), self.suite(&repeat.orelse)])
            }
            Stmt::While(repeat) => {
                let round = Course::sequence([self.expression(&repeat.test), self.suite(&repeat.body)]);
                let head = TextRange::new(repeat.start(), repeat.test.end());
                let times = rounds_of_while(repeat, self);
                Course::sequence([self.repeated(head, times, round), self.suite(&repeat.orelse)])
            }
            Stmt::For(each) if let Some(course) = self.as_completed(each).or_else(|| self.awaits_each(each)) => course,
            Stmt::For(each) => {
                let head = TextRange::new(each.start(), each.iter.end());
                let (before, round) = match each.is_async {
                    true => self.iterated(&each.iter),
                    false => self.iterated_at_once(&each.iter),
                };
                let round = Course::sequence([round, self.suite(&each.body)]);
                let times = rounds_of_for(each, self);
                Course::sequence([before, self.repeated(head, times, round), self.suite(&each.orelse)])
            }
            Stmt::Try(attempt) => self.attempt(attempt, self.suite(&attempt.body)),
            Stmt::With(with) => self.entered(&with.items, &|| self.suite(&with.body), with),
            _ => Course::sequence([
                self.expressions_of(statement),
                self.opens_anew(statement),
                self.lets_go(statement),
            ]),
        }
    }

    /// Looks at what a condition decides on.
    fn chosen<T>(&self, look: impl FnOnce() -> T) -> T {
        self.conditions.set(self.conditions.get() + 1);
        let found = look();
        self.conditions.set(self.conditions.get() - 1);
        found
    }

    pub(super) fn attempt(&self, attempt: &'a ast::StmtTry, body: Course) -> Course {
        let (mut ending, mut passing) = (Vec::new(), Vec::new());
        for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
            let course = self.suite(&handler.body);
            match self.ends_cancellation(handler) {
                true => ending.push(course),
                false => passing.push(course),
            }
        }
        let body = Course::sequence([body, self.suite(&attempt.orelse), branch(passing)]);
        Course::guarded(body, Course::sequence([branch(ending), self.suite(&attempt.finalbody)]))
    }

    /// Whether a handler gets what a deadline around it does to the code in it.
    fn ends_cancellation(&self, handler: &'a ast::ExceptHandlerExceptHandler) -> bool {
        let Some(class) = handler.type_.as_deref() else {
            return true;
        };
        let classes = match class {
            Expr::Tuple(tuple) => &*tuple.elts,
            single => std::slice::from_ref(single),
        };
        classes.iter().any(|class| {
            let name = match class {
                Expr::Name(name) => name.id.as_str(),
                Expr::Attribute(attribute) => attribute.attr.as_str(),
                _ => return false,
            };
            matches!(name, "BaseException" | "CancelledError" | "Cancelled")
        })
    }

    pub(super) fn repeated(&self, head: TextRange, times: Times, body: Course) -> Course {
        if body.is_nothing() {
            return body;
        }
        Course::Loop {
            head: self.all.shown(head),
            times,
            body: Box::new(body),
        }
    }

    /// The items of a `with`, each around those behind it and the block. Managers nest as the items do, which a line can
    /// have many of: the tree is as deep as it would be with a statement for each.
    fn entered(&self, items: &'a [ast::WithItem], body: &dyn Fn() -> Course, with: &'a ast::StmtWith) -> Course {
        let suite = with.body.as_slice();
        let Some((item, rest)) = items.split_first() else {
            return body();
        };
        let manager = &item.context_expr;
        let stacked = self.stacked.borrow().len();
        let inner = || {
            let course = self.deeper(manager.range(), || self.entered(rest, body, with));
            Course::guarded(course, self.unstacked(stacked))
        };
        if let Some(limit) = self.deadline(manager, item.optional_vars.as_deref(), suite) {
            return limit.over(self.within(item, inner));
        }
        if let Some(group) = self.group(manager, item.optional_vars.as_deref()) {
            self.groups.borrow_mut().push((group, Vec::new()));
            let ends = ScopeEnds::of(suite, group);
            let course = match ends {
                ScopeEnds::BesideTheBlock => self.unknown_limit(manager).over(inner()),
                ScopeEnds::Never | ScopeEnds::ByTheBlock => inner(),
            };
            let started = self
                .groups
                .borrow_mut()
                .pop()
                .map(|(_, started)| started)
                .unwrap_or_default();
            let waits = ends == ScopeEnds::Never;
            let started = started.into_iter().filter(|_| waits);
            let left = started.map(|task| self.left_of(task, suite));
            return self.of_group(
                group,
                suite,
                course,
                self.by_workers(manager, (group, suite), left.collect()),
            );
        }
        let (enter, leave) = self.managed(manager, with.is_async);
        let (enter, leave) = match item.optional_vars.as_deref() {
            Some(target) => (
                Course::sequence([enter, self.opened_anew(target)]),
                self.closed_once(target, leave),
            ),
            None => (enter, self.closed_once(manager, leave)),
        };
        let inner = match self.deadline_of_own(manager) {
            Some(limit) => limit.over(inner()),
            None => inner(),
        };
        Course::sequence([enter, Course::guarded(inner, leave)])
    }
}

/// One of several.
pub(super) fn branch(mut branches: Vec<Course>) -> Course {
    branches.retain(|branch| !branch.is_nothing());
    match branches.len() {
        0 => Course::default(),
        1 => branches.remove(0),
        _ => Course::Branch(branches),
    }
}

/// Side by side.
pub(super) fn together(mut courses: Vec<Course>) -> Course {
    courses.retain(|course| !course.is_nothing());
    match courses.len() {
        0 => Course::default(),
        1 => courses.remove(0),
        _ => Course::Together(courses),
    }
}

pub(super) fn is_name(expr: &Expr, name: &str) -> bool {
    expr.as_name_expr().is_some_and(|found| found.id.as_str() == name)
}

pub(super) fn uses(suite: &[Stmt], is_meant: &dyn Fn(&Expr) -> bool) -> bool {
    expressions_in(suite, Scope::All).any(is_meant)
}
