//! Functions that hand a dictionary on, as the arguments of another library's connect.

use std::sync::Arc;

use pep440_rs::{Version, VersionSpecifiers};
use serde::Deserialize;

use super::{Catalog, During, Releases};
use crate::facts::{Alternatives, ProjectFacts};
use crate::source::Language;

/// Functions that call another library's connect with what one of their arguments holds. Python only.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PassesOn {
    /// The library that the function belongs to.
    #[serde(skip)]
    pub(super) package: String,
    /// Every path that the function is reached by: a connect, or the constructor of what connects later.
    pub paths: Vec<String>,
    /// The keyword whose value is the dictionary: `websocket_kwargs`.
    pub argument: String,
    /// The 0-based position at which it can also be given without its name.
    #[serde(default)]
    pub position: Option<usize>,
    /// The path of the connect: `websockets.connect`.
    pub to: String,
    /// The first release of its own library that does so; left out: from the beginning.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub since: Option<Version>,
    /// The first one that no longer does; left out: to the newest.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub until: Option<Version>,
    /// Keys that fail, though that connect takes them: the function gives them itself, or refuses them.
    #[serde(default)]
    pub rejects: Vec<RejectedKeys>,
    /// What it raises where that connect does, with the connect's error as its cause; left out: that error itself.
    #[serde(default)]
    pub raises: Option<String>,
    /// Which releases of the other library some of its own ask for, and so get where no manifest says anything else.
    #[serde(default)]
    pub asks: Vec<Asks>,
}

/// Keys that a function does not take in the dictionary that it hands on.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RejectedKeys {
    /// The keys.
    pub keys: Vec<String>,
    /// What they raise, as a traceback ends or begins to; `{name}` stands for the key.
    pub error: String,
    /// The function raises it when it is called, not when it connects.
    #[serde(default)]
    pub at_call: bool,
}

/// What releases of a library ask for as a dependency.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Asks {
    /// The first release that asks; left out: from the beginning.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub since: Option<Version>,
    /// The first one that no longer does; left out: to the newest.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub until: Option<Version>,
    /// What for: `>=10,<12`.
    #[serde(rename = "for")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub range: VersionSpecifiers,
}

impl PassesOn {
    /// Whether every release of its library that the project may run with does so: the newest one where nothing restricts them.
    #[must_use]
    pub fn is_so_in(&self, project: &ProjectFacts) -> bool {
        match self.range(project) {
            Some(range) => during(&self.since, &self.until).covers(range),
            None => self.until.is_none(),
        }
    }

    /// What is said of a key that it does not take.
    #[must_use]
    pub fn rejects(&self, key: &str) -> Option<&RejectedKeys> {
        let mut rejects = self.rejects.iter();
        rejects.find(|rejected| rejected.keys.iter().any(|known| known == key))
    }

    /// Its path, as advice names it.
    #[must_use]
    pub fn path(&self) -> &str {
        self.paths.first().map_or("", String::as_str)
    }

    /// Of the releases of the other library those that its own ask for, where no manifest names any.
    #[must_use]
    pub fn asked_for<'a>(&self, releases: Releases<'a>, project: &ProjectFacts) -> Option<Releases<'a>> {
        let range = self.range(project).filter(|_| !releases.is_declared());
        let asks = range.and_then(|range| {
            let of_one = |one: &VersionSpecifiers| {
                let one = one.clone().into();
                let mut asks = self.asks.iter();
                asks.find(|asks| during(&asks.since, &asks.until).covers(&one))
            };
            range.iter().map(of_one).collect::<Option<Vec<_>>>()
        });
        match asks {
            Some(asks) => releases.having(|release| asks.iter().any(|asks| asks.range.contains(release))),
            None => Some(releases),
        }
    }

    fn range<'p>(&self, project: &'p ProjectFacts) -> Option<&'p Alternatives> {
        let range = &project.packages.get(&self.package)?.value.specifiers;
        (!range.is_empty()).then_some(range)
    }
}

/// Not flattened into what is read: that would take any other key, too.
fn during(since: &Option<Version>, until: &Option<Version>) -> During {
    During {
        since: since.clone(),
        until: until.clone(),
    }
}

impl Catalog {
    /// What the function at a resolved path hands on.
    #[must_use]
    pub fn passed_on(&self, language: Language, path: &str) -> &[Arc<PassesOn>] {
        self.of(language).passed_on.get(path).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_key_is_no_key() {
        let known = "paths = ['a.b']\nargument = 'kwargs'\nto = 'c.d'\nsince = '7.0.0'\n";
        assert!(toml::from_str::<PassesOn>(known).is_ok());
        let asks = |key: &str| format!("{known}[[asks]]\n{key} = '8.0.0'\nfor = '<12'\n");
        assert!(toml::from_str::<PassesOn>(&asks("until")).is_ok());
        let rejects = |key: &str| format!("{known}[[rejects]]\nkeys = ['loop']\nerror = 'E'\n{key} = true\n");
        assert!(toml::from_str::<PassesOn>(&rejects("at-call")).is_ok());
        for misspelt in [format!("{known}untill = '8.0.0'\n"), asks("untill"), rejects("untill")] {
            let error = toml::from_str::<PassesOn>(&misspelt).unwrap_err().to_string();
            assert!(error.contains("unknown field `untill`"), "{error}");
        }
    }
}
