//! `--show-files`: which files a run looks at.

use std::io::{self, Write as _};

use super::Exit;
use super::plan::{Input, Lint};
use super::streams::Streams;
use crate::discover::{self, Failure};
use crate::report::escape;

/// Prints each file in a line, in the order in which they are looked at.
///
/// # Errors
/// Standard output cannot be written.
pub(super) fn show(lint: &Lint, streams: &mut Streams<'_>) -> io::Result<Exit> {
    let Input::Paths(paths) = &lint.input else {
        streams.say(
            "error",
            "`--show-files` lists what is found below paths, and standard input has none",
        );
        return Ok(Exit::Failure);
    };
    let discovered = discover::discover(paths, &lint.hierarchy, lint.force_exclude, None);
    for failure in discovered.failures.iter().flat_map(Failure::lines) {
        streams.say("error", failure);
    }
    for warning in discovered.warnings.iter().chain(&lint.hierarchy.warnings()) {
        streams.say("warning", warning);
    }
    for file in &discovered.files {
        writeln!(streams.stdout, "{}", escape::path(&file.path))?;
    }
    Ok(match discovered.failures.is_empty() {
        true => Exit::Clean,
        false => Exit::Failure,
    })
}
