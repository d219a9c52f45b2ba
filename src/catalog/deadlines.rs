//! Functions that set deadlines, where releases of their library differ in how they can be entered.

use serde::Deserialize;

use super::During;

/// Functions that set a deadline and want one kind of `with`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DeadlineFunction {
    /// Every path that it is reached by: `async_timeout.timeout`.
    pub paths: Vec<String>,
    /// What becomes of the other kind of `with`.
    pub other_with: OtherWith,
}

/// What the releases of a library make of the kind of `with` that their deadlines do not want. One that neither warns nor fails
/// takes it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OtherWith {
    /// Those that warn and go on.
    pub warns: During,
    /// Those that fail.
    pub fails: During,
    /// Both in words: a sentence without a full stop.
    pub fact: String,
}
