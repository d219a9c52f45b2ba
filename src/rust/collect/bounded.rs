//! Whether a body puts a deadline around a future that its function is given, and what else it waits for.

use syn::visit::{self, Visit};
use syn::{Block, Expr, Item, Pat};

use crate::rust::collect::Collector;
use crate::rust::collect::deadlines::last_meant;
use crate::rust::collect::own_deadlines::{Bounding, Lasting, Own, is_deadline_method};
use crate::rust::collect::parameters::Parameter;
use crate::rust::names::last_name;
use crate::rust::names::macros::{self, Inside};
use crate::rust::names::{Name, plain};
use crate::sites::Bound;

/// What a function does to a future that it is given.
#[derive(Clone, Copy, Debug)]
pub(in crate::rust) enum Treated {
    /// It puts a deadline around it.
    Bounded {
        /// How long that is.
        lasting: Lasting,
        /// It is around the future itself, and not around something that may be made of it.
        is_direct: bool,
        /// It is awaited without the deadline, too.
        is_loose: bool,
        /// Nothing else is waited for.
        is_all: bool,
    },
    /// It awaits it, and no deadline is there.
    Awaited {
        /// How it is awaited.
        how: Awaiting,
        /// Nothing else is waited for.
        is_all: bool,
    },
}

/// How a function waits for a future that it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rust) enum Awaiting {
    /// To its end, while the function's own future is awaited.
    ToItsEnd,
    /// To its end, before the call is over: `runtime.block_on(future)`.
    InTheCall,
    /// Beside others, of which one may end the wait.
    Raced,
}

const DEEPEST: usize = 1;

/// Calls that wait by their names.
const WAITING: &[&str] = &[
    "block_on",
    "connect",
    "join",
    "park_timeout",
    "recv",
    "recv_timeout",
    "sleep",
    "wait",
];

/// What a block does to one of the parameters of its function.
pub(in crate::rust) fn block(
    collector: &Collector<'_>,
    block: &Block,
    future: &Parameter,
    parameters: &[Parameter],
) -> Option<Treated> {
    let mut bounded = Bounded::new(collector, future, parameters);
    bounded.visit_block(block);
    bounded.found()
}

/// The same of the body of a closure.
pub(in crate::rust) fn expression(
    collector: &Collector<'_>,
    body: &Expr,
    future: &Parameter,
    parameters: &[Parameter],
) -> Option<Treated> {
    let mut bounded = Bounded::new(collector, future, parameters);
    bounded.visit_expr(body);
    bounded.found()
}

/// Looks for a deadline around what has one of these names.
struct Bounded<'p, 'c, 'a> {
    collector: &'c Collector<'a>,
    parameters: &'p [Parameter],
    names: Vec<String>,
    by: Option<Lasting>,
    /// What has a deadline is the future itself.
    is_direct: bool,
    /// It is awaited without a deadline, too, and how.
    loose: Option<Awaiting>,
    /// What is visited is run before the call is over.
    in_the_call: bool,
    awaits: usize,
    /// Something else may wait.
    others: bool,
    /// So many blocks in each other are looked into for what they wait for.
    deeper: usize,
}

impl<'p, 'c, 'a> Bounded<'p, 'c, 'a> {
    fn new(collector: &'c Collector<'a>, future: &Parameter, parameters: &'p [Parameter]) -> Self {
        Self {
            collector,
            parameters,
            names: vec![future.name.clone()],
            by: None,
            is_direct: true,
            loose: None,
            in_the_call: false,
            awaits: 0,
            others: false,
            deeper: DEEPEST,
        }
    }

    fn found(self) -> Option<Treated> {
        let is_all = !self.others && self.awaits <= 1;
        let Some(by) = self.by else {
            return self.loose.map(|how| Treated::Awaited { how, is_all });
        };
        Some(Treated::Bounded {
            lasting: if self.loose.is_some() { Lasting::UNKNOWN } else { by },
            is_direct: self.is_direct,
            is_loose: self.loose.is_some(),
            is_all,
        })
    }

    fn has(&self, expr: &Expr) -> bool {
        use quote::ToTokens;
        macros::mentions(expr.to_token_stream(), &|word| {
            self.names.iter().any(|name| name == word)
        })
    }

    /// Whether an expression is the future itself, pinned or boxed or not, or a block that waits for it.
    fn is_it(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Path(path) => self.names.iter().any(|name| path.path.is_ident(name)),
            Expr::Paren(paren) => self.is_it(&paren.expr),
            Expr::Group(group) => self.is_it(&group.expr),
            Expr::Reference(reference) => self.is_it(&reference.expr),
            Expr::Async(block) => self.awaits_it(&block.block),
            Expr::Call(call) => {
                let is_around = matches!(&*call.func, Expr::Path(func)
                    if func.path.segments.last().is_some_and(|last| last.ident == "pin" || last.ident == "new"));
                // `make(url)` is what the closure gives.
                self.is_it(&call.func) || is_around && call.args.first().is_some_and(|first| self.is_it(first))
            }
            Expr::MethodCall(call) => {
                let is_same = matches!(
                    plain(&call.method).as_str(),
                    "as_mut" | "boxed" | "boxed_local" | "fuse" | "into_future" | "map" | "map_err" | "by_ref"
                );
                is_same && self.is_it(&call.receiver)
            }
            Expr::Macro(call) => match macros::inside(&call.mac) {
                Inside::Pinned(pinned) => pinned.first().is_some_and(|first| self.is_it(first)),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a block waits for it.
    fn awaits_it(&self, block: &Block) -> bool {
        let Some(deeper) = self.deeper.checked_sub(1) else {
            return false;
        };
        let mut inner = Self {
            collector: self.collector,
            parameters: self.parameters,
            names: self.names.clone(),
            by: None,
            is_direct: true,
            loose: None,
            in_the_call: false,
            awaits: 0,
            others: false,
            deeper,
        };
        inner.visit_block(block);
        inner.loose.is_some() || inner.by.is_some() && inner.is_direct
    }

    /// It is awaited without a deadline, on one way at least.
    fn loosely(&mut self, how: Awaiting) {
        let known = self.loose.get_or_insert(how);
        if *known != how {
            *known = Awaiting::Raced;
        }
    }

    /// `runtime.block_on(future)`, of the future itself or of a block that waits for it. Whether it is one of these.
    fn runs(&mut self, name: &str, given: Option<&Expr>) -> bool {
        let Some(given) = given.filter(|given| name == "block_on" && self.is_it(given)) else {
            return false;
        };
        if let Expr::Async(_) = given {
            let outer = std::mem::replace(&mut self.in_the_call, true);
            self.visit_expr(given);
            self.in_the_call = outer;
        } else {
            self.awaits += 1;
            self.loosely(Awaiting::InTheCall);
        }
        true
    }

    fn bound(&mut self, future: &Expr, lasting: Lasting) {
        self.is_direct &= self.is_it(future);
        match self.by {
            // Several ways, of which one is gone.
            Some(known) if known != lasting => self.by = Some(Lasting::UNKNOWN),
            _ => self.by = Some(lasting),
        }
    }

    fn limited(&mut self, future: &Expr, limit: Option<&Expr>) {
        let lasting = limit.map_or(Lasting::UNKNOWN, |limit| self.collector.lasting(limit, self.parameters));
        self.bound(future, lasting);
    }

    /// Futures that are polled side by side. Whether the one that is looked for is bounded by that.
    fn raced(&mut self, futures: &[&Expr]) -> bool {
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
    fn bounding_call(&mut self, call: &syn::ExprCall) -> bool {
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
                    self.limited(second, Some(first));
                    return true;
                }
                "timeout_at" | "with_deadline" if self.has(second) => {
                    self.limited(second, None);
                    return true;
                }
                name if is_deadline_method(name) && self.is_it(first) => {
                    self.limited(first, Some(second));
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
    fn bounding_method(&mut self, call: &syn::ExprMethodCall) -> bool {
        let method = plain(&call.method);
        let limit = call.args.first();
        if is_deadline_method(&method) && limit.is_some() && self.has(&call.receiver) {
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

    fn opened(&mut self, mac: &syn::Macro) {
        match macros::inside(mac) {
            Inside::Select(branches) => {
                let futures: Vec<&Expr> = branches.iter().filter_map(|branch| branch.future.as_ref()).collect();
                self.awaits += 1;
                let is_raced = self.raced(&futures);
                if !is_raced && futures.iter().any(|future| self.is_it(future)) {
                    self.loosely(Awaiting::Raced);
                }
                for branch in &branches {
                    self.visit_expr(&branch.handler);
                }
            }
            Inside::Arguments(values) | Inside::Join(values) => {
                values.iter().for_each(|value| self.visit_expr(value));
            }
            Inside::Statements(statements) | Inside::Bindings(statements) => {
                statements.iter().for_each(|stmt| self.visit_stmt(stmt));
            }
            Inside::Matched(value) => self.visit_expr(&value),
            Inside::Unknown(_) => self.others = true,
            Inside::Pinned(_) | Inside::Opaque => {}
        }
    }
}

impl<'ast> Visit<'ast> for Bounded<'_, '_, '_> {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Await(awaited) => {
                self.awaits += 1;
                // What a block awaits is visited in it.
                if !matches!(*awaited.base, Expr::Async(_)) && self.is_it(&awaited.base) {
                    self.loosely(match self.in_the_call {
                        true => Awaiting::InTheCall,
                        false => Awaiting::ToItsEnd,
                    });
                }
            }
            Expr::Loop(_) | Expr::While(_) | Expr::ForLoop(_) => self.others = true,
            _ => {}
        }
        visit::visit_expr(self, expr);
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let (Pat::Ident(name), Some(init)) = (&local.pat, &local.init)
            && self.is_it(&init.expr)
        {
            self.names.push(plain(&name.ident));
            return;
        }
        visit::visit_local(self, local);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        let name = match &*call.func {
            Expr::Path(func) => last_name(&func.path),
            _ => None,
        };
        let is_run = name.as_deref().is_some_and(|name| self.runs(name, call.args.first()));
        if !is_run && !self.bounding_call(call) {
            self.others |= name.is_some_and(|name| WAITING.contains(&name.as_str()));
            visit::visit_expr_call(self, call);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let method = plain(&call.method);
        if self.runs(&method, call.args.first()) {
            return self.visit_expr(&call.receiver);
        }
        if !self.bounding_method(call) {
            self.others |= WAITING.contains(&method.as_str());
            visit::visit_expr_method_call(self, call);
        }
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.opened(mac);
    }

    fn visit_item(&mut self, _: &'ast Item) {}
}
