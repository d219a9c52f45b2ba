//! Calls and reads of what may be the module's own functions, or those of the project's other modules.

use ruff_python_ast::{Expr, ExprCall};

use super::Collector;
use crate::python::sites::usage::is_callee;

impl<'a> Collector<'a> {
    /// A call that may be one of the project's own functions.
    pub(super) fn own_call(&mut self, expr: &'a Expr, call: &'a ExprCall) {
        self.kept_function_called(expr, call);
        let method = call.func.as_attribute_expr().map(|method| method.attr.id.as_str());
        let unknown = method.filter(|name| self.is_unknown_method(name, &call.func));
        let mut functions = self.names.local_functions(&call.func).peekable();
        if functions.peek().is_none() && unknown.is_none() && !self.is_elsewhere(call) {
            return;
        }
        let site = self.call_site(expr);
        self.call_elsewhere(call, site);
        for function in functions {
            self.holders.own_call(function, call);
            self.callers.call(function, site);
        }
        if let Some(name) = unknown {
            self.callers.unknown_call(name, site);
            self.call_of_subclasses(call, site);
        }
    }

    /// A name or attribute that may be one of the module's own functions, but is not called here.
    pub(super) fn own_function(&mut self, expr: &'a Expr, name: &str, is_method: bool) {
        self.function_elsewhere(expr);
        self.class_handed_on(expr, name);
        let is_called = matches!(self.parents.last(), Some(Expr::Call(call)) if is_callee(call, expr));
        if is_called || !self.function_names.contains(name) {
            return;
        }
        match self.names.local_function(expr) {
            Some(function) => self
                .called_through(expr, function)
                .unwrap_or_else(|| self.callers.pass_on(function)),
            None if is_method && self.is_unknown_method(name, expr) => self.callers.escape_method(name),
            None => {}
        }
    }

    fn is_unknown_method(&self, name: &str, expr: &Expr) -> bool {
        self.function_names.contains(name) && self.names.values(expr).is_empty()
    }
}
