//! Connects that reach nobody, and connections that none gives: something else stands in the place of their library, or of the
//! function that gives them.

use ruff_python_ast::Expr;

use super::{Collector, Found};
use crate::python::deadlines::around::Around;
use crate::python::deadlines::callers::{CallSite, is_replaced};
use crate::python::names::FunctionId;
use crate::python::syntax::dotted::last_name;
use crate::python::testing::stand_ins::LastingReplacements;

impl Collector<'_> {
    /// Whether a connect reaches nobody: parts of its library are replaced around it, by the set-up of what it stands in, or
    /// wherever that is called.
    pub(super) fn is_mocked(&self, found: &Found, replaced: &LastingReplacements) -> bool {
        let library = found.callee.path.split('.').next().unwrap_or_default();
        self.is_replaced_around(library, &found.around, found.inside.0, replaced)
    }

    /// Whether what is called by `name`, or has that for the first name of its path, is replaced around what stands in `function`
    /// under `around`, by the set-up of that function, or wherever it is called.
    pub(super) fn is_replaced_around(
        &self,
        name: &str,
        around: &[Around],
        function: Option<FunctionId>,
        replaced: &LastingReplacements,
    ) -> bool {
        let around_function = |function| replaced.around(function, name, self.names, self.others);
        let everywhere = |function| {
            let method = self.names.method_name(function);
            let is_so = |site: &CallSite| is_replaced(&site.around, name) || site.caller.is_some_and(around_function);
            self.callers.always(function, method, &is_so)
        };
        is_replaced(around, name) || function.is_some_and(around_function) || function.is_some_and(everywhere)
    }

    /// The last name of the function that gives the object which `object`, a variable, holds: `dial` for `await net.dial(url)`.
    pub(super) fn given_by(&self, object: &Expr) -> Option<&str> {
        let mut value = self.variables.only_value(object)?;
        loop {
            value = match value {
                Expr::Await(awaited) => &awaited.value,
                Expr::Call(call) => match (last_name(&call.func)?, &*call.arguments.args) {
                    ("wait_for" | "shield", [waited, ..]) => waited,
                    (name, _) => return Some(name),
                },
                _ => return None,
            };
        }
    }
}
