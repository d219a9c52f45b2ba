//! Members of enumerations: printed they are their names, and not the values that the class's body assigns.

use std::cell::Cell;

use ruff_python_ast::name::Name;

use super::Names;
use super::binding::{Bindings, Meaning, ScopeId, Step};
use super::evaluate::Evaluation;
use super::value::Value;

/// So many bases are gone up.
const HIGHEST: usize = 8;

/// What a member of a class is to who asks the class for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::python) enum Members {
    /// What the body assigns: the class is no enumeration.
    Assigned,
    /// A member that is written as its value.
    Values,
    /// A member that is written in another way.
    Names,
}

/// Classes of which every enumeration is one.
const ENUMERATIONS: &[&str] = &["enum.Enum", "enum.Flag"];

/// Enumerations whose members are written as their values.
const OF_VALUES: &[&str] = &["enum.StrEnum", "enum.IntEnum", "enum.IntFlag", "enum.ReprEnum"];

impl Names {
    /// What a member of a class of this module is.
    pub(in crate::python) fn members_of(&self, class: ScopeId) -> Members {
        let steps = Cell::new(0);
        Evaluation::new(self, &steps).members_of(class)
    }
}

impl Evaluation<'_, '_> {
    pub(super) fn members_of(&self, class: ScopeId) -> Members {
        let (mut class, mut found, mut shows_value) = (class, Members::Assigned, None);
        for _ in 0..HIGHEST {
            shows_value = shows_value.or_else(|| self.shows_value(class));
            let mut above = None;
            for base in self.bases(class).into_iter().flatten() {
                match base {
                    Value::Path(path) if OF_VALUES.contains(&path.as_str()) => found = Members::Values,
                    Value::Path(path) if ENUMERATIONS.contains(&path.as_str()) => found = Members::Names,
                    Value::Class(base) => above = Some(base),
                    _ => {}
                }
            }
            match above {
                Some(above) => class = above,
                None => break,
            }
        }
        match (found, shows_value) {
            (Members::Assigned, _) | (_, None) => found,
            (_, Some(true)) => Members::Values,
            (_, Some(false)) => Members::Names,
        }
    }

    /// Whether the `__str__` of a class gives `self.value`; nothing where it has none.
    fn shows_value(&self, class: ScopeId) -> Option<bool> {
        let entry = self.table.scope(class).names.get("__str__")?;
        let Bindings::Known(known) = &entry.bindings else {
            return Some(false);
        };
        let [only] = known.as_slice() else {
            return (!known.is_empty()).then_some(false);
        };
        let Meaning::Function(function) = only.meaning else {
            return Some(false);
        };
        let is_value = |meaning: &Meaning| match meaning {
            Meaning::Alias(reference) => {
                matches!(reference.steps.as_slice(), [Step::Attribute(name)] if names_value(name))
            }
            _ => false,
        };
        Some(self.table.function(function).gives.returned.iter().all(is_value))
    }

    /// What `Class.NAME.value` means, given what `Class` can mean.
    pub(super) fn value_of_member(&self, class: &[Value], name: &Name) -> Option<Vec<Value>> {
        match class {
            [Value::Class(class)] => {
                let is_member = self.members_of(*class) != Members::Assigned;
                let values = is_member.then(|| self.assigned_in_class(*class, name))?;
                (!values.is_empty()).then_some(values)
            }
            [Value::Foreign { module, value, path }] => {
                let there = self.elsewhere(module);
                let values = there.value_of_member(std::slice::from_ref(&**value), name)?;
                Some(there.seen_outside(&values, module, &[path, ".", name].concat()))
            }
            _ => None,
        }
    }
}

/// `value`, which every member has.
pub(in crate::python) fn names_value(name: &str) -> bool {
    matches!(name, "value" | "_value_")
}

/// Whether it is what a body assigns, and no method or class in it.
pub(super) fn is_plain(value: &Value) -> bool {
    matches!(value, Value::Text(_) | Value::Number(_) | Value::Tuple(_))
}
