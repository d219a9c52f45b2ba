//! What becomes of the error that a print raises where the console refuses its text: whether something around the print is
//! there for that error, or only catches it among others.

use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtTry, StmtWith};
use ruff_text_size::Ranged;

use super::console::Sink;
use super::names::Names;
use crate::sites::Catch;
use crate::source::SourceFile;

/// What a block does with the error of a print in it.
#[derive(Clone, Debug)]
pub(super) enum Refusal {
    /// It is dealt with: by a clause of its own, or by one around nothing but the print.
    DealtWith,
    /// It is caught by what is there for other errors too.
    Caught(Catch),
}

/// What the clauses of a `try` do with the error of a print in its first block. `None` where none catches it, or the one
/// that does raises it again.
pub(super) fn of_try(statement: &StmtTry, names: &Names, source: &SourceFile) -> Option<Refusal> {
    let handlers = statement.handlers.iter();
    let ExceptHandler::ExceptHandler(handler) = handlers.clone().find(|handler| catch_of(handler, names).is_some())?;
    let class = handler.type_.as_deref();
    let is_own = class.is_some_and(|class| class_of(class, names) == Some(Class::Own));
    if raises_again(&handler.body) {
        return None;
    }
    if is_own || prints_only(&statement.body, names) {
        return Some(Refusal::DealtWith);
    }
    let text = class.map(|class| text_of(class, source));
    Some(Refusal::Caught(Catch::Clause(text)))
}

/// What the items of a `with` do with the error of a print in its block.
pub(super) fn of_with(with: &StmtWith, names: &Names, source: &SourceFile) -> Option<Refusal> {
    let calls = with
        .items
        .iter()
        .rev()
        .filter_map(|item| item.context_expr.as_call_expr());
    for call in calls {
        let classes = call.arguments.args.iter();
        let class = classes.filter_map(|class| class_of(class, names)).max();
        let suppresses = names.resolve(&call.func) == Some("contextlib.suppress");
        match class {
            Some(_) if is_expectation(&call.func, names) => return Some(Refusal::DealtWith),
            Some(Class::Own) if suppresses => return Some(Refusal::DealtWith),
            Some(Class::Above) if suppresses => {
                return Some(match prints_only(&with.body, names) {
                    true => Refusal::DealtWith,
                    false => Refusal::Caught(Catch::Suppress(
                        call.arguments
                            .args
                            .iter()
                            .map(|class| text_of(class, source))
                            .collect::<Vec<_>>()
                            .join(", "),
                    )),
                });
            }
            _ => {}
        }
    }
    None
}

/// Whether the clauses of a `try` catch the error of a print.
pub(super) fn catches_encode_error(handlers: &[ExceptHandler], names: &Names) -> bool {
    handlers.iter().any(|handler| catch_of(handler, names).is_some())
}

/// How an exception class is about the error of a print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    /// A class above it that is there for much else.
    Above,
    /// It names that error.
    Own,
}

fn catch_of(handler: &ExceptHandler, names: &Names) -> Option<Class> {
    let ExceptHandler::ExceptHandler(handler) = handler;
    match handler.type_.as_deref() {
        Some(class) => class_of(class, names),
        None => Some(Class::Above),
    }
}

fn class_of(class: &Expr, names: &Names) -> Option<Class> {
    match class {
        Expr::Tuple(tuple) => tuple.elts.iter().filter_map(|class| single_class(class, names)).max(),
        class => single_class(class, names),
    }
}

fn single_class(class: &Expr, names: &Names) -> Option<Class> {
    match names.resolve(class)? {
        "UnicodeEncodeError" | "UnicodeError" => Some(Class::Own),
        "ValueError" | "Exception" | "BaseException" => Some(Class::Above),
        _ => None,
    }
}

/// `pytest.raises`, `self.assertRaises`: the error is what the test is about.
fn is_expectation(callee: &Expr, names: &Names) -> bool {
    names.resolve(callee) == Some("pytest.raises")
        || matches!(callee, Expr::Attribute(method) if matches!(method.attr.as_str(), "assertRaises" | "assertRaisesRegex"))
}

/// Whether a clause ends with `raise`.
fn raises_again(body: &[Stmt]) -> bool {
    matches!(body.last(), Some(Stmt::Raise(raise)) if raise.exc.is_none())
}

/// Whether a block does nothing but print, perhaps under a condition, and go on elsewhere.
fn prints_only(body: &[Stmt], names: &Names) -> bool {
    let mut blocks = vec![body];
    while let Some(block) = blocks.pop() {
        for statement in block {
            match statement {
                Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) => {}
                Stmt::Return(returned) if returned.value.as_deref().is_none_or(Expr::is_literal_expr) => {}
                Stmt::Expr(expression) if is_print(&expression.value, names) => {}
                Stmt::If(condition) => {
                    blocks.push(&condition.body);
                    blocks.extend(condition.elif_else_clauses.iter().map(|clause| &*clause.body));
                }
                _ => return false,
            }
        }
    }
    true
}

fn is_print(value: &Expr, names: &Names) -> bool {
    match value {
        Expr::Call(call) => Sink::of_any_stream(call, names) || names.resolve(&call.func) == Some("sys.stdout.flush"),
        _ => false,
    }
}

fn text_of(expr: &Expr, source: &SourceFile) -> String {
    let text = source
        .text()
        .get(expr.range().start().to_usize()..expr.range().end().to_usize());
    text.unwrap_or_default()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}
