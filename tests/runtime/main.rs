//! What ws-lint says about run time and what its fixes promise, checked against real interpreters. All tests are
//! ignored by default: they need Python. `cargo test --test runtime -- --ignored` runs them.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on says why and ends"
)]

mod compile;
mod encodings;
mod prints;
mod pythons;
