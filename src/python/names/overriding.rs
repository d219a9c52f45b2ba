//! Attributes that a subclass has in a way of its own.

use std::cell::Cell;

use ruff_python_ast::ExprAttribute;

use super::Names;
use super::binding::{ScopeId, ScopeKind, Value};
use super::evaluate::Evaluation;

/// In a module with more scopes nobody looks for subclasses.
const MOST_SCOPES: usize = 10_000;

/// So many bases are gone up.
const HIGHEST: usize = 8;

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
