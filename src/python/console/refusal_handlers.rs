//! What becomes of the error that a print raises where the console refuses its text: whether something around the print is
//! there for that error, or only catches it among others.

mod afterwards;
mod managers;

use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtTry};
use ruff_text_size::Ranged;

use self::afterwards::{Afterwards, afterwards};
pub(in crate::python) use self::managers::{entered_by, of_decorators, of_with};
use crate::python::console::Sink;
use crate::python::names::Names;
use crate::python::values::caught_classes::{Class, caught_classes};
use crate::python::values::variables::Variables;
use crate::sites::Catch;
use crate::source::SourceFile;

/// What a block does with the error of a print in it.
#[derive(Clone, Debug)]
pub(in crate::python) enum Refusal {
    /// It is dealt with: by a clause of its own, or by one around nothing but the print. Or nobody knows that it is not.
    DealtWith,
    /// It is caught by what is there for other errors too.
    Caught(Catch),
}

/// What the clauses of a `try` do with the error of a print in its first block. `None` where none catches it, or the one
/// that does raises it again.
pub(in crate::python) fn of_try(
    statement: &StmtTry,
    variables: &dyn Variables,
    source: &SourceFile,
) -> Option<Refusal> {
    let handlers = statement.handlers.iter();
    let ExceptHandler::ExceptHandler(handler) = handlers
        .clone()
        .find(|handler| catch_of(handler, variables).is_some())?;
    let class = handler.type_.as_deref();
    let about = class.and_then(|class| about_of(class, variables));
    let name = handler.name.as_ref().map(|name| name.as_str());
    let asks = match afterwards(&handler.body, name, variables) {
        Afterwards::Raised => return None,
        Afterwards::Kept { asks } => asks,
    };
    if asks || matches!(about, Some(About::Unknown | About::Own)) || prints_only(&statement.body, variables.names()) {
        return Some(Refusal::DealtWith);
    }
    let text = class.map(|class| text_of(class, source));
    Some(Refusal::Caught(Catch::Clause(text)))
}

/// Whether the clauses of a `try` catch the error of a print, as far as that is known.
pub(in crate::python) fn catches_encode_error(handlers: &[ExceptHandler], variables: &dyn Variables) -> bool {
    handlers.iter().any(|handler| catch_of(handler, variables).is_some())
}

/// Whether a clause names the error of a print, not only a class above it that covers much else.
pub(in crate::python) fn names_encode_error(handler: &ExceptHandler, variables: &dyn Variables) -> bool {
    let ExceptHandler::ExceptHandler(handler) = handler;
    let class = handler.type_.as_deref();
    class.is_some_and(|class| about_of(class, variables) == Some(About::Own))
}

/// How an exception class is about the error of a print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum About {
    /// A class above it that is there for much else.
    Above,
    /// It may be, or not.
    Unknown,
    /// It names that error.
    Own,
}

fn catch_of(handler: &ExceptHandler, variables: &dyn Variables) -> Option<About> {
    let ExceptHandler::ExceptHandler(handler) = handler;
    match handler.type_.as_deref() {
        Some(class) => about_of(class, variables),
        None => Some(About::Above),
    }
}

/// How the classes of a clause are about the error.
fn about_of(clause: &Expr, variables: &dyn Variables) -> Option<About> {
    let classes = caught_classes(clause, variables);
    classes.iter().filter_map(|caught| about(&caught.class)).max()
}

fn about(class: &Class) -> Option<About> {
    match class {
        Class::Unknown => Some(About::Unknown),
        Class::OfProject => None,
        Class::Path(path) => match path.as_str() {
            "UnicodeEncodeError" | "UnicodeError" => Some(About::Own),
            "ValueError" | "Exception" | "BaseException" => Some(About::Above),
            _ => None,
        },
    }
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
