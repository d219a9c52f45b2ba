//! What is iterated over, and what is waited for in each round: on connections, on what a function is given, on objects and
//! generators of the project.

use ruff_python_ast::{Expr, ExprCall};

use super::builder::Builder;
use super::connections::of_connect;
use crate::sites::{Bound, CalledPart, Course, Length};

impl<'a> Builder<'a, '_> {
    /// Something that is iterated over by `for`: what it takes once, and in each round.
    pub(super) fn iterated_at_once(&self, expr: &'a Expr) -> (Course, Course) {
        (self.expression(expr), self.of_receive(expr, None).unwrap_or_default())
    }

    /// Something that is iterated over by `async for`: what is waited for once, and in each round.
    pub(super) fn iterated(&self, expr: &'a Expr) -> (Course, Course) {
        let once = self.expression(expr);
        if let Some(ended) = self.ended(expr) {
            return (once, ended);
        }
        if let (Some(connect), Expr::Call(call)) = (self.connect_at(expr), expr) {
            return (once, of_connect(connect, call, self));
        }
        if let Some(receive) = self.of_receive(expr, None) {
            return (once, of_iteration(receive));
        }
        if self.connection(expr).is_some() {
            let wait = self.wait(expr, Length::Is(Bound::Unlimited), false);
            return (once, of_iteration(wait));
        }
        if let Some(parameter) = self.parameter(expr) {
            return (
                once,
                of_iteration(self.on_parameter(parameter, expr, Length::Is(Bound::Unlimited), false)),
            );
        }
        if let Some(next) = self.next_of_object(expr) {
            return (once, next);
        }
        let own = match expr {
            Expr::Call(call) => self.own(expr, call).or_else(|| self.generated_elsewhere(expr, call)),
            _ => None,
        };
        match own {
            Some(own) => (Course::sequence([once, own]), Course::default()),
            None => (once, self.unseen(expr)),
        }
    }

    /// What the next element of an object takes of a class of the project that gives its elements itself.
    fn next_of_object(&self, expr: &'a Expr) -> Option<Course> {
        let names = self.all.lengths.names;
        let has = |method| names.method_of(expr, method).is_some() || names.foreign_method(expr, method).is_some();
        if !has("__aiter__") {
            return None;
        }
        match names.method_of(expr, "__anext__") {
            Some(next) => Some(self.called(expr, next, &[], &[])),
            None => {
                let (module, next) = names.foreign_method(expr, "__anext__")?;
                Some(self.called_elsewhere(expr, (&module, next), CalledPart::Whole, &[], &[]))
            }
        }
    }

    /// What an asynchronous generator of another module waits for in all its rounds.
    fn generated_elsewhere(&self, expr: &'a Expr, call: &'a ExprCall) -> Option<Course> {
        let callee = self.all.lengths.names.foreign_function(&call.func)?;
        let (positional, keywords) = (&call.arguments.args, &call.arguments.keywords);
        Some(self.called_elsewhere(expr, callee, CalledPart::Whole, positional, keywords))
    }
}

/// The wait of an `async for`, named as one: what it goes through waits for nothing by itself.
fn of_iteration(mut course: Course) -> Course {
    if let Course::Wait(wait) | Course::OnParameter { wait, .. } = &mut course {
        wait.what.text.insert_str(0, "async for … in ");
    }
    course
}
