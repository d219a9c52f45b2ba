//! Places of the parser as places of the source.

use ruff_text_size::Ranged;

use crate::source::Span;

/// Where a node, a token or a range of the parser stands, in bytes.
pub(in crate::python) fn span(place: impl Ranged) -> Span {
    Span::new(place.start().to_usize(), place.end().to_usize())
}
