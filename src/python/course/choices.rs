//! What conditions decide on: by what the function is given for a parameter, or by a flag of the module.

use ruff_python_ast::{self as ast, BoolOp, CmpOp, Expr, Stmt, UnaryOp};

use super::builder::Builder;
use super::ends::leaves;
use crate::sites::{Course, Wanted};

/// So many branches of one choice, and values of one `and`, are looked at.
const MOST: usize = 8;

/// What a condition asks for: the index of a parameter, and what that has to be.
type Question = (usize, Wanted);

impl<'a> Builder<'a, '_> {
    /// The suites of a choice, each where its own condition holds and those before it do not.
    pub(super) fn branches(&self, choice: &'a ast::StmtIf) -> Vec<Course> {
        let first = (Some(&*choice.test), &*choice.body);
        let clauses = choice.elif_else_clauses.iter();
        let all = [first]
            .into_iter()
            .chain(clauses.map(|clause| (clause.test.as_ref(), &*clause.body)));
        let mut before: Vec<Question> = Vec::new();
        let branch = |(test, body): (Option<&'a Expr>, &'a [Stmt])| {
            if test.is_some_and(|test| self.all.functions.flags.is_never(test, self.all.lengths.names)) {
                return Course::default();
            }
            let own = test.and_then(|test| self.holds(test, 0));
            let course = asked(own.into_iter().chain(before.iter().copied()), self.suite(body));
            before.extend(test.and_then(|test| self.fails(test)).filter(|_| before.len() < MOST));
            course
        };
        all.map(branch).collect()
    }

    /// One of two values, each where the condition is for it.
    pub(super) fn alternatives(&self, test: &'a Expr, [body, orelse]: [Course; 2]) -> Vec<Course> {
        vec![
            asked(self.holds(test, 0).into_iter(), body),
            asked(self.fails(test).into_iter(), orelse),
        ]
    }

    /// What stands behind a choice that leaves the suite: it is reached where the condition does not hold.
    pub(super) fn left_suite(&self, body: &'a [Stmt], courses: &mut [Course]) {
        let left = body.iter().enumerate().filter_map(|(index, statement)| {
            let choice = statement.as_if_stmt()?;
            let is_left = choice.elif_else_clauses.is_empty() && choice.body.last().is_some_and(leaves);
            Some((index + 1, self.fails(&choice.test).filter(|_| is_left)?))
        });
        for (start, question) in left.take(MOST).collect::<Vec<_>>().into_iter().rev() {
            let covered = courses.get_mut(start..).unwrap_or_default();
            let inner = Course::sequence(covered.iter_mut().map(std::mem::take));
            if let Some(first) = covered.first_mut() {
                *first = asked([question].into_iter(), inner);
            }
        }
    }

    /// What certainly is so where a condition holds.
    fn holds(&self, test: &Expr, depth: usize) -> Option<Question> {
        match test {
            Expr::Name(_) => Some((self.given_for(test)?, Wanted::True)),
            Expr::UnaryOp(not) if not.op == UnaryOp::Not => self.fails(&not.operand),
            Expr::Compare(compare) => {
                let wanted = match (&*compare.ops, &*compare.comparators) {
                    ([CmpOp::Is], [Expr::NoneLiteral(_)]) => Wanted::Nothing,
                    ([CmpOp::IsNot], [Expr::NoneLiteral(_)]) => Wanted::Something,
                    _ => return None,
                };
                Some((self.given_for(&compare.left)?, wanted))
            }
            // Nothing is of no other class that anybody asks for.
            Expr::Call(call) if self.all.lengths.names.resolve(&call.func) == Some("isinstance") => {
                Some((self.given_for(call.arguments.args.first()?)?, Wanted::Something))
            }
            Expr::BoolOp(both) if both.op == BoolOp::And && depth < MOST => both
                .values
                .iter()
                .take(MOST)
                .find_map(|value| self.holds(value, depth + 1)),
            _ => None,
        }
    }

    /// What certainly is so where a condition does not hold.
    fn fails(&self, test: &Expr) -> Option<Question> {
        if let Expr::UnaryOp(not) = test
            && not.op == UnaryOp::Not
        {
            return self.holds(&not.operand, MOST);
        }
        let is_plain = matches!(test, Expr::Name(_) | Expr::Compare(_));
        let (parameter, wanted) = self.holds(test, 0).filter(|_| is_plain)?;
        Some((parameter, wanted.opposite()))
    }

    fn given_for(&self, expr: &Expr) -> Option<usize> {
        self.locals.parameter(&expr.as_name_expr()?.id)
    }
}

/// A course where all of this is so.
fn asked(questions: impl Iterator<Item = Question>, inner: Course) -> Course {
    if inner.is_nothing() {
        return inner;
    }
    questions.fold(inner, |inner, (parameter, wanted)| Course::Asked {
        parameter,
        wanted,
        inner: Box::new(inner),
    })
}
