//! The visit itself: what each statement and expression says about who runs the code in it, and when.

use std::mem;

use ruff_python_ast::visitor::source_order::{
    SourceOrderVisitor, walk_arguments, walk_decorator, walk_except_handler, walk_expr, walk_parameters, walk_stmt,
};
use ruff_python_ast::{self as ast, Decorator, Expr, Stmt};
use ruff_text_size::Ranged;

use super::polled::{over_behind, over_where};
use super::{Collector, Inside};

impl<'a> Collector<'a> {
    fn function(&mut self, function: &'a ast::StmtFunctionDef) {
        for decorator in &function.decorator_list {
            walk_decorator(self, decorator);
        }
        walk_parameters(self, &function.parameters);
        let parameters = function.parameters.iter();
        self.parameters
            .extend(parameters.map(|parameter| parameter.name().as_str()));
        let first = function.body.first().map(|first| first.start().to_usize());
        let id = first.and_then(|first| self.names.function_at(first));
        let is_plain = |decorator: &Decorator| {
            let path = self.names.resolve(&decorator.expression);
            matches!(path, Some("staticmethod" | "classmethod"))
        };
        if let Some(id) = id.filter(|_| !function.is_async && function.decorator_list.iter().all(is_plain)) {
            self.through.plain(id);
        }
        let inside = Inside {
            function: id,
            is_async: function.is_async,
            ..Inside::default()
        };
        let outer = mem::replace(&mut self.inside, inside);
        self.visit_body(&function.body);
        self.inside = outer;
    }

    fn class(&mut self, class: &'a ast::StmtClassDef) {
        for decorator in &class.decorator_list {
            walk_decorator(self, decorator);
        }
        if let Some(arguments) = &class.arguments {
            walk_arguments(self, arguments);
        }
        let outer = mem::take(&mut self.inside);
        self.visit_body(&class.body);
        self.inside = outer;
    }

    fn under_a_condition(&mut self, visit: impl FnOnce(&mut Self)) {
        self.inside.conditions += 1;
        visit(self);
        self.inside.conditions -= 1;
    }

    /// What stands in an `except` clause runs after a failure only.
    fn attempt(&mut self, attempt: &'a ast::StmtTry) {
        self.visit_body(&attempt.body);
        self.under_a_condition(|this| {
            for handler in &attempt.handlers {
                walk_except_handler(this, handler);
            }
        });
        self.visit_body(&attempt.orelse);
        self.visit_body(&attempt.finalbody);
    }

    fn deferred(&mut self, visit: impl FnOnce(&mut Self)) {
        let outer = mem::replace(&mut self.inside.is_deferred, true);
        visit(self);
        self.inside.is_deferred = outer;
    }
}

impl<'a> SourceOrderVisitor<'a> for Collector<'a> {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        let outer = self.inside.conditions;
        for statement in body {
            self.visit_stmt(statement);
            self.inside.conditions += usize::from(leaves_unless_it_fails(statement));
        }
        self.inside.conditions = outer;
    }

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::If(choice) => {
                self.visit_expr(&choice.test);
                self.under_a_condition(|this| {
                    let before = this.inside.ended.clone();
                    if let Some(process) = over_where(&choice.test) {
                        this.inside.ended.is_over(process);
                    }
                    this.visit_body(&choice.body);
                    let mut after = this.inside.ended.clone();
                    for clause in &choice.elif_else_clauses {
                        this.inside.ended = before.clone();
                        if let Some(test) = &clause.test {
                            this.visit_expr(test);
                        }
                        this.visit_body(&clause.body);
                        after = after.or(this.inside.ended.clone());
                    }
                    this.inside.ended = after;
                });
            }
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::Match(_) => self.under_a_condition(|this| walk_stmt(this, statement)),
            Stmt::Assign(assign) => {
                let targets = assign.targets.iter().filter_map(Expr::as_attribute_expr);
                self.replaced.extend(targets.map(|target| target.attr.to_string()));
                walk_stmt(self, statement);
                for target in &assign.targets {
                    self.inside.ended.rebound(target);
                }
            }
            Stmt::While(_) | Stmt::Assert(_) => {
                walk_stmt(self, statement);
                if let Some(process) = over_behind(statement) {
                    self.inside.ended.is_over(process);
                }
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => {
                self.call(call);
                walk_expr(self, expr);
            }
            Expr::Yield(_) | Expr::YieldFrom(_) => {
                if let Some(function) = self.inside.function {
                    self.through.yields(&function);
                }
                walk_expr(self, expr);
            }
            Expr::Lambda(_) | Expr::Generator(_) => self.deferred(|this| walk_expr(this, expr)),
            Expr::If(_) | Expr::BoolOp(_) => self.under_a_condition(|this| walk_expr(this, expr)),
            _ => walk_expr(self, expr),
        }
    }
}

/// Whether what stands behind a statement runs only where something in that failed: `try: return load(path)`.
fn leaves_unless_it_fails(statement: &Stmt) -> bool {
    let Stmt::Try(attempt) = statement else {
        return false;
    };
    let last = attempt.orelse.last().or(attempt.body.last());
    matches!(
        last,
        Some(Stmt::Return(_) | Stmt::Break(_) | Stmt::Continue(_) | Stmt::Raise(_))
    )
}
