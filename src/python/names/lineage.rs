//! What classes inherit from, through the modules of a project.

use std::cell::Cell;

use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use super::Names;
use super::binding::ScopeId;
use super::evaluate::Evaluation;
use super::keywords::CONSTRUCTOR;
use super::value::Value;

impl Names {
    /// Whether `class` is, or inherits in the end from, a class of another library whose path is meant.
    pub(in crate::python) fn descends(&self, class: &Expr, is_meant: &dyn Fn(&str) -> bool) -> bool {
        let steps = Cell::new(0);
        let evaluation = Evaluation::new(self, &steps);
        let mut values = self.values(class).iter();
        values.any(|value| evaluation.descends(value, is_meant))
    }
}

/// So many classes above each other are followed.
const HIGHEST: usize = 8;

impl Names {
    /// The class of this module around `super().__init__(…)` in its constructor, and the path of the one class that it inherits
    /// from.
    pub(in crate::python) fn constructed_base(&self, call: &ExprCall) -> Option<(ScopeId, String)> {
        let method = call
            .func
            .as_attribute_expr()
            .filter(|method| method.attr.id == CONSTRUCTOR)?;
        let outside = method.value.as_call_expr()?;
        if !matches!(&*outside.func, Expr::Name(name) if name.id == "super") {
            return None;
        }
        let constructor = self.function(self.function_at(call.start().to_usize())?);
        let class = constructor.class.filter(|_| constructor.name() == CONSTRUCTOR)?;
        let steps = Cell::new(0);
        match Evaluation::new(self, &steps).bases(class).as_slice() {
            [Some(Value::Path(path))] => Some((class, path.clone())),
            _ => None,
        }
    }

    /// The class of the project that a call of `callee` makes an object of: by its name, or by that of a method's first parameter
    /// (`cls(…)`), whose class it is.
    pub(in crate::python) fn made_class(&self, callee: &Expr) -> Option<Value> {
        let is_class = |value: &Value| matches!(value.at_home(), Value::Class(_));
        match self.values(callee) {
            [class] if is_class(class) => Some(class.clone()),
            [Value::Instance(class)] => {
                let steps = Cell::new(0);
                let made = Evaluation::new(self, &steps).outcomes(&[Value::Instance(*class)], &|| None, 0);
                (made == [Value::Instance(*class)]).then_some(Value::Class(*class))
            }
            _ => None,
        }
    }

    /// The path of what a class of the project inherits from in the end, where the class is that for whoever calls it: it has
    /// neither a constructor of its own, nor another base, nor a way of its own to be entered.
    pub(in crate::python) fn inherited_constructor(&self, class: &Value) -> Option<String> {
        let own = [
            "__init__",
            "__new__",
            "__call__",
            "__await__",
            "__aenter__",
            "__enter__",
        ];
        Evaluation::new(self, &Cell::new(0)).inherited_constructor(class, &own)
    }

    /// The same where the class takes the same arguments, however it is entered.
    pub(in crate::python) fn inherited_arguments(&self, class: &Value) -> Option<String> {
        let own = ["__init__", "__new__", "__call__"];
        Evaluation::new(self, &Cell::new(0)).inherited_constructor(class, &own)
    }

    /// What `class` and the classes of the project that it inherits from define; nothing where it may be something else, or
    /// where one of them cannot be told.
    pub(in crate::python) fn own_members(&self, class: &Expr) -> Option<Vec<String>> {
        let [class] = self.values(class) else {
            return None;
        };
        let (steps, mut found) = (Cell::new(0), Vec::new());
        let evaluation = Evaluation::new(self, &steps);
        evaluation.own_members(class, HIGHEST, &mut found).then_some(found)
    }
}

impl Evaluation<'_, '_> {
    fn own_members(&self, class: &Value, highest: usize, found: &mut Vec<String>) -> bool {
        match class {
            Value::Path(_) => true,
            Value::Class(id) if highest > 0 => {
                let scope = self.table.scope(*id);
                let in_body = scope.names.iter().filter(|(_, entry)| entry.bindings.is_bound());
                let in_methods = scope.attributes.keys();
                found.extend(in_body.map(|(name, _)| name).chain(in_methods).map(Name::to_string));
                let mut bases = self.bases(*id).into_iter();
                bases.all(|base| base.is_some_and(|base| self.own_members(&base, highest - 1, found)))
            }
            Value::Foreign { module, value, .. } => self.elsewhere(module).own_members(value, highest, found),
            _ => false,
        }
    }

    pub(super) fn descends(&self, class: &Value, is_meant: &dyn Fn(&str) -> bool) -> bool {
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
