//! Puts a wait for a message under a deadline: `asyncio.wait_for(ws.recv(), T)`, or a block around the statement where an
//! expression cannot be bounded.
//!
//! Executed on Python 3.8 to 3.13 with websockets 13.1 to 17.4: a message that comes after `wait_for(ws.recv(), T)` has
//! given up is not lost.

use super::super::Module;
use super::code::{Code, span_of};
use super::edits::Draft;
use super::job::is_too_long;
use super::timer::Timer;
use super::{imports, locate, statement};
use crate::fix::{Change, Fix, Refusal};
use crate::project::PythonVersion;
use crate::rules::Context;
use crate::sites::{Receive, ReceiveForm};

/// Bounds the wait by `seconds`.
///
/// # Errors
/// Why no form suits the place.
pub(in crate::python) fn bound_receive(
    module: &Module<'_>,
    receive: &Receive,
    seconds: f64,
    context: &Context<'_>,
) -> Result<Fix, Refusal> {
    let unknown = || Refusal::because("the place of this wait is not known");
    let note = module.receive_notes.get(receive.id).ok_or_else(unknown)?;
    let known = context.catalog.receiver(receive.receiver);
    if known.receiver.blocking {
        return Err(Refusal::because(
            "the call blocks its thread, and no event loop can end it: bound the test from outside (pytest-timeout)",
        ));
    }
    let tree = module.parsed.syntax();
    let code = Code::new(module.source, module.parsed.tokens());
    let statement = locate::statement(&tree.body, note.statement).ok_or_else(unknown)?;
    if is_too_long(statement) {
        return Err(Refusal::because("the statement is too long"));
    }
    let head = imports::Head {
        code,
        tree,
        facts: &module.facts,
    };
    let at = note.statement.start;
    let mentions = |name: &str| module.facts.mentions(tree, name);
    let spells = |path: &str| module.names.spelling(path, at).is_some();
    let timer = Timer::choose(known.runtime, context, &mentions, &spells);
    let mut draft = Draft::new();
    // What was unbounded ends by an exception now.
    draft.distrust();
    draft.change(Change::Deadline { around: receive.span });
    let (title, claim) = match note.awaitable.filter(|_| timer.runs_in_asyncio()) {
        Some(awaitable) => {
            let [wait_for] = imports::spell(head, &module.names, [Timer::WaitFor.path()], at, &mut draft)?;
            draft.insert(awaitable.start, format!("{wait_for}("));
            draft.insert(awaitable.end, format!(", {seconds})"));
            (format!("wrap the wait in `{wait_for}(…, {seconds})`"), awaitable)
        }
        None => {
            if timer == Timer::WaitFor {
                return Err(Refusal::because(format!(
                    "below Python {} the standard library has no deadline for a block, and async-timeout is no dependency",
                    PythonVersion::new(3, 11)
                )));
            }
            let margin = statement::margin_of(code, statement)?;
            if timer.takes_python_for_granted(context) {
                draft.take_python_for_granted();
            }
            let [function] = imports::spell(head, &module.names, [timer.path()], at, &mut draft)?;
            let unit = module.facts.indent_unit(code, margin);
            let head = format!("{} {function}({seconds}):", timer.keyword());
            statement::nest(code, statement, &head, (margin, unit), &mut draft)?;
            let what = match receive.form {
                ReceiveForm::Loop => "loop",
                ReceiveForm::Call(_) | ReceiveForm::Await => "wait",
            };
            (
                format!("put the {what} under `{function}({seconds})`"),
                span_of(statement),
            )
        }
    };
    draft.finish(title, vec![claim])
}
