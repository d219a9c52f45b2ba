//! What functions take by `**keywords`, and which function a call gives keywords to.

use std::cell::Cell;

use ruff_python_ast::Expr;
use ruff_python_ast::name::Name;
use ruff_text_size::Ranged;

use super::Names;
use super::binding::{Binding, Bindings, FunctionId, Meaning, ScopeId, ScopeKind};
use super::evaluate::Evaluation;
use super::value::{Elsewhere, Value};

/// The method that makes the objects of a class.
pub(super) const CONSTRUCTOR: &str = "__init__";

impl Names {
    /// Whether any function of the module takes keywords by `**name`.
    pub(in crate::python) fn has_keywords(&self) -> bool {
        self.table.takes_keywords
    }

    /// Whether `expr` means one thing that is a function, a method or a class of the project.
    pub(in crate::python) fn may_be_of_project(&self, expr: &Expr) -> bool {
        matches!(
            self.values(expr),
            [Value::Function(_) | Value::Class(_) | Value::Foreign { .. }]
        )
    }

    /// The function whose `**keywords` `expr` holds, as it got them: by that name, or as an attribute of the object that the
    /// function constructs, and nothing else.
    pub(in crate::python) fn keywords_of(&self, expr: &Expr) -> Option<FunctionId> {
        let scope = self.scope_at(expr.start().to_usize());
        match expr {
            Expr::Name(name) => self.keywords_named(scope, &name.id),
            Expr::Attribute(attribute) => {
                let class = self.receiver_class(scope, &attribute.value.as_name_expr()?.id)?;
                let class = self.scope(class);
                if class.names.contains_key(&attribute.attr.id) {
                    return None;
                }
                let Bindings::Known(known) = class.attributes.get(&attribute.attr.id)? else {
                    return None;
                };
                let [
                    Binding {
                        meaning: Meaning::Alias(kept),
                        ..
                    },
                ] = known.as_slice()
                else {
                    return None;
                };
                let function = self
                    .keywords_named(kept.scope, &kept.root)
                    .filter(|_| kept.steps.is_empty())?;
                (self.method_name(function) == Some(CONSTRUCTOR)).then_some(function)
            }
            _ => None,
        }
    }

    fn keywords_named(&self, scope: ScopeId, name: &Name) -> Option<FunctionId> {
        let (owner, entry) = self.lookup(scope, name)?;
        match (&entry.bindings, self.scope(owner).kind) {
            (Bindings::Known(known), ScopeKind::Function(function)) => match known.as_slice() {
                [
                    Binding {
                        meaning: Meaning::Keywords,
                        ..
                    },
                ] => Some(function),
                _ => None,
            },
            _ => None,
        }
    }

    /// The class, with its module where that is another one, whose constructor makes the objects of a class of the project.
    pub(in crate::python) fn constructing_class(&self, class: &Value) -> Option<(Option<Elsewhere>, ScopeId)> {
        let (steps, class) = (Cell::new(0), std::slice::from_ref(class));
        match &*Evaluation::new(self, &steps).attribute(class, &Name::new_static(CONSTRUCTOR)) {
            [Value::Function(constructor)] => Some((None, self.function(*constructor).class?)),
            [Value::Foreign { module, value, .. }] => match **value {
                Value::Function(constructor) => {
                    Some((Some(module.clone()), module.0.table.function(constructor).class?))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The function that a call of `expr` runs: that of this module or of another one, or the constructor of such a class.
    pub(in crate::python) fn run_by_call(&self, expr: &Expr) -> Option<Value> {
        // What a class inherits it may use otherwise.
        let constructor = |class: &Value| {
            let has_own = match class {
                Value::Class(scope) => self.table.has_constructor(*scope),
                Value::Foreign { module, value, .. } => match **value {
                    Value::Class(scope) => module.0.table.has_constructor(scope),
                    _ => false,
                },
                _ => false,
            };
            let (steps, class) = (Cell::new(0), std::slice::from_ref(class));
            match &*Evaluation::new(self, &steps).attribute(class, &Name::new_static(CONSTRUCTOR)) {
                [constructor] if has_own => Some(constructor.clone()),
                _ => None,
            }
        };
        match self.values(expr) {
            [function @ Value::Function(_)] => Some(function.clone()),
            [class @ Value::Class(_)] => constructor(class),
            [foreign @ Value::Foreign { value, .. }] => match **value {
                Value::Function(_) => Some(foreign.clone()),
                Value::Class(_) => constructor(foreign),
                _ => None,
            },
            _ => None,
        }
    }
}
