//! Attributes that a subclass has in a way of its own.

use std::cell::Cell;

use foldhash::HashMap;
use ruff_python_ast::ExprAttribute;
use ruff_python_ast::name::Name;

use super::Names;
use super::binding::{FunctionId, ScopeId, ScopeKind};
use super::evaluate::Evaluation;
use super::value::{Elsewhere, Value};

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::python) enum Method {
    /// Of one in this module.
    Here(FunctionId),
    /// Of one in another module of the project.
    There(Elsewhere, FunctionId),
}

impl Method {
    /// The one that a value is.
    pub(super) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Function(function) => Some(Self::Here(*function)),
            Value::Foreign { module, value, .. } => match **value {
                Value::Function(function) => Some(Self::There(module.clone(), function)),
                _ => None,
            },
            _ => None,
        }
    }
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
            [method] => Method::of(method),
            _ => None,
        }
    }

    /// The classes of this module by those of it that they inherit from.
    pub(in crate::python) fn subclasses(&self) -> Subclasses {
        let mut found = Subclasses::default();
        if self.scopes.len() > MOST_SCOPES {
            return found;
        }
        let scopes = self.scopes.iter().enumerate();
        for (index, _) in scopes.filter(|(_, scope)| scope.kind == ScopeKind::Class && !scope.bases.is_empty()) {
            let class = ScopeId(u32::try_from(index).unwrap_or(u32::MAX));
            for base in self.ancestors(class) {
                found.0.entry(base).or_default().push(class);
            }
        }
        found
    }

    /// The methods that `method` may be, which the class of its object does not have: those of the objects of its subclasses in
    /// this module.
    pub(in crate::python) fn methods_of_subclasses(
        &self,
        method: &ExprAttribute,
        subclasses: &Subclasses,
    ) -> Vec<FunctionId> {
        let [Value::Instance(class)] = self.values(&method.value) else {
            return Vec::new();
        };
        let steps = Cell::new(0);
        let evaluation = Evaluation::new(self, &steps);
        let below = subclasses.0.get(class).into_iter().flatten().take(MOST_SUBCLASSES);
        let meant = |class: &ScopeId| match &*evaluation.attribute(&[Value::Instance(*class)], &method.attr.id) {
            [Value::Function(function)] => Some(*function),
            _ => None,
        };
        below.filter_map(meant).collect()
    }

    /// Whether a class of this module is, or inherits from, another one.
    pub(in crate::python) fn inherits(&self, class: ScopeId, from: ScopeId) -> bool {
        self.ancestors(class).contains(&from)
    }

    /// The classes of this module that `class` is or inherits from.
    fn ancestors(&self, class: ScopeId) -> Vec<ScopeId> {
        let steps = Cell::new(0);
        let evaluation = Evaluation::new(self, &steps);
        let (mut found, mut pending) = (Vec::new(), vec![(class, 0)]);
        while let Some((class, height)) = pending.pop() {
            if found.contains(&class) {
                continue;
            }
            found.push(class);
            let bases = evaluation.bases(class).into_iter().flatten();
            pending.extend(bases.filter_map(|base| match base {
                Value::Class(base) if height < HIGHEST => Some((base, height + 1)),
                _ => None,
            }));
        }
        found
    }
}
