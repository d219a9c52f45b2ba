//! Who gives the signals of a function: told from its text before it is visited.

use foldhash::{HashMap, HashSet};
use syn::visit::{self, Visit};
use syn::{Block, Expr, Pat};

use crate::rust::collect::course::FARTHEST;
use crate::rust::collect::let_go::LetGo;
use crate::rust::collect::watchdogs;
use crate::rust::names::macros::{self, Inside};
use crate::rust::names::{last_name, plain};

/// Methods that give a signal, or let go of what would.
const GIVING: &[&str] = &[
    "abort",
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
    /// Those by which a task or a thread gives one after a while.
    pub(super) later: HashSet<String>,
    /// `let (handle, registration) = AbortHandle::new_pair();`
    handles: HashMap<String, String>,
    /// `let stopper = stop.clone();`
    aliases: HashMap<String, String>,
    /// What functions are given: which one, at which index, and what.
    pub(super) handed: Vec<(syn::Path, usize, String)>,
    /// The methods that it calls, and on which variables.
    pub(super) calls: Vec<(String, String)>,
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
        let Self { aliases, .. } = &givers;
        let of_aliases = |names: &HashSet<String>| -> Vec<String> {
            names.iter().filter_map(|name| aliases.get(name).cloned()).collect()
        };
        let (names, later) = (of_aliases(&givers.names), of_aliases(&givers.later));
        givers.names.extend(names);
        givers.later.extend(later);
        givers
    }

    /// Whether somebody may end the future that is given this registration.
    pub(super) fn may_abort(&self, registration: &str) -> bool {
        let handle = self.handles.get(registration);
        handle.is_some_and(|handle| self.names.contains(handle))
    }
}

impl<'ast> Visit<'ast> for Givers {
    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let (Pat::Ident(name), Some(init)) = (&local.pat, &local.init)
            && let Some(of) = root(&init.expr).and_then(syn::Path::get_ident)
        {
            self.aliases.insert(plain(&name.ident), plain(of));
        }
        if let (Pat::Tuple(pair), Some(init)) = (&local.pat, &local.init)
            && let [Pat::Ident(handle), Pat::Ident(registration)] = pair.elems.iter().collect::<Vec<_>>()[..]
            && matches!(&*init.expr, Expr::Call(call) if called(call).as_deref() == Some("new_pair"))
        {
            self.handles.insert(plain(&registration.ident), plain(&handle.ident));
        }
        visit::visit_local(self, local);
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        if matches!(expr, Expr::Call(_) | Expr::MethodCall(_)) {
            self.later.extend(watchdogs::told_later(expr));
        }
        visit::visit_expr(self, expr);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.names.extend(told_by(call));
        if is_giving(&plain(&call.method)) {
            // A sender that is sent is used by whom it comes to.
            let mut sent = Named::default();
            call.args.iter().for_each(|sent_on| sent.visit_expr(sent_on));
            self.names.extend(sent.0);
        } else if let Some(of) = root(&call.receiver).and_then(syn::Path::get_ident)
            && self.calls.len() < MOST_HANDED
        {
            self.calls.push((plain(of), plain(&call.method)));
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        self.names.extend(dropped_by(call));
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
        match &*macros::inside(mac) {
            Inside::Arguments(values) | Inside::Join(values) => values.iter().for_each(|value| self.visit_expr(value)),
            Inside::Select(branches) => {
                for branch in branches {
                    branch.future.iter().for_each(|future| self.visit_expr(future));
                    self.visit_expr(&branch.handler);
                }
            }
            _ => {}
        }
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

/// Whether a method of this name gives a signal, on whatever it is called.
pub(super) fn is_giving(method: &str) -> bool {
    GIVING.contains(&method) && !matches!(method, "abort" | "close")
}

/// The names in what is visited.
#[derive(Default)]
struct Named(HashSet<String>);

impl<'ast> Visit<'ast> for Named {
    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        self.0.extend(path.path.get_ident().map(plain));
    }
}

/// The variable by which a method tells others something: `tx.send(x)`, `token.cancel()`.
pub(super) fn told_by(call: &syn::ExprMethodCall) -> Option<String> {
    let of = root(&call.receiver).and_then(syn::Path::get_ident);
    of.filter(|_| GIVING.contains(&plain(&call.method).as_str())).map(plain)
}

/// The variable that a call lets go of: `drop(tx)`.
pub(super) fn dropped_by(call: &syn::ExprCall) -> Option<String> {
    let given = call.args.first().filter(|_| called(call).as_deref() == Some("drop"))?;
    match given {
        Expr::Path(of) => of.path.get_ident().map(plain),
        _ => None,
    }
}

/// The last name of the function that is called.
fn called(call: &syn::ExprCall) -> Option<String> {
    match &*call.func {
        Expr::Path(func) => last_name(&func.path),
        _ => None,
    }
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
