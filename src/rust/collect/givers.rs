//! Who gives the signals of a function: told from its text before it is visited.

use foldhash::{HashMap, HashSet};
use syn::visit::{self, Visit};
use syn::{Block, Expr, Pat};

use crate::rust::collect::course::FARTHEST;
use crate::rust::collect::let_go::LetGo;
use crate::rust::names::macros::{self, Inside};
use crate::rust::names::{last_name, plain};

/// Methods that give a signal, or let go of what would.
const GIVING: &[&str] = &[
    "blocking_send",
    "cancel",
    "close",
    "notify_last",
    "notify_one",
    "notify_waiters",
    "send",
    "send_if_modified",
    "send_modify",
    "send_replace",
    "try_send",
];

/// So many arguments of calls are looked at in one function.
const MOST_HANDED: usize = 256;

/// The variables of a function that a signal is given by, and what else they are called.
#[derive(Default)]
pub(in crate::rust) struct Givers {
    pub(super) names: HashSet<String>,
    /// `let stopper = stop.clone();`
    aliases: HashMap<String, String>,
    /// What functions are given: which one, at which index, and what.
    pub(super) handed: Vec<(syn::Path, usize, String)>,
    /// What it lets go of.
    pub(in crate::rust) gone: LetGo,
}

impl Givers {
    pub(in crate::rust) fn of(block: &Block) -> Self {
        let mut givers = Self {
            gone: LetGo::of(block),
            ..Self::default()
        };
        givers.visit_block(block);
        let of_aliases = givers.names.iter().filter_map(|name| givers.aliases.get(name).cloned());
        let of_aliases: Vec<String> = of_aliases.collect();
        givers.names.extend(of_aliases);
        givers
    }
}

impl<'ast> Visit<'ast> for Givers {
    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let (Pat::Ident(name), Some(init)) = (&local.pat, &local.init)
            && let Some(of) = root(&init.expr).and_then(syn::Path::get_ident)
        {
            self.aliases.insert(plain(&name.ident), plain(of));
        }
        visit::visit_local(self, local);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if GIVING.contains(&plain(&call.method).as_str())
            && let Some(of) = root(&call.receiver).and_then(syn::Path::get_ident)
        {
            self.names.insert(plain(of));
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        let is_drop = matches!(&*call.func, Expr::Path(func)
            if func.path.segments.last().is_some_and(|last| last.ident == "drop"));
        if let (true, Some(Expr::Path(of))) = (is_drop, call.args.first())
            && let Some(of) = of.path.get_ident()
        {
            self.names.insert(plain(of));
        }
        if let Expr::Path(func) = &*call.func {
            let names = call.args.iter().map(|given| root(given).and_then(syn::Path::get_ident));
            let names = names.enumerate().filter_map(|(index, name)| Some((index, name?)));
            let handed = names.map(|(index, name)| (func.path.clone(), index, plain(name)));
            self.handed
                .extend(handed.take(MOST_HANDED.saturating_sub(self.handed.len())));
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        match macros::inside(mac) {
            Inside::Arguments(values) | Inside::Join(values) => values.iter().for_each(|value| self.visit_expr(value)),
            Inside::Select(branches) => {
                for branch in &branches {
                    branch.future.iter().for_each(|future| self.visit_expr(future));
                    self.visit_expr(&branch.handler);
                }
            }
            _ => {}
        }
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

/// The variable at the root of an expression, whatever methods are called on it and whatever points to it.
pub(super) fn root(expr: &Expr) -> Option<&syn::Path> {
    let mut at = expr;
    for _ in 0..FARTHEST {
        at = match at {
            Expr::Path(path) => return Some(&path.path),
            Expr::Paren(paren) => &paren.expr,
            Expr::Group(group) => &group.expr,
            Expr::Reference(reference) => &reference.expr,
            Expr::Unary(unary) => &unary.expr,
            Expr::Await(awaited) => &awaited.base,
            Expr::MethodCall(call) => &call.receiver,
            Expr::Call(call) => {
                let Expr::Path(func) = &*call.func else { return None };
                let is_same = matches!(last_name(&func.path)?.as_str(), "clone" | "pin");
                call.args.first().filter(|_| is_same)?
            }
            _ => return None,
        };
    }
    None
}
