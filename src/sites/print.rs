//! Calls that write to the console, and functions that fall back where it refuses.

use crate::source::Span;

/// A call that writes to the console.
#[derive(Clone, Debug)]
pub struct Print {
    /// Its index in [`super::Sites::prints`]; the language finds its own notes about the call by it.
    pub id: usize,
    /// The whole call.
    pub call: Span,
    /// What is called.
    pub callee: Span,
    /// Its resolved path: `print`, `sys.stdout.write`, `click.echo`, `println!`.
    pub path: String,
    /// The text that certainly reaches the stream, piece by piece: the values of literals, not their spelling. None in Rust,
    /// where no text is unencodable.
    pub text: Vec<Piece>,
    /// The code around it is a test by its own marks.
    pub in_test: bool,
    /// What catches the console's refusal though it is there for more than that: then the rest of its block is skipped.
    pub caught: Option<Catch>,
}

/// What catches an error though it was written for others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Catch {
    /// A clause of a `try`, with the classes as it writes them; none where it is bare.
    Clause(Option<String>),
    /// `contextlib.suppress`, with the classes as it is given them.
    Suppress(String),
    /// A context manager or a decorator of the project, by its name.
    Manager(String),
}

/// A part of a print's text whose value is known.
#[derive(Clone, Debug)]
pub struct Piece {
    /// The literal, or the name that stands for it.
    pub span: Span,
    /// Its value: escapes resolved. May hold lone surrogates' replacement: see [`Piece::surrogate`].
    pub text: String,
    /// The value holds a lone surrogate, which no encoding takes, UTF-8 included.
    pub surrogate: bool,
    /// How many characters stand before it in the string that is written, where that is known.
    pub offset: Option<usize>,
    /// More text follows directly in the same string.
    pub open: bool,
}

/// A function that prints and, where the console refuses, prints something else.
#[derive(Clone, Debug)]
pub struct PrintFallback {
    /// Its index in [`super::Sites::print_fallbacks`].
    pub id: usize,
    /// The function's name.
    pub name: String,
    /// Where the name stands in the definition.
    pub name_span: Span,
    /// The statement of the fallback that can raise again.
    pub span: Span,
    /// Why: a clause that reads on behind "its fallback can raise again: ".
    pub leak: String,
}
