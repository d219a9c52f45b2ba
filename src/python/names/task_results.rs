//! What tasks gave: `task.result()`.

use ruff_python_ast::ExprCall;

use super::binding::{Reference, ScopeId, Step};
use super::evaluate::Evaluation;
use super::value::Value;
use super::{meaning, outcomes};

/// The method of a future that gives what awaiting it gives.
const RESULT: &str = "result";

impl Evaluation<'_, '_> {
    /// The future whose result a call gives.
    pub(super) fn future_of(&self, call: &ExprCall, scope: ScopeId) -> Option<Reference> {
        call.func
            .as_attribute_expr()
            .filter(|method| method.attr.id == RESULT)?;
        self.future_of_result(&meaning::reference(&call.func, scope)?)
    }

    /// The same by what is called. A method of the project may give anything.
    pub(super) fn future_of_result(&self, callee: &Reference) -> Option<Reference> {
        // Hardly any call is one.
        let is_result = matches!(callee.steps.last(), Some(Step::Attribute(name)) if name == RESULT);
        if !is_result || !self.may_go_on() {
            return None;
        }
        let (_, future) = outcomes::owner(callee)?;
        let is_of_library = |value: &Value| matches!(value, Value::Path(_));
        self.reference(callee).iter().all(is_of_library).then_some(future)
    }

    /// What a future gives, where that can be told.
    pub(super) fn given_by_future(&self, future: &Reference) -> Option<Vec<Value>> {
        Some(self.awaited_reference(future)).filter(|given| !given.is_empty())
    }
}
