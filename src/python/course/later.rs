//! What is called on the way out, however a test ends: `self.addAsyncCleanup(ws.close)`, `stack.push_async_callback(ws.close)`.

use ruff_python_ast::{Expr, ExprCall};

use super::builder::Builder;
use super::waits::{self, Waiting};
use crate::sites::{Connect, Course, Entry};

impl<'a> Builder<'a, '_> {
    /// Takes note of what a call has called later; none where it is no such call.
    pub(super) fn called_later(&self, call: &'a ExprCall) -> Option<Course> {
        let method = call.func.as_attribute_expr()?.attr.as_str();
        let [function, rest @ ..] = &*call.arguments.args else {
            return None;
        };
        let later = match method {
            "enterContext" | "enterClassContext" | "enter_context" => self.left_later(function)?,
            "addAsyncCleanup" | "push_async_callback" => self
                .awaited_later(function, rest)
                .unwrap_or_else(|| self.unseen(function)),
            "addCleanup" | "addClassCleanup" | "addfinalizer" => {
                self.blocking_later(function, rest).unwrap_or_default()
            }
            _ => return None,
        };
        self.stacked.borrow_mut().push(later);
        Some(Course::default())
    }

    /// Leaving the connection that a call enters; making it was counted where it stands.
    fn left_later(&self, manager: &'a Expr) -> Option<Course> {
        let is_blocking = |connect: &Connect| connect.entry == Entry::Blocking;
        self.connect_at(manager).filter(|connect| is_blocking(connect))?;
        Some(self.managed(manager, false).1)
    }

    fn awaited_later(&self, function: &'a Expr, rest: &'a [Expr]) -> Option<Course> {
        let names = self.all.lengths.names;
        if let Some(local) = names.local_function(function) {
            return Some(self.called(function, local, rest, &[]));
        }
        if let Some(closing) = self.closing_by(function, None) {
            return Some(closing);
        }
        let path = names.resolve(function).filter(|path| !self.all.is_replaced(path))?;
        match waits::awaited(path)? {
            Waiting::Given(index, _) => {
                let length = self.all.lengths.length(rest.get(index)?, self.locals);
                Some(self.wait(function, length, false))
            }
            Waiting::ForEver => None,
        }
    }

    fn blocking_later(&self, function: &'a Expr, rest: &'a [Expr]) -> Option<Course> {
        let names = self.all.lengths.names;
        if let Some(local) = names.local_function(function) {
            let is_plain = !self.all.functions.is_async(local.index());
            return is_plain.then(|| self.called(function, local, rest, &[]));
        }
        if let Some(closing) = self.closing_by(function, None) {
            return Some(closing).filter(Course::blocks);
        }
        self.blocked_by(function, rest, &[])
    }
}
