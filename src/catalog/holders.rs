//! Objects that carry the limit of a connect: a session, a client, a request.

use serde::Deserialize;

use super::During;

/// A class whose instances carry the limit of the connects that they are used for: `aiohttp.ClientSession`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Holder {
    /// Every path that its constructor is reached by.
    pub paths: Vec<String>,
    /// What it means for the wait when none of `arguments` is given.
    #[serde(default)]
    pub without: Without,
    /// The releases of the library of the connects in which the wait may last for ever though nothing goes over a network.
    #[serde(default)]
    pub hangs: Option<Hangs>,
    /// Its methods that set the limit later, by their first argument, and its attributes that are assigned it: `settimeout`.
    #[serde(default)]
    pub setters: Vec<String>,
    /// The arguments of its constructor that limit the wait.
    #[serde(default, rename = "argument")]
    pub arguments: Vec<HolderArgument>,
}

/// What an object means for the wait when it is made without a limit.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(rename_all = "kebab-case")]
pub enum Without {
    /// What the catalogue says of the connect holds.
    #[default]
    Default,
    /// Nothing ends the wait: `aiohttp.ClientTimeout()`.
    Unlimited,
    /// Nothing goes over a network: a transport of a test.
    InProcess,
}

/// Releases in which a wait inside of one process may last for ever.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(rename_all = "kebab-case")]
pub struct Hangs {
    /// When.
    #[serde(flatten)]
    pub during: During,
    /// The run-time fact: a sentence without a full stop that names the version it was seen with.
    pub fact: String,
}

/// An argument of a constructor that limits the wait, by a number or by another [`Holder`].
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HolderArgument {
    /// The keyword.
    pub name: String,
    /// The 0-based position at which it can also be given without its name.
    #[serde(default)]
    pub position: Option<usize>,
    /// The value that switches the limit off, as it is written: `None`.
    #[serde(default)]
    pub off: Option<String>,
    /// `0` switches it off as well.
    #[serde(default)]
    pub off_at_zero: bool,
    /// Only another holder in it counts: a transport.
    #[serde(default)]
    pub only_holders: bool,
}

/// Where a connect has its holder.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum HeldBy {
    /// It is a method of the holder.
    Receiver,
    /// It gets the holder as an argument.
    Argument {
        /// The keyword.
        name: String,
        /// The 0-based position at which it can also be given without its name.
        #[serde(default)]
        position: Option<usize>,
    },
}
