//! The sites of a module: connects and waits, what ends them, what handles their failures.

pub(in crate::python) mod anchor;
pub(in crate::python) mod blocking;
pub(in crate::python) mod collect;
pub(in crate::python) mod connects;
pub(in crate::python) mod deadline_calls;
pub(in crate::python) mod handed_connect;
pub(in crate::python) mod handlers;
pub(in crate::python) mod lookup;
pub(in crate::python) mod loop_policies;
pub(in crate::python) mod misuses;
pub(in crate::python) mod options;
pub(in crate::python) mod proofs;
pub(in crate::python) mod task_calls;
pub(in crate::python) mod usage;
