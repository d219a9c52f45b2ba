//! What a connect is given: keywords as they are written, and the arguments that the catalogue knows.

use super::{Bound, Written};
use crate::source::Span;

/// A keyword of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyword {
    /// `open_timeout`.
    pub name: String,
    /// Where the name stands: before `=`, or as a key in `**{"open_timeout": 5}`; of a key that stands somewhere else the whole
    /// `**options`.
    pub span: Span,
    /// It is a key of a dictionary.
    pub is_unpacked: bool,
    /// Where it is written in the file as a key, in one place.
    pub key: Option<Key>,
    /// It is given each time: no condition decides about it.
    pub is_certain: bool,
    /// What its value certainly is: a constant as it is written (`None`), a number, a text in double quotes, or the call that makes it
    /// (`ssl.create_default_context()`).
    pub value: Option<String>,
}

/// Where a key of a dictionary is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The text, quotes included; of a keyword its name.
    pub span: Span,
    /// The call whose keyword it is: `dict(…)`, `options.update(…)`.
    pub call: Option<Span>,
    /// The call that unpacks the dictionary is all that is done with it.
    pub is_only_use: bool,
}

/// One argument of a connect that the catalogue knows.
#[derive(Clone, Debug)]
pub struct Argument {
    /// The catalogue's name of it.
    pub name: String,
    /// `open_timeout=10`, or `.connection_timeout(d)` of a builder.
    pub span: Span,
    /// The value's expression, without parentheses around it.
    pub value_span: Span,
    /// What the value is, as far as the source shows.
    pub value: Bound,
    /// How the value is written.
    pub written: Written,
    /// What kind of thing the value is, whatever its length.
    pub kind: ValueKind,
    /// What the value certainly is, as in [`Keyword::value`].
    pub certain: Option<String>,
}

/// What kind of thing is given as a limit.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ValueKind {
    /// Nobody knows.
    #[default]
    Unknown,
    /// A number, or in Rust a duration, unless who calls the function around it gives something else.
    Number,
    /// An object that carries the limit of a connect where it is given to another one: `aiohttp.ClientTimeout(total=3)`.
    Holder {
        /// The path of its class.
        class: String,
        /// The limit.
        carries: Bound,
    },
}
