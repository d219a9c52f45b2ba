//! The settings that hold for one file.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::catalog::Protocol;
use crate::facts::PythonVersion;
use crate::finding::{Rule, Severity};

/// What the configuration and the command line say for one file.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The codes of the rules that run.
    pub enabled: BTreeSet<&'static str>,
    /// Severities that the configuration sets in place of the rules' own, by code.
    pub severities: BTreeMap<&'static str, Severity>,
    /// `target-version`, where it is given: the oldest Python that the code must run on.
    pub target_version: Option<PythonVersion>,
    /// `strict`: each connect is to stand under a deadline from outside, and no async test code is to block.
    pub strict: bool,
    /// What a comment allows is reported all the same.
    pub ignores_suppressions: bool,
    /// What the connect rules look at.
    pub protocols: BTreeSet<Protocol>,
    /// How deadlines are put in.
    pub deadline: DeadlineSettings,
    /// What waits for messages get, and what comes first.
    pub receive: ReceiveSettings,
    /// What the console takes, and how prints are made safe.
    pub console: ConsoleSettings,
    /// Where the rules about hangs after the connect (WS2) look.
    pub hang_rules: HangRules,
    /// How long a test may take, in seconds.
    pub max_test_seconds: f64,
    /// `windows-min-deadline`: a deadline of a test that is shorter on Windows too is reported.
    pub windows_min_deadline: Option<f64>,
}

/// What waits for messages get, and what comes first.
#[derive(Clone, Debug, PartialEq)]
pub struct ReceiveSettings {
    /// `default-receive-deadline`: seconds that a wait for a message without any limit gets.
    pub default_deadline: f64,
    /// `welcome`: the servers of the project greet.
    pub welcome: bool,
}

/// How deadlines are put in.
#[derive(Clone, Debug, PartialEq)]
pub struct DeadlineSettings {
    /// Seconds that a connect without any limit gets.
    pub default: f64,
    /// `min-deadline`: a connect that gets fewer seconds is reported.
    pub min: Option<f64>,
    /// `max-deadline`: a connect that gets more seconds is reported.
    pub max: Option<f64>,
    /// `max-connect-wait`: a connect that its library itself ends within so many seconds is no more than an info.
    pub max_wait: f64,
    /// What a deadline around `async with connect(…)` covers.
    pub scope: DeadlineScope,
    /// What becomes of the connect's own argument.
    pub internal_timeout: InternalTimeout,
}

impl DeadlineSettings {
    /// [`Self::default`], or the limit that it is beyond: what ws-lint writes by itself must not be a finding.
    #[must_use]
    pub(crate) fn default_within_limits(&self) -> f64 {
        let at_least = self.min.map_or(self.default, |min| self.default.max(min));
        self.max.map_or(at_least, |max| at_least.min(max))
    }
}

/// What a deadline around `async with connect(…) as ws:` covers.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum DeadlineScope {
    /// The block where its waits certainly end in time, else the connect.
    #[default]
    Auto,
    /// Always the block; unsafe where that may cut it.
    Block,
    /// Always the connect: the deadline is lifted in the block's first line.
    Connect,
}

/// What becomes of a connect's own timeout argument once a deadline is outside.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum InternalTimeout {
    /// It goes where the library's default cannot fire before the deadline, else it is switched off.
    #[default]
    Auto,
    /// It always goes.
    Remove,
    /// It is always switched off (`open_timeout=None`).
    Disable,
}

/// Where the rules about hangs after the connect look.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum HangRules {
    /// In test code only.
    #[default]
    Tests,
    /// Everywhere.
    All,
}

/// What the console takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleSettings {
    /// Python names of the encodings that every print must fit: `cp1252`.
    pub encodings: Vec<String>,
    /// The configuration names them: that a project does not run on Windows is no reason to leave those of Windows out.
    pub are_chosen: bool,
    /// How a print is made safe.
    pub strategy: PrintStrategy,
}

/// How a print that the console cannot take is made safe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrintStrategy {
    /// A local `safe_print` is added to the module.
    Helper,
    /// The function of this dotted path is imported.
    Import(String),
    /// The characters are replaced by their stand-ins.
    Ascii,
}

impl Settings {
    /// Whether `rule` runs.
    #[must_use]
    pub fn is_enabled(&self, rule: &Rule) -> bool {
        self.enabled.contains(rule.code)
    }
}
