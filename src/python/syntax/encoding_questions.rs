//! Conditions by which code finds out what the console can take.

use ruff_python_ast::Expr;

use crate::python::syntax::dotted::last_name;
use crate::python::syntax::nodes::{Scope, expressions_in};
use crate::python::syntax::words::Words;

/// Whether a condition asks what the console can take: for a stream's `encoding` (`"utf" in sys.stdout.encoding.lower()`), or by
/// a name that says so (`USE_UNICODE`, `supports_utf8()`, `can_encode(text)`).
pub(in crate::python) fn asks_for_encoding(condition: &Expr) -> bool {
    expressions_in(condition, Scope::All).any(|part| last_name(part).is_some_and(|name| ENCODINGS.are_spelled_in(name)))
}

static ENCODINGS: Words<8> = Words::new([
    "encoding",
    "unicode",
    "utf8",
    "ascii",
    "emoji",
    "canencode",
    "encodable",
    "canprint",
]);
