//! Which fixes are applied.

use crate::finding::{Applicability, Finding, Fix, Severity};

/// Which fixes are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// They are trusted at least so far; those that are only shown never are.
    pub least: Applicability,
    /// Their findings are at least so bad.
    pub counts: Severity,
}

impl Wanted {
    /// Those that are trusted at least so far, however bad their findings are.
    #[must_use]
    pub fn all(least: Applicability) -> Self {
        Self {
            least,
            counts: Severity::Info,
        }
    }

    /// The fix of a finding that is applied.
    #[must_use]
    pub fn fix_of(self, finding: &Finding) -> Option<&Fix> {
        let least = self.least.max(Applicability::Unsafe);
        let fix = finding.fix.as_ref().filter(|fix| fix.applicability >= least);
        fix.filter(|_| finding.severity >= self.counts)
    }
}
