//! Takes the declared changes back, so that the old tree and the new one can be compared as they are.
//!
//! Of the new tree everything goes that is wholly new and declared; of the old one everything that is wholly gone and
//! declared. What is neither stays, and makes the trees differ.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::mem;

use ruff_python_ast::comparable::ComparableExpr;
use ruff_python_ast::visitor::transformer::{Transformer, walk_expr, walk_stmt};
use ruff_python_ast::{
    Expr, ExprEllipsisLiteral, FStringPart, InterpolatedStringElement, Parameters, Stmt, StmtFunctionDef, StmtWith,
    Suite, WithItem,
};
use ruff_python_parser::parse_expression;
use ruff_text_size::{Ranged, TextRange};

use super::deadline::{Imports, from_path, lifted_by, name_bound_by};
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
    imports: Imports,
    /// The helpers that the old text has already: their bodies may differ.
    replaced: &'a BTreeSet<String>,
    /// The values of the string literals that may differ, in the order of the tree: an f-string has one before, between
    /// and behind its replacement fields.
    pub(super) literals: RefCell<Vec<Vec<String>>>,
    /// The names that new deadlines are bound to, and what these go around.
    deadlines: RefCell<BTreeSet<(String, Span)>>,
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

    /// The one statement of a new `with` block that sets a deadline.
    fn without_deadline(&self, statement: &mut Stmt) -> Option<Stmt> {
        let Stmt::With(with) = statement else {
            return None;
        };
        let [item] = &with.items[..] else {
            return None;
        };
        let header = TextRange::new(with.range.start(), item.end());
        if !self.declared.any_deadline() || !self.is_new(header) || !self.imports.is_deadline(item, with.is_async) {
            return None;
        }
        if with.body.len() != 1 {
            self.fault("a deadline is put around more than one statement");
            return None;
        }
        let around = self.waited_in(with.body.first_mut()?)?;
        self.put_around(around, item);
        with.body.pop()
    }

    /// What a deadline around `statement` is declared to go around: it stands in the statement itself, not in one of its
    /// blocks.
    fn waited_in(&self, statement: &mut Stmt) -> Option<Span> {
        let mut blocks = Vec::new();
        for_each_suite(statement, &mut |suite| blocks.extend(suite.iter().map(span)));
        let is_in_block = |around: Span| blocks.iter().any(|inner| inner.contains(around));
        let mut declared = self.declared.deadlines_in(span(&*statement));
        declared.find(|around| !is_in_block(*around))
    }

    /// Makes use of the declared deadline around `around`, which is set by `item`.
    fn put_around(&self, around: Span, item: &WithItem) {
        let name = name_bound_by(item).map(|name| (name.to_owned(), around));
        self.deadlines.borrow_mut().extend(name);
        self.declared.use_deadline(around);
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

    /// Takes new deadlines out of a `with` that was there before, and the line that lifts one out of its body.
    fn reduce_with(&self, with: &mut StmtWith) {
        if !self.declared.any_deadline() {
            return;
        }
        if self.side == Side::Old {
            // Its block has another statement now: one that lifts the deadline, or that enters the connect.
            if with.items.iter().any(|item| self.waited_as(item).is_some()) && self.is_idle(&with.body) {
                with.body.clear();
            }
            return;
        }
        if with.is_async {
            for item in &mut with.items {
                self.reduce_awaited_item(item);
            }
        }
        let stack_is_new = with
            .items
            .last()
            .is_some_and(|item| self.is_new(item) && self.imports.is_exit_stack(item));
        let entered = stack_is_new.then(|| self.imports.entered_through_stack(with)).flatten();
        let entered = entered.and_then(|item| Some((self.waited_as(&item)?, item)));
        if let Some((around, item)) = entered {
            with.items.pop();
            with.items.push(item);
            with.body.remove(0);
            self.declared.use_deadline(around);
        }
        self.reduce_items(with);
        let waited: Vec<Span> = with.items.iter().filter_map(|item| self.waited_as(item)).collect();
        let lifts = |first: &Stmt| {
            let lifted = lifted_by(first).filter(|_| self.is_new(first));
            let deadlines = self.deadlines.borrow();
            lifted.is_some_and(|name| {
                let mut declared = waited.iter();
                declared.any(|around| deadlines.contains(&(name.to_owned(), *around)))
            })
        };
        if with.body.first().is_some_and(lifts) {
            with.body.remove(0);
        }
    }

    /// Takes the new `await` away in `async with await wait_for(CONTEXT, T)`, which enters what `CONTEXT` gives: the new
    /// `wait_for` is looked at as anywhere else.
    fn reduce_awaited_item(&self, item: &mut WithItem) {
        let Some(awaited) = item.context_expr.as_await_expr() else {
            return;
        };
        let Some(call) = awaited.value.as_call_expr() else {
            return;
        };
        let keyword = TextRange::new(awaited.start(), call.start());
        if self.is_new(keyword) && self.is_new(&*call.func) && self.imports.is_wait_for(&call.func) {
            let value = (*awaited.value).clone();
            item.context_expr = value;
        }
    }

    /// Whether a block does nothing, and is only here.
    fn is_idle(&self, body: &[Stmt]) -> bool {
        let [only] = body else {
            return false;
        };
        let does_nothing = match only {
            Stmt::Pass(_) => true,
            Stmt::Expr(expression) => expression.value.is_ellipsis_literal_expr(),
            _ => false,
        };
        does_nothing && self.is_only_here(only)
    }

    /// Takes new deadlines out of the items: each stands right before the item that it is declared to go around.
    fn reduce_items(&self, with: &mut StmtWith) {
        let mut kept: Vec<WithItem> = Vec::with_capacity(with.items.len());
        for item in mem::take(&mut with.items) {
            let is_deadline = |item: &WithItem| self.is_new(item) && self.imports.is_deadline(item, with.is_async);
            if let Some(around) = self.waited_as(&item)
                && let Some(deadline) = kept.pop_if(|before| is_deadline(before))
            {
                self.put_around(around, &deadline);
            }
            kept.push(item);
        }
        with.items = kept;
    }

    /// What a deadline around the entering of `item` is declared to go around.
    fn waited_as(&self, item: &WithItem) -> Option<Span> {
        self.declared.deadlines_in(span(&item.context_expr)).next()
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

    /// The first argument of a new `wait_for` around an old call.
    fn without_wait_for(&self, expression: &mut Expr) -> Option<Expr> {
        let call = expression.as_call_expr()?;
        let (waited, limit) = call.arguments.args.split_first()?;
        let is_wrapper = self.declared.any_deadline()
            && self.is_new(&*call.func)
            && !self.is_new(waited)
            && limit.iter().all(|argument| self.is_new(argument))
            && call.arguments.keywords.iter().all(|keyword| self.is_new(keyword))
            && limit.len() + call.arguments.keywords.len() == 1
            && self.imports.is_wait_for(&call.func);
        if !is_wrapper {
            return None;
        }
        let around = span(waited);
        if !self.declared.deadlines_in(around).any(|declared| declared == around) {
            self.fault("a deadline is put around an expression that it is not declared for");
            return None;
        }
        self.declared.use_deadline(around);
        Some(waited.clone())
    }

    /// Takes the values out of a string literal that an edit touches.
    fn reduce_literal(&self, expression: &mut Expr) {
        if !self.declared.literal(span(&*expression)) || !self.map.touches(self.side, span(&*expression)) {
            return;
        }
        match expression {
            Expr::StringLiteral(literal) => {
                self.literals.borrow_mut().push(vec![literal.value.to_str().to_owned()]);
                *expression = placeholder();
            }
            Expr::FString(literal) => {
                let mut texts = vec![String::new()];
                for part in literal.value.iter_mut() {
                    match part {
                        FStringPart::Literal(part) => append(&mut texts, &mem::take(&mut part.value)),
                        FStringPart::FString(part) => {
                            let mut fields = Vec::new();
                            for element in mem::take(&mut part.elements).iter().cloned() {
                                match element {
                                    InterpolatedStringElement::Literal(text) => append(&mut texts, &text.value),
                                    field => {
                                        texts.push(String::new());
                                        fields.push(field);
                                    }
                                }
                            }
                            part.elements = fields.into();
                        }
                    }
                }
                self.literals.borrow_mut().push(texts);
            }
            _ => {}
        }
    }

    fn fault(&self, fault: &str) {
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

fn append(texts: &mut [String], text: &str) {
    if let Some(last) = texts.last_mut() {
        last.push_str(text);
    }
}

/// Stands for what may differ.
pub(super) fn placeholder() -> Expr {
    Expr::EllipsisLiteral(ExprEllipsisLiteral::default())
}
