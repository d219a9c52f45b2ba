//! A function that connects, and its arguments that have to do with time.

use std::collections::BTreeMap;

use pep440_rs::Version;
use serde::{Deserialize, Serialize};

use super::at::lies_in;
use super::{At, During, HeldBy};

/// A function, method or builder that opens a connection.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Api {
    /// Every path that it is reached by, as its language writes them: `websockets.connect`,
    /// `aiohttp.ClientSession.ws_connect`, `tokio_websockets::ClientBuilder::connect`. A method's path is its type's
    /// path and its name; a builder's is that of the method at the end of the chain.
    pub paths: Vec<String>,
    /// The first release that this describes; left out: from the beginning. Another `[[connect]]` with the same paths describes
    /// the releases before.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub since: Option<Version>,
    /// The first release that this does not describe any more; left out: to the newest.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub until: Option<Version>,
    /// How the connection is entered.
    pub call: Call,
    /// Whether it gives up by itself.
    pub waits: Waits,
    /// Seconds after which it gives up by itself; required with `waits = "default"`, forbidden otherwise.
    #[serde(default)]
    pub limit: Option<f64>,
    /// What its limit, its own or the argument's, holds for, where that is less than the whole connect: `each address and each
    /// redirect`. How long it takes at most is not known then.
    #[serde(default)]
    pub limit_holds_for: Option<String>,
    /// The exception that this limit raises, where an external deadline would raise another one: `httpx.TimeoutException`.
    /// Code that catches it would not catch a deadline's.
    #[serde(default)]
    pub raises: Option<String>,
    /// What a deadline from outside that fires leaves behind, where its object is not as it was: a clause without a full stop that
    /// names what to do, and the version it was seen with.
    #[serde(default)]
    pub after_deadline: Option<String>,
    /// The run-time fact behind `waits`, a sentence without a full stop that names the version it was seen with.
    pub fact: String,
    /// Where some releases, or some of its paths, wait otherwise.
    #[serde(default)]
    pub otherwise: Vec<Otherwise>,
    /// What it speaks, where it differs from its library.
    #[serde(default)]
    pub protocol: Option<Protocol>,
    /// What runs it, where it differs from its library.
    #[serde(default)]
    pub runtime: Option<Runtime>,
    /// Where it has the object that carries its limit, where there is one.
    #[serde(default)]
    pub held_by: Option<HeldBy>,
    /// Arguments without which the call is no connect: another one of the same function. Python only.
    #[serde(default)]
    pub only_with: Vec<Needed>,
    /// Where nobody answers it returns in the end without an exception, and is not connected.
    #[serde(default)]
    pub returns_unconnected: bool,
    /// `limit` is that of a part: a connect that succeeds may take longer, so that a deadline as long as the limit may end one.
    #[serde(default)]
    pub limits_a_part: bool,
    /// Functions whose first argument limits every such connect of the process: `websocket.setdefaulttimeout`.
    #[serde(default)]
    pub process_limits: Vec<String>,
    /// It runs the whole session and is meant to last: only its connect may be bounded.
    #[serde(default)]
    pub runs_session: bool,
    /// It makes an object that is good for more than connecting: only where that is entered or awaited in sight it connects.
    /// Python only.
    #[serde(default)]
    pub connects_when_entered: bool,
    /// Arguments with which awaiting it only makes what connects where that is entered, and runs no session. Python only.
    #[serde(default)]
    pub only_made_with: Vec<Needed>,
    /// What connects in the same way, by its path, and does not block its thread: `websockets.connect`.
    #[serde(default)]
    pub async_kin: Option<String>,
    /// Arguments that say of which class its connection is: what such a class defines is not the library's. Python only.
    #[serde(default)]
    pub class_given_by: Vec<String>,
    /// The arguments that have to do with time.
    #[serde(default, rename = "argument")]
    pub arguments: Vec<Parameter>,
}

impl Api {
    /// Whether it describes what `release` does.
    #[must_use]
    pub fn describes(&self, release: &Version) -> bool {
        lies_in(self.since.as_ref(), self.until.as_ref(), release)
    }
}

/// An argument that makes a call a connect.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Needed {
    /// The keyword.
    pub name: String,
    /// The 0-based position at which it can also be given without its name.
    #[serde(default)]
    pub position: Option<usize>,
    /// Its values, as they are written: `True`, or what makes them: `gql.transport.websockets.WebsocketsTransport()`.
    pub values: Vec<String>,
}

/// How long some releases of a connect wait by themselves, where that is not what [`Api`] says.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Otherwise {
    /// Where, and when.
    pub at: Vec<At>,
    /// Whether it gives up by itself.
    pub waits: Waits,
    /// Seconds after which it gives up by itself; required with `waits = "default"`, forbidden otherwise.
    #[serde(default)]
    pub limit: Option<f64>,
    /// The exception that this limit raises, where an external deadline would raise another one.
    #[serde(default)]
    pub raises: Option<String>,
    /// The argument that says for how many seconds it goes on once a limit, its own or one outside, has ended the wait.
    #[serde(default)]
    pub lingers: Option<String>,
    /// The run-time fact, as [`Api::fact`].
    pub fact: String,
}

/// How a connection is entered.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(rename_all = "kebab-case")]
pub enum Call {
    /// `await` only: a coroutine or a future.
    Await,
    /// `async with` only.
    AsyncWith,
    /// `await`, `async with` and `async for`.
    Any,
    /// A blocking function; no deadline of an event loop can end it.
    Blocking,
}

/// Whether a connect gives up by itself when the peer accepts and never answers.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(rename_all = "kebab-case")]
pub enum Waits {
    /// Nothing ends the wait.
    ForEver,
    /// A default of the library ends it after `limit` seconds.
    Default,
    /// Nothing goes over a network.
    InProcess,
}

/// What is spoken over the connection. `WS101` and `WS102` look at the protocols that the configuration names.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// WebSocket, Socket.IO included.
    #[default]
    Websocket,
    /// Plain TCP or Unix sockets.
    Socket,
    /// HTTP and gRPC clients.
    Http,
    /// Databases and message brokers.
    Broker,
}

/// The event loop that runs an API.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(rename_all = "kebab-case")]
pub enum Runtime {
    /// Python's asyncio.
    Asyncio,
    /// Python's trio.
    Trio,
    /// Python's anyio: asyncio and trio.
    Anyio,
    /// Rust's tokio.
    Tokio,
    /// Rust's async-std.
    AsyncStd,
    /// Rust's smol.
    Smol,
    /// Rust's actix.
    Actix,
    /// Another one, or any.
    Other,
    /// None: it blocks the thread.
    Blocking,
}

/// An argument of a connect, or a method of its builder, that has to do with time.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Parameter {
    /// The keyword, or the builder's method.
    pub name: String,
    /// How it is given.
    pub form: Form,
    /// The 0-based position at which it can also be given without its name.
    #[serde(default)]
    pub position: Option<usize>,
    /// The argument whose dictionary it is a key of, where it is no argument of its own: `websocket_kwargs`. Python only.
    #[serde(default)]
    pub within: Option<String>,
    /// What it bounds.
    pub bounds: Phase,
    /// The unit of a bare number.
    #[serde(default)]
    pub unit: Unit,
    /// Seconds that hold where it is not given; left out: no limit.
    #[serde(default)]
    pub default: Option<f64>,
    /// The value that switches it off, as it is written: `None`.
    #[serde(default)]
    pub off: Option<String>,
    /// Seconds that some of its values bound the connect by, by their last name: `{ Polling = 45 }`. Other values bound nothing.
    #[serde(default)]
    pub values: BTreeMap<String, f64>,
    /// `WS101`: it stands in for an external deadline.
    #[serde(default)]
    pub replaceable: bool,
    /// `WS104`: it is taken for a limit of the connect and is none.
    #[serde(default)]
    pub misread: Option<Misread>,
    /// The releases in which it bounds the whole connect, whatever `bounds` says of the others.
    #[serde(default)]
    pub bounds_connect: Option<During>,
    /// What the library's own limit comes to where it is given: it makes the connect try again.
    #[serde(default)]
    pub retries: Option<Retries>,
}

/// What an argument about trying again makes of the library's own limit, which is that of one attempt.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(rename_all = "kebab-case")]
pub enum Retries {
    /// A true value: it tries again for ever.
    ForEver,
    /// A false value: it tries again for ever.
    UnlessTrue,
    /// The number of attempts; 0 or less: it tries again for ever.
    Attempts,
    /// Another limit holds, which cannot be told.
    Otherwise,
}

/// What becomes of the library's own limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnLimitIs {
    /// It holds.
    Kept,
    /// Another one holds, or may.
    Unknown,
    /// Nothing ends the attempts.
    Gone,
}

impl Retries {
    /// What a value makes of the limit, by what it certainly is, as it is written: `True`, `-1`.
    #[must_use]
    pub fn with(self, value: Option<&str>) -> OwnLimitIs {
        // Of an object nobody knows whether it is true.
        let value = value.filter(|value| !value.ends_with("()"));
        let number = value.and_then(|value| value.parse::<f64>().ok());
        let is_true = value.map(|value| !matches!(value, "False" | "None") && number != Some(0.0));
        match (self, is_true, number) {
            (Self::ForEver, Some(true), _) | (Self::UnlessTrue, Some(false), _) => OwnLimitIs::Gone,
            (Self::ForEver | Self::UnlessTrue, Some(_), _) => OwnLimitIs::Kept,
            (Self::Attempts, _, Some(number)) if number <= 0.0 => OwnLimitIs::Gone,
            _ => OwnLimitIs::Unknown,
        }
    }
}

/// How an argument is misread.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Misread {
    /// What it does in truth, a clause that follows "it": `is an old name of close_timeout`.
    pub says: String,
    /// When it is a mistake.
    pub when: MisreadWhen,
    /// Only for addresses of this scheme, where it is written in the call: `wss`.
    #[serde(default)]
    pub scheme: Option<String>,
}

/// When an argument that is easily misread is a mistake.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(rename_all = "kebab-case")]
pub enum MisreadWhen {
    /// Whatever its value is.
    Always,
    /// Where its value is a number, or an object that limits a connect elsewhere; another object says what is meant.
    Number,
    /// Where its value is a number and nothing else bounds the connect.
    Alone,
}

/// How an argument is given.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// `name=value` (and by `position`, where there is one).
    Keyword,
    /// By `position` only.
    Positional,
    /// `.name(value)` in the builder's chain.
    Method,
    /// `.name()` in the builder's chain: no value, switches the limit off.
    OffSwitch,
}

/// What an argument bounds.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// The whole connect: name look-up, TCP, TLS and the handshake.
    Connect,
    /// TCP (and perhaps TLS), not the handshake.
    Transport,
    /// The handshake, not the TCP and TLS before it.
    Handshake,
    /// Each wait for a message.
    Receive,
    /// The closing handshake.
    Close,
    /// Something else that is not the connect.
    Other,
}

/// The unit of a bare number.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Seconds.
    #[default]
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// A duration type; a bare number does not compile.
    Duration,
}
