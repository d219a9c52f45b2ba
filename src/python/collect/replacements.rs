//! What the fixtures and the set-up of a test replace for as long as it runs.

use foldhash::HashMap;
use ruff_python_ast::helpers::any_over_body;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Decorator, Expr, ModModule, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::mocks::{library_replaced_at, replaced_libraries};
use super::{Collector, Found};
use crate::python::callers::{CallSite, is_replaced};
use crate::python::names::{Fixture, FunctionId, Names};
use crate::python::program::Others;

/// Fixtures that ask for fixtures are followed so far.
const FARTHEST: usize = 4;

/// What runs in front of each test of a class.
const SET_UPS: &[&str] = &["setUp", "asyncSetUp", "setUpClass", "setup_method", "setup_class"];

/// What the functions of a module replace until somebody else puts it back: behind their end, or at their `yield`. Plain data.
#[derive(Debug, Default)]
pub(in crate::python) struct Replacements {
    /// The libraries, by the first names of their paths.
    by: HashMap<FunctionId, Vec<String>>,
    /// The fixtures that marks above functions and their classes name.
    marked: HashMap<FunctionId, Vec<String>>,
}

impl Replacements {
    pub(in crate::python) fn of(module: &ModModule, names: &Names) -> Self {
        let mut search = Search {
            names,
            function: None,
            yields: false,
            marks: Vec::new(),
            found: Self::default(),
        };
        search.visit_body(&module.body);
        search.found
    }

    /// Whether a function of the module replaces something.
    pub(in crate::python) fn replaces(&self, function: FunctionId) -> bool {
        self.by.contains_key(&function)
    }

    fn replaces_part_of(&self, function: FunctionId, library: &str) -> bool {
        let of = self.by.get(&function);
        of.is_some_and(|libraries| libraries.iter().any(|replaced| replaced == library))
    }

    /// Whether something around `function`, which a test runner calls, replaces a part of `library`.
    pub(super) fn around(
        &self,
        function: FunctionId,
        library: &str,
        names: &Names,
        others: Option<Others<'_>>,
    ) -> bool {
        self.is_set_up(function, library, names) || self.asks_for(function, (library, names, others), 0)
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
            qualified.is_some_and(|(owner, name)| owner == class && SET_UPS.contains(&name))
                && self.replaces_part_of(*other, library)
        })
    }

    /// A fixture does so that it asks for, or uses unasked.
    fn asks_for(&self, function: FunctionId, of: (&str, &Names, Option<Others<'_>>), depth: usize) -> bool {
        if depth > FARTHEST {
            return false;
        }
        let (library, names, others) = of;
        let marked = self.marked.get(&function).into_iter().flatten().map(String::as_str);
        asked_for(function, names, marked).any(|fixture| match fixture {
            Fixture::Here(fixture) => self.replaces_part_of(fixture, library) || self.asks_for(fixture, of, depth + 1),
            Fixture::There(module, fixture) => {
                let facts = others.filter(|_| names_stand_ins(module.0.source().text()));
                let facts = facts.and_then(|others| others.facts(&module));
                facts.is_some_and(|facts| facts.replacements.replaces_part_of(fixture, library))
            }
        })
    }
}

impl Collector<'_> {
    /// Whether a connect reaches nobody: parts of its library are replaced around it, by the set-up of what it stands in, or
    /// wherever that is called.
    pub(super) fn is_mocked(&self, found: &Found, replaced: &Replacements) -> bool {
        let library = found.callee.path.split('.').next().unwrap_or_default();
        let around = |function| replaced.around(function, library, self.names, self.others);
        let everywhere = |function| {
            let method = self.names.method_name(function);
            let is_replaced = |site: &CallSite| is_replaced(&site.around, library) || site.caller.is_some_and(around);
            self.callers.always(function, method, &is_replaced)
        };
        let inside = found.inside.0;
        is_replaced(&found.around, library) || inside.is_some_and(around) || inside.is_some_and(everywhere)
    }
}

/// The fixtures that count for a function: those that it asks for by its parameters, those of these names, those that it uses
/// unasked.
fn asked_for<'n>(
    function: FunctionId,
    names: &'n Names,
    marked: impl Iterator<Item = &'n str>,
) -> impl Iterator<Item = Fixture> {
    let mut asked: Vec<String> = names.parameters(function).iter().map(ToString::to_string).collect();
    asked.extend(marked.map(str::to_owned));
    asked.extend(names.automatic_fixtures(function).iter().map(ToString::to_string));
    asked.into_iter().filter_map(move |name| names.fixture(&name, function))
}

/// Whether a fixture of another module that the functions of this one ask for replaces something.
pub(in crate::python) fn fixtures_replace(names: &Names, others: Others<'_>) -> bool {
    let functions = (0..names.functions().count()).map(FunctionId::at);
    functions
        .flat_map(|function| asked_for(function, names, std::iter::empty()))
        .any(|fixture| match fixture {
            Fixture::Here(_) => false,
            Fixture::There(module, fixture) => {
                names_stand_ins(module.0.source().text())
                    && others
                        .facts(&module)
                        .is_some_and(|facts| facts.replacements.replaces(fixture))
            }
        })
}

/// What a file names that puts stand-ins in the place of what it tests: `unittest.mock`, pytest-mock, pytest's `monkeypatch`.
const STAND_INS: [&str; 3] = ["mock", "Mock", "monkeypatch"];

/// Whether a text names one of these.
pub(in crate::python) fn names_stand_ins(text: &str) -> bool {
    STAND_INS.iter().any(|word| text.contains(word))
}

struct Search<'n> {
    names: &'n Names,
    /// The function around.
    function: Option<FunctionId>,
    /// It yields.
    yields: bool,
    /// What marks above the classes around name.
    marks: Vec<String>,
    found: Replacements,
}

impl Search<'_> {
    fn replaced(&mut self, library: String) {
        if let Some(function) = self.function {
            self.found.by.entry(function).or_default().push(library);
        }
    }

    fn define(&mut self, function: &StmtFunctionDef) {
        let first = function.body.first();
        let id = first.and_then(|first| self.names.function_at(first.start().to_usize()));
        let mut marks = marked(&function.decorator_list);
        marks.extend(self.marks.iter().cloned());
        if let (Some(id), false) = (id, marks.is_empty()) {
            self.found.marked.insert(id, marks);
        }
        // What a set-up makes under a decorator is made of what that replaces.
        let calls = function
            .decorator_list
            .iter()
            .filter_map(|decorator| decorator.expression.as_call_expr());
        let libraries: Vec<String> = calls.flat_map(|call| replaced_libraries(call, self.names)).collect();
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

impl<'a> Visitor<'a> for Search<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.define(function),
            Stmt::ClassDef(class) => {
                let before = self.marks.len();
                self.marks.extend(marked(&class.decorator_list));
                self.visit_body(&class.body);
                self.marks.truncate(before);
            }
            Stmt::Assign(assign) => {
                let targets = assign.targets.iter().filter_map(Expr::as_attribute_expr);
                for library in targets.filter_map(|target| library_replaced_at(target, &assign.value, self.names)) {
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
            for library in replaced_libraries(call, self.names) {
                self.replaced(library);
            }
        }
        walk_expr(self, expr);
    }
}

/// What `@pytest.mark.usefixtures("a", "b")` names.
fn marked(decorators: &[Decorator]) -> Vec<String> {
    let calls = decorators
        .iter()
        .filter_map(|decorator| decorator.expression.as_call_expr());
    let marks = calls.filter(|call| {
        let mark = call.func.as_attribute_expr();
        mark.is_some_and(|mark| mark.attr.as_str() == "usefixtures")
    });
    let named = marks.flat_map(|call| call.arguments.args.iter());
    let literal = named.filter_map(Expr::as_string_literal_expr);
    literal.map(|name| name.value.to_str().to_owned()).collect()
}
