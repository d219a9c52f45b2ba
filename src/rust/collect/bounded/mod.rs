//! Whether a body puts a deadline around a future that its function is given, and what else it waits for.

mod calls;
mod itself;

use syn::visit::{self, Visit};
use syn::{Block, Expr, Item, Pat};

use crate::rust::collect::Collector;
use crate::rust::collect::own_deadlines::Lasting;
use crate::rust::collect::parameters::Parameter;
use crate::rust::names::last_name;
use crate::rust::names::macros::{self, Inside};
use crate::rust::names::plain;

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
    let mut bounded = Bounded::new(collector, vec![future.name.clone()], parameters);
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
    let mut bounded = Bounded::new(collector, vec![future.name.clone()], parameters);
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
    fn new(collector: &'c Collector<'a>, names: Vec<String>, parameters: &'p [Parameter]) -> Self {
        Self {
            collector,
            parameters,
            names,
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

    fn opened(&mut self, mac: &syn::Macro) {
        match &*macros::inside(mac) {
            Inside::Select(branches) => {
                let futures: Vec<&Expr> = branches.iter().filter_map(|branch| branch.future.as_ref()).collect();
                self.awaits += 1;
                let is_raced = self.raced(&futures);
                if !is_raced && futures.iter().any(|future| self.is_it(future)) {
                    self.loosely(Awaiting::Raced);
                }
                for branch in branches {
                    self.visit_expr(&branch.handler);
                }
            }
            Inside::Arguments(values) | Inside::Join(values) => {
                values.iter().for_each(|value| self.visit_expr(value));
            }
            Inside::Statements(statements) | Inside::Bindings(statements) => {
                statements.iter().for_each(|stmt| self.visit_stmt(stmt));
            }
            Inside::Matched(value) => self.visit_expr(value),
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
        if self.runs(&method, call.args.last()) {
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
