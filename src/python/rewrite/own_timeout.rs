//! What becomes of the connect's own timeout once a deadline is outside.
//!
//! Taking `open_timeout=15` away brings the library's default of 10 s back, and that would end the wait before a deadline
//! of 15 s does (executed with websockets 10.0 to 17.4). So it goes only where the default cannot fire first; else it is
//! switched off.

use ruff_python_ast::{Expr, ExprCall};

use super::argument::{self, InCall};
use super::code::span_of;
use super::edits::Draft;
use super::job::Job;
use super::length::requested_argument;
use crate::catalog::{Form, Parameter, Phase};
use crate::finding::{Change, Fix, Refusal};
use crate::rules::Limit;
use crate::settings::InternalTimeout;
use crate::sites::Bound;
use crate::source::Span;

/// Takes away or switches off the argument that the request speaks of; a request without one gets the argument that
/// switches the library's default off, where that default would end the wait before `deadline` seconds. A line that is
/// added gets `deeper` more indentation than its neighbours.
///
/// # Errors
/// Why the argument has to stay.
pub(super) fn adjust(job: &Job<'_>, deadline: Option<f64>, deeper: &str, draft: &mut Draft) -> Result<(), Refusal> {
    if job.request.argument.is_none() {
        switch_default_off(job, deadline, deeper, draft);
        return Ok(());
    }
    take_away(job, deadline, draft)?;
    // An argument that never bounded the connect leaves the library's default as it was.
    let parameter = job.entry().parameter(&requested_argument(job)?.name);
    if parameter.is_some_and(|parameter| parameter.bounds != Phase::Connect) {
        switch_default_off(job, deadline, deeper, draft);
    }
    Ok(())
}

/// The fix that only changes the connect's own argument: a deadline outside ends the wait first.
///
/// # Errors
/// Why the argument has to stay.
pub(super) fn drop_argument(job: &Job<'_>) -> Result<Fix, Refusal> {
    let argument = requested_argument(job)?;
    let covering = job
        .connect
        .deadlines
        .iter()
        .find(|deadline| deadline.bound.is_at_most(argument.value));
    let deadline = covering.and_then(|deadline| match deadline.bound {
        Bound::Seconds(seconds) => Some(seconds),
        Bound::Unlimited | Bound::Unknown => None,
    });
    let mut draft = Draft::new();
    let title = take_away(job, deadline, &mut draft)?;
    distrust_stand_ins(job, false, &mut draft);
    draft.finish(title, vec![job.call_span()])
}

/// The fix that only adds the argument that switches the library's default off: a longer deadline is outside.
///
/// # Errors
/// The library has no such argument, or the configuration does not want it to be written.
pub(super) fn switch_off(job: &Job<'_>) -> Result<Fix, Refusal> {
    let deadline = match job.request.limit {
        Limit::Seconds(seconds) => Some(seconds),
        Limit::Argument(_) => None,
    };
    let mut draft = Draft::new();
    switch_default_off(job, deadline, "", &mut draft);
    if draft.is_empty() {
        return Err(Refusal::because(
            "nothing in the call switches the library's own limit off",
        ));
    }
    distrust_stand_ins(job, false, &mut draft);
    draft.finish("switch the library's own limit off".to_owned(), vec![job.call_span()])
}

/// What stands in the place of the connect may take no other arguments, or be asked later which it got; and what is done with
/// it in another way now it may not be able to.
pub(super) fn distrust_stand_ins(job: &Job<'_>, in_another_way: bool, draft: &mut Draft) {
    if (in_another_way || draft.changes_arguments()) && draft.is_trusted() && job.may_be_replaced() {
        draft.distrust();
    }
}

/// What to do with an argument.
enum Fate<'a> {
    Goes,
    Becomes(&'a str),
}

/// Returns what was done, for a title.
fn take_away(job: &Job<'_>, deadline: Option<f64>, draft: &mut Draft) -> Result<String, Refusal> {
    let argument = requested_argument(job)?;
    let name = &argument.name;
    let parameter = job
        .entry()
        .parameter(name)
        .ok_or_else(|| Refusal::because(format!("nothing is known of `{name}`")))?;
    let (in_call, is_movable) = find(job.call, argument.span)
        .ok_or_else(|| Refusal::because(format!("`{name}` is not an argument of the call itself")))?;
    draft.change(Change::Argument {
        name: name.clone(),
        call: job.call_span(),
    });
    match fate(job, parameter, deadline, draft)? {
        Fate::Goes if is_movable => {
            argument::remove(job.code, in_call, draft)?;
            Ok(format!("remove `{name}`"))
        }
        Fate::Goes => match parameter.off.as_deref() {
            Some(off) => {
                argument::set(job.code, in_call.argument, off, draft)?;
                Ok(format!("set `{name}` to `{off}`"))
            }
            None => Err(Refusal::because(format!(
                "other arguments follow `{name}`, which has no name in this call"
            ))),
        },
        Fate::Becomes(off) => {
            argument::set(job.code, in_call.argument, off, draft)?;
            Ok(format!("set `{name}` to `{off}`"))
        }
    }
}

fn fate<'a>(
    job: &Job<'_>,
    parameter: &'a Parameter,
    deadline: Option<f64>,
    draft: &mut Draft,
) -> Result<Fate<'a>, Refusal> {
    if job.request.rejected {
        return Ok(Fate::Goes);
    }
    let default_fires_first = default_fires_first(parameter, deadline);
    match (job.settings().deadline.internal_timeout, parameter.off.as_deref()) {
        (InternalTimeout::Remove, _) => {
            if default_fires_first {
                draft.distrust();
            }
            Ok(Fate::Goes)
        }
        (InternalTimeout::Disable, Some(off)) => Ok(Fate::Becomes(off)),
        (InternalTimeout::Auto, Some(off)) if default_fires_first => Ok(Fate::Becomes(off)),
        (InternalTimeout::Auto | InternalTimeout::Disable, None) if default_fires_first => {
            Err(Refusal::because(format!(
                "without `{}` the library's own limit may end the wait before the deadline, and nothing switches it off",
                parameter.name
            )))
        }
        (InternalTimeout::Auto | InternalTimeout::Disable, _) => Ok(Fate::Goes),
    }
}

/// Whether the library's default may end the wait before a deadline; one of unknown length may be the longer one.
fn default_fires_first(parameter: &Parameter, deadline: Option<f64>) -> bool {
    parameter
        .default
        .is_some_and(|default| deadline.is_none_or(|deadline| deadline > default))
}

fn switch_default_off(job: &Job<'_>, deadline: Option<f64>, deeper: &str, draft: &mut Draft) {
    // `**kwargs` may bring the argument already; given twice it raises.
    if job.connect.unpacks {
        return;
    }
    let setting = job.settings().deadline.internal_timeout;
    let parameter = job.entry().api.arguments.iter().find(|parameter| {
        parameter.bounds == Phase::Connect
            && parameter.form == Form::Keyword
            && parameter.default.is_some()
            && !job
                .connect
                .keywords
                .iter()
                .any(|keyword| keyword.name == parameter.name)
    });
    let Some((parameter, off)) = parameter.and_then(|parameter| Some((parameter, parameter.off.as_deref()?))) else {
        return;
    };
    let wanted = match setting {
        InternalTimeout::Auto => default_fires_first(parameter, deadline),
        InternalTimeout::Disable => true,
        InternalTimeout::Remove => false,
    };
    // A release without the argument has no default that it could switch off, and raises.
    if wanted && !job.may_be_rejected(&parameter.name) {
        let text = format!("{}={off}", parameter.name);
        argument::add(job.code, span_of(&job.call.arguments), &text, deeper, draft);
        draft.change(Change::Argument {
            name: parameter.name.clone(),
            call: job.call_span(),
        });
    }
}

/// The argument at `span`, and whether it can go without moving others: a keyword, or the last one without a name.
fn find(call: &ExprCall, span: Span) -> Option<(InCall, bool)> {
    let parentheses = span_of(&call.arguments);
    let in_call = |argument| InCall {
        call: span_of(call),
        parentheses,
        argument,
    };
    let keyword = call
        .arguments
        .keywords
        .iter()
        .find(|keyword| span_of(*keyword).contains(span));
    if let Some(keyword) = keyword {
        return Some((in_call(span_of(keyword)), true));
    }
    let arguments = &call.arguments.args;
    let index = arguments.iter().position(|value| span_of(value).contains(span))?;
    let starred = arguments.iter().any(Expr::is_starred_expr);
    let value = arguments.get(index)?;
    Some((in_call(span_of(value)), index + 1 == arguments.len() && !starred))
}
