//! What ws-lint says about run time and what its fixes promise, checked against real interpreters.
//!
//! Nearly all tests are ignored by default: they need Python and PyPI. `cargo test --test runtime -- --ignored` runs them;
//! `README.md` beside this file says more.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on says why and ends"
)]

mod budget;
mod clients;
mod compile;
mod deadlines;
mod encodings;
mod facts;
mod fixed_programs;
mod handed;
mod hangs;
mod limits;
mod manifests;
mod matrix;
mod notebooks;
mod on_others;
mod prints;
mod project_budgets;
mod pythons;
mod refusals;
mod releases;
mod rewrites;
mod semantics;
mod servers;
mod shapes;
mod signatures;
