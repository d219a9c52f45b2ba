//! What expressions mean that other modules of the project define.

use std::cell::{Cell, RefCell};

use ruff_python_ast::Expr;
use ruff_python_ast::name::Name;
use ruff_text_size::Ranged;

use super::Names;
use super::binding::{Bindings, FunctionId, Meaning};
use super::evaluate::Evaluation;
use super::value::{Elsewhere, Value, each_once};

impl Names {
    /// The function of another module of the project that `expr` means.
    pub(in crate::python) fn foreign_function(&self, expr: &Expr) -> Option<(&Elsewhere, FunctionId)> {
        foreign_function(self.values(expr))
    }

    /// The functions of other modules of the project among what `expr` may mean.
    pub(in crate::python) fn foreign_functions(&self, expr: &Expr) -> impl Iterator<Item = (&Elsewhere, FunctionId)> {
        each_once(self.values(expr)).filter_map(|value| foreign_function(std::slice::from_ref(value)))
    }

    /// The method called `name` of the class of another module that `expr` is an instance of.
    pub(in crate::python) fn foreign_method(&self, expr: &Expr, name: &str) -> Option<(Elsewhere, FunctionId)> {
        let steps = Cell::new(0);
        let values = Evaluation::new(self, &steps).attribute(self.values(expr), &Name::new(name));
        let (module, function) = foreign_function(&values)?;
        Some((module.clone(), function))
    }

    /// The module of the project that `expr` means.
    pub(in crate::python) fn foreign_module(&self, expr: &Expr) -> Option<Elsewhere> {
        let (modules, home) = self.project.as_ref()?;
        let (module, names) = modules.named(home, self.resolve(expr)?)?;
        names.is_empty().then_some(module)
    }

    /// The other modules of the project that the meaning of `expr` comes through, in the order of the way there.
    pub(in crate::python) fn trail(&self, expr: &Expr) -> Vec<Elsewhere> {
        let (steps, trail) = (Cell::new(0), RefCell::default());
        let scope = self.scope_at(expr.start().to_usize());
        let _ = Evaluation::following(self, &steps, &trail).expression(expr, scope);
        let mut modules: Vec<Elsewhere> = trail.into_inner();
        modules.dedup();
        modules
    }

    /// The number that a constant of another module of the project is.
    pub(in crate::python) fn foreign_number(&self, expr: &Expr) -> Option<f64> {
        match self.values(expr) {
            [Value::Number(bits)] if self.is_of_another_module(expr) => Some(f64::from_bits(*bits)),
            _ => None,
        }
    }

    /// Whether `expr` is imported, or what a module or a class has that is: no attribute of an object, which anybody may set.
    pub(in crate::python) fn is_of_another_module(&self, expr: &Expr) -> bool {
        let mut at = expr;
        while let Expr::Attribute(attribute) = at {
            let is_object = |value: &Value| matches!(value.at_home(), Value::Instance(_));
            if self.values(&attribute.value).iter().any(is_object) {
                return false;
            }
            at = &attribute.value;
        }
        let Expr::Name(name) = at else {
            return false;
        };
        match self.lookup(self.scope_at(name.start().to_usize()), &name.id) {
            Some((_, entry)) => match &entry.bindings {
                Bindings::Known(known) => known
                    .iter()
                    .all(|binding| matches!(binding.meaning, Meaning::Import(_))),
                _ => false,
            },
            None => true,
        }
    }

    /// The text that a constant of another module of the project is, where that has characters beyond ASCII.
    pub(in crate::python) fn foreign_text(&self, expr: &Expr) -> Option<&str> {
        match self.values(expr) {
            [Value::Text(text)] => Some(text),
            _ => None,
        }
    }
}

fn foreign_function(values: &[Value]) -> Option<(&Elsewhere, FunctionId)> {
    match values {
        [Value::Foreign { module, value, .. }] => match **value {
            Value::Function(function) => Some((module, function)),
            _ => None,
        },
        _ => None,
    }
}
