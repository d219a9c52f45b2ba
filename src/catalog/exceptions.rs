//! What a connect raises where the server refuses the handshake, and what the object is that calling it makes: both may
//! differ between the implementations that one path had over a library's releases.

use std::collections::BTreeMap;

use pep440_rs::Version;
use serde::Deserialize;

use super::{At, During};

/// An exception that says that the server refused the handshake, and with which HTTP status.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rejection {
    /// Every path that it is reached by: `websockets.exceptions.InvalidStatus`.
    pub paths: Vec<String>,
    /// The paths of its base classes, but for `Exception` and what that is made of.
    #[serde(default)]
    pub bases: Vec<String>,
    /// What reads the status from it, as a number: `response.status_code`.
    pub status: String,
    /// What `str` makes of it, `{status}` for the three digits of the status, `{…}` for what else may differ.
    pub text: String,
    /// What others of its kind have and it has not, and what it has in that place: `status_code` and
    /// `response.status_code`.
    #[serde(default)]
    pub lacks: BTreeMap<String, String>,
    /// The first release that has it at all; every one where that is not told.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub since: Option<Version>,
    /// The connects that raise it.
    pub raised_by: Vec<At>,
}

/// What calling a connect makes, where that is no coroutine.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Object {
    /// Its class: `websockets.asyncio.client.connect`.
    pub class: String,
    /// Whether it can be awaited; if not it is an async context manager only.
    #[serde(default = "yes")]
    pub awaitable: bool,
    /// Whether it is an async context manager; if not it can be awaited only.
    #[serde(default = "yes")]
    pub manager: bool,
    /// Whether it is a coroutine, or goes for one: `asyncio.create_task` takes it.
    #[serde(default)]
    pub coroutine: bool,
    /// Whether it is a future, which `asyncio.wait` takes.
    #[serde(default)]
    pub future: bool,
    /// The class of the connection that awaiting it gives, where that is no async context manager.
    #[serde(default)]
    pub unmanaged_connection: Option<String>,
    /// The class of the connection, as an `AttributeError` shows it.
    #[serde(default)]
    pub connection: Option<String>,
    /// What connections of other releases have and this one has not.
    #[serde(default)]
    pub connection_lacks: Vec<Lack>,
    /// Keywords that methods of the connection do not take, though others of their kind do.
    #[serde(default)]
    pub connection_rejects: Vec<RejectedKeyword>,
    /// Methods of the connection that the object itself does not have: `send`.
    #[serde(default)]
    pub connection_methods: Vec<String>,
    /// The connects that make it.
    pub at: Vec<At>,
}

/// Attributes that a connection does not have.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(rename_all = "kebab-case")]
pub struct Lack {
    /// The attributes.
    pub names: Vec<String>,
    /// The releases that lack them.
    #[serde(flatten)]
    pub during: During,
    /// What to write: a clause.
    pub help: String,
}

/// A keyword that a method of a connection does not take.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(rename_all = "kebab-case")]
pub struct RejectedKeyword {
    /// The method: `recv`.
    pub method: String,
    /// The keyword: `timeout`.
    pub keyword: String,
    /// The releases that do not take it.
    #[serde(flatten)]
    pub during: During,
    /// What it raises on Python 3.10 and newer, as a traceback ends.
    pub error: String,
    /// The same on older Pythons.
    pub error_before_3_10: String,
    /// What to write: a clause.
    pub help: String,
}

fn yes() -> bool {
    true
}

impl Rejection {
    /// Whether the connect of this path raises it in this release.
    #[must_use]
    pub fn is_raised_by(&self, path: &str, version: &Version) -> bool {
        self.raised_by.iter().any(|at| at.holds(path, version))
    }

    /// Whether the connect of this path raises it in whatever release.
    #[must_use]
    pub fn is_always_raised_by(&self, path: &str) -> bool {
        self.raised_by.iter().any(|at| at.always_holds(path))
    }

    /// Whether a clause that names the exception of this path catches it.
    #[must_use]
    pub fn is_caught_by(&self, path: &str) -> bool {
        matches!(path, "Exception" | "BaseException") || self.is(path) || self.bases.iter().any(|base| base == path)
    }

    /// Whether this path means it.
    #[must_use]
    pub fn is(&self, path: &str) -> bool {
        self.paths.iter().any(|known| known == path)
    }

    /// Its class's name.
    #[must_use]
    pub fn name(&self) -> &str {
        let path = self.paths.first().map_or("", String::as_str);
        path.rsplit('.').next().unwrap_or(path)
    }
}

impl Object {
    /// Whether the connect of this path makes it in this release.
    #[must_use]
    pub fn is_made_by(&self, path: &str, version: &Version) -> bool {
        self.at.iter().any(|at| at.holds(path, version))
    }

    /// Whether the connect of this path makes it in some release.
    #[must_use]
    pub fn may_be_made_by(&self, path: &str) -> bool {
        self.at.iter().any(|at| at.paths.iter().any(|known| known == path))
    }

    /// Whether the connect of this path makes it in whatever release.
    #[must_use]
    pub fn is_always_made_by(&self, path: &str) -> bool {
        self.at.iter().any(|at| at.always_holds(path))
    }

    /// What is said of a keyword that a method of the connection does not take.
    #[must_use]
    pub fn rejects(&self, method: &str, keyword: &str) -> Option<&RejectedKeyword> {
        let mut rejected = self.connection_rejects.iter();
        rejected.find(|rejected| rejected.method == method && rejected.keyword == keyword)
    }

    /// What is said of an attribute that the connection does not have.
    #[must_use]
    pub fn lacks(&self, attribute: &str) -> Option<&Lack> {
        let mut lacks = self.connection_lacks.iter();
        lacks.find(|lack| lack.names.iter().any(|name| name == attribute))
    }

    /// Its class, as a `TypeError` shows it.
    #[must_use]
    pub fn shown(&self) -> &str {
        if self.future { "_asyncio.Future" } else { self.name() }
    }

    /// Its class's own name, as an `AttributeError` shows it.
    #[must_use]
    pub fn name(&self) -> &str {
        self.class.rsplit('.').next().unwrap_or(&self.class)
    }
}
