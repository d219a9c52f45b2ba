//! Hostile trees: each is made here, small, and each test says how the run ends and what it says. Nothing may wait for ever,
//! grow without a bound, abort, or show a terminal what it would obey.

// A test that cannot prepare what it needs, or that has to end what it began, has failed.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]
#![cfg(unix)]

#[path = "../cli/sandbox.rs"]
#[allow(dead_code, reason = "the tests of the command line use all of it")]
mod sandbox;

mod bounded;
mod configurations;
mod growth;
mod ignore_files;
mod links;
mod long_manifests;
mod names;
mod no_plain_files;
mod terminals;
