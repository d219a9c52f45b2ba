//! What each test of a module waits for: its fixtures, its set-up, its own body, and the functions of the module that
//! these call.

use foldhash::{HashMap, HashSet};
use ruff_python_ast::{self as ast, Expr, ModModule, StmtFunctionDef};
use ruff_text_size::Ranged;

use self::builder::{Builder, Surroundings};
use self::functions::{Definition, Functions, is_autouse};
use self::lengths::{Lengths, Locals};
use self::limits::Limit;
use super::collect::Collected;
use super::connects::span;
use super::names::{Elsewhere, FunctionId};
use super::test_code::TestCode;
use super::test_functions::{self, FoundTest};
use super::variables::Variables;
use crate::catalog::Catalog;
use crate::sites::{Bound, CalledPart, Callee, Course, Entry, FileCourses, FunctionCourse, Length, Shown, Test};
use crate::source::{Language, SourceFile, Span};

mod blocks;
mod builder;
mod calls;
mod connections;
mod deeds;
mod expressions;
mod functions;
mod groups;
mod guards;
mod lengths;
mod limits;
mod plain_calls;
mod rounds;
mod suite;
mod waits;

/// What a module waits for.
#[derive(Default)]
pub(super) struct Courses {
    pub(super) tests: Vec<Test>,
    /// Those of the functions that tests and blocks call.
    pub(super) functions: Vec<FunctionCourse>,
    /// By connect: those of the blocks that connects are entered for.
    pub(super) blocks: Vec<(usize, Course)>,
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
    let found = test_functions::find(&module.body, variables, tests);
    let has_blocks = collected
        .connects
        .iter()
        .any(|connect| connect.entry == Entry::AsyncWith);
    if found.is_empty() && !has_blocks {
        return Courses::default();
    }
    let all = surroundings(module, variables, catalog, source, collected);
    let courses = courses(&all);
    let autouse: Vec<usize> = autouse(&all);
    let tests = found.iter().map(|test| Test {
        course: of_test(test, &autouse, &all),
        ..test_functions::test(test.function, &test.owners, test.limit.clone())
    });
    Courses {
        tests: tests.collect(),
        functions: courses,
        blocks: blocks::blocks(&all),
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
        ..
    } = collected;
    let receivers = connects
        .iter()
        .filter_map(|connect| catalog.receiving_outcome(Language::Python, &connect.path));
    let receivers = receivers.collect();
    let connects = connects.iter().map(|connect| (connect.call, connect)).collect();
    Surroundings {
        source,
        shown_elsewhere: None,
        catalog,
        functions: Functions::of(module, names, &connects),
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
    }
}

/// The courses of all functions, then those of the halves of the ones that yield.
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
        let halves = all.functions.definition(index).and_then(|definition| {
            let locals = Locals::of(definition.function, definition.is_method, all.lengths.names);
            let (before, after) = Builder::new(all, &locals).halves(&definition.function.body, definition.yields?);
            let defaults = defaults(definition.function, definition.is_method, all);
            let half = |course| FunctionCourse {
                defaults: defaults.clone(),
                course,
            };
            Some([half(before), half(after)])
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

/// Fixtures of the module that every test uses.
fn autouse(all: &Surroundings<'_>) -> Vec<usize> {
    let mut found: Vec<usize> = all.functions.fixtures.values().copied().collect();
    found.retain(|index| {
        let definition = all.functions.definition(*index);
        definition.is_some_and(|definition| is_autouse(definition.function))
    });
    found.sort_unstable();
    found
}

/// A test asks for at most so many fixtures of its module.
const MOST_FIXTURES: usize = 128;

/// The set-up around a test: what is run before, and after it.
#[derive(Default)]
struct Around {
    before: Course,
    after: Course,
    /// The deadlines that it holds open meanwhile, the innermost first.
    deadlines: Vec<Limit>,
}

fn of_test<'a>(test: &FoundTest<'a>, autouse: &[usize], all: &Surroundings<'a>) -> Course {
    if test.is_skipped {
        return Course::default();
    }
    let (function, owners) = (test.function, &test.owners);
    let parameters = function.parameters.iter_non_variadic_params();
    let mut clocks = parameters.filter(|parameter| CLOCKS.contains(&parameter.parameter.name.as_str()));
    if let Some(clock) = clocks.next() {
        return Course::Unseen(all.shown(clock.parameter.name.range()));
    }
    let locals = Locals::of(function, !owners.is_empty(), all.lengths.names);
    let builder = Builder::new(all, &locals);
    let body = builder.function(function);
    let mut around: Vec<Around> = Vec::new();
    if let Some(class) = owners.last() {
        around.extend(set_up(class, all));
    }
    let (fixtures, strangers) = fixtures(function, !owners.is_empty(), autouse, all);
    let mut unseen = Vec::new();
    for stranger in strangers {
        let name = stranger.text.trim_start_matches(FIXTURE);
        match all.lengths.names.fixture_elsewhere(name) {
            Some((module, function)) => around.push(fixture_elsewhere(&module, function, stranger)),
            None => unseen.push(Course::Unseen(stranger)),
        }
    }
    let unseen = Course::sequence(unseen);
    around.extend(fixtures.into_iter().map(|index| fixture(index, all)));
    let course = around.into_iter().rev().fold(body, |course, around| {
        let deadlines = around.deadlines.into_iter().filter(|_| test.in_one_task);
        let course = deadlines.fold(course, |inner, limit| limit.over(inner));
        Course::sequence([around.before, Course::guarded(course, around.after)])
    });
    Course::sequence([unseen, course])
}

/// How what a test asks for is named where nothing is known of it.
const FIXTURE: &str = "fixture ";

/// A fixture of a `conftest.py`.
fn fixture_elsewhere(module: &Elsewhere, function: FunctionId, shown: Shown) -> Around {
    let call = |part| Course::Call {
        call: shown.clone(),
        function: Callee::Elsewhere {
            file: module.0.file().into(),
            function: function.index(),
            part,
        },
        arguments: Vec::new(),
        gives_on: false,
        on: None,
    };
    match module.0.yields(function) {
        true => Around {
            before: call(CalledPart::Enter),
            after: call(CalledPart::Leave),
            deadlines: Vec::new(),
        },
        false => Around {
            before: call(CalledPart::Whole),
            ..Around::default()
        },
    }
}

fn call(function: usize, definition: &StmtFunctionDef, all: &Surroundings<'_>) -> Course {
    Course::Call {
        call: all.shown(definition.name.range()),
        function: Callee::Here(function),
        arguments: Vec::new(),
        gives_on: false,
        on: None,
    }
}

fn fixture(index: usize, all: &Surroundings<'_>) -> Around {
    let Some(definition) = all.functions.definition(index) else {
        return Around::default();
    };
    match all.functions.halves(index) {
        Some((enter, leave)) => Around {
            before: call(enter, definition.function, all),
            after: call(leave, definition.function, all),
            deadlines: held_open(definition, all),
        },
        None => Around {
            before: call(index, definition.function, all),
            ..Around::default()
        },
    }
}

/// The deadlines around the `yield` of a fixture, the innermost first.
fn held_open<'a>(definition: &Definition<'a>, all: &Surroundings<'a>) -> Vec<Limit> {
    let Some(at) = definition.yields else {
        return Vec::new();
    };
    let locals = Locals::of(definition.function, definition.is_method, all.lengths.names);
    Builder::new(all, &locals).deadlines_around(&definition.function.body, at)
}

/// The fixtures of the module that a test uses, those that others need first, and what it asks for elsewhere.
fn fixtures(
    function: &StmtFunctionDef,
    is_method: bool,
    autouse: &[usize],
    all: &Surroundings<'_>,
) -> (Vec<usize>, Vec<Shown>) {
    let (mut found, mut seen, mut strangers) = (Vec::new(), HashSet::default(), Vec::new());
    let given = parametrized(function);
    let asked = |function: &StmtFunctionDef, is_method: bool| -> Vec<(String, Span)> {
        let parameters = function
            .parameters
            .iter_non_variadic_params()
            .skip(usize::from(is_method));
        let asked = parameters.filter(|parameter| parameter.default.is_none());
        asked
            .map(|parameter| {
                (
                    parameter.parameter.name.to_string(),
                    span(parameter.parameter.name.range()),
                )
            })
            .collect()
    };
    // Each with whether those that it needs are on the list already.
    let mut pending: Vec<(usize, bool)> = Vec::new();
    for (name, place) in asked(function, is_method).into_iter().chain(used(function)) {
        match all.functions.fixtures.get(name.as_str()) {
            Some(index) => pending.push((*index, false)),
            None if given.contains(name.as_str()) || BUILT_IN.contains(&name.as_str()) => {}
            None => strangers.push(Shown {
                span: place,
                text: format!("{FIXTURE}{name}"),
                elsewhere: None,
            }),
        }
    }
    pending.extend(autouse.iter().map(|index| (*index, false)));
    while let Some((index, is_ready)) = pending.pop() {
        if is_ready {
            found.push(index);
            continue;
        }
        if seen.len() >= MOST_FIXTURES || !seen.insert(index) {
            continue;
        }
        pending.push((index, true));
        if let Some(definition) = all.functions.definition(index) {
            let needed = asked(definition.function, definition.is_method);
            let needed = needed
                .iter()
                .filter_map(|(name, _)| all.functions.fixtures.get(name.as_str()));
            pending.extend(needed.map(|index| (*index, false)));
        }
    }
    (found, strangers)
}

/// Fixtures of pytest-trio under which no time passes.
const CLOCKS: &[&str] = &["autojump_clock", "mock_clock"];

/// Fixtures of pytest and its plugins that wait for nothing.
const BUILT_IN: &[&str] = &[
    "anyio_backend",
    "cache",
    "capfd",
    "caplog",
    "capsys",
    "event_loop",
    "event_loop_policy",
    "mocker",
    "monkeypatch",
    "pytestconfig",
    "recwarn",
    "request",
    "subtests",
    "tmp_path",
    "tmp_path_factory",
    "tmpdir",
    "unused_tcp_port",
];

/// The fixtures that `@pytest.mark.usefixtures("a", "b")` names.
fn used(function: &StmtFunctionDef) -> impl Iterator<Item = (String, Span)> {
    marks(function, "usefixtures").flat_map(|call| {
        let names = call.arguments.args.iter().filter_map(Expr::as_string_literal_expr);
        names.map(|name| (name.value.to_str().to_owned(), span(name.range())))
    })
}

/// The parameters that `@pytest.mark.parametrize("a, b", …)` and `@mock.patch` give.
fn parametrized(function: &StmtFunctionDef) -> HashSet<&str> {
    let mut names = HashSet::default();
    for call in marks(function, "parametrize") {
        match call.arguments.find_argument_value("argnames", 0) {
            Some(Expr::StringLiteral(text)) => names.extend(text.value.to_str().split(',').map(str::trim)),
            Some(Expr::Tuple(ast::ExprTuple { elts, .. })) | Some(Expr::List(ast::ExprList { elts, .. })) => {
                let texts = elts.iter().filter_map(Expr::as_string_literal_expr);
                names.extend(texts.map(|text| text.value.to_str()));
            }
            _ => {}
        }
    }
    names
}

/// The calls of a mark of pytest, or of another decorator, of this name.
fn marks<'a>(function: &'a StmtFunctionDef, name: &'static str) -> impl Iterator<Item = &'a ast::ExprCall> {
    let calls = function
        .decorator_list
        .iter()
        .filter_map(|decorator| decorator.expression.as_call_expr());
    calls.filter(move |call| {
        let attribute = call.func.as_attribute_expr();
        attribute.is_some_and(|attribute| attribute.attr.as_str() == name)
    })
}

/// What unittest and pytest call around each test of a class.
fn set_up<'a>(class: &'a ast::StmtClassDef, all: &Surroundings<'a>) -> Vec<Around> {
    const PAIRS: &[(&str, &str)] = &[
        ("setUpClass", "tearDownClass"),
        ("setup_class", "teardown_class"),
        ("setUp", "tearDown"),
        ("asyncSetUp", "asyncTearDown"),
        ("setup_method", "teardown_method"),
    ];
    let methods: HashMap<&str, &StmtFunctionDef> = class
        .body
        .iter()
        .filter_map(|statement| statement.as_function_def_stmt())
        .map(|function| (function.name.as_str(), function))
        .collect();
    let of = |name: &str| {
        let function = *methods.get(name)?;
        let first = function.body.first()?;
        let id = all.lengths.names.function_at(first.start().to_usize())?;
        Some(call(id.index(), function, all))
    };
    PAIRS
        .iter()
        .map(|(before, after)| Around {
            before: of(before).unwrap_or_default(),
            after: of(after).unwrap_or_default(),
            deadlines: Vec::new(),
        })
        .collect()
}
