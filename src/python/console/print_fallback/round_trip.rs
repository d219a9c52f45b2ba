//! `text.encode(…).decode(…)`: what is left of a text.

use ruff_python_ast::{Expr, ExprCall};

use super::Proof;
use crate::encodings::Encoding;

/// A text on its way through bytes.
pub(super) struct RoundTrip<'a> {
    /// What is encoded.
    pub(super) text: &'a Expr,
    encoding: Codec<'a>,
    decoding: Option<Codec<'a>>,
}

/// The arguments of `.encode` or `.decode`.
#[derive(Clone, Copy)]
struct Codec<'a> {
    name: Name<'a>,
    errors: Name<'a>,
}

/// A name that is given as a literal, or not.
#[derive(Clone, Copy)]
enum Name<'a> {
    Literal(&'a str),
    Unknown,
}

/// Reads `text.encode(…)`, with or without `.decode(…)` behind it.
pub(super) fn round_trip(call: &ExprCall) -> Option<RoundTrip<'_>> {
    let Expr::Attribute(method) = &*call.func else {
        return None;
    };
    match (method.attr.as_str(), &*method.value) {
        ("encode", text) => Some(RoundTrip {
            text,
            encoding: Codec::of(call),
            decoding: None,
        }),
        ("decode", Expr::Call(inner)) => {
            let trip = round_trip(inner).filter(|trip| trip.decoding.is_none())?;
            Some(RoundTrip {
                decoding: Some(Codec::of(call)),
                ..trip
            })
        }
        _ => None,
    }
}

impl<'a> Codec<'a> {
    fn of(call: &'a ExprCall) -> Self {
        let argument = |name, position, default| match call.arguments.find_argument_value(name, position) {
            None => Name::Literal(default),
            Some(Expr::StringLiteral(text)) => Name::Literal(text.value.to_str()),
            Some(_) => Name::Unknown,
        };
        Self {
            name: argument("encoding", 0, "utf-8"),
            errors: argument("errors", 1, "strict"),
        }
    }

    fn encoding(self) -> Option<Encoding> {
        match self.name {
            Name::Literal(name) => Encoding::from_name(name),
            Name::Unknown => None,
        }
    }

    fn is_ascii(self) -> bool {
        self.encoding().is_some_and(|encoding| encoding.name() == "ascii")
    }

    fn is_complete(self) -> bool {
        self.encoding().is_some_and(|encoding| encoding.takes(char::MAX))
    }

    fn is_escape(self) -> bool {
        matches!(self.name, Name::Literal("unicode_escape" | "unicode-escape"))
    }

    fn raises(self) -> bool {
        matches!(
            self.errors,
            Name::Literal("strict" | "surrogateescape" | "surrogatepass")
        )
    }
}

impl RoundTrip<'_> {
    /// Whether the outcome can be encoded, whatever the text holds.
    pub(super) fn proof(&self) -> Proof {
        let leaks = |why: &str| Proof::Leaks(why.to_owned());
        let encoding = self.encoding;
        if encoding.is_escape() {
            return Proof::Always;
        }
        if encoding.raises() && !encoding.is_complete() {
            return leaks("`.encode` without `errors=` raises the same `UnicodeEncodeError`");
        }
        let Some(decoding) = self.decoding else {
            // Bytes are printed as ASCII.
            return Proof::Always;
        };
        if !encoding.is_complete() {
            let is_the_streams = matches!(encoding.name, Name::Unknown);
            return if encoding.is_ascii() || is_the_streams {
                Proof::Always
            } else {
                Proof::Unknown
            };
        }
        if decoding.is_complete() {
            return leaks("to UTF-8 and back changes nothing, so it prints the same text again");
        }
        match (decoding.is_ascii(), decoding.errors) {
            (true, Name::Literal("ignore" | "backslashreplace")) => Proof::Always,
            (true, Name::Literal("replace")) => {
                leaks("`.decode(\"ascii\", \"replace\")` puts in `\\ufffd`, which the console refuses as well")
            }
            (true, Name::Literal("strict")) => leaks("`.decode(\"ascii\")` raises `UnicodeDecodeError`"),
            _ => Proof::Unknown,
        }
    }
}
