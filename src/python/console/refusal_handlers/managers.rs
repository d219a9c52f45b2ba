//! What is entered around a print, or decorates its function, and what that does with the error of the print: `suppress`, kept in
//! a name or entered by a stack, managers and decorators of the project.

use ruff_python_ast::{Decorator, Expr, ExprCall, Stmt, StmtFunctionDef, StmtWith};

use super::{About, Refusal, about, about_of, prints_only, text_of};
use crate::python::names::{Guarded, Names, Value};
use crate::python::syntax::nodes::{Scope, nodes_in};
use crate::python::values::caught_classes::classes_of_values;
use crate::python::values::variables::Variables;
use crate::sites::Catch;
use crate::source::SourceFile;

/// What the items of a `with` do with the error of a print in its block.
pub(in crate::python) fn of_with(with: &StmtWith, variables: &dyn Variables, source: &SourceFile) -> Option<Refusal> {
    let mut items = with.items.iter().rev();
    items.find_map(|item| of_manager(&item.context_expr, &with.body, variables, source))
}

/// What a statement of the block of `with` does with the error of a print in `rest`, the statements behind it, by what it enters
/// on the stack that is entered there: `stack.enter_context(suppress(…))`.
pub(in crate::python) fn entered_by(
    statement: &Stmt,
    with: &StmtWith,
    rest: &[Stmt],
    variables: &dyn Variables,
    source: &SourceFile,
) -> Option<Refusal> {
    let targets = with.items.iter().filter_map(|item| item.optional_vars.as_deref());
    let stacks: Vec<&str> = targets
        .filter_map(Expr::as_name_expr)
        .map(|name| name.id.as_str())
        .collect();
    if stacks.is_empty() {
        return None;
    }
    let nodes = nodes_in(statement, Scope::OwnAndLambdas).in_order_of_evaluation();
    let calls = nodes.filter_map(|node| node.expr()?.as_call_expr());
    let mut entered = calls.filter_map(|call| entered_on(&stacks, call));
    let is_certain = matches!(statement, Stmt::Expr(_) | Stmt::Assign(_) | Stmt::AnnAssign(_));
    let refusal = |manager: &Expr| of_manager(manager, rest, variables, source);
    let refusal = entered.find_map(refusal)?;
    Some(if is_certain { refusal } else { Refusal::DealtWith })
}

/// What the decorators of a function do with the error of a print in it.
pub(in crate::python) fn of_decorators(function: &StmtFunctionDef, variables: &dyn Variables) -> Option<Refusal> {
    let names = variables.names();
    function.decorator_list.iter().rev().find_map(|decorator: &Decorator| {
        let (callee, call) = match &decorator.expression {
            Expr::Call(call) => (&*call.func, Some(call)),
            other => (other, None),
        };
        let around = call.and_then(|call| by_project(&call.func, Guarded::Block, names));
        let about = around.or_else(|| by_project(callee, Guarded::Function, names))?;
        Some(refused(about, callee, &function.body, names))
    })
}

/// What entering `manager` around `body` does with the error.
fn of_manager(manager: &Expr, body: &[Stmt], variables: &dyn Variables, source: &SourceFile) -> Option<Refusal> {
    let names = variables.names();
    let entered = match manager {
        Expr::Call(_) => manager,
        kept => variables.only_value(kept).unwrap_or(kept),
    };
    let Expr::Call(call) = entered else {
        return of_kept(manager, body, names);
    };
    if names.resolve(&call.func) == Some("contextlib.suppress") {
        return match suppressed(call, variables)? {
            About::Own | About::Unknown => Some(Refusal::DealtWith),
            About::Above if prints_only(body, names) => Some(Refusal::DealtWith),
            About::Above => {
                let classes = call.arguments.args.iter().map(|class| text_of(class, source));
                let classes = classes.collect::<Vec<_>>().join(", ");
                Some(Refusal::Caught(Catch::Suppress(classes)))
            }
        };
    }
    if is_expectation(&call.func, names) {
        return suppressed(call, variables).map(|_| Refusal::DealtWith);
    }
    let about = by_project(&call.func, Guarded::Block, names)?;
    Some(refused(about, &call.func, body, names))
}

/// An object that was made elsewhere, in ways that are not seen.
fn of_kept(manager: &Expr, body: &[Stmt], names: &Names) -> Option<Refusal> {
    let suppresses = |value: &Value| matches!(value, Value::Outcome(path) if path == "contextlib.suppress");
    if names.values(manager).iter().any(suppresses) {
        return Some(Refusal::DealtWith);
    }
    let about = by_project(manager, Guarded::Block, names)?;
    Some(refused(about, manager, body, names))
}

fn suppressed(call: &ExprCall, variables: &dyn Variables) -> Option<About> {
    let classes = call.arguments.args.iter();
    classes.filter_map(|class| about_of(class, variables)).max()
}

/// How a manager or a decorator of the project is about the error, by the clauses that stand around what it runs.
fn by_project(callee: &Expr, what: Guarded, names: &Names) -> Option<About> {
    let guards = names.guards(callee, what);
    let classes = guards.iter().flat_map(|values| classes_of_values(values));
    classes.filter_map(|class| about(&class)).max()
}

fn refused(is_about: About, callee: &Expr, body: &[Stmt], names: &Names) -> Refusal {
    let name = match callee {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    };
    match (is_about, name) {
        (About::Above, Some(name)) if !prints_only(body, names) => Refusal::Caught(Catch::Manager(name.to_owned())),
        _ => Refusal::DealtWith,
    }
}

/// `pytest.raises`, `self.assertRaises`: the error is what the test is about.
fn is_expectation(callee: &Expr, names: &Names) -> bool {
    names.resolve(callee) == Some("pytest.raises")
        || matches!(callee, Expr::Attribute(method) if matches!(method.attr.as_str(), "assertRaises" | "assertRaisesRegex"))
}

/// What a call enters on one of these stacks.
fn entered_on<'a>(stacks: &[&str], call: &'a ExprCall) -> Option<&'a Expr> {
    let method = call.func.as_attribute_expr()?;
    let stack = method.value.as_name_expr()?;
    let enters = matches!(method.attr.as_str(), "enter_context" | "push") && stacks.contains(&stack.id.as_str());
    call.arguments.args.first().filter(|_| enters)
}
