//! `--lsp`: serves an editor.

use std::io;
use std::path::Path;

use super::Exit;
use super::args::Args;
use super::plan;
use super::streams::Streams;
use crate::server::{self, Ended};

/// Serves one editor until it leaves. It ends as the protocol wants it: with 0 where the editor asked for the end, with 1 where the stream was
/// cut.
pub(super) fn serve(args: &Args, folder: &Path, streams: &mut Streams<'_>) -> Exit {
    let configure = |folder: &Path| plan::hierarchy(args, folder).map_err(|misuse| misuse.to_string());
    // The thread that works writes, while this one waits for what comes.
    match server::serve(streams.stdin, io::stdout(), folder, &configure) {
        Ok(Ended::Orderly) => Exit::Clean,
        Ok(Ended::CutOff) => Exit::Findings,
        Err(reason) => {
            streams.say("error", reason);
            Exit::Failure
        }
    }
}
