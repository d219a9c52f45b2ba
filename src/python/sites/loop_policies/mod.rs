//! Uses of asyncio's event-loop policies, and the code that a platform decides about.

mod platform;
mod visit;

use ruff_python_ast::visitor::source_order::SourceOrderVisitor;
use ruff_python_ast::{self as ast, Expr, ExprCall, ModModule};

use self::platform::{asks_in, marks_module};
use crate::python::names::Names;
use crate::python::syntax::spans::span;
use crate::python::testing::test_code::TestCode;
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
}
