//! Where a connect stands in the tree: what a rewrite needs to know of it beyond the site.

use crate::source::Span;

/// The place of one connect.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::python) struct Anchor {
    /// The whole statement that the connect is entered in; a compound statement with its body.
    pub(in crate::python) statement: Span,
    /// The call expression.
    pub(in crate::python) call: Span,
    /// How the statement holds it.
    pub(in crate::python) place: Place,
    /// Its connection is entered by the statement, an `async with`, and closed behind it.
    pub(in crate::python) closes: bool,
}

/// How a statement holds a connect.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::python) enum Place {
    /// `x = await <call>`, `self.x = await <call>`, `return await <call>`, a bare `await <call>`, an annotated
    /// assignment, `[x =] await stack.enter_async_context(<call>)`.
    Statement {
        /// The whole `await` expression.
        awaited: Span,
    },
    /// An item of an `async with`.
    WithItem {
        /// Its index.
        item: usize,
    },
    /// Inside a larger expression in an async function, or an argument of `run_until_complete`, `gather`,
    /// `create_task`, …
    Expression {
        /// The whole `await` expression, where the connect is awaited right there.
        awaited: Option<Span>,
    },
    /// It cannot be rewritten, and why: a clause without a full stop.
    Fixed(&'static str),
}
