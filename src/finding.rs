//! What a rule says: a finding, its severity, and the fix it offers; and what is said of a file in all.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::sites::Related;
use crate::source::{SourceFile, Span};

mod checked;
mod fix;
mod rule;

pub use checked::{Checked, Suppressed};
pub use fix::{Applicability, Change, Edit, Fix, Refusal};
pub use rule::Rule;

/// How bad a finding is. The order is the one that `--fail-on` compares by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; fails nothing by default.
    Info,
    /// Goes wrong under conditions that the finding names.
    Warning,
    /// Goes wrong, or hangs for ever.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

/// One thing that a rule found in one file.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// The severity of this finding: the rule's own, unless the rule or the configuration says otherwise.
    pub severity: Severity,
    /// Its severity under `strict`, where that is another one.
    pub strict: Option<Severity>,
    /// What is underlined.
    pub span: Span,
    /// One sentence without a final full stop: what is wrong here.
    pub message: String,
    /// The run-time fact behind it: which version, which exception, after how many seconds.
    pub note: Option<String>,
    /// What to do, or why there is no fix.
    pub help: Option<String>,
    /// What to do where the rule's usual remedy does not serve.
    pub remedy: Option<&'static str>,
    /// The rewrite, where one can be offered.
    pub fix: Option<Fix>,
    /// The codes of other tools' rules that say the same: a `noqa` of one of them allows it.
    pub kin: Vec<String>,
    /// Where other findings say the same, and one of them is enough.
    pub once: Option<Once>,
    /// The other places that the answer comes through, in the order of the way there.
    pub related: Vec<Related>,
}

/// What a help begins with that says why there is no fix.
const NO_FIX: &str = "no fix: ";

/// What one finding is enough for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Once {
    /// For a cause, which is named by its place; in each file.
    Cause(String),
    /// For a fact about the project.
    Project(&'static str),
}

impl Finding {
    /// A finding of `rule` at `span`, with the rule's severity and no note, help or fix yet.
    #[must_use]
    pub fn new(rule: &'static Rule, span: Span, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity: rule.severity,
            strict: None,
            span,
            message: message.into(),
            note: None,
            help: None,
            remedy: None,
            fix: None,
            kin: Vec::new(),
            once: None,
            related: Vec::new(),
        }
    }

    /// What to do about it, where neither a fix nor the help says it.
    #[must_use]
    pub fn to_do(&self) -> Option<&'static str> {
        let is_told = self.help.as_ref().is_some_and(|help| !help.starts_with(NO_FIX));
        let remedy = self.remedy.unwrap_or(self.rule.remedy);
        (self.fix.is_none() && !is_told && !remedy.is_empty()).then_some(remedy)
    }

    /// The same with another severity.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// The same with another severity, which is `strict` under the setting of that name.
    #[must_use]
    pub fn severity_or_strict(mut self, severity: Severity, strict: Severity) -> Self {
        self.severity = severity;
        self.strict = (strict != severity).then_some(strict);
        self
    }

    /// The same, reported once for all that say so.
    #[must_use]
    pub fn once(mut self, once: Once) -> Self {
        self.once = Some(once);
        self
    }

    /// The same with the run-time fact behind it.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// The same with the places that the answer comes through.
    #[must_use]
    pub fn related(mut self, places: &[Related]) -> Self {
        self.related.extend_from_slice(places);
        self
    }

    /// The places that the answer comes through and that the note does not name, each in a line: `net.py:8: what is there`.
    /// `source` is the finding's file.
    #[must_use]
    pub fn places_told(&self, source: &SourceFile) -> Vec<String> {
        let is_named = |related: &&Related| {
            let place = related.place_from(source);
            let name = format!("{}:{}", place.file, place.start.line_short());
            self.note.as_ref().is_some_and(|note| note.contains(&name))
        };
        let untold = self.related.iter().filter(|related| !is_named(related));
        untold.map(|related| related.told(source)).collect()
    }

    /// The same with another remedy than the rule's.
    #[must_use]
    pub fn remedy(mut self, remedy: &'static str) -> Self {
        self.remedy = Some(remedy);
        self
    }

    /// The same with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with the fix that a language offers, or with the reason why it offers none.
    #[must_use]
    pub fn fix(mut self, fix: Result<Fix, Refusal>) -> Self {
        match fix {
            Ok(fix) => self.fix = Some(fix),
            Err(refusal) => self.help = Some(format!("{NO_FIX}{refusal}")),
        }
        self
    }
}
