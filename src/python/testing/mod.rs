//! What is test code, and what tests put in the place of something else.

pub(in crate::python) mod marked_by_conftest;
pub(in crate::python) mod marks;
pub(in crate::python) mod stand_ins;
pub(in crate::python) mod test_code;
pub(in crate::python) mod test_functions;
