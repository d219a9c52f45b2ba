//! Functions that block their thread, for code that an event loop runs.

use serde::Deserialize;

/// A function or method that blocks its thread.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Blocking {
    /// Every path that it is reached by: `time.sleep`, `queue.Queue.get`, `std::thread::sleep`.
    pub paths: Vec<String>,
    /// When it returns, a clause behind "until": `the time is over`.
    pub until: String,
    /// The 0-based position of the argument that says for how long: seconds, or a duration.
    #[serde(default)]
    pub delay: Option<usize>,
    /// How long it lasts at most, for the budget of a test; what is not known costs nothing there. A `delay` says it, too.
    #[serde(default)]
    pub lasts: Option<Lasts>,
    /// It may be over by the time that it is called, so that a call alone says nothing.
    #[serde(default)]
    pub may_be_over: bool,
    /// Arguments with which it returns at once.
    #[serde(default)]
    pub unless: Vec<AtOnce>,
    /// Arguments of its object's constructor with which nothing goes over a network.
    #[serde(default)]
    pub in_process_with: Vec<String>,
    /// What makes it return at once where it comes before, of the same object: its methods (`kill`), and functions that are given its
    /// `pid` (`os.kill`).
    #[serde(default)]
    pub ended_by: Vec<String>,
    /// The codes of other tools' rules about such a call: `ASYNC251`.
    #[serde(default)]
    pub kin: Vec<String>,
    /// Modules, or fixtures of tests, that answer in its place.
    #[serde(default)]
    pub stand_ins: Vec<String>,
    /// What it panics with in place of blocking, where the runtime notices.
    #[serde(default)]
    pub panics: Option<String>,
    /// What to write in its place: a clause.
    pub instead: String,
    /// What a fix makes of a call.
    #[serde(default)]
    pub mend: Option<Unblock>,
}

/// How long a function that blocks lasts at most.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Lasts {
    /// The keyword of the argument that ends it.
    #[serde(default)]
    pub name: Option<String>,
    /// The 0-based position of that argument.
    #[serde(default)]
    pub position: Option<usize>,
    /// How long it lasts where that is not given.
    pub without: WithoutLimit,
}

/// How long a function lasts that is given no limit.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(rename_all = "kebab-case")]
pub enum WithoutLimit {
    /// Nothing ends it.
    ForEver,
    /// It ends by itself, nobody knows when.
    Unknown,
}

/// An argument with which a function returns at once.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AtOnce {
    /// The keyword.
    #[serde(default)]
    pub name: Option<String>,
    /// The 0-based position.
    #[serde(default)]
    pub position: Option<usize>,
    /// The value.
    pub value: Falsy,
}

/// The values with which functions return at once.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(rename_all = "kebab-case")]
pub enum Falsy {
    /// `False`. A value that cannot be told may be it.
    False,
    /// The number 0. A value that cannot be told is something else.
    Zero,
}

/// What a fix makes of a blocking call.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(rename_all = "kebab-case")]
pub enum Unblock {
    /// The event loop's own sleep.
    Sleep,
    /// The same call in a thread: `asyncio.to_thread(…)`.
    Thread,
}
