//! Blocks that a deadline covers, and code that a handler is for.

use ruff_python_ast::name::Name;

use super::handlers::WaitKind;
use crate::sites::Deadline;
use crate::source::Span;

/// A block with a deadline.
pub(super) struct Frame {
    pub(super) deadline: Deadline,
    /// The index of the call that made it; none where it lasts as long as an exit stack, whose waits are not counted.
    pub(super) call: Option<usize>,
    /// `async with asyncio.timeout(5) as <handle>`.
    pub(super) handle: Option<Name>,
    /// The exit stack that it lasts as long as.
    pub(super) stack: Option<String>,
    /// It is bound to something, so that other code may move it.
    pub(super) is_bound: bool,
    /// It was not lifted so far.
    pub(super) is_in_force: bool,
    /// How many loops are around it.
    pub(super) loops: usize,
    /// The first wait under it.
    pub(super) first_wait: Option<Span>,
    /// How many waits are under it.
    pub(super) waits: usize,
}

impl Frame {
    /// What is waited for at `place`, where so many loops are around: each round of one under the deadline waits anew.
    pub(super) fn wait(&mut self, place: Span, loops: usize) {
        if self.is_in_force {
            self.first_wait.get_or_insert(place);
            self.waits += if loops > self.loops { MANY } else { 1 };
        }
    }

    /// The wait that is the only one under it.
    pub(super) fn only_wait(&self) -> Option<Span> {
        self.first_wait.filter(|_| self.waits == 1)
    }
}

/// As many waits as a loop has.
const MANY: usize = 2;

/// Something that is waited for.
pub(super) struct Wait {
    pub(super) place: Span,
    /// The connects in it.
    pub(super) connects: Vec<usize>,
    pub(super) kind: WaitKind,
    /// How many deadlines are around, up to the innermost that holds.
    pub(super) under: usize,
}

/// Code whose exceptions something catches: the body of a `try`, or of a `with contextlib.suppress(…)`.
pub(super) struct Guarded {
    /// The innermost deadline that holds where it begins.
    pub(super) deadline: Deadline,
    /// How many deadlines are around it.
    pub(super) under: usize,
    pub(super) connects: Vec<usize>,
    pub(super) other_waits: bool,
    pub(super) has_deadlines: bool,
}

/// More connects behind one handler than anybody writes.
const MOST_CONNECTS: usize = 64;

impl Guarded {
    pub(super) fn wait(&mut self, wait: &Wait) {
        self.has_deadlines |= wait.under > self.under || wait.kind == WaitKind::Bounded;
        match wait.kind {
            WaitKind::Sleep => {}
            _ if !wait.connects.is_empty() && self.connects.len() < MOST_CONNECTS => {
                self.connects.extend(&wait.connects);
            }
            _ => self.other_waits = true,
        }
    }
}
