//! What is opened once: behind a guard that returns where it is there, or under a condition that it is not.

use ruff_python_ast::{BoolOp, CmpOp, Expr, Stmt, UnaryOp};

use super::builder::{Builder, uses};
use crate::python::syntax::dotted::dotted;
use crate::sites::Course;

/// So many conditions of an `and` are looked at.
const MOST: usize = 8;

impl<'a> Builder<'a, '_> {
    /// How the budget names what has this name here: `self` is the object of the method, whatever it is called. None for a name
    /// that stands for several things.
    pub(super) fn object(&self, expr: &Expr) -> Option<String> {
        let mut root = expr;
        while let Expr::Attribute(attribute) = root {
            root = &attribute.value;
        }
        let name = root.as_name_expr()?;
        if self.locals.is_bound_again(&name.id) {
            return None;
        }
        let path = dotted(expr)?;
        match self.locals.is_receiver(root) {
            true => Some(format!("self{}", path.get(name.id.len()..)?)),
            false => (name.id.as_str() != "self").then_some(path),
        }
    }

    /// The object whose method a call calls.
    pub(super) fn object_of_call(&self, place: &Expr) -> Option<String> {
        let method = place.as_call_expr()?.func.as_attribute_expr()?;
        self.object(&method.value)
    }

    /// A suite, where one of its statements returns if what those behind it make is there.
    pub(super) fn guarded_suite(&self, body: &'a [Stmt], courses: &mut [Course]) {
        let guard = body.iter().enumerate().find_map(|(index, statement)| {
            let choice = statement
                .as_if_stmt()
                .filter(|choice| choice.elif_else_clauses.is_empty())?;
            if !choice.body.last().is_some_and(Stmt::is_return_stmt) {
                return None;
            }
            let rest = body.get(index + 1..)?;
            let made = there(&choice.test, 0)?;
            self.makes(rest, made).then_some((index + 1, self.object(made)?))
        });
        let Some((start, object)) = guard else { return };
        let covered = courses.get_mut(start..).unwrap_or_default();
        let inner = Course::sequence(covered.iter_mut().map(std::mem::take));
        if let (Some(first), false) = (covered.first_mut(), inner.is_nothing()) {
            *first = Course::Once {
                object,
                inner: Box::new(inner),
            };
        }
    }

    /// What a condition asks for that is not there, where its suite makes it.
    pub(super) fn missing(&self, test: &'a Expr, body: &'a [Stmt]) -> Option<String> {
        let made = not_there(test)?;
        if !self.makes(body, made) {
            return None;
        }
        self.object(made)
    }

    /// What a statement sets to nothing: `self.socket = None`.
    pub(super) fn lets_go(&self, statement: &'a Stmt) -> Course {
        let Stmt::Assign(assign) = statement else {
            return Course::default();
        };
        let is_nothing = match &*assign.value {
            Expr::NoneLiteral(_) => true,
            Expr::BooleanLiteral(value) => !value.value,
            _ => false,
        };
        let targets = assign
            .targets
            .iter()
            .filter(|target| is_nothing && target.is_attribute_expr());
        Course::sequence(targets.filter_map(|target| self.object(target)).map(Course::LetGo))
    }

    /// Whether statements, or a function of the module that they call on the same object, assign something to what has this name.
    fn makes(&self, body: &'a [Stmt], made: &Expr) -> bool {
        let (Some(path), Expr::Attribute(attribute)) = (dotted(made), made) else {
            return false;
        };
        let is_made = |expr: &Expr| match expr {
            Expr::Attribute(target) => target.ctx.is_store() && dotted(expr).as_deref() == Some(path.as_str()),
            Expr::Call(call) => {
                let Some(method) = call.func.as_attribute_expr() else {
                    return false;
                };
                let function = self.all.lengths.names.local_function(&call.func);
                let called = function.and_then(|function| self.all.functions.definition(function.index()));
                dotted(&method.value) == dotted(&attribute.value)
                    && called.is_some_and(|called| {
                        uses(&called.function.body, &|expr| {
                            expr.as_attribute_expr()
                                .is_some_and(|target| target.ctx.is_store() && target.attr == attribute.attr)
                        })
                    })
            }
            _ => false,
        };
        uses(body, &is_made)
    }
}

/// What a condition says is there: `self.socket`, `self.socket is not None`, `self.socket and not self.socket.closed`.
fn there(test: &Expr, depth: usize) -> Option<&Expr> {
    match test {
        Expr::Attribute(_) => Some(test),
        Expr::Compare(compare) => match (&*compare.ops, &*compare.comparators) {
            ([CmpOp::IsNot], [Expr::NoneLiteral(_)]) => Some(&*compare.left),
            _ => None,
        },
        Expr::BoolOp(both) if both.op == BoolOp::And && depth < MOST => {
            both.values.iter().take(MOST).find_map(|value| there(value, depth + 1))
        }
        _ => None,
    }
    .filter(|found| found.is_attribute_expr())
}

/// What a condition says is not there: `not self.socket`, `self.socket is None`.
fn not_there(test: &Expr) -> Option<&Expr> {
    match test {
        Expr::UnaryOp(not) if not.op == UnaryOp::Not => there(&not.operand, 0),
        Expr::Compare(compare) => match (&*compare.ops, &*compare.comparators) {
            ([CmpOp::Is], [Expr::NoneLiteral(_)]) => Some(&*compare.left).filter(|left| left.is_attribute_expr()),
            _ => None,
        },
        // One of them is enough: a connection that is gone is not there either.
        Expr::BoolOp(either) if either.op == BoolOp::Or => either.values.first().and_then(not_there),
        _ => None,
    }
}
