//! The JSON Schema of the configuration, for editors. The tests make it of the tables and types that read a configuration, so
//! that nobody who only builds ws-lint builds what it takes to make it.

#[cfg(test)]
mod made;

/// The schema of a `ws-lint.toml` and of the tables that stand for one in manifests. It takes every configuration that ws-lint
/// takes. What it cannot say, ws-lint refuses all the same: a pattern that does not compile, an encoding that Python
/// does not have, a minimum above the maximum.
pub const CONFIGURATION_SCHEMA: &str = include_str!("../../ws-lint.schema.json");
