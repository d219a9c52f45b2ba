//! What entering an object of a class of the project gives: what its `__aenter__` or `__enter__` gives.

use std::cell::Cell;

use ruff_python_ast::Expr;
use ruff_python_ast::name::Name;

use super::Names;
use super::binding::FunctionId;
use super::evaluate::Evaluation;
use super::makings::{self, Making};
use super::overriding::Method;
use super::value::Value;

impl Names {
    /// As [`Self::run_by_call`].
    pub(in crate::python) fn function_run(&self, callee: &Expr) -> Option<Method> {
        Method::of(&self.run_by_call(callee)?)
    }

    /// The method that entering an object of `class`, one of the project, runs.
    pub(in crate::python) fn entering_method(&self, class: &Expr) -> Option<Method> {
        let [value] = self.values(class) else {
            return None;
        };
        let is_class = matches!(value.at_home(), Value::Class(_));
        let steps = Cell::new(0);
        let evaluation = Evaluation::new(self, &steps);
        Method::of(&evaluation.method_that_enters(value).filter(|_| is_class)?)
    }
}

impl Evaluation<'_, '_> {
    /// What entering any of these gives, a class being entered as its object; what is of no class of the project gives itself.
    pub(super) fn entered_values(&self, values: &[Value]) -> Vec<Value> {
        let mut found = Vec::new();
        for value in values {
            match self.method_that_enters(value) {
                None => found.extend(self.outcome_of_class(value)),
                Some(enter) => match &enter {
                    Value::Function(function) => {
                        let given = self.function_outcome(*function, self.table.is_async(*function));
                        match self.is_itself(*function, &given) {
                            true => found.extend(self.outcome_of_class(value)),
                            false => found.extend(given),
                        }
                    }
                    Value::Foreign {
                        module,
                        value: enter,
                        path,
                    } => {
                        let there = self.elsewhere(module);
                        if let Value::Function(function) = **enter {
                            let given = there.function_outcome(function, there.table.is_async(function));
                            match there.is_itself(function, &given) {
                                true => found.extend(self.outcome_of_class(value)),
                                false => found.extend(there.seen_outside(&given, module, path)),
                            }
                        }
                    }
                    _ => {}
                },
            }
        }
        found
    }

    /// Whether what a method gives is the object that it is called on, of a class that inherits it for one: `return self`.
    fn is_itself(&self, method: FunctionId, given: &[Value]) -> bool {
        let class = self.table.function(method).class;
        matches!(given, [Value::Instance(given)] if Some(*given) == class)
    }

    /// What entering any of these objects gives.
    pub(super) fn entered_objects(&self, values: &[Value]) -> Vec<Value> {
        let is_object = |value: &Value| matches!(value.at_home(), Value::Instance(_));
        match values.iter().all(is_object) {
            true => self.entered_values(values),
            false => values.to_vec(),
        }
    }

    /// The calls that make what entering one of these gives; the outer `None` where it is no class of the project that says so.
    pub(super) fn makings_of_entering(&self, values: &[Value]) -> Option<Option<Vec<Making>>> {
        let [value] = values else {
            return None;
        };
        match self.method_that_enters(value)? {
            Value::Function(function) => {
                let given = self.function_outcome(function, self.table.is_async(function));
                // `return self`
                let is_itself = matches!(given.as_slice(), [Value::Instance(_)]);
                (!is_itself).then(|| self.function_makings(function, self.table.is_async(function)))
            }
            Value::Foreign { module, value, .. } => {
                let Value::Function(function) = *value else {
                    return None;
                };
                let there = self.elsewhere(&module);
                let given = there.function_outcome(function, there.table.is_async(function));
                let is_itself = matches!(given.as_slice(), [Value::Instance(_)]);
                let given = || there.function_makings(function, there.table.is_async(function));
                (!is_itself).then(|| Some(makings::from_module(given()?, &module)))
            }
            _ => None,
        }
    }

    fn method_that_enters(&self, value: &Value) -> Option<Value> {
        let is_of_project = |value: &Value| matches!(value, Value::Class(_) | Value::Instance(_));
        let may_be = match value {
            Value::Foreign { value, .. } => is_of_project(value),
            own => is_of_project(own),
        };
        if !may_be || !self.may_go_on() {
            return None;
        }
        ["__aenter__", "__enter__"].iter().find_map(|name| {
            match &*self.attribute(std::slice::from_ref(value), &Name::new_static(name)) {
                [enter @ Value::Function(_)] => Some(enter.clone()),
                [enter @ Value::Foreign { value, .. }] if matches!(**value, Value::Function(_)) => Some(enter.clone()),
                _ => None,
            }
        })
    }

    fn outcome_of_class(&self, value: &Value) -> Vec<Value> {
        match value {
            Value::Foreign { value: inner, .. } if matches!(**inner, Value::Instance(_)) => vec![value.clone()],
            Value::Class(_) | Value::Path(_) | Value::Function(_) | Value::Foreign { .. } => {
                self.outcomes(std::slice::from_ref(value), &|| None, 0)
            }
            other => vec![other.clone()],
        }
    }
}
