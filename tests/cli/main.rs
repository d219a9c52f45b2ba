//! The program as it is called: arguments, files, streams and exit codes.

// A test that cannot prepare what it needs has failed.
#![allow(clippy::unwrap_used)]

mod add_ignore;
mod arguments;
mod bad_inputs;
mod baseline;
mod budget;
mod configuration;
mod diff_base;
mod diff_file;
mod exit_codes;
mod explain_site;
mod files;
mod fixing;
mod github_review;
mod manifests;
mod notebooks;
mod nothing_lost;
mod output;
mod prescan;
mod quiet;
mod sandbox;
mod stdin;
mod watch;
