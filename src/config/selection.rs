//! Which rules run: codes, prefixes of codes, names and `ALL`, of which the more specific one wins.

use std::collections::BTreeSet;
use std::fmt;

use super::spelling::did_you_mean;
use crate::rules::{self, Rule};

/// What stands for one rule or several: `WS101`, `connect-timeout-argument`, `WS1`, `ALL`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// Every rule, also those that are off by default.
    All,
    /// Every rule whose code begins so, also those that are off by default.
    Prefix(String),
    /// One rule, by code or name.
    Rule(&'static str),
}

impl Selector {
    /// Reads a selector.
    ///
    /// # Errors
    /// No rule is meant by it.
    pub fn parse(text: &str) -> Result<Self, UnknownRule> {
        if text == "ALL" {
            return Ok(Selector::All);
        }
        if let Some(rule) = rules::find(text) {
            return Ok(Selector::Rule(rule.code));
        }
        if text.starts_with("WS") && rules::ALL.iter().any(|rule| rule.code.starts_with(text)) {
            return Ok(Selector::Prefix(text.to_owned()));
        }
        Err(UnknownRule(text.to_owned()))
    }

    fn matches(&self, rule: &Rule) -> bool {
        match self {
            Selector::All => true,
            Selector::Prefix(prefix) => rule.code.starts_with(prefix.as_str()),
            Selector::Rule(code) => rule.code == *code,
        }
    }

    fn specificity(&self) -> usize {
        match self {
            Selector::All => 0,
            Selector::Prefix(prefix) => prefix.len(),
            Selector::Rule(_) => usize::MAX,
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Selector::All => "ALL",
            Selector::Prefix(prefix) => prefix,
            Selector::Rule(code) => code,
        })
    }
}

/// A text that means no rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownRule(pub String);

impl fmt::Display for UnknownRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = rules::ALL.iter().flat_map(|rule| [rule.code, rule.name]).chain(["ALL"]);
        let suggestion = did_you_mean(&self.0, known);
        write!(f, "unknown rule `{}`{suggestion}", self.0)?;
        if suggestion.is_empty() {
            f.write_str(" (`ws-lint --list-rules` lists them)")?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownRule {}

/// What one source of configuration says about the rules that run.
#[derive(Clone, Debug, Default)]
pub struct RuleSelection {
    /// These run, in place of what was selected so far.
    pub select: Option<Vec<Selector>>,
    /// These run too.
    pub extend_select: Vec<Selector>,
    /// These do not.
    pub ignore: Vec<Selector>,
}

/// The rule that stays on whatever else is selected, until it is ignored: a file that cannot be read must not pass for
/// one without findings.
const ALWAYS_ON: &str = "WS001";

/// The codes of the rules that run after every selection had its say, the weakest first. Within one selection the more
/// specific selector wins, and `ignore` wins over `select` where both are equally specific.
#[must_use]
pub fn enabled_rules(selections: &[RuleSelection]) -> BTreeSet<&'static str> {
    let mut enabled: BTreeSet<_> = rules::ALL
        .iter()
        .filter(|rule| rule.on_by_default)
        .map(|rule| rule.code)
        .collect();
    for selection in selections {
        if selection.select.is_some() {
            enabled.retain(|code| *code == ALWAYS_ON);
        }
        for rule in rules::ALL {
            match selection.verdict(rule) {
                Some(true) => _ = enabled.insert(rule.code),
                Some(false) => _ = enabled.remove(rule.code),
                None => {}
            }
        }
    }
    enabled
}

impl RuleSelection {
    /// Whether the selection switches `rule` on or off, if it speaks of it.
    fn verdict(&self, rule: &Rule) -> Option<bool> {
        let strongest = |selectors: &mut dyn Iterator<Item = &Selector>| {
            selectors
                .filter(|selector| selector.matches(rule))
                .map(Selector::specificity)
                .max()
        };
        let on = strongest(&mut self.select.iter().flatten().chain(&self.extend_select));
        let off = strongest(&mut self.ignore.iter());
        match (on, off) {
            (None, None) => None,
            (on, off) => Some(on > off),
        }
    }
}

/// The codes of the rules that any of `selectors` means.
pub(super) fn codes(selectors: &[Selector]) -> impl Iterator<Item = &'static str> {
    rules::ALL
        .iter()
        .filter(|rule| selectors.iter().any(|selector| selector.matches(rule)))
        .map(|rule| rule.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selectors(texts: &[&str]) -> Vec<Selector> {
        texts.iter().map(|text| Selector::parse(text).unwrap()).collect()
    }

    fn enabled(select: Option<&[&str]>, extend: &[&str], ignore: &[&str]) -> Vec<&'static str> {
        let selection = RuleSelection {
            select: select.map(selectors),
            extend_select: selectors(extend),
            ignore: selectors(ignore),
        };
        let known = ["WS001", "WS101", "WS102"];
        enabled_rules(&[selection])
            .into_iter()
            .filter(|code| known.contains(code))
            .collect()
    }

    #[test]
    fn the_more_specific_selector_wins() {
        assert_eq!(enabled(Some(&["WS101"]), &[], &["WS1"]), ["WS001", "WS101"]);
        assert_eq!(
            enabled(Some(&["WS1"]), &[], &["connect-timeout-argument"]),
            ["WS001", "WS102"]
        );
        assert_eq!(enabled(Some(&["ALL"]), &[], &["WS1"]), ["WS001"]);
        assert_eq!(enabled(Some(&["WS1"]), &[], &["WS1", "WS001"]), [""; 0]);
        assert_eq!(enabled(None, &[], &["WS10"]), ["WS001"]);
        assert_eq!(enabled(Some(&["WS001"]), &["WS102"], &[]), ["WS001", "WS102"]);
    }

    #[test]
    fn a_later_select_forgets_what_was_ignored_before() {
        let file = RuleSelection {
            ignore: selectors(&["WS101"]),
            ..RuleSelection::default()
        };
        let flags = RuleSelection {
            select: Some(selectors(&["WS10"])),
            ..RuleSelection::default()
        };
        assert!(!enabled_rules(std::slice::from_ref(&file)).contains("WS101"));
        assert!(enabled_rules(&[file, flags]).contains("WS101"));
    }

    #[test]
    fn an_unknown_rule_names_the_one_that_was_probably_meant() {
        let message = |text: &str| Selector::parse(text).unwrap_err().to_string();
        assert_eq!(message("WS11"), "unknown rule `WS11`, did you mean `WS101`?");
        assert_eq!(message("ws102"), "unknown rule `ws102`, did you mean `WS102`?");
        assert_eq!(
            message("E501"),
            "unknown rule `E501` (`ws-lint --list-rules` lists them)"
        );
        assert_eq!(message(""), "unknown rule `` (`ws-lint --list-rules` lists them)");
    }
}
