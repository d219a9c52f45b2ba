//! What a function does with time by its body.

use syn::{Block, Expr, Item, ReturnType, Signature, Stmt};

use super::{Bounding, Lasting, Own};
use crate::rust::collect::Collector;
use crate::rust::collect::bounded::{self, Treated};
use crate::rust::collect::parameters::{Parameter, parameter_of, parameters_of};
use crate::rust::collect::timers::Ends;
use crate::rust::collect::watchdogs;
use crate::rust::names::durations;
use crate::sites::Bound;

impl Collector<'_> {
    /// What a function with this body does with time, if anything; what is imported in it is in sight.
    pub(super) fn own_of_body(&mut self, signature: &Signature, block: &Block) -> Option<Own> {
        self.declared.own.cancels |= block.stmts.iter().any(watchdogs::cancels);
        let items = || {
            block.stmts.iter().filter_map(|stmt| match stmt {
                Stmt::Item(item) => Some(item),
                _ => None,
            })
        };
        if !items().any(|item| matches!(item, Item::Use(_))) {
            return self.own_of_visible(signature, block);
        }
        let entered = self.names.enter_block(items());
        let own = self.own_of_visible(signature, block);
        self.names.leave(entered);
        own
    }

    fn own_of_visible(&self, signature: &Signature, block: &Block) -> Option<Own> {
        let parameters = parameters_of(signature);
        let length = |expr: &Expr| self.lasting(expr, &parameters);
        // A guard that stays here goes with the function.
        let gives = |stmt: &Stmt| matches!(stmt, Stmt::Expr(_, None));
        let endings = block.stmts.iter().filter_map(|stmt| {
            let ending = watchdogs::ends_program(stmt, &length)?;
            (!ending.is_guarded || gives(stmt)).then_some(ending)
        });
        if let Some(ending) = endings.into_iter().next() {
            return Some(Own::EndsProgram(ending));
        }
        let is_method = signature.receiver().is_some();
        let looked_at = |future: &Parameter| bounded::block(self, block, future, &parameters);
        of_parameters(&parameters, is_method, looked_at).or_else(|| self.own_end(signature, block))
    }

    /// Whether a function is over when a timer is, or when something else is.
    fn own_end(&self, signature: &Signature, block: &Block) -> Option<Own> {
        let ends = match (&signature.asyncness, &signature.output, block.stmts.as_slice()) {
            (Some(_), ..) => self.ends_of(block),
            // What gives a future on.
            (None, ReturnType::Type(..), [Stmt::Expr(given, None)]) => match self.is_timer(given)? {
                true => Ends::ByTimers,
                false => Ends::ByOthers,
            },
            _ => return None,
        };
        match ends {
            Ends::ByTimers => Some(Own::Waits),
            Ends::ByOthers => Some(Own::WaitsForOther),
            Ends::Unknown => None,
        }
    }

    /// What a closure does with time.
    pub(in crate::rust) fn own_of_closure(&self, closure: &syn::ExprClosure) -> Option<Own> {
        let parameters: Vec<Parameter> = closure.inputs.iter().enumerate().filter_map(parameter_of).collect();
        let looked_at = |future: &Parameter| bounded::expression(self, &closure.body, future, &parameters);
        of_parameters(&parameters, false, looked_at)
    }

    /// How long something lasts in a function with these parameters.
    pub(in crate::rust) fn lasting(&self, limit: &Expr, parameters: &[Parameter]) -> Lasting {
        self.lasting_by(parameters, &|named| durations::bound(limit, 1.0, named))
    }

    /// The same of what lasts until a moment that is reckoned from now on.
    pub(in crate::rust) fn lasting_until(&self, moment: &Expr, parameters: &[Parameter]) -> Lasting {
        self.lasting_by(parameters, &|named| durations::until(moment, named, &|_| None))
    }

    fn lasting_by(&self, parameters: &[Parameter], length: &dyn Fn(Named<'_>) -> Bound) -> Lasting {
        let with = |of: &Parameter, seconds: f64| {
            length(&|path| match path.is_ident(&of.name) {
                true => Some(Bound::Seconds(seconds)),
                false => self.named_duration(path),
            })
        };
        for parameter in parameters {
            // What grows with it is a multiple of it.
            if let (Bound::Seconds(once), Bound::Seconds(twice)) = (with(parameter, 1.0), with(parameter, 2.0))
                && once > 0.0
                && (twice - 2.0 * once).abs() < 1e-9
            {
                return Lasting::Times {
                    argument: parameter.index,
                    factor: once,
                };
            }
        }
        let is_given = |path: &syn::Path| parameters.iter().any(|parameter| path.is_ident(&parameter.name));
        Lasting::Is(length(&|path| match is_given(path) {
            true => None,
            false => self.named_duration(path),
        }))
    }
}

/// Answers for the length that a name has.
type Named<'n> = &'n dyn Fn(&syn::Path) -> Option<Bound>;

/// What is done to the first of these parameters that is bounded, or else awaited.
fn of_parameters(
    parameters: &[Parameter],
    is_method: bool,
    looked_at: impl Fn(&Parameter) -> Option<Treated>,
) -> Option<Own> {
    let mut awaited = None;
    for parameter in parameters.iter().filter(|parameter| parameter.may_be_future) {
        let future = parameter.index;
        match looked_at(parameter) {
            Some(Treated::Bounded {
                lasting,
                is_direct,
                is_loose,
                is_all,
            }) => {
                return Some(Own::Bounds(Bounding {
                    future,
                    is_method,
                    lasting,
                    is_direct,
                    is_loose,
                    is_all,
                }));
            }
            Some(Treated::Awaited { how, is_all }) => {
                awaited.get_or_insert(Own::Awaits {
                    future,
                    is_method,
                    how,
                    is_all,
                });
            }
            None => {}
        }
    }
    awaited
}
