//! One library, as its file of `rules/apis/` or a `[[library]]` of a configuration describes it, and what an API takes over from it.

use serde::Deserialize;

use super::{
    Api, Blocking, DeadlineFunction, Gives, Holder, Known, ManagedConnection, Object, Parameter, PassesOn, Phase,
    Protocol, Receiver, Refused, Rejection, Runtime, Signature, TimeoutClass, Turn,
};
use crate::source::Language;

/// One file of `rules/apis/`, or one `[[library]]` of a configuration.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Library {
    /// The name in its registry: `websockets`, `tokio-tungstenite`.
    pub package: String,
    /// The names that a file must mention to use it: the prescan's trigger words.
    pub modules: Vec<String>,
    /// Its releases, where its behaviour changed with them.
    #[serde(default)]
    pub known: Known,
    /// What its connects speak; a connect can say otherwise.
    #[serde(default)]
    pub protocol: Protocol,
    /// What runs it; a connect can say otherwise.
    pub runtime: Runtime,
    /// The error of its connects is made of a `std::io::Error` by `From`: a fix can turn a timeout into one. Rust only.
    #[serde(default)]
    pub from_io_error: bool,
    /// Its functions that connect.
    #[serde(default, rename = "connect")]
    pub connects: Vec<Api>,
    /// The objects that its connects get a limit from.
    #[serde(default, rename = "holder")]
    pub holders: Vec<Holder>,
    /// What its connects accept, one for each implementation.
    #[serde(default, rename = "signature")]
    pub signatures: Vec<Signature>,
    /// Names that mean the same argument in different releases: `["extra_headers", "additional_headers"]`.
    #[serde(default)]
    pub renamed: Vec<Vec<String>>,
    /// What its connects raise where the server refuses the handshake.
    #[serde(default, rename = "exception")]
    pub rejections: Vec<Rejection>,
    /// What it raises where something took too long.
    #[serde(default, rename = "timeout")]
    pub timeouts: Vec<TimeoutClass>,
    /// What calling its connects makes, where that is no coroutine.
    #[serde(default, rename = "object")]
    pub objects: Vec<Object>,
    /// Its connects whose connection can be entered after it was awaited.
    #[serde(default, rename = "managed-connection")]
    pub managed: Vec<ManagedConnection>,
    /// What calls of its connects are refused for besides the names of their arguments.
    #[serde(default)]
    pub refused: Vec<Refused>,
    /// Its functions that set deadlines, where releases differ in how they can be entered.
    #[serde(default, rename = "deadline")]
    pub deadlines: Vec<DeadlineFunction>,
    /// The objects that its messages come out of.
    #[serde(default, rename = "receive")]
    pub receivers: Vec<Receiver>,
    /// Its functions that give objects of a class. Not in a configuration.
    #[serde(default)]
    pub gives: Vec<Gives>,
    /// Its functions that hand a dictionary on to another library's connect.
    #[serde(default)]
    pub passes_on: Vec<PassesOn>,
    /// What its traits make of objects of other libraries.
    #[serde(default, rename = "turn")]
    pub turns: Vec<Turn>,
    /// Its functions that block their thread, but for connects, which say so by `call = "blocking"`.
    #[serde(default)]
    pub blocking: Vec<Blocking>,
}

/// An API together with what it takes over from its library.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The function itself.
    pub api: Api,
    /// Its library's name in the registry.
    pub package: String,
    /// The language it is called from.
    pub language: Language,
    /// What it speaks.
    pub protocol: Protocol,
    /// What runs it.
    pub runtime: Runtime,
    /// Its error is made of a `std::io::Error` by `From`.
    pub from_io_error: bool,
}

impl Entry {
    /// The parameter of this name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.api.arguments.iter().find(|parameter| parameter.name == name)
    }

    /// Whether the parameter of this name bounds the whole connect.
    #[must_use]
    pub fn bounds_connect(&self, name: &str) -> bool {
        self.parameter(name)
            .is_some_and(|parameter| parameter.bounds == Phase::Connect)
    }
}
