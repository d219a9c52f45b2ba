//! Test functions: where they stand, and what bounds each from outside.

use super::{Course, Deadline};
use crate::source::Span;

/// A function that a test runner calls.
#[derive(Clone, Debug)]
pub struct Test {
    /// As its runner names it: `TestEcho::test_reply` in Python, `tests::replies` in Rust.
    pub name: String,
    /// Where the name stands in the definition.
    pub name_span: Span,
    /// From its first statement to its last, or from `{` to `}`.
    pub body: Span,
    /// What ends the whole of it from outside and stands in the file: a mark, an attribute. [`Bound::Unlimited`] where it
    /// switches off what the project says.
    ///
    /// [`Bound::Unlimited`]: super::Bound::Unlimited
    pub limit: Option<Deadline>,
    /// What it waits for, fixtures and set-up included.
    pub course: Course,
    /// What its runner does once for this test and those behind it: each with a name of its own, which others have as well.
    pub shared: Vec<(String, Course)>,
    /// The class of the object whose method it is, as its [`Course`] names those of the file.
    pub class: Option<usize>,
}
