//! Whether code asks for the platform, and which code does not run on some for that: the rest of a block, a whole module.

use ruff_python_ast::{Expr, Stmt};

use crate::python::syntax::leaving::leaves;
use crate::python::syntax::nodes::{Scope, expressions_in};
use crate::python::syntax::words::Words;

/// `pytestmark = pytest.mark.skipif(…)`: it may keep the tests beside it from running. A mark of asyncio does not.
pub(super) fn marks_module(statement: &Stmt) -> bool {
    let Stmt::Assign(assign) = statement else {
        return false;
    };
    let is_mark = |target: &Expr| matches!(target, Expr::Name(name) if name.id == "pytestmark");
    assign.targets.iter().any(is_mark)
        && asks(&assign.value, |word| {
            word != "asyncio" && SKIPS.iter().any(|skip| word.contains(skip))
        })
}

const SKIPS: &[&str] = &["skip", "platform", "win", "require", "only"];

/// Whether a mark of the module asks for the platform.
pub(super) fn asks_in(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Assign(assign) if marks_module(statement) && asks_for_platform(&assign.value))
}

/// The test of an `if` that leaves, raises or ends in a call that does by its name: `pytest.skip(…)`, `sys.exit()`.
pub(super) fn leaving(statement: &Stmt) -> Option<&Expr> {
    let Stmt::If(choice) = statement else {
        return None;
    };
    let last = choice.body.last()?;
    let calls_it_off = |called: &Expr| {
        let name = match called {
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            Expr::Name(name) => name.id.as_str(),
            _ => return true,
        };
        LEAVING.are_in(name)
    };
    let ends_it = match last {
        Stmt::Expr(bare) => bare.value.as_call_expr().is_some_and(|call| calls_it_off(&call.func)),
        other => leaves(other),
    };
    ends_it.then_some(&*choice.test)
}

/// Whether an expression asks for the platform, directly or by the name of something that does: `sys.platform`, `os.name`,
/// `platform.system()`, `IS_WINDOWS`.
pub(super) fn asks_for_platform(expr: &Expr) -> bool {
    asks(expr, |word| {
        let is_named = |platform: &&str| word.eq_ignore_ascii_case(platform);
        ["nt", "win", "java"].iter().any(is_named) || PLATFORMS.are_in(word)
    })
}

static LEAVING: Words<5> = Words::new(["skip", "exit", "fail", "quit", "abort"]);
static PLATFORMS: Words<17> = Words::new([
    "platform", "windows", "win32", "win64", "winloop", "cygwin", "msvc", "posix", "linux", "darwin", "macos", "uname",
    "is_win", "on_win", "iswin", "not_win", "unix",
]);

/// Whether a name, an attribute or a string in an expression is one of those.
fn asks(expr: &Expr, tells: impl Fn(&str) -> bool) -> bool {
    expressions_in(expr, Scope::All).any(|part| match part {
        Expr::Name(name) => tells(&name.id),
        Expr::Attribute(attribute) => tells(&attribute.attr),
        Expr::StringLiteral(text) => tells(text.value.to_str()),
        _ => false,
    })
}
