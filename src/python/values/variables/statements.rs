//! What each statement does to the variables of its scope.

use std::rc::Rc;

use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, walk_expr};
use ruff_python_ast::{self as ast, Comprehension, Expr, Operator, Stmt};
use ruff_text_size::Ranged;

use super::Holds;
use super::flow::{Ended, Walk, unknown};
use crate::python::syntax::nodes::{Scope, expressions_in};
use crate::python::values::windows::taken_on_windows;

impl<'a> Walk<'a> {
    pub(super) fn suite(&mut self, body: &'a [Stmt]) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                for decorator in &function.decorator_list {
                    self.visit_expr(&decorator.expression);
                }
                let defaults = function.parameters.iter_non_variadic_params();
                for default in defaults.filter_map(|parameter| parameter.default()) {
                    self.visit_expr(default);
                }
                self.set(function.name.as_str(), unknown());
            }
            Stmt::ClassDef(class) => self.set(class.name.as_str(), unknown()),
            Stmt::Assign(assign) => {
                self.visit_expr(&assign.value);
                for target in &assign.targets {
                    self.assign(target, &assign.value);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.visit_expr(value);
                    self.assign(&assign.target, value);
                }
            }
            Stmt::AugAssign(grown) => {
                self.visit_expr(&grown.value);
                if let Expr::Name(name) = &*grown.target {
                    let held = match (grown.op, self.state.get(name.id.as_str())) {
                        (Operator::Add, Some(before)) => Rc::new([Holds::Grown(Rc::clone(before), &grown.value)]),
                        _ => unknown(),
                    };
                    self.set(name.id.as_str(), held);
                }
                self.changed(&grown.target);
            }
            Stmt::If(choice) => self.choice(choice),
            Stmt::Match(choice) => {
                self.visit_expr(&choice.subject);
                let mut ended: Vec<Ended<'a>> = Vec::new();
                let mut is_exhausted = false;
                for case in &choice.cases {
                    is_exhausted |= case.guard.is_none() && case.pattern.is_wildcard();
                    ended.push(self.branch(|this| {
                        this.capture(&case.pattern);
                        if let Some(guard) = &case.guard {
                            this.visit_expr(guard);
                        }
                        this.suite(&case.body);
                    }));
                }
                if !is_exhausted {
                    ended.push(self.branch(|_| {}));
                }
                self.join(&ended);
                if taken_on_windows(choice, self.names).is_some() {
                    self.forget_all(&ended);
                }
            }
            Stmt::For(each) => {
                self.visit_expr(&each.iter);
                let target = &*each.target;
                let iter = (!each.is_async).then_some(&*each.iter);
                self.repeated(&each.body, &each.orelse, false, &|this| {
                    this.bind_elements(target, iter)
                });
            }
            Stmt::While(repeat) => {
                let is_endless = matches!(&*repeat.test, Expr::BooleanLiteral(value) if value.value);
                let test = &*repeat.test;
                self.repeated(&repeat.body, &repeat.orelse, is_endless, &|this| this.visit_expr(test));
            }
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::With(with) => {
                for item in &with.items {
                    self.visit_expr(&item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        self.bind(target, None);
                    }
                }
                self.suite(&with.body);
            }
            Stmt::Import(ast::StmtImport { names, .. }) | Stmt::ImportFrom(ast::StmtImportFrom { names, .. }) => {
                for alias in names {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    self.set(bound.split('.').next().unwrap_or(bound), unknown());
                }
            }
            Stmt::Delete(deleted) => {
                for target in &deleted.targets {
                    self.bind(target, None);
                    self.changed(target);
                }
            }
            Stmt::Break(_) => {
                if let Some(log) = self.loops.last().map(|around| around.log) {
                    let values = self.set_since(log);
                    if let Some(around) = self.loops.last_mut().filter(|_| self.is_alive) {
                        around.left.push(values);
                    }
                }
                self.is_alive = false;
            }
            Stmt::Continue(_) => {
                if let Some(log) = self.loops.last().map(|around| around.log) {
                    let values = self.set_since(log);
                    if let Some(around) = self.loops.last_mut().filter(|_| self.is_alive) {
                        around.next.push(values);
                    }
                }
                self.is_alive = false;
            }
            Stmt::Return(ast::StmtReturn { value, .. }) => {
                value.iter().for_each(|value| self.visit_expr(value));
                self.is_alive = false;
            }
            Stmt::Raise(raised) => {
                raised.exc.iter().for_each(|value| self.visit_expr(value));
                self.is_alive = false;
            }
            Stmt::Expr(bare) => self.visit_expr(&bare.value),
            Stmt::Assert(assertion) => {
                self.visit_expr(&assertion.test);
                assertion.msg.iter().for_each(|message| self.visit_expr(message));
            }
            _ => {}
        }
    }

    fn comprehension(&mut self, generators: &'a [Comprehension], visit: impl FnOnce(&mut Self)) {
        let ended = self.branch(|this| {
            for generator in generators {
                this.visit_expr(&generator.iter);
                let iter = (!generator.is_async).then_some(&generator.iter);
                this.bind_elements(&generator.target, iter);
                generator.ifs.iter().for_each(|test| this.visit_expr(test));
            }
            visit(this);
        });
        drop(ended);
    }
}

/// Methods that change the list or the dict that they belong to.
pub(super) const CHANGING: &[&str] = &[
    "append",
    "clear",
    "extend",
    "insert",
    "pop",
    "popitem",
    "remove",
    "reverse",
    "setdefault",
    "sort",
    "update",
];

impl<'a> SourceOrderVisitor<'a> for Walk<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if name.ctx.is_load() => {
                if let Some(held) = self.state.get(name.id.as_str()).filter(|_| self.is_recording) {
                    self.flow.read.insert(name.start().to_usize(), Rc::clone(held));
                }
            }
            Expr::Named(named) => {
                self.visit_expr(&named.value);
                self.assign(&named.target, &named.value);
            }
            // It runs later.
            Expr::Lambda(_) => {}
            Expr::ListComp(comp) => self.comprehension(&comp.generators, |this| this.visit_expr(&comp.elt)),
            Expr::SetComp(comp) => self.comprehension(&comp.generators, |this| this.visit_expr(&comp.elt)),
            Expr::Generator(comp) => self.comprehension(&comp.generators, |this| this.visit_expr(&comp.elt)),
            Expr::DictComp(comp) => self.comprehension(&comp.generators, |this| {
                for expr in comp.key.iter().chain([&comp.value]) {
                    this.visit_expr(expr);
                }
            }),
            Expr::Call(call) => {
                walk_expr(self, expr);
                if let Expr::Attribute(method) = &*call.func
                    && let Expr::Name(name) = &*method.value
                    && CHANGING.contains(&method.attr.as_str())
                    && self.state.contains_key(name.id.as_str())
                {
                    self.changed_by(name.id.as_str(), method.attr.as_str(), &call.arguments.args);
                }
            }
            _ => walk_expr(self, expr),
        }
    }
}

/// The names that a suite binds, in any of its statements.
pub(super) fn bound_in(body: &[Stmt]) -> impl Iterator<Item = &str> {
    let names = expressions_in(body, Scope::All).filter_map(Expr::as_name_expr);
    names.filter(|name| !name.ctx.is_load()).map(|name| name.id.as_str())
}
