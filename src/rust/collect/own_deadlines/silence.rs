//! What a function makes of it that nothing came within the deadline of a wait in it: it panics, or its outcome says so. Summed
//! up once for each; what the loops ask that go on for as long as something comes.

use syn::visit::{self, Visit};
use syn::{Block, Expr, Ident, Pat, ReturnType, Signature, Stmt, Type};

use super::is_deadline_method;
use super::leaving::Leaving;
use crate::rust::collect::Collector;
use crate::rust::collect::late::{is_in_time, is_outgoing, timed};
use crate::rust::names::macros::{self, Inside};
use crate::rust::names::{last_name, plain};

/// What becomes of a function once nothing came in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rust) enum InSilence {
    /// It panics.
    Fails,
    /// It gives `None` or an error.
    Says,
    /// It gives this.
    Is(bool),
}

/// Tails of blocks are looked into so deep.
const DEEPEST: usize = 8;

impl Collector<'_> {
    /// What an async function makes of a silence, if anything.
    pub(super) fn silent_by(&self, signature: &Signature, block: &Block) -> Option<InSilence> {
        signature.asyncness?;
        let mut silence = Silence::of(self, may_say(&signature.output));
        silence.visit_block(block);
        silence.tail_of(block, DEEPEST);
        silence.found()
    }

    /// The same of a closure.
    pub(in crate::rust) fn silent_by_closure(&self, closure: &syn::ExprClosure) -> Option<InSilence> {
        let mut silence = Silence::of(self, true);
        match &*closure.body {
            Expr::Async(body) => {
                silence.visit_block(&body.block);
                silence.tail_of(&body.block, DEEPEST);
            }
            body if closure.asyncness.is_some() => {
                silence.visit_expr(body);
                silence.tail(body, DEEPEST);
            }
            _ => return None,
        }
        silence.found()
    }

    /// What becomes of a call of the project's own once nothing came in time: of a function, a method or a closure.
    pub(in crate::rust) fn in_silence(&self, call: &Expr) -> Option<InSilence> {
        let (silent, given) = match call {
            Expr::Call(call) => {
                let Expr::Path(func) = &*call.func else { return None };
                (self.silent_in(&self.resolve(&func.path))?, &call.args)
            }
            Expr::MethodCall(call) => {
                let method = plain(&call.method);
                (self.silent_in_method(&call.receiver, &method)?, &call.args)
            }
            _ => return None,
        };
        // `within(ws.send(message))` has its deadline, and waits for no message.
        (!given.iter().any(is_outgoing)).then_some(silent)
    }
}

/// Whether an outcome of this type can say that nothing came.
fn may_say(output: &ReturnType) -> bool {
    let ReturnType::Type(_, given) = output else {
        return false;
    };
    let Type::Path(given) = &**given else { return false };
    let last = last_name(&given.path).unwrap_or_default();
    last == "bool" || last.ends_with("Option") || last.ends_with("Result")
}

/// Looks for what becomes of the waits under a deadline.
struct Silence<'c, 'a> {
    collector: &'c Collector<'a>,
    may_say: bool,
    /// The variables that keep what such waits came to.
    kept: Vec<Ident>,
    fails: bool,
    says: bool,
    is: Option<bool>,
}

impl<'c, 'a> Silence<'c, 'a> {
    fn of(collector: &'c Collector<'a>, may_say: bool) -> Self {
        Self {
            collector,
            may_say,
            kept: Vec::new(),
            fails: false,
            says: false,
            is: None,
        }
    }

    fn found(self) -> Option<InSilence> {
        match (self.fails, self.says && self.may_say, self.is) {
            (true, ..) => Some(InSilence::Fails),
            (_, true, _) => Some(InSilence::Says),
            (_, _, Some(is)) if self.may_say => Some(InSilence::Is(is)),
            _ => None,
        }
    }

    /// Whether an expression is the outcome of a wait under a deadline for something that comes.
    fn is_timed(&self, expr: &Expr) -> bool {
        let is_kept = |path: &syn::Path| self.kept.iter().any(|kept| path.is_ident(kept));
        match timed(expr, &is_kept, self.collector) {
            Some(Expr::Call(call)) => !call.args.iter().any(is_outgoing),
            Some(Expr::MethodCall(call)) if is_deadline_method(&plain(&call.method)) => !is_outgoing(&call.receiver),
            // What is taken out of a queue, or of the time that is left, is not waited for.
            Some(at @ Expr::MethodCall(_)) => self.collector.in_silence(at).is_some(),
            Some(Expr::Path(_)) => true,
            _ => false,
        }
    }

    /// What comes where nothing came in time leaves the function, or not.
    fn leaves_by(&mut self, visit: impl FnOnce(&mut Leaving)) {
        let mut leaving = Leaving::default();
        visit(&mut leaving);
        self.fails |= leaving.panics;
        self.says |= leaving.returns;
    }

    fn select(&mut self, mac: &syn::Macro, mut late: impl FnMut(&mut Self, &Expr)) {
        if let Inside::Select(branches) = &*macros::inside(mac) {
            for branch in branches {
                if branch
                    .future
                    .as_ref()
                    .is_some_and(|future| self.collector.ends_race(future))
                {
                    late(self, &branch.handler);
                }
            }
        }
    }

    fn tail_of(&mut self, block: &Block, deeper: usize) {
        match block.stmts.last() {
            Some(Stmt::Expr(tail, None)) => self.tail(tail, deeper),
            Some(Stmt::Macro(call)) if call.semi_token.is_none() => {
                self.select(&call.mac, |this, late| this.told(late));
            }
            _ => {}
        }
    }

    /// What the function gives: an outcome, or what stands for one.
    fn tail(&mut self, tail: &Expr, deeper: usize) {
        let Some(deeper) = deeper.checked_sub(1) else { return };
        match tail {
            Expr::Match(choice) if self.is_timed(&choice.expr) => {
                for arm in choice.arms.iter().filter(|arm| !is_in_time(&arm.pat)) {
                    self.told(&arm.body);
                }
            }
            Expr::Match(choice) => choice.arms.iter().for_each(|arm| self.tail(&arm.body, deeper)),
            Expr::If(branch) => {
                let otherwise = branch.else_branch.as_ref().map(|(_, otherwise)| &**otherwise);
                match (&*branch.cond, otherwise) {
                    (Expr::Let(head), Some(otherwise)) if self.is_timed(&head.expr) && is_in_time(&head.pat) => {
                        self.told(otherwise);
                    }
                    _ => {
                        self.tail_of(&branch.then_branch, deeper);
                        otherwise.into_iter().for_each(|otherwise| self.tail(otherwise, deeper));
                    }
                }
            }
            Expr::Block(inner) => self.tail_of(&inner.block, deeper),
            Expr::Return(given) => given.expr.iter().for_each(|given| self.tail(given, deeper)),
            Expr::Macro(call) => {
                self.select(&call.mac, |this, late| this.told(late));
                if let Inside::Matched(value) = &*macros::inside(&call.mac) {
                    self.says |= self.is_timed(value);
                }
            }
            other => self.says |= self.is_timed(other),
        }
    }

    /// What is given where nothing came in time.
    fn told(&mut self, late: &Expr) {
        match late {
            Expr::Lit(literal) => {
                if let syn::Lit::Bool(is) = &literal.lit {
                    self.is = Some(is.value);
                }
            }
            Expr::Block(inner) => {
                if let Some(Stmt::Expr(tail, None)) = inner.block.stmts.last() {
                    self.told(tail);
                }
            }
            // `Err(_) => Ok(())`: as if something had come.
            Expr::Call(call) => {
                let goes_on =
                    matches!(&*call.func, Expr::Path(func) if func.path.is_ident("Ok") || func.path.is_ident("Some"));
                self.says |= !goes_on;
            }
            Expr::Continue(_) | Expr::Break(_) | Expr::Macro(_) => {}
            _ => self.says = true,
        }
    }
}

impl<'ast> Visit<'ast> for Silence<'_, '_> {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::MethodCall(call) if call.method == "unwrap" || call.method == "expect" => {
                self.fails |= self.is_timed(&call.receiver);
            }
            Expr::MethodCall(call) if call.method == "unwrap_or_else" && self.is_timed(&call.receiver) => {
                if let Some(Expr::Closure(otherwise)) = call.args.first() {
                    self.leaves_by(|leaving| leaving.visit_expr(&otherwise.body));
                }
            }
            Expr::Await(awaited) => {
                self.fails |= self.collector.in_silence(&awaited.base) == Some(InSilence::Fails);
            }
            Expr::Try(attempt) => self.says |= self.is_timed(&attempt.expr),
            Expr::Return(syn::ExprReturn { expr: Some(given), .. }) => self.tail(given, DEEPEST),
            Expr::Match(choice) if self.is_timed(&choice.expr) => {
                for arm in choice.arms.iter().filter(|arm| !is_in_time(&arm.pat)) {
                    self.leaves_by(|leaving| leaving.visit_expr(&arm.body));
                }
            }
            Expr::If(branch) => match (&*branch.cond, &branch.else_branch) {
                (Expr::Let(head), Some((_, otherwise))) if self.is_timed(&head.expr) && is_in_time(&head.pat) => {
                    self.leaves_by(|leaving| leaving.visit_expr(otherwise));
                }
                (Expr::Let(head), _) if self.is_timed(&head.expr) && !is_in_time(&head.pat) => {
                    self.leaves_by(|leaving| leaving.visit_block(&branch.then_branch));
                }
                (Expr::MethodCall(call), _)
                    if (call.method == "is_err" || call.method == "is_none") && self.is_timed(&call.receiver) =>
                {
                    self.leaves_by(|leaving| leaving.visit_block(&branch.then_branch));
                }
                _ => {}
            },
            Expr::Macro(call) => self.select(&call.mac, |this, late| {
                this.leaves_by(|leaving| leaving.visit_expr(late));
            }),
            Expr::Closure(_) | Expr::Async(_) => return,
            _ => {}
        }
        visit::visit_expr(self, expr);
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        visit::visit_local(self, local);
        let Some(init) = &local.init else { return };
        let is_outcome = self.is_timed(&init.expr);
        if let Some((_, otherwise)) = init.diverge.as_ref().filter(|_| is_outcome) {
            self.leaves_by(|leaving| leaving.visit_expr(otherwise));
        }
        if let Pat::Ident(name) = &local.pat {
            self.kept.retain(|kept| *kept != name.ident);
            self.kept.extend(is_outcome.then(|| name.ident.clone()));
        }
    }

    fn visit_stmt_macro(&mut self, call: &'ast syn::StmtMacro) {
        self.select(&call.mac, |this, late| {
            this.leaves_by(|leaving| leaving.visit_expr(late));
        });
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}
