//! Where code chooses by what is installed: a release of a library, a Python. What stands there may be right for some of them,
//! which is all that a rule may say. Every rule that asks whether code tells them apart asks here.
//!
//! Tests tell them apart that speak of a version, of a signature, of what a module has (`hasattr(websockets, "asyncio")`), by a
//! name that says so (`NEW_API`), or by a name that the module assigned something of that kind to, or assigned differently
//! where an import failed.

use std::cell::OnceCell;

use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, walk_expr, walk_stmt};
use ruff_python_ast::{self as ast, ExceptHandler, Expr, ModModule, Stmt};
use ruff_text_size::Ranged;

use self::asks::{Asks, Tells, Told, asks_by_name};
pub(super) use self::flags::{Flag, Flags};
use self::flags::{Others, flags_elsewhere};
use super::deadline_calls::meant_to_fail::expects_failure;
use super::dotted::last_name;
use super::names::Names;
use crate::source::Span;

mod asks;
mod flags;

/// The flags of a module as far as itself tells. `is_own` says whether a path leads to a module of the project.
pub(super) fn flags(module: &ModModule, names: &Names, is_own: &dyn Fn(&str) -> bool) -> Flags {
    flags::flags(module, names, Others::Paths(is_own))
}

/// The choices by version of one module; found out once somebody asks.
pub(super) struct VersionChoice<'a> {
    module: &'a ModModule,
    names: &'a Names,
    flags: OnceCell<Flags>,
    /// Those of the modules that it imports.
    flags_elsewhere: OnceCell<Flags>,
    found: OnceCell<Found>,
}

/// Stretches of code, ascending, none in another.
#[derive(Default)]
struct Found {
    /// Chosen by a test that tells releases apart.
    by_test: Vec<Span>,
    /// Under a test that asks an object what it has.
    by_object: Vec<Span>,
    /// Chosen by whether something is refused.
    by_failure: Vec<Span>,
}

impl<'a> VersionChoice<'a> {
    pub(super) fn of(module: &'a ModModule, names: &'a Names) -> Self {
        Self {
            module,
            names,
            flags: OnceCell::new(),
            flags_elsewhere: OnceCell::new(),
            found: OnceCell::new(),
        }
    }

    /// Whether `test` may tell releases of something apart.
    pub(super) fn tells(&self, test: &Expr) -> bool {
        self.asking(|asks| asks.tells(test)) == Some(Tells::Releases)
    }

    /// Whether an expression, without its own parts, asks outright: for a version, or for what an object has
    /// (`hasattr(ws, "open")`).
    pub(super) fn asks(&self, part: &Expr) -> bool {
        match part {
            Expr::Call(call) => self.asking(|asks| asks.asks_what_is_there(call)).is_some(),
            other => last_name(other).is_some_and(asks_by_name),
        }
    }

    fn asking<T>(&self, ask: impl FnOnce(Asks<'_>) -> T) -> T {
        let elsewhere = |name: &str| self.flag_elsewhere(name);
        let here = self
            .flags
            .get_or_init(|| flags::flags(self.module, self.names, Others::Flags(&elsewhere)));
        let told = Told {
            here,
            others: Others::Flags(&elsewhere),
        };
        ask(Asks::new(self.names, told))
    }

    fn flag_elsewhere(&self, name: &str) -> Option<Flag> {
        let flags = || flags_elsewhere(self.names);
        self.flags_elsewhere.get_or_init(flags).get(name).copied()
    }

    /// Whether the code at the byte offset `at` stands in a branch of a test that tells releases apart, be it by what an object
    /// has, or behind a test that does so by what is installed, in its function.
    pub(super) fn is_tested(&self, at: usize) -> bool {
        let found = self.found();
        covers(&found.by_test, at) || covers(&found.by_object, at)
    }

    /// Whether what is installed chooses it: by such a test, or by what is refused: `try: … except TypeError: …`, or the test
    /// of a refusal.
    pub(super) fn is_chosen(&self, at: usize) -> bool {
        let found = self.found();
        covers(&found.by_test, at) || covers(&found.by_failure, at)
    }

    fn found(&self) -> &Found {
        self.found.get_or_init(|| {
            let mut search = Search {
                choice: self,
                function_end: None,
                found: Found::default(),
            };
            search.visit_body(&self.module.body);
            let mut found = search.found;
            found.by_test = outermost(found.by_test);
            found.by_object = outermost(found.by_object);
            found.by_failure = outermost(found.by_failure);
            found
        })
    }
}

/// Of stretches those that are in no other one, ascending; those that overlap are one.
fn outermost(mut stretches: Vec<Span>) -> Vec<Span> {
    stretches.sort_unstable();
    let mut outermost: Vec<Span> = Vec::new();
    for stretch in stretches {
        match outermost.last_mut() {
            Some(last) if stretch.start < last.end => last.end = last.end.max(stretch.end),
            _ => outermost.push(stretch),
        }
    }
    outermost
}

fn covers(stretches: &[Span], at: usize) -> bool {
    let behind = stretches.partition_point(|stretch| stretch.start <= at);
    let last = behind.checked_sub(1).and_then(|index| stretches.get(index));
    last.is_some_and(|stretch| at < stretch.end)
}

struct Search<'c, 'a> {
    choice: &'c VersionChoice<'a>,
    /// Where the innermost function around ends.
    function_end: Option<usize>,
    found: Found,
}

impl Search<'_, '_> {
    /// From `whole` on, to the end of the function, code is chosen by `tests`: a branch that leaves decides about what follows.
    fn tested<'t>(&mut self, whole: &impl Ranged, tests: impl IntoIterator<Item = &'t Expr>) {
        let (start, end) = (whole.start().to_usize(), whole.end().to_usize());
        for test in tests {
            match self.choice.asking(|asks| asks.tells(test)) {
                Some(Tells::Releases) => {
                    let end = self.function_end.map_or(end, |of_function| of_function.max(end));
                    self.found.by_test.push(Span::new(start, end));
                    return;
                }
                Some(Tells::Objects) => self.found.by_object.push(Span::new(start, end)),
                None => {}
            }
        }
    }

    fn failing(&mut self, whole: &impl Ranged, is_choice: bool) {
        if is_choice {
            let whole = Span::new(whole.start().to_usize(), whole.end().to_usize());
            self.found.by_failure.push(whole);
        }
    }

    fn catches_type_error(&self, attempt: &ast::StmtTry) -> bool {
        attempt.handlers.iter().any(|handler| {
            let caught = caught(handler);
            let is_type_error = |caught: &Expr| self.choice.names.resolve(caught) == Some("TypeError");
            caught.iter().any(is_type_error)
        })
    }

    /// `pytest.raises(TypeError)`: a test of what the library rejects.
    fn expects_rejection(&self, expr: &Expr) -> bool {
        let Expr::Call(call) = expr else {
            return false;
        };
        let rejections = ["TypeError", "ValueError", "AttributeError"];
        let is_rejection = |caught: &Expr| {
            let path = self.choice.names.resolve(caught);
            path.is_some_and(|path| rejections.contains(&path))
        };
        expects_failure(expr) && call.arguments.args.first().is_some_and(is_rejection)
    }
}

impl<'a> SourceOrderVisitor<'a> for Search<'_, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                let outer = self.function_end.replace(function.end().to_usize());
                walk_stmt(self, statement);
                self.function_end = outer;
                return;
            }
            Stmt::ClassDef(_) => {
                let outer = self.function_end.take();
                walk_stmt(self, statement);
                self.function_end = outer;
                return;
            }
            Stmt::If(choice) => {
                let clauses = choice.elif_else_clauses.iter();
                let others = clauses.filter_map(|clause| clause.test.as_ref());
                self.tested(choice, std::iter::once(&*choice.test).chain(others));
            }
            Stmt::Match(choice) => {
                let guards = choice.cases.iter().filter_map(|case| case.guard.as_deref());
                self.tested(choice, std::iter::once(&*choice.subject).chain(guards));
            }
            Stmt::While(choice) => self.tested(choice, std::iter::once(&*choice.test)),
            Stmt::Assert(choice) => self.tested(choice, std::iter::once(&*choice.test)),
            Stmt::Try(attempt) => self.failing(attempt, self.catches_type_error(attempt)),
            Stmt::With(with) => {
                let mut items = with.items.iter();
                let is_choice = items.any(|item| self.expects_rejection(&item.context_expr));
                self.failing(with, is_choice);
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::If(choice) = expr
            && self.choice.tells(&choice.test)
        {
            let whole = Span::new(choice.start().to_usize(), choice.end().to_usize());
            self.found.by_test.push(whole);
        }
        walk_expr(self, expr);
    }
}

fn caught(handler: &ExceptHandler) -> &[Expr] {
    let ExceptHandler::ExceptHandler(handler) = handler;
    match handler.type_.as_deref() {
        Some(Expr::Tuple(several)) => several.elts.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}
