//! Takes a builder's timeout method away, or sets it to the value that switches it off.

use crate::catalog::{Parameter, Unit};
use crate::finding::{Applicability, Change, Edit, Fix, Refusal};
use crate::rules::DeadlineRequest;
use crate::rust::assemble::ConnectNote;
use crate::rust::collect::connects::FoundArgument;
use crate::rust::syntax::lexer;
use crate::sites::{Bound, Connect};
use crate::source::SourceFile;

/// Takes the method away that an outer deadline makes pointless.
pub(in crate::rust) fn drop_timeout_argument(
    source: &SourceFile,
    connect: &Connect,
    note: &ConnectNote,
    request: &DeadlineRequest<'_>,
) -> Result<Fix, Refusal> {
    let outer = connect
        .deadlines
        .iter()
        .map(|deadline| deadline.bound)
        .find(|bound| matches!(bound, Bound::Seconds(_)))
        .unwrap_or(Bound::Unknown);
    let taken = take_away(source, connect, note, request, outer)?;
    if note.sealed.is_some() {
        return Err(Refusal::because("it stands inside a macro whose tokens are not edited"));
    }
    let applicability = if taken.found.is_plain {
        Applicability::Safe
    } else {
        Applicability::Unsafe
    };
    let name = taken.found.argument.name.clone();
    Ok(Fix {
        title: format!("remove `.{name}(…)`"),
        applicability,
        edits: vec![taken.edit],
        changes: vec![Change::Argument {
            name,
            call: connect.call,
        }],
        takes_python_for_granted: false,
        claims: vec![connect.call],
        awaits: Vec::new(),
    })
}

/// The edit that takes an argument out of force.
pub(super) struct Taken<'n> {
    pub(super) edit: Edit,
    pub(super) found: &'n FoundArgument,
}

/// The edit that takes the request's argument out of force under a deadline of length `outer`: it goes where the
/// library's default cannot fire before the deadline, else it gets the value that switches it off.
pub(super) fn take_away<'n>(
    source: &SourceFile,
    connect: &Connect,
    note: &'n ConnectNote,
    request: &DeadlineRequest<'_>,
    outer: Bound,
) -> Result<Taken<'n>, Refusal> {
    let found = request
        .argument
        .and_then(|index| note.arguments.get(index))
        .ok_or_else(|| Refusal::because("the argument cannot be found again"))?;
    let name = &found.argument.name;
    let Some(link) = found.link else {
        return Err(Refusal::because(format!(
            "`{name}` is not given in the connect's own chain"
        )));
    };
    let parameter = request
        .context
        .catalog
        .entry(connect.api)
        .parameter(name)
        .ok_or_else(|| Refusal::because(format!("nothing is known of `{name}`")))?;
    if lexer::tokens(source.slice(link), 0).any(lexer::Token::is_comment) {
        return Err(Refusal::because(format!("a comment stands in `.{name}(…)`")));
    }
    let edit = match parameter.default {
        Some(default) if !outer.is_at_most(Bound::Seconds(default)) => {
            let off = switched_off(parameter, default)?;
            Edit::replace(found.argument.value_span, off)
        }
        _ => Edit::delete(link),
    };
    Ok(Taken { edit, found })
}

fn switched_off(parameter: &Parameter, default: f64) -> Result<String, Refusal> {
    match (&parameter.off, parameter.unit) {
        (Some(off), Unit::Duration) => Ok(off.clone()),
        _ => Err(Refusal::because(format!(
            "without `.{}(…)` the library's own {default} s would end the connect before the deadline",
            parameter.name
        ))),
    }
}
