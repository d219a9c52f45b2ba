//! Connects that are none: a part of their library is replaced where they stand.

use foldhash::{HashMap, HashSet};
use ruff_python_ast::{Decorator, Expr};

use super::{Collector, Found};
use crate::python::callers::is_replaced;
use crate::python::dotted::last_name;
use crate::python::names::{Fixture, FunctionId};

/// The libraries that functions replace a part of, by the first names of their paths.
pub(in crate::python) type ReplacedIn = HashMap<FunctionId, HashSet<String>>;

/// What functions replace, and which fixtures are used that may.
#[derive(Default)]
pub(super) struct Mocked {
    pub(super) replaced_in: ReplacedIn,
    /// The fixtures that marks above functions name.
    marked: HashMap<FunctionId, Vec<String>>,
}

impl Mocked {
    /// A function replaces a part of this library.
    pub(super) fn replaces(&mut self, function: FunctionId, library: &str) {
        let replaced = self.replaced_in.entry(function).or_default();
        replaced.insert(library.to_owned());
    }

    /// `@pytest.mark.usefixtures("fake")`.
    pub(super) fn marked(&mut self, function: FunctionId, decorators: &[Decorator]) {
        let calls = decorators
            .iter()
            .filter_map(|decorator| decorator.expression.as_call_expr());
        for call in calls.filter(|call| last_name(&call.func) == Some("usefixtures")) {
            let names = call.arguments.args.iter().filter_map(Expr::as_string_literal_expr);
            let names = names.map(|name| name.value.to_str().to_owned());
            self.marked.entry(function).or_default().extend(names);
        }
    }
}

impl Collector<'_> {
    /// Whether a part of the library is replaced around a connect, around all calls of its function, or by a fixture of the test.
    pub(super) fn is_mocked(&self, found: &Found) -> bool {
        let library = found.callee.path.split('.').next().unwrap_or_default();
        let everywhere = |function| {
            let method = self.names.method_name(function);
            self.callers.always_replaced(function, method, library)
        };
        let in_test = self.tests.covers(found.call.start);
        let by_fixture = |function| in_test && self.has_fixture_for(function, library);
        let function = found.inside.0;
        is_replaced(&found.around, library)
            || function.is_some_and(|function| everywhere(function) || by_fixture(function))
    }

    /// Whether a test or a fixture asks for one that replaces a part of `library`, or uses one unasked.
    fn has_fixture_for(&self, function: FunctionId, library: &str) -> bool {
        let unasked = self.names.automatic_fixtures(function);
        let marked = self.mocked.marked.get(&function).into_iter().flatten();
        let asked = self.names.parameters(function).iter().chain(&unasked);
        let asked = asked.map(|name| name.as_str()).chain(marked.map(String::as_str));
        let mut fixtures = asked.filter_map(|name| self.names.fixture(name, function));
        let replaces = |replaced: &ReplacedIn, function| {
            let replaced: Option<&HashSet<String>> = replaced.get(&function);
            replaced.is_some_and(|replaced| replaced.contains(library))
        };
        fixtures.any(|fixture| match fixture {
            Fixture::Here(function) => replaces(&self.mocked.replaced_in, function),
            Fixture::There(module, function) => {
                let facts = self.others.and_then(|others| others.facts(&module));
                facts.is_some_and(|facts| replaces(&facts.replaced_in, function))
            }
        })
    }
}
