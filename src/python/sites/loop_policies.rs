//! Uses of asyncio's event-loop policies, and the code that a platform decides about.

use std::mem;

use ruff_python_ast::visitor::source_order::{
    SourceOrderVisitor, walk_arguments, walk_decorator, walk_expr, walk_parameters, walk_stmt,
};
use ruff_python_ast::{self as ast, Decorator, Expr, ExprCall, ModModule, Stmt};
use ruff_text_size::Ranged;

use crate::python::names::{Names, is_automatic};
use crate::python::sites::deadline_calls::may_skip;
use crate::python::syntax::leaving::leaves;
use crate::python::syntax::nodes::{Scope, expressions_in};
use crate::python::syntax::spans::span;
use crate::python::syntax::words::Words;
use crate::python::testing::test_code::{TestCode, is_fixture};
use crate::python::version_choice::VersionChoice;
use crate::sites::{PlatformSites, PolicyUse};
use crate::source::Span;

/// Functions that warn from Python 3.14 on when they are called.
const FUNCTIONS: &[&str] = &["asyncio.set_event_loop_policy", "asyncio.get_event_loop_policy"];

/// Classes that warn from Python 3.14 on when somebody asks the module for them.
const CLASSES: &[&str] = &[
    "asyncio.AbstractEventLoopPolicy",
    "asyncio.DefaultEventLoopPolicy",
    "asyncio.WindowsSelectorEventLoopPolicy",
    "asyncio.WindowsProactorEventLoopPolicy",
];

/// What `asyncio` has on Windows only.
const WINDOWS_ONLY: &[&str] = &[
    "asyncio.WindowsSelectorEventLoopPolicy",
    "asyncio.WindowsProactorEventLoopPolicy",
    "asyncio.ProactorEventLoop",
];

/// Finds what a module says about event loops, if it has their policies, and about platforms.
pub(in crate::python) fn collect(
    module: &ModModule,
    names: &Names,
    tests: &TestCode<'_>,
    choice: &VersionChoice<'_>,
    has_policies: bool,
) -> PlatformSites {
    let mut collector = Collector {
        names,
        tests,
        choice,
        has_policies,
        inside: Inside {
            runs: !module.body.iter().any(marks_module),
            ..Inside::default()
        },
        argument_of: None,
        found: PlatformSites::default(),
    };
    if !collector.inside.runs && module.body.iter().any(asks_in) {
        collector.found.branches.push(span(module));
    }
    collector.visit_body(&module.body);
    let mut found = collector.found;
    found.policies.sort_by_key(|policy| policy.span);
    found
        .branches
        .sort_by_key(|branch| (branch.start, std::cmp::Reverse(branch.end)));
    let mut end = 0;
    found.branches.retain(|branch| {
        let is_outermost = branch.end > end;
        end = end.max(branch.end);
        is_outermost
    });
    found
}

struct Collector<'a> {
    names: &'a Names,
    tests: &'a TestCode<'a>,
    choice: &'a VersionChoice<'a>,
    /// A name of a policy is spelled out: nothing else is worth resolving.
    has_policies: bool,
    inside: Inside,
    /// The call of a policy function whose arguments are visited: an index into the policies found.
    argument_of: Option<usize>,
    found: PlatformSites,
}

/// What the current code is inside of.
#[derive(Clone, Copy, Default)]
struct Inside {
    /// A runner of tests certainly comes here, or the import of the module.
    runs: bool,
    /// How much around decides whether the code runs.
    conditions: usize,
    /// How much around asks for the version.
    versions: usize,
}

impl<'a> Collector<'a> {
    fn call(&mut self, call: &'a ExprCall) -> Option<usize> {
        let path = self.path(&call.func)?;
        let path = match path.strip_prefix("asyncio.events.") {
            Some(function) => format!("asyncio.{function}"),
            None => path.to_owned(),
        };
        if !FUNCTIONS.contains(&path.as_str()) {
            return None;
        }
        self.push(span(call), Some(path), None, false);
        self.found.policies.len().checked_sub(1)
    }

    fn name(&mut self, expr: &'a Expr) {
        let Some(path) = self.path(expr) else {
            return;
        };
        let windows_only = WINDOWS_ONLY.contains(&path).then(|| path.to_owned());
        let outer = self.argument_of.and_then(|index| self.found.policies.get_mut(index));
        if let Some(outer) = outer {
            outer.windows_only = outer.windows_only.take().or(windows_only);
            return;
        }
        let deprecated = CLASSES.contains(&path).then(|| path.to_owned());
        if deprecated.is_some() || windows_only.is_some() {
            self.push(span(expr), deprecated, windows_only, false);
        }
    }

    fn import(&mut self, import: &ast::StmtImportFrom) {
        if import.level > 0 || import.module.as_ref().map(|module| module.as_str()) != Some("asyncio") {
            return;
        }
        for alias in &import.names {
            let path = format!("asyncio.{}", alias.name.as_str());
            let windows_only = WINDOWS_ONLY.contains(&path.as_str()).then(|| path.clone());
            let deprecated = CLASSES.contains(&path.as_str()).then_some(path);
            if deprecated.is_some() || windows_only.is_some() {
                self.push(span(alias), deprecated, windows_only, true);
            }
        }
    }

    fn push(&mut self, span: Span, deprecated: Option<String>, windows_only: Option<String>, is_import: bool) {
        let Inside {
            runs,
            conditions,
            versions,
        } = self.inside;
        self.found.policies.push(PolicyUse {
            span,
            deprecated,
            windows_only,
            is_import,
            is_certain: runs && conditions == 0,
            asks_for_version: versions > 0,
            in_test: self.tests.covers(span.start),
        });
    }

    /// What the expression means, where it means one thing only.
    fn path(&self, expr: &Expr) -> Option<&'a str> {
        if !self.has_policies {
            return None;
        }
        self.names.only_path(expr)
    }

    fn function(&mut self, function: &'a ast::StmtFunctionDef) {
        for decorator in &function.decorator_list {
            walk_decorator(self, decorator);
        }
        walk_parameters(self, &function.parameters);
        let decorators = &function.decorator_list;
        if decorators
            .iter()
            .any(|decorator| asks_for_platform(&decorator.expression))
        {
            self.found.branches.push(span(function));
        }
        let fixture = decorators.iter().find(|decorator| is_fixture(decorator, self.names));
        let is_called = match fixture {
            Some(fixture) => is_automatic(fixture) || function.name.starts_with("event_loop"),
            None => self.tests.role(function).is_some() || CALLED.contains(&function.name.as_str()),
        };
        let is_plain = |decorator: &Decorator| is_fixture(decorator, self.names) || is_harmless(decorator, self.names);
        let replaces = |name: &str| matches!(name, "monkeypatch" | "mocker");
        let replaced = function.parameters.iter().any(|parameter| replaces(parameter.name()));
        let inside = Inside {
            runs: self.inside.runs && is_called && !replaced && decorators.iter().all(is_plain),
            versions: self.inside.versions
                + usize::from(decorators.iter().any(|decorator| may_skip(decorator, self.choice))),
            ..self.inside
        };
        self.nested(inside, |this| this.visit_body(&function.body));
    }

    fn class(&mut self, class: &'a ast::StmtClassDef) {
        for decorator in &class.decorator_list {
            walk_decorator(self, decorator);
        }
        if let Some(arguments) = &class.arguments {
            walk_arguments(self, arguments);
        }
        if class
            .decorator_list
            .iter()
            .any(|decorator| asks_for_platform(&decorator.expression))
        {
            self.found.branches.push(span(class));
        }
        let inside = Inside {
            runs: self.inside.runs
                && self.tests.is_class(class)
                && class
                    .decorator_list
                    .iter()
                    .all(|decorator| is_harmless(decorator, self.names))
                && !class.body.iter().any(marks_module),
            versions: self.inside.versions
                + usize::from(
                    class
                        .decorator_list
                        .iter()
                        .any(|decorator| may_skip(decorator, self.choice)),
                ),
            ..self.inside
        };
        self.nested(inside, |this| this.visit_body(&class.body));
    }

    fn nested(&mut self, inside: Inside, visit: impl FnOnce(&mut Self)) {
        let outer = mem::replace(&mut self.inside, inside);
        let argument_of = self.argument_of.take();
        visit(self);
        self.inside = outer;
        self.argument_of = argument_of;
    }

    /// Visits code that `tests` decide about.
    fn decided(&mut self, whole: Span, tests: &[&'a Expr], visit: impl FnOnce(&mut Self)) {
        if tests.iter().any(|test| asks_for_platform(test)) {
            self.found.branches.push(whole);
        }
        let inside = Inside {
            conditions: self.inside.conditions + 1,
            versions: self.inside.versions + usize::from(tests.iter().any(|test| self.choice.tells(test))),
            ..self.inside
        };
        let outer = mem::replace(&mut self.inside, inside);
        visit(self);
        self.inside = outer;
    }
}

impl<'a> SourceOrderVisitor<'a> for Collector<'a> {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        let outer = self.inside;
        let end = body.last().map_or(0, |last| last.end().to_usize());
        for statement in body {
            self.visit_stmt(statement);
            // What asks and leaves, or skips, decides about the rest of its block.
            if let Some(test) = leaving(statement) {
                self.inside.conditions += 1;
                self.inside.versions += usize::from(self.choice.tells(test));
                if asks_for_platform(test) {
                    self.found.branches.push(Span::new(statement.end().to_usize(), end));
                }
            }
        }
        self.inside = outer;
    }

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::ImportFrom(import) => self.import(import),
            Stmt::If(choice) => {
                let clauses = choice.elif_else_clauses.iter();
                let tests: Vec<&Expr> = [&*choice.test]
                    .into_iter()
                    .chain(clauses.filter_map(|clause| clause.test.as_ref()))
                    .collect();
                self.decided(span(statement), &tests, |this| walk_stmt(this, statement));
            }
            Stmt::While(repeat) => self.decided(span(statement), &[&repeat.test], |this| walk_stmt(this, statement)),
            Stmt::Match(matched) => {
                self.decided(span(statement), &[&matched.subject], |this| walk_stmt(this, statement));
            }
            Stmt::Assert(_) | Stmt::For(_) | Stmt::Try(_) => {
                self.decided(span(statement), &[], |this| walk_stmt(this, statement));
            }
            // It may expect an exception, or replace what is named.
            Stmt::With(with) if !with.is_async => {
                let managers: Vec<&Expr> = with.items.iter().map(|item| &item.context_expr).collect();
                self.decided(span(statement), &managers, |this| walk_stmt(this, statement));
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => {
                let Some(index) = self.call(call) else {
                    walk_expr(self, expr);
                    return;
                };
                let outer = self.argument_of.replace(index);
                self.visit_arguments(&call.arguments);
                self.argument_of = outer;
            }
            Expr::Attribute(attribute) if attribute.ctx.is_load() => {
                self.name(expr);
                walk_expr(self, expr);
            }
            // What was imported by its name warned, or failed, where it was imported.
            Expr::Name(_) if self.argument_of.is_some() => {}
            Expr::If(choice) => {
                self.decided(span(expr), &[&choice.test], |this| walk_expr(this, expr));
            }
            Expr::BoolOp(operation) => {
                let tests: Vec<&Expr> = operation.values.iter().collect();
                self.decided(span(expr), &tests, |this| walk_expr(this, expr));
            }
            Expr::Lambda(_) | Expr::Generator(_) => self.decided(span(expr), &[], |this| walk_expr(this, expr)),
            _ => walk_expr(self, expr),
        }
    }
}

/// Functions that pytest calls by their names before it runs any test.
const CALLED: &[&str] = &["pytest_configure", "pytest_sessionstart"];

/// A decorator that certainly lets its test run.
fn is_harmless(decorator: &Decorator, names: &Names) -> bool {
    let function = match &decorator.expression {
        Expr::Call(call) => &*call.func,
        other => other,
    };
    let path = names.resolve(function);
    matches!(
        path,
        Some(
            "pytest.mark.asyncio"
                | "pytest.mark.anyio"
                | "pytest.mark.parametrize"
                | "pytest.mark.timeout"
                | "staticmethod"
                | "classmethod"
        )
    )
}

/// `pytestmark = pytest.mark.skipif(…)`: it may keep the tests beside it from running. A mark of asyncio does not.
fn marks_module(statement: &Stmt) -> bool {
    let Stmt::Assign(assign) = statement else {
        return false;
    };
    let is_mark = |target: &Expr| matches!(target, Expr::Name(name) if name.id == "pytestmark");
    assign.targets.iter().any(is_mark)
        && asks(&assign.value, |word| {
            word != "asyncio" && SKIPS.iter().any(|skip| word.contains(skip))
        })
}

const SKIPS: &[&str] = &["skip", "platform", "win", "require", "only"];

fn asks_in(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Assign(assign) if marks_module(statement) && asks_for_platform(&assign.value))
}

/// The test of an `if` that leaves, raises or ends in a call that does by its name: `pytest.skip(…)`, `sys.exit()`.
fn leaving(statement: &Stmt) -> Option<&Expr> {
    let Stmt::If(choice) = statement else {
        return None;
    };
    let last = choice.body.last()?;
    let calls_it_off = |called: &Expr| {
        let name = match called {
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            Expr::Name(name) => name.id.as_str(),
            _ => return true,
        };
        LEAVING.are_in(name)
    };
    let ends_it = match last {
        Stmt::Expr(bare) => bare.value.as_call_expr().is_some_and(|call| calls_it_off(&call.func)),
        other => leaves(other),
    };
    ends_it.then_some(&*choice.test)
}

/// Whether an expression asks for the platform, directly or by the name of something that does: `sys.platform`, `os.name`,
/// `platform.system()`, `IS_WINDOWS`.
fn asks_for_platform(expr: &Expr) -> bool {
    asks(expr, |word| {
        let is_named = |platform: &&str| word.eq_ignore_ascii_case(platform);
        ["nt", "win", "java"].iter().any(is_named) || PLATFORMS.are_in(word)
    })
}

static LEAVING: Words<5> = Words::new(["skip", "exit", "fail", "quit", "abort"]);
static PLATFORMS: Words<17> = Words::new([
    "platform", "windows", "win32", "win64", "winloop", "cygwin", "msvc", "posix", "linux", "darwin", "macos", "uname",
    "is_win", "on_win", "iswin", "not_win", "unix",
]);

/// Whether a name, an attribute or a string in an expression is one of those.
fn asks(expr: &Expr, tells: impl Fn(&str) -> bool) -> bool {
    expressions_in(expr, Scope::All).any(|part| match part {
        Expr::Name(name) => tells(&name.id),
        Expr::Attribute(attribute) => tells(&attribute.attr),
        Expr::StringLiteral(text) => tells(text.value.to_str()),
        _ => false,
    })
}
