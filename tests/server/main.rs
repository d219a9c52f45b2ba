//! `--lsp`: editors that talk with the server as the protocol has it, and editors that do not.

mod client;
mod clients;
mod conversation;
mod hostile;
