//! Objects that messages come out of: connections, and what hands messages on inside a program.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Catalog, Protocol, Runtime};
use crate::source::Language;

/// Where a receiver stands in a [`super::Catalog`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReceiverId {
    pub(super) language: Language,
    /// In the receivers of the language.
    pub(super) index: usize,
}

/// A class of objects that messages come out of.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Receiver {
    /// Every path of the class: an annotation or a constructor names it.
    #[serde(default)]
    pub classes: Vec<String>,
    /// The functions that give one: connects, where it is a connection.
    #[serde(default)]
    pub of: Vec<String>,
    /// Its 0-based place in the tuple that these functions give. Rust only.
    #[serde(default)]
    pub position: Option<usize>,
    /// Its methods that wait for a message: `recv`.
    #[serde(default)]
    pub methods: Vec<String>,
    /// Its methods whose outcome is iterated over to wait for the parts of a message: `recv_streaming`.
    #[serde(default)]
    pub streams: Vec<String>,
    /// Its methods that send one.
    #[serde(default)]
    pub sends: Vec<String>,
    /// Its attributes and methods that tell the state of the connection.
    #[serde(default)]
    pub states: Vec<String>,
    /// Its methods that end the connection: behind one of them no message is waited for.
    #[serde(default)]
    pub closes: Vec<String>,
    /// `async for` over it waits for messages.
    #[serde(default)]
    pub iterates: bool,
    /// It is its own iterator: `anext` takes it without `aiter`.
    #[serde(default)]
    pub iterator: bool,
    /// Awaiting the object itself waits for the message: a future.
    #[serde(default)]
    pub awaited: bool,
    /// It is no connection, but hands on what somebody puts in: only a test that holds a connection waits for a message
    /// there.
    #[serde(default)]
    pub signal: bool,
    /// Its methods block the thread: no deadline of an event loop ends the wait.
    #[serde(default)]
    pub blocking: bool,
    /// What runs it, where that differs from its library.
    #[serde(default)]
    pub runtime: Option<Runtime>,
    /// The argument of its methods that limits the wait.
    #[serde(default)]
    pub limit: Option<ReceiveLimit>,
    /// The object itself carries a limit of each read, which cannot be seen: nothing is said of a single wait, and how long it
    /// lasts is not known.
    #[serde(default)]
    pub limited_elsewhere: bool,
    /// Attributes and methods of the object by which such a limit is set: where one of them is used, or the object is given to
    /// something else, nothing is said of a wait.
    #[serde(default)]
    pub setters: Vec<String>,
    /// The argument of its `close` that limits the wait for the other side to close.
    #[serde(default)]
    pub closing: Option<ClosingLimit>,
    /// Arguments of the connects that may limit each wait for a message.
    #[serde(default)]
    pub connect_limits: Vec<String>,
    /// The run-time fact: a sentence without a full stop that names the version it was seen with.
    pub fact: String,
    /// Python: a limit from outside that fires around one step of its iteration ends that: the next step says that nothing more comes.
    #[serde(default)]
    pub iteration_ends: bool,
    /// What a limit from outside that fires leaves behind, and what to do then, where the connection is not as it was: a clause
    /// without a subject.
    #[serde(default)]
    pub after_deadline: Option<String>,
}

/// The argument of a method that limits its wait.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReceiveLimit {
    /// The keyword.
    pub name: String,
    /// The 0-based position at which it can also be given without its name.
    #[serde(default)]
    pub position: Option<usize>,
    /// Seconds that hold where it is not given; left out: no limit.
    #[serde(default)]
    pub default: Option<f64>,
    /// The exception that it raises, where that is no `TimeoutError`: `queue.Empty`.
    #[serde(default)]
    pub raises: Option<String>,
    /// What the methods return once it is over, where they raise nothing: `None`.
    #[serde(default)]
    pub returns: Option<String>,
    /// Another argument with which they return at once, whether there is a message or not.
    #[serde(default)]
    pub unless: Option<ReceiveAtOnce>,
    /// Methods that take so many arguments in front of what the others take, whose positions are given:
    /// `receive_json(mode, …)`.
    #[serde(default)]
    pub in_front: BTreeMap<String, usize>,
}

impl ReceiveLimit {
    /// The 0-based position of the limit in a call of `method`.
    #[must_use]
    pub fn position_in(&self, method: &str) -> Option<usize> {
        Some(self.position? + self.in_front_of(method))
    }

    /// The same of the argument with which the methods return at once.
    #[must_use]
    pub fn at_once_in(&self, method: &str) -> Option<usize> {
        Some(self.unless.as_ref()?.position? + self.in_front_of(method))
    }

    fn in_front_of(&self, method: &str) -> usize {
        self.in_front.get(method).copied().unwrap_or_default()
    }
}

/// The argument of `close` that limits its wait.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ClosingLimit {
    /// The keyword.
    pub name: String,
    /// The 0-based position at which it can also be given without its name.
    #[serde(default)]
    pub position: Option<usize>,
    /// Seconds that hold where it is not given.
    pub default: f64,
}

/// An argument with which a method that waits for a message returns at once.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReceiveAtOnce {
    /// The keyword.
    pub name: String,
    /// The 0-based position at which it can also be given without its name.
    #[serde(default)]
    pub position: Option<usize>,
    /// Its value, as it is written: `False`. A value that cannot be told may be it.
    pub value: String,
}

/// A receiver together with what it takes over from its library.
#[derive(Clone, Debug)]
pub struct ReceiverEntry {
    /// The class itself.
    pub receiver: Receiver,
    /// The language it is used from.
    pub language: Language,
    /// The library's package.
    pub package: String,
    /// What its library speaks.
    pub protocol: Protocol,
    /// What runs it.
    pub runtime: Runtime,
}

impl Catalog {
    /// What messages come out of, where a resolved path means a class of such objects.
    #[must_use]
    pub fn receiving_class(&self, language: Language, path: &str) -> Option<ReceiverId> {
        self.of(language).receiving_classes.get(path).copied()
    }

    /// What messages come out of, where a resolved path means a function that gives such an object.
    #[must_use]
    pub fn receiving_outcome(&self, language: Language, path: &str) -> Option<ReceiverId> {
        self.of(language).receiving_outcomes.get(path).copied()
    }

    /// What is known of a receiver.
    ///
    /// # Panics
    /// The id is another catalogue's.
    #[must_use]
    pub fn receiver(&self, id: ReceiverId) -> &ReceiverEntry {
        &self.of(id.language).receivers[id.index]
    }

    /// Everything that messages come out of in a language.
    pub fn receivers(&self, language: Language) -> impl Iterator<Item = &Receiver> {
        self.of(language).receivers.iter().map(|entry| &entry.receiver)
    }
}
