//! The functions around a connect that decide what becomes of its exception.

use ruff_python_ast::{Arguments, Decorator, Expr, ExprCall, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::text_tests::tells_refusal;
use crate::python::names::Names;
use crate::python::sites::usage::enters;
use crate::python::syntax::spans::span;
use crate::sites::TextTest;

/// A context manager that takes exceptions.
pub(super) enum Expectation<'a> {
    /// `pytest.raises(X)`, `self.assertRaises(X)`: exactly this one, which must come.
    Raises {
        call: &'a ExprCall,
        class: &'a Expr,
        /// `match="403"`.
        pattern: Option<TextTest>,
    },
    /// `contextlib.suppress(…)` and what looks like one of these.
    Unseen,
}

/// What entering `manager` means for an exception, where it takes any.
pub(super) fn expectation<'a>(manager: &'a Expr, names: &Names) -> Option<Expectation<'a>> {
    let call = manager.as_call_expr()?;
    let name = match &*call.func {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return None,
    };
    let class = call.arguments.args.first().or_else(|| {
        let named = call.arguments.find_keyword("expected_exception");
        named.map(|keyword| &keyword.value)
    });
    match (name, class) {
        ("raises", Some(class)) if names.resolve(&call.func) == Some("pytest.raises") => Some(Expectation::Raises {
            call,
            class,
            pattern: pattern(&call.arguments),
        }),
        ("assertRaises", Some(class)) if call.arguments.args.len() == 1 => Some(Expectation::Raises {
            call,
            class,
            pattern: None,
        }),
        ("raises" | "assertRaises" | "assertRaisesRegex" | "suppress" | "ignored", _) => Some(Expectation::Unseen),
        _ => None,
    }
}

fn pattern(arguments: &Arguments) -> Option<TextTest> {
    let keyword = arguments.find_keyword("match")?;
    let needle = keyword.value.as_string_literal_expr()?.value.to_str();
    tells_refusal(needle).then(|| TextTest {
        span: span(keyword),
        needles: vec![needle.to_owned()],
        exception: None,
        is_negated: false,
        is_expectation: true,
    })
}

/// Whether `call` raises what the awaitables that it gets raise: `asyncio.wait_for(…)`, where it is awaited, and
/// `loop.run_until_complete(…)`.
pub(super) fn raises_for_its_arguments(call: &ExprCall, is_awaited: bool, names: &Names) -> bool {
    let name = match &*call.func {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    match (name, is_awaited) {
        ("run_until_complete", false) => true,
        ("wait_for" | "shield" | "gather", true) => {
            let path = names.resolve(&call.func);
            let is_known = path.is_some_and(|path| path.starts_with("asyncio."));
            is_known && call.arguments.find_keyword("return_exceptions").is_none()
        }
        _ => false,
    }
}

/// Where the arguments of such a call begin; of `stack.enter_async_context(…)` that which is entered.
pub(super) fn raising_arguments(call: &ExprCall) -> impl Iterator<Item = usize> {
    let entered = |argument: &Expr| {
        let enter = argument.as_call_expr().filter(|call| enters(call));
        enter.and_then(|enter| enter.arguments.args.first()).map(Ranged::start)
    };
    let begins = move |argument: &Expr| entered(argument).unwrap_or(argument.start());
    call.arguments
        .args
        .iter()
        .map(move |argument| begins(argument).to_usize())
}

/// Whether a test is marked as one that is to fail.
pub(super) fn is_to_fail(test: &StmtFunctionDef) -> bool {
    let expects_failure = |decorator: &Decorator| {
        let marker = match &decorator.expression {
            Expr::Call(call) => &*call.func,
            other => other,
        };
        let name = match marker {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => "",
        };
        matches!(name, "xfail" | "expectedFailure")
    };
    test.decorator_list.iter().any(expects_failure)
}
