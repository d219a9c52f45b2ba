//! Exceptions that say that something took too long, and what else catches them.

use serde::Deserialize;

/// An exception that a library raises where something took too long.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TimeoutClass {
    /// Every path that it is reached by: `aiohttp.ServerTimeoutError`.
    pub paths: Vec<String>,
    /// The paths of its base classes, but for `Exception` and what those of Python itself are made of.
    #[serde(default)]
    pub bases: Vec<String>,
}
