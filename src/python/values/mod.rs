//! What names and expressions stand for: constants, lengths, texts, exceptions.

pub(in crate::python) mod bounds;
pub(in crate::python) mod caught_classes;
pub(in crate::python) mod certain;
pub(in crate::python) mod clock_questions;
mod constants;
pub(in crate::python) mod encoding_questions;
pub(in crate::python) mod text_value;
pub(in crate::python) mod value_kind;
pub(in crate::python) mod variables;
pub(in crate::python) mod windows;
