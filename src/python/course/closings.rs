//! What closes once: a connection that is closed already is closed at once, in its own block, in a `finally`, in a tear-down.
//!
//! Executed with websockets 15.0.1, its blocking client and aiohttp 3.14.5, against a peer that does not close: the first close takes its
//! whole limit, the next one nothing.

use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_text_size::Ranged;

use super::builder::Builder;
use super::connections::of_close;
use super::receives::argument;
use crate::python::syntax::dotted::last_name;
use crate::sites::{Bound, Connect, Course, Length, Wait};
use crate::source::Language;

impl<'a> Builder<'a, '_> {
    /// Closing a catalogued connect's connection by its method.
    pub(super) fn of_closing(&self, call: &'a ExprCall) -> Option<Course> {
        let closing = self.closing_by(&call.func, Some(call))?;
        let closed = call.func.as_attribute_expr()?;
        Some(self.on_own(&closed.value, &call.func, closing))
    }

    /// What calling a method of a catalogued connect's connection takes that closes it, as in this call if there is one.
    pub(super) fn closing_by(&self, method: &'a Expr, call: Option<&'a ExprCall>) -> Option<Course> {
        let closed = method.as_attribute_expr()?;
        let (connect, made_by) = self.connection(&closed.value)?;
        match closed.attr.as_str() {
            "close" => {
                let close = self.closed_by_method(connect, method, call);
                let close = close.unwrap_or_else(|| of_close(connect, made_by, self));
                Some(self.closed_once(&closed.value, close))
            }
            // It waits for the other side to close.
            "wait_closed" => Some(self.wait(method, Length::Is(Bound::Unlimited), false)),
            _ => None,
        }
    }

    /// Closing by a method that takes the limit itself.
    fn closed_by_method(&self, connect: &Connect, method: &'a Expr, call: Option<&'a ExprCall>) -> Option<Course> {
        let receiver = self.all.catalog.receiving_outcome(Language::Python, &connect.path)?;
        let entry = self.all.catalog.receiver(receiver);
        let closing = entry.receiver.closing.as_ref()?;
        let arguments = call.map(|call| &call.arguments);
        let limit = arguments.and_then(|arguments| argument(arguments, &closing.name, closing.position));
        let mut keywords = arguments.into_iter().flat_map(|arguments| &arguments.keywords);
        let unpacks = keywords.any(|keyword| keyword.arg.is_none());
        let (length, default) = match limit {
            Some(limit) => (self.all.lengths.length(limit, self.locals), None),
            None if unpacks => (Length::Is(Bound::Unknown), None),
            None => (
                Length::Is(Bound::Seconds(closing.default)),
                Some(format!("`close` of {}", entry.package)),
            ),
        };
        Some(Course::Wait(Wait {
            what: self.all.shown(call.map_or(method.range(), Ranged::range)),
            length,
            default,
            blocks: entry.receiver.blocking,
            connect: None,
            path: None,
        }))
    }

    /// How the budget names the state that what has this name is closed in. None where nothing in the module closes it by name.
    fn closed(&self, connection: &Expr) -> Option<String> {
        let name = last_name(connection).filter(|name| self.all.functions.closes(name))?;
        let object = self.object(connection)?;
        // No attribute is called so.
        (!name.is_empty()).then(|| format!("{object}.<closed>"))
    }

    /// `close`, which closes what has this name: it takes nothing where that is closed already.
    pub(super) fn closed_once(&self, connection: &Expr, close: Course) -> Course {
        match self.closed(connection).filter(|_| !close.is_nothing()) {
            Some(object) => Course::Once {
                object,
                inner: Box::new(close),
            },
            None => close,
        }
    }

    /// `ws.transport.abort()`: nothing is left to close, at once.
    pub(super) fn aborted(&self, call: &ExprCall) -> Option<Course> {
        let method = call.func.as_attribute_expr()?;
        let transport = method.value.as_attribute_expr()?;
        let is_abort = method.attr.as_str() == "abort" && transport.attr.as_str() == "transport";
        let object = self.closed(&transport.value).filter(|_| is_abort)?;
        Some(Course::Once {
            object,
            inner: Box::default(),
        })
    }

    /// What has this name gets another connection, which is not closed yet.
    pub(super) fn opened_anew(&self, target: &Expr) -> Course {
        match target {
            Expr::Tuple(all) => Course::sequence(all.elts.iter().map(|target| self.opened_anew(target))),
            Expr::List(all) => Course::sequence(all.elts.iter().map(|target| self.opened_anew(target))),
            _ => self.closed(target).map_or_else(Course::default, Course::LetGo),
        }
    }

    /// The same of all names that a statement assigns to.
    pub(super) fn opens_anew(&self, statement: &'a Stmt) -> Course {
        match statement {
            // Nobody closes nothing: what closes it again asks for it first.
            Stmt::Assign(assign) if assign.value.is_none_literal_expr() => Course::default(),
            Stmt::Assign(assign) => Course::sequence(assign.targets.iter().map(|target| self.opened_anew(target))),
            Stmt::AnnAssign(assign) => self.opened_anew(&assign.target),
            _ => Course::default(),
        }
    }
}
