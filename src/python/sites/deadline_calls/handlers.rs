//! Handlers in the block of a deadline.

use ruff_python_ast::{ExceptHandler, ExceptHandlerExceptHandler, Expr, Stmt, StmtTry, WithItem};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::blocks::Guarded;
use super::{Collector, FARTHEST};
use crate::python::deadlines::setter;
use crate::python::names::Names;
use crate::python::syntax::dotted::last_name;
use crate::python::syntax::nodes::{Node, Nodes, Scope, nodes_in};
use crate::python::syntax::spans::span;
use crate::sites::{Catches, DeadlineHandler, DeadlineKind};
use crate::source::Span;

/// What a wait waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WaitKind {
    /// `asyncio.sleep`: nothing of its own ends it.
    Sleep,
    /// A deadline of its own is around it, or may be.
    Bounded,
    /// Something else.
    Other,
}

/// What waiting for `waited` means.
pub(super) fn kind(waited: &Expr, names: &Names) -> WaitKind {
    let Expr::Call(call) = waited else {
        return WaitKind::Other;
    };
    if setter(call, names).is_some_and(|setter| setter.kind == DeadlineKind::Wait) {
        return WaitKind::Bounded;
    }
    match names.resolve(&call.func) {
        Some("asyncio.sleep" | "asyncio.tasks.sleep" | "anyio.sleep" | "trio.sleep") => WaitKind::Sleep,
        _ => WaitKind::Other,
    }
}

impl<'a> Collector<'a> {
    /// The deadline's block goes on in code whose exceptions are caught.
    pub(super) fn guard(&mut self) -> bool {
        let mut frames = self.inside.frames.iter().rev().take(FARTHEST);
        let Some(innermost) = frames.find(|frame| frame.is_in_force) else {
            return false;
        };
        let guarded = Guarded {
            deadline: innermost.deadline.clone(),
            under: self.inside.frames.len(),
            connects: Vec::new(),
            other_waits: false,
            has_deadlines: false,
        };
        self.inside.guarded.push(guarded);
        true
    }

    /// The code that [`Collector::guard`] began at is over; these catch its exceptions.
    pub(super) fn guarded_by(&mut self, handlers: Vec<Handler>) {
        let Some(guarded) = self.inside.guarded.pop() else {
            return;
        };
        if guarded.connects.is_empty() && !guarded.other_waits {
            return;
        }
        for handler in handlers {
            self.found.handlers.push(DeadlineHandler {
                span: handler.span,
                shown: handler.shown,
                catches: handler.catches,
                deadline: guarded.deadline.clone(),
                connects: guarded.connects.clone(),
                other_waits: guarded.other_waits,
                has_deadlines: guarded.has_deadlines,
                may_raise: handler.may_raise,
            });
        }
    }

    /// The handlers of a `try` that a deadline's exceptions reach, or would seem to.
    pub(super) fn handlers(&self, try_: &StmtTry) -> Vec<Handler> {
        let mut found = Vec::new();
        if self.inside.frames.is_empty() {
            return found;
        }
        for ExceptHandler::ExceptHandler(handler) in &try_.handlers {
            let Some(caught) = self.caught(handler) else {
                continue;
            };
            let is_last = caught.catches != Catches::Timeout;
            found.push(caught);
            // What comes behind never sees a cancellation.
            if is_last {
                break;
            }
        }
        found
    }

    fn caught(&self, handler: &ExceptHandlerExceptHandler) -> Option<Handler> {
        let Some(exceptions) = &handler.type_ else {
            let start = handler.start();
            return Some(Handler {
                span: span(TextRange::at(start, TextSize::from(6))),
                shown: "except:".to_owned(),
                catches: Catches::Everything,
                may_raise: may_raise(handler),
            });
        };
        let (catches, name) = self.catches(exceptions)?;
        Some(Handler {
            span: span(&**exceptions),
            shown: format!("except {name}"),
            catches,
            may_raise: may_raise(handler),
        })
    }

    /// `with contextlib.suppress(TimeoutError):`.
    pub(super) fn suppresses(&self, item: &WithItem) -> Option<Handler> {
        let Expr::Call(call) = &item.context_expr else {
            return None;
        };
        if self.names.resolve(&call.func)? != "contextlib.suppress" {
            return None;
        }
        let (catches, name) = call
            .arguments
            .args
            .iter()
            .find_map(|exception| self.catches(exception))?;
        Some(Handler {
            span: span(call),
            shown: format!("contextlib.suppress({name})"),
            catches,
            may_raise: false,
        })
    }

    /// What catching `exceptions`, one or a tuple of them, catches of a deadline; the strongest counts.
    fn catches(&self, exceptions: &Expr) -> Option<(Catches, &'static str)> {
        let one = |exception: &Expr| match self.names.resolve(exception)? {
            "TimeoutError" => Some((Catches::Timeout, "TimeoutError")),
            "asyncio.TimeoutError" | "asyncio.exceptions.TimeoutError" => {
                Some((Catches::Timeout, "asyncio.TimeoutError"))
            }
            "asyncio.CancelledError" | "asyncio.exceptions.CancelledError" => {
                Some((Catches::Cancellation, "asyncio.CancelledError"))
            }
            "BaseException" => Some((Catches::Everything, "BaseException")),
            _ => None,
        };
        match exceptions {
            Expr::Tuple(tuple) => {
                let found: Vec<_> = tuple.elts.iter().filter_map(one).collect();
                let strongest = found.iter().find(|(catches, _)| *catches != Catches::Timeout);
                strongest.or(found.first()).copied()
            }
            single => one(single),
        }
    }
}

/// Something that catches exceptions.
pub(super) struct Handler {
    span: Span,
    shown: String,
    catches: Catches,
    may_raise: bool,
}

/// Whether a handler raises, keeps the exception for somebody else to raise, or calls what may: only what writes a line is
/// known not to.
fn may_raise(handler: &ExceptHandlerExceptHandler) -> bool {
    let exception = handler.name.as_ref().map(|name| name.as_str());
    raises(nodes_in(&handler.body, Scope::All), exception, false)
}

/// `is_told`: what is looked at is written in a line.
fn raises(mut nodes: Nodes<'_>, exception: Option<&str>, is_told: bool) -> bool {
    while let Some(node) = nodes.next() {
        let is_found = match node {
            Node::Statement(Stmt::Raise(_) | Stmt::Assert(_)) => true,
            Node::Expr(Expr::Call(call)) if only_tells(&call.func) => {
                if is_told {
                    nodes.only([(&call.arguments).into()]);
                    continue;
                }
                nodes.pass_over();
                raises(nodes_in(&call.arguments, Scope::All), exception, true)
            }
            Node::Expr(Expr::Call(_) | Expr::Await(_)) => true,
            Node::Expr(Expr::Name(name)) => !is_told && exception == Some(name.id.as_str()),
            _ => false,
        };
        if is_found {
            return true;
        }
    }
    false
}

/// Functions and methods that write a line, or make text.
fn only_tells(function: &Expr) -> bool {
    let tells = [
        "print",
        "debug",
        "info",
        "warning",
        "warn",
        "error",
        "exception",
        "log",
        "str",
        "repr",
        "format",
        "type",
    ];
    last_name(function).is_some_and(|name| tells.contains(&name))
}
