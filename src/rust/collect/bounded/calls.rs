//! The calls that put a deadline around the future: those of libraries, races with a timer, and functions of the project.

use syn::Expr;

use super::{Awaiting, Bounded};
use crate::rust::collect::deadlines::last_meant;
use crate::rust::collect::own_deadlines::{Bounding, Lasting, Own, is_deadline_method};
use crate::rust::names::{Name, plain};
use crate::sites::Bound;

impl Bounded<'_, '_, '_> {
    fn bound(&mut self, future: &Expr, lasting: Lasting) {
        self.is_direct &= self.is_it(future);
        match self.by {
            // Several ways, of which one is gone.
            Some(known) if known != lasting => self.by = Some(Lasting::UNKNOWN),
            _ => self.by = Some(lasting),
        }
    }

    fn limited(&mut self, future: &Expr, limit: &Expr) {
        self.bound(future, self.collector.lasting(limit, self.parameters));
    }

    /// Futures that are polled side by side. Whether the one that is looked for is bounded by that.
    pub(super) fn raced(&mut self, futures: &[&Expr]) -> bool {
        let has_timer = futures
            .iter()
            .any(|future| !self.has(future) && self.collector.ends_race(future));
        let raced = futures.iter().find(|future| self.has(future)).filter(|_| has_timer);
        if let Some(future) = raced {
            self.bound(future, Lasting::UNKNOWN);
        }
        raced.is_some()
    }

    /// What another function of the project does to it that it is given to: `given` are all of that function's arguments.
    fn by_other(&mut self, own: Option<Own>, given: &[&Expr]) -> bool {
        let Some(Own::Bounds(Bounding {
            future,
            lasting,
            is_direct,
            is_loose,
            is_all,
            ..
        })) = own
        else {
            return false;
        };
        let Some(future) = given.get(future).filter(|future| self.has(future)) else {
            return false;
        };
        self.others |= !is_all;
        self.is_direct &= is_direct;
        if is_loose {
            self.loosely(Awaiting::Raced);
        }
        match lasting {
            Lasting::Is(_) => self.bound(future, lasting),
            Lasting::Times { argument, factor } => {
                let of = given
                    .get(argument)
                    .map_or(Lasting::UNKNOWN, |limit| self.collector.lasting(limit, self.parameters));
                let of = match of {
                    Lasting::Is(Bound::Seconds(seconds)) => Lasting::Is(Bound::Seconds(seconds * factor)),
                    Lasting::Times {
                        argument,
                        factor: inner,
                    } => Lasting::Times {
                        argument,
                        factor: inner * factor,
                    },
                    Lasting::Is(other) => Lasting::Is(other),
                };
                self.bound(future, of);
            }
        }
        true
    }

    /// Whether a call puts a deadline around it.
    pub(super) fn bounding_call(&mut self, call: &syn::ExprCall) -> bool {
        let Expr::Path(func) = &*call.func else { return false };
        let given: Vec<&Expr> = call.args.iter().collect();
        let callee = self.collector.resolve(&func.path);
        if let [first, second] = given[..]
            && let Some(last) = func.path.segments.last()
        {
            let (written, resolved) = (
                plain(&last.ident),
                match &callee {
                    Name::Extern(path) => Some(path.as_str()),
                    _ => None,
                },
            );
            match last_meant(resolved, &written) {
                "timeout" | "with_timeout" if self.has(second) => {
                    self.limited(second, first);
                    return true;
                }
                "timeout_at" | "with_deadline" if self.has(second) => {
                    self.bound(second, self.collector.lasting_until(first, self.parameters));
                    return true;
                }
                name if is_deadline_method(name) && self.is_it(first) => {
                    self.limited(first, second);
                    return true;
                }
                "or" | "race" | "select" if self.raced(&[first, second]) => return true,
                _ => {}
            }
        }
        let own = self.collector.own_of(&callee);
        self.by_other(own, &given)
    }

    /// The same of a method.
    pub(super) fn bounding_method(&mut self, call: &syn::ExprMethodCall) -> bool {
        let method = plain(&call.method);
        let limit = call.args.first();
        if let Some(limit) = limit
            && is_deadline_method(&method)
            && self.has(&call.receiver)
        {
            self.limited(&call.receiver, limit);
            return true;
        }
        if let Some(other) = limit
            && matches!(method.as_str(), "or" | "race")
            && self.raced(&[&call.receiver, other])
        {
            return true;
        }
        let own = self.collector.own_of_method(&call.receiver, &method);
        let given: Vec<&Expr> = std::iter::once(&*call.receiver).chain(&call.args).collect();
        let is_method = matches!(own, Some(Own::Bounds(Bounding { is_method: true, .. })));
        self.by_other(own.filter(|_| is_method), &given)
    }
}
