//! What the objects of a class have in the place of what the methods expect that it inherits.

use std::cell::Cell;

use foldhash::HashSet;
use ruff_python_ast::StmtClassDef;
use ruff_python_ast::name::Name;
use ruff_text_size::Ranged;

use super::Names;
use super::binding::{Binding, Bindings, FunctionId, Meaning, Reference, Scope, ScopeId, ScopeKind, Step};
use super::evaluate::Evaluation;
use super::overriding::Method;
use super::table::Table;
use super::value::{Elsewhere, Value};

/// So many bases are gone up, and so many classes looked at that one inherits from.
const HIGHEST: usize = 8;
const MOST_BASES: usize = 32;

/// What is otherwise in the objects of a class.
#[derive(Default)]
pub(in crate::python) struct Replacing {
    /// Methods of what it inherits from, with those in their place; none where that is no function.
    pub(in crate::python) methods: Vec<(Method, Option<Method>)>,
    /// Attributes that hold objects of the project's classes, or mocks, which only methods that it has anew set to anything else.
    pub(in crate::python) attributes: Vec<Name>,
}

/// A class, and the module that it is of, if that is another one.
type Base = (Option<Elsewhere>, ScopeId);

impl Names {
    /// The classes of the module that inherit from others.
    pub(in crate::python) fn inheriting_classes(&self) -> impl Iterator<Item = ScopeId> {
        let scopes = self.scopes.iter().enumerate();
        let inheriting = scopes.filter(|(_, scope)| scope.kind == ScopeKind::Class && !scope.bases.is_empty());
        inheriting.map(|(index, _)| ScopeId(u32::try_from(index).unwrap_or(u32::MAX)))
    }

    /// The class that a statement defines.
    pub(in crate::python) fn class_of(&self, class: &StmtClassDef) -> Option<ScopeId> {
        self.class_at(class.body.first()?.start().to_usize())
    }

    /// The class around the byte offset `at`.
    pub(in crate::python) fn class_at(&self, at: usize) -> Option<ScopeId> {
        self.class_around(self.scope_at(at))
    }

    /// The method called `name` that the objects of a class of this module have, by whichever class of the project.
    pub(in crate::python) fn method_of_class(&self, class: ScopeId, name: &str) -> Option<Method> {
        let steps = Cell::new(0);
        match &*Evaluation::new(self, &steps).attribute(&[Value::Class(class)], &Name::new(name)) {
            [value] => Method::of(value),
            _ => None,
        }
    }

    /// What the objects of a class of this module have in the place of what it inherits.
    pub(in crate::python) fn replacing(&self, class: ScopeId) -> Replacing {
        let (steps, mut bases) = (Cell::new(0), Vec::new());
        Evaluation::new(self, &steps).all_bases(class, None, HIGHEST, &mut bases);
        let (mut found, mut asked) = (Replacing::default(), HashSet::default());
        for base in &bases {
            let mut replaced: HashSet<FunctionId> = HashSet::default();
            let table = self.table_of(base);
            for (name, function) in methods(table.scope(base.1)) {
                let method = match &base.0 {
                    Some(module) => Method::There(module.clone(), function),
                    None => Method::Here(function),
                };
                let own = self.method_of_class(class, name);
                if own.as_ref() != Some(&method) {
                    replaced.insert(function);
                    found.methods.push((method, own));
                }
            }
            for (name, bindings) in &table.scope(base.1).attributes {
                let is_set_anew = is_set_only_in(bindings, table, &replaced);
                if is_set_anew && asked.insert(name.clone()) && self.holds_own_objects(class, name) {
                    found.attributes.push(name.clone());
                }
            }
        }
        found
    }

    /// The tests that a class of this module inherits from classes of others that no runner looks into, and that nothing marks there:
    /// what a mark says of one is not looked at from here.
    pub(in crate::python) fn inherited_tests(&self, class: ScopeId) -> Vec<Method> {
        let (steps, mut bases) = (Cell::new(0), Vec::new());
        let evaluation = Evaluation::new(self, &steps);
        evaluation.all_bases(class, None, HIGHEST, &mut bases);
        let mut found: Vec<(FunctionId, Method)> = Vec::new();
        for base in &bases {
            let Some(module) = &base.0 else { continue };
            let (there, table) = (evaluation.elsewhere(module), self.table_of(base));
            let scope = table.scope(base.1);
            let is_collected = scope.name.as_ref().is_some_and(|name| name.starts_with("Test"))
                || there.descends(&Value::Class(base.1), &|path| path.ends_with("TestCase"));
            if is_collected || scope.names.contains_key("pytestmark") {
                continue;
            }
            let tests = methods(scope).filter(|(name, function)| {
                let plain = |decorator: &Option<Reference>| match decorator.as_ref().map(|known| known.steps.as_slice())
                {
                    Some([.., Step::Attribute(mark)]) => matches!(mark.as_str(), "asyncio" | "anyio" | "trio"),
                    _ => false,
                };
                name.starts_with("test") && table.function(*function).gives.decorators.iter().all(plain)
            });
            for (name, function) in tests {
                let method = Method::There(module.clone(), function);
                if self.method_of_class(class, name).as_ref() == Some(&method) {
                    found.push((function, method));
                }
            }
        }
        // In the order of each module's text.
        found.sort_by_key(|(function, _)| *function);
        found.into_iter().map(|(_, method)| method).collect()
    }

    fn table_of<'t>(&'t self, base: &'t Base) -> &'t Table {
        match &base.0 {
            Some(module) => &module.0.table,
            None => &self.table,
        }
    }

    /// Whether an attribute of the objects of a class certainly holds objects of classes of the project, or mocks.
    fn holds_own_objects(&self, class: ScopeId, name: &Name) -> bool {
        let steps = Cell::new(0);
        let values = Evaluation::new(self, &steps).attribute(&[Value::Instance(class)], name);
        let is_own = |value: &Value| matches!(value.at_home(), Value::Instance(_)) || value.is_mock();
        !values.is_empty() && values.iter().all(is_own)
    }
}

/// The methods that the body of a class defines, by their names.
fn methods(class: &Scope) -> impl Iterator<Item = (&Name, FunctionId)> {
    class.names.iter().flat_map(|(name, entry)| {
        let known = match &entry.bindings {
            Bindings::Known(known) => known.as_slice(),
            _ => &[],
        };
        known.iter().filter_map(move |binding| match binding.meaning {
            Meaning::Function(function) => Some((name, function)),
            _ => None,
        })
    })
}

/// Whether all that sets an attribute to anything but `None` stands in these methods.
fn is_set_only_in(bindings: &Bindings, table: &Table, methods: &HashSet<FunctionId>) -> bool {
    let Bindings::Known(known) = bindings else {
        return false;
    };
    let mut setting = known
        .iter()
        .filter(|binding| !matches!(binding.meaning, Meaning::Nothing));
    let stands_there = |binding: &Binding| {
        let function = table.function_at(binding.end.saturating_sub(1));
        function.is_some_and(|function| methods.contains(&function))
    };
    setting.all(stands_there)
}

impl Evaluation<'_, '_> {
    /// The classes that a class of this module, which another one knows as `module`, inherits from.
    fn all_bases(&self, class: ScopeId, module: Option<&Elsewhere>, highest: usize, found: &mut Vec<Base>) {
        if highest == 0 {
            return;
        }
        for base in self.bases(class).into_iter().flatten() {
            let (module, base) = match &base {
                Value::Class(base) => (module, *base),
                Value::Foreign { module, value, .. } => match **value {
                    Value::Class(base) => (Some(module), base),
                    _ => continue,
                },
                _ => continue,
            };
            let known = (module.cloned(), base);
            if found.len() >= MOST_BASES || found.contains(&known) {
                continue;
            }
            found.push(known);
            match module {
                Some(elsewhere) => self.elsewhere(elsewhere).all_bases(base, module, highest - 1, found),
                None => self.all_bases(base, None, highest - 1, found),
            }
        }
    }
}
