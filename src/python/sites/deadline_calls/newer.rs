//! Names that Python 3.11 brought, in code that older Pythons run too.
//!
//! What a branch, a handler or a decorator keeps from old Pythons is left out. Whatever asks for the version counts,
//! without being understood.

use ruff_python_ast::{Decorator, ExceptHandler, Expr, ExprCall, ModModule, Stmt, StmtImportFrom, StmtTry};
use ruff_text_size::Ranged;

use super::Collector;
use crate::python::sites::usage::Slot;
use crate::python::syntax::nodes::{Scope, statements_in};
use crate::python::syntax::spans::span;
use crate::python::syntax::words::Words;
use crate::python::version_choice::VersionChoice;
use crate::sites::{NewerName, NewerUse};

/// What `asyncio` has since Python 3.11.
const NEWER: &[&str] = &["asyncio.timeout", "asyncio.timeout_at", "asyncio.TaskGroup"];

impl<'a> Collector<'a> {
    /// `asyncio.timeout(…)`: what was imported by its name is told where it is imported.
    pub(super) fn newer_name(&mut self, call: &ExprCall) {
        if self.unseen_by_old > 0 || !call.func.is_attribute_expr() {
            return;
        }
        let Some(path) = self.names.only_path(&call.func).filter(|path| NEWER.contains(path)) else {
            return;
        };
        if self.choice.callers_tell(call.start().to_usize()) {
            return;
        }
        let with = match (self.parents.as_slice(), self.slot) {
            ([], Slot::WithItem { .. }) => self.with_index.and_then(|index| self.withs.get(index)),
            _ => None,
        };
        self.found.newer.push(NewerName {
            span: span(&*call.func),
            path: path.to_owned(),
            used: Some(NewerUse {
                call: span(call),
                block: with.map(|with| with.whole),
                is_bound: with.is_none_or(|with| with.binds),
            }),
            in_test: self.tests.covers(call.start().to_usize()),
        });
    }

    /// `from asyncio import timeout`.
    pub(super) fn newer_import(&mut self, import: &StmtImportFrom) {
        let module = import.module.as_ref().map(|module| module.as_str());
        if self.unseen_by_old > 0 || import.level > 0 || module != Some("asyncio") {
            return;
        }
        for alias in &import.names {
            let path = format!("asyncio.{}", alias.name.as_str());
            if NEWER.contains(&path.as_str()) {
                self.found.newer.push(NewerName {
                    span: span(alias),
                    path,
                    used: None,
                    in_test: self.tests.covers(alias.start().to_usize()),
                });
            }
        }
    }
}

/// Whether a `try` has an answer to a name that is missing.
pub(in crate::python) fn catches_missing(try_: &StmtTry) -> bool {
    let catches = |expr: &Expr| match expr {
        Expr::Name(name) => matches!(
            name.id.as_str(),
            "ImportError" | "ModuleNotFoundError" | "AttributeError" | "NameError" | "Exception" | "BaseException"
        ),
        _ => false,
    };
    try_.handlers
        .iter()
        .any(|ExceptHandler::ExceptHandler(handler)| match handler.type_.as_deref() {
            Some(Expr::Tuple(tuple)) => tuple.elts.iter().any(catches),
            Some(single) => catches(single),
            None => true,
        })
}

/// Whether a decorator may keep its function from running: `@pytest.mark.skipif(sys.version_info < (3, 11), …)`.
pub(in crate::python) fn may_skip(decorator: &Decorator, choice: &VersionChoice<'_>) -> bool {
    let name = match &decorator.expression {
        Expr::Call(call) => &*call.func,
        other => other,
    };
    let by_name = match name {
        Expr::Name(name) => SKIPS.are_in(&name.id),
        Expr::Attribute(attribute) => SKIPS.are_in(&attribute.attr),
        _ => false,
    };
    by_name || choice.tells(&decorator.expression)
}

static SKIPS: Words<5> = Words::new(["skip", "require", "only", "since", "xfail"]);

/// 1 where the module as a whole is not for old Pythons, or gives `asyncio` what it lacks: `pytestmark`, `asyncio.timeout = …`,
/// `collect_ignore`, a statement at its top that asks for the version and leaves.
pub(super) fn patches(module: &ModModule, choice: &VersionChoice<'_>) -> usize {
    let patches = |statement: &Stmt| match statement {
        Stmt::Assign(assign) => assign.targets.iter().any(|target| match target {
            Expr::Attribute(attribute) => matches!(attribute.attr.as_str(), "timeout" | "timeout_at" | "TaskGroup"),
            Expr::Name(name) => name.id == "pytestmark" && choice.tells(&assign.value),
            _ => false,
        }),
        Stmt::Expr(bare) => sets_attribute(&bare.value),
        _ => false,
    };
    usize::from(statements_in(&module.body, Scope::All).any(patches))
}

/// `setattr(asyncio, "timeout", …)`.
fn sets_attribute(expr: &Expr) -> bool {
    let Expr::Call(call) = expr else {
        return false;
    };
    let is_setter = match &*call.func {
        Expr::Name(name) => name.id == "setattr",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "setattr",
        _ => false,
    };
    let named = |value: &Expr| matches!(value, Expr::StringLiteral(text) if matches!(text.value.to_str(), "timeout" | "timeout_at" | "TaskGroup"));
    is_setter && call.arguments.args.iter().any(named)
}
