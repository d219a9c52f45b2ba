//! What functions of event loops give of the awaitables that they get.

use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use super::binding::{Meaning, ScopeId};
use super::handed_back::given_awaitables;
use super::meaning::{MOST_ELEMENTS, awaited_meanings, each_of, last_name, reference};

/// What `wait_for(<this>, …)` and `shield(<this>)` wait for, and give the outcome of.
pub(super) fn passed_on(call: &ExprCall, scope: ScopeId) -> Option<&Expr> {
    let callee = reference(&call.func, scope)?;
    let passes_on = matches!(
        last_name(&callee),
        "wait_for" | "shield" | "create_task" | "ensure_future"
    );
    let waited = call.arguments.args.first().filter(|_| passes_on)?;
    matches!(waited, Expr::Call(_) | Expr::If(_) | Expr::Name(_) | Expr::Attribute(_)).then_some(waited)
}

/// What awaiting `inner`, a call, gives to who is given it to await.
pub(super) fn passed_by(inner: &Expr, scope: ScopeId) -> Option<Box<Meaning>> {
    let call = inner.as_call_expr().filter(|call| passed_on(call, scope).is_none())?;
    let callee = reference(&call.func, scope)?;
    Some(Box::new(Meaning::Awaited {
        callee,
        call: call.start().to_usize(),
        given: given_awaitables(call, scope),
    }))
}

/// What `loop.run_until_complete(<this>)` and `asyncio.run(<this>)` await.
pub(super) fn run(call: &ExprCall, scope: ScopeId) -> Option<&Expr> {
    let callee = reference(&call.func, scope)?;
    let runs = match last_name(&callee) {
        "run_until_complete" => true,
        "run" => callee.root == "asyncio" && callee.steps.len() == 1,
        _ => false,
    };
    let awaited = call.arguments.args.first().filter(|_| runs)?;
    awaited.is_call_expr().then_some(awaited)
}

/// What `gather(…)` gives: what each of those gives that it awaits.
pub(super) fn gathered(call: &ExprCall, scope: ScopeId) -> Option<Meaning> {
    let callee = reference(&call.func, scope)?;
    let all = &*call.arguments.args;
    let is_one = last_name(&callee) == "gather" && call.arguments.keywords.is_empty() && all.len() <= MOST_ELEMENTS;
    if !is_one {
        return None;
    }
    let awaited = |one: &Expr| {
        let mut meanings = awaited_meanings(one, scope);
        meanings.pop().filter(|_| meanings.is_empty())
    };
    if let [Expr::Starred(unpacked)] = all {
        let each = match &*unpacked.value {
            Expr::ListComp(list) => each_of(&list.elt, &list.generators, awaited),
            Expr::Generator(each) => each_of(&each.elt, &each.generators, awaited),
            _ => None,
        };
        return Some(Meaning::Each(Box::new(each?)));
    }
    let each = || all.iter().map(|one| awaited(one).unwrap_or(Meaning::Opaque));
    all.iter()
        .all(Expr::is_call_expr)
        .then(|| Meaning::Tuple(each().collect()))
}
