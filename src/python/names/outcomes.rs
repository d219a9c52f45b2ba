//! What the functions of a project give: by their annotation, or by every `return` or `yield` of theirs.

use ruff_python_ast::name::Name;

use super::agreement::may_be_mock;
use super::binding::{Bindings, FunctionId, Meaning, Reference, Step};
use super::evaluate::Evaluation;
use super::fixtures::FIXTURES;
use super::makings::Making;
use super::value::Value;
use crate::catalog::given_class;

/// How a function gives what it gives.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// By `return`.
    Plain,
    /// By `return`, as an attribute.
    Property,
    /// By `yield`, to who enters it.
    Manager,
    /// By `yield` or `return`, to the test that asks for it.
    Fixture,
}

/// Decorators that leave what a function gives as it is.
const TRANSPARENT: &[&str] = &[
    "staticmethod",
    "classmethod",
    "functools.cache",
    "functools.lru_cache",
    "typing.final",
    "typing.override",
    "typing_extensions.final",
    "typing_extensions.override",
];

const PROPERTIES: &[&str] = &["property", "functools.cached_property"];

const MANAGERS: &[&str] = &[
    "contextlib.contextmanager",
    "contextlib.asynccontextmanager",
    "async_generator.asynccontextmanager",
];

impl Evaluation<'_, '_> {
    pub(super) fn is_property(&self, function: FunctionId) -> bool {
        self.manner(function) == Some(Manner::Property)
    }

    pub(super) fn is_manager(&self, function: FunctionId) -> bool {
        self.manner(function) == Some(Manner::Manager)
    }

    /// What a function of this module gives to who calls it (`awaited`: and awaits that), and whether it still has to be awaited.
    pub(super) fn given_by(&self, function: FunctionId, awaited: bool) -> Option<(&[Meaning], bool)> {
        let gives = &self.table.function(function).gives;
        match (self.manner(function)?, awaited) {
            (Manner::Plain | Manner::Property, false) if gives.is_async => None,
            (Manner::Plain | Manner::Property, _) => Some((&gives.returned, awaited && !gives.is_async)),
            (Manner::Manager | Manner::Fixture, true) => None,
            (Manner::Manager | Manner::Fixture, false) if gives.yielded.is_empty() => Some((&gives.returned, false)),
            (Manner::Manager | Manner::Fixture, false) => Some((&gives.yielded, false)),
        }
    }

    /// What calling a function of this module gives; `awaited`: what awaiting that gives. Nothing where it cannot be told.
    pub(super) fn function_outcome(&self, function: FunctionId, awaited: bool) -> Vec<Value> {
        let gives = &self.table.function(function).gives;
        let Some((meanings, awaited)) = self.given_by(function, awaited) else {
            return Vec::new();
        };
        let made = || self.union(meanings, awaited);
        let is_worth_it = || self.is_fixture(function) || meanings.iter().any(may_be_mock);
        let Some(declared) = gives.declared.as_ref().filter(|_| !awaited && self.may_go_on()) else {
            return made();
        };
        match (self.meaning(declared, false), declared) {
            (values, Meaning::Instance(_)) if !values.is_empty() => {
                let mocks = is_worth_it().then(made);
                mocks.filter(|made| made.iter().any(Value::is_mock)).unwrap_or(values)
            }
            (values, _) => Some(made()).filter(|made| !made.is_empty()).unwrap_or(values),
        }
    }

    /// What awaiting the outcome of a call of one of these gives.
    pub(super) fn awaited_outcomes(&self, callee: &[Value]) -> Vec<Value> {
        match callee {
            [Value::Function(function)] => self.function_outcome(*function, true),
            [Value::Foreign { module, value, path }] => {
                let there = self.elsewhere(module);
                let given = there.awaited_outcomes(std::slice::from_ref(&**value));
                there.seen_outside(&given, module, path)
            }
            [Value::Path(path)] => given_class(path, true).map_or_else(Vec::new, outcome_of),
            [Value::Outcome(class)] => {
                given_class(&format!("{class}.__call__"), true).map_or_else(Vec::new, outcome_of)
            }
            _ => Vec::new(),
        }
    }

    /// What any of several bindings may mean; nothing where one of them cannot be told.
    pub(super) fn union<'m>(&self, meanings: impl IntoIterator<Item = &'m Meaning>, awaited: bool) -> Vec<Value> {
        let mut found: Vec<Value> = Vec::new();
        for meaning in meanings {
            if matches!(meaning, Meaning::Nothing | Meaning::Optional) {
                continue;
            }
            let values = self.meaning(meaning, awaited);
            if values.is_empty() {
                return Vec::new();
            }
            for value in values {
                if !found.contains(&value) {
                    found.push(value);
                }
            }
        }
        found
    }

    /// Whether a function of this module certainly is a fixture.
    pub(super) fn is_fixture(&self, function: FunctionId) -> bool {
        self.manner(function) == Some(Manner::Fixture)
    }

    /// How a function gives what it gives; `None` where a decorator is not known, or where it is a bare generator.
    fn manner(&self, function: FunctionId) -> Option<Manner> {
        let gives = &self.table.function(function).gives;
        let mut manner = Manner::Plain;
        for decorator in &gives.decorators {
            let path = self.path_of(decorator.as_ref()?)?;
            let path = path.as_str();
            match path {
                _ if TRANSPARENT.contains(&path) || path.starts_with("pytest.mark.") => {}
                _ if PROPERTIES.contains(&path) => manner = Manner::Property,
                _ if MANAGERS.contains(&path) => manner = Manner::Manager,
                _ if FIXTURES.contains(&path) => manner = Manner::Fixture,
                _ => return None,
            }
        }
        let is_generator = !gives.yielded.is_empty();
        (manner == Manner::Fixture || is_generator == (manner == Manner::Manager)).then_some(manner)
    }

    fn path_of(&self, reference: &Reference) -> Option<String> {
        match &*self.reference(reference) {
            [Value::Path(path)] if self.may_go_on() => Some(path.clone()),
            _ => None,
        }
    }

    /// The calls that make what awaiting, calling, entering or asking for a function of this module gives.
    pub(super) fn function_makings(&self, function: FunctionId, awaited: bool) -> Option<Vec<Making>> {
        let (meanings, awaited) = self.given_by(function, awaited)?;
        match awaited {
            true => self.awaited_makings_of(meanings.iter()),
            false => self.makings_of(meanings),
        }
    }

    /// The calls that make one element of the tuple that a binding is.
    pub(super) fn makings_of_item(&self, of: &Meaning, index: usize) -> Option<Vec<Making>> {
        if !self.may_go_on() {
            return None;
        }
        match of {
            Meaning::Tuple(elements) => self.makings_of(elements.get(index..=index)?),
            Meaning::Each(element) => self.makings_of(std::slice::from_ref(element)),
            Meaning::Alias(reference) if reference.steps.is_empty() => {
                let (_, entry) = self.table.lookup(reference.scope, &reference.root)?;
                match &entry.bindings {
                    Bindings::Known(known) => match known.as_slice() {
                        [binding] => self.makings_of_item(&binding.meaning, index),
                        _ => None,
                    },
                    _ => None,
                }
            }
            Meaning::Outcome { callee, .. } | Meaning::EnteredOutcome { callee, .. } => {
                self.items_given(&self.reference(callee), false, index)
            }
            Meaning::Awaited { callee, .. } => self.items_given(&self.reference(callee), true, index),
            Meaning::Fixture { name, by } => self.fixture_items(name, *by, index),
            _ => None,
        }
    }

    fn items_given(&self, callee: &[Value], awaited: bool, index: usize) -> Option<Vec<Making>> {
        match callee {
            [Value::Function(function)] => self.function_items(*function, awaited, index),
            [Value::Foreign { module, value, .. }] => {
                let there = self.elsewhere(module);
                let items = there.items_given(std::slice::from_ref(&**value), awaited, index)?;
                Some(super::makings::from_module(items, module))
            }
            _ => None,
        }
    }

    pub(super) fn function_items(&self, function: FunctionId, awaited: bool, index: usize) -> Option<Vec<Making>> {
        match self.given_by(function, awaited)? {
            ([one], false) => self.makings_of_item(one, index),
            _ => None,
        }
    }
}

/// An object of this class.
fn outcome_of(class: &str) -> Vec<Value> {
    vec![Value::Outcome(class.to_owned())]
}

/// The dotted name that begins another one: `self.http` of `self.http.get`.
pub(super) fn owner(reference: &Reference) -> Option<(&Name, Reference)> {
    let (Step::Attribute(name), owner) = reference.steps.split_last()? else {
        return None;
    };
    let owner = Reference {
        scope: reference.scope,
        at: reference.at,
        root: reference.root.clone(),
        steps: owner.to_vec(),
    };
    Some((name, owner))
}
