//! The blocks of connects: what happens between entering one by `async with` and leaving it.

use ruff_python_ast::{Expr, ExprCall, Stmt};

use super::builder::{Builder, Surroundings};
use super::lengths::Locals;
use crate::python::syntax::dotted::dotted;
use crate::python::syntax::nodes::{Scope, expressions_in, statements_in};
use crate::python::syntax::spans::span;
use crate::sites::{Bound, Course, Length};

/// Of one `with` so many connects are looked at.
const MOST_CONNECTS: usize = 16;

/// Methods of a connection that wait for nothing but its buffer; `close` waits for the close timeout, which is not the
/// connect's business.
const QUICK_METHODS: [&str; 10] = [
    "send",
    "send_binary",
    "send_bytes",
    "send_json",
    "send_msgpack",
    "send_str",
    "send_text",
    "ping",
    "pong",
    "close",
];

/// What such a call is counted as, in seconds: nothing by itself, and something where nobody knows how often.
const A_MOMENT: f64 = 1e-6;

/// Modules whose calls block the thread for as long as a peer, a child process or a person takes, beside those of the
/// catalogue.
const BLOCKING_MODULES: [&str; 9] = [
    "requests",
    "subprocess",
    "urllib",
    "urllib3",
    "socket",
    "http",
    "websocket",
    "select",
    "ftplib",
];

/// Calls that block likewise.
const BLOCKING_CALLS: [&str; 4] = ["input", "os.system", "os.wait", "os.waitpid"];

/// Whether a path leads to something that may block, of whose length nothing is known.
pub(super) fn may_block(path: &str) -> bool {
    let root = path.split('.').next().unwrap_or(path);
    BLOCKING_MODULES.contains(&root)
        || BLOCKING_CALLS.contains(&path.strip_prefix("builtins.").unwrap_or(path))
        || (root == "httpx" && path.chars().filter(|&c| c == '.').count() == 1)
}

/// By connect: what is waited for behind entering it, until its block is left.
pub(super) fn blocks(all: &Surroundings<'_>) -> Vec<(usize, Course)> {
    let mut courses = Vec::new();
    for definition in all.functions.definitions.iter().flatten() {
        let statements = statements_in(&definition.function.body, Scope::Own);
        let mut withs = statements
            .filter_map(Stmt::as_with_stmt)
            .filter(|with| with.is_async)
            .peekable();
        if withs.peek().is_none() {
            continue;
        }
        let locals = Locals::of(definition.function, definition.is_method, all.lengths.names);
        for with in withs {
            for (index, item) in with.items.iter().enumerate().take(MOST_CONNECTS) {
                let entered = all.lengths.once(&item.context_expr).unwrap_or(&item.context_expr);
                let Some(connect) = all.connects.get(&span(entered)) else {
                    continue;
                };
                let target = item.optional_vars.as_deref().and_then(dotted);
                let target = target.filter(|target| !rebinds(&with.body, target));
                let later = with.items.get(index + 1..).unwrap_or_default();
                let builder = Builder::of_block(all, &locals, target);
                courses.push((connect.id, builder.block(later, with)));
            }
        }
    }
    courses
}

impl<'a> Builder<'a, '_> {
    /// `ws.send(…)` on the connection whose block is looked at.
    pub(super) fn quick(&self, expr: &'a Expr, call: &'a ExprCall) -> Option<Course> {
        let connection = self.connection_of_block.as_ref()?.as_ref()?;
        let method = call.func.as_attribute_expr()?;
        let is_quick = QUICK_METHODS.contains(&method.attr.as_str())
            && dotted(&method.value).as_ref() == Some(connection)
            && !call.arguments.args.iter().any(|sent| self.is_made_meanwhile(sent));
        is_quick.then(|| self.wait(expr, Length::Is(Bound::Seconds(A_MOMENT)), false))
    }

    /// Whether what is sent yields its parts one by one, for as long as it likes: executed with websockets 15.0.1, `send` waits
    /// for each.
    fn is_made_meanwhile(&self, sent: &'a Expr) -> bool {
        let names = self.all.lengths.names;
        match self.all.lengths.once(sent).unwrap_or(sent) {
            Expr::Generator(_) => true,
            Expr::Call(call) => match names.local_function(&call.func) {
                Some(function) => names.yields(function),
                None => {
                    let there = names.foreign_function(&call.func);
                    there.is_some_and(|(module, function)| module.0.yields(function))
                }
            },
            _ => false,
        }
    }
}

/// Whether `body` gives `target` another value.
fn rebinds(body: &[Stmt], target: &str) -> bool {
    expressions_in(body, Scope::NoFunctions).any(|expr| {
        let is_set = match expr {
            Expr::Name(name) => !name.ctx.is_load(),
            Expr::Attribute(attribute) => !attribute.ctx.is_load(),
            _ => false,
        };
        is_set && dotted(expr).as_deref() == Some(target)
    })
}
