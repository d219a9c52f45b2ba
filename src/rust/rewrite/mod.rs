//! The rewrites: insertions around what the notes about a site point at, and deletions of builder methods.

mod argument;
mod blocking;
mod deadline;
mod duration;
mod in_brackets;
mod layout;
mod leftover;

mod print;
mod receive;
mod statement;

use crate::facts::Fact;
use crate::finding::Refusal;
use crate::source::SourceFile;

pub(super) use argument::drop_timeout_argument;
pub(super) use blocking::unblock;
pub(super) use deadline::external_deadline;
pub(super) use leftover::{Uses, without_left_behind};
pub(super) use print::{safe_print, share_imports};
pub(super) use receive::bound_receive;

/// What ends the lines of a file: the first one tells, as for rustfmt.
fn line_end(source: &SourceFile) -> &'static str {
    let first = source.text().find('\n').and_then(|end| source.text().get(..end));
    if first.is_some_and(|line| line.ends_with('\r')) {
        "\r\n"
    } else {
        "\n"
    }
}

/// Why nothing of `tokio::time` can be written: not every build of the crate has it, as the fact says.
fn without_time(function: &str, fact: &Fact<bool>) -> Refusal {
    Refusal::because(format!(
        "`{function}` needs the crate's own dependency on tokio with the feature `time` ({})",
        fact.source
    ))
}
