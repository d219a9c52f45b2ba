//! What calls of a connect are refused for besides the names of their arguments: a value, a value that does not fit to the
//! address, too many positional arguments.

use serde::Deserialize;

use super::At;
use crate::facts::PythonVersion;

/// Something that some releases refuse, or take for something else than it says.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Refused {
    /// The keyword whose value it is.
    #[serde(default)]
    pub argument: Option<String>,
    /// Its values: a constant as it is written (`None`), the call that makes it (`ssl.create_default_context()`), or `number`
    /// for all numbers.
    #[serde(default)]
    pub values: Vec<String>,
    /// Only for addresses of this scheme: `wss`.
    #[serde(default)]
    pub scheme: Option<String>,
    /// More positional arguments than these.
    #[serde(default)]
    pub positional_after: Option<usize>,
    /// What it raises, as a traceback ends or begins to.
    #[serde(default)]
    pub error: Option<String>,
    /// The same before Python 3.10, where it reads otherwise.
    #[serde(default)]
    pub error_before_3_10: Option<String>,
    /// The call raises it, not what waits for the connection.
    #[serde(default)]
    pub at_call: bool,
    /// What happens where nothing is raised: a sentence without a full stop.
    #[serde(default)]
    pub effect: Option<String>,
    /// What to write: a clause that begins with a verb.
    #[serde(default)]
    pub help: Option<String>,
    /// The connects that do so.
    pub at: Vec<At>,
}

/// Stands for every number among [`Refused::values`].
const NUMBER: &str = "number";

impl Refused {
    /// Whether this value of this keyword is meant, for an address of this scheme.
    #[must_use]
    pub fn is_value(&self, argument: &str, value: &str, scheme: Option<&str>) -> bool {
        self.argument.as_deref() == Some(argument)
            && self
                .values
                .iter()
                .any(|known| known == value || known == NUMBER && value.parse::<f64>().is_ok())
            && self.scheme.as_deref().is_none_or(|wanted| scheme == Some(wanted))
    }

    /// What it raises under `python`; `None` where it has another effect.
    #[must_use]
    pub fn error(&self, python: PythonVersion) -> Option<&str> {
        let before = self.error_before_3_10.as_deref();
        before
            .filter(|_| python < PythonVersion::new(3, 10))
            .or(self.error.as_deref())
    }
}
