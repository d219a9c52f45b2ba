//! The test functions of a module, as pytest and unittest collect them, and the marks that end them from outside.

use ruff_python_ast::helpers::is_docstring_stmt;
use ruff_python_ast::{self as ast, Decorator, Expr, Stmt};
use ruff_text_size::Ranged;

use super::bounds::deadline_bound;
use super::connects::span;
use super::deadlines::{deadline, decorating_deadline};
use super::names::Names;
use super::test_code::{Role, TestCode};
use super::variables::Variables;
use crate::sites::{Bound, Course, Deadline, Test};
use crate::source::Span;

/// A test function, before it is known what it waits for.
pub(super) struct FoundTest<'a> {
    pub(super) function: &'a ast::StmtFunctionDef,
    /// The classes around it, the outermost first.
    pub(super) owners: Vec<&'a ast::StmtClassDef>,
    /// What ends it from outside.
    pub(super) limit: Option<Deadline>,
    /// One task runs it and its fixtures: what bounds these around their `yield` bounds the test. So does anyio's plugin
    /// (executed with 4.16.0), and so pytest-asyncio does not.
    pub(super) in_one_task: bool,
    /// A mark, or its first statement, says that it never runs.
    pub(super) is_skipped: bool,
}

/// Every test function of a module, by position: at its top level and in classes that are collected.
pub(super) fn find<'a>(body: &'a [Stmt], variables: &dyn Variables, tests: &TestCode<'_>) -> Vec<FoundTest<'a>> {
    let mut pending = vec![Suite {
        body,
        owners: Vec::new(),
        limit: of_suite(body, variables),
        in_one_task: is_marked_anyio(body, variables.names()),
        is_skipped: is_skipped(body, &[], variables.names()),
    }];
    let mut found = Vec::new();
    while let Some(suite) = pending.pop() {
        for statement in suite.body {
            match statement {
                Stmt::FunctionDef(function) if tests.role(function) == Some(Role::Test) => {
                    let limit = of_decorators(&function.decorator_list, variables).or_else(|| suite.limit.clone());
                    found.push(FoundTest {
                        function,
                        owners: suite.owners.clone(),
                        limit,
                        in_one_task: suite.in_one_task
                            || is_decorated_anyio(&function.decorator_list, variables.names()),
                        is_skipped: suite.is_skipped
                            || is_skipped(&function.body, &function.decorator_list, variables.names()),
                    });
                }
                Stmt::ClassDef(class) if tests.is_class(class) && suite.owners.len() < MOST_CLASSES => {
                    let owners = suite.owners.iter().copied().chain([class]).collect();
                    let limit = of_suite(&class.body, variables)
                        .or_else(|| of_decorators(&class.decorator_list, variables))
                        .or_else(|| suite.limit.clone());
                    pending.push(Suite {
                        body: &class.body,
                        owners,
                        limit,
                        in_one_task: suite.in_one_task
                            || is_marked_anyio(&class.body, variables.names())
                            || is_decorated_anyio(&class.decorator_list, variables.names()),
                        is_skipped: suite.is_skipped
                            || is_skipped(&class.body, &class.decorator_list, variables.names()),
                    });
                }
                _ => pending.extend(blocks(statement).into_iter().map(|body| Suite {
                    body,
                    owners: suite.owners.clone(),
                    limit: suite.limit.clone(),
                    in_one_task: suite.in_one_task,
                    is_skipped: suite.is_skipped,
                })),
            }
        }
    }
    found.sort_by_key(|test| test.function.start());
    found
}

/// Nobody nests as many classes of tests.
const MOST_CLASSES: usize = 8;

/// Statements whose functions are collected together.
struct Suite<'a> {
    body: &'a [Stmt],
    owners: Vec<&'a ast::StmtClassDef>,
    limit: Option<Deadline>,
    in_one_task: bool,
    is_skipped: bool,
}

/// The test that a function is, without its course.
pub(super) fn test(function: &ast::StmtFunctionDef, owners: &[&ast::StmtClassDef], limit: Option<Deadline>) -> Test {
    let owners = owners.iter().map(|class| class.name.as_str());
    let parts: Vec<&str> = owners.chain([function.name.as_str()]).collect();
    let start = function.body.first().map_or(function.start(), Ranged::start);
    let end = function.body.last().map_or(function.end(), Ranged::end);
    Test {
        name: parts.join("::"),
        name_span: span(function.name.range()),
        body: Span::new(start.to_usize(), end.to_usize()),
        limit,
        course: Course::default(),
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

/// `pytestmark = pytest.mark.timeout(10)`, or a list with that in it, in a module or a class.
fn of_suite(body: &[Stmt], variables: &dyn Variables) -> Option<Deadline> {
    pytestmarks(body).find_map(|mark| of_mark(mark, variables))
}

/// Whether `pytestmark` of a module or a class has anyio's mark.
pub(super) fn is_marked_anyio(body: &[Stmt], names: &Names) -> bool {
    pytestmarks(body).any(|mark| is_anyio_mark(mark, names))
}

fn is_decorated_anyio(decorators: &[Decorator], names: &Names) -> bool {
    decorators
        .iter()
        .any(|decorator| is_anyio_mark(&decorator.expression, names))
}

fn is_anyio_mark(mark: &Expr, names: &Names) -> bool {
    let mark = match mark {
        Expr::Call(call) => &*call.func,
        other => other,
    };
    names.resolve(mark) == Some("pytest.mark.anyio")
}

/// What a module or a class assigns to `pytestmark`, one by one.
fn pytestmarks(body: &[Stmt]) -> impl Iterator<Item = &Expr> {
    let marks = body.iter().filter_map(|statement| match statement {
        Stmt::Assign(assign) => match &*assign.targets {
            [Expr::Name(name)] if name.id == "pytestmark" => Some(&*assign.value),
            _ => None,
        },
        _ => None,
    });
    marks.flat_map(|value| match value {
        Expr::List(list) => &*list.elts,
        Expr::Tuple(tuple) => &*tuple.elts,
        single => std::slice::from_ref(single),
    })
}

/// Whether what has this body and these decorators is skipped, whatever holds: by `pytest.mark.skip` or `unittest.skip`, and a
/// function or a module by a call that begins it.
fn is_skipped(body: &[Stmt], decorators: &[Decorator], names: &Names) -> bool {
    let decorators = decorators.iter().map(|decorator| &decorator.expression);
    let mut marks = decorators.chain(pytestmarks(body));
    let is_skip = |mark: &Expr| {
        let mark = match mark {
            Expr::Call(call) => &*call.func,
            other => other,
        };
        matches!(
            names.resolve(mark),
            Some("pytest.mark.skip" | "unittest.skip" | "unittest.case.skip")
        )
    };
    let first = match body {
        [first, rest @ ..] if is_docstring_stmt(first) => rest.first(),
        all => all.first(),
    };
    marks.any(is_skip) || first.is_some_and(|first| skips(first, names))
}

/// Whether a statement skips the test that it stands in: nothing behind it runs.
pub(super) fn skips(statement: &Stmt, names: &Names) -> bool {
    const SKIPPING: &[&str] = &["pytest.skip", "pytest.xfail", "pytest.fail", "pytest.exit"];
    let is_class = |path: Option<&str>| matches!(path, Some("unittest.SkipTest" | "unittest.case.SkipTest"));
    match statement {
        Stmt::Expr(bare) => bare.value.as_call_expr().is_some_and(|call| {
            let is_method = matches!(&*call.func, Expr::Attribute(method)
                if method.attr.as_str() == "skipTest" && method.value.is_name_expr());
            is_method || names.resolve(&call.func).is_some_and(|path| SKIPPING.contains(&path))
        }),
        Stmt::Raise(raise) => raise.exc.as_deref().is_some_and(|raised| match raised {
            Expr::Call(call) => is_class(names.resolve(&call.func)),
            other => is_class(names.resolve(other)),
        }),
        _ => false,
    }
}

fn of_decorators(decorators: &[Decorator], variables: &dyn Variables) -> Option<Deadline> {
    decorators.iter().find_map(|decorator| {
        let by_mark = of_mark(&decorator.expression, variables);
        by_mark.or_else(|| {
            let known = decorating_deadline(decorator, variables.names())?;
            (known.path != MARK).then_some(known)
        })
    })
}

const MARK: &str = "pytest.mark.timeout";

/// `pytest.mark.timeout(10)`. 0 switches the limit off; `None`, or no number, leaves it as the project says.
fn of_mark(mark: &Expr, variables: &dyn Variables) -> Option<Deadline> {
    let call = mark.as_call_expr()?;
    if variables.names().resolve(&call.func) != Some(MARK) {
        return None;
    }
    let value = call.arguments.find_argument_value("timeout", 0)?;
    let bound = match deadline_bound(value, variables) {
        Bound::Seconds(seconds) if seconds <= 0.0 => Bound::Unlimited,
        Bound::Unlimited => return None,
        bound => bound,
    };
    Some(deadline(call.range(), MARK.to_owned(), bound))
}
