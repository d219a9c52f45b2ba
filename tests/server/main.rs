//! `--lsp`: editors that talk with the server as the protocol has it, and editors that do not.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod client;
mod clients;
mod conversation;
mod hostile;
mod notebooks;
