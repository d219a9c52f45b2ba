//! Puts a wait for a message under `timeout(…)`: `timeout(D, ws.next()).await.expect("receive timed out")`.

use super::deadline::{Surroundings, around_await, timeout_function};
use super::duration;
use super::layout::Around;
use crate::finding::{Applicability, Change, Fix, Refusal};
use crate::rules::Context;
use crate::rust::assemble::exchanges::ReceiveNote;
use crate::sites::Receive;
use crate::source::SourceFile;

/// What the expiry of the deadline says.
pub(in crate::rust) const EXPIRED: &str = "receive timed out";

/// Bounds the wait by `seconds`. A wait that takes longer panics.
pub(in crate::rust) fn bound_receive(
    source: &SourceFile,
    receive: &Receive,
    note: &ReceiveNote,
    seconds: f64,
    context: &Context<'_>,
) -> Result<Fix, Refusal> {
    if let Some(sealed) = &note.sealed {
        return Err(Refusal::because(format!(
            "the wait stands inside `{}`, whose tokens are not edited",
            sealed.name
        )));
    }
    if !receive.in_test && !context.test_file {
        return Err(Refusal::because(
            "outside tests a timeout should become an error, and nothing says which one",
        ));
    }
    if note.blocking {
        return Err(Refusal::because(
            "the call blocks its thread, and no timer of a runtime can end it: `set_read_timeout` of its socket limits each \
             read",
        ));
    }
    if note.in_task {
        return Err(Refusal::because(
            "the wait runs in a task of its own, where a panic would go unheard",
        ));
    }
    let point = note
        .awaited
        .as_ref()
        .ok_or_else(|| Refusal::because("the future is awaited somewhere else"))?;
    let by_connect = receive.connect.and_then(|index| context.sites.connects.get(index));
    let runtime = match by_connect {
        Some(connect) => context.catalog.entry(connect.api).runtime,
        None => context.catalog.receiver(receive.receiver).runtime,
    };
    let at = Surroundings {
        in_test: receive.in_test,
        no_timer: note.no_timer,
        runtimes: note.runtimes,
        spelling: &note.spelling,
    };
    let function = timeout_function(runtime, &at, context)?;
    let limit = duration::seconds(seconds, &note.spelling.duration);
    let around = Around {
        function: &function,
        limit: &limit,
        suffix: &format!(".expect(\"{EXPIRED}\")"),
        edit: None,
    };
    let mut edits = around_await(source, point, around, &context.project.rustfmt);
    edits.sort_by_key(|edit| edit.span);
    Ok(Fix {
        title: format!("wrap the wait in `{function}`"),
        // What was unbounded panics after a while now.
        applicability: Applicability::Unsafe,
        edits,
        changes: vec![Change::Deadline { around: point.base }],
        takes_python_for_granted: false,
        claims: vec![point.base.cover(point.suffix)],
        awaits: Vec::new(),
    })
}
