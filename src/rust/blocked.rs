//! What calls wait for that nothing awaits: they block their thread.

use syn::{Expr, ExprCall, ExprMethodCall};

use super::collect::{Collector, typed};
use super::course::{gives_on, is_receiver};
use super::edges;
use super::names::{Name, plain};
use crate::catalog::{Blocking, WithoutLimit};
use crate::sites::{Bound, Course, Length};
use crate::source::Language;

impl Collector<'_> {
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
                        Some(_) if self.is_fed(&call.receiver) => return,
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
}
