//! What the expressions of a statement wait for: each `await`, and each call that blocks.

use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, walk_expr, walk_stmt};
use ruff_python_ast::{Comprehension, Expr, Stmt};
use ruff_text_size::Ranged;

use super::builder::Builder;
use super::rounds::elements;
use crate::python::sites::usage::Awaits;
use crate::sites::{Course, Times};

impl<'a> Builder<'a, '_> {
    /// Everything that a statement without a block waits for.
    pub(super) fn expressions_of(&self, statement: &'a Stmt) -> Course {
        let mut visit = Expressions {
            builder: self,
            parts: Vec::new(),
        };
        walk_stmt(&mut visit, statement);
        Course::sequence(visit.parts)
    }

    /// Everything that evaluating an expression waits for.
    pub(super) fn expression(&self, expr: &'a Expr) -> Course {
        let mut visit = Expressions {
            builder: self,
            parts: Vec::new(),
        };
        visit.visit_expr(expr);
        Course::sequence(visit.parts)
    }
}

struct Expressions<'a, 'b, 's> {
    builder: &'b Builder<'a, 's>,
    parts: Vec<Course>,
}

impl<'a> SourceOrderVisitor<'a> for Expressions<'a, '_, '_> {
    fn visit_stmt(&mut self, _: &'a Stmt) {}

    fn visit_annotation(&mut self, _: &'a Expr) {}

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Lambda(_) => {}
            Expr::Await(awaited) => self.parts.push(self.builder.awaited(&awaited.value)),
            Expr::Yield(yielded) if self.builder.locals.awaits == Awaits::ByYield => {
                let value = yielded.value.as_deref();
                self.parts.extend(value.map(|value| self.builder.yielded(value)));
            }
            Expr::Call(call) => {
                walk_expr(self, expr);
                self.parts.extend(self.builder.plain_call(expr, call));
            }
            Expr::ListComp(list) => self.comprehension(&list.generators, &[&list.elt], expr),
            Expr::SetComp(set) => self.comprehension(&set.generators, &[&set.elt], expr),
            Expr::DictComp(dict) => {
                let mut elements = vec![&*dict.value];
                elements.extend(dict.key.as_deref());
                self.comprehension(&dict.generators, &elements, expr);
            }
            // It is evaluated where something iterates over it.
            Expr::Generator(generator) => {
                if let Some(first) = generator.generators.first() {
                    self.visit_expr(&first.iter);
                }
            }
            _ => walk_expr(self, expr),
        }
    }
}

impl<'a> Expressions<'a, '_, '_> {
    fn comprehension(&mut self, generators: &'a [Comprehension], elements_of: &[&'a Expr], expr: &'a Expr) {
        let builder = self.builder;
        let (mut once, mut round, mut times) = (Vec::new(), Vec::new(), Times::Number(1.0));
        for generator in generators {
            if generator.is_async {
                let (before, each) = builder.iterated(&generator.iter);
                once.push(before);
                round.push(each);
                times = Times::Unknown;
            } else {
                let (before, each) = builder.iterated_at_once(&generator.iter);
                once.push(before);
                round.push(each);
                times = match (times, elements(&generator.iter, builder, 0)) {
                    (Times::Number(a), Times::Number(b)) => Times::Number(a * b),
                    _ => Times::Unknown,
                };
            }
            round.extend(generator.ifs.iter().map(|condition| builder.expression(condition)));
        }
        round.extend(elements_of.iter().map(|element| builder.expression(element)));
        let body = Course::sequence(round);
        self.parts.extend(once);
        if !body.is_nothing() {
            // Its rounds end with what it iterates over, as those of a loop do.
            let mut head = builder.all.shown(expr.range());
            head.span.end = generators
                .last()
                .map_or(head.span.end, |last| last.iter.end().to_usize());
            self.parts.push(Course::Loop {
                head,
                times,
                body: Box::new(body),
            });
        }
    }
}
