//! Threads (and tasks) that end the program after a while: `thread::spawn(|| { sleep(d); exit(1) })`.

use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Expr, Item, Pat, Stmt};

use crate::rust::collect::givers::{dropped_by, told_by};
use crate::rust::collect::own_deadlines::Lasting;
use crate::rust::names::{last_name, macros, plain};

/// What ends the program after a while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::rust) struct Ending {
    pub(in crate::rust) lasting: Lasting,
    /// It is a task: where one thread runs all tasks, it never gets its turn while something blocks that.
    pub(in crate::rust) in_task: bool,
    /// Something else has its handle, which may call it off when it goes.
    pub(in crate::rust) is_guarded: bool,
}

/// What a statement starts.
pub(in crate::rust) struct Started<'e> {
    /// The call that starts it.
    pub(in crate::rust) by: &'e Expr,
    /// What that gives is put into something else: `.into()`, `Guard(…)`, `Guard::new(…)`.
    pub(in crate::rust) is_guarded: bool,
    /// A variable keeps it, or whoever gets what the block gives.
    pub(in crate::rust) is_kept: bool,
}

/// What a statement starts that may be a watchdog; nothing where a guard of it goes at once.
pub(in crate::rust) fn started(stmt: &Stmt) -> Option<Started<'_>> {
    let (mut at, is_kept) = match stmt {
        Stmt::Expr(expr, semicolon) => (expr, semicolon.is_none()),
        Stmt::Local(local) => (&*local.init.as_ref()?.expr, name_of(local).is_some()),
        _ => return None,
    };
    let mut is_guarded = false;
    while let Some(inner) = guarded(at).filter(|_| is_kept) {
        (at, is_guarded) = (inner, true);
    }
    Some(Started {
        by: at,
        is_guarded,
        is_kept,
    })
}

/// What a guard is made of: `watchdog.into()`, `Guard(watchdog)`, `Guard::new(watchdog)`.
fn guarded(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::MethodCall(call) => (call.method == "into").then_some(&*call.receiver),
        Expr::Call(call) if call.args.len() == 1 => {
            let Expr::Path(func) = &*call.func else { return None };
            let name = last_name(&func.path)?;
            let makes = name.starts_with(char::is_uppercase) || matches!(name.as_str(), "new" | "from");
            call.args.first().filter(|_| makes)
        }
        _ => None,
    }
}

/// The variable that a statement declares.
fn name_of(local: &syn::Local) -> Option<&syn::Ident> {
    let pat = match &local.pat {
        Pat::Type(typed) => &*typed.pat,
        pat => pat,
    };
    match pat {
        Pat::Ident(name) => Some(&name.ident),
        _ => None,
    }
}

/// Whether what a statement starts is ended, or its guard let go of, by a statement that others wait behind.
pub(in crate::rust) fn is_called_off(stmt: &Stmt, is_guarded: bool, behind: &[Stmt]) -> bool {
    let name = match stmt {
        Stmt::Local(local) => name_of(local).map(plain),
        _ => None,
    };
    let Some(name) = name else { return false };
    let ends = |stmt: &Stmt| match stmt {
        Stmt::Expr(Expr::MethodCall(call), _) => call.method == "abort" && told_by(call).as_deref() == Some(&*name),
        Stmt::Expr(Expr::Call(call), _) => is_guarded && dropped_by(call).as_deref() == Some(&*name),
        _ => false,
    };
    let last = behind.iter().position(ends);
    let rest = last.and_then(|at| behind.get(at + 1..)).unwrap_or_default();
    rest.iter()
        .any(|stmt| macros::mentions(stmt.to_token_stream(), &|word| word == "await"))
}

/// What a statement starts that ends the program after a while; `length` says how long a sleep is.
pub(in crate::rust) fn ends_program(stmt: &Stmt, length: &dyn Fn(&Expr) -> Lasting) -> Option<Ending> {
    let Started { by, is_guarded, .. } = started(stmt)?;
    let body = spawned(by)?;
    let watchdog = Watchdog::of(body, length);
    let lasting = match watchdog.sleeps.as_slice() {
        [only] if !watchdog.repeats => *only,
        _ => Lasting::UNKNOWN,
    };
    watchdog.exits.then_some(Ending {
        lasting,
        in_task: matches!(body, Expr::Async(_)),
        is_guarded,
    })
}

/// Whether a statement starts something that cancels a token after a while: whoever waits beside that token is let go.
pub(in crate::rust) fn cancels(stmt: &Stmt) -> bool {
    let expr = match stmt {
        Stmt::Expr(expr, _) => Some(expr),
        Stmt::Local(local) => local.init.as_ref().map(|init| &*init.expr),
        _ => None,
    };
    let body = expr.and_then(spawned);
    body.is_some_and(|body| Watchdog::of(body, &|_| Lasting::UNKNOWN).cancels)
}

/// The variables by which something that a call starts tells others after a while: it sends, cancels, aborts or lets go.
pub(in crate::rust) fn told_later(call: &Expr) -> Vec<String> {
    let watchdog = spawned(call).map(|body| Watchdog::of(body, &|_| Lasting::UNKNOWN));
    let tells = watchdog.filter(|watchdog| !watchdog.repeats);
    tells.map(|watchdog| watchdog.told).unwrap_or_default()
}

/// The body of the closure that a thread is started with, or the block that a task is.
fn spawned(expr: &Expr) -> Option<&Expr> {
    let mut at = expr;
    loop {
        let (name, arguments, receiver) = match at {
            Expr::Call(call) => {
                let Expr::Path(func) = &*call.func else { return None };
                (last_name(&func.path)?, &call.args, None)
            }
            Expr::MethodCall(call) => (plain(&call.method), &call.args, Some(&*call.receiver)),
            _ => return None,
        };
        if name == "spawn"
            && let Some(first) = arguments.first()
        {
            return match first {
                Expr::Closure(closure) => Some(&closure.body),
                Expr::Async(_) => Some(first),
                _ => None,
            };
        }
        match (name.as_str(), receiver) {
            ("unwrap" | "expect", Some(receiver)) => at = receiver,
            _ => return None,
        }
    }
}

struct Watchdog<'l> {
    /// How long a sleep takes.
    length: &'l dyn Fn(&Expr) -> Lasting,
    sleeps: Vec<Lasting>,
    repeats: bool,
    /// Behind a sleep the program ends.
    exits: bool,
    /// Behind a sleep something is cancelled.
    cancels: bool,
    /// What something is told by behind a sleep.
    told: Vec<String>,
}

impl<'l> Watchdog<'l> {
    fn of(body: &Expr, length: &'l dyn Fn(&Expr) -> Lasting) -> Self {
        let mut watchdog = Self {
            length,
            sleeps: Vec::new(),
            repeats: false,
            exits: false,
            cancels: false,
            told: Vec::new(),
        };
        watchdog.visit_expr(body);
        watchdog
    }

    fn tells(&mut self, by: Option<String>) {
        self.told.extend(by.filter(|_| !self.sleeps.is_empty()));
    }

    fn called(&mut self, name: &str, limit: Option<&Expr>) {
        match name {
            "sleep" | "park_timeout" | "recv_timeout" | "wait_timeout" => {
                self.sleeps.push(limit.map_or(Lasting::UNKNOWN, self.length));
            }
            "exit" | "abort" => self.exits |= !self.sleeps.is_empty(),
            "cancel" => self.cancels |= !self.sleeps.is_empty(),
            _ => {}
        }
    }
}

impl<'ast> Visit<'ast> for Watchdog<'_> {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        self.repeats |= matches!(expr, Expr::Loop(_) | Expr::While(_) | Expr::ForLoop(_));
        visit::visit_expr(self, expr);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        visit::visit_expr_call(self, call);
        self.tells(dropped_by(call));
        if let Expr::Path(func) = &*call.func
            && let Some(last) = func.path.segments.last()
        {
            self.called(&plain(&last.ident), call.args.first());
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        visit::visit_expr_method_call(self, call);
        self.tells(told_by(call));
        // `handle.abort()` ends a task and no program.
        match plain(&call.method).as_str() {
            "exit" | "abort" => {}
            method => self.called(method, call.args.first()),
        }
    }

    fn visit_item(&mut self, _: &'ast Item) {}
}
