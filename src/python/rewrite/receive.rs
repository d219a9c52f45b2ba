//! Puts a wait for a message under a deadline: `asyncio.wait_for(ws.recv(), T)`, or a block around the statement where an
//! expression cannot be bounded. What blocks its thread gets its own limit, where it takes one.
//!
//! Executed on Python 3.8 to 3.13 with websockets 13.1 to 17.4: a message that comes after `wait_for(ws.recv(), T)` has
//! given up is not lost.

use ruff_python_ast::Stmt;

use super::arrange::as_formatted;
use super::code::{Code, span_of};
use super::edits::Draft;
use super::job::is_too_long;
use super::timer::Timer;
use super::{argument, imports, locate, statement};
use crate::catalog::ReceiveLimit;
use crate::facts::PythonVersion;
use crate::finding::{Change, Fix, Refusal};
use crate::python::Module;
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
    let tree = module.parsed.syntax();
    if known.receiver.blocking {
        let statement = locate::statement(&tree.body, note.statement).ok_or_else(unknown)?;
        return own_limit(module, receive, known.receiver.limit.as_ref(), (statement, seconds));
    }
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
                ReceiveForm::Call(_) | ReceiveForm::Await | ReceiveForm::Consumed(_) => "wait",
            };
            (
                format!("put the {what} under `{function}({seconds})`"),
                span_of(statement),
            )
        }
    };
    let fix = draft.finish(title, vec![claim])?;
    let unit = module.facts.indent_unit(code, code.margin(at).unwrap_or_default());
    Ok(as_formatted(code, statement, &fix, unit, context.project.line_width()).unwrap_or(fix))
}

/// Gives the wait the argument that bounds it: no event loop can end what blocks its thread.
fn own_limit(
    module: &Module<'_>,
    receive: &Receive,
    limit: Option<&ReceiveLimit>,
    (statement, seconds): (&Stmt, f64),
) -> Result<Fix, Refusal> {
    let refused = |why: &str| {
        Refusal::because(format!(
            "{why}, and no event loop can end it: bound the test from outside (pytest-timeout)"
        ))
    };
    let (limit, method) = match (&receive.form, limit) {
        (ReceiveForm::Call(name), Some(limit)) if name != "next" => (limit, name),
        (ReceiveForm::Loop | ReceiveForm::Consumed(_) | ReceiveForm::Call(_), Some(limit)) => {
            let why = format!(
                "an iteration takes no `{}`: what it waits in blocks its thread",
                limit.name
            );
            return Err(refused(&why));
        }
        _ => return Err(refused("the call blocks its thread")),
    };
    let call =
        locate::call(statement, receive.span).ok_or_else(|| Refusal::because("the place of this wait is not known"))?;
    let code = Code::new(module.source, module.parsed.tokens());
    let mut draft = Draft::new();
    // What was unbounded ends by an exception now.
    draft.distrust();
    let by_place = limit
        .position_in(method)
        .and_then(|position| call.arguments.args.get(position));
    match (call.arguments.find_keyword(&limit.name), by_place) {
        (Some(keyword), _) => argument::set(code, span_of(keyword), &seconds.to_string(), &mut draft)?,
        (None, Some(_)) => return Err(Refusal::because("the limit that is switched off is given by its place")),
        (None, None) => {
            let argument = format!("{}={seconds}", limit.name);
            argument::add(code, span_of(&call.arguments), &argument, "", &mut draft);
        }
    }
    draft.change(Change::Argument {
        name: limit.name.clone(),
        call: receive.span,
    });
    let ends = match &limit.returns {
        Some(value) => format!("returns `{value}`"),
        None => format!("raises `{}`", limit.raises.as_deref().unwrap_or("TimeoutError")),
    };
    let title = format!("give it `{}={seconds}`: it {ends} then", limit.name);
    draft.finish(title, vec![receive.span])
}
