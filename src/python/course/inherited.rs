//! The tests that a class inherits from classes that no runner looks into: they run in each class that inherits them.
//!
//! Executed with Python 3.12.1, by unittest and by pytest: what a mixin of another module defines is collected for the class.

use ruff_python_ast::{self as ast, ModModule};
use ruff_text_size::Ranged;

use super::builder::Surroundings;
use super::fixtures::{self, FIXTURE};
use super::objects::callee;
use crate::python::names::{Method, ScopeId};
use crate::python::syntax::nodes::{Scope, statements_in};
use crate::python::syntax::spans::span;
use crate::python::testing::marks::Marks;
use crate::python::testing::test_code::{Role, TestCode};
use crate::python::testing::test_functions::{self, FoundTest};
use crate::python::values::variables::Variables;
use crate::sites::{CalledPart, Course, Shown, Test};
use crate::source::Span;

/// Of one module so many tests are listed for the classes that inherit them.
const MOST: usize = 256;

/// A class that a runner looks into.
struct Heir<'a> {
    class: &'a ast::StmtClassDef,
    id: ScopeId,
}

/// The tests of a module that its classes inherit from others of it, by position.
pub(super) fn here<'a>(
    module: &'a ModModule,
    marks: &Marks<'a>,
    variables: &dyn Variables,
    tests: &TestCode<'_>,
) -> Vec<FoundTest<'a>> {
    let names = variables.names();
    let heirs = heirs(module, tests, variables);
    let mut found = Vec::new();
    let classes = statements_in(&module.body, Scope::All).filter_map(|statement| statement.as_class_def_stmt());
    for base in classes.filter(|class| !tests.is_class(class)) {
        let functions = base
            .body
            .iter()
            .filter_map(|statement| statement.as_function_def_stmt());
        for function in functions.filter(|function| tests.role(function) == Some(Role::Test)) {
            let first = function.body.first();
            let id = first.and_then(|first| names.function_at(first.start().to_usize()));
            let runs_it = |heir: &&Heir<'a>| {
                let method = names.method_of_class(heir.id, &function.name);
                id.is_some_and(|id| method == Some(Method::Here(id)))
            };
            for heir in heirs.iter().filter(runs_it).take(MOST.saturating_sub(found.len())) {
                found.push(test_functions::inherited(
                    function,
                    (heir.class, base),
                    marks,
                    variables,
                ));
            }
        }
    }
    found
}

fn heirs<'a>(module: &'a ModModule, tests: &TestCode<'_>, variables: &dyn Variables) -> Vec<Heir<'a>> {
    let classes = statements_in(&module.body, Scope::All).filter_map(|statement| statement.as_class_def_stmt());
    let inheriting = classes.filter(|class| !class.bases().is_empty() && tests.is_class(class));
    let known = inheriting.filter_map(|class| {
        let id = variables.names().class_of(class)?;
        Some(Heir { class, id })
    });
    known.collect()
}

/// The tests that classes of the module inherit from classes of others. They stand where the class has its name.
pub(super) fn elsewhere<'a>(
    module: &'a ModModule,
    marks: &Marks<'a>,
    variables: &dyn Variables,
    tests: &TestCode<'_>,
    all: &Surroundings<'a>,
) -> Vec<Test> {
    let names = variables.names();
    let mut found = Vec::new();
    for heir in heirs(module, tests, variables) {
        let Some(limit) = test_functions::limit_of_class(heir.class, marks, variables) else {
            continue;
        };
        for method in names.inherited_tests(heir.id) {
            let Method::There(module, function) = &method else {
                continue;
            };
            let name = module.0.method_name(*function).unwrap_or_default();
            let shown = Shown {
                text: name.to_owned(),
                ..all.shown(heir.class.name.range())
            };
            // Which fixture is meant by a name is asked where a function stands; here none does.
            let asked = module.0.parameters(*function).iter().map(|parameter| {
                Course::Unseen(Shown {
                    text: format!("{FIXTURE}{parameter}"),
                    ..shown.clone()
                })
            });
            let asked = Course::sequence(asked);
            let body = callee(&method, CalledPart::Whole, all).map(|callee| fixtures::call(callee, shown.clone()));
            let around = fixtures::set_up(heir.class, all);
            let place = span(&heir.class.name);
            found.push(Test {
                name: format!("{}::{name}", heir.class.name),
                name_span: place,
                body: Span::empty(place.end),
                limit: limit.clone(),
                course: Course::sequence([asked, fixtures::within(around, body.unwrap_or_default())]),
                shared: Vec::new(),
                class: Some(heir.id.index()),
            });
            if found.len() >= MOST {
                return found;
            }
        }
    }
    found
}
