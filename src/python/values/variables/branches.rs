//! What variables hold behind branches, loops and `try`: what one of the ways through them left.

use ruff_python_ast::visitor::source_order::SourceOrderVisitor;
use ruff_python_ast::{self as ast, ExceptHandler, Expr, Stmt};

use super::flow::{Ended, Loop, Values, Walk, unknown};
use super::statements::bound_in;
use crate::python::values::encoding_questions::{asks_for_encoding, takes_refusals};
use crate::python::values::windows::on_windows;

/// Loops in each other beyond this are not gone through twice: what they assign is unknown in them.
const DEEPEST_LOOPS: usize = 3;

impl<'a> Walk<'a> {
    /// An `if` with its other branches.
    pub(super) fn choice(&mut self, choice: &'a ast::StmtIf) {
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
    pub(super) fn forget_all(&mut self, ended: &[Ended<'a>]) {
        let names: Vec<&'a str> = ended.iter().flat_map(|ended| ended.values.keys().copied()).collect();
        self.forget(names);
    }

    /// A loop, each of whose rounds begins as `begin` does.
    pub(super) fn repeated(
        &mut self,
        body: &'a [Stmt],
        orelse: &'a [Stmt],
        is_endless: bool,
        begin: &dyn Fn(&mut Self),
    ) {
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

    /// A `try`: its handlers begin wherever its body was.
    pub(super) fn attempt(&mut self, attempt: &'a ast::StmtTry) {
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
}
