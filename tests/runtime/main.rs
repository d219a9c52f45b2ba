//! What ws-lint says about run time and what its fixes promise, checked against real interpreters. All tests are
//! ignored by default: they need Python. `cargo test --test runtime -- --ignored` runs them.

mod encodings;
mod prints;
mod pythons;
