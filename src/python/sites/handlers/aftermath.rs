//! What becomes of a test, or of a loop, once a clause has caught an exception.

use foldhash::HashMap;
use ruff_python_ast::{self as ast, ExceptHandler, Expr, Stmt};
use ruff_text_size::Ranged;

use crate::python::names::Names;
use crate::python::syntax::dotted::last_name;
use crate::python::syntax::nodes::{Code, Node, Scope, nodes_in, statements_in};
use crate::python::syntax::words::Words;
use crate::sites::Swallow;
use crate::source::Span;

/// What is known of the clauses of a function, by where each begins.
#[derive(Default)]
pub(super) struct Aftermath {
    /// The test goes on to its end, and nothing in it can fail any more.
    pub(super) swallows: HashMap<usize, Swallow>,
    /// The same is tried again, at once and for ever, in the loop with this head.
    pub(super) retries: HashMap<usize, Span>,
}

impl Aftermath {
    /// Looks at the body of a function.
    pub(super) fn look_at(&mut self, body: &[Stmt], names: &Names) {
        self.suite(body, true, names);
    }

    /// `ends_well`: what follows the suite cannot fail.
    fn suite(&mut self, body: &[Stmt], ends_well: bool, names: &Names) {
        let (mut rest_is_quiet, mut rest_fails) = (ends_well, false);
        for statement in body.iter().rev() {
            match statement {
                // Who does not fail to connect fails behind it.
                Stmt::Try(attempt) if rest_fails && !returns(&attempt.body) && !returns(&attempt.orelse) => {}
                _ => self.statement(statement, rest_is_quiet, names),
            }
            rest_fails |= expects_a_failure(std::slice::from_ref(statement));
            rest_is_quiet &= is_quiet(statement, names) || closes(statement);
        }
    }

    fn statement(&mut self, statement: &Stmt, ends_well: bool, names: &Names) {
        match statement {
            Stmt::Try(attempt) => self.attempt(attempt, ends_well, names),
            Stmt::With(with) => self.suite(&with.body, ends_well, names),
            Stmt::For(each) => self.suite(&each.body, ends_well && each.orelse.is_empty(), names),
            Stmt::While(again) => {
                if is_true(&again.test) && !paces_or_ends(&again.body) {
                    let head = Span::new(again.start().to_usize(), again.test.end().to_usize());
                    for statement in &again.body {
                        self.retried(statement, head, names);
                    }
                }
                self.suite(&again.body, false, names);
            }
            Stmt::If(choice) => {
                self.suite(&choice.body, ends_well, names);
                for clause in &choice.elif_else_clauses {
                    self.suite(&clause.body, ends_well, names);
                }
            }
            _ => {}
        }
    }

    fn attempt(&mut self, attempt: &ast::StmtTry, ends_well: bool, names: &Names) {
        let ends_well = ends_well
            && attempt
                .finalbody
                .iter()
                .all(|statement| is_quiet(statement, names) || closes(statement));
        if !expects_a_failure(&attempt.body) && !expects_a_failure(&attempt.orelse) {
            for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                if let Some(swallow) = swallow(&handler.body, ends_well, names) {
                    self.swallows.insert(handler.start().to_usize(), swallow);
                }
            }
        }
        self.suite(&attempt.body, false, names);
    }

    /// `statement` is run again and again, and no other statement of the loop ends it or waits.
    fn retried(&mut self, statement: &Stmt, head: Span, names: &Names) {
        let Stmt::Try(attempt) = statement else {
            return;
        };
        for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
            if handler.body.iter().all(|statement| is_quiet(statement, names)) {
                self.retries.insert(handler.start().to_usize(), head);
            }
        }
    }
}

/// What the body of a clause makes of a test.
fn swallow(body: &[Stmt], ends_well: bool, names: &Names) -> Option<Swallow> {
    if body.iter().any(|statement| skips(statement, names)) {
        return Some(Swallow::Skips);
    }
    let mocked = body.iter().any(assigns_mock);
    if !body
        .iter()
        .all(|statement| is_quiet(statement, names) || assigns_mock(statement))
    {
        return None;
    }
    let returns = matches!(body.last(), Some(Stmt::Return(_)));
    match (mocked, ends_well || returns) {
        (true, _) => Some(Swallow::Mocks),
        (false, false) => None,
        (false, true) if body.iter().any(is_call) => Some(Swallow::Prints),
        (false, true) => Some(Swallow::Passes),
    }
}

fn is_call(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Expr(bare) if bare.value.is_call_expr())
}

/// Whether a statement fails nothing: it does nothing, writes a line, or leaves.
fn is_quiet(statement: &Stmt, names: &Names) -> bool {
    match statement {
        Stmt::Pass(_) | Stmt::Continue(_) => true,
        Stmt::Return(returned) => returned.value.as_deref().is_none_or(is_constant),
        Stmt::Expr(bare) => match &*bare.value {
            Expr::StringLiteral(_) | Expr::EllipsisLiteral(_) => true,
            Expr::Call(call) => writes_a_line(call, names),
            _ => false,
        },
        Stmt::Assign(assign) => is_constant(&assign.value) && assign.targets.iter().all(|target| target.is_name_expr()),
        _ => false,
    }
}

fn is_constant(value: &Expr) -> bool {
    value.is_literal_expr()
}

fn writes_a_line(call: &ast::ExprCall, names: &Names) -> bool {
    match &*call.func {
        Expr::Name(_) => matches!(names.resolve(&call.func), Some("print" | "warnings.warn")),
        Expr::Attribute(method) => {
            let writes = matches!(
                method.attr.as_str(),
                "debug" | "info" | "warning" | "warn" | "error" | "exception" | "critical" | "log"
            );
            let receiver = match &*method.value {
                Expr::Name(name) => name.id.as_str(),
                Expr::Attribute(attribute) => attribute.attr.as_str(),
                _ => return false,
            };
            writes && (LOG.are_in(receiver) || receiver.eq_ignore_ascii_case("warnings"))
        }
        _ => false,
    }
}

/// `await ws.close()`.
fn closes(statement: &Stmt) -> bool {
    let Stmt::Expr(bare) = statement else {
        return false;
    };
    let value = match &*bare.value {
        Expr::Await(awaited) => &*awaited.value,
        value => value,
    };
    let method = value.as_call_expr().and_then(|call| call.func.as_attribute_expr());
    method.is_some_and(|method| {
        matches!(
            method.attr.as_str(),
            "close" | "aclose" | "disconnect" | "stop" | "cancel"
        )
    })
}

/// `pytest.skip(…)`, `self.skipTest(…)`.
fn skips(statement: &Stmt, names: &Names) -> bool {
    let Stmt::Expr(bare) = statement else {
        return false;
    };
    bare.value.as_call_expr().is_some_and(|call| {
        let is_method = call
            .func
            .as_attribute_expr()
            .is_some_and(|method| method.attr.as_str() == "skipTest");
        is_method || names.resolve(&call.func) == Some("pytest.skip")
    })
}

/// `ws = AsyncMock()`.
fn assigns_mock(statement: &Stmt) -> bool {
    let Stmt::Assign(assign) = statement else {
        return false;
    };
    let function = assign.value.as_call_expr().map(|call| &*call.func);
    let name = match function {
        Some(Expr::Name(name)) => name.id.as_str(),
        Some(Expr::Attribute(attribute)) => attribute.attr.as_str(),
        _ => return false,
    };
    matches!(
        name,
        "Mock" | "MagicMock" | "AsyncMock" | "NonCallableMock" | "create_autospec"
    ) || MOCKS.are_in(name)
}

static LOG: Words<1> = Words::new(["log"]);
static MOCKS: Words<3> = Words::new(["mock", "fake", "dummy"]);
static PACES: Words<8> = Words::new(["sleep", "wait", "backoff", "delay", "timeout", "skip", "fail", "exit"]);

fn is_true(test: &Expr) -> bool {
    match test {
        Expr::BooleanLiteral(value) => value.value,
        Expr::NumberLiteral(number) => {
            matches!(&number.value, ast::Number::Int(value) if value.as_u64().is_some_and(|value| value != 0))
        }
        _ => false,
    }
}

/// Whether success is what the code calls a failure: `pytest.fail("should have been refused")`, `assert False`.
fn expects_a_failure(body: &[Stmt]) -> bool {
    body.iter().any(|statement| match statement {
        Stmt::Raise(_) => true,
        Stmt::Assert(assert) => matches!(&*assert.test, Expr::BooleanLiteral(value) if !value.value),
        Stmt::Expr(bare) => {
            let called = bare.value.as_call_expr().and_then(|call| call.func.as_attribute_expr());
            called.is_some_and(|method| method.attr.as_str() == "fail")
        }
        Stmt::With(with) => expects_a_failure(&with.body),
        _ => false,
    })
}

/// Whether a suite may return.
fn returns(body: &[Stmt]) -> bool {
    statements_in(body, Scope::NoFunctions).any(Stmt::is_return_stmt)
}

/// Whether something in a loop's body paces it, or ends it other than by what was tried: a sleep or a wait, a `break`, `return`
/// or `raise` behind the first `try`'s own body.
fn paces_or_ends(body: &[Stmt]) -> bool {
    body.iter().any(|statement| match statement {
        Stmt::Try(attempt) => {
            let tried = [&attempt.body, &attempt.orelse];
            tried.into_iter().any(|suite| paces(suite, true))
                || attempt.handlers.iter().any(|handler| paces(handler, false))
                || paces(&attempt.finalbody, false)
        }
        other => paces(other, false),
    })
}

/// `in_attempt`: what is left in `code` by `return` and the like was connected.
fn paces<'a>(code: impl Into<Code<'a>>, in_attempt: bool) -> bool {
    let mut nodes = nodes_in(code, Scope::OwnAndLambdas);
    while let Some(node) = nodes.next() {
        let is_found = match node {
            Node::Statement(Stmt::Break(_) | Stmt::Return(_) | Stmt::Raise(_) | Stmt::Assert(_)) => {
                nodes.pass_over();
                !in_attempt
            }
            Node::Expr(Expr::Call(call)) => PACES.are_in(last_name(&call.func).unwrap_or_default()),
            Node::Expr(Expr::Yield(_) | Expr::YieldFrom(_)) => true,
            _ => false,
        };
        if is_found {
            return true;
        }
    }
    false
}
