//! The rules against their papers: every example of every page, every fixture folder, and that code, pages, fixtures,
//! catalogue and README say the same.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on says why and ends"
)]

mod agreement;
mod bless;
mod configuration_schema;
mod fixtures;
mod layers;
mod manifests;
mod moved_parts;
mod notebooks;
mod one_report;
mod pages;
mod pitfalls;
mod projects;
mod run;
mod rustfmt;
mod setup;
mod table;
mod versions;

use std::path::PathBuf;

/// The repository.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
