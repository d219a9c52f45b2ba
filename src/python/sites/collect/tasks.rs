//! Tasks that are only started: a deadline ends what is awaited under it, not what was started under it.

use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use super::Collector;
use super::inside::{FARTHEST, Frame};
use crate::python::deadlines::around::Around;
use crate::python::sites::task_calls::{joins_a_group, starts_a_task};
use crate::python::sites::usage::{Slot, collects, enters, grows, is_callee, usage};

/// A task that is started and not awaited at once.
#[derive(Clone, Copy)]
pub(super) struct StartedTask<'a> {
    /// What starts it.
    call: &'a ExprCall,
    by: Awaiter<'a>,
}

/// Who may wait for a task.
#[derive(Clone, Copy)]
enum Awaiter<'a> {
    /// Nobody in this block: it is not kept, or returned.
    Nobody { is_returned: bool },
    /// Who reads this variable.
    Variable(&'a Name),
    /// Whoever has what it is put into.
    Elsewhere,
}

impl StartedTask<'_> {
    /// Nobody keeps it, so that nobody can wait for it.
    pub(super) fn is_nobodys(&self) -> bool {
        matches!(self.by, Awaiter::Nobody { is_returned: false })
    }

    /// Where the call begins that starts it, where something else than a variable keeps it: an attribute, a collection.
    pub(super) fn kept_elsewhere(&self) -> Option<usize> {
        matches!(self.by, Awaiter::Elsewhere).then(|| self.call.start().to_usize())
    }
}

impl<'a> Collector<'a> {
    /// The task that is made of `expr` and goes on by itself; nothing where something around waits for it, or may.
    pub(super) fn task_of(&self, expr: &'a Expr) -> Option<StartedTask<'a>> {
        let mut child = expr;
        for (index, parent) in self.parents.iter().enumerate().rev().take(FARTHEST) {
            match parent {
                Expr::Call(call) if is_callee(call, child) => return None,
                Expr::Call(call) if starts_a_task(call, self.names) && !joins_a_group(call, self.names) => {
                    let by = self.awaiter(expr, self.parents.get(..index)?)?;
                    return Some(StartedTask { call, by });
                }
                Expr::Call(call) if enters(call) || self.names.given_back(call).is_some() => {}
                Expr::If(_) | Expr::BoolOp(_) | Expr::Starred(_) | Expr::Generator(_) => {}
                parent if collects(parent) => {}
                _ => return None,
            }
            child = parent;
        }
        None
    }

    /// Who may wait for the task of `expr`; `outside` are the expressions around what starts it, the innermost last.
    fn awaiter(&self, expr: &'a Expr, outside: &[&'a Expr]) -> Option<Awaiter<'a>> {
        let inner = match outside {
            [Expr::Call(call), inner @ ..] if grows(call) => inner,
            all => all,
        };
        if !inner.iter().all(|parent| collects(parent)) {
            return None;
        }
        let used = usage(expr, &self.parents, self.slot, self.inside.awaits, self.names);
        match (used.awaited_by, self.slot) {
            (Some(name), _) => Some(Awaiter::Variable(name)),
            (None, Slot::Bare) if outside.is_empty() => Some(Awaiter::Nobody { is_returned: false }),
            (None, Slot::Returned) if outside.is_empty() => Some(Awaiter::Nobody { is_returned: true }),
            (None, Slot::Bare | Slot::Returned | Slot::Assigned(_) | Slot::Item(_)) => Some(Awaiter::Elsewhere),
            (None, _) => None,
        }
    }

    /// Whether what `frame` puts around the start of a task is certainly over, or ends nothing, where that is waited for.
    pub(super) fn ends_before(&self, frame: &Frame, task: &StartedTask<'a>) -> bool {
        if frame.is_of_function {
            return false;
        }
        let Around::Deadline(deadline) = &frame.around else {
            return matches!(frame.around, Around::Wrapped(_)) && !matches!(task.by, Awaiter::Elsewhere);
        };
        match task.by {
            Awaiter::Nobody { .. } => true,
            // Where it is read further on, that counts; in a loop it may have been read before.
            Awaiter::Variable(name) => {
                let mut reads = self.name_uses.reads_from(name, deadline.span.start);
                reads.next().is_none_or(|read| read >= self.statement.start)
            }
            Awaiter::Elsewhere => frame.stack.is_none() && self.is_last_wait(deadline.span.start, task.call),
        }
    }
}
