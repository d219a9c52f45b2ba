//! Which rules run: codes, prefixes of codes, names and `ALL`, of which the more specific one wins.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::spelling::did_you_mean;
use crate::finding::Rule;
use crate::rules::{self};

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
        if text.eq_ignore_ascii_case("ALL") {
            return Ok(Selector::All);
        }
        if let Some(rule) = rules::find(text) {
            return Ok(Selector::Rule(rule.code));
        }
        let prefix = text.to_ascii_uppercase();
        if prefix.starts_with("WS") && rules::ALL.iter().any(|rule| rule.code.starts_with(&prefix)) {
            return Ok(Selector::Prefix(prefix));
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
    /// The rules that are switched off by their severity (`false`), or get one again.
    pub levels: BTreeMap<&'static str, bool>,
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
    let mut switched_off = BTreeSet::new();
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
        for (code, is_on) in &selection.levels {
            match is_on {
                true if switched_off.remove(code) => _ = enabled.insert(code),
                false if enabled.remove(code) => _ = switched_off.insert(*code),
                _ => {}
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
            ..RuleSelection::default()
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
    fn a_severity_switches_off_until_one_is_set_again() {
        let levels = |is_on| RuleSelection {
            levels: BTreeMap::from([("WS102", is_on), ("WS302", is_on)]),
            ..RuleSelection::default()
        };
        let select = RuleSelection {
            select: Some(selectors(&["WS102"])),
            ..RuleSelection::default()
        };
        let is_on = |selections: &[RuleSelection]| enabled_rules(selections).contains("WS102");
        assert!(!is_on(&[levels(false)]));
        assert!(is_on(&[levels(false), levels(true)]));
        assert!(is_on(&[levels(false), select.clone()]));
        assert!(!is_on(&[select, levels(false)]));
        // What is off by default does not run for its severity.
        assert!(!enabled_rules(&[levels(false), levels(true)]).contains("WS302"));
    }

    #[test]
    fn codes_are_known_in_any_case() {
        assert_eq!(selectors(&["ws102", "Ws1", "all"]), selectors(&["WS102", "WS1", "ALL"]));
    }

    #[test]
    fn an_unknown_rule_names_the_one_that_was_probably_meant() {
        let message = |text: &str| Selector::parse(text).unwrap_err().to_string();
        assert_eq!(message("WS11"), "unknown rule `WS11`, did you mean `WS101`?");
        assert_eq!(
            message("E501"),
            "unknown rule `E501` (`ws-lint --list-rules` lists them)"
        );
        assert_eq!(message(""), "unknown rule `` (`ws-lint --list-rules` lists them)");
    }
}
