//! What each test of a module waits for: its fixtures, its set-up, its own body, and the functions of the module that
//! these call.

use std::collections::HashMap;

use foldhash::HashSet;
use ruff_python_ast::{ModModule, StmtFunctionDef};
use ruff_text_size::Ranged;

use self::builder::{Builder, Surroundings};
use self::fixtures::Around;
use self::functions::Functions;
use self::lengths::{Lengths, Locals};
use crate::catalog::Catalog;
use crate::python::names::{Names, ScopeId};
use crate::python::sites::collect::Collected;
use crate::python::testing::marks::Marks;
use crate::python::testing::stand_ins::{self, Replacement};
use crate::python::testing::test_code::TestCode;
use crate::python::testing::test_functions::{self, FoundTest};
use crate::python::values::variables::Variables;
use crate::sites::{Bound, Course, Entry, FileCourses, FunctionCourse, Length, Overriding, Test};
use crate::source::{Language, SourceFile};

mod as_completed;
mod blocks;
mod builder;
mod calls;
mod cancelled;
mod choices;
mod closings;
mod connections;
mod deeds;
mod doubles;
mod ends;
mod evaluated;
mod expressions;
mod fixtures;
mod flags;
mod functions;
mod groups;
mod guards;
mod halves;
mod handed_on;
mod inherited;
mod iterations;
mod later;
mod lengths;
mod limits;
mod meanwhile;
mod objects;
mod plain_calls;
mod reached;
mod receives;
mod rounds;
mod side_by_side;
mod stops;
mod suite;
mod threads;
mod until_done;
mod waits;
mod works_on;

/// What a module waits for.
#[derive(Default)]
pub(super) struct Courses {
    pub(super) tests: Vec<Test>,
    /// Those of the functions that tests and blocks call.
    pub(super) functions: Vec<FunctionCourse>,
    /// What the objects of its classes have in the place of what these inherit, by the class.
    pub(super) classes: HashMap<usize, Overriding>,
    /// By connect: those of the blocks that connects are entered for.
    pub(super) blocks: Vec<(usize, Course)>,
    /// The paths of what the module puts something else in the place of.
    pub(super) replaced: HashSet<String>,
}

/// Every test of the module with its course, every block of a connect, and the courses of the functions that these call.
pub(super) fn collect(
    module: &ModModule,
    variables: &dyn Variables,
    tests: &TestCode<'_>,
    catalog: &Catalog,
    source: &SourceFile,
    collected: &Collected,
) -> Courses {
    let marks = Marks::of(&module.body, variables);
    let mut found = test_functions::find(&module.body, &marks, variables, tests);
    found.extend(inherited::here(module, &marks, variables, tests));
    found.sort_by_key(|test| test.function.start());
    let has_blocks = collected
        .connects
        .iter()
        .any(|connect| connect.entry == Entry::AsyncWith);
    // Tests may be inherited.
    if found.is_empty() && !has_blocks && !tests.has_classes() {
        return Courses::default();
    }
    let (names, all) = (
        variables.names(),
        surroundings(module, variables, catalog, source, collected),
    );
    let courses = courses(&all);
    let tests_of = tests;
    let tests = found.iter().map(|test| {
        let (course, shared) = of_test(test, &marks, &all);
        let class = test.owners.last().and_then(|class| names.class_of(class));
        Test {
            course,
            shared,
            class: class.map(ScopeId::index),
            ..test_functions::test(test.function, &test.owners, test.limit.clone())
        }
    });
    Courses {
        tests: by_position(tests.chain(inherited::elsewhere(module, &marks, variables, tests_of, &all))),
        functions: courses,
        classes: objects::classes(&all),
        blocks: blocks::blocks(&all),
        replaced: all.replaced,
    }
}

/// What the functions of the module wait for, for the tests of other ones.
pub(super) fn of_functions(
    module: &ModModule,
    variables: &dyn Variables,
    catalog: &Catalog,
    source: &SourceFile,
    collected: &Collected,
) -> FileCourses {
    let all = Surroundings {
        shown_elsewhere: Some(source.path().to_string_lossy().into()),
        ..surroundings(module, variables, catalog, source, collected)
    };
    let halves = all.functions.halves_in_order().into_iter();
    FileCourses {
        halves: halves.map(|(index, enter)| (index, (enter, enter + 1))).collect(),
        courses: courses(&all),
        classes: objects::classes(&all),
        connects: Vec::new(),
    }
}

fn surroundings<'a>(
    module: &'a ModModule,
    variables: &'a dyn Variables,
    catalog: &'a Catalog,
    source: &'a SourceFile,
    collected: &'a Collected,
) -> Surroundings<'a> {
    let names = variables.names();
    let Collected {
        connects,
        receives,
        enclosed,
        ended,
        beside,
        ..
    } = collected;
    let receivers = connects
        .iter()
        .filter_map(|connect| catalog.receiving_outcome(Language::Python, &connect.path));
    let receivers = receivers.collect();
    // Who has a thread call one does not wait for it.
    let called = connects.iter().filter(|connect| !connect.in_thread);
    let connects = called.map(|connect| (connect.call, connect)).collect();
    Surroundings {
        source,
        shown_elsewhere: None,
        catalog,
        functions: Functions::of(module, names, &connects),
        replaced: replaced(module, names, source),
        lengths: Lengths { names, variables },
        connects,
        receivers,
        receiving_methods: catalog
            .receivers(Language::Python)
            .filter(|receiver| !receiver.signal)
            .flat_map(|receiver| &receiver.methods)
            .map(String::as_str)
            .collect(),
        receives: receives.iter().map(|receive| (receive.span, receive)).collect(),
        enclosed,
        ended,
        beside,
    }
}

/// The paths of what the module replaces.
fn replaced(module: &ModModule, names: &Names, source: &SourceFile) -> HashSet<String> {
    if !stand_ins::are_written_in(source.text().as_bytes()) {
        return HashSet::default();
    }
    let replaced = stand_ins::of_module(module, names);
    replaced.iter().flat_map(Replacement::paths).collect()
}

fn by_position(tests: impl Iterator<Item = Test>) -> Vec<Test> {
    let mut tests: Vec<Test> = tests.collect();
    tests.sort_by_key(|test| test.name_span);
    tests
}

/// The courses of all functions, then those of the halves of the ones that give a block.
fn courses(all: &Surroundings<'_>) -> Vec<FunctionCourse> {
    let mut courses = Vec::new();
    for definition in &all.functions.definitions {
        courses.push(definition.as_ref().map_or_else(FunctionCourse::default, |definition| {
            let locals = Locals::of(definition.function, definition.is_method, all.lengths.names);
            let course = Builder::new(all, &locals).function(definition.function);
            FunctionCourse {
                defaults: defaults(definition.function, definition.is_method, all),
                course,
            }
        }));
    }
    for (index, _) in all.functions.halves_in_order() {
        let halves = all.functions.definition(index).map(|definition| {
            let locals = Locals::of(definition.function, definition.is_method, all.lengths.names);
            let (builder, body) = (Builder::new(all, &locals), &definition.function.body);
            let (before, after) = match definition.yields {
                Some(at) => builder.halves(body, at),
                None => builder.handed_on(body),
            };
            let defaults = defaults(definition.function, definition.is_method, all);
            let half = |course| FunctionCourse {
                defaults: defaults.clone(),
                course,
            };
            [half(before), half(after)]
        });
        courses.extend(halves.unwrap_or_default());
    }
    courses
}

/// The lengths that a function's parameters have by default, where these are any.
fn defaults<'a>(function: &'a StmtFunctionDef, is_method: bool, all: &Surroundings<'a>) -> Vec<(usize, Bound)> {
    let nothing = Locals::default();
    let parameters = function
        .parameters
        .iter_non_variadic_params()
        .skip(usize::from(is_method));
    let defaults = parameters.enumerate().filter_map(|(index, parameter)| {
        let value = parameter.default()?;
        match all.lengths.length(value, &nothing) {
            Length::Is(bound) => Some((index, bound)),
            Length::Parameter(_) | Length::Library | Length::Connection => None,
        }
    });
    defaults.filter(|(_, bound)| *bound != Bound::Unknown).collect()
}

/// What a test waits for, and what of that its runner does once for several tests.
fn of_test<'a>(test: &FoundTest<'a>, marks: &Marks<'a>, all: &Surroundings<'a>) -> (Course, Vec<(String, Course)>) {
    if test.is_skipped {
        return Default::default();
    }
    let (function, owners) = (test.function, &test.owners);
    let parameters = function.parameters.iter_non_variadic_params();
    let mut clocks = parameters.filter(|parameter| CLOCKS.contains(&parameter.parameter.name.as_str()));
    if let Some(clock) = clocks.next() {
        return (Course::Unseen(all.shown(clock.parameter.name.range())), Vec::new());
    }
    let locals = Locals::of(function, !owners.is_empty(), all.lengths.names);
    let builder = Builder::new(all, &locals);
    let body = builder.function(function);
    let (around, unseen) = fixtures::around(test, marks, all);
    let shared = around.iter().filter_map(Around::shared).collect();
    let around = around.into_iter().map(|around| Around {
        deadlines: around.deadlines.into_iter().filter(|_| test.in_one_task).collect(),
        ..around
    });
    (
        Course::sequence([unseen, fixtures::within(around.collect(), body)]),
        shared,
    )
}

/// Fixtures of pytest-trio under which no time passes.
const CLOCKS: &[&str] = &["autojump_clock", "mock_clock"];
