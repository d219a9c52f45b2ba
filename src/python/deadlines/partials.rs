//! Functions that set a deadline and are called by another name, which has their limit already: `soon = partial(asyncio.timeout, 3)`,
//! `soon = lambda awaited: asyncio.wait_for(awaited, 3)`.

use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use super::waiters::Waiter;
use super::{deadline, find};
use crate::python::values::variables::Variables;
use crate::sites::{Bound, Deadline};

/// The deadline that entering what `call` gives sets, where its function is a partial one.
pub(super) fn entered(call: &ExprCall, variables: &dyn Variables) -> Option<Deadline> {
    let partial = partial(call, variables)?;
    let [function, given @ ..] = &*partial.arguments.args else {
        return None;
    };
    let path = variables.names().resolve(function)?;
    let manager = find(path)?;
    let keywords = [&call.arguments, &partial.arguments].map(|arguments| arguments.find_keyword(manager.limit));
    let named = keywords.into_iter().flatten().map(|keyword| &keyword.value).next();
    let by_place = given.first().or(call.arguments.args.first());
    let limit = named.or(by_place.filter(|_| !manager.keyword_only));
    let bound = limit.map_or(Bound::Unknown, |limit| manager.unit.bound(limit, variables));
    Some(deadline(call.range(), path.to_owned(), bound))
}

/// The deadline of a call that awaits its argument and gives up, where its function is a partial one or a lambda. `covered` is a place
/// in the argument.
pub(super) fn bounding(call: &ExprCall, covered: &Expr, variables: &dyn Variables) -> Option<Deadline> {
    let given = call
        .arguments
        .args
        .iter()
        .position(|given| given.range().contains_range(covered.range()))?;
    let names = variables.names();
    let (waiter, limit) = match variables.only_value(&call.func)? {
        Expr::Lambda(lambda) => {
            let inner = lambda.body.as_call_expr()?;
            let waiter = Waiter::of(names.resolve(&inner.func)?)?;
            let awaited = waiter.awaited(&inner.arguments)?.as_name_expr()?;
            let parameter = lambda.parameters.as_ref()?.iter_non_variadic_params().nth(given)?;
            (parameter.name().id == awaited.id).then_some((waiter, waiter.limit(&inner.arguments)))?
        }
        _ => {
            let partial = partial(call, variables)?;
            let [function] = &*partial.arguments.args else {
                return None;
            };
            let waiter = Waiter::of(names.resolve(function)?)?;
            let limits = [&call.arguments, &partial.arguments].map(|arguments| waiter.limit(arguments));
            let awaited = waiter.awaited(&call.arguments)?;
            let is_it = awaited.range().contains_range(covered.range());
            is_it.then_some((waiter, limits.into_iter().flatten().next()))?
        }
    };
    waiter.deadline(call, limit, variables)
}

/// The call of `functools.partial` that made the function of a call, where nothing else did.
fn partial<'e>(call: &ExprCall, variables: &'e dyn Variables) -> Option<&'e ExprCall> {
    let made = variables.only_value(&call.func)?.as_call_expr()?;
    (variables.names().resolve(&made.func) == Some("functools.partial")).then_some(made)
}
