//! The mark that a `conftest.py` gives to all tests: `item.add_marker(pytest.mark.timeout(60))`.

use ruff_python_ast::{CmpOp, Expr, ModModule, Stmt, UnaryOp};
use ruff_text_size::Ranged;

use crate::python::names::Names;
use crate::python::values::bounds::number;
use crate::python::values::variables::ModuleVariables;

/// The hook that pytest gives all tests to that it has collected.
const HOOK: &str = "pytest_collection_modifyitems";

/// The seconds after which pytest-timeout ends every test that has no such mark of its own, and where that is said.
pub(in crate::python) fn timeout_of_all(module: &ModModule, names: &Names) -> Option<(f64, usize)> {
    let mut functions = module.body.iter().filter_map(Stmt::as_function_def_stmt);
    let hook = functions.find(|function| function.name.as_str() == HOOK)?;
    let loops = hook.body.iter().filter_map(Stmt::as_for_stmt);
    let mut marks = loops.filter_map(|each| {
        let item = each.target.as_name_expr()?.id.as_str();
        let is_all = each.iter.as_name_expr().is_some_and(|all| all.id == *ITEMS);
        let marked = each.body.iter().find_map(|statement| marked(statement, item, names));
        marked.filter(|_| is_all)
    });
    let length = marks.next()?;
    let variables = ModuleVariables::of(module, names);
    Some((number(length, &variables)?, length.start().to_usize()))
}

/// What the hook is given.
const ITEMS: &str = "items";

/// The length of the mark that a statement gives to the test of this name, where that has none.
fn marked<'a>(statement: &'a Stmt, item: &str, names: &Names) -> Option<&'a Expr> {
    match statement {
        Stmt::Expr(bare) => {
            let call = bare.value.as_call_expr()?;
            let method = call.func.as_attribute_expr()?;
            let is_of_item = method.value.as_name_expr().is_some_and(|name| name.id == *item);
            let mark = call.arguments.args.first()?.as_call_expr()?;
            let is_limit = names.resolve(&mark.func) == Some("pytest.mark.timeout");
            let is_given = method.attr.as_str() == "add_marker" && is_of_item && is_limit;
            mark.arguments.find_argument_value("timeout", 0).filter(|_| is_given)
        }
        Stmt::If(choice) if lacks_mark(&choice.test) => {
            choice.body.iter().find_map(|statement| marked(statement, item, names))
        }
        _ => None,
    }
}

/// `item.get_closest_marker("timeout") is None`, `not item.get_closest_marker("timeout")`.
fn lacks_mark(test: &Expr) -> bool {
    let asked = match test {
        Expr::UnaryOp(negation) if negation.op == UnaryOp::Not => &negation.operand,
        Expr::Compare(comparison)
            if matches!(&*comparison.ops, [CmpOp::Is])
                && comparison.comparators.iter().all(Expr::is_none_literal_expr) =>
        {
            &comparison.left
        }
        _ => return false,
    };
    asked.as_call_expr().is_some_and(|call| {
        let asks = call
            .func
            .as_attribute_expr()
            .is_some_and(|method| method.attr.as_str() == "get_closest_marker");
        let mark = call.arguments.args.first().and_then(Expr::as_string_literal_expr);
        asks && mark.is_some_and(|mark| mark.value.to_str() == "timeout")
    })
}
