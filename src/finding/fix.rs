//! A fix: edits that belong together, how far they can be trusted, and what they may change.

use serde::Serialize;

use crate::source::Span;

/// Replaces the bytes of one span by other text. A deletion has no text, an insertion an empty span.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Edit {
    /// The bytes that go.
    pub span: Span,
    /// What comes in their place.
    pub text: String,
}

impl Edit {
    /// Puts `text` at `offset`.
    #[must_use]
    pub fn insert(offset: usize, text: impl Into<String>) -> Self {
        Self::replace(Span::empty(offset), text)
    }

    /// Takes the bytes of `span` away.
    #[must_use]
    pub fn delete(span: Span) -> Self {
        Self::replace(span, "")
    }

    /// Puts `text` in the place of `span`.
    #[must_use]
    pub fn replace(span: Span, text: impl Into<String>) -> Self {
        Self {
            span,
            text: text.into(),
        }
    }
}

/// How far a fix can be trusted. The order is the one in which more is promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// Shown, never applied: it needs a decision that only a person can take.
    Display,
    /// Applied with `--unsafe-fixes`: a program that works today may behave otherwise afterwards, or a comment goes.
    Unsafe,
    /// Applied with `--fix`: a program that works today works the same afterwards.
    Safe,
}

/// What a fix may change in the tree, and where. After the edits are applied, the old tree and the new one must be equal
/// but for these. Spans are those of the text before the edits; each change allows for one difference at its place, so a
/// fix cannot make use of what another one declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A statement or an expression is put under a deadline (`async with asyncio.timeout(…)`, `wait_for(…)`,
    /// `tokio::time::timeout(…)`), or such a deadline is lifted in the block's first line.
    Deadline {
        /// What is waited for: the connect's call, or the expression that enters it.
        around: Span,
    },
    /// An argument of a call goes, or is set to the value that switches it off.
    Argument {
        /// The argument's name.
        name: String,
        /// The call, a builder's chain included.
        call: Span,
    },
    /// A keyword of a call gets another name.
    Keyword {
        /// Its name in the text before the edits.
        from: String,
        /// Its new name.
        to: String,
        /// The call.
        call: Span,
    },
    /// A module is imported.
    Import {
        /// Its dotted path.
        module: String,
    },
    /// A function is called in place of another one, with the same arguments.
    Callee {
        /// The new callee as it is written.
        name: String,
        /// The call.
        call: Span,
    },
    /// A `with` becomes an `async with`, or the other way round.
    WithKind {
        /// The call that is one of its items.
        item: Span,
    },
    /// `await` comes before a call.
    Awaited {
        /// The call.
        call: Span,
    },
    /// An item of a `with` goes in front of another one of the same `with`.
    ItemOrder {
        /// What that other one enters, a call.
        before: Span,
    },
    /// A function is added to the module, or replaces the body of the one of the same name.
    Helper {
        /// Its name.
        name: String,
    },
    /// A name is imported no longer: `websockets.exceptions.InvalidStatusCode`.
    ImportGone {
        /// Its dotted path.
        path: String,
    },
    /// An expression is replaced by another one.
    Expression {
        /// The expression that goes. One edit takes it and nothing else.
        at: Span,
        /// The one that comes, as it is written.
        becomes: String,
    },
    /// The `await` before an expression goes.
    Await {
        /// The expression.
        around: Span,
    },
    /// The characters of string literals are replaced by stand-ins.
    Literal {
        /// The call that they are arguments of.
        call: Span,
    },
    /// A comment of ws-lint's own (a suppression) goes or gets shorter.
    Suppression {
        /// The comment.
        comment: Span,
    },
    /// A comment that speaks of an argument goes with it, or stays in the call without it. A fix that declares this is
    /// unsafe.
    Comment {
        /// The call that the argument goes from.
        call: Span,
    },
}

/// A rewrite: edits that only make sense together.
#[derive(Clone, Debug)]
pub struct Fix {
    /// What it does, as an imperative without a full stop: "wrap the connect in `asyncio.timeout(10)`".
    pub title: String,
    /// How far it can be trusted.
    pub applicability: Applicability,
    /// The edits, sorted by position, none overlapping another.
    pub edits: Vec<Edit>,
    /// What the edits may change in the tree.
    pub changes: Vec<Change>,
    /// What the edits were computed from: no other fix may make or take lines inside these in the same pass. A re-indented
    /// block claims the whole statement.
    pub claims: Vec<Span>,
    /// What an earlier fix of the same pass may be about to take away: the fix waits for the next pass where one does, to be
    /// made anew of what is left.
    pub awaits: Vec<Span>,
    /// Nothing says which Pythons the code runs on, and the edits fail on some: they are for the oldest that is taken for it.
    pub takes_python_for_granted: bool,
}

impl Fix {
    /// The same, trusted at most as far as `limit`.
    #[must_use]
    pub fn at_most(mut self, limit: Applicability) -> Self {
        self.applicability = self.applicability.min(limit);
        self
    }
}

/// Why no fix is offered. Printed behind "no fix: ".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

impl Refusal {
    /// A refusal for this reason: a clause without a full stop.
    pub fn because(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}
