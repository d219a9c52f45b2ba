//! What attributes mean: of objects, of classes and what they inherit from, of `super()`.

use std::borrow::Cow;
use std::cell::Cell;

use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, ExprAttribute};

use super::Names;
use super::binding::{Bindings, FunctionId, Meaning, Reference, ScopeId};
use super::enumerations::{Members as ClassMembers, is_plain, names_value};
use super::evaluate::{Evaluation, MOST_STEPS};
use super::value::Value;

impl Names {
    /// The property called `name` of the class of this module that `object` is an instance of.
    pub(in crate::python) fn property_of(&self, object: &Expr, name: &Name) -> Option<FunctionId> {
        let [Value::Instance(class)] = self.values(object) else {
            return None;
        };
        let Bindings::Known(known) = &self.scope(*class).names.get(name)?.bindings else {
            return None;
        };
        let Meaning::Function(function) = known.first().filter(|_| known.len() == 1)?.meaning else {
            return None;
        };
        let steps = Cell::new(0);
        Evaluation::new(self, &steps).is_property(function).then_some(function)
    }
}

impl<'n> Evaluation<'n, '_> {
    pub(super) fn attribute(&self, values: &[Value], name: &Name) -> Cow<'n, [Value]> {
        if let [Value::Class(class)] = values {
            return self.class_attribute(*class, name);
        }
        let mut found = Vec::with_capacity(values.len());
        for value in values {
            match value {
                Value::Path(path) => found.extend(self.path([path, ".", name].concat())),
                Value::Outcome(path) => found.push(Value::Path([path, ".", name].concat())),
                Value::Dict(_) => found.push(Value::Path(["dict.", name].concat())),
                Value::Class(class) => found.extend_from_slice(&self.class_attribute(*class, name)),
                Value::Instance(class) => found.extend(self.instance_attribute(*class, name)),
                Value::Foreign { module, value, path } => {
                    let there = self.elsewhere(module);
                    let path = [path, ".", name].concat();
                    let values = there.attribute(std::slice::from_ref(&**value), name);
                    found.extend(there.seen_outside(&values, module, &path));
                }
                Value::Partial { .. }
                | Value::Function(_)
                | Value::Lambda(_)
                | Value::Tuple(_)
                | Value::Usual(_)
                | Value::Number(_)
                | Value::Text(_) => return Cow::default(),
            }
        }
        Cow::Owned(found)
    }

    /// What an attribute of `super()` means.
    pub(super) fn super_attribute(&self, attribute: &ExprAttribute, scope: ScopeId) -> Option<Vec<Value>> {
        let call = attribute
            .value
            .as_call_expr()
            .filter(|call| call.arguments.is_empty())?;
        self.of_super(&call.func.as_name_expr()?.id, &attribute.attr.id, scope)
    }

    /// The same by the names; nothing where that is not to be seen.
    pub(super) fn of_super(&self, called: &Name, name: &Name, scope: ScopeId) -> Option<Vec<Value>> {
        if called != "super" || self.table.lookup(scope, called).is_some() {
            return None;
        }
        let class = self.table.class_around(scope)?;
        let values = self.of_instance(Cow::Owned(self.inherited(class, name)));
        // Of a library it may be anything.
        let is_of_project = |value: &Value| !matches!(value, Value::Path(_));
        (!values.is_empty() && values.iter().all(is_of_project)).then_some(values)
    }

    /// What an attribute of an instance means: what a property gives.
    fn instance_attribute(&self, class: ScopeId, name: &Name) -> Vec<Value> {
        self.of_instance(self.class_attribute(class, name))
    }

    /// What a class has, as its instances have it.
    fn of_instance(&self, values: Cow<'_, [Value]>) -> Vec<Value> {
        match &*values {
            [Value::Function(function)] if self.is_property(*function) => self.function_outcome(*function, false),
            [Value::Foreign { module, value, path }] => match **value {
                Value::Function(function) if self.elsewhere(module).is_property(function) => {
                    let there = self.elsewhere(module);
                    there.seen_outside(&there.function_outcome(function, false), module, path)
                }
                _ => values.into_owned(),
            },
            _ => values.into_owned(),
        }
    }

    /// What an attribute of a class means; kept like what a name means.
    fn class_attribute(&self, id: ScopeId, name: &Name) -> Cow<'n, [Value]> {
        let key = (id, name.clone());
        if let Some(known) = self.members.and_then(|members| members.get(&key)) {
            return Cow::Borrowed(known);
        }
        let class = self.table.scope(id);
        let none = Bindings::default();
        let in_body = class.names.get(name).map_or(&none, |entry| &entry.bindings);
        let in_methods = class.attributes.get(name).unwrap_or(&none);
        let mut values = match in_body.is_bound() || in_methods.is_bound() {
            true => self.agreement([in_body, in_methods]),
            false => self.inherited(id, name),
        };
        if values.iter().any(is_plain) && self.members_of(id) == ClassMembers::Names {
            values.clear();
        }
        match (self.members, self.steps.get() <= MOST_STEPS) {
            (Some(members), true) => Cow::Borrowed(members.insert(key, values)),
            _ => Cow::Owned(values),
        }
    }

    /// What the body of a class assigns to a name.
    pub(super) fn assigned_in_class(&self, class: ScopeId, name: &Name) -> Vec<Value> {
        let entry = self.table.scope(class).names.get(name);
        entry.map_or_else(Vec::new, |entry| self.agreement([&entry.bindings]))
    }

    /// What `Class.NAME.value` means, where that is an enumeration.
    pub(super) fn member_value(&self, attribute: &ExprAttribute, scope: ScopeId) -> Option<Vec<Value>> {
        let Expr::Attribute(member) = &*attribute.value else {
            return None;
        };
        let is_value = names_value(&attribute.attr);
        let class = is_value.then(|| self.expression(&member.value, scope))?;
        self.value_of_member(&class, &member.attr.id)
    }

    /// What a class has from the first of its bases that has it; only where every base in front of that one is known.
    pub(super) fn inherited(&self, id: ScopeId, name: &Name) -> Vec<Value> {
        for base in self.bases(id) {
            let values = match base {
                Some(base) => self.attribute(std::slice::from_ref(&base), name).into_owned(),
                None => return Vec::new(),
            };
            if !values.is_empty() {
                return values;
            }
        }
        Vec::new()
    }

    /// What the bases of a class mean: `None` for one that cannot be told.
    pub(super) fn bases(&self, id: ScopeId) -> Vec<Option<Value>> {
        let class = self.table.scope(id);
        let of = |base: &Option<Reference>| {
            let base = base.as_ref().filter(|_| self.may_go_on())?;
            match &*self.reference(base) {
                [one] => Some(one.clone()),
                _ => None,
            }
        };
        class.bases.iter().map(of).collect()
    }

    /// As [`Names::inherited_constructor`], where none of the classes of the project has one of these methods of its own.
    pub(super) fn inherited_constructor(&self, class: &Value, own: &[&str]) -> Option<String> {
        match class {
            Value::Path(path) => Some(path.clone()),
            Value::Class(id) if self.may_go_on() => {
                let scope = self.table.scope(*id);
                let has_own = own.iter().any(|name| scope.names.contains_key(*name));
                match self.bases(*id).as_slice() {
                    [Some(base)] if !has_own => self.inherited_constructor(base, own),
                    _ => None,
                }
            }
            Value::Foreign { module, value, .. } if matches!(**value, Value::Class(_)) => {
                self.elsewhere(module).inherited_constructor(value, own)
            }
            _ => None,
        }
    }
}
