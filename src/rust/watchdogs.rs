//! Threads (and tasks) that end the program after a while: `thread::spawn(|| { sleep(d); exit(1) })`.

use syn::visit::{self, Visit};
use syn::{Expr, Item, Stmt};

use super::names::plain;
use super::own_deadlines::Lasting;

/// How long after a statement the program ends, if it starts a thread for that; `length` says how long a sleep is.
pub(super) fn ends_program(stmt: &Stmt, length: &dyn Fn(&Expr) -> Lasting) -> Option<Lasting> {
    let expr = match stmt {
        Stmt::Expr(expr, _) => expr,
        Stmt::Local(local) => &local.init.as_ref()?.expr,
        _ => return None,
    };
    let body = spawned(expr)?;
    let mut watchdog = Watchdog {
        length,
        sleeps: Vec::new(),
        repeats: false,
        exits: false,
    };
    watchdog.visit_expr(body);
    let lasting = match watchdog.sleeps.as_slice() {
        [only] if !watchdog.repeats => *only,
        _ => Lasting::UNKNOWN,
    };
    watchdog.exits.then_some(lasting)
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

struct Watchdog<'l> {
    /// How long a sleep takes.
    length: &'l dyn Fn(&Expr) -> Lasting,
    sleeps: Vec<Lasting>,
    repeats: bool,
    /// Behind a sleep the program ends.
    exits: bool,
}

impl Watchdog<'_> {
    fn called(&mut self, name: &str, limit: Option<&Expr>) {
        match name {
            "sleep" | "park_timeout" | "recv_timeout" | "wait_timeout" => {
                self.sleeps.push(limit.map_or(Lasting::UNKNOWN, self.length));
            }
            "exit" | "abort" => self.exits |= !self.sleeps.is_empty(),
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
