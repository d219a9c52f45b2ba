//! How much work was done, in steps and not in seconds: a test holds those of a text against those of one twice as long.
//! A step is one look at a scope, a node, a token or a line. Only builds with debug assertions count them.

use std::sync::atomic::{AtomicUsize, Ordering};

static STEPS: AtomicUsize = AtomicUsize::new(0);

/// How many steps all threads took so far; none in a build without debug assertions.
#[must_use]
pub fn taken() -> usize {
    STEPS.load(Ordering::Relaxed)
}

/// Counts one step.
#[inline]
pub(crate) fn take() {
    if cfg!(debug_assertions) {
        STEPS.fetch_add(1, Ordering::Relaxed);
    }
}
