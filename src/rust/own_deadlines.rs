//! What functions of the file itself do with time: they put a deadline around a future that they are given, are over when a
//! timer is, or end the program after a while. Told from their bodies, before anything else is visited.

use foldhash::HashMap;

use syn::visit::{self, Visit};
use syn::{Block, Expr, Item, Pat, Signature, Stmt};

use super::durations;
use super::macros::{self, Inside};
use super::names::plain;
use crate::sites::Bound;

/// The functions of a file that do something with time.
#[derive(Debug, Default)]
pub(super) struct OwnDeadlines {
    /// By path in the file. Of methods, and of functions in functions, only the name is known.
    functions: HashMap<String, Own>,
    methods: HashMap<String, Own>,
}

/// What one function does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Own {
    /// It bounds the future that is its parameter at this index; a method's `self` does not count, and is [`Given::Receiver`].
    Bounds(Given, Bound),
    /// It is over when a timer is.
    Waits,
    /// It starts something that ends the program after so long.
    EndsProgram(Bound),
}

/// Which of the things that a function is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Given {
    Receiver,
    Argument(usize),
}

impl OwnDeadlines {
    /// Those of a file whose root module is called `root`.
    pub(super) fn of(file: &syn::File, root: &str) -> Self {
        let mut found = Self::default();
        found.items(root, &file.items);
        found
    }

    /// What the function at this path of the file does.
    pub(super) fn function(&self, path: &str) -> Option<Own> {
        self.functions.get(path).copied()
    }

    /// What methods of this name do.
    pub(super) fn method(&self, name: &str) -> Option<Own> {
        self.methods.get(name).copied()
    }

    fn items(&mut self, place: &str, items: &[Item]) {
        for item in items {
            match item {
                Item::Fn(item) => {
                    if let Some(own) = own(&item.sig, &item.block) {
                        self.functions
                            .insert(format!("{place}::{}", plain(&item.sig.ident)), own);
                    }
                }
                Item::Mod(module) => {
                    let items = module.content.as_ref().map(|(_, items)| items.as_slice());
                    self.items(&format!("{place}::{}", plain(&module.ident)), items.unwrap_or_default());
                }
                Item::Trait(item) => {
                    for item in &item.items {
                        if let syn::TraitItem::Fn(method) = item
                            && let Some(block) = &method.default
                        {
                            self.method_of(&method.sig, block);
                        }
                    }
                }
                Item::Impl(item) => {
                    for item in &item.items {
                        if let syn::ImplItem::Fn(method) = item {
                            self.method_of(&method.sig, &method.block);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn method_of(&mut self, signature: &Signature, block: &Block) {
        if let Some(own) = own(signature, block) {
            self.methods.insert(plain(&signature.ident), own);
        }
    }
}

/// What a function does with time, if anything.
fn own(signature: &Signature, block: &Block) -> Option<Own> {
    if let Some(bound) = block.stmts.iter().find_map(ends_program) {
        return Some(Own::EndsProgram(bound));
    }
    let mut index = 0;
    for input in &signature.inputs {
        let (name, given) = match input {
            // A future is taken as a whole.
            syn::FnArg::Receiver(receiver) if matches!(receiver.kind, syn::ReceiverKind::Reference(..)) => continue,
            syn::FnArg::Receiver(_) => ("self".to_owned(), Given::Receiver),
            syn::FnArg::Typed(typed) => {
                let given = Given::Argument(index);
                index += 1;
                match &*typed.pat {
                    Pat::Ident(ident) => (plain(&ident.ident), given),
                    _ => continue,
                }
            }
        };
        let mut bounded = Bounded { name: &name, by: None };
        bounded.visit_block(block);
        if let Some(bound) = bounded.by {
            return Some(Own::Bounds(given, bound));
        }
    }
    is_timer_alone(block).then_some(Own::Waits)
}

/// Looks for a deadline around what has this name.
struct Bounded<'n> {
    name: &'n str,
    by: Option<Bound>,
}

impl Bounded<'_> {
    fn has(&self, expr: &Expr) -> bool {
        use quote::ToTokens;
        macros::mentions(expr.to_token_stream(), &|word| word == self.name)
    }

    fn bound(&mut self, limit: Option<&Expr>) {
        let bound = limit.map_or(Bound::Unknown, |limit| durations::bound(limit, 1.0, &|_| None));
        self.by.get_or_insert(bound);
    }

    /// Futures that are polled side by side.
    fn raced(&mut self, futures: &[&Expr]) {
        for (index, future) in futures.iter().enumerate() {
            let mut others = futures.iter().enumerate().filter(|(other, _)| *other != index);
            if self.has(future) && others.any(|(_, other)| macros::mentions_timer(other)) {
                self.bound(None);
            }
        }
    }
}

impl<'ast> Visit<'ast> for Bounded<'_> {
    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Expr::Path(func) = &*call.func
            && let [first, second] = call.args.iter().collect::<Vec<_>>()[..]
        {
            let name = func.path.segments.last().map(|last| plain(&last.ident));
            match name.as_deref() {
                Some("timeout" | "with_timeout") if self.has(second) => self.bound(Some(first)),
                Some("timeout_at" | "with_deadline") if self.has(second) => self.bound(None),
                Some("or" | "race" | "select") => self.raced(&[first, second]),
                _ => {}
            }
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let limit = call.args.first();
        if is_deadline_method(&plain(&call.method)) && limit.is_some() && self.has(&call.receiver) {
            self.bound(limit);
        } else if let Some(other) = limit
            && (call.method == "or" || call.method == "race")
        {
            self.raced(&[&call.receiver, other]);
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        if let Inside::Select(branches) = macros::inside(mac) {
            let futures: Vec<&Expr> = branches.iter().filter_map(|branch| branch.future.as_ref()).collect();
            self.raced(&futures);
        }
    }

    fn visit_item(&mut self, _: &'ast Item) {}
}

/// Whether a method of this name, called on a future with an argument, is taken at its word: it bounds the future. (A
/// builder's `connection_timeout` is another name.)
pub(super) fn is_deadline_method(name: &str) -> bool {
    matches!(
        name,
        "timeout"
            | "with_timeout"
            | "timeout_at"
            | "with_timeout_at"
            | "with_deadline"
            | "timeout_after"
            | "or_timeout"
    )
}

/// Whether all that a body awaits are timers.
fn is_timer_alone(block: &Block) -> bool {
    let mut awaits = Awaits::default();
    awaits.visit_block(block);
    awaits.timers > 0 && awaits.others == 0
}

#[derive(Default)]
struct Awaits {
    timers: usize,
    others: usize,
}

impl<'ast> Visit<'ast> for Awaits {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Await(awaited) if macros::calls_timer(&awaited.base) => self.timers += 1,
            Expr::Await(_) => self.others += 1,
            // How often it waits, and whether something else does, is not looked at.
            Expr::Loop(_) | Expr::While(_) | Expr::ForLoop(_) | Expr::Macro(_) => self.others += 1,
            _ => {}
        }
        visit::visit_expr(self, expr);
    }

    fn visit_item(&mut self, _: &'ast Item) {}
}

/// How long after a statement the program ends, if it starts a thread (or a task) for that: `thread::spawn(|| { sleep(d);
/// exit(1) })`.
pub(super) fn ends_program(stmt: &Stmt) -> Option<Bound> {
    let expr = match stmt {
        Stmt::Expr(expr, _) => expr,
        Stmt::Local(local) => &local.init.as_ref()?.expr,
        _ => return None,
    };
    let body = spawned(expr)?;
    let mut watchdog = Watchdog::default();
    watchdog.visit_expr(body);
    let bound = match watchdog.sleeps.as_slice() {
        [only] if !watchdog.repeats => *only,
        _ => Bound::Unknown,
    };
    watchdog.exits.then_some(bound)
}

/// The body of the closure that a thread is started with.
fn spawned(expr: &Expr) -> Option<&Expr> {
    let mut at = expr;
    loop {
        let (name, arguments, receiver) = match at {
            Expr::Call(call) => {
                let Expr::Path(func) = &*call.func else { return None };
                (plain(&func.path.segments.last()?.ident), &call.args, None)
            }
            Expr::MethodCall(call) => (plain(&call.method), &call.args, Some(&*call.receiver)),
            _ => return None,
        };
        if name == "spawn"
            && let Some(Expr::Closure(closure)) = arguments.first()
        {
            return Some(&closure.body);
        }
        match (name.as_str(), receiver) {
            ("unwrap" | "expect", Some(receiver)) => at = receiver,
            _ => return None,
        }
    }
}

#[derive(Default)]
struct Watchdog {
    sleeps: Vec<Bound>,
    repeats: bool,
    /// Behind a sleep the program ends.
    exits: bool,
}

impl Watchdog {
    fn called(&mut self, name: &str, limit: Option<&Expr>) {
        match name {
            "sleep" | "park_timeout" | "recv_timeout" | "wait_timeout" => {
                let bound = limit.map_or(Bound::Unknown, |limit| durations::bound(limit, 1.0, &|_| None));
                self.sleeps.push(bound);
            }
            "exit" | "abort" => self.exits |= !self.sleeps.is_empty(),
            _ => {}
        }
    }
}

impl<'ast> Visit<'ast> for Watchdog {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        self.repeats |= matches!(expr, Expr::Loop(_) | Expr::While(_) | Expr::ForLoop(_));
        visit::visit_expr(self, expr);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        visit::visit_expr_call(self, call);
        if let Expr::Path(func) = &*call.func
            && let Some(last) = func.path.segments.last()
        {
            self.called(&plain(&last.ident), call.args.first());
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        visit::visit_expr_method_call(self, call);
        self.called(&plain(&call.method), call.args.first());
    }

    fn visit_item(&mut self, _: &'ast Item) {}
}
