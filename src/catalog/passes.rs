//! Functions that hand a dictionary on, as the arguments of another library's connect.

use serde::Deserialize;

use super::Catalog;
use crate::source::Language;

/// Functions that call another library's connect with what one of their arguments holds. Python only.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PassesOn {
    /// Every path that the function is reached by: a connect, or the constructor of what connects later.
    pub paths: Vec<String>,
    /// The keyword whose value is the dictionary: `websocket_kwargs`.
    pub argument: String,
    /// The 0-based position at which it can also be given without its name.
    #[serde(default)]
    pub position: Option<usize>,
    /// The path of the connect: `websockets.connect`.
    pub to: String,
}

impl Catalog {
    /// What the function at a resolved path hands on.
    #[must_use]
    pub fn passed_on(&self, language: Language, path: &str) -> &[PassesOn] {
        self.passed_on
            .get(&(language, path.to_owned()))
            .map_or(&[], Vec::as_slice)
    }
}
