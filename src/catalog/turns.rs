//! Methods that turn an object of one library into one of another: what an extension trait adds.

use serde::Deserialize;

/// A method of a trait of the library, which the objects of another one get by its import.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Turn {
    /// The method: `upgrade`.
    pub method: String,
    /// The paths of the types that it is called on.
    pub of: Vec<String>,
    /// The path of the type that it gives.
    pub gives: String,
}
