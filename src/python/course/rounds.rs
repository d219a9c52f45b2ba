//! How often a loop goes round, as its head says.

use ruff_python_ast::{self as ast, BoolOp, Expr, Operator, Stmt, UnaryOp};
use ruff_text_size::Ranged;

use super::builder::{Builder, uses};
use super::ends::{Ends, leaves};
use super::stops::Asking;
use crate::python::syntax::dotted::{dotted, last_name};
use crate::python::syntax::nodes::{Scope, expressions_in, nodes_in, statements_in};
use crate::sites::{Length, Times};

/// How often a `for` goes round.
pub(super) fn rounds_of_for<'a>(each: &'a ast::StmtFor, builder: &Builder<'a, '_>) -> Times {
    if ends_in_first_round(&each.body) {
        return Times::Number(1.0);
    }
    match each.is_async {
        true => match builder.is_connect(&each.iter) {
            // Each round is a connection of its own, and there is always another one.
            true => Times::Unbounded,
            false => Times::Unknown,
        },
        false => match elements(&each.iter, builder, 0) {
            Times::Unbounded => {
                let mut ends = Ends::of(&each.body, Some(&each.target), builder);
                nodes_in(&each.body, Scope::OwnAndLambdas).for_each(|node| ends.look_at(node));
                if ends.leaves { Times::Unknown } else { Times::Unbounded }
            }
            // How long a round is, nobody knows.
            Times::Parameter(_) if calls_a_parameter(&each.body, builder) => Times::Unknown,
            rounds => rounds,
        },
    }
}

/// Whether a body calls what its function is given.
fn calls_a_parameter(body: &[Stmt], builder: &Builder<'_, '_>) -> bool {
    uses(body, &|expr| {
        let call = expr.as_call_expr();
        call.is_some_and(|call| builder.locals.is_parameter(&call.func))
    })
}

/// How many elements something has that is iterated over.
pub(super) fn elements<'a>(iterated: &'a Expr, builder: &Builder<'a, '_>, depth: usize) -> Times {
    const DEEPEST: usize = 8;
    let lengths = &builder.all.lengths;
    let plain = |elements: &[Expr]| match elements.iter().any(Expr::is_starred_expr) {
        true => Times::Unknown,
        false => Times::Number(count(elements.len())),
    };
    match lengths.followed(iterated) {
        Expr::List(list) => plain(&list.elts),
        Expr::Tuple(tuple) => plain(&tuple.elts),
        Expr::Set(set) => plain(&set.elts),
        Expr::Dict(dict) if dict.items.iter().all(|item| item.key.is_some()) => Times::Number(count(dict.items.len())),
        Expr::StringLiteral(text) => Times::Number(count(text.value.to_str().chars().count())),
        Expr::Call(call) if depth < DEEPEST && builder.may_follow() => {
            let arguments = &call.arguments.args;
            let Some(path) = lengths.names.resolve(&call.func) else {
                return Times::Unknown;
            };
            match (path, &**arguments) {
                ("range", [..]) => range(arguments, builder),
                ("enumerate" | "reversed" | "sorted" | "list" | "tuple" | "set" | "iter", [of, ..])
                    if !(path == "iter" && arguments.len() > 1) =>
                {
                    elements(of, builder, depth + 1)
                }
                ("zip", arguments) => shortest(arguments.iter().map(|of| elements(of, builder, depth + 1))),
                ("asyncio.as_completed" | "asyncio.tasks.as_completed", [of, ..]) => elements(of, builder, depth + 1),
                ("itertools.repeat", [_, times]) => lengths.number(times).map_or(Times::Unknown, Times::Number),
                ("itertools.count" | "itertools.cycle" | "itertools.repeat", _) => Times::Unbounded,
                _ => Times::Unknown,
            }
        }
        _ => Times::Unknown,
    }
}

/// As often as the shortest one: those that never end do not count.
fn shortest(all: impl Iterator<Item = Times>) -> Times {
    all.fold(Times::Unbounded, |shortest, next| match (shortest, next) {
        (Times::Number(a), Times::Number(b)) => Times::Number(a.min(b)),
        (number @ Times::Number(_), _) | (_, number @ Times::Number(_)) => number,
        (Times::Unbounded, Times::Unbounded) => Times::Unbounded,
        _ => Times::Unknown,
    })
}

fn range<'a>(arguments: &'a [Expr], builder: &Builder<'a, '_>) -> Times {
    let number = |value: &'a Expr| builder.all.lengths.number(value);
    if let [stop] = arguments
        && let Length::Parameter(index) = builder.all.lengths.length(stop, builder.locals)
    {
        return Times::Parameter(index);
    }
    let rounds = match arguments {
        [stop] => number(stop),
        [start, stop] => number(stop).zip(number(start)).map(|(stop, start)| stop - start),
        [start, stop, step] => {
            let ends = number(stop).zip(number(start));
            let step = number(step).filter(|step| *step != 0.0);
            ends.zip(step)
                .map(|((stop, start), step)| ((stop - start) / step).ceil())
        }
        _ => None,
    };
    rounds.map_or(Times::Unknown, |rounds| Times::Number(rounds.max(0.0)))
}

#[allow(clippy::cast_precision_loss, reason = "a source has fewer elements than 2^52")]
fn count(elements: usize) -> f64 {
    elements as f64
}

/// How often a `while` goes round: what compares numbers, or asks the clock, ends some day.
/// So does one that goes on as long as something holds something, or is not 0, and takes out of it, or counts it down, or one in which a wait raises that is not
/// over in time. So may one that asks for a flag, where something in the module sets that otherwise.
pub(super) fn rounds_of_while<'a>(repeat: &'a ast::StmtWhile, builder: &Builder<'a, '_>) -> Times {
    if ends_in_first_round(&repeat.body) {
        return Times::Number(1.0);
    }
    let mut ends = Ends::of(&repeat.body, None, builder);
    nodes_in(&*repeat.test, Scope::OwnAndLambdas).for_each(|node| ends.look_at(node));
    let asking = Asking {
        place: repeat.start(),
        within: false,
    };
    let is_ended = builder.may_become(&repeat.test, false, asking);
    let tells = expressions_in(&*repeat.test, Scope::OwnAndLambdas).any(|expr| ends.tells_time(expr, false));
    let held = held(&repeat.test);
    let uses_up = |held: &String| takes_out(&repeat.body, held) || counts_down(&repeat.body, held);
    let by_head = ends.is_bounded || tells || is_ended || held.as_ref().is_some_and(uses_up);
    nodes_in(&repeat.body, Scope::OwnAndLambdas).for_each(|node| ends.look_at(node));
    let raises = |call: &Expr| builder.ends_by_raising(call);
    let by_head_or_body =
        uses(&repeat.body, &raises) || expressions_in(&*repeat.test, Scope::OwnAndLambdas).any(raises);
    let by_silence = (ends.times_out || by_head_or_body) && !ends.goes_on;
    match by_head || ends.leaves || by_silence {
        true => Times::Unknown,
        false => Times::Unbounded,
    }
}

/// What the head of a loop asks for elements: `pending`, `len(pending)`, `not queue.empty()`.
fn held(test: &Expr) -> Option<String> {
    match test {
        Expr::Name(_) | Expr::Attribute(_) => dotted(test),
        Expr::Call(call) if last_name(&call.func) == Some("len") => dotted(call.arguments.args.first()?),
        Expr::UnaryOp(not) if not.op == UnaryOp::Not => {
            let asked = not.operand.as_call_expr()?.func.as_attribute_expr()?;
            (asked.attr.as_str() == "empty").then(|| dotted(&asked.value))?
        }
        Expr::BoolOp(both) if both.op == BoolOp::And => both.values.iter().find_map(held),
        _ => None,
    }
}

/// Whether a body takes something out of what has this name, or makes what is left of it anew.
fn takes_out(body: &[Stmt], held: &str) -> bool {
    const TAKING: &[&str] = &[
        "pop",
        "popleft",
        "popitem",
        "get",
        "get_nowait",
        "remove",
        "discard",
        "clear",
    ];
    let is_left = |expr: &Expr| match expr {
        Expr::Call(call) => call.func.as_attribute_expr().is_some_and(|method| {
            TAKING.contains(&method.attr.as_str()) && dotted(&method.value).as_deref() == Some(held)
        }),
        // `done, pending = await asyncio.wait(pending)`
        Expr::Tuple(tuple) if tuple.ctx.is_store() => tuple.elts.last().and_then(dotted).as_deref() == Some(held),
        _ => false,
    };
    uses(body, &is_left)
}

/// Whether a body counts down what has this name: `retries -= 1`.
fn counts_down(body: &[Stmt], held: &str) -> bool {
    let is_held = |expr: &Expr| dotted(expr).as_deref() == Some(held);
    let is_less = |value: &Expr| {
        let difference = value.as_bin_op_expr().filter(|value| value.op == Operator::Sub);
        difference.is_some_and(|value| is_held(&value.left))
    };
    statements_in(body, Scope::All).any(|statement| match statement {
        Stmt::AugAssign(assign) => assign.op == Operator::Sub && is_held(&assign.target),
        Stmt::Assign(assign) => assign.targets.iter().any(is_held) && is_less(&assign.value),
        _ => false,
    })
}

/// Whether the last statement of a loop's body leaves it, and nothing in it goes round again.
fn ends_in_first_round(body: &[Stmt]) -> bool {
    body.last().is_some_and(leaves) && !statements_in(body, Scope::All).any(Stmt::is_continue_stmt)
}
