//! `--lsp`: the language server. It reads messages from an editor and writes messages to it, and nothing else: no file.
//!
//! - `wire` is how messages stand in the stream, `inbox` what has come and not been answered.
//! - `session` says what is done with each message: `told` with what the editor tells, `questions` with what it asks; `client` is what it
//!   can do.
//! - `documents` are the texts that the editor shows, `notebooks` the cells of those that have some, `positions` the way from bytes to
//!   lines and columns, `sheets` the one from what is looked at to each text.
//! - `workspace` looks at them, with what [`crate::run::Known`] keeps from one look to the next.
//! - `diagnostics`, `actions`, `hover` and `hints` turn what ws-lint says into what the protocol calls so.

mod actions;
mod client;
mod diagnostics;
mod documents;
mod files;
mod hints;
mod hover;
mod inbox;
mod notebooks;
mod positions;
mod questions;
mod session;
mod sheets;
mod told;
mod wire;
mod workspace;

use std::io::{BufReader, Read, Write};
use std::path::Path;
use std::sync::mpsc;
use std::thread;

use crate::config::Hierarchy;
use crate::stack::STACK_BYTES;

/// The configuration of the files of a folder, an absolute path, or why there is none.
pub type Configure<'a> = &'a (dyn Fn(&Path) -> Result<Hierarchy, String> + Sync);

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The editor asked for it.
    Orderly,
    /// The stream ended, or the editor left without a word.
    CutOff,
}

/// Serves one editor until it leaves. `folder` is where it runs the program, an absolute path.
///
/// # Errors
/// The thread that works cannot be started.
pub fn serve(
    input: &mut dyn Read,
    output: impl Write + Send,
    folder: &Path,
    configure: Configure<'_>,
) -> Result<Ended, String> {
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        let worker = thread::Builder::new().stack_size(STACK_BYTES);
        let session = move || session::Session::new(output, folder, configure).run(inbox::Inbox::new(receiver));
        let session = worker
            .spawn_scoped(scope, session)
            .map_err(|error| format!("the thread that works cannot be started: {error}"))?;
        let mut input = BufReader::new(input);
        while let Some(incoming) = wire::read(&mut input) {
            let is_last = incoming.is_exit();
            if sender.send(incoming).is_err() || is_last {
                break;
            }
        }
        drop(sender);
        Ok(session.join().unwrap_or(Ended::CutOff))
    })
}
