//! Takes the declared changes back, so that the old tree and the new one can be compared as they are.
//!
//! Of the new tree everything goes that is wholly new and declared; of the old one everything that is wholly gone and
//! declared. What is neither stays, and makes the trees differ.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::mem;

use ruff_python_ast::comparable::ComparableExpr;
use ruff_python_ast::visitor::transformer::{Transformer, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprEllipsisLiteral, Parameters, Stmt, StmtFunctionDef, Suite, WithItem};
use ruff_python_parser::parse_expression;
use ruff_text_size::{Ranged, TextRange};

use super::deadline::{Imports, from_path};
use super::declared::Declared;
use super::map::{EditMap, Side};
use crate::python::syntax::dotted::dotted;
use crate::python::syntax::spans::span;
use crate::source::Span;

/// Takes the declared changes of one text back.
pub(super) struct Undo<'a> {
    pub(super) side: Side,
    pub(super) map: &'a EditMap,
    pub(super) declared: &'a Declared<'a>,
    pub(super) imports: Imports,
    /// The helpers that the old text has already: their bodies may differ.
    replaced: &'a BTreeSet<String>,
    /// The values of the string literals that may differ, in the order of the tree: an f-string has one before, between
    /// and behind its replacement fields.
    pub(super) literals: RefCell<Vec<Vec<String>>>,
    /// The names that new deadlines are bound to, and what these go around.
    pub(super) deadlines: RefCell<BTreeSet<(String, Span)>>,
    /// Arguments that go or come, the edits that do it, and the ends of their calls.
    pub(super) arguments: RefCell<BTreeSet<(String, usize, usize)>>,
    /// The items that go from one place of their `with` to another, in the order of the tree.
    pub(super) moved: RefCell<Vec<WithItem>>,
    /// The first thing that is wrong whatever is declared.
    fault: RefCell<Option<String>>,
}

impl<'a> Undo<'a> {
    pub(super) fn new(
        side: Side,
        map: &'a EditMap,
        declared: &'a Declared<'a>,
        replaced: &'a BTreeSet<String>,
        module: &[Stmt],
    ) -> Self {
        Self {
            side,
            map,
            declared,
            imports: Imports::of(module),
            replaced,
            literals: RefCell::default(),
            deadlines: RefCell::default(),
            arguments: RefCell::default(),
            moved: RefCell::default(),
            fault: RefCell::default(),
        }
    }

    /// # Errors
    /// What no declared change allows, or what there is too much of.
    pub(super) fn run(&self, module: &mut Suite) -> Result<(), String> {
        self.reduce(module);
        self.visit_body(module);
        match self.fault.take() {
            Some(fault) => Err(fault),
            None => self.declared.covers_what_was_used(),
        }
    }

    /// # Errors
    /// An argument goes at one place and comes at another.
    pub(super) fn arguments_come_where_they_go(&self, old: &Undo<'_>) -> Result<(), String> {
        let gone = old.arguments.borrow();
        let goes = |name: &str, edit: Option<usize>| {
            gone.iter()
                .any(|(other, at, _)| other == name && edit.is_none_or(|edit| edit == *at))
        };
        let comes_elsewhere = |(name, edit, _): &&(String, usize, usize)| goes(name, None) && !goes(name, Some(*edit));
        match self.arguments.borrow().iter().find(comes_elsewhere) {
            Some((name, ..)) => Err(format!("the argument `{name}` goes to another place")),
            None => Ok(()),
        }
    }

    /// Whether `node` is on this side only.
    pub(super) fn is_only_here(&self, node: impl Ranged) -> bool {
        self.map.edit_around(self.side, span(node)).is_some()
    }

    pub(super) fn is_new(&self, node: impl Ranged) -> bool {
        self.side == Side::New && self.is_only_here(node)
    }

    /// Takes new statements out of `suite`, and statements out of new `with` blocks.
    fn reduce(&self, suite: &mut Suite) {
        let mut kept = Suite::with_capacity(suite.len());
        let mut dropped = false;
        for mut statement in mem::take(suite) {
            while let Some(inner) = self.without_deadline(&mut statement) {
                statement = inner;
            }
            if self.is_new(&statement) && self.may_be_added(&statement) {
                dropped = true;
                continue;
            }
            if self.side == Side::Old && self.is_only_here(&statement) && self.may_go(&statement) {
                continue;
            }
            if mem::take(&mut dropped) && must_stay_first(&statement, kept.is_empty()) {
                self.fault("something is put before a docstring or an import from `__future__`");
            }
            kept.push(statement);
        }
        *suite = kept;
    }

    fn may_go(&self, statement: &Stmt) -> bool {
        match statement {
            Stmt::Import(import) => import.names.iter().all(|alias| self.declared.gone_import(&alias.name)),
            Stmt::ImportFrom(import) => {
                let mut names = import.names.iter();
                names.all(|alias| self.declared.gone_import(&from_path(import, &alias.name)))
            }
            _ => false,
        }
    }

    fn may_be_added(&self, statement: &Stmt) -> bool {
        match statement {
            Stmt::Import(import) => import.names.iter().all(|alias| self.declared.import(&alias.name)),
            Stmt::ImportFrom(import) => {
                let mut names = import.names.iter();
                names.all(|alias| self.declared.import(&from_path(import, &alias.name)))
            }
            Stmt::FunctionDef(function) => {
                self.declared.helper(&function.name) && !self.replaced.contains(function.name.as_str())
            }
            _ => false,
        }
    }

    /// Leaves only the name and the decorators of a helper whose definition is replaced.
    fn reduce_helper(&self, function: &mut StmtFunctionDef) {
        let name = function.name.as_str();
        if self.replaced.contains(name) && self.map.touches(self.side, span(&*function)) {
            function.body.clear();
            *function.parameters = Parameters::default();
            function.returns = None;
        }
    }

    /// Takes an `await` away that goes.
    fn reduce_await(&self, expression: &mut Expr) {
        let Expr::Await(awaited) = expression else {
            return;
        };
        let keyword = TextRange::new(awaited.start(), awaited.value.start());
        if self.side == Side::Old && self.declared.gone_await(span(&*awaited.value)) && self.is_only_here(keyword) {
            let value = (*awaited.value).clone();
            *expression = value;
        }
    }

    /// Leaves nothing of an expression that is replaced by the declared one.
    fn reduce_replaced(&self, expression: &mut Expr) {
        let Some(becomes) = self.declared.expression(span(&*expression)) else {
            return;
        };
        let is_declared = || {
            let parsed = parse_expression(becomes);
            parsed.is_ok_and(|parsed| ComparableExpr::from(parsed.expr()) == ComparableExpr::from(&*expression))
        };
        if self.side == Side::Old || is_declared() {
            *expression = placeholder();
        }
    }

    fn reduce_call(&self, expression: &mut Expr) {
        while let Some(waited) = self.without_wait_for(expression) {
            *expression = waited;
        }
        let Expr::Call(call) = expression else {
            return;
        };
        if let Some(callee) = self.declared.callee(span(&*call).end)
            && self.is_only_here(&*call.func)
            && (self.side == Side::Old || dotted(&call.func).as_deref() == Some(callee))
        {
            *call.func = placeholder();
        }
        if !self.is_only_here(&call.arguments) {
            self.reduce_arguments(&mut call.arguments);
        }
    }

    pub(super) fn fault(&self, fault: &str) {
        self.fault.borrow_mut().get_or_insert_with(|| fault.to_owned());
    }
}

impl Transformer for Undo<'_> {
    fn visit_stmt(&self, statement: &mut Stmt) {
        match statement {
            Stmt::With(with) => {
                self.reduce_with(with);
                self.level_with(with);
            }
            Stmt::FunctionDef(function) => self.reduce_helper(function),
            Stmt::Import(import) => {
                import.names.retain(|alias| {
                    let comes = self.is_new(alias) && self.declared.import(&alias.name);
                    let goes =
                        self.side == Side::Old && self.is_only_here(alias) && self.declared.gone_import(&alias.name);
                    !comes && !goes
                });
            }
            Stmt::ImportFrom(import) => {
                let module = import.clone();
                import.names.retain(|alias| {
                    let path = from_path(&module, &alias.name);
                    let comes = self.is_new(alias) && self.declared.import(&path);
                    let goes = self.side == Side::Old && self.is_only_here(alias) && self.declared.gone_import(&path);
                    !comes && !goes
                });
            }
            _ => {}
        }
        for_each_suite(statement, &mut |suite| self.reduce(suite));
        walk_stmt(self, statement);
    }

    fn visit_expr(&self, expression: &mut Expr) {
        self.reduce_await(expression);
        self.reduce_replaced(expression);
        if let Some(awaited) = self.without_await(expression) {
            *expression = awaited;
        }
        self.reduce_call(expression);
        self.reduce_literal(expression);
        walk_expr(self, expression);
    }
}

/// The statement lists that `statement` holds, in source order.
pub(super) fn for_each_suite(statement: &mut Stmt, visit: &mut dyn FnMut(&mut Suite)) {
    match statement {
        Stmt::FunctionDef(inner) => visit(&mut inner.body),
        Stmt::ClassDef(inner) => visit(&mut inner.body),
        Stmt::With(inner) => visit(&mut inner.body),
        Stmt::For(inner) => [&mut inner.body, &mut inner.orelse].into_iter().for_each(visit),
        Stmt::While(inner) => [&mut inner.body, &mut inner.orelse].into_iter().for_each(visit),
        Stmt::If(inner) => {
            visit(&mut inner.body);
            inner
                .elif_else_clauses
                .iter_mut()
                .for_each(|clause| visit(&mut clause.body));
        }
        Stmt::Match(inner) => inner.cases.iter_mut().for_each(|case| visit(&mut case.body)),
        Stmt::Try(inner) => {
            visit(&mut inner.body);
            for handler in &mut inner.handlers {
                let ruff_python_ast::ExceptHandler::ExceptHandler(handler) = handler;
                visit(&mut handler.body);
            }
            visit(&mut inner.orelse);
            visit(&mut inner.finalbody);
        }
        _ => {}
    }
}

/// Whether a statement only means what it means where nothing but its like stands before it.
fn must_stay_first(statement: &Stmt, is_first: bool) -> bool {
    match statement {
        Stmt::ImportFrom(import) => import.module.as_deref() == Some("__future__"),
        Stmt::Expr(expression) => is_first && expression.value.is_string_literal_expr(),
        _ => false,
    }
}

/// Stands for what may differ.
pub(super) fn placeholder() -> Expr {
    Expr::EllipsisLiteral(ExprEllipsisLiteral::default())
}
