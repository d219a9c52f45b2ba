//! What each statement does to the variables of its scope.

use std::rc::Rc;

use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, walk_expr};
use ruff_python_ast::{self as ast, Comprehension, ExceptHandler, Expr, Operator, Pattern, Stmt};
use ruff_text_size::Ranged;

use super::Holds;
use super::flow::{Ended, Held, Loop, Values, Walk, unknown};
use crate::python::syntax::nodes::{Node, Scope, captured, expressions_in, nodes_in};
use crate::python::values::encoding_questions::{asks_for_encoding, takes_refusals};
use crate::python::values::windows::{on_windows, taken_on_windows};

/// Loops in each other beyond this are not gone through twice: what they assign is unknown in them.
const DEEPEST_LOOPS: usize = 3;

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

    fn choice(&mut self, choice: &'a ast::StmtIf) {
        self.visit_expr(&choice.test);
        let mut ended = vec![self.branch(|this| this.suite(&choice.body))];
        // What holds on one platform only says nothing about another one.
        let is_open = |test: &Expr| asks_for_encoding(test) || on_windows(test, self.names).is_some();
        let mut asks = is_open(&choice.test);
        let mut is_exhausted = false;
        for clause in &choice.elif_else_clauses {
            if let Some(test) = &clause.test {
                asks |= is_open(test);
                self.visit_expr(test);
            }
            is_exhausted |= clause.test.is_none();
            ended.push(self.branch(|this| this.suite(&clause.body)));
        }
        if !is_exhausted {
            ended.push(self.branch(|_| {}));
        }
        self.join(&ended);
        if asks {
            self.forget_all(&ended);
        }
    }

    /// Everything that one of these sets is unknown from here on.
    fn forget_all(&mut self, ended: &[Ended<'a>]) {
        let names: Vec<&'a str> = ended.iter().flat_map(|ended| ended.values.keys().copied()).collect();
        self.forget(names);
    }

    /// A loop, each of whose rounds begins as `begin` does.
    fn repeated(&mut self, body: &'a [Stmt], orelse: &'a [Stmt], is_endless: bool, begin: &dyn Fn(&mut Self)) {
        let round = |this: &mut Self| {
            this.loops.push(Loop {
                log: this.logs.len(),
                next: Vec::new(),
                left: Vec::new(),
            });
            let ended = this.branch(|this| {
                begin(this);
                this.suite(body);
            });
            let around = this.loops.pop();
            let (mut next, left) = around.map_or_else(Default::default, |around| (around.next, around.left));
            if ended.is_alive {
                next.push(ended.values);
            }
            (next, left)
        };
        if self.loops.len() >= DEEPEST_LOOPS {
            let names = bound_in(body);
            self.forget(names);
        } else {
            let was_recording = std::mem::replace(&mut self.is_recording, false);
            let (next, _) = round(self);
            self.is_recording = was_recording;
            let none = Values::default();
            let all: Vec<&Values<'a>> = std::iter::once(&none).chain(&next).collect();
            self.join_values(&all);
        }
        let (next, left) = round(self);
        let none = Values::default();
        let mut ends: Vec<&Values<'a>> = left.iter().collect();
        if !is_endless {
            ends.push(&none);
            ends.extend(&next);
        }
        self.is_alive &= !ends.is_empty();
        self.join_values(&ends);
        self.suite(orelse);
    }

    fn attempt(&mut self, attempt: &'a ast::StmtTry) {
        let body = self.branch(|this| this.suite(&attempt.body));
        let set: Vec<&'a str> = body.values.keys().copied().collect();
        let refusal = attempt.handlers.iter().any(takes_refusals);
        let mut ended = Vec::new();
        for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
            ended.push(self.branch(|this| {
                this.forget(set.iter().copied());
                if let Some(name) = &handler.name {
                    this.set(name.as_str(), unknown());
                }
                this.suite(&handler.body);
            }));
        }
        let values = body.values.clone();
        ended.push(self.branch(|this| {
            this.is_alive = body.is_alive;
            for (name, held) in values {
                this.put_back(name, held);
            }
            this.suite(&attempt.orelse);
        }));
        self.join(&ended);
        if refusal {
            self.forget_all(&ended);
        }
        self.suite(&attempt.finalbody);
    }

    fn assign(&mut self, target: &'a Expr, value: &'a Expr) {
        match (target, value) {
            (Expr::Name(name), _) => self.set(name.id.as_str(), Rc::new([Holds::Value(value)])),
            (
                Expr::Tuple(ast::ExprTuple { elts: targets, .. }) | Expr::List(ast::ExprList { elts: targets, .. }),
                Expr::Tuple(ast::ExprTuple { elts: values, .. }) | Expr::List(ast::ExprList { elts: values, .. }),
            ) if targets.len() == values.len() && !targets.iter().chain(values).any(Expr::is_starred_expr) => {
                for (target, value) in targets.iter().zip(values) {
                    self.assign(target, value);
                }
            }
            (
                Expr::Tuple(_) | Expr::List(_),
                Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_) | Expr::Call(_),
            ) => {
                self.unpack(target, value, &[]);
            }
            _ => {
                self.bind(target, None);
                self.changed(target);
            }
        }
    }

    /// Binds the names of a target to the parts of a value.
    fn unpack(&mut self, target: &'a Expr, value: &'a Expr, path: &[usize]) {
        match target {
            Expr::Name(name) => self.set(name.id.as_str(), Rc::new([Holds::Part(value, Rc::from(path))])),
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. })
                if !elts.iter().any(Expr::is_starred_expr) =>
            {
                for (index, part) in elts.iter().enumerate() {
                    let path: Vec<usize> = path.iter().copied().chain([index]).collect();
                    self.unpack(part, value, &path);
                }
            }
            _ => {
                self.bind(target, None);
                self.changed(target);
            }
        }
    }

    /// A call of a method that changes what a variable holds.
    fn changed_by(&mut self, name: &'a str, method: &str, arguments: &'a [Expr]) {
        let before = self.state.get(name).cloned();
        let held: Held<'a> = match (method, arguments, before) {
            ("append", [element], Some(before)) | ("insert", [_, element], Some(before)) => {
                Rc::new([Holds::With(before, element)])
            }
            ("extend", [more], Some(before)) => Rc::new([Holds::Grown(before, more)]),
            _ => unknown(),
        };
        self.set(name, held);
    }

    /// Binds the names of a target to the elements of what is iterated over, or to what is unknown.
    fn bind(&mut self, target: &'a Expr, iterated: Option<(&'a Expr, &[usize])>) {
        match target {
            Expr::Name(name) => {
                let held = match iterated {
                    Some((iter, path)) => Rc::new([Holds::Element(iter, Rc::from(path))]),
                    None => unknown(),
                };
                self.set(name.id.as_str(), held);
            }
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                let is_known = !elts.iter().any(Expr::is_starred_expr);
                for (index, part) in elts.iter().enumerate() {
                    let inner = iterated.filter(|_| is_known).map(|(iter, path)| {
                        let path: Vec<usize> = path.iter().copied().chain([index]).collect();
                        (iter, path)
                    });
                    self.bind(part, inner.as_ref().map(|(iter, path)| (*iter, path.as_slice())));
                }
            }
            Expr::Starred(starred) => self.bind(&starred.value, None),
            _ => {}
        }
    }

    fn bind_elements(&mut self, target: &'a Expr, iter: Option<&'a Expr>) {
        self.bind(target, iter.map(|iter| (iter, &[][..])));
    }

    /// `name[key] = …`, `del name[key]`: what the name holds is another thing from here on.
    fn changed(&mut self, target: &'a Expr) {
        if let Expr::Subscript(subscript) = target
            && let Expr::Name(name) = &*subscript.value
            && self.state.contains_key(name.id.as_str())
        {
            self.set(name.id.as_str(), unknown());
        }
    }

    fn capture(&mut self, pattern: &'a Pattern) {
        self.forget(nodes_in(pattern, Scope::All).filter_map(|node| match node {
            Node::Pattern(pattern) => Some(captured(pattern)?.as_str()),
            _ => None,
        }));
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
            Expr::DictComp(comp) => self.comprehension(&comp.generators, |this| walk_expr(this, &comp.value)),
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
