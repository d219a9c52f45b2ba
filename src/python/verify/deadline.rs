//! What a deadline looks like: the functions that set one, the statements that lift it, the form for old Pythons.

use std::collections::BTreeMap;

use ruff_python_ast::{Expr, ExprCall, Stmt, StmtWith, WithItem};

use crate::python::syntax::dotted::dotted;
use crate::python::syntax::nodes::{Scope, statements_in};

/// What the imports of a module bind, wherever in it they stand: names to dotted paths.
#[derive(Default)]
pub(super) struct Imports(BTreeMap<String, String>);

impl Imports {
    pub(super) fn of(module: &[Stmt]) -> Self {
        let mut imports = Self::default();
        statements_in(module, Scope::All).for_each(|statement| imports.look_at(statement));
        imports
    }

    fn look_at(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let path = alias.name.as_str();
                    let (bound, path) = match &alias.asname {
                        Some(name) => (name.as_str(), path),
                        None => {
                            let package = path.split('.').next().unwrap_or(path);
                            (package, package)
                        }
                    };
                    self.0.insert(bound.to_owned(), path.to_owned());
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                    self.0.insert(bound.to_string(), from_path(import, &alias.name));
                }
            }
            _ => {}
        }
    }

    fn resolve(&self, callee: &Expr) -> Option<String> {
        let dotted = dotted(callee)?;
        let (first, rest) = dotted.split_at(dotted.find('.').unwrap_or(dotted.len()));
        self.0.get(first).map(|path| format!("{path}{rest}"))
    }

    /// Whether `item` is a deadline that goes into a `with` of this kind.
    pub(super) fn is_deadline(&self, item: &WithItem, is_async: bool) -> bool {
        let Expr::Call(call) = &item.context_expr else {
            return false;
        };
        let known = if is_async { ASYNC_WITH } else { PLAIN_WITH };
        self.resolve(&call.func)
            .is_some_and(|path| known.contains(&path.as_str()))
    }

    pub(super) fn is_wait_for(&self, callee: &Expr) -> bool {
        self.resolve(callee).as_deref() == Some("asyncio.wait_for")
    }

    pub(super) fn is_exit_stack(&self, item: &WithItem) -> bool {
        let Expr::Call(call) = &item.context_expr else {
            return false;
        };
        self.resolve(&call.func).as_deref() == Some("contextlib.AsyncExitStack") && call.arguments.is_empty()
    }

    /// The with-item that the `AsyncExitStack` form stands for: of
    /// `async with AsyncExitStack() as stack: TARGET = await wait_for(stack.enter_async_context(CONTEXT), T)`
    /// it is `CONTEXT as TARGET`.
    pub(super) fn entered_through_stack(&self, with: &StmtWith) -> Option<WithItem> {
        let stack = name_bound_by(with.items.last()?)?;
        let (value, target) = match with.body.first()? {
            Stmt::Expr(statement) => (&statement.value, None),
            Stmt::Assign(statement) => match &statement.targets[..] {
                [target] => (&statement.value, Some(target)),
                _ => return None,
            },
            _ => return None,
        };
        let wait = value.as_await_expr()?.value.as_call_expr()?;
        let enter = wait.arguments.args.first()?.as_call_expr()?;
        let method = enter.func.as_attribute_expr()?;
        let through_stack = method.attr.as_str() == "enter_async_context"
            && method
                .value
                .as_name_expr()
                .is_some_and(|name| name.id.as_str() == stack);
        let [context] = &enter.arguments.args[..] else {
            return None;
        };
        (self.is_wait_for(&wait.func) && through_stack && enter.arguments.keywords.is_empty()).then(|| WithItem {
            context_expr: context.clone(),
            optional_vars: target.cloned().map(Box::new),
            ..with.items[with.items.len() - 1].clone()
        })
    }
}

/// The dotted path of a name that `from … import` brings, with a dot for each level up.
pub(super) fn from_path(import: &ruff_python_ast::StmtImportFrom, name: &str) -> String {
    let dots = ".".repeat(import.level as usize);
    match &import.module {
        Some(module) => format!("{dots}{module}.{name}"),
        None => format!("{dots}{name}"),
    }
}

const ASYNC_WITH: &[&str] = &[
    "asyncio.timeout",
    "asyncio.timeout_at",
    "async_timeout.timeout",
    "async_timeout.timeout_at",
];

const PLAIN_WITH: &[&str] = &[
    "anyio.fail_after",
    "anyio.move_on_after",
    "trio.fail_after",
    "trio.fail_at",
    "trio.move_on_after",
    "trio.move_on_at",
];

/// The name that `with … as NAME` binds.
pub(super) fn name_bound_by(item: &WithItem) -> Option<&str> {
    Some(item.optional_vars.as_deref()?.as_name_expr()?.id.as_str())
}

/// The variable whose deadline a statement lifts: `x.reschedule(None)`, `x.reject()`, `x.deadline = …`.
pub(super) fn lifted_by(statement: &Stmt) -> Option<&str> {
    let (object, allowed) = match statement {
        Stmt::Expr(statement) => {
            let call: &ExprCall = statement.value.as_call_expr()?;
            let method = call.func.as_attribute_expr()?;
            let allowed = match method.attr.as_str() {
                "reschedule" => matches!(&call.arguments.args[..], [Expr::NoneLiteral(_)]),
                "reject" => call.arguments.args.is_empty(),
                _ => false,
            };
            (&method.value, allowed && call.arguments.keywords.is_empty())
        }
        Stmt::Assign(statement) => match &statement.targets[..] {
            [Expr::Attribute(attribute)] => (&attribute.value, attribute.attr.as_str() == "deadline"),
            _ => return None,
        },
        _ => return None,
    };
    allowed.then(|| Some(object.as_name_expr()?.id.as_str()))?
}
