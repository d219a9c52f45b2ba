//! What classes inherit from, through the modules of a project.

use std::cell::Cell;

use ruff_python_ast::Expr;

use super::Names;
use super::binding::Value;
use super::evaluate::Evaluation;

impl Names {
    /// Whether `class` is, or inherits in the end from, a class of another library whose path is meant.
    pub(in crate::python) fn descends(&self, class: &Expr, is_meant: &dyn Fn(&str) -> bool) -> bool {
        let steps = Cell::new(0);
        let evaluation = Evaluation::new(self, &steps);
        let mut values = self.values(class).iter();
        values.any(|value| evaluation.descends(value, is_meant))
    }
}

impl Evaluation<'_, '_> {
    fn descends(&self, class: &Value, is_meant: &dyn Fn(&str) -> bool) -> bool {
        match class {
            Value::Path(path) => is_meant(path),
            Value::Class(id) if self.may_go_on() => {
                let bases = self.bases(*id).into_iter().flatten();
                bases.into_iter().any(|base| self.descends(&base, is_meant))
            }
            Value::Foreign { module, value, .. } => self.elsewhere(module).descends(value, is_meant),
            _ => false,
        }
    }
}
