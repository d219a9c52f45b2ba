//! What the tree and its tokens say by themselves, before any name means anything.

pub(in crate::python) mod assignments;
pub(in crate::python) mod clauses;
pub(in crate::python) mod comment_places;
pub(in crate::python) mod comments;
pub(in crate::python) mod done_tasks;
pub(in crate::python) mod dotted;
pub(in crate::python) mod expected_failures;
pub(in crate::python) mod format_template;
pub(in crate::python) mod leaving;
pub(in crate::python) mod literal_number;
pub(in crate::python) mod literal_text;
pub(in crate::python) mod nodes;
pub(in crate::python) mod parse;
pub(in crate::python) mod repeated_keyword;
pub(in crate::python) mod spans;
pub(in crate::python) mod stretches;
pub(in crate::python) mod unpacking;
pub(in crate::python) mod words;
