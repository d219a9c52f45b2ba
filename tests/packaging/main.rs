//! The ways in which people install and call ws-lint: pip, pre-commit, GitHub Actions; and what is published for them.
//!
//! The tests need what they name in their `#[ignore]`; `cargo test --test packaging -- --ignored` runs them. What they
//! install is kept under `target/packaging/`.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on says why and ends"
)]

#[cfg(unix)]
mod action;
mod formatters;
mod pre_commit;
mod publication;
mod repository;
mod tools;
mod wheel;
mod workflows;
