//! The outcomes of connects: what a function makes of those that fail.

use foldhash::HashSet;
use syn::{Block, Expr, Pat, ReturnType, Stmt};

use crate::rust::collect::Collector;
use crate::rust::names::plain;
use crate::rust::syntax::edges;
use crate::source::Span;

/// The outcomes of connects in one function.
pub(in crate::rust) struct Outcomes<'c, 'a> {
    pub(in crate::rust) collector: &'c Collector<'a>,
    /// Their calls.
    connects: HashSet<Span>,
}

/// An expression is followed through so many methods and wrappers.
const FARTHEST: usize = 16;

impl Collector<'_> {
    /// Notes what becomes of the connects of a function's body where they fail: which its loops try again and, `in_test`,
    /// whose failure the test does not see. Their calls were visited before.
    pub(in crate::rust) fn failures(&mut self, body: &Block, output: &ReturnType, in_test: bool) {
        let start = self.offsets.of(body.brace_token.span.open()).start;
        let connects = self.found.connects.iter().rev().map(|connect| connect.call);
        let outcomes = Outcomes {
            connects: connects.take_while(|call| call.start >= start).collect(),
            collector: self,
        };
        if outcomes.connects.is_empty() {
            return;
        }
        // What a runtime runs to its end is the function, too.
        let inner = body.stmts.last().and_then(|last| match last {
            Stmt::Expr(last, _) => inner_block(last),
            _ => None,
        });
        let (mut swallowed, mut retried) = (Vec::new(), Vec::new());
        for block in inner.into_iter().chain([body]) {
            retried.append(&mut outcomes.retried_in(block));
            if in_test {
                let is_judged = matches!(output, ReturnType::Type(..));
                outcomes.swallowed_in(&block.stmts, is_judged, &mut swallowed);
            }
        }
        self.found.swallowed.append(&mut swallowed);
        self.found.retried.append(&mut retried);
    }
}

impl Outcomes<'_, '_> {
    /// The call of the connect whose failure is an `Err` in what `expr` gives, at most `most` results deep.
    pub(in crate::rust) fn outcome(&self, expr: &Expr, most: usize) -> Option<Span> {
        let (connect, layers) = self.outcome_in(expr)?;
        (layers <= most).then_some(connect)
    }

    /// The call of the connect whose failure is an `Err` in what `expr` gives, and how many results are around it: two behind
    /// a deadline.
    pub(in crate::rust) fn outcome_in(&self, expr: &Expr) -> Option<(Span, usize)> {
        self.layers(expr, 0).filter(|(_, layers)| *layers > 0)
    }

    /// The connect in `expr`, and how many results are around it.
    fn layers(&self, expr: &Expr, depth: usize) -> Option<(Span, usize)> {
        if depth > FARTHEST {
            return None;
        }
        let span = edges::expression(expr, self.collector.offsets);
        if self.connects.contains(&span) {
            return Some((span, 1));
        }
        match expr {
            Expr::Paren(paren) => self.layers(&paren.expr, depth + 1),
            Expr::Group(group) => self.layers(&group.expr, depth + 1),
            Expr::Await(awaited) => self.layers(&awaited.base, depth + 1),
            Expr::Try(attempt) => {
                let (connect, layers) = self.layers(&attempt.expr, depth + 1)?;
                Some((connect, layers.checked_sub(1)?))
            }
            Expr::Call(call) => {
                let Expr::Path(func) = &*call.func else { return None };
                let wrapper = self.collector.wrapper(call, &func.path)?;
                let (connect, layers) = self.layers(call.args.iter().nth(wrapper.future)?, depth + 1)?;
                Some((connect, layers + 1))
            }
            Expr::MethodCall(call) => {
                let (connect, layers) = self.layers(&call.receiver, depth + 1)?;
                let layers = match plain(&call.method).as_str() {
                    "unwrap" | "expect" => layers.checked_sub(1)?,
                    "map" | "map_err" | "map_ok" | "inspect_err" | "boxed" => layers,
                    _ => return None,
                };
                Some((connect, layers))
            }
            _ => None,
        }
    }
}

/// How many results a pattern takes apart: `Ok(ws)` is 1, `Ok(Ok(ws))` is 2.
pub(in crate::rust) fn success(pat: &Pat) -> Option<usize> {
    let mut at = pat;
    for layers in 0..FARTHEST {
        at = match at {
            Pat::TupleStruct(of) if of.path.is_ident("Ok") => of.elems.first()?,
            Pat::Paren(paren) => &paren.pat,
            _ => return Some(layers).filter(|layers| *layers > 0),
        };
    }
    None
}

/// What an arm takes of failures.
#[derive(Clone, Copy, PartialEq)]
pub(in crate::rust) enum Failure {
    /// Every one.
    Broad,
    /// Some.
    Narrow,
}

impl Failure {
    pub(in crate::rust) fn is_broad(&self) -> bool {
        *self == Self::Broad
    }
}

/// What a pattern takes of the failures of an outcome with so many results around it; `None` for one of a success.
pub(in crate::rust) fn failure(pat: &Pat, layers: usize) -> Option<Failure> {
    match pat {
        Pat::Wild(_) => Some(Failure::Broad),
        Pat::Paren(paren) => failure(&paren.pat, layers),
        Pat::Or(either) => {
            let mut all = either.cases.iter().map(|case| failure(case, layers));
            let first = all.next()?;
            let is_same = all.all(|other| other == first);
            if is_same { first } else { Some(Failure::Narrow) }
        }
        Pat::TupleStruct(of) if of.path.is_ident("Ok") => match layers.checked_sub(1) {
            // Of a deadline's outcome: it came in time, and is looked at itself.
            Some(inner @ 1..) => of
                .elems
                .first()
                .map_or(Some(Failure::Narrow), |pat| failure(pat, inner)),
            _ => None,
        },
        Pat::TupleStruct(of) if of.path.is_ident("Err") => match of.elems.first() {
            Some(Pat::Wild(_) | Pat::Ident(_) | Pat::Rest(_)) => Some(Failure::Broad),
            _ => Some(Failure::Narrow),
        },
        _ => Some(Failure::Narrow),
    }
}

/// The block that a runtime runs: `runtime.block_on(async { … })`.
fn inner_block(expr: &Expr) -> Option<&Block> {
    let argument = match expr {
        Expr::MethodCall(call) if call.method == "block_on" => call.args.first()?,
        Expr::Call(call) => match &*call.func {
            Expr::Path(func) if func.path.segments.last()?.ident == "block_on" => call.args.first()?,
            _ => return None,
        },
        _ => return None,
    };
    match argument {
        Expr::Async(block) => Some(&block.block),
        _ => None,
    }
}
