//! The visit that finds the stretches of a module that something chooses.

use std::mem;

use foldhash::HashSet;
use ruff_python_ast::helpers::any_over_expr;
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, walk_expr, walk_stmt};
use ruff_python_ast::{self as ast, Decorator, ExceptHandler, Expr, Stmt};

use super::{Found, VersionChoice};
use crate::python::names::releases::{Tells, asks_for_names};
use crate::python::names::{is_automatic, is_type_checking};
use crate::python::syntax::clauses::caught;
use crate::python::syntax::dotted::last_name;
use crate::python::syntax::expected_failures::expects_failure;
use crate::python::syntax::leaving::leaves;
use crate::python::syntax::spans::span;
use crate::python::testing::test_code::AROUND_TESTS;
use crate::source::Span;

pub(super) struct Search<'c, 'a> {
    choice: &'c VersionChoice<'a>,
    /// The innermost function around.
    function: Option<Span>,
    /// The class that its methods belong to, or the module.
    suite: Span,
    /// The function around runs before each test of the suite.
    sets_up: bool,
    /// What stands for the expectation of a refusal, by its name: a variable, or a function that gives it.
    refused: HashSet<&'a str>,
    /// The name of the function around.
    name: Option<&'a str>,
    pub(super) found: Found,
}

/// A whole module.
const EVERYTHING: Span = Span {
    start: 0,
    end: usize::MAX,
};

impl<'c, 'a> Search<'c, 'a> {
    pub(super) fn of(choice: &'c VersionChoice<'a>) -> Self {
        Self {
            choice,
            function: None,
            suite: EVERYTHING,
            sets_up: false,
            refused: HashSet::default(),
            name: None,
            found: Found::default(),
        }
    }

    /// From `whole` on, to the end of the function, code is chosen by `tests`: a branch that leaves decides about what follows.
    /// What is called there may have nothing to do with it: it is only chosen where one of `arms` does leave.
    fn tested<'t>(&mut self, whole: Span, tests: impl IntoIterator<Item = &'t Expr>, arms: &[&[Stmt]]) {
        for test in tests {
            // Where the program runs it is false, whatever is installed: what its branch leaves decides about nothing.
            if any_over_expr(test, is_type_checking) {
                self.chosen(whole);
                continue;
            }
            match self.choice.asking(|asks| asks.tells(test)) {
                Some(Tells::Releases) => {
                    let behind = self.function.map_or(whole.end, |around| around.end.max(whole.end));
                    self.found.by_test.push(Span::new(whole.start, behind));
                    let leaves = arms.is_empty() || arms.iter().any(|arm| may_leave(arm));
                    let end = if leaves { behind } else { whole.end };
                    self.found.arms.push(Span::new(whole.start, end));
                    if (self.function.is_none() || self.sets_up) && arms.iter().any(|arm| skips(arm)) {
                        self.chosen(self.suite);
                    }
                    return;
                }
                Some(Tells::Objects) => self.found.by_object.push(whole),
                None => {}
            }
        }
    }

    /// All of this is chosen by a test that tells releases apart.
    fn chosen(&mut self, whole: Span) {
        self.found.by_test.push(whole);
        self.found.arms.push(whole);
    }

    /// What a `try` chooses by what is refused, or cannot be imported.
    fn attempt(&mut self, attempt: &ast::StmtTry) {
        if self.catches(attempt, &["TypeError"]) {
            self.found.by_failure.push(span(attempt));
        }
        if self.catches(attempt, &["TypeError", "AttributeError"]) {
            self.found.failing.push(span(attempt));
        }
        if asks_for_names(&attempt.body) {
            let takes_over = |handler: &&ExceptHandler| self.takes(handler, &["ImportError", "ModuleNotFoundError"]);
            let clauses: Vec<Span> = attempt.handlers.iter().filter(takes_over).map(span).collect();
            clauses.into_iter().for_each(|clause| self.chosen(clause));
        }
    }

    fn catches(&self, attempt: &ast::StmtTry, classes: &[&str]) -> bool {
        let mut handlers = attempt.handlers.iter();
        handlers.any(|handler| self.takes(handler, classes))
    }

    fn takes(&self, handler: &ExceptHandler, classes: &[&str]) -> bool {
        caught(handler).iter().any(|class| self.is_one_of(class, classes))
    }

    fn is_one_of(&self, class: &Expr, classes: &[&str]) -> bool {
        let path = self.choice.names.resolve(class);
        path.is_some_and(|path| classes.contains(&path))
    }

    fn with(&mut self, with: &ast::StmtWith) {
        let whole = span(with);
        let managers = || with.items.iter().map(|item| &item.context_expr);
        if managers().any(|manager| self.expects_rejection(manager) || self.is_refused(manager)) {
            self.found.by_failure.push(whole);
        }
        if managers().any(expects_failure) {
            self.found.failing.push(whole);
        }
    }

    /// `pytest.raises(TypeError)`, `xfail(raises=TypeError)`: a test of what the library rejects.
    fn expects_rejection(&self, expr: &Expr) -> bool {
        let Expr::Call(call) = expr else {
            return false;
        };
        let class = match last_name(&call.func) {
            Some("xfail") => call.arguments.find_keyword("raises").map(|raises| &raises.value),
            _ if expects_failure(expr) => call.arguments.args.first(),
            _ => None,
        };
        class.is_some_and(|class| self.is_one_of(class, REJECTIONS))
    }

    /// Whether `manager` is a name that stands for such an expectation, or a call of a function that gives it.
    fn is_refused(&self, manager: &Expr) -> bool {
        let named = match manager {
            Expr::Call(call) => &*call.func,
            other => other,
        };
        last_name(named).is_some_and(|name| self.refused.contains(name))
    }

    /// What decorates a function or class decides whether it runs, or what a test in it expects.
    fn decorated(&mut self, decorators: &[Decorator], whole: Span) {
        for decorator in decorators {
            let expr = &decorator.expression;
            let name = match expr {
                Expr::Call(call) => last_name(&call.func),
                other => last_name(other),
            };
            if name != Some("parametrize") && self.choice.tells(expr) {
                self.chosen(whole);
            }
            if any_over_expr(expr, &|part: &Expr| self.expects_rejection(part)) {
                self.found.by_failure.push(whole);
            }
        }
    }

    fn function(&mut self, statement: &'a Stmt, function: &'a ast::StmtFunctionDef) {
        let whole = span(function);
        self.decorated(&function.decorator_list, whole);
        let outer = (
            self.function.replace(whole),
            self.sets_up,
            self.name.replace(&function.name),
        );
        self.sets_up = sets_up(function);
        walk_stmt(self, statement);
        (self.function, self.sets_up, self.name) = outer;
    }

    fn class(&mut self, statement: &'a Stmt, class: &ast::StmtClassDef) {
        let whole = span(class);
        self.decorated(&class.decorator_list, whole);
        let outer = (self.function.take(), mem::replace(&mut self.suite, whole));
        walk_stmt(self, statement);
        (self.function, self.suite) = outer;
    }

    fn assigned(&mut self, assign: &'a ast::StmtAssign) {
        let [Expr::Name(name)] = assign.targets.as_slice() else {
            return;
        };
        if name.id == "pytestmark" && self.function.is_none() && self.choice.tells(&assign.value) {
            self.chosen(self.suite);
        }
        if self.expects_rejection(&assign.value) {
            self.refused.insert(name.id.as_str());
        }
    }

    /// `assert isinstance(caught, TypeError)`: what comes before is meant to be refused.
    fn asserted(&mut self, assertion: &ast::StmtAssert) {
        let asks = |part: &Expr| match part {
            Expr::Call(call) if last_name(&call.func) == Some("isinstance") => {
                let class = call.arguments.args.get(1);
                class.is_some_and(|class| self.is_one_of(class, &["TypeError"]))
            }
            _ => false,
        };
        if any_over_expr(&assertion.test, &asks) {
            self.found.by_failure.extend(self.function);
        }
    }
}

/// What is raised for arguments and attributes that are none.
const REJECTIONS: &[&str] = &["TypeError", "ValueError", "AttributeError"];

/// Whether a block ends by leaving: also by `pytest.skip(…)`, `sys.exit(…)`.
fn may_leave(body: &[Stmt]) -> bool {
    let leaves = |last: &Stmt| leaves(last) || matches!(called(last), Some("fail" | "xfail" | "exit" | "_exit"));
    skips(body) || body.last().is_some_and(leaves)
}

/// Whether a block ends by passing over the tests: `pytest.skip(…)`, `self.skipTest(…)`, `raise unittest.SkipTest(…)`.
fn skips(body: &[Stmt]) -> bool {
    let Some(last) = body.last() else {
        return false;
    };
    let raised = last.as_raise_stmt().and_then(|raised| raised.exc.as_deref());
    let class = raised.and_then(|exception| match exception {
        Expr::Call(call) => last_name(&call.func),
        other => last_name(other),
    });
    matches!(called(last), Some("skip" | "skipTest")) || matches!(class, Some("SkipTest" | "Skipped"))
}

/// The name of what a statement calls and does nothing else.
fn called(statement: &Stmt) -> Option<&str> {
    let call = statement.as_expr_stmt()?.value.as_call_expr()?;
    last_name(&call.func)
}

/// Whether a function runs before the tests beside it: `setUp`, a fixture that is used by all of them.
fn sets_up(function: &ast::StmtFunctionDef) -> bool {
    let name = function.name.as_str();
    AROUND_TESTS.iter().any(|(before, _)| name == *before)
        || matches!(name, "setUpModule" | "setup_module")
        || function.decorator_list.iter().any(is_automatic)
}

impl<'a> SourceOrderVisitor<'a> for Search<'_, 'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let whole = span(statement);
        match statement {
            Stmt::FunctionDef(function) => return self.function(statement, function),
            Stmt::ClassDef(class) => return self.class(statement, class),
            Stmt::If(choice) => {
                let clauses = || choice.elif_else_clauses.iter();
                let others = clauses().filter_map(|clause| clause.test.as_ref());
                let arms: Vec<&[Stmt]> = std::iter::once(&*choice.body)
                    .chain(clauses().map(|clause| &*clause.body))
                    .collect();
                self.tested(whole, std::iter::once(&*choice.test).chain(others), &arms);
            }
            Stmt::Match(choice) => {
                let guards = choice.cases.iter().filter_map(|case| case.guard.as_deref());
                let arms: Vec<&[Stmt]> = choice.cases.iter().map(|case| &*case.body).collect();
                self.tested(whole, std::iter::once(&*choice.subject).chain(guards), &arms);
            }
            Stmt::While(choice) => self.tested(whole, std::iter::once(&*choice.test), &[&choice.orelse]),
            Stmt::Assert(assertion) => {
                self.tested(whole, std::iter::once(&*assertion.test), &[]);
                self.asserted(assertion);
            }
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::With(with) => self.with(with),
            Stmt::Assign(assign) => self.assigned(assign),
            Stmt::Return(returned) => {
                let value = returned.value.as_deref();
                if value.is_some_and(|value| self.expects_rejection(value)) {
                    self.refused.extend(self.name);
                }
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::If(choice) = expr
            && self.choice.tells(&choice.test)
        {
            self.chosen(span(choice));
        }
        walk_expr(self, expr);
    }
}
