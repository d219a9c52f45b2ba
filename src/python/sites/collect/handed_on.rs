//! Functions that are handed to something which calls them, where that can be seen; classes and modules that are handed to
//! something which may call what they have, where nobody sees that: a registry, a list of classes, a decorator of a class,
//! `getattr(module, name)`.

use ruff_python_ast::{Decorator, Expr, ExprCall, StmtClassDef};
use ruff_text_size::Ranged;

use super::Collector;
use crate::python::deadlines::around::Around;
use crate::python::deadlines::callers::{CallSite, CallSiteId};
use crate::python::names::{FunctionId, ScopeId, Value};
use crate::python::sites::usage::{Slot, is_callee};

/// What only asks about a class that it is given.
const ASKING: &[&str] = &[
    "isinstance",
    "issubclass",
    "super",
    "hasattr",
    "getattr",
    "repr",
    "str",
    "id",
    "print",
];

/// The modules whose decorators hand a class to nobody.
const QUIET_DECORATORS: &[&str] = &[
    "attr",
    "attrs",
    "dataclasses",
    "enum",
    "functools",
    "pydantic",
    "pytest",
    "typing",
];

impl<'a> Collector<'a> {
    /// Takes note of what calls `function`, which is no call here, where that can be seen: a function of the project that is given
    /// it, or the code that calls the variable which keeps it, by itself or by `functools.partial`.
    pub(super) fn called_through(&mut self, expr: &'a Expr, function: FunctionId) -> Option<()> {
        if let Some(site) = self.called_where_it_stands(expr) {
            self.callers.call_passed_on(function, site);
            return Some(());
        }
        let is_partial = |call: &ExprCall| {
            let is_first = call
                .arguments
                .args
                .first()
                .is_some_and(|first| first.range() == expr.range());
            is_first && self.names.resolve(&call.func) == Some("functools.partial")
        };
        let (around, is_kept) = match &*self.parents {
            [] => (Vec::new(), true),
            [Expr::Call(call)] if is_partial(call) => (Vec::new(), true),
            // What is around that call may be over where it is kept for later.
            parents => {
                let runner = self.runner(expr, parents.len())?;
                let around = vec![
                    Around::Wrapped(runner.clone()),
                    Around::Handed {
                        to: runner,
                        around: self.around(expr),
                    },
                ];
                (around, false)
            }
        };
        let site = self.callers.site(CallSite {
            caller: self.inside.function,
            around,
            is_waited_for: false,
            expected: self.expected(expr),
            is_in_lambda: self.inside.is_lambda,
            is_of_any_object: false,
        });
        let is_seen = !is_kept || self.keeps_function(site);
        is_seen.then(|| self.callers.call_passed_on(function, site))
    }

    /// A method of an object whose class does not have it: its subclasses may.
    pub(super) fn call_of_subclasses(&mut self, call: &ExprCall, site: CallSiteId) {
        let Expr::Attribute(method) = &*call.func else {
            return;
        };
        let subclasses = self.subclasses.get_or_init(|| self.names.subclasses());
        for function in self.names.methods_of_subclasses(method, subclasses) {
            self.callers.call(function, site);
        }
    }

    /// A name or attribute that may be a class which something is given.
    pub(super) fn class_handed_on(&mut self, expr: &'a Expr, name: &str) {
        let may_be_class = self.class_names.contains(name) || self.asks_for_uses();
        if may_be_class && self.is_given_away(expr) {
            let values = self.names.values(expr).iter();
            values
                .filter(|value| is_class(value))
                .for_each(|class| self.hand_on(class));
        }
    }

    /// A class with decorators: those of the project and of most libraries may keep it.
    pub(super) fn class_registered(&mut self, class: &'a StmtClassDef) {
        let is_quiet = |decorator: &Decorator| {
            let function = match &decorator.expression {
                Expr::Call(call) => &*call.func,
                other => other,
            };
            let path = self.names.resolve(function);
            path.and_then(|path| path.split('.').next())
                .is_some_and(|of| QUIET_DECORATORS.contains(&of))
        };
        if let Some(first) = class.body.first()
            && !class.decorator_list.iter().all(is_quiet)
        {
            self.hand_on_class(self.names.scope_at(first.start().to_usize()));
        }
    }

    /// A call that takes what a class or a module has by a name that nobody sees: `getattr(backends, kind)`, `globals()`.
    pub(super) fn asked_by_name(&mut self, call: &'a ExprCall) {
        let name = match &*call.func {
            Expr::Name(name) => &name.id,
            Expr::Attribute(attribute) => &attribute.attr.id,
            _ => return,
        };
        match (name.as_str(), &*call.arguments.args) {
            ("getattr", [object, attribute, ..]) if !attribute.is_string_literal_expr() => self.hand_on_whole(object),
            ("vars" | "getmembers", [object, ..]) => self.hand_on_whole(object),
            ("globals", []) => self.hand_on_this_module(),
            _ => {}
        }
    }

    fn hand_on_whole(&mut self, object: &'a Expr) {
        if self.asks_for_uses()
            && let Some(module) = self.names.foreign_module(object)
        {
            let functions = module.0.functions();
            let named = functions.map(|function| (module.0.file().to_owned(), function.qualified.clone()));
            self.uses.handed_on_whole.extend(named);
        }
        for value in self.names.values(object) {
            self.hand_on(value);
        }
    }

    /// The methods of a class, or of the class of an object.
    fn hand_on(&mut self, value: &Value) {
        match value {
            Value::Class(class) | Value::Instance(class) => self.hand_on_class(*class),
            Value::Foreign { module, value, .. } if self.asks_for_uses() => {
                let (Value::Class(class) | Value::Instance(class)) = **value else {
                    return;
                };
                let methods = module.0.methods(class);
                let named = methods.map(|method| (module.0.file().to_owned(), module.0.qualified(method).to_owned()));
                self.uses.handed_on_whole.extend(named);
            }
            _ => {}
        }
    }

    fn hand_on_class(&mut self, class: ScopeId) {
        for method in self.names.methods(class) {
            self.callers.hand_on(method);
        }
    }

    fn hand_on_this_module(&mut self) {
        for index in 0..self.names.functions().len() {
            self.callers.hand_on(FunctionId::at(index));
        }
    }

    /// Whether the current expression is given to a call, kept in a collection, or handed back.
    fn is_given_away(&self, expr: &'a Expr) -> bool {
        let (mut child, mut is_collected) = (expr, false);
        for parent in self.parents.iter().rev() {
            match parent {
                Expr::Starred(_) | Expr::List(_) | Expr::Tuple(_) | Expr::Set(_) | Expr::Dict(_) => is_collected = true,
                Expr::If(_) | Expr::BoolOp(_) | Expr::Named(_) => {}
                Expr::Lambda(_) => return true,
                Expr::Call(call) => return !is_callee(call, child) && !self.only_asks(call),
                _ => return false,
            }
            child = parent;
        }
        match self.slot {
            Slot::Item(_) | Slot::Returned | Slot::Assigned(None) => true,
            Slot::Assigned(Some(_)) | Slot::Iterable { .. } => is_collected,
            Slot::WithItem { .. } | Slot::Bare | Slot::Other => false,
        }
    }

    fn only_asks(&self, call: &ExprCall) -> bool {
        let path = self.names.resolve(&call.func);
        path.is_some_and(|path| ASKING.contains(&path) || path.starts_with("typing."))
    }
}

fn is_class(value: &Value) -> bool {
    matches!(value.at_home(), Value::Class(_))
}
