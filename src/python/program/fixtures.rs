//! What the fixtures around a test replace for as long as it runs, those of other modules too.

use super::Others;
use crate::python::names::{Fixture, FunctionId, Names};
use crate::python::testing::stand_ins::{LastingReplacements, are_written_in};
use crate::python::testing::test_code::AROUND_TESTS;

/// Fixtures that ask for fixtures are followed so far.
const FARTHEST: usize = 4;

impl LastingReplacements {
    /// Whether something around `function`, which a test runner calls, replaces a part of `library`.
    pub(in crate::python) fn around(
        &self,
        function: FunctionId,
        library: &str,
        names: &Names,
        others: Option<Others<'_>>,
    ) -> bool {
        self.is_set_up(function, library, names) || self.asks_for(function, library, names, others)
    }

    /// What stands in front of the tests of its class does so.
    fn is_set_up(&self, function: FunctionId, library: &str, names: &Names) -> bool {
        if names.method_name(function).is_none() {
            return false;
        }
        let Some((class, _)) = names.function(function).qualified.rsplit_once('.') else {
            return false;
        };
        self.replacing().any(|other| {
            let qualified = names.function(*other).qualified.rsplit_once('.');
            qualified
                .is_some_and(|(owner, name)| owner == class && AROUND_TESTS.iter().any(|(before, _)| name == *before))
                && self.replaces_part_of(*other, library)
        })
    }

    /// A fixture does so that it asks for, or uses unasked.
    fn asks_for(&self, function: FunctionId, library: &str, names: &Names, others: Option<Others<'_>>) -> bool {
        let replaces = |all: &Self, fixture, _| all.replaces_part_of(fixture, library);
        self.any_fixture(function, (names, others), &replaces, 0)
    }

    /// Whether a fixture of another module replaces something that a test of this one, whose body begins at the byte offset
    /// `test`, asks for.
    pub(in crate::python) fn is_asked_of_others(&self, test: usize, names: &Names, others: Others<'_>) -> bool {
        let replaces = |all: &Self, fixture, is_here: bool| !is_here && all.replaces(fixture);
        let test = names.function_at(test);
        test.is_some_and(|test| self.any_fixture(test, (names, Some(others)), &replaces, 0))
    }

    /// Whether a fixture is so that counts for `function`, by what its module replaces and whether that is this one; those that
    /// the fixtures of this module ask for count, too.
    fn any_fixture(
        &self,
        function: FunctionId,
        of: (&Names, Option<Others<'_>>),
        is_so: &dyn Fn(&Self, FunctionId, bool) -> bool,
        depth: usize,
    ) -> bool {
        if depth > FARTHEST {
            return false;
        }
        let (names, others) = of;
        self.fixtures(function, names).any(|fixture| match fixture {
            Fixture::Here(fixture) => is_so(self, fixture, true) || self.any_fixture(fixture, of, is_so, depth + 1),
            Fixture::There(module, fixture) => {
                let others = others.filter(|_| are_written_in(module.0.source().text().as_bytes()));
                let facts = others.and_then(|others| others.facts(&module));
                facts.is_some_and(|facts| is_so(&facts.replaced, fixture, false))
            }
        })
    }

    /// The fixtures that count for a function: those that it asks for by its parameters, those that marks name, those that it
    /// uses unasked.
    fn fixtures<'n>(&self, function: FunctionId, names: &'n Names) -> impl Iterator<Item = Fixture> + use<'n> {
        let mut asked: Vec<String> = names.parameters(function).iter().map(ToString::to_string).collect();
        asked.extend(self.marked(function).iter().cloned());
        asked.extend(names.automatic_fixtures(function).iter().map(ToString::to_string));
        asked.into_iter().filter_map(move |name| names.fixture(&name, function))
    }
}
