//! What a connect accepts in each release: one signature for each implementation of a library.

use pep440_rs::Version;
use serde::Deserialize;

use super::{At, Catalog, During};
use crate::facts::PythonVersion;
use crate::source::Language;

impl Catalog {
    /// What the connect at `path` makes of the keyword `name` in `release`.
    #[must_use]
    pub fn verdict(&self, language: Language, path: &str, name: &str, release: &Version) -> Verdict<'_> {
        self.verdict_beside(language, path, name, release, &|_| false)
    }

    /// The same where other keywords are given too: `has` tells which.
    #[must_use]
    pub fn verdict_beside(
        &self,
        language: Language,
        path: &str,
        name: &str,
        release: &Version,
        has: &dyn Fn(&Beside) -> bool,
    ) -> Verdict<'_> {
        let signatures = self.of(language).signatures.get(path);
        let mut verdicts = signatures
            .into_iter()
            .flatten()
            .filter_map(|signature| signature.verdict(path, name, release, has));
        verdicts.next().unwrap_or(Verdict::Unknown)
    }

    /// Whether `async for` over the connect at `path` tries again after every exception in `release`.
    #[must_use]
    pub fn retries_everything(&self, language: Language, path: &str, release: &Version) -> bool {
        let signatures = self.of(language).signatures.get(path);
        let mut reaches = signatures.into_iter().flatten().flat_map(|signature| &signature.at);
        reaches.any(|reach| {
            reach.at.holds(path, release) && reach.retries_from.as_ref().is_some_and(|from| release >= from)
        })
    }

    /// Every argument that the connect at `path` accepts in some release.
    pub fn accepted(&self, language: Language, path: &str) -> impl Iterator<Item = &str> {
        let signatures = self.of(language).signatures.get(path);
        signatures.into_iter().flatten().flat_map(|signature| signature.names())
    }

    /// Where the releases that take the argument `name` of the connect at `path` do so, if not everywhere: a clause.
    #[must_use]
    pub fn taken_only(&self, language: Language, path: &str, name: &str) -> Option<&str> {
        let signatures = self.of(language).signatures.get(path)?;
        let reached = signatures.iter().filter(|signature| {
            let mut reaches = signature.at.iter();
            reaches.any(|reach| {
                reach.at.paths.iter().any(|known| known == path) && !reach.rejects.iter().any(|known| known == name)
            })
        });
        let mut arguments = reached.flat_map(|signature| &signature.arguments);
        arguments.find(|argument| argument.name == name)?.only.as_deref()
    }

    /// Whether something is known of what the connect at `path` takes.
    #[must_use]
    pub fn has_signature(&self, language: Language, path: &str) -> bool {
        self.of(language).signatures.contains_key(path)
    }

    /// Every argument of the connect at `path` that something is said of.
    pub fn named(&self, language: Language, path: &str) -> impl Iterator<Item = &str> {
        let signatures = self.of(language).signatures.get(path);
        signatures.into_iter().flatten().flat_map(|signature| signature.named())
    }

    /// What to do with the argument `name`, where the connect at `path` does not take it.
    #[must_use]
    pub fn advice(&self, language: Language, path: &str, name: &str) -> Option<String> {
        let signatures = self.of(language).signatures.get(path)?;
        let mut advice = signatures.iter().flat_map(|signature| &signature.advice);
        let known = advice.find(|advice| advice.names.iter().any(|known| known == name))?;
        Some(known.help.replace("{name}", name))
    }

    /// Whether the connect at `path` may take an argument in some release and do nothing with it.
    #[must_use]
    pub fn may_ignore(&self, language: Language, path: &str) -> bool {
        let signatures = self.of(language).signatures.get(path);
        let mut signatures = signatures.into_iter().flatten();
        signatures.any(|signature| signature.unknown == Unknown::Ignored || !signature.ignores.is_empty())
    }

    /// The other keywords beside which the connect at `path` rejects the argument `name` in some release, though it takes it.
    pub fn rejected_beside(&self, language: Language, path: &str, name: &str) -> impl Iterator<Item = &Beside> {
        let signatures = self.of(language).signatures.get(path);
        let arguments = signatures
            .into_iter()
            .flatten()
            .flat_map(|signature| &signature.arguments);
        let of_name = arguments.filter(move |argument| argument.name == name);
        of_name.flat_map(|argument| &argument.unless)
    }

    /// The other names of the argument `name` in a package.
    pub fn other_names<'a>(
        &'a self,
        language: Language,
        package: &str,
        name: &'a str,
    ) -> impl Iterator<Item = &'a str> {
        let renamed = self.of(language).renamed.get(package);
        let same = renamed
            .into_iter()
            .flatten()
            .filter(move |names| names.iter().any(|known| known == name));
        same.flatten().map(String::as_str).filter(move |other| *other != name)
    }
}

/// What one implementation of a library's connects accepts.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
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
    /// Those that it rejects with an error of their own.
    #[serde(default)]
    pub rejected: Vec<RejectedName>,
    /// What to do with those that it does not take.
    #[serde(default)]
    pub advice: Vec<Advice>,
}

/// Paths and the releases in which they reach an implementation.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
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
    /// The same on the event loop of uvloop, where it reads otherwise.
    #[serde(default)]
    pub error_with_uvloop: Option<String>,
    /// Arguments whose names begin so are handed on without that, and the error names them so.
    #[serde(default)]
    pub strips: Option<Strips>,
    /// What the implementation accepts elsewhere, but not here.
    #[serde(default)]
    pub rejects: Vec<String>,
    /// From this release on `async for` tries again for ever after that error, and only logs it.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub retries_from: Option<Version>,
}

/// What is taken off the names of arguments that are handed on.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Strips {
    /// What the names begin with.
    pub prefix: String,
    /// The keyword that has to be given too, with a text.
    pub beside: String,
}

/// An argument that only some releases accept.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(rename_all = "kebab-case")]
pub struct Accepted {
    /// The keyword.
    pub name: String,
    /// When.
    #[serde(flatten)]
    pub during: During,
    /// Where they take it, a clause that begins with "where"; left out: wherever it is given.
    #[serde(default)]
    pub only: Option<String>,
    /// It is rejected all the same where one of these is given too.
    #[serde(default)]
    pub unless: Vec<Beside>,
}

/// Where arguments belong that are not taken here.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Advice {
    /// The keywords.
    pub names: Vec<String>,
    /// What to write: a clause that begins with a verb; `{name}` stands for the argument.
    pub help: String,
}

/// Arguments that are rejected with another error than one that nobody knows.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(rename_all = "kebab-case")]
pub struct RejectedName {
    /// The keywords.
    pub names: Vec<String>,
    /// What they raise, as a traceback ends; `{name}` stands for the argument.
    pub error: String,
    /// The call raises it, whatever becomes of an argument that nobody knows.
    #[serde(default)]
    pub at_call: bool,
    /// When.
    #[serde(flatten)]
    pub during: During,
}

/// Another keyword of the same call.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Beside {
    /// The keyword.
    pub name: String,
    /// Its value, a constant as it is written: `None`. Left out: one that certainly is not `None`.
    #[serde(default)]
    pub value: Option<String>,
}

impl Beside {
    /// Whether a keyword of this name, with what its value certainly is, is meant.
    #[must_use]
    pub fn is(&self, name: &str, value: Option<&str>) -> bool {
        self.name == name
            && match &self.value {
                Some(wanted) => value == Some(wanted),
                None => value.is_some_and(|value| value != "None"),
            }
    }
}

/// What becomes of an argument that an implementation does not know.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
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
    /// It raises what `own`, or else [`Reach::error`], says.
    Rejected {
        /// Where the implementation is reached.
        reach: &'a Reach,
        /// The error that this argument has of its own.
        own: Option<&'a RejectedName>,
        /// The call raises, not what waits for the connection.
        at_call: bool,
        /// It would be taken without this other keyword of the call.
        beside: Option<&'a Beside>,
    },
    /// The release does not have the path, or nothing is known of it.
    Unknown,
}

impl RejectedName {
    /// What an argument of this name raises.
    #[must_use]
    pub fn error(&self, name: &str) -> String {
        self.error.replace("{name}", name)
    }
}

impl Reach {
    /// What the error calls an argument of this name; `is_text` tells whether another keyword is given with a text.
    #[must_use]
    pub fn called<'n>(&self, name: &'n str, is_text: &dyn Fn(&str) -> bool) -> &'n str {
        let strips = self.strips.as_ref().filter(|strips| is_text(&strips.beside));
        strips
            .and_then(|strips| name.strip_prefix(&*strips.prefix))
            .unwrap_or(name)
    }

    /// What an argument of this name raises under `python` and asyncio's own event loop.
    #[must_use]
    pub fn error(&self, name: &str, python: PythonVersion) -> String {
        let before = self
            .error_before_3_10
            .as_ref()
            .filter(|_| python < PythonVersion::new(3, 10));
        Self::written(before.or(self.error.as_ref()), name)
    }

    /// What it raises on the event loop of uvloop, where that is another text.
    #[must_use]
    pub fn error_with_uvloop(&self, name: &str) -> Option<String> {
        let template = self.error_with_uvloop.as_ref()?;
        Some(Self::written(Some(template), name))
    }

    fn written(template: Option<&String>, name: &str) -> String {
        template.map_or_else(|| "TypeError".to_owned(), |error| error.replace("{name}", name))
    }
}

impl Signature {
    /// What a connect at `path` makes of the keyword `name` in `release`; `None` where the release does not reach this
    /// implementation by the path. `has` tells whether another keyword is given too.
    pub(super) fn verdict(
        &self,
        path: &str,
        name: &str,
        release: &Version,
        has: &dyn Fn(&Beside) -> bool,
    ) -> Option<Verdict<'_>> {
        let reach = self.at.iter().find(|reach| reach.at.holds(path, release))?;
        let rejects_here = reach.rejects.iter().any(|rejected| rejected == name);
        let now = self
            .arguments
            .iter()
            .find(|argument| argument.name == name && argument.during.holds_in(release));
        let beside = now.and_then(|argument| argument.unless.iter().find(|other| has(other)));
        let is_taken = self.accepts.iter().any(|accepted| accepted == name) || now.is_some() && beside.is_none();
        let mut rejected = self.rejected.iter();
        let is_own = |own: &&RejectedName| own.names.iter().any(|known| known == name) && own.during.holds_in(release);
        if let Some(own) = rejected.find(is_own) {
            return Some(Verdict::Rejected {
                reach,
                own: Some(own),
                at_call: own.at_call || self.unknown == Unknown::FailsAtCall,
                beside: None,
            });
        }
        Some(match self.unknown {
            _ if is_taken && !rejects_here => Verdict::Accepted,
            _ if self.ignores.iter().any(|ignored| ignored == name) => Verdict::Ignored,
            Unknown::Ignored => Verdict::Ignored,
            Unknown::Unseen => Verdict::Unknown,
            Unknown::FailsAtCall | Unknown::FailsAtAwait => Verdict::Rejected {
                reach,
                own: None,
                at_call: self.unknown == Unknown::FailsAtCall,
                beside: beside.filter(|_| !rejects_here),
            },
        })
    }

    /// Every argument that something is said of.
    pub(super) fn named(&self) -> impl Iterator<Item = &str> {
        let ignored = self.ignores.iter();
        let rejected = self.rejected.iter().flat_map(|rejected| &rejected.names);
        self.names().chain(ignored.chain(rejected).map(String::as_str))
    }

    /// Every argument that some release accepts.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let some = self.arguments.iter().map(|argument| argument.name.as_str());
        self.accepts.iter().map(String::as_str).chain(some)
    }
}
