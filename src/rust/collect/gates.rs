//! What only exists under the conditions of its attributes: `#[cfg(unix)]`, `#[cfg(test)]`.

use crate::rust::collect::Collector;
use crate::rust::names::{Assumed, attributes};

/// What was entered, to be left by [`Collector::leave_gate`].
pub(in crate::rust) struct Gate {
    assumed: Assumed,
    /// It exists in tests only.
    is_test: bool,
}

impl Collector<'_> {
    /// Enters what has these attributes.
    pub(in crate::rust) fn enter_gate(&mut self, attrs: &[syn::Attribute]) -> Gate {
        let is_test = attributes::is_cfg_test(attrs);
        self.test_depth += usize::from(is_test);
        Gate {
            assumed: self.names.assume(attributes::conditions(attrs)),
            is_test,
        }
    }

    pub(in crate::rust) fn leave_gate(&mut self, gate: Gate) {
        self.names.forget(gate.assumed);
        self.test_depth -= usize::from(gate.is_test);
    }
}
