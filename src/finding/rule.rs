//! A rule's card.

use super::Severity;
use crate::signs::Sign;
use crate::source::Language;

/// What is known of a rule without running it.
#[derive(Debug)]
pub struct Rule {
    /// `WS101`.
    pub code: &'static str,
    /// `connect-timeout-argument`: reads as "allow NAME".
    pub name: &'static str,
    /// One line for `--list-rules` and the README's table.
    pub summary: &'static str,
    /// What to do where no fix does it: one clause, for whoever has to.
    pub remedy: &'static str,
    /// The languages it looks at.
    pub languages: &'static [Language],
    /// The severity of its findings where the rule itself does not say otherwise.
    pub severity: Severity,
    /// Whether any of its findings can carry a fix.
    pub fixable: bool,
    /// Whether it runs without being selected.
    pub on_by_default: bool,
    /// The page that `--explain` prints.
    pub page: &'static str,
    /// What the bytes of a file must show before the rule can find anything in it: in the file's language, all signs of
    /// one of these sets. A file without any is never parsed.
    pub triggers: &'static [(Language, &'static [Sign])],
}
