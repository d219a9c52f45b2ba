//! Awaits tokio's sleep where `std::thread::sleep` blocks the thread.

use crate::catalog::Unblock;
use crate::finding::{Applicability, Change, Edit, Fix, Refusal};
use crate::rules::Context;
use crate::rust::collect::blocking::BlockingNote;
use crate::sites::{BlockingCall, Blocks};
use crate::source::Language;

/// `std::thread::sleep(d)` becomes `tokio::time::sleep(d).await`, in a function that tokio certainly runs. Never safe: other
/// tasks run in the meantime.
///
/// # Errors
/// Why the call has to stay, or be mended by hand.
pub(in crate::rust) fn unblock(
    call: &BlockingCall,
    note: Option<&BlockingNote>,
    no_timer: Option<&'static str>,
    context: &Context<'_>,
) -> Result<Fix, Refusal> {
    let Some(note) = note else {
        return Err(Refusal::because(
            "what blocks stands in the function that is called here",
        ));
    };
    let sleeps = match &call.blocks {
        Blocks::Function(path) => {
            let known = context.catalog.blocking(Language::Rust, path);
            known.is_some_and(|known| known.mend == Some(Unblock::Sleep))
        }
        Blocks::Connect(_) => false,
    };
    if !sleeps {
        return Err(Refusal::because("what is borrowed across threads cannot be seen"));
    }
    if let Some(sealed) = &note.sealed {
        return Err(Refusal::because(format!(
            "the call stands inside `{}`, whose tokens are not edited",
            sealed.name
        )));
    }
    if note.function.is_none() || !note.in_tokio {
        return Err(Refusal::because(
            "nothing here says that tokio runs it: only in the function that `#[tokio::test]` or `#[tokio::main]` runs is \
             that certain",
        ));
    }
    if let Some(reason) = no_timer {
        return Err(Refusal::because(reason));
    }
    match context.project.tokio_time(call.in_test) {
        Some(fact) if fact.value => {}
        Some(fact) => return Err(super::without_time("tokio::time::sleep", fact)),
        None => {
            return Err(Refusal::because(
                "no manifest says that tokio has its feature `time`, which `tokio::time::sleep` needs",
            ));
        }
    }
    let name = &note.tokio_sleep;
    Ok(Fix {
        title: format!("await `{name}`"),
        applicability: Applicability::Unsafe,
        edits: vec![
            Edit::replace(call.callee, name.clone()),
            Edit::insert(call.call.end, ".await"),
        ],
        changes: vec![
            Change::Callee {
                name: name.clone(),
                call: call.call,
            },
            Change::Awaited { call: call.call },
        ],
        takes_python_for_granted: false,
        claims: vec![call.call],
        awaits: Vec::new(),
    })
}
