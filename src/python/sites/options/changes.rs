//! The dictionaries of a module and what its statements do to them.

use foldhash::HashMap;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{self as ast, ExceptHandler, Expr, ExprCall, ModModule, Operator, Stmt};
use ruff_text_size::Ranged;

use super::{KeyPlace, copied, is_dict, reads_only};
use crate::python::names::{FunctionId, Names};
use crate::python::syntax::leaving::leaves;
use crate::source::Span;

/// A dictionary that is changed more often is not looked at for changes that exclude each other.
const MOST_CHANGES: usize = 64;

/// So many blocks around a change are looked at.
const MOST_BLOCKS: usize = 32;

/// What makes dictionaries and what changes them, in one module.
#[derive(Default)]
pub(super) struct Changes<'a> {
    /// Displays and calls that make a dictionary, by where they begin, each with the function that it stands in. Nothing where
    /// something else begins there, too.
    made: HashMap<usize, Option<(&'a Expr, Option<FunctionId>)>>,
    /// What is done to them, by where they begin and in source order.
    by_origin: HashMap<usize, Vec<Change<'a>>>,
    /// What is done to those that functions take by `**name`.
    by_keywords: HashMap<FunctionId, Vec<Change<'a>>>,
    blocks: Vec<Block>,
}

/// A block that may be skipped.
struct Block {
    span: Span,
    /// The one around it, within its function.
    around: Option<usize>,
    /// Where the statement begins that it is one of several blocks of.
    statement: usize,
    /// What follows its statement is not reached through it, as far as that can be told.
    leaves: bool,
}

pub(super) struct Change<'a> {
    pub(super) at: usize,
    /// The innermost block that may be skipped, within its function.
    pub(super) block: Option<usize>,
    pub(super) function: Option<FunctionId>,
    pub(super) kind: Kind<'a>,
}

pub(super) enum Kind<'a> {
    Set(&'a str, &'a Expr, Option<KeyPlace>),
    /// It is set where it is not there.
    Default(&'a str, &'a Expr, Option<KeyPlace>),
    Remove(&'a str),
    /// All that another one holds.
    Merge(&'a Expr),
    /// A key that nobody knows is set.
    Unknown,
    /// Nobody knows which of its keys are left.
    Emptied,
}

impl<'a> Changes<'a> {
    pub(super) fn of(module: &'a ModModule, names: &Names) -> Self {
        let mut collector = Collector {
            names,
            block: None,
            found: Self::default(),
        };
        collector.visit_body(&module.body);
        collector.found
    }

    /// What makes the dictionary that begins at this byte offset, and the function that it stands in.
    pub(super) fn made_at(&self, origin: usize) -> Option<(&'a Expr, Option<FunctionId>)> {
        self.made.get(&origin).copied().flatten()
    }

    /// What is done to it, in source order.
    pub(super) fn of_origin(&self, origin: usize) -> &[Change<'a>] {
        self.by_origin.get(&origin).map_or(&[], Vec::as_slice)
    }

    /// The same of what a function takes by `**name`.
    pub(super) fn of_keywords(&self, function: FunctionId) -> &[Change<'a>] {
        self.by_keywords.get(&function).map_or(&[], Vec::as_slice)
    }

    /// Whether a change in the same function has been made where control gets to `place` behind it.
    pub(super) fn holds(&self, change: &Change<'a>, place: usize) -> bool {
        let block = change.block.and_then(|block| self.blocks.get(block));
        block.is_none_or(|block| block.span.start <= place && place < block.span.end)
    }

    /// Whether control can get from a change under a condition to `place` behind it, in the same function, and no other
    /// branch beside that condition changes the dictionary in its own way.
    pub(super) fn may_reach(&self, change: &Change<'a>, all: &[Change<'a>], place: usize) -> bool {
        let skipped = |block: &&Block| !(block.span.start <= place && place < block.span.end);
        let mut blocks = self.around(change).take_while(skipped);
        let is_left_alone = |block: &Block| {
            let mut others = all.iter().filter(|other| other.at != change.at);
            !block.leaves && !others.any(|other| self.is_in_another(other, block))
        };
        all.len() < MOST_CHANGES && self.around(change).count() < MOST_BLOCKS && blocks.all(is_left_alone)
    }

    /// Whether a change stands in another block of the statement that `block` belongs to.
    fn is_in_another(&self, change: &Change<'a>, block: &Block) -> bool {
        self.around(change)
            .any(|other| other.statement == block.statement && other.span != block.span)
    }

    fn around(&self, change: &Change<'a>) -> impl Iterator<Item = &Block> {
        let first = change.block.and_then(|block| self.blocks.get(block));
        let outer = |block: &&Block| block.around.and_then(|around| self.blocks.get(around));
        std::iter::successors(first, outer).take(MOST_BLOCKS)
    }
}

struct Collector<'a, 'n> {
    names: &'n Names,
    /// The innermost block around that may be skipped, within the current function.
    block: Option<usize>,
    found: Changes<'a>,
}

impl<'a> Collector<'a, '_> {
    fn change(&mut self, dictionary: &Expr, at: usize, kind: Kind<'a>) {
        let keywords = self.names.keywords_of(dictionary);
        let mut origins = self.names.origins(dictionary).into_iter().flatten();
        let origin = origins.next().filter(|_| origins.next().is_none());
        let change = Change {
            at,
            block: self.block,
            function: self.names.function_at(at),
            kind,
        };
        match (keywords, origin) {
            (Some(function), _) => self.found.by_keywords.entry(function).or_default().push(change),
            (None, Some(origin)) => self.found.by_origin.entry(origin).or_default().push(change),
            (None, None) => {}
        }
    }

    fn item(&mut self, item: &'a ast::ExprSubscript, value: Option<&'a Expr>) {
        let kind = match (&*item.slice, value) {
            (Expr::StringLiteral(key), Some(value)) => {
                Kind::Set(key.value.to_str(), value, Some(KeyPlace::of(key.range())))
            }
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
                        Some(name) => {
                            let place = KeyPlace {
                                key: name.range(),
                                call: Some(call.range()),
                            };
                            Kind::Set(name.as_str(), &keyword.value, Some(place))
                        }
                        None => Kind::Merge(&keyword.value),
                    };
                    self.change(&method.value, at, kind);
                }
            }
            ("setdefault", [Expr::StringLiteral(key), value]) => {
                let place = Some(KeyPlace::of(key.range()));
                self.change(&method.value, at, Kind::Default(key.value.to_str(), value, place));
            }
            ("pop", [Expr::StringLiteral(key), ..]) => {
                self.change(&method.value, at, Kind::Remove(key.value.to_str()));
            }
            ("setdefault", _) => self.change(&method.value, at, Kind::Unknown),
            ("clear" | "pop" | "popitem", _) => self.change(&method.value, at, Kind::Emptied),
            _ => {}
        }
    }

    /// One of the blocks of the statement that begins at `statement`. Which blocks of a `try` are gone through may depend on what
    /// is installed.
    fn block(&mut self, body: &'a [Stmt], statement: usize, is_attempt: bool) {
        let (Some(first), Some(last)) = (body.first(), body.last()) else {
            return;
        };
        let outer = self.block.replace(self.found.blocks.len());
        self.found.blocks.push(Block {
            span: Span::new(first.start().to_usize(), last.end().to_usize()),
            around: outer,
            statement,
            leaves: is_attempt || leaves(last),
        });
        self.visit_body(body);
        self.block = outer;
    }

    /// Takes note of what begins where a name may be said to come from.
    fn made(&mut self, expr: &'a Expr, is_dictionary: bool) {
        let at = expr.start().to_usize();
        let names = self.names;
        // The whole comes before what it begins with.
        let entry = self.found.made.entry(at);
        entry.or_insert_with(|| is_dictionary.then(|| (expr, names.function_at(at))));
    }
}

impl<'a> Visitor<'a> for Collector<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let at = statement.start().to_usize();
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {
                let outer = self.block.take();
                walk_stmt(self, statement);
                self.block = outer;
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
                self.block(&choice.body, at, false);
                for clause in &choice.elif_else_clauses {
                    self.block(&clause.body, at, false);
                }
            }
            Stmt::For(each) => {
                self.visit_expr(&each.iter);
                self.block(&each.body, at, false);
                self.block(&each.orelse, at, false);
            }
            Stmt::While(repeat) => {
                self.visit_expr(&repeat.test);
                self.block(&repeat.body, at, false);
                self.block(&repeat.orelse, at, false);
            }
            Stmt::Try(attempt) => {
                self.block(&attempt.body, at, true);
                for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                    self.block(&handler.body, at, true);
                }
                self.block(&attempt.orelse, at, true);
                self.visit_body(&attempt.finalbody);
            }
            Stmt::Match(choice) => {
                for case in &choice.cases {
                    self.block(&case.body, at, false);
                }
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Dict(_) => self.made(expr, true),
            Expr::BinOp(union) if union.op == Operator::BitOr => self.made(expr, true),
            Expr::Call(call) => {
                let at = expr.start().to_usize();
                match (
                    is_dict(call, self.names) || copied(call, self.names).is_some(),
                    &*call.func,
                ) {
                    (true, _) => self.made(expr, true),
                    (false, Expr::Attribute(_)) => self.made(expr, false),
                    _ => {}
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
