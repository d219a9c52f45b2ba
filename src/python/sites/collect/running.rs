//! Where functions run what they are given, and where they are over with it.

use foldhash::HashMap;
use ruff_python_ast::{Expr, ExprName};
use ruff_text_size::Ranged;

use super::Collector;
use crate::python::deadlines::around::Wrapped;
use crate::python::deadlines::bounding_call;
use crate::python::deadlines::callers::CallSiteId;
use crate::python::deadlines::wrappings::{Place, of_argument};
use crate::python::sites::usage::{Slot, is_callee};
use crate::sites::Deadline;

impl<'a> Collector<'a> {
    /// A read of what may be a parameter: where the function calls or awaits that, it runs what it was given.
    pub(super) fn parameter_read(&mut self, expr: &'a Expr, name: &'a ExprName) {
        let runs = match self.parents.last() {
            Some(Expr::Await(_)) => true,
            Some(Expr::Call(call)) => {
                is_callee(call, expr)
                    || bounding_call(call, expr, self.variables).is_some()
                    || self.is_awaited_at_once(expr)
                    || of_argument(call, expr, self.names).is_some()
            }
            _ => false,
        };
        if !runs || self.inside.function.is_none() {
            return;
        }
        let Some(parameter) = self.names.parameter(name) else {
            return;
        };
        let function = parameter.function;
        let place = Place {
            around: self.around(expr),
            is_at_once: self.inside.function == Some(function) && self.is_run_at_once(expr),
        };
        let wrappings = self.callers.wrappings();
        if parameter.is_first {
            wrappings.runs(function, Wrapped::Decorated, place.clone());
            if let Some(outside) = parameter.outside {
                wrappings.runs(outside, Wrapped::DecoratedByOutcome, place.clone());
            }
        }
        wrappings.runs(function, Wrapped::Argument(parameter.name), place);
    }

    /// As [`super::Collected::enclosed`].
    pub(super) fn enclosed(&mut self) -> HashMap<usize, Deadline> {
        let wrapped = std::mem::take(&mut self.wrapped);
        let deadlines = wrapped
            .into_iter()
            .filter_map(|(at, wrapping)| Some((at, self.callers.wrappings().deadline(&wrapping)?)));
        deadlines.collect()
    }

    /// Whether the function waits here until what a parameter calls is over, or hands that back to who waits for it.
    fn is_run_at_once(&self, parameter: &'a Expr) -> bool {
        let mut around = self.parents.iter().rev();
        let is_called = matches!(around.next(), Some(Expr::Call(call)) if is_callee(call, parameter));
        let is_awaited = around
            .take_while(|parent| !parent.is_lambda_expr())
            .any(|parent| parent.is_await_expr());
        let is_handed_back = !self.inside.is_async && self.parents.len() == 1 && matches!(self.slot, Slot::Returned);
        is_called && (is_awaited || is_handed_back)
    }

    /// The call of `function`, which is no call itself, where it stands: as a task of a group, or by the call around it.
    pub(super) fn called_where_it_stands(&mut self, function: &'a Expr) -> Option<CallSiteId> {
        let started = self.started_in_group(function).map(|site| self.callers.site(site));
        started.or_else(|| self.called_around(function))
    }

    /// The call of `function`, which is no call itself, that stands around it: `partial(<this>, url)()`, and `map(<this>, urls)` where
    /// that is waited for.
    fn called_around(&mut self, function: &'a Expr) -> Option<CallSiteId> {
        let [.., outside, Expr::Call(inner)] = &*self.parents else {
            return None;
        };
        let first = inner.arguments.args.first();
        first.filter(|first| first.range() == function.range())?;
        let calls = match self.names.resolve(&inner.func)? {
            "functools.partial" if matches!(outside, Expr::Call(call) if is_callee(call, self.parents.last()?)) => 2,
            "map" => 1,
            _ => return None,
        };
        let within = self.parents.split_off(self.parents.len().checked_sub(calls)?);
        let site = within.first().and_then(|call| {
            let is_over = calls > 1 || self.is_waited_for(call);
            is_over.then(|| self.call_site(call))
        });
        self.parents.extend(within);
        site
    }
}
