//! Carries out what the rules ask for: puts a connect under an external deadline, takes its own timeout argument away.
//!
//! The table of forms is in `docs/src/fixes.md`. [`deadline`] chooses among them by the place of the connect; each
//! form is a file of its own. All of them only describe edits: [`indent`] makes lines deeper, [`argument`] takes a
//! keyword out of the call, [`imports`] adds an import.

mod argument;
mod arrange;
mod blocking;
mod code;
mod contents;
mod deadline;
mod edits;
mod exception;
mod exit_stack;
mod expression;
mod facts;
mod imports;
mod indent;
mod job;
mod layout;
mod length;
pub(super) mod locate;
mod mend;
mod misuse;
mod own_timeout;
mod print;
mod print_fallback;
mod print_helper;
mod receive;
mod spoken;
mod stand_in;
mod statement;
#[cfg(test)]
mod tests;
mod timer;
mod with_item;

use crate::finding::{Fix, Refusal};
use crate::rules::DeadlineRequest;
use crate::sites::Connect;

use crate::python::Module;
use job::Job;

pub(super) use argument::rename_argument;
pub(super) use blocking::unblock;
pub(super) use exception::{catch_instead, compare_status, read_instead};
pub(super) use facts::Facts;
pub(super) use imports::without_left_behind;
pub(super) use mend::{mend_deadline, older_deadline};
pub(super) use misuse::{ensure_future, enter_connect};
pub(super) use print::safe_print;
pub(super) use print_fallback::sound_print_fallback;
pub(super) use receive::bound_receive;

/// Puts the wait of `connect` under an external deadline.
///
/// # Errors
/// Why no rewrite of the connect at its place keeps what the program means.
pub(super) fn external_deadline(
    module: &Module<'_>,
    connect: &Connect,
    request: &DeadlineRequest<'_>,
) -> Result<Fix, Refusal> {
    deadline::put_outside(&Job::new(module, connect, request)?)
}

/// Takes the timeout argument of `connect` away, or switches it off: a deadline outside ends the wait first.
///
/// # Errors
/// Why the argument has to stay.
pub(super) fn drop_timeout_argument(
    module: &Module<'_>,
    connect: &Connect,
    request: &DeadlineRequest<'_>,
) -> Result<Fix, Refusal> {
    let job = Job::new(module, connect, request)?;
    own_timeout::drop_argument(&job).map(|fix| job.as_formatted(&fix).unwrap_or(fix))
}

/// Adds the argument that switches the library's own limit off, because a longer deadline is around the connect.
///
/// # Errors
/// Why the call has to stay as it is.
pub(super) fn switch_default_off(
    module: &Module<'_>,
    connect: &Connect,
    request: &DeadlineRequest<'_>,
) -> Result<Fix, Refusal> {
    let job = Job::new(module, connect, request)?;
    own_timeout::switch_off(&job).map(|fix| job.as_formatted(&fix).unwrap_or(fix))
}
