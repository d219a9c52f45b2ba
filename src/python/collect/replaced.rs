//! Connects that reach nobody: their library is replaced around them.

use super::{Collector, Found};
use crate::python::callers::{CallSite, is_replaced};
use crate::python::stand_ins::LastingReplacements;

impl Collector<'_> {
    /// Whether a connect reaches nobody: parts of its library are replaced around it, by the set-up of what it stands in, or
    /// wherever that is called.
    pub(super) fn is_mocked(&self, found: &Found, replaced: &LastingReplacements) -> bool {
        let library = found.callee.path.split('.').next().unwrap_or_default();
        let around = |function| replaced.around(function, library, self.names, self.others);
        let everywhere = |function| {
            let method = self.names.method_name(function);
            let is_replaced = |site: &CallSite| is_replaced(&site.around, library) || site.caller.is_some_and(around);
            self.callers.always(function, method, &is_replaced)
        };
        let inside = found.inside.0;
        is_replaced(&found.around, library) || inside.is_some_and(around) || inside.is_some_and(everywhere)
    }
}
