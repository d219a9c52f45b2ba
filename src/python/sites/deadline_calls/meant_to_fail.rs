//! Code that is written to see a mistake fail: the mistake is no finding there.

use super::{Collector, FARTHEST};
use crate::python::syntax::expected_failures::expects_failure;

impl Collector<'_> {
    /// Whether the current code, at the byte offset `at`, is meant to fail: here, or by all who call its function.
    pub(super) fn is_meant_to_fail(&self, at: usize) -> bool {
        let parents = self.parents.iter().rev().take(FARTHEST);
        self.meant_to_fail > 0
            || parents.into_iter().any(|parent| expects_failure(parent))
            || self.choice.callers_expect_failure(at)
    }
}
