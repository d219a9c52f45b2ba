//! Futures that are awaited together, and tasks of which one waits for what is left.

use ruff_python_ast::{Arguments, Expr};
use ruff_text_size::Ranged;

use super::builder::{Builder, together};
use super::cancelled::Cancelled;
use crate::python::names::Value;
use crate::sites::{Bound, Course, Length};
use crate::source::Language;

impl<'a> Builder<'a, '_> {
    /// `asyncio.wait(tasks, timeout=limit)`, which leaves the tasks running.
    pub(super) fn waited(&self, expr: &'a Expr, arguments: &'a Arguments) -> Course {
        let Some(tasks) = arguments.find_argument_value("fs", 0) else {
            return self.unseen(expr);
        };
        let limit = arguments.find_keyword("timeout").map(|keyword| &keyword.value);
        let until = arguments.find_keyword("return_when").map(|keyword| &keyword.value);
        let inner = match (self.elements_of(tasks), until.is_some_and(|until| !self.is_all(until))) {
            (Some(all), false) => self.side_by_side(all),
            (Some(all), true) => self.first_of(expr, all),
            (None, _) => self.wait(expr, Length::Is(Bound::Unknown), false),
        };
        Course::Capped {
            by: self.all.shown(expr.range()),
            bound: limit.map_or(Length::Is(Bound::Unlimited), |limit| {
                self.all.lengths.length(limit, self.locals)
            }),
            inner: Box::new(inner),
            is_level: false,
        }
    }

    /// What a list, a tuple or a set has in it that is written out.
    pub(super) fn elements_of(&self, all: &'a Expr) -> Option<&'a [Expr]> {
        Some(match self.all.lengths.followed(all) {
            Expr::List(list) => &list.elts,
            Expr::Tuple(tuple) => &tuple.elts,
            Expr::Set(set) => &set.elts,
            _ => return None,
        })
    }

    /// Whichever of several is done first: which one that is nobody knows, but where each of them may never be.
    pub(super) fn first_of(&self, expr: &'a Expr, all: &'a [Expr]) -> Course {
        let courses: Vec<Course> = all.iter().map(|each| self.each(each)).collect();
        match !courses.is_empty() && courses.iter().all(is_endless) {
            true => together(courses),
            false => self.wait(expr, Length::Is(Bound::Unknown), false),
        }
    }

    /// Whether `asyncio.wait` is told to wait for all of them.
    fn is_all(&self, told: &Expr) -> bool {
        let path = self.all.lengths.names.resolve(told);
        let text = told.as_string_literal_expr().map(|text| text.value.to_str());
        path == Some("asyncio.ALL_COMPLETED") || text == Some("ALL_COMPLETED")
    }

    /// What is left of `course`, the wait for the task that a variable keeps, where that was cancelled before, or a timer does so.
    pub(super) fn until_cancelled(&self, task: &'a Expr, course: Course) -> Course {
        let name = task.as_name_expr();
        let bound = match name.and_then(|name| self.locals.cancelled(name)) {
            None => return course,
            Some(Cancelled::Perhaps) => return self.unseen(task),
            Some(Cancelled::Before) => Length::Is(Bound::Seconds(0.0)),
            Some(Cancelled::After(delay)) => self.all.lengths.length(delay, self.locals),
        };
        Course::Capped {
            by: self.all.shown(task.range()),
            bound,
            inner: Box::new(course),
            is_level: false,
        }
    }

    /// Whether `expr` is a future that something else has to set.
    pub(super) fn is_future(&self, expr: &'a Expr) -> bool {
        let is_one = |value: &Value| match value {
            Value::Outcome(path) => self
                .all
                .catalog
                .receiving_class(Language::Python, path)
                .is_some_and(|id| {
                    let receiver = &self.all.catalog.receiver(id).receiver;
                    receiver.awaited && receiver.signal
                }),
            _ => false,
        };
        self.all.lengths.names.values(expr).iter().any(is_one)
    }

    /// What a coroutine of tornado waits for at a `yield`: one future, or several side by side.
    pub(super) fn yielded(&self, value: &'a Expr) -> Course {
        match value {
            Expr::List(list) => self.side_by_side(&list.elts),
            Expr::Tuple(tuple) => self.side_by_side(&tuple.elts),
            Expr::Dict(dict) => together(dict.items.iter().map(|item| self.each(&item.value)).collect()),
            _ => self.awaited(value),
        }
    }

    pub(super) fn side_by_side(&self, all: &'a [Expr]) -> Course {
        let each = |each: &'a Expr| match self.is_ended_beside_by(each, all) {
            true => self.unseen(each),
            false => self.each(each),
        };
        together(all.iter().map(each).collect())
    }

    /// One of several that are awaited side by side; of a comprehension any one.
    fn each(&self, expr: &'a Expr) -> Course {
        match expr {
            Expr::Starred(starred) if self.may_follow() => self.all_of(&starred.value),
            _ => self.awaited(expr),
        }
    }

    /// All that something has in it that is awaited side by side.
    pub(super) fn all_of(&self, all: &'a Expr) -> Course {
        let value = match self.all.lengths.followed(all) {
            Expr::List(list) => return self.follow(|| self.side_by_side(&list.elts)),
            Expr::Tuple(tuple) => return self.follow(|| self.side_by_side(&tuple.elts)),
            Expr::ListComp(comprehension) => &*comprehension.elt,
            Expr::Generator(generator) => &*generator.elt,
            other => return self.unseen(other),
        };
        let course = self.follow(|| self.awaited(value));
        self.until_cancelled(all, course)
    }
}

/// Whether nothing ends any of what is waited for. Of what is not seen nobody knows.
fn is_endless(course: &Course) -> bool {
    match course {
        Course::Wait(wait) => wait.length == Length::Is(Bound::Unlimited),
        Course::Together(all) => !all.is_empty() && all.iter().all(is_endless),
        _ => false,
    }
}
