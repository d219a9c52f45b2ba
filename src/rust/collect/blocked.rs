//! What calls wait for that nothing awaits: they block their thread.

use syn::{Expr, ExprCall, ExprMethodCall};

use crate::catalog::{Blocking, WithoutLimit};
use crate::rust::collect::bounded::Awaiting;
use crate::rust::collect::own_deadlines::Own;
use crate::rust::collect::{Collector, typed};
use crate::rust::names::Name;
use crate::rust::names::last_name;
use crate::rust::syntax::edges;
use crate::sites::{Bound, Course, Length};
use crate::source::{Language, Span};

impl Collector<'_> {
    /// What a call waits for that nothing awaits.
    pub(in crate::rust) fn blocked_call(&mut self, expr: &Expr, call: &ExprCall) {
        if !self.sought.waits {
            return;
        }
        let Expr::Path(func) = &*call.func else { return };
        let resolved = self.resolve(&func.path);
        let name = last_name(&func.path).unwrap_or_default();
        let first = call.args.first();
        if let Some(course) = self.run_by_call(&resolved, call, edges::expression(expr, self.offsets)) {
            return self.waits(course);
        }
        let course = match (&resolved, first) {
            (Name::File(path), _) => {
                let span = edges::expression(expr, self.offsets);
                let passed = self.passed(&call.args);
                self.called_function(path.clone(), false, span, passed)
            }
            (Name::Variable(id), _) => {
                let called = self
                    .found
                    .variables
                    .get(id.0)
                    .and_then(|variable| variable.called.clone());
                let Some((called, _)) = called else { return };
                called
            }
            (_, Some(first)) if name == "block_on" => self.future(first, 0),
            (Name::Extern(path), _) if self.is_function_elsewhere(path) => {
                let span = edges::expression(expr, self.offsets);
                let passed = self.passed(&call.args);
                self.called_function(path.clone(), false, span, passed)
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

    /// What a function of the project waits for that runs a future that it is given before the call is over.
    fn run_by_call(&mut self, callee: &Name, call: &ExprCall, span: Span) -> Option<Course> {
        let own = self.own_of(callee)?;
        let Own::Awaits {
            how: Awaiting::InTheCall,
            ..
        } = own
        else {
            return None;
        };
        let given: Vec<&Expr> = call.args.iter().collect();
        self.treated(own, &given, None, span, 0)
    }

    /// The same for a method.
    pub(in crate::rust) fn blocked_method(&mut self, expr: &Expr, call: &ExprMethodCall, method: &str) {
        if !self.sought.waits {
            return;
        }
        if self.receiving.contains(method)
            && let Some(course) = self.message_that_blocks(edges::expression(expr, self.offsets))
        {
            return self.waits(course);
        }
        if self.started_in_scope(call, method) {
            return;
        }
        let course = match (method, call.args.first()) {
            ("block_on", Some(first)) => self.future(first, 0),
            // A thread: its loop is its own.
            ("join", None) if self.is_future(&call.receiver) => {
                Course::OwnLoop(Box::new(self.future(&call.receiver, 0)))
            }
            _ if self.connecting.contains(method) => {
                let span = edges::expression(expr, self.offsets);
                self.connect_that_blocks(span).unwrap_or_default()
            }
            _ if self.names.has_method(method) || self.blocking.contains(method) || self.looks_elsewhere() => {
                let Some(of) = self.type_of(&call.receiver) else {
                    return;
                };
                let span = edges::expression(expr, self.offsets);
                let passed = self.passed_to_method(call);
                match typed(format!("{of}::{method}")) {
                    Name::File(path) => self.called_function(path, false, span, passed),
                    Name::Extern(path) => match self.catalog.blocking(Language::Rust, &path) {
                        Some(_) if self.is_fed(&call.receiver) => return,
                        Some(_) if self.may_be_fed(&call.receiver) => self.wait(span, Length::Is(Bound::Unknown), true),
                        Some(known) => self.blocked(expr, known, call.args.iter()),
                        None if self.is_function_elsewhere(&path) => self.called_function(path, false, span, passed),
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
