//! What the fixtures and the set-up of a test replace for as long as it runs.

use foldhash::HashMap;
use ruff_python_ast::helpers::any_over_body;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ModModule, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::replacement::{libraries_replaced_at, libraries_replaced_by};
use super::words::are_written_in;
use crate::python::marks::Marks;
use crate::python::names::{Fixture, FunctionId, Names};
use crate::python::program::Others;
use crate::python::test_code::AROUND_TESTS;
use crate::python::variables::Variables;

/// Fixtures that ask for fixtures are followed so far.
const FARTHEST: usize = 4;

/// What the functions of a module replace until somebody else puts it back: behind their end, or at their `yield`. Plain data.
#[derive(Debug, Default)]
pub(in crate::python) struct LastingReplacements {
    /// The libraries, by the first names of their paths.
    by: HashMap<FunctionId, Vec<String>>,
    /// The fixtures that marks above functions and their classes name.
    marked: HashMap<FunctionId, Vec<String>>,
}

impl LastingReplacements {
    pub(in crate::python) fn of(module: &ModModule, variables: &dyn Variables) -> Self {
        let marks = Marks::of(&module.body, variables);
        let mut search = Search {
            names: variables.names(),
            function: None,
            yields: false,
            around: marks.of_module(),
            marks: &marks,
            found: Self::default(),
        };
        search.visit_body(&module.body);
        search.found
    }

    fn replaces_part_of(&self, function: FunctionId, library: &str) -> bool {
        let of = self.by.get(&function);
        of.is_some_and(|libraries| libraries.iter().any(|replaced| replaced == library))
    }

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
        self.by.keys().any(|other| {
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
        let replaces = |all: &Self, fixture, is_here: bool| !is_here && all.by.contains_key(&fixture);
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
        asked.extend(self.marked.get(&function).into_iter().flatten().cloned());
        asked.extend(names.automatic_fixtures(function).iter().map(ToString::to_string));
        asked.into_iter().filter_map(move |name| names.fixture(&name, function))
    }
}

struct Search<'a, 'm> {
    names: &'a Names,
    marks: &'m Marks<'a>,
    /// The function around.
    function: Option<FunctionId>,
    /// It yields.
    yields: bool,
    /// What marks the module, and the classes around.
    around: Vec<&'a Expr>,
    found: LastingReplacements,
}

impl<'a> Search<'a, '_> {
    fn replaced(&mut self, library: String) {
        if let Some(function) = self.function {
            self.found.by.entry(function).or_default().push(library);
        }
    }

    fn class(&mut self, class: &'a StmtClassDef) {
        let before = self.around.len();
        self.around.extend(self.marks.of_class(class));
        self.visit_body(&class.body);
        self.around.truncate(before);
    }

    fn define(&mut self, function: &'a StmtFunctionDef) {
        let first = function.body.first();
        let id = first.and_then(|first| self.names.function_at(first.start().to_usize()));
        let mut marks = self.marks.of_decorators(&function.decorator_list);
        marks.extend(&self.around);
        let named: Vec<String> = self.marks.fixtures(&marks).map(|name| name.value.to_string()).collect();
        if let (Some(id), false) = (id, named.is_empty()) {
            self.found.marked.insert(id, named);
        }
        // What a set-up makes under a decorator is made of what that replaces.
        let calls = function
            .decorator_list
            .iter()
            .filter_map(|decorator| decorator.expression.as_call_expr());
        let libraries: Vec<String> = calls.flat_map(|call| libraries_replaced_by(call, self.names)).collect();
        if let (Some(id), false) = (id, libraries.is_empty()) {
            self.found.by.entry(id).or_default().extend(libraries);
        }
        let yields = any_over_body(&function.body, &|expr: &Expr| expr.is_yield_expr());
        let outer = (self.function, self.yields);
        (self.function, self.yields) = (id, yields);
        self.visit_body(&function.body);
        (self.function, self.yields) = outer;
    }
}

impl<'a> Visitor<'a> for Search<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.define(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::Assign(assign) => {
                let targets = assign.targets.iter().filter_map(Expr::as_attribute_expr);
                for library in targets.flat_map(|target| libraries_replaced_at(target, &assign.value, self.names)) {
                    self.replaced(library);
                }
                walk_stmt(self, statement);
            }
            // Its end is that of the block.
            Stmt::With(with) if !self.yields => self.visit_body(&with.body),
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            for library in libraries_replaced_by(call, self.names) {
                self.replaced(library);
            }
        }
        walk_expr(self, expr);
    }
}
