//! Which fixture a test or another fixture means by a name, as pytest 9.2.0 picks it: the one of its class, of what that
//! inherits from, of the classes around it, of its module, of what that imports, of the nearest `conftest.py`.

use std::cell::Cell;

use foldhash::{HashMap, HashSet};
use ruff_python_ast::name::Name;

use super::Names;
use super::binding::{FunctionId, ScopeId, ScopeKind};
use super::evaluate::Evaluation;
use super::makings::{Making, from_module};
use super::value::{Elsewhere, Value};
use crate::catalog::known_fixture;

/// What makes a fixture, of pytest and of what builds on it.
pub(in crate::python) const FIXTURES: &[&str] = &[
    "pytest.fixture",
    "pytest.yield_fixture",
    "pytest_asyncio.fixture",
    "pytest_trio.trio_fixture",
    "pytest_twisted.async_fixture",
    "pytest_twisted.async_yield_fixture",
    "ward.fixture",
];

/// The functions of a module that may be fixtures: what their decorators mean is not known yet.
#[derive(Default)]
pub(super) struct Fixtures {
    /// By the name that tests ask for, and by the class that they stand in, or the module.
    named: HashMap<Name, HashMap<ScopeId, Vec<FunctionId>>>,
    /// By where they stand: the names of those that tests use without asking for them.
    automatic: HashMap<ScopeId, Vec<Name>>,
    /// Those that are made once for several tests.
    pub(super) shared: HashSet<FunctionId>,
}

impl Fixtures {
    pub(super) fn add(&mut self, name: &Name, owner: ScopeId, function: FunctionId, is_automatic: bool) {
        let of_name = self.named.entry(name.clone()).or_default();
        of_name.entry(owner).or_default().push(function);
        if is_automatic {
            self.automatic.entry(owner).or_default().push(name.clone());
        }
    }

    fn are_called(&self, name: &Name) -> bool {
        self.named.contains_key(name)
    }

    fn of(&self, name: &Name, owner: ScopeId) -> &[FunctionId] {
        let found = self.named.get(name).and_then(|of_name| of_name.get(&owner));
        found.map_or(&[], Vec::as_slice)
    }

    /// The functions of the module itself that may be fixtures, by the name that tests ask for.
    pub(super) fn of_module(&self) -> impl Iterator<Item = (&Name, FunctionId)> {
        let of_module = |of_name: &HashMap<ScopeId, Vec<FunctionId>>| of_name.get(&ScopeId(0)).cloned();
        let named = self.named.iter();
        named.flat_map(move |(name, of_name)| {
            let functions = of_module(of_name).unwrap_or_default();
            functions.into_iter().map(move |function| (name, function))
        })
    }

    fn automatic(&self, owner: ScopeId) -> &[Name] {
        self.automatic.get(&owner).map_or(&[], Vec::as_slice)
    }
}

/// A fixture that counts for a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::python) enum Fixture {
    /// One of this module.
    Here(FunctionId),
    /// One of another module.
    There(Elsewhere, FunctionId),
}

impl Names {
    /// The fixture of this name that counts for `by`, a test or a fixture, but for `by` itself.
    pub(in crate::python) fn fixture(&self, name: &str, by: FunctionId) -> Option<Fixture> {
        // Each connect of a function asks for those of all its parameters.
        self.asked_once((Name::new(name), Some(by)), || {
            let (name, steps) = (Name::new(name), Cell::new(0));
            let own = Evaluation::new(self, &steps).own_fixture(&name, Some(by));
            own.or_else(|| self.brought_fixture(name))
        })
    }

    /// The fixture of this name that the module has of others, whoever asks.
    fn brought_fixture(&self, name: Name) -> Option<Fixture> {
        let find = |name| Evaluation::new(self, &Cell::new(0)).brought_fixture(name);
        self.asked_once((name.clone(), None), || find(&name))
    }

    fn asked_once(&self, asked: (Name, Option<FunctionId>), find: impl FnOnce() -> Option<Fixture>) -> Option<Fixture> {
        if let Some(known) = self.fixtures_asked.get(&asked) {
            return known.first().cloned();
        }
        let found = find();
        let kept = self.fixtures_asked.insert(asked, found.into_iter().collect());
        kept.first().cloned()
    }

    /// What `fixture`, one of the name `name`, itself means by that name: the one that it overrides.
    pub(in crate::python) fn overridden(&self, name: &str, fixture: &Fixture) -> Option<Fixture> {
        match fixture {
            Fixture::Here(function) => self.fixture(name, *function),
            Fixture::There(module, function) => {
                let steps = Cell::new(0);
                let there = Evaluation::new(self, &steps).elsewhere(module);
                there
                    .fixture(&Name::new(name), Some(*function))
                    .map(|found| found.seen_from(module))
            }
        }
    }

    /// The names of the fixtures that `by`, a test, uses without asking for them, those of the widest scope first.
    pub(in crate::python) fn automatic_fixtures(&self, by: FunctionId) -> Vec<Name> {
        let steps = Cell::new(0);
        Evaluation::new(self, &steps).automatic_fixtures(by)
    }
}

impl Fixture {
    /// What a look-up in `module` found, for others.
    fn seen_from(self, module: &Elsewhere) -> Self {
        match self {
            Self::Here(function) => Self::There(module.clone(), function),
            there @ Self::There(..) => there,
        }
    }
}

impl Evaluation<'_, '_> {
    /// As [`Names::fixture`]; by nobody: what counts for the module as a whole.
    pub(super) fn fixture(&self, name: &Name, by: Option<FunctionId>) -> Option<Fixture> {
        self.own_fixture(name, by).or_else(|| self.brought_fixture(name))
    }

    /// The one of the classes around `by`, or of the module itself.
    fn own_fixture(&self, name: &Name, by: Option<FunctionId>) -> Option<Fixture> {
        let classes = by.map(|by| self.classes_around(by)).unwrap_or_default();
        let mut of_classes = classes.into_iter();
        of_classes.find_map(|class| self.of_class(name, class, by)).or_else(|| {
            self.last(self.table.fixtures.of(name, ScopeId(0)), by)
                .map(Fixture::Here)
        })
    }

    /// The one that the module imports, or that a `conftest.py` has.
    fn brought_fixture(&self, name: &Name) -> Option<Fixture> {
        self.imported(name).or_else(|| self.of_conftests(name))
    }

    /// The classes around a function, the innermost first.
    fn classes_around(&self, function: FunctionId) -> Vec<ScopeId> {
        let Some(class) = self.table.function(function).class else {
            return Vec::new();
        };
        let around = self.table.chain(class);
        around
            .filter(|scope| self.table.scope(*scope).kind == ScopeKind::Class)
            .collect()
    }

    /// The fixture of this name of a class, or of what it inherits from.
    fn of_class(&self, name: &Name, class: ScopeId, by: Option<FunctionId>) -> Option<Fixture> {
        if !self.may_go_on() {
            return None;
        }
        if let Some(own) = self.last(self.table.fixtures.of(name, class), by) {
            return Some(Fixture::Here(own));
        }
        self.bases(class).into_iter().flatten().find_map(|base| match base {
            Value::Class(base) => self.of_class(name, base, by),
            Value::Foreign { module, value, .. } => match *value {
                Value::Class(base) => {
                    let found = self.elsewhere(&module).of_class(name, base, None)?;
                    Some(found.seen_from(&module))
                }
                _ => None,
            },
            _ => None,
        })
    }

    /// The one of these functions that certainly is a fixture, and the last such; but for `by`, which overrides one further out.
    fn last(&self, functions: &[FunctionId], by: Option<FunctionId>) -> Option<FunctionId> {
        let mut functions = functions.iter().rev();
        functions
            .find(|function| Some(**function) != by && self.is_fixture(**function))
            .copied()
    }

    /// The fixture of another module that this one imports, and that tests ask for by this name: whatever it is imported as, where
    /// `@pytest.fixture(name=…)` says how it is called.
    fn imported(&self, name: &Name) -> Option<Fixture> {
        let module = self.table.scope(ScopeId(0));
        // It is imported to be there, and no code names it.
        let is_unread = |import: &Name| module.names.get(import).is_some_and(|entry| entry.reads == 0);
        let others = self.table.imports.iter().rev();
        let mut others = others.filter(|(scope, import)| *scope == ScopeId(0) && is_unread(import));
        self.imported_as(name, name)
            .or_else(|| others.find_map(|(_, import)| self.imported_as(import, name)))
    }

    /// The fixture that `import` is imported as, where tests ask for it by this name.
    fn imported_as(&self, import: &Name, name: &Name) -> Option<Fixture> {
        let values = self.global(import);
        let [Value::Foreign { module, value, .. }] = values.as_slice() else {
            return None;
        };
        let there = self.elsewhere(module);
        match **value {
            Value::Function(function)
                if there.table.fixtures.of(name, ScopeId(0)).contains(&function) && there.is_fixture(function) =>
            {
                Some(Fixture::There(module.clone(), function))
            }
            _ => None,
        }
    }

    /// The fixture of this name of the nearest `conftest.py` that has one, or imports one.
    fn of_conftests(&self, name: &Name) -> Option<Fixture> {
        self.conftests().into_iter().find_map(|module| {
            let there = self.elsewhere(&module);
            match there.last(there.table.fixtures.of(name, ScopeId(0)), None) {
                Some(function) => Some(Fixture::There(module.clone(), function)),
                None => there.imported(name),
            }
        })
    }

    fn automatic_fixtures(&self, by: FunctionId) -> Vec<Name> {
        let mut found: Vec<Name> = Vec::new();
        for module in self.conftests().iter().rev() {
            found.extend_from_slice(module.0.table.fixtures.automatic(ScopeId(0)));
        }
        found.extend_from_slice(self.table.fixtures.automatic(ScopeId(0)));
        for class in self.classes_around(by).into_iter().rev() {
            self.automatic_of_class(class, &mut found);
        }
        found
    }

    fn automatic_of_class(&self, class: ScopeId, found: &mut Vec<Name>) {
        if !self.may_go_on() {
            return;
        }
        for base in self.bases(class).into_iter().flatten() {
            match base {
                Value::Class(base) => self.automatic_of_class(base, found),
                Value::Foreign { module, value, .. } => {
                    if let Value::Class(base) = *value {
                        self.elsewhere(&module).automatic_of_class(base, found);
                    }
                }
                _ => {}
            }
        }
        found.extend_from_slice(self.table.fixtures.automatic(class));
    }

    /// What the fixture gives that `by` asks for.
    pub(super) fn fixture_outcome(&self, name: &Name, by: FunctionId) -> Vec<Value> {
        match self.fixture(name, Some(by)) {
            Some(Fixture::Here(fixture)) => self.function_outcome(fixture, false),
            Some(Fixture::There(module, fixture)) => {
                let there = self.elsewhere(&module);
                there.seen_outside(&there.function_outcome(fixture, false), &module, name)
            }
            None => {
                // One of this module that cannot be told overrides what a plugin brings.
                let known = known_fixture(name).filter(|_| !self.table.fixtures.are_called(name));
                known.map_or_else(Vec::new, |path| vec![Value::Path(path.to_owned())])
            }
        }
    }

    /// The calls that make what a fixture gives that `by` asks for.
    pub(super) fn fixture_makings(&self, name: &Name, by: FunctionId) -> Option<Vec<Making>> {
        match self.fixture(name, Some(by))? {
            Fixture::Here(fixture) => self.function_makings(fixture, false),
            Fixture::There(module, fixture) => {
                let makings = self.elsewhere(&module).function_makings(fixture, false)?;
                Some(from_module(makings, &module))
            }
        }
    }

    /// The same for one element of the tuple that it gives.
    pub(super) fn fixture_items(&self, name: &Name, by: FunctionId, index: usize) -> Option<Vec<Making>> {
        match self.fixture(name, Some(by))? {
            Fixture::Here(fixture) => self.function_items(fixture, false, index),
            Fixture::There(module, fixture) => {
                let items = self.elsewhere(&module).function_items(fixture, false, index)?;
                Some(from_module(items, &module))
            }
        }
    }
}
