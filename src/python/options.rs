//! Dictionaries of keywords that are built up before a call unpacks them: `options = {…}`, `options["x"] = …`,
//! `options.update(…)`, constants of a module or a class, attributes that a method fills.

use std::cell::OnceCell;

use foldhash::HashMap;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{self as ast, ExceptHandler, Expr, ExprCall, ModModule, Operator, Stmt};
use ruff_text_size::Ranged;

use super::names::{FunctionId, Names};
use super::variables::Variables;
use crate::source::Span;

/// Dictionaries that are made of dictionaries are followed so far.
const DEEPEST: usize = 4;

/// The dictionaries of a module, collected when the first call unpacks one by its name.
pub(super) struct Options<'a> {
    module: &'a ModModule,
    variables: &'a dyn Variables,
    found: OnceCell<Found<'a>>,
}

/// What a dictionary holds where a call unpacks it.
#[derive(Default)]
pub(super) struct Known<'a> {
    /// The keys that it certainly has, each with its value.
    pub(super) items: Vec<(&'a str, &'a Expr)>,
    /// It may have others.
    pub(super) has_more: bool,
}

#[derive(Default)]
struct Found<'a> {
    /// Displays and calls of `dict`, by where they begin, each with the function that it stands in.
    made: HashMap<usize, (&'a Expr, Option<FunctionId>)>,
    /// What is done to them, by where they begin and in source order.
    changes: HashMap<usize, Vec<Change<'a>>>,
}

struct Change<'a> {
    at: usize,
    /// The innermost block that may be skipped, within its function.
    block: Option<Span>,
    function: Option<FunctionId>,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Set(&'a str, &'a Expr),
    Remove(&'a str),
    /// All that another one holds.
    Merge(&'a Expr),
    /// A key that nobody knows is set.
    Unknown,
    /// Nobody knows which of its keys are left.
    Emptied,
}

impl<'a> Options<'a> {
    pub(super) fn new(module: &'a ModModule, variables: &'a dyn Variables) -> Self {
        Self {
            module,
            variables,
            found: OnceCell::new(),
        }
    }

    pub(super) fn variables(&self) -> &'a dyn Variables {
        self.variables
    }

    /// What `unpacked` holds where it stands; `None` where it is no dictionary in sight.
    pub(super) fn known(&self, unpacked: &Expr) -> Option<Known<'a>> {
        self.known_at(unpacked, unpacked.start().to_usize(), DEEPEST)
    }

    fn known_at(&self, dictionary: &Expr, place: usize, depth: usize) -> Option<Known<'a>> {
        let depth = depth.checked_sub(1)?;
        let mut origins = self.variables.names().origins(dictionary)?;
        let origin = origins.next().filter(|_| origins.next().is_none())?;
        let found = self.found();
        let (made, function) = *found.made.get(&origin)?;
        let mut known = self.made_of(made, place, depth)?;
        let here = self.variables.names().function_at(place);
        for change in found.changes.get(&origin).into_iter().flatten() {
            let is_beside = change.function == here && (function == here || function.is_none());
            let is_certain = change
                .block
                .is_none_or(|block| block.start <= place && place < block.end);
            let is_where_it_is_made = change.function == function && change.block.is_none();
            match (
                &change.kind,
                is_beside && is_certain && change.at < place || is_where_it_is_made && function != here,
            ) {
                (Kind::Set(key, value), true) => known.set(key, value),
                (Kind::Remove(key), _) => known.items.retain(|(known, _)| known != key),
                (Kind::Merge(other), true) => match self.merged(other, change.at, depth) {
                    Some(other) => known.merge(other),
                    None => known.has_more = true,
                },
                (kind, _) if !(is_beside && place < change.at) => {
                    known.has_more = true;
                    if matches!(kind, Kind::Emptied) {
                        known.items.clear();
                    }
                }
                _ => {}
            }
        }
        Some(known)
    }

    fn merged(&self, other: &'a Expr, place: usize, depth: usize) -> Option<Known<'a>> {
        match other {
            Expr::Dict(_) => self.made_of(other, place, depth),
            _ => self.known_at(other, place, depth),
        }
    }

    /// What a display, or a call of `dict`, holds.
    fn made_of(&self, made: &'a Expr, place: usize, depth: usize) -> Option<Known<'a>> {
        let mut known = Known::default();
        match made {
            Expr::Dict(display) => {
                for item in &display.items {
                    match &item.key {
                        Some(Expr::StringLiteral(key)) => known.set(key.value.to_str(), &item.value),
                        Some(_) => known.has_more = true,
                        None => match self.merged(&item.value, place, depth) {
                            Some(other) => known.merge(other),
                            None => known.has_more = true,
                        },
                    }
                }
            }
            Expr::Call(call) => {
                known.has_more = !call.arguments.args.is_empty();
                if let [other] = &*call.arguments.args
                    && let Some(other) = self.merged(other, place, depth)
                {
                    known = other;
                }
                for keyword in &call.arguments.keywords {
                    match &keyword.arg {
                        Some(name) => known.set(name.as_str(), &keyword.value),
                        None => known.has_more = true,
                    }
                }
            }
            _ => return None,
        }
        Some(known)
    }

    fn found(&self) -> &Found<'a> {
        self.found.get_or_init(|| {
            let mut collector = Collector {
                names: self.variables.names(),
                blocks: Vec::new(),
                found: Found::default(),
            };
            collector.visit_body(&self.module.body);
            collector.found
        })
    }
}

impl<'a> Known<'a> {
    fn set(&mut self, key: &'a str, value: &'a Expr) {
        self.items.retain(|(known, _)| *known != key);
        self.items.push((key, value));
    }

    fn merge(&mut self, other: Known<'a>) {
        for (key, value) in other.items {
            self.set(key, value);
        }
        self.has_more |= other.has_more;
    }
}

struct Collector<'a, 'n> {
    names: &'n Names,
    /// The blocks around that may be skipped, within the current function.
    blocks: Vec<Span>,
    found: Found<'a>,
}

impl<'a> Collector<'a, '_> {
    fn change(&mut self, dictionary: &Expr, at: usize, kind: Kind<'a>) {
        let mut origins = self.names.origins(dictionary).into_iter().flatten();
        let (Some(origin), None) = (origins.next(), origins.next()) else {
            return;
        };
        let change = Change {
            at,
            block: self.blocks.last().copied(),
            function: self.names.function_at(at),
            kind,
        };
        self.found.changes.entry(origin).or_default().push(change);
    }

    fn item(&mut self, item: &'a ast::ExprSubscript, value: Option<&'a Expr>) {
        let kind = match (&*item.slice, value) {
            (Expr::StringLiteral(key), Some(value)) => Kind::Set(key.value.to_str(), value),
            (Expr::StringLiteral(key), None) => Kind::Remove(key.value.to_str()),
            (_, Some(_)) => Kind::Unknown,
            (_, None) => Kind::Emptied,
        };
        self.change(&item.value, item.start().to_usize(), kind);
    }

    fn method(&mut self, call: &'a ExprCall) {
        let Expr::Attribute(method) = &*call.func else {
            return;
        };
        let at = call.start().to_usize();
        match (method.attr.as_str(), &*call.arguments.args) {
            ("update", others) => {
                for other in others {
                    self.change(&method.value, at, Kind::Merge(other));
                }
                for keyword in &call.arguments.keywords {
                    let kind = match &keyword.arg {
                        Some(name) => Kind::Set(name.as_str(), &keyword.value),
                        None => Kind::Merge(&keyword.value),
                    };
                    self.change(&method.value, at, kind);
                }
            }
            ("setdefault", [Expr::StringLiteral(key), value]) => {
                self.change(&method.value, at, Kind::Set(key.value.to_str(), value));
            }
            ("pop", [Expr::StringLiteral(key), ..]) => {
                self.change(&method.value, at, Kind::Remove(key.value.to_str()));
            }
            ("setdefault", _) => self.change(&method.value, at, Kind::Unknown),
            ("clear" | "pop" | "popitem", _) => self.change(&method.value, at, Kind::Emptied),
            _ => {}
        }
    }

    fn block(&mut self, body: &'a [Stmt]) {
        let (Some(first), Some(last)) = (body.first(), body.last()) else {
            return;
        };
        self.blocks
            .push(Span::new(first.start().to_usize(), last.end().to_usize()));
        self.visit_body(body);
        self.blocks.pop();
    }
}

impl<'a> Visitor<'a> for Collector<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {
                let outer = std::mem::take(&mut self.blocks);
                walk_stmt(self, statement);
                self.blocks = outer;
            }
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    if let Expr::Subscript(item) = target {
                        self.item(item, Some(&assign.value));
                    }
                }
                walk_stmt(self, statement);
            }
            Stmt::AugAssign(assign) if assign.op == Operator::BitOr => {
                self.change(&assign.target, assign.start().to_usize(), Kind::Merge(&assign.value));
                walk_stmt(self, statement);
            }
            Stmt::Delete(delete) => {
                for target in &delete.targets {
                    if let Expr::Subscript(item) = target {
                        self.item(item, None);
                    }
                }
                walk_stmt(self, statement);
            }
            Stmt::If(choice) => {
                self.visit_expr(&choice.test);
                self.block(&choice.body);
                for clause in &choice.elif_else_clauses {
                    self.block(&clause.body);
                }
            }
            Stmt::For(each) => {
                self.visit_expr(&each.iter);
                self.block(&each.body);
                self.block(&each.orelse);
            }
            Stmt::While(repeat) => {
                self.visit_expr(&repeat.test);
                self.block(&repeat.body);
                self.block(&repeat.orelse);
            }
            Stmt::Try(attempt) => {
                self.block(&attempt.body);
                for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                    self.block(&handler.body);
                }
                self.block(&attempt.orelse);
                self.visit_body(&attempt.finalbody);
            }
            Stmt::Match(choice) => {
                for case in &choice.cases {
                    self.block(&case.body);
                }
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Dict(_) => {
                let at = expr.start().to_usize();
                self.found.made.insert(at, (expr, self.names.function_at(at)));
            }
            Expr::Call(call) => {
                let at = expr.start().to_usize();
                if matches!(&*call.func, Expr::Name(name) if name.id == "dict")
                    && self.names.resolve(&call.func) == Some("dict")
                {
                    self.found.made.insert(at, (expr, self.names.function_at(at)));
                }
                self.method(call);
                // Who gets it may change it.
                for argument in &call.arguments.args {
                    if matches!(argument, Expr::Name(_) | Expr::Attribute(_)) && !reads_only(&call.func) {
                        self.change(argument, at, Kind::Emptied);
                    }
                }
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// Functions that change nothing that they get.
pub(super) fn reads_only(function: &Expr) -> bool {
    let name = match function {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    matches!(
        name,
        "dict"
            | "print"
            | "len"
            | "str"
            | "repr"
            | "list"
            | "tuple"
            | "sorted"
            | "update"
            | "copy"
            | "deepcopy"
            | "dumps"
            | "debug"
            | "info"
    )
}
