//! What can be looked through.

use ruff_python_ast::{Arguments, ExceptHandler, Expr, Parameters, Pattern, Stmt, Suite};

/// Code that can be looked through.
pub(in crate::python) enum Code<'a> {
    Body(&'a [Stmt]),
    Statement(&'a Stmt),
    Expr(&'a Expr),
    Arguments(&'a Arguments),
    Parameters(&'a Parameters),
    Handler(&'a ExceptHandler),
    Pattern(&'a Pattern),
}

impl<'a> From<&'a [Stmt]> for Code<'a> {
    fn from(body: &'a [Stmt]) -> Self {
        Code::Body(body)
    }
}

impl<'a> From<&'a Suite> for Code<'a> {
    fn from(body: &'a Suite) -> Self {
        Code::Body(body)
    }
}

impl<'a> From<&'a Stmt> for Code<'a> {
    fn from(statement: &'a Stmt) -> Self {
        Code::Statement(statement)
    }
}

impl<'a> From<&'a Expr> for Code<'a> {
    fn from(expr: &'a Expr) -> Self {
        Code::Expr(expr)
    }
}

impl<'a> From<&'a Arguments> for Code<'a> {
    fn from(arguments: &'a Arguments) -> Self {
        Code::Arguments(arguments)
    }
}

impl<'a> From<&'a Parameters> for Code<'a> {
    fn from(parameters: &'a Parameters) -> Self {
        Code::Parameters(parameters)
    }
}

impl<'a> From<&'a ExceptHandler> for Code<'a> {
    fn from(handler: &'a ExceptHandler) -> Self {
        Code::Handler(handler)
    }
}

impl<'a> From<&'a Pattern> for Code<'a> {
    fn from(pattern: &'a Pattern) -> Self {
        Code::Pattern(pattern)
    }
}
