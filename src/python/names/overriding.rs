//! Attributes that a subclass has in a way of its own.

use std::cell::Cell;

use ruff_python_ast::ExprAttribute;
use ruff_python_ast::name::Name;

use super::Names;
use super::binding::{Elsewhere, FunctionId, ScopeId, ScopeKind, Value};
use super::evaluate::Evaluation;

/// In a module with more scopes nobody looks for subclasses.
const MOST_SCOPES: usize = 10_000;

/// So many bases are gone up.
const HIGHEST: usize = 8;

/// Of one class so many subclasses are looked at.
const MOST_SUBCLASSES: usize = 64;

/// The classes of a module by those that they are or inherit from.
#[derive(Default)]
pub(in crate::python) struct Subclasses(HashMap<ScopeId, Vec<ScopeId>>);

/// A method of a class of the project.
pub(in crate::python) enum Method {
    /// Of one in this module.
    Here(FunctionId),
    /// Of one in another module of the project.
    There(Elsewhere, FunctionId),
}

impl Names {
    /// Whether an attribute of an object may be that of a subclass in this module, whose body or methods bind it, too.
    pub(in crate::python) fn is_overridden(&self, attribute: &ExprAttribute) -> bool {
        let [Value::Instance(class)] = self.values(&attribute.value) else {
            return false;
        };
        if self.scopes.len() > MOST_SCOPES {
            return true;
        }
        let name = &attribute.attr.id;
        let mut scopes = self.scopes.iter().enumerate();
        scopes.any(|(index, scope)| {
            let binds = || {
                let in_body = scope.names.get(name).is_some_and(|entry| entry.bindings.is_bound());
                in_body || scope.attributes.get(name).is_some_and(super::Bindings::is_bound)
            };
            let id = ScopeId(u32::try_from(index).unwrap_or(u32::MAX));
            scope.kind == ScopeKind::Class && id != *class && binds() && self.inherits(id, *class)
        })
    }

    /// The method of a base class, of this module or another, that a method stands in the place of.
    pub(in crate::python) fn overridden_method(&self, function: FunctionId) -> Option<Method> {
        let class = self.function(function).class?;
        if self.scope(class).bases.is_empty() {
            return None;
        }
        let (steps, name) = (Cell::new(0), Name::new(self.function(function).name()));
        let values = Evaluation::new(self, &steps).inherited(class, &name);
        match values.as_slice() {
            [Value::Function(method)] => Some(Method::Here(*method)),
            [Value::Foreign { module, value, .. }] => match **value {
                Value::Function(method) => Some(Method::There(module.clone(), method)),
                _ => None,
            },
            _ => None,
        }
    }

    fn inherits(&self, class: ScopeId, from: ScopeId) -> bool {
        let steps = Cell::new(0);
        let evaluation = Evaluation::new(self, &steps);
        let mut pending = vec![(class, 0)];
        while let Some((class, height)) = pending.pop() {
            if class == from {
                return true;
            }
            let bases = evaluation.bases(class).into_iter().flatten();
            pending.extend(bases.filter_map(|base| match base {
                Value::Class(base) if height < HIGHEST => Some((base, height + 1)),
                _ => None,
            }));
        }
        false
    }
}
