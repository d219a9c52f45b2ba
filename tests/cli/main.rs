//! The program as it is called: arguments, files, streams and exit codes.

mod arguments;
mod configuration;
mod exit_codes;
mod files;
mod fixing;
mod output;
mod prescan;
mod sandbox;
mod stdin;
