//! What is run around a test: the fixtures that it asks for or uses unasked, and those that these need; the set-up of its
//! class.

use foldhash::HashSet;
use ruff_python_ast::{self as ast, Expr, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use super::builder::{Builder, Surroundings};
use super::functions::Definition;
use super::lengths::Locals;
use super::limits::Limit;
use super::objects::{self, callee};
use crate::python::names::{Elsewhere, Fixture, FunctionId, Method};
use crate::python::testing::marks::Marks;
use crate::python::testing::test_code::AROUND_TESTS;
use crate::python::testing::test_functions::FoundTest;
use crate::sites::{CalledPart, Callee, Course, Object, Shown};

/// A test asks for at most so many fixtures.
const MOST_FIXTURES: usize = 128;

/// The set-up around a test: what is run before, and after it.
#[derive(Default)]
pub(super) struct Around {
    pub(super) before: Course,
    pub(super) after: Course,
    /// The deadlines that it holds open meanwhile, the innermost first.
    pub(super) deadlines: Vec<Limit>,
    /// What it is called, where it is done once for several tests.
    pub(super) shared_as: Option<String>,
}

impl Around {
    /// What is done once for several tests, with a name of its own.
    pub(super) fn shared(&self) -> Option<(String, Course)> {
        let name = self.shared_as.clone()?;
        Some((name, Course::sequence([self.before.clone(), self.after.clone()])))
    }
}

/// What is run around `test`, the outermost first, and what it asks for of which nothing is known.
pub(super) fn around<'a>(test: &FoundTest<'a>, marks: &Marks<'a>, all: &Surroundings<'a>) -> (Vec<Around>, Course) {
    let mut around: Vec<Around> = Vec::new();
    if let Some(class) = test.owners.last() {
        around.extend(set_up(class, all));
    }
    let (fixtures, strangers) = fixtures(test, marks, all);
    let run = fixtures.into_iter().map(|(fixture, asked)| match fixture {
        Fixture::Here(function) => Around {
            shared_as: all
                .lengths
                .names
                .is_shared(function)
                .then(|| function.index().to_string()),
            ..of_module(function, all)
        },
        Fixture::There(module, function) => {
            let name = || format!("{}:{}", module.0.file().display(), function.index());
            Around {
                shared_as: module.0.is_shared(function).then(name),
                ..elsewhere(&module, function, asked)
            }
        }
    });
    around.extend(run);
    (around, Course::sequence(strangers.into_iter().map(Course::Unseen)))
}

/// `body` with what is run around it, the outermost first.
pub(super) fn within(around: Vec<Around>, body: Course) -> Course {
    around.into_iter().rev().fold(body, |course, around| {
        let course = around
            .deadlines
            .into_iter()
            .fold(course, |inner, limit| limit.over(inner));
        Course::sequence([around.before, Course::guarded(course, around.after)])
    })
}

/// How what a test asks for is named where nothing is known of it.
pub(super) const FIXTURE: &str = "fixture ";

/// A fixture of another module.
fn elsewhere(module: &Elsewhere, function: FunctionId, shown: Shown) -> Around {
    let call = |part| call(objects::elsewhere(module, function, part), shown.clone());
    match module.0.yields(function) {
        true => Around {
            before: call(CalledPart::Enter),
            after: call(CalledPart::Leave),
            ..Around::default()
        },
        false => Around {
            before: call(CalledPart::Whole),
            ..Around::default()
        },
    }
}

/// A fixture of the module.
fn of_module(function: FunctionId, all: &Surroundings<'_>) -> Around {
    let index = function.index();
    let Some(definition) = all.functions.definition(index) else {
        return Around::default();
    };
    let shown = all.shown(definition.function.name.range());
    let call = |index| call(Callee::Here(index), shown.clone());
    match all.functions.halves(index) {
        Some((enter, leave)) => Around {
            before: call(enter),
            after: call(leave),
            deadlines: held_open(definition, all),
            shared_as: None,
        },
        None => Around {
            before: call(index),
            ..Around::default()
        },
    }
}

/// What is run for a test. As a method it has the object of that.
pub(super) fn call(function: Callee, shown: Shown) -> Course {
    Course::Call {
        call: shown,
        function,
        arguments: Vec::new(),
        gives_on: false,
        on: Some("self".to_owned()),
        object: Object::Own,
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

/// A fixture, and the place that a message names where it is not to be seen.
type Used = (Fixture, Shown);

/// The fixtures that a test uses, those that others need first, and what it asks for of which nothing is known.
fn fixtures<'a>(test: &FoundTest<'a>, marks: &Marks<'a>, all: &Surroundings<'a>) -> (Vec<Used>, Vec<Shown>) {
    let names = all.lengths.names;
    let first = test.function.body.first();
    let Some(by) = first.and_then(|first| names.function_at(first.start().to_usize())) else {
        return (Vec::new(), Vec::new());
    };
    let given = given(test, marks);
    let shown = |name: &str, place: TextRange| Shown {
        text: format!("{FIXTURE}{name}"),
        ..all.shown(place)
    };
    let mut strangers = Vec::new();
    // Each with its name, and whether those that it needs are on the list already.
    let mut pending: Vec<(String, Used, bool)> = Vec::new();
    let used = marks
        .fixtures(&test.marks)
        .map(|name| (name.value.to_str(), name.range()));
    let own = asked(test.function, !test.owners.is_empty()).chain(used);
    for (name, place) in own {
        let place = shown(name, place);
        match names.fixture(name, by) {
            Some(_) if given.contains(name) => {}
            Some(fixture) => pending.push((name.to_owned(), (fixture, place), false)),
            None if given.contains(name) || BUILT_IN.contains(&name) => {}
            None => strangers.push(place),
        }
    }
    for name in names.automatic_fixtures(by).iter().rev() {
        if let Some(fixture) = names.fixture(name, by) {
            let place = shown(name, test.function.name.range());
            pending.push((name.to_string(), (fixture, place), false));
        }
    }
    let (mut found, mut seen): (Vec<Used>, Vec<Fixture>) = (Vec::new(), Vec::new());
    while let Some((name, (fixture, place), is_ready)) = pending.pop() {
        if is_ready {
            found.push((fixture, place));
            continue;
        }
        if seen.len() >= MOST_FIXTURES || seen.contains(&fixture) {
            continue;
        }
        seen.push(fixture.clone());
        let needed = needed(&fixture, all);
        pending.push((name.clone(), (fixture.clone(), place.clone()), true));
        for asked in needed {
            // What it asks for is picked as the test would pick it, but for the one that it overrides.
            let meant = match asked == name {
                true => names.overridden(&asked, &fixture),
                false => names.fixture(&asked, by),
            };
            pending.extend(meant.map(|fixture| (asked, (fixture, place.clone()), false)));
        }
    }
    (found, strangers)
}

/// The names that a fixture asks for.
fn needed(fixture: &Fixture, all: &Surroundings<'_>) -> Vec<String> {
    match fixture {
        Fixture::Here(function) => {
            let definition = all.functions.definition(function.index());
            let asked = definition.map(|definition| asked(definition.function, definition.is_method));
            asked.into_iter().flatten().map(|(name, _)| name.to_owned()).collect()
        }
        Fixture::There(module, function) => {
            let parameters = module.0.parameters(*function).iter();
            parameters.map(ToString::to_string).collect()
        }
    }
}

/// What a function asks for by its parameters.
fn asked(function: &StmtFunctionDef, is_method: bool) -> impl Iterator<Item = (&str, TextRange)> {
    let parameters = function.parameters.iter_non_variadic_params();
    let parameters = parameters.skip(usize::from(is_method));
    let asked = parameters.filter(|parameter| parameter.default.is_none());
    asked.map(|parameter| (parameter.parameter.name.as_str(), parameter.parameter.name.range()))
}

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

/// The parameters that `@pytest.mark.parametrize("a, b", …)` gives by itself: with `indirect` the values go to fixtures.
fn given<'a>(test: &FoundTest<'a>, marks: &Marks<'a>) -> HashSet<&'a str> {
    let mut names = HashSet::default();
    for call in marks.calls(&test.marks, "parametrize") {
        if call.arguments.find_keyword("indirect").is_some() {
            continue;
        }
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

/// What unittest and pytest call around each test of a class, whichever of its bases has it.
pub(super) fn set_up<'a>(class: &'a ast::StmtClassDef, all: &Surroundings<'a>) -> Vec<Around> {
    let names = all.lengths.names;
    let Some(id) = names.class_of(class) else {
        return Vec::new();
    };
    let of = |name: &str| {
        let method = names.method_of_class(id, name)?;
        let shown = match &method {
            Method::Here(function) => all.shown(all.functions.definition(function.index())?.function.name.range()),
            Method::There(..) => Shown {
                text: name.to_owned(),
                ..all.shown(class.name.range())
            },
        };
        Some(call(callee(&method, CalledPart::Whole, all)?, shown))
    };
    AROUND_TESTS
        .iter()
        .map(|(before, after)| Around {
            before: of(before).unwrap_or_default(),
            after: of(after).unwrap_or_default(),
            ..Around::default()
        })
        .collect()
}
