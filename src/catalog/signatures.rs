//! What a connect accepts in each release: one signature for each implementation of a library.

use pep440_rs::Version;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{At, During};
use crate::project::PythonVersion;

/// What one implementation of a library's connects accepts.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Signature {
    /// Where it is reached, release by release.
    pub at: Vec<Reach>,
    /// What becomes of an argument that it does not know.
    pub unknown: Unknown,
    /// The arguments that every release of it accepts.
    pub accepts: Vec<String>,
    /// Arguments that are taken and have no effect.
    #[serde(default)]
    pub ignores: Vec<String>,
    /// Those that only some releases accept.
    #[serde(default, rename = "argument")]
    pub arguments: Vec<Accepted>,
}

/// Paths and the releases in which they reach an implementation.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub struct Reach {
    /// The paths, and when.
    #[serde(flatten)]
    pub at: At,
    /// What an unknown argument raises here on Python 3.10 and newer, as a traceback ends; `{name}` stands for the
    /// argument.
    #[serde(default)]
    pub error: Option<String>,
    /// The same on older Pythons, where it reads otherwise.
    #[serde(default)]
    pub error_before_3_10: Option<String>,
    /// What the implementation accepts elsewhere, but not here.
    #[serde(default)]
    pub rejects: Vec<String>,
    /// From this release on `async for` tries again for ever after that error, and only logs it.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub retries_from: Option<Version>,
}

/// An argument that only some releases accept.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub struct Accepted {
    /// The keyword.
    pub name: String,
    /// When.
    #[serde(flatten)]
    pub during: During,
}

/// What becomes of an argument that an implementation does not know.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, Serialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Unknown {
    /// The call raises.
    FailsAtCall,
    /// The call passes; what waits for the connection raises: `await`, `async with`.
    FailsAtAwait,
    /// It has no effect.
    Ignored,
    /// Nothing is known about it.
    Unseen,
}

/// What one release makes of one argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// It is taken.
    Accepted,
    /// It is taken and does nothing.
    Ignored,
    /// It raises what [`Reach::error`] says.
    Rejected {
        /// Where the implementation is reached.
        reach: &'a Reach,
        /// The call raises, not what waits for the connection.
        at_call: bool,
    },
    /// The release does not have the path, or nothing is known of it.
    Unknown,
}

impl Reach {
    /// What an argument of this name raises under `python`.
    #[must_use]
    pub fn error(&self, name: &str, python: PythonVersion) -> String {
        let before = self
            .error_before_3_10
            .as_ref()
            .filter(|_| python < PythonVersion::new(3, 10));
        let template = before.or(self.error.as_ref());
        template.map_or_else(|| "TypeError".to_owned(), |error| error.replace("{name}", name))
    }
}

impl Signature {
    /// What a connect at `path` makes of the keyword `name` in `release`; `None` where the release does not reach this
    /// implementation by the path.
    pub(super) fn verdict(&self, path: &str, name: &str, release: &Version) -> Option<Verdict<'_>> {
        let reach = self.at.iter().find(|reach| reach.at.holds(path, release))?;
        let rejects_here = reach.rejects.iter().any(|rejected| rejected == name);
        Some(match self.unknown {
            _ if self.accepts(name, release) && !rejects_here => Verdict::Accepted,
            _ if self.ignores.iter().any(|ignored| ignored == name) => Verdict::Ignored,
            Unknown::Ignored => Verdict::Ignored,
            Unknown::Unseen => Verdict::Unknown,
            Unknown::FailsAtCall | Unknown::FailsAtAwait => Verdict::Rejected {
                reach,
                at_call: self.unknown == Unknown::FailsAtCall,
            },
        })
    }

    /// Every argument that some release accepts.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let some = self.arguments.iter().map(|argument| argument.name.as_str());
        self.accepts.iter().map(String::as_str).chain(some)
    }

    fn accepts(&self, name: &str, release: &Version) -> bool {
        let always = self.accepts.iter().any(|accepted| accepted == name);
        let now = |argument: &Accepted| argument.name == name && argument.during.holds_in(release);
        always || self.arguments.iter().any(now)
    }
}
