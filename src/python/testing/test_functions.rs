//! The test functions of a module, as pytest and unittest collect them, and the marks that end them from outside.

use std::rc::Rc;

use ruff_python_ast::helpers::is_docstring_stmt;
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use crate::python::deadlines::{deadline, decorating_deadline};
use crate::python::names::{Names, Value};
use crate::python::syntax::spans::span;
use crate::python::testing::marks::{Marks, is_mark, pytestmarks};
use crate::python::testing::test_code::{Role, TestCode};
use crate::python::values::bounds::deadline_bound;
use crate::python::values::variables::Variables;
use crate::sites::{Bound, Course, Deadline, Test};
use crate::source::Span;

/// A test function, before it is known what it waits for.
pub(in crate::python) struct FoundTest<'a> {
    pub(in crate::python) function: &'a ast::StmtFunctionDef,
    /// The classes around it, the outermost first.
    pub(in crate::python) owners: Vec<&'a ast::StmtClassDef>,
    /// Its marks and other decorators, those of its classes and of the module, the nearest first.
    pub(in crate::python) marks: Vec<&'a Expr>,
    /// What ends it from outside.
    pub(in crate::python) limit: Option<Deadline>,
    /// One task runs it and its fixtures: what bounds these around their `yield` bounds the test. So does anyio's plugin
    /// (executed with 4.16.0), and so pytest-asyncio does not.
    pub(in crate::python) in_one_task: bool,
    /// A mark, or its first statement, says that it never runs.
    pub(in crate::python) is_skipped: bool,
}

/// Every test function of a module, by position: at its top level and in classes that are collected.
pub(in crate::python) fn find<'a>(
    body: &'a [Stmt],
    marks: &Marks<'a>,
    variables: &dyn Variables,
    tests: &TestCode<'_>,
) -> Vec<FoundTest<'a>> {
    let names = variables.names();
    let mut pending = vec![Suite {
        body,
        owners: Vec::new(),
        marks: marks.of_module().into(),
        is_skipped: begins_with_skip(body, names),
    }];
    let mut found = Vec::new();
    while let Some(suite) = pending.pop() {
        for statement in suite.body {
            match statement {
                Stmt::FunctionDef(function) if tests.role(function) == Some(Role::Test) => {
                    found.push(suite.test(function, marks, variables));
                }
                Stmt::ClassDef(class) if tests.is_class(class) && suite.owners.len() < MOST_CLASSES => {
                    let own = marks.of_class(class).into_iter();
                    pending.push(Suite {
                        body: &class.body,
                        owners: suite.owners.iter().copied().chain([class]).collect(),
                        marks: own.chain(suite.marks.iter().copied()).collect(),
                        is_skipped: suite.is_skipped || begins_with_skip(&class.body, names),
                    });
                }
                _ => pending.extend(blocks(statement).into_iter().map(|body| Suite {
                    body,
                    owners: suite.owners.clone(),
                    marks: suite.marks.clone(),
                    is_skipped: suite.is_skipped,
                })),
            }
        }
    }
    found.sort_by_key(|test| test.function.start());
    found
}

/// A test of `base`, a class of the module that no runner looks into, as `heir` runs it, which is one that it does look into.
pub(in crate::python) fn inherited<'a>(
    function: &'a ast::StmtFunctionDef,
    (heir, base): (&'a ast::StmtClassDef, &'a ast::StmtClassDef),
    marks: &Marks<'a>,
    variables: &dyn Variables,
) -> FoundTest<'a> {
    let classes = marks.of_class(base).into_iter().chain(marks.of_class(heir));
    let suite = Suite {
        body: &base.body,
        owners: vec![heir],
        marks: classes.chain(marks.of_module().iter().copied()).collect(),
        is_skipped: begins_with_skip(&heir.body, variables.names()),
    };
    suite.test(function, marks, variables)
}

/// What ends each test of a class from outside by the marks of that, if anything does; nothing at all where they are skipped.
pub(in crate::python) fn limit_of_class<'a>(
    class: &'a ast::StmtClassDef,
    marks: &Marks<'a>,
    variables: &dyn Variables,
) -> Option<Option<Deadline>> {
    let own = marks.of_class(class).into_iter();
    let all: Vec<&Expr> = own.chain(marks.of_module().iter().copied()).collect();
    let is_skipped = all.iter().any(|mark| is_skip(mark, variables.names()));
    (!is_skipped).then(|| limit(&[], &all, marks, variables))
}

/// Nobody nests as many classes of tests.
const MOST_CLASSES: usize = 8;

/// Statements whose functions are collected together.
struct Suite<'a> {
    body: &'a [Stmt],
    owners: Vec<&'a ast::StmtClassDef>,
    /// What marks all of them.
    marks: Rc<[&'a Expr]>,
    is_skipped: bool,
}

impl<'a> Suite<'a> {
    /// A test function of it.
    fn test(&self, function: &'a ast::StmtFunctionDef, marks: &Marks<'a>, variables: &dyn Variables) -> FoundTest<'a> {
        let names = variables.names();
        let own = marks.of_decorators(&function.decorator_list);
        let limit = limit(&own, &self.marks, marks, variables);
        let all: Vec<&Expr> = own.into_iter().chain(self.marks.iter().copied()).collect();
        FoundTest {
            function,
            owners: self.owners.clone(),
            limit,
            in_one_task: all.iter().any(|mark| is_anyio_mark(mark, names)),
            is_skipped: self.is_skipped
                || begins_with_skip(&function.body, names)
                || all.iter().any(|mark| is_skip(mark, names)),
            marks: all,
        }
    }
}

/// The test that a function is, without its course.
pub(in crate::python) fn test(
    function: &ast::StmtFunctionDef,
    owners: &[&ast::StmtClassDef],
    limit: Option<Deadline>,
) -> Test {
    let owners = owners.iter().map(|class| class.name.as_str());
    let parts: Vec<&str> = owners.chain([function.name.as_str()]).collect();
    let start = function.body.first().map_or(function.start(), Ranged::start);
    let end = function.body.last().map_or(function.end(), Ranged::end);
    Test {
        name: parts.join("::"),
        name_span: span(&function.name),
        body: Span::new(start.to_usize(), end.to_usize()),
        limit,
        course: Course::default(),
        shared: Vec::new(),
        class: None,
    }
}

/// The suites of statements under which definitions belong to the same scope.
fn blocks(statement: &Stmt) -> Vec<&[Stmt]> {
    match statement {
        Stmt::If(choice) => {
            let clauses = choice.elif_else_clauses.iter().map(|clause| &*clause.body);
            [&*choice.body].into_iter().chain(clauses).collect()
        }
        Stmt::Try(attempt) => {
            let handlers = attempt.handlers.iter().map(|handler| {
                let ast::ExceptHandler::ExceptHandler(handler) = handler;
                &*handler.body
            });
            [&*attempt.body, &*attempt.orelse, &*attempt.finalbody]
                .into_iter()
                .chain(handlers)
                .collect()
        }
        Stmt::With(with) => vec![&with.body],
        _ => Vec::new(),
    }
}

/// Whether `pytestmark` of a module or a class has anyio's mark.
pub(in crate::python) fn is_marked_anyio(body: &[Stmt], names: &Names) -> bool {
    let mut marks = pytestmarks(body).flat_map(|value| match value {
        Expr::List(list) => &*list.elts,
        Expr::Tuple(tuple) => &*tuple.elts,
        single => std::slice::from_ref(single),
    });
    marks.any(|mark| is_anyio_mark(mark, names))
}

fn is_anyio_mark(mark: &Expr, names: &Names) -> bool {
    is_mark(names, callee(mark), "anyio")
}

fn is_skip(mark: &Expr, names: &Names) -> bool {
    matches!(
        names.resolve(callee(mark)),
        Some("pytest.mark.skip" | "unittest.skip" | "unittest.case.skip")
    )
}

fn callee(mark: &Expr) -> &Expr {
    match mark {
        Expr::Call(call) => &call.func,
        other => other,
    }
}

/// Whether the first statement of a function or a module skips it.
fn begins_with_skip(body: &[Stmt], names: &Names) -> bool {
    let first = match body {
        [first, rest @ ..] if is_docstring_stmt(first) => rest.first(),
        all => all.first(),
    };
    first.is_some_and(|first| skips(first, names))
}

/// Whether a statement skips, ends or fails the test that it stands in: nothing behind it runs.
pub(in crate::python) fn skips(statement: &Stmt, names: &Names) -> bool {
    const SKIPPING: &[&str] = &["pytest.skip", "pytest.xfail", "pytest.fail", "pytest.exit"];
    let is_class = |path: Option<&str>| matches!(path, Some("unittest.SkipTest" | "unittest.case.SkipTest"));
    match statement {
        Stmt::Expr(bare) => bare.value.as_call_expr().is_some_and(|call| {
            let is_method = matches!(&*call.func, Expr::Attribute(method)
            if method.value.as_name_expr().is_some_and(|object| match method.attr.as_str() {
                "skipTest" => true,
                "fail" => object.id.as_str() == "self",
                _ => false,
            }));
            is_method || names.resolve(&call.func).is_some_and(|path| SKIPPING.contains(&path))
        }),
        Stmt::Raise(raise) => raise.exc.as_deref().is_some_and(|raised| match raised {
            Expr::Call(call) => is_class(names.resolve(&call.func)),
            other => is_class(names.resolve(other)),
        }),
        _ => false,
    }
}

/// What ends a test that has these marks itself, and those around it: the nearest of pytest-timeout's, or another decorator where
/// that is sooner.
fn limit<'a>(own: &[&'a Expr], around: &[&'a Expr], marks: &Marks<'a>, variables: &dyn Variables) -> Option<Deadline> {
    let of_all = |marks: &[&Expr]| marks.iter().find_map(|mark| of_mark(mark, variables));
    let mark = of_all(own)
        .or_else(|| of_sets(own, marks, variables))
        .or_else(|| of_all(around));
    let mut others = own.iter().chain(around).filter_map(|mark| {
        let known = decorating_deadline(mark, variables)?;
        (known.path != MARK).then_some(known)
    });
    match (mark, others.next()) {
        (Some(mark), Some(other)) => Some(sooner(mark, other)),
        (mark, other) => mark.or(other),
    }
}

/// The one of two that ends first, as far as that can be told.
fn sooner(one: Deadline, other: Deadline) -> Deadline {
    match ends_after(&other) < ends_after(&one) {
        true => other,
        false => one,
    }
}

/// A number to compare it by: its seconds, or more than any.
fn ends_after(deadline: &Deadline) -> f64 {
    match deadline.bound {
        Bound::Seconds(seconds) => seconds,
        Bound::Unknown => f64::MAX,
        Bound::Unlimited => f64::INFINITY,
    }
}

/// What ends a test whose every set of parameters has a limit: the last of them.
fn of_sets<'a>(own: &[&'a Expr], marks: &Marks<'a>, variables: &dyn Variables) -> Option<Deadline> {
    let mut longest: Option<Deadline> = None;
    let mut is_everywhere = false;
    for parametrize in marks.calls(own, "parametrize") {
        let sets = marks.of_sets(parametrize);
        let limits = sets
            .iter()
            .map(|set| set.iter().find_map(|mark| of_mark(mark, variables)));
        let limits: Vec<Option<Deadline>> = limits.collect();
        is_everywhere |= !limits.is_empty() && limits.iter().all(Option::is_some);
        for limit in limits.into_iter().flatten() {
            if longest
                .as_ref()
                .is_none_or(|known| ends_after(known) < ends_after(&limit))
            {
                longest = Some(limit);
            }
        }
    }
    longest.filter(|_| is_everywhere)
}

const MARK: &str = "pytest.mark.timeout";

/// `pytest.mark.timeout(10)`. 0 switches the limit off; `None`, or no number, leaves it as the project says.
fn of_mark(mark: &Expr, variables: &dyn Variables) -> Option<Deadline> {
    let call = match mark {
        Expr::Call(call) if variables.names().resolve(&call.func) == Some(MARK) => call,
        // What another module makes of it is not read there.
        Expr::Name(_) | Expr::Attribute(_) if is_made_by_mark(mark, variables.names()) => {
            return Some(deadline(mark.range(), MARK.to_owned(), Bound::Unknown));
        }
        _ => return None,
    };
    let value = call.arguments.find_argument_value("timeout", 0)?;
    let bound = match deadline_bound(value, variables) {
        Bound::Seconds(seconds) if seconds <= 0.0 => Bound::Unlimited,
        Bound::Unlimited => return None,
        bound => bound,
    };
    Some(deadline(call.range(), MARK.to_owned(), bound))
}

fn is_made_by_mark(mark: &Expr, names: &Names) -> bool {
    matches!(names.values(mark), [Value::Outcome(path)] if path == MARK)
}
