//! Functions that say whether some time is over, which others than themselves have begun to count.

use foldhash::HashMap;
use ruff_python_ast::{CmpOp, Expr, ModModule, Stmt};
use ruff_text_size::Ranged;

use crate::python::names::{Elsewhere, FunctionId, Names, Table, Value};
use crate::python::syntax::dotted::last_name;
use crate::python::syntax::nodes::{Scope, expressions_in, statements_in};
use crate::python::syntax::parse;

/// The functions of a module that compare a clock with a moment that is none of their own, and whether they raise: where they are
/// asked again and again, the answer is another one some day.
pub(in crate::python) type Clocks = HashMap<FunctionId, bool>;

/// The last names of functions that say what time it is.
const CLOCKS: &[&str] = &[
    "time",
    "monotonic",
    "perf_counter",
    "current_time",
    "now",
    "utcnow",
    "monotonic_ns",
];

/// Whether an expression asks a clock.
pub(in crate::python) fn is_clock(expr: &Expr) -> bool {
    let name = expr.as_call_expr().and_then(|call| last_name(&call.func));
    name.is_some_and(|name| CLOCKS.contains(&name))
}

/// Whether it compares by order.
pub(in crate::python) fn is_by_order(expr: &Expr) -> bool {
    let is_order = |op: &CmpOp| matches!(op, CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE);
    expr.as_compare_expr()
        .is_some_and(|compare| compare.ops.iter().any(is_order))
}

/// Whether a value that a clock says is cut off where time is over, or says that it is: `max(0, end - time.monotonic())`.
pub(in crate::python) fn tells_the_rest(value: &Expr) -> bool {
    let mut all = expressions_in(value, Scope::Own);
    all.any(|expr| (is_by_order(expr) || is_cut_off(expr)) && expressions_in(expr, Scope::Own).any(is_clock))
}

fn is_cut_off(expr: &Expr) -> bool {
    let call = expr.as_call_expr();
    call.is_some_and(|call| matches!(last_name(&call.func), Some("max" | "min")))
}

/// Whether an expression is a call of a function of the project, or reads a property of an object of it, that tells the time; `clocks`
/// are those of the module. Where `raises`, one that raises then.
pub(in crate::python) fn asks(expr: &Expr, names: &Names, clocks: &Clocks, raises: bool) -> bool {
    let has = |clocks: &Clocks, function| clocks.get(&function).is_some_and(|own| *own || !raises);
    match expr {
        Expr::Call(call) => match names.local_function(&call.func) {
            Some(function) => has(clocks, function),
            None => names
                .foreign_function(&call.func)
                .is_some_and(|(module, function)| has(elsewhere(module), function)),
        },
        Expr::Attribute(attribute) if attribute.ctx.is_load() => match names.values(&attribute.value) {
            [Value::Instance(class)] => {
                let method = names
                    .methods(*class)
                    .find(|method| names.method_name(*method) == Some(&attribute.attr));
                method.is_some_and(|method| has(clocks, method))
            }
            [Value::Foreign { module, value, .. }] => match **value {
                Value::Instance(class) => {
                    let mut methods = module.0.methods(class);
                    let method = methods.find(|method| module.0.method_name(*method) == Some(&attribute.attr));
                    method.is_some_and(|method| has(elsewhere(module), method))
                }
                _ => false,
            },
            _ => false,
        },
        _ => false,
    }
}

/// Those of another module.
fn elsewhere(module: &Elsewhere) -> &Clocks {
    module.0.clocks(|table| {
        let text = module.0.source().text();
        let names_one = CLOCKS.iter().any(|clock| text.contains(clock));
        let parsed = names_one.then(|| parse::parse(module.0.source()).ok()).flatten();
        parsed.map(|parsed| clocks(parsed.syntax(), table)).unwrap_or_default()
    })
}

/// Those of a module.
pub(in crate::python) fn clocks(module: &ModModule, names: &Table) -> Clocks {
    let functions = statements_in(&module.body, Scope::All).filter_map(Stmt::as_function_def_stmt);
    let telling = functions
        .filter(|function| tells(&function.body))
        .filter_map(|function| {
            let id = names.function_at(function.body.first()?.start().to_usize())?;
            Some((id, statements_in(&function.body, Scope::Own).any(Stmt::is_raise_stmt)))
        });
    telling.collect()
}

/// Whether a body compares what a clock says with a moment that it is given.
fn tells(body: &[Stmt]) -> bool {
    if !expressions_in(body, Scope::Own).any(is_clock) {
        return false;
    }
    let mut moments = Moments::default();
    statements_in(body, Scope::Own).for_each(|statement| moments.assigned(statement));
    expressions_in(body, Scope::Own).any(|expr| (is_by_order(expr) || is_cut_off(expr)) && moments.of(expr) == 1)
}

/// How many moments of the function itself are in what its names stand for: `end - time.monotonic()` has one of its own and one that
/// it is given; behind `end = time.monotonic() + 5` it has two, and is over when the function is.
#[derive(Default)]
struct Moments<'a>(HashMap<&'a str, usize>);

impl<'a> Moments<'a> {
    fn assigned(&mut self, statement: &'a Stmt) {
        let Stmt::Assign(assign) = statement else { return };
        let moments = self.of(&assign.value);
        for target in assign.targets.iter().filter_map(Expr::as_name_expr) {
            let known = self.0.entry(target.id.as_str()).or_default();
            *known = moments.max(*known);
        }
    }

    fn of(&self, expr: &Expr) -> usize {
        let moments = expressions_in(expr, Scope::Own).map(|part| match part {
            Expr::Name(name) => self.0.get(name.id.as_str()).copied().unwrap_or_default(),
            part => usize::from(is_clock(part)),
        });
        moments.sum()
    }
}
