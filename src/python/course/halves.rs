//! The two halves of a generator that stands for a block.

use ruff_python_ast::Stmt;
use ruff_text_size::{Ranged, TextRange};

use super::builder::{Builder, branch};
use crate::sites::Course;

impl<'a> Builder<'a, '_> {
    /// The two halves of a generator that stands for a block: up to its `yield`, which stands at `at`, and behind it.
    pub(super) fn halves(&self, body: &'a [Stmt], at: TextRange) -> (Course, Course) {
        let (before, after) = self.split(body, at);
        (before, Course::sequence([after, self.unstacked(0)]))
    }

    /// The statements up to the `yield` at `at`, and those behind it.
    fn split(&self, body: &'a [Stmt], at: TextRange) -> (Course, Course) {
        let Some(index) = body.iter().position(|statement| statement.range().contains_range(at)) else {
            return (self.suite(body), Course::default());
        };
        let (earlier, rest) = body.split_at(index);
        let Some((statement, later)) = rest.split_first() else {
            return (self.suite(body), Course::default());
        };
        let before = self.suite(earlier);
        let (own_before, own_after) = self.split_statement(statement, at);
        (
            Course::sequence([before, own_before]),
            Course::sequence([own_after, self.suite(later)]),
        )
    }

    fn split_statement(&self, statement: &'a Stmt, at: TextRange) -> (Course, Course) {
        let holds = |body: &[Stmt]| body.iter().any(|statement| statement.range().contains_range(at));
        match statement {
            Stmt::With(with) if holds(&with.body) => {
                let (before, after) = self.split(&with.body, at);
                let (mut entering, mut leaving) = (Vec::new(), Vec::new());
                for item in &with.items {
                    let (enter, leave) =
                        match self.deadline(&item.context_expr, item.optional_vars.as_deref(), &with.body) {
                            Some(_) => Default::default(),
                            None => self.managed(&item.context_expr, with.is_async),
                        };
                    entering.push(enter);
                    leaving.insert(0, leave);
                }
                (
                    Course::sequence(entering.into_iter().chain([before])),
                    Course::sequence([after].into_iter().chain(leaving)),
                )
            }
            Stmt::Try(attempt) if holds(&attempt.body) => {
                let (before, after) = self.split(&attempt.body, at);
                (before, self.attempt(attempt, after))
            }
            Stmt::If(choice) => {
                let clauses = choice.elif_else_clauses.iter().map(|clause| &*clause.body);
                let bodies = [&*choice.body].into_iter().chain(clauses);
                let halves = bodies.map(|body| self.split(body, at));
                let (before, after): (Vec<Course>, Vec<Course>) = halves.unzip();
                (branch(before), branch(after))
            }
            Stmt::For(_) | Stmt::While(_) | Stmt::Try(_) | Stmt::Match(_) => {
                (self.statement(statement), Course::default())
            }
            _ => (self.expressions_of(statement), Course::default()),
        }
    }
}
