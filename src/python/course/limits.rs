//! The deadlines around what a function waits for.

use ruff_python_ast::{Expr, Stmt, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use super::builder::{Builder, DEEPEST, is_name, uses};
use crate::python::deadlines::{entered_deadline, setter};
use crate::sites::{Bound, Course, Deadline, Length, Shown};

/// A deadline around something.
pub(super) struct Limit {
    pub(super) by: Shown,
    pub(super) bound: Length,
    /// It ends what is done on the way out as well.
    pub(super) is_level: bool,
}

impl Limit {
    pub(super) fn over(self, inner: Course) -> Course {
        Course::Capped {
            by: self.by,
            bound: self.bound,
            inner: Box::new(inner),
            is_level: self.is_level,
        }
    }
}

impl<'a> Builder<'a, '_> {
    /// The deadline that a manager sets, as long as nothing in the block sets it anew.
    pub(super) fn deadline(&self, manager: &'a Expr, target: Option<&Expr>, suite: &[Stmt]) -> Option<Limit> {
        let names = self.all.lengths.names;
        let by = self.all.shown(manager.range());
        if let Some(deadline) = self.all.enclosed.get(&manager.start().to_usize()) {
            return Some(self.limit(by, deadline));
        }
        // `deadline = asyncio.timeout(5)`, entered by its name.
        let made = self.all.lengths.variables.only_value(manager).unwrap_or(manager);
        let known = entered_deadline(made, self.all.lengths.variables)?;
        let handle = target.unwrap_or(manager).as_name_expr();
        let is_moved = handle.is_some_and(|handle| moves(suite, &handle.id));
        let length = match made {
            Expr::Call(call) if let Some(setter) = setter(call, names) => match setter.limit {
                Some(limit) if setter.is_absolute => self.all.lengths.until(limit),
                Some(limit) => self.all.lengths.length(limit, self.locals),
                None => Length::Is(known.bound),
            },
            _ => Length::Is(known.bound),
        };
        // What the block says of it later counts for what stands behind: the wait for a connection knows by itself which
        // deadline is around it.
        Some(Limit {
            bound: if is_moved { Length::Is(Bound::Unlimited) } else { length },
            ..self.limit(by, &known)
        })
    }

    /// `deadline`, which `by` sets.
    pub(super) fn limit(&self, by: Shown, deadline: &Deadline) -> Limit {
        let is_of = |library| deadline.path.starts_with(library);
        Limit {
            by,
            bound: Length::Is(deadline.bound),
            // Executed with anyio 4.16.0 on asyncio, and with trio.
            is_level: (is_of("anyio.") || is_of("trio.")) && !self.all.shields(),
        }
    }

    /// The deadlines that hold at the `yield` at `at`, the innermost first.
    pub(super) fn deadlines_around(&self, body: &'a [Stmt], at: TextRange) -> Vec<Limit> {
        let (mut found, mut body) = (Vec::new(), body);
        for _ in 0..DEEPEST {
            let next = body.iter().find_map(|statement| {
                let inner: &[Stmt] = match statement {
                    Stmt::With(with) => &with.body,
                    Stmt::Try(attempt) => &attempt.body,
                    _ => return None,
                };
                statement.range().contains_range(at).then_some((statement, inner))
            });
            let Some((statement, inner)) = next else { break };
            if let Stmt::With(with) = statement {
                let items = with.items.iter();
                found.extend(
                    items.filter_map(|item| self.deadline(&item.context_expr, item.optional_vars.as_deref(), inner)),
                );
            }
            body = inner;
        }
        found.reverse();
        found
    }
}

/// Whether a block sets the deadline of this name anew.
fn moves(suite: &[Stmt], handle: &str) -> bool {
    uses(suite, &|expr| match expr {
        Expr::Call(call) => match &*call.func {
            Expr::Attribute(method) => {
                is_name(&method.value, handle)
                    && matches!(method.attr.as_str(), "reschedule" | "reject" | "update" | "shift")
            }
            _ => false,
        },
        Expr::Attribute(attribute) => {
            attribute.attr.as_str() == "deadline" && attribute.ctx.is_store() && is_name(&attribute.value, handle)
        }
        _ => false,
    })
}

/// What stands above a function, from its first decorator to the last.
pub(super) fn decorators(function: &StmtFunctionDef) -> TextRange {
    match function.decorator_list.as_slice() {
        [] => function.name.range(),
        [only] => only.range(),
        [first, .., last] => TextRange::new(first.start(), last.end()),
    }
}
