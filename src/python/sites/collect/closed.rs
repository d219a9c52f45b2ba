//! Connections that the code has closed before: a wait for a message is over at once there.
//!
//! Executed with websockets 15.0.1, its blocking client, aiohttp 3.14.5 and trio-websocket 0.12.2: behind `close()`, and behind the block
//! of the connection, the next wait for a message raises, or says that it is closed, at once.

use ruff_python_ast::{Expr, ExprCall, StmtWith, WithItem};

use super::Collector;
use super::receives::WAIT_CLOSED;
use crate::python::syntax::dotted::{dotted, last_name};
use crate::python::syntax::expected_failures::expects_failure;
use crate::python::syntax::nodes::{Scope, expressions_in};

/// How the budget and WS201 hear of a wait that somebody ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::python) enum Ended {
    /// It is over at once.
    Before,
    /// Something else stands in the place of what it waits by: how long that takes is not known.
    Unknown,
}

impl<'a> Collector<'a> {
    /// `await ws.close()`, or `ws.close()`, as a statement: the rest of its block meets a connection that is over.
    pub(super) fn closed_by(&mut self, statement: &Expr) {
        let done = match statement {
            Expr::Await(awaited) => &awaited.value,
            other => other,
        };
        // Behind `wait_for(ws.wait_closed(), 3)` it is closed, too: else that has raised.
        let done = match done {
            Expr::Call(call) if last_name(&call.func) == Some("wait_for") => {
                call.arguments.args.first().unwrap_or(done)
            }
            other => other,
        };
        if let Expr::Call(call) = done
            && let Expr::Attribute(method) = &*call.func
            && (self.messages.closes.contains(method.attr.as_str()) || method.attr.as_str() == WAIT_CLOSED)
        {
            self.inside.closed.extend(object(&method.value));
        }
    }

    /// Behind a block that entered it, a connection is closed: `async with ws:`, `with contextlib.closing(ws):`.
    pub(super) fn left(&mut self, with: &StmtWith) {
        for item in &with.items {
            let entered = match &item.context_expr {
                Expr::Call(call) => match (self.names.resolve(&call.func), &*call.arguments.args) {
                    (Some("contextlib.closing" | "contextlib.aclosing"), [closed]) => closed,
                    _ => continue,
                },
                other => other,
            };
            self.inside.closed.extend(dotted(entered));
        }
    }

    /// Behind a block that expects one of these exceptions of a wait for a message in it, the connection is closed:
    /// `with pytest.raises(ConnectionClosed): await ws.recv()`.
    pub(super) fn expected_to_be_closed(&mut self, with: &StmtWith) {
        let expects = |item: &WithItem| {
            let call = item
                .context_expr
                .as_call_expr()
                .filter(|_| expects_failure(&item.context_expr));
            let class = call.and_then(|call| last_name(call.arguments.args.first()?));
            class.is_some_and(|class| class.starts_with("ConnectionClosed"))
        };
        if !with.items.iter().any(expects) {
            return;
        }
        let waited = expressions_in(&with.body, Scope::Own).filter_map(|expr| {
            let method = expr.as_call_expr()?.func.as_attribute_expr()?;
            let waits = self.messages.methods.contains(method.attr.as_str());
            waits.then(|| object(&method.value))?
        });
        let waited: Vec<String> = waited.collect();
        // Which one of several it was, nobody knows.
        if let [only] = waited.as_slice() {
            self.inside.closed.push(only.clone());
        }
    }

    /// A variable or an attribute gets another value.
    pub(super) fn reopened(&mut self, target: &Expr) {
        if !self.inside.closed.is_empty()
            && let Some(target) = dotted(target)
        {
            self.inside.closed.retain(|closed| *closed != target);
        }
    }

    /// A call that may open again what was closed: one of `connect` on the connection itself, or of any method of the object that
    /// keeps it.
    pub(super) fn may_reopen(&mut self, call: &ExprCall) {
        if self.inside.closed.is_empty() {
            return;
        }
        let Expr::Attribute(method) = &*call.func else { return };
        let Some(owner) = dotted(&method.value) else { return };
        let connects = method.attr.contains("connect") && !method.attr.contains("disconnect");
        let keeps = |closed: &str| closed.strip_prefix(&owner).is_some_and(|rest| rest.starts_with('.'));
        self.inside
            .closed
            .retain(|closed| !(*closed == owner && connects || keeps(closed)));
    }

    /// Whether an object is a connection that was closed before, should it be one.
    pub(super) fn is_closed(&self, object_of_wait: &Expr) -> bool {
        !self.inside.closed.is_empty() && object(object_of_wait).is_some_and(|name| self.inside.closed.contains(&name))
    }
}

/// What an object, or what it is an item of, is called.
fn object(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Subscript(item) => dotted(&item.value),
        _ => dotted(expr),
    }
}
