//! Which connect's connection an expression is: a variable, an attribute, or what a function or an annotation tells of.

use std::borrow::Cow;

use ruff_python_ast::Expr;
use ruff_text_size::Ranged;

use super::Collector;
use super::counted::Counted;
use super::declared::declared;
use super::elsewhere::opened_elsewhere;
use crate::python::names::{Making, Value};
use crate::python::sites::collect::opened;
use crate::python::syntax::spans::span;
use crate::sites::{Connect, MisusedConnect};

/// In a function that opens more connections they are not followed.
const MOST_OPENED: usize = 64;

impl<'a> Collector<'a> {
    /// The connect whose connection the local variable `name` holds, and nothing else ever.
    pub(super) fn opened_as(&mut self, name: &str) -> Option<&'a Connect> {
        Some(self.opened_and_counted(name)?.0)
    }

    /// The same with what else is known of the variable.
    pub(super) fn opened_and_counted(&mut self, name: &str) -> Option<(&'a Connect, Counted)> {
        if self.opened.len() > MOST_OPENED {
            return None;
        }
        let (name, start) = *self.opened.iter().rev().find(|(opened, _)| *opened == name)?;
        let function = *self.functions.last()?;
        let counted = *self
            .counts
            .entry((name, function.start().to_usize()))
            .or_insert_with(|| Counted::of(name, function, self.choice));
        (counted.bound == 1).then(|| Some((*self.by_start.get(&start)?, counted)))?
    }

    /// The connect whose connection `expr` is, in code that asks nothing about it.
    pub(super) fn plain_connection(&mut self, expr: &'a Expr) -> Option<Cow<'a, Connect>> {
        if self.meant_to_fail > 0 {
            return None;
        }
        let local = expr
            .as_name_expr()
            .and_then(|name| self.opened_and_counted(name.id.as_str()));
        let local = local.map(|(connect, counted)| (Cow::Borrowed(connect), counted));
        let (connect, counted) = local.or_else(|| self.kept_connection(expr))?;
        let at = expr.start().to_usize();
        let is_asked = || self.choice.is_tested(at) || self.choice.callers_expect_failure(at);
        (counted.asks == 0 && !is_asked()).then_some(connect)
    }

    /// The same for a connection that is kept in an object, or that a function or a fixture of the project gives.
    pub(super) fn kept_connection(&mut self, expr: &'a Expr) -> Option<(Cow<'a, Connect>, Counted)> {
        let owner = |expr: &&'a Expr| match expr {
            Expr::Attribute(attribute) => Some(&*attribute.value),
            Expr::Subscript(item) => Some(&*item.value),
            _ => None,
        };
        let root = std::iter::successors(Some(expr), owner).last()?;
        let (name, function) = (root.as_name_expr()?.id.as_str(), *self.functions.last()?);
        let connect = match self.names.makings(expr) {
            Some(makings) => self.opened_by_all(makings)?,
            None => Cow::Owned(self.declared(expr)?),
        };
        let key = (name, function.start().to_usize());
        let counted = *self
            .counts
            .entry(key)
            .or_insert_with(|| Counted::of(name, function, self.choice));
        Some((connect, counted))
    }

    /// The connect whose connection each of these calls makes.
    fn opened_by_all(&self, makings: &[Making]) -> Option<Cow<'a, Connect>> {
        let mut opened = makings.iter().map(|making| match opened(making, &self.by_start) {
            Some(connect) => Some(Cow::Borrowed(connect)),
            None => opened_elsewhere(making, self.catalog, self.others?).map(Cow::Owned),
        });
        let connect = opened.next()??;
        let objects = self.objects(&connect);
        let is_same = opened.all(|other| other.is_some_and(|other| self.objects(&other) == objects));
        is_same.then_some(connect)
    }

    /// The connect that gives connections of the class that an annotation names for `expr`.
    fn declared(&self, expr: &Expr) -> Option<Connect> {
        let [Value::Outcome(class)] = self.names.values(expr) else {
            return None;
        };
        declared(class, span(expr), self.catalog)
    }
}

/// A connect as a misuse tells of it: one of this file by its index.
pub(super) fn misused(connect: Cow<'_, Connect>) -> MisusedConnect {
    match connect {
        Cow::Borrowed(connect) => MisusedConnect::Here(connect.id),
        Cow::Owned(connect) => MisusedConnect::Elsewhere(Box::new(connect)),
    }
}
