//! How long a block waits at most, as far as its literals show.
//!
//! The answer decides whether a deadline may cover the block. When in doubt it is "nobody knows": then the deadline is
//! lifted once connected, which is always right. What runs between the waits is taken to cost no time, blocking calls
//! that are known as such excepted.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{self as ast, Expr, ExprCall, Stmt, WithItem};

use super::super::bounds::literal;
use super::contents::{Expressions, Search, awaits, awaits_in, rebinds};
use crate::python::dotted::dotted;

/// Calls that end after their first argument's seconds.
const SLEEPS: [&str; 4] = ["asyncio.sleep", "time.sleep", "anyio.sleep", "trio.sleep"];

/// Context managers that end what is in them after their first argument's seconds.
const DEADLINES: [&str; 6] = [
    "asyncio.timeout",
    "async_timeout.timeout",
    "anyio.fail_after",
    "anyio.move_on_after",
    "trio.fail_after",
    "trio.move_on_after",
];

/// Modules whose calls block the thread for as long as a peer, a child process or a person takes.
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

/// Methods of a connection that wait for nothing but its buffer; `close` waits for the close timeout, which is not the
/// connect's business.
const QUICK_METHODS: [&str; 4] = ["send", "ping", "pong", "close"];

/// What a name or an attribute means: the dotted path, where it is known.
pub(super) type Resolve<'r> = &'r dyn Fn(&Expr) -> Option<String>;

/// Seconds that entering `items` and running `body` takes at most; `None` where nothing shows a limit. `connection` is
/// the target of `async with connect(…) as target`: its `send`, `ping`, `pong` and `close` count as nothing.
pub(super) fn longest_wait(
    items: &[WithItem],
    body: &[Stmt],
    connection: Option<&Expr>,
    resolve: Resolve<'_>,
) -> Option<f64> {
    let connection = connection.and_then(dotted).filter(|target| !rebinds(body, target));
    let waits = Waits { connection, resolve };
    waits.with(items, body, true)
}

/// Whether entering the item waits for nothing, because it is a deadline.
pub(super) fn is_deadline(item: &WithItem, resolve: Resolve<'_>) -> bool {
    let path = item.context_expr.as_call_expr().and_then(|call| resolve(&call.func));
    path.is_some_and(|path| DEADLINES.contains(&path.as_str()))
}

struct Waits<'r> {
    connection: Option<String>,
    resolve: Resolve<'r>,
}

impl Waits<'_> {
    fn block(&self, body: &[Stmt]) -> Option<f64> {
        body.iter()
            .try_fold(0.0, |sum, statement| Some(sum + self.statement(statement)?))
    }

    fn statement(&self, statement: &Stmt) -> Option<f64> {
        match statement {
            Stmt::FunctionDef(function) => {
                let decorators = function.decorator_list.iter().map(|decorator| &decorator.expression);
                self.all(
                    decorators.chain(
                        function
                            .parameters
                            .iter_non_variadic_params()
                            .filter_map(|p| p.default()),
                    ),
                )
            }
            Stmt::ClassDef(class) => self.block(&class.body),
            Stmt::If(node) => {
                let mut longest = self.block(&node.body)?;
                let mut tests = self.expression(&node.test)?;
                for clause in &node.elif_else_clauses {
                    tests += self.all(clause.test.iter())?;
                    longest = longest.max(self.block(&clause.body)?);
                }
                Some(tests + longest)
            }
            Stmt::Match(node) => {
                let mut longest: f64 = 0.0;
                let mut guards = self.expression(&node.subject)?;
                for case in &node.cases {
                    guards += self.all(case.guard.as_deref())?;
                    longest = longest.max(self.block(&case.body)?);
                }
                Some(guards + longest)
            }
            Stmt::Try(node) => {
                let mut sum = self.block(&node.body)? + self.block(&node.orelse)? + self.block(&node.finalbody)?;
                for ast::ExceptHandler::ExceptHandler(handler) in &node.handlers {
                    sum += self.block(&handler.body)?;
                }
                Some(sum)
            }
            Stmt::For(node) => self.for_loop(node),
            Stmt::While(node) => {
                let quiet = !awaits_in(&node.body) && !awaits(&node.test);
                let round = self.expression(&node.test)? + self.block(&node.body)?;
                (quiet && round <= 0.0).then_some(())?;
                self.block(&node.orelse)
            }
            Stmt::With(node) => self.with(&node.items, &node.body, node.is_async),
            _ => self.simple(statement),
        }
    }

    fn for_loop(&self, node: &ast::StmtFor) -> Option<f64> {
        if node.is_async {
            return None;
        }
        let around = self.expression(&node.iter)? + self.block(&node.orelse)?;
        let round = self.block(&node.body)?;
        let rounds = self.rounds(&node.iter);
        if rounds.is_none() && !awaits_in(&node.body) && round <= 0.0 {
            return Some(around);
        }
        Some(around + rounds? * round)
    }

    /// How often a loop over `iter` runs at most: over `range(3)`, a list or a tuple.
    fn rounds(&self, iter: &Expr) -> Option<f64> {
        let count = match iter {
            Expr::List(list) => countable(&list.elts)?,
            Expr::Tuple(tuple) => countable(&tuple.elts)?,
            Expr::Call(call)
                if self
                    .path(&call.func)
                    .is_some_and(|path| path == "range" || path == "builtins.range") =>
            {
                match &*call.arguments.args {
                    [stop] => return literal(stop).map(|stop| stop.max(0.0)),
                    [start, stop] => return Some((literal(stop)? - literal(start)?).max(0.0)),
                    _ => return None,
                }
            }
            _ => return None,
        };
        u32::try_from(count).ok().map(f64::from)
    }

    /// The items are entered one after the other, each under the deadlines among the ones before it.
    fn with(&self, items: &[WithItem], body: &[Stmt], is_async: bool) -> Option<f64> {
        let Some((item, others)) = items.split_first() else {
            return self.block(body);
        };
        let inside = || self.with(others, body, is_async);
        if let Some(limit) = self.deadline(item) {
            return Some(inside().map_or(limit, |inside| inside.min(limit)));
        }
        if is_async {
            return None;
        }
        Some(self.expression(&item.context_expr)? + inside()?)
    }

    /// The seconds of a deadline that nobody can move: it has no name.
    fn deadline(&self, item: &WithItem) -> Option<f64> {
        let call = item.context_expr.as_call_expr()?;
        let path = self.path(&call.func)?;
        (item.optional_vars.is_none() && DEADLINES.contains(&path.as_str())).then_some(())?;
        literal_argument(call, 0, &["delay", "seconds", "timeout"])
    }

    fn simple(&self, statement: &Stmt) -> Option<f64> {
        let mut collector = Expressions { found: Vec::new() };
        walk_stmt(&mut collector, statement);
        self.all(collector.found)
    }

    fn all<'e>(&self, expressions: impl IntoIterator<Item = &'e Expr>) -> Option<f64> {
        expressions
            .into_iter()
            .try_fold(0.0, |sum, expr| Some(sum + self.expression(expr)?))
    }

    fn expression(&self, expr: &Expr) -> Option<f64> {
        match expr {
            Expr::Await(node) => self.awaited(&node.value),
            Expr::Call(call) => self.called(call),
            Expr::Lambda(_) => Some(0.0),
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                let mut search = Search::new(|expr| matches!(expr, Expr::Await(_)));
                search.visit_expr(expr);
                let repeated = self.parts(expr)?;
                (!search.found && !search.is_async && repeated <= 0.0).then_some(0.0)
            }
            _ => self.parts(expr),
        }
    }

    fn parts(&self, expr: &Expr) -> Option<f64> {
        let mut collector = Expressions { found: Vec::new() };
        walk_expr(&mut collector, expr);
        self.all(collector.found)
    }

    fn called(&self, call: &ExprCall) -> Option<f64> {
        let own = match self.path(&call.func).as_deref() {
            Some("time.sleep") => literal_argument(call, 0, &["seconds"])?.max(0.0),
            Some(path) if is_blocking(path) => return None,
            _ => 0.0,
        };
        Some(own + self.parts_of_call(call)?)
    }

    fn awaited(&self, value: &Expr) -> Option<f64> {
        let call = value.as_call_expr()?;
        let path = self.path(&call.func);
        let own = match path.as_deref() {
            Some(path) if SLEEPS.contains(&path) && path != "time.sleep" => {
                literal_argument(call, 0, &["delay", "seconds"])?
            }
            Some("asyncio.wait_for") => {
                let limit = literal_argument(call, 1, &["timeout"])?;
                return Some(limit.max(0.0) + self.waited_for(call)?);
            }
            Some("asyncio.wait") => literal_argument(call, usize::MAX, &["timeout"])?,
            _ if self.is_quick(&call.func) => 0.0,
            _ => return None,
        };
        Some(own.max(0.0) + self.parts_of_call(call)?)
    }

    /// What is evaluated before `wait_for` begins to wait: the arguments of the call that it is given.
    fn waited_for(&self, wait_for: &ExprCall) -> Option<f64> {
        match wait_for.arguments.args.first() {
            Some(Expr::Call(call)) => self.parts_of_call(call),
            Some(other) => self.expression(other),
            None => None,
        }
    }

    fn parts_of_call(&self, call: &ExprCall) -> Option<f64> {
        let keywords = call.arguments.keywords.iter().map(|keyword| &keyword.value);
        Some(self.all(call.arguments.args.iter().chain(keywords))? + self.expression(&call.func)?)
    }

    fn is_quick(&self, callee: &Expr) -> bool {
        callee.as_attribute_expr().is_some_and(|method| {
            QUICK_METHODS.contains(&method.attr.as_str())
                && self.connection.is_some()
                && dotted(&method.value) == self.connection
        })
    }

    fn path(&self, callee: &Expr) -> Option<String> {
        (self.resolve)(callee)
    }
}

fn is_blocking(path: &str) -> bool {
    let root = path.split('.').next().unwrap_or(path);
    BLOCKING_MODULES.contains(&root)
        || BLOCKING_CALLS.contains(&path.strip_prefix("builtins.").unwrap_or(path))
        || path.starts_with("websockets.sync.")
        || (root == "httpx" && path.chars().filter(|&c| c == '.').count() == 1)
}

/// The literal at `position`, or given by one of `names`.
fn literal_argument(call: &ExprCall, position: usize, names: &[&str]) -> Option<f64> {
    let arguments = &call.arguments;
    let keyword = names.iter().find_map(|name| arguments.find_keyword(name));
    let value = match keyword {
        Some(keyword) => &keyword.value,
        None => arguments.args.get(position)?,
    };
    let starred = arguments.args.iter().take(position).any(Expr::is_starred_expr);
    (!starred).then(|| literal(value)).flatten()
}

fn countable(elements: &[Expr]) -> Option<usize> {
    (!elements.iter().any(Expr::is_starred_expr)).then_some(elements.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(body: &str) -> Option<f64> {
        let parsed = ruff_python_parser::parse_module(body).unwrap();
        let target = ruff_python_parser::parse_expression("ws").unwrap();
        longest_wait(&[], parsed.suite(), Some(target.expr()), &dotted)
    }

    #[test]
    fn literal_waits_add_up() {
        for (body, expected) in [
            ("await ws.send('x')\nawait ws.close()", 0.0),
            ("pong = await ws.ping()", 0.0),
            ("await asyncio.sleep(2)\ntime.sleep(0.5)", 2.5),
            ("r = await asyncio.wait_for(ws.recv(), 5)\nprint(r)", 5.0),
            ("r = await asyncio.wait_for(ws.recv(), timeout=1.5)", 1.5),
            (
                "if x:\n    await asyncio.sleep(1)\nelse:\n    await asyncio.sleep(4)",
                4.0,
            ),
            (
                "try:\n    await asyncio.sleep(1)\nexcept E:\n    await asyncio.sleep(2)",
                3.0,
            ),
            ("for _ in range(3):\n    await asyncio.sleep(2)", 6.0),
            ("for m in ('a', 'b'):\n    await asyncio.wait_for(ws.recv(), 2)", 4.0),
            ("async with asyncio.timeout(3):\n    await ws.recv()", 3.0),
            ("with anyio.fail_after(3):\n    async for m in ws:\n        pass", 3.0),
            ("async with asyncio.timeout(3), other() as o:\n    await o", 3.0),
            ("async with asyncio.timeout(9):\n    await asyncio.sleep(1)", 1.0),
            ("async def later():\n    await ws.recv()\nlambda: input()", 0.0),
            ("x = [len(m) for m in messages]", 0.0),
            ("for m in messages:\n    print(m)", 0.0),
            (
                "match m:\n    case 1:\n        await asyncio.sleep(2)\n    case _:\n        pass",
                2.0,
            ),
            ("await asyncio.sleep(2 * 3)", 6.0),
        ] {
            assert_eq!(wait(body), Some(expected), "{body}");
        }
    }

    #[test]
    fn what_nobody_knows_is_unbounded() {
        for body in [
            "await ws.recv()",
            "await other.send('x')",
            "await asyncio.sleep(delay)",
            "await asyncio.wait_for(ws.recv(), None)",
            "await asyncio.wait_for(ws.recv(await f()), 1)",
            "async for m in ws:\n    pass",
            "async with lock:\n    pass",
            "async with asyncio.timeout(3) as t:\n    await ws.recv()",
            "async with other() as o, asyncio.timeout(3):\n    pass",
            "for m in messages:\n    await ws.send(m)",
            "while True:\n    await ws.send('x')",
            "while True:\n    time.sleep(1)",
            "[await ws.send(m) for m in messages]",
            "[m async for m in ws]",
            "requests.get('http://x')",
            "subprocess.run(['x'])",
            "input()",
            "websockets.sync.client.connect('ws://x')",
            "await task",
            "ws = other\nawait ws.send('x')",
            "assert await ws.recv() == 'x'",
            "print(f'{await ws.recv()}')",
            "with open(await name()) as f:\n    pass",
        ] {
            assert_eq!(wait(body), None, "{body}");
        }
    }
}
