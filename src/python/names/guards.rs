//! What managers and decorators of the project catch around what they run.

use std::cell::Cell;

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, ExceptHandler, Expr, Stmt};

use super::Names;
use super::binding::{Guard, ScopeKind};
use super::build::Builder;
use super::evaluate::Evaluation;
use super::meaning::reference;
use super::value::Value;

/// So many of them are looked at around one place.
const MOST_GUARDS: usize = 16;

/// What something is entered around, or called for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::python) enum Guarded {
    /// The block of a `with`.
    Block,
    /// A function that it decorates.
    Function,
}

impl Names {
    /// The classes that the manager or decorator `callee` of the project catches and keeps, each by what it can mean: nothing
    /// where that cannot be told.
    pub(in crate::python) fn guards(&self, callee: &Expr, what: Guarded) -> Vec<Vec<Value>> {
        let steps = Cell::new(0);
        Evaluation::new(self, &steps).guards(self.values(callee), what)
    }
}

impl Evaluation<'_, '_> {
    fn guards(&self, callee: &[Value], what: Guarded) -> Vec<Vec<Value>> {
        if !self.may_go_on() {
            return Vec::new();
        }
        let mut found = Vec::new();
        for value in callee {
            match (value, what) {
                (Value::Function(function), Guarded::Block) if self.is_manager(*function) => {
                    found.extend(self.caught(&self.table.function(*function).gives.yields_under));
                }
                (Value::Function(function), Guarded::Function) => {
                    found.extend(self.caught(&self.table.function(*function).gives.calls_under));
                }
                (class @ (Value::Class(_) | Value::Instance(_)), Guarded::Block) => {
                    let may_keep = ["__exit__", "__aexit__"].iter().any(|method| {
                        let values = self.attribute(std::slice::from_ref(class), &Name::new_static(method));
                        let gives_truth = |value: &Value| match value {
                            Value::Function(exit) => self.table.function(*exit).gives.may_be_true,
                            _ => false,
                        };
                        values.iter().any(gives_truth)
                    });
                    found.extend(may_keep.then(Vec::new));
                }
                (Value::Foreign { module, value, path }, _) => {
                    let there = self.elsewhere(module);
                    let caught = there.guards(std::slice::from_ref(&**value), what);
                    found.extend(caught.iter().map(|values| there.seen_outside(values, module, path)));
                }
                _ => {}
            }
        }
        found
    }

    fn caught(&self, guards: &[Guard]) -> Vec<Vec<Value>> {
        let mut found = Vec::new();
        for guard in guards {
            let counts = guard.manager.as_ref().is_none_or(
                |manager| matches!(&*self.reference(manager), [Value::Path(path)] if path == "contextlib.suppress"),
            );
            if !counts {
                continue;
            }
            if guard.is_bare {
                found.push(vec![Value::Path("BaseException".to_owned())]);
            }
            let values = |class: &Option<super::binding::Reference>| match class {
                Some(class) => self.reference(class).into_owned(),
                None => Vec::new(),
            };
            found.extend(guard.classes.iter().map(values));
        }
        found
    }
}

impl Builder {
    /// What the clauses of a `try` catch and keep.
    pub(super) fn clauses(&self, statement: &ast::StmtTry) -> Vec<Guard> {
        let keeps = |handler: &&ast::ExceptHandlerExceptHandler| !matches!(handler.body.last(), Some(Stmt::Raise(_)));
        let handlers = statement.handlers.iter();
        let handlers = handlers
            .map(|ExceptHandler::ExceptHandler(handler)| handler)
            .filter(keeps);
        let guard = |handler: &ast::ExceptHandlerExceptHandler| Guard {
            manager: None,
            classes: self.classes(handler.type_.as_deref().map_or(&[], std::slice::from_ref)),
            is_bare: handler.type_.is_none(),
        };
        handlers.map(guard).collect()
    }

    /// What the items of a `with` may catch.
    pub(super) fn managers(&self, statement: &ast::StmtWith) -> Vec<Guard> {
        let calls = statement
            .items
            .iter()
            .filter_map(|item| item.context_expr.as_call_expr());
        let guard = |call: &ast::ExprCall| {
            let manager = reference(&call.func, self.scope)?;
            let has_classes = !call.arguments.args.is_empty() && call.arguments.keywords.is_empty();
            has_classes.then(|| Guard {
                manager: Some(manager),
                classes: self.classes(&call.arguments.args),
                is_bare: false,
            })
        };
        calls.filter_map(guard).collect()
    }

    fn classes(&self, clause: &[Expr]) -> Vec<Option<super::binding::Reference>> {
        let of = |class: &Expr| match class {
            Expr::Starred(starred) => reference(&starred.value, self.scope),
            class => reference(class, self.scope),
        };
        let parts = clause.iter().flat_map(|class| match class {
            Expr::Tuple(tuple) => tuple.elts.as_slice(),
            single => std::slice::from_ref(single),
        });
        parts.take(MOST_GUARDS).map(of).collect()
    }

    /// What is visited stands within these.
    pub(super) fn within(&mut self, guards: Vec<Guard>, visit: impl FnOnce(&mut Self)) {
        let before = self.guards.len();
        let room = MOST_GUARDS.saturating_sub(before);
        self.guards.extend(guards.into_iter().take(room));
        visit(self);
        self.guards.truncate(before);
    }

    /// A call of `name` in a function: whether that is a parameter of a function around it.
    pub(super) fn calls_guarded(&mut self, name: &Name) {
        if self.guards.is_empty() {
            return;
        }
        let around: Vec<_> = self
            .names
            .chain(self.scope)
            .filter_map(|scope| match self.names.scope(scope).kind {
                ScopeKind::Function(function) => Some(function),
                _ => None,
            })
            .skip(1)
            .collect();
        let owner = around
            .iter()
            .position(|function| self.names.function(*function).gives.parameters.contains(name));
        let Some(owner) = owner else { return };
        for function in around.iter().skip(owner) {
            let under = &mut self.names.functions[function.index()].gives.calls_under;
            if under.len() < MOST_GUARDS {
                under.extend(self.guards.iter().cloned());
            }
        }
    }
}

/// `except ImportError:` and its kin.
pub(super) fn catches_failed_import(handler: &ExceptHandler) -> bool {
    let ExceptHandler::ExceptHandler(handler) = handler;
    let is_one = |class: &Expr| match class {
        Expr::Name(name) => matches!(
            name.id.as_str(),
            "ImportError" | "ModuleNotFoundError" | "AttributeError" | "Exception"
        ),
        _ => false,
    };
    match handler.type_.as_deref() {
        None => true,
        Some(Expr::Tuple(classes)) => classes.elts.iter().any(is_one),
        Some(class) => is_one(class),
    }
}
