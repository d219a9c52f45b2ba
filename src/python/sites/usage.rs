//! How a connect is entered, read off the expressions and the statement around it.

use ruff_python_ast::name::Name;
use ruff_python_ast::{Comprehension, Decorator, Expr, ExprCall};
use ruff_text_size::Ranged;

use crate::python::names::Names;
use crate::python::sites::anchor::Place;
use crate::python::sites::task_calls::{awaits_its_arguments, makes_task};
use crate::python::syntax::spans::span;
use crate::sites::Entry;

/// The part of a statement that an expression stands in.
#[derive(Clone, Copy, Debug)]
pub(in crate::python) enum Slot<'a> {
    /// The context expression of an item of a `with`.
    WithItem { index: usize, is_async: bool },
    /// What a `for` iterates over.
    Iterable { is_async: bool },
    /// The value of an assignment; the name, where that is the only target.
    Assigned(Option<&'a Name>),
    /// The value of an assignment to an item of what this name means: `tasks[key] = …`.
    Item(&'a Name),
    /// The value of a `return`.
    Returned,
    /// A statement that is just an expression.
    Bare,
    /// Anything else.
    Other,
}

/// What awaits in a function, besides `await`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::python) enum Awaits {
    /// Nothing.
    #[default]
    ByAwait,
    /// `yield`: a coroutine in the manner of tornado (executed with tornado 6.6.1).
    ByYield,
}

impl Awaits {
    /// What awaits in a function with these decorators.
    pub(in crate::python) fn of(decorators: &[Decorator], names: &Names) -> Self {
        let is_coroutine = |decorator: &Decorator| {
            let function = match &decorator.expression {
                Expr::Call(call) => &*call.func,
                other => other,
            };
            names.resolve(function).is_some_and(|path| YIELDING.contains(&path))
        };
        match decorators.iter().any(is_coroutine) {
            true => Self::ByYield,
            false => Self::ByAwait,
        }
    }
}

/// The decorators that make coroutines of generators.
const YIELDING: &[&str] = &[
    "tornado.gen.coroutine",
    "tornado.gen.engine",
    "tornado.testing.gen_test",
];

/// How an expression is used.
#[derive(Debug)]
pub(in crate::python) struct Usage<'a> {
    pub(in crate::python) entry: Entry,
    pub(in crate::python) place: Place,
    /// The local variable that it is kept in, and nothing else.
    pub(in crate::python) kept_in: Option<&'a Name>,
    /// The variable that keeps a task of it, or a collection that it is part of: who waits for that waits for the connect.
    pub(in crate::python) awaited_by: Option<&'a Name>,
}

impl Usage<'_> {
    fn fixed(entry: Entry, why: &'static str) -> Self {
        Self {
            entry,
            place: Place::Fixed(why),
            kept_in: None,
            awaited_by: None,
        }
    }
}

/// How the value of `expr` is used. `parents` are the expressions around it within its statement, the innermost last;
/// `awaits` is what awaits in the function that it stands in.
pub(in crate::python) fn usage<'a>(
    expr: &'a Expr,
    parents: &[&'a Expr],
    slot: Slot<'a>,
    awaits: Awaits,
    names: &Names,
) -> Usage<'a> {
    let mut child = expr;
    // It is one of several values: an element, or a branch that may not be taken.
    let mut is_collected = false;
    let mut is_kept = false;
    for (index, parent) in parents.iter().enumerate().rev() {
        let outside = parents.get(..index).unwrap_or_default();
        match parent {
            Expr::Await(_) if is_kept => return Usage::fixed(Entry::Await, "`:=` keeps the connect object"),
            Expr::Await(_) => return awaited(parent, outside, slot),
            Expr::YieldFrom(_) => {
                return Usage::fixed(Entry::Await, "`yield from` belongs to the old style of coroutines");
            }
            Expr::Yield(_) if awaits == Awaits::ByYield => {
                return match is_kept {
                    true => Usage::fixed(Entry::Await, "`:=` keeps the connect object"),
                    false => Usage {
                        entry: Entry::Await,
                        place: Place::Expression { awaited: None },
                        kept_in: None,
                        awaited_by: None,
                    },
                };
            }
            Expr::Yield(_) => {
                return Usage::fixed(Entry::Returned, "the connect is yielded without having been awaited");
            }
            Expr::Lambda(_) => {
                return Usage::fixed(Entry::Returned, "a lambda returns the connect without awaiting it");
            }
            Expr::If(_) | Expr::BoolOp(_) => {}
            Expr::Named(_) => is_kept = true,
            Expr::Starred(_) | Expr::List(_) | Expr::Tuple(_) | Expr::Set(_) | Expr::Dict(_) => is_collected = true,
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                if iterated(generators(parent), child) {
                    return Usage::fixed(Entry::AsyncFor, EACH_ROUND);
                }
                is_collected = true;
            }
            Expr::Call(call) if is_callee(call, child) => return Usage::fixed(Entry::Stored, NOT_AWAITED),
            Expr::Call(call) if enters(call) || names.given_back(call).is_some() => {}
            Expr::Call(call) => {
                let is_task = makes_task(call, names);
                return Usage {
                    awaited_by: collection(call, outside).or_else(|| is_task.then(|| collected_in(outside, slot))?),
                    ..argument(call, names)
                };
            }
            Expr::Attribute(attribute) => {
                return match attribute.attr.as_str() {
                    "__aenter__" | "__await__" => Usage::fixed(Entry::Await, "the connect is entered by hand"),
                    _ => Usage::fixed(Entry::Stored, NOT_AWAITED),
                };
            }
            _ => return Usage::fixed(Entry::Stored, NOT_AWAITED),
        }
        child = parent;
    }
    if is_collected || is_kept {
        return Usage {
            awaited_by: (!is_kept).then(|| assigned(slot)).flatten(),
            ..Usage::fixed(Entry::Stored, "the connect is kept and entered somewhere else")
        };
    }
    in_slot(slot)
}

const EACH_ROUND: &str = "each round of `async for` is a connect of its own";
const NOT_AWAITED: &str = "the connect is not awaited where it stands";

fn awaited<'a>(await_: &Expr, outside: &[&Expr], slot: Slot<'a>) -> Usage<'a> {
    let awaited = span(await_);
    let is_whole_value = outside.is_empty() && matches!(slot, Slot::Assigned(_) | Slot::Returned | Slot::Bare);
    let place = match is_whole_value {
        true => Place::Statement { awaited },
        false => Place::Expression { awaited: Some(awaited) },
    };
    Usage {
        entry: Entry::Await,
        place,
        kept_in: None,
        awaited_by: None,
    }
}

fn argument<'a>(call: &ExprCall, names: &Names) -> Usage<'a> {
    let place = match awaits_its_arguments(call, names) {
        true => Place::Expression { awaited: None },
        false => Place::Fixed("the function that gets the connect may not await it"),
    };
    Usage {
        entry: Entry::Argument,
        place,
        kept_in: None,
        awaited_by: None,
    }
}

fn assigned(slot: Slot<'_>) -> Option<&Name> {
    match slot {
        Slot::Assigned(name) => name,
        Slot::Item(name) => Some(name),
        _ => None,
    }
}

/// The variable that keeps a task in these expressions, the innermost last, or a collection that it goes into.
fn collected_in<'a>(outside: &[&'a Expr], slot: Slot<'a>) -> Option<&'a Name> {
    let (outermost, inner) = match outside {
        [] => return assigned(slot),
        [outermost, inner @ ..] => (*outermost, inner),
    };
    let are_kept = |parents: &[&Expr]| parents.iter().all(|parent| collects(parent));
    match outermost {
        Expr::Call(call) if are_kept(inner) => collection(call, &[]),
        _ if are_kept(outside) => assigned(slot),
        _ => None,
    }
}

/// The variable whose collection a call, which nothing is around of, puts its argument into: `tasks.append(…)`.
fn collection<'a>(call: &'a ExprCall, outside: &[&Expr]) -> Option<&'a Name> {
    let method = call
        .func
        .as_attribute_expr()
        .filter(|_| outside.is_empty() && grows(call))?;
    Some(&method.value.as_name_expr()?.id)
}

/// Whether a call puts its argument into a collection.
pub(in crate::python) fn grows(call: &ExprCall) -> bool {
    let grows = |name: &str| matches!(name, "append" | "appendleft" | "add" | "extend" | "insert");
    call.func.as_attribute_expr().is_some_and(|method| grows(&method.attr))
}

/// Whether `expr` does nothing with its elements but keep them.
pub(in crate::python) fn collects(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::List(_)
            | Expr::Tuple(_)
            | Expr::Set(_)
            | Expr::Dict(_)
            | Expr::ListComp(_)
            | Expr::SetComp(_)
            | Expr::DictComp(_)
    )
}

fn in_slot(slot: Slot<'_>) -> Usage<'_> {
    match slot {
        Slot::WithItem { index, is_async: true } => Usage {
            entry: Entry::AsyncWith,
            place: Place::WithItem { item: index },
            kept_in: None,
            awaited_by: None,
        },
        Slot::Iterable { is_async: true } => Usage::fixed(Entry::AsyncFor, EACH_ROUND),
        Slot::Assigned(kept_in) => Usage {
            kept_in,
            ..Usage::fixed(Entry::Stored, "the connect is kept and entered somewhere else")
        },
        Slot::Returned => Usage::fixed(Entry::Returned, "the connect is returned without having been awaited"),
        Slot::Bare => Usage::fixed(Entry::Stored, "the connect is never awaited"),
        Slot::WithItem { is_async: false, .. } => {
            Usage::fixed(Entry::Stored, "a plain `with` does not enter the connect")
        }
        Slot::Iterable { is_async: false } | Slot::Item(_) | Slot::Other => Usage::fixed(Entry::Stored, NOT_AWAITED),
    }
}

/// `stack.enter_async_context(…)`, `self.enterAsyncContext(…)` of a test: the call's outcome is what entering its argument gives.
pub(in crate::python) fn enters(call: &ExprCall) -> bool {
    let is_method = matches!(
        &*call.func,
        Expr::Attribute(method) if matches!(method.attr.as_str(), "enter_async_context" | "enterAsyncContext")
    );
    is_method && call.arguments.args.len() == 1 && call.arguments.keywords.is_empty()
}

/// Whether `expr` is what `call` calls.
pub(in crate::python) fn is_callee(call: &ExprCall, expr: &Expr) -> bool {
    call.func.range() == expr.range()
}

/// The `for … in` clauses of a comprehension.
pub(in crate::python) fn generators(expr: &Expr) -> &[Comprehension] {
    match expr {
        Expr::ListComp(list) => &list.generators,
        Expr::SetComp(set) => &set.generators,
        Expr::DictComp(dict) => &dict.generators,
        Expr::Generator(each) => &each.generators,
        _ => &[],
    }
}

fn iterated(generators: &[Comprehension], expr: &Expr) -> bool {
    generators
        .iter()
        .any(|generator| generator.is_async && generator.iter.range() == expr.range())
}
