//! One pass over the raw bytes that drops the files that can hold no finding.
//!
//! It must be *sound*: whatever a front end can turn into a site is announced by bytes that are looked for here. Python
//! folds the spelling of names (`import ｗebsockets` imports `websockets`), so a letter that folds to an ASCII one
//! counts as every word.

use std::collections::BTreeSet;

use crate::catalog::Vocabulary;
use crate::rules;
use crate::source::Language;

mod folded;
mod search;
mod words;

use folded::has_folded_letter;
use search::Search;

/// Which files are worth parsing under one configuration.
#[derive(Clone, Debug)]
pub struct Prescan {
    python: Search,
    rust: Search,
    manifest: Search,
}

impl Prescan {
    /// Looks for what the enabled rules (by code) and the libraries of `vocabulary` need.
    #[must_use]
    pub fn new(enabled: &BTreeSet<&'static str>, vocabulary: &Vocabulary) -> Self {
        let search = |language| Search::new(&wanted(enabled, language), vocabulary, language);
        Self {
            python: search(Language::Python),
            rust: search(Language::Rust),
            manifest: search(Language::Manifest),
        }
    }

    /// Whether a file of these bytes may hold a finding.
    #[must_use]
    pub fn may_hold_finding(&self, language: Language, bytes: &[u8]) -> bool {
        // The words of a UTF-16 file are not to be seen; that it cannot be read is a finding.
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return true;
        }
        self.search(language).finds(bytes) || language == Language::Python && has_folded_letter(bytes)
    }

    /// What these bytes announce, to rules that run or not.
    #[must_use]
    pub fn announced(&self, language: Language, bytes: &[u8]) -> Announced {
        match language == Language::Python && has_folded_letter(bytes) {
            true => Announced::EVERYTHING,
            false => self.search(language).announced(bytes),
        }
    }

    fn search(&self, language: Language) -> &Search {
        match language {
            Language::Python => &self.python,
            Language::Rust => &self.rust,
            Language::Manifest => &self.manifest,
        }
    }
}

/// The first signs of the triggers that a text meets: what need not be announced, need not be looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Announced(u16);

impl Announced {
    /// Nothing is known of the text.
    pub const EVERYTHING: Self = Self(u16::MAX);
    const NOTHING: Self = Self(0);

    /// Whether a trigger that begins with this sign is met.
    #[must_use]
    pub fn includes(self, sign: Sign) -> bool {
        self.0 & 1 << sign as u16 != 0
    }

    fn and(self, sign: Sign) -> Self {
        Self(self.0 | 1 << sign as u16)
    }
}

/// Something that bytes announce. A rule's trigger is a list of them that must all be there; the first says what the rule
/// looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Sign {
    /// The name of a catalogued library's module.
    Module,
    /// A word without which nothing is printed.
    Print,
    /// A character beyond ASCII, or a way to write one in ASCII.
    Beyond,
    /// The exception that a print raises where the console cannot take its text.
    EncodeError,
    /// What a suppression must name to be called unused: `ws-lint`, or one of its rules (in a `noqa`).
    Suppression,
    /// The names of a module whose functions set deadlines and of one of them, or of what came to Python with them.
    Deadline,
    /// In a manifest: a word of the name of a catalogued package.
    Package,
    /// The names of a catalogued library's module and of one of its connects.
    Connect,
    /// The names of a catalogued library's module and of an exception that its connects raise.
    Rejection,
    /// The word without which no code is async.
    Async,
    /// In Python the names of a module and of a function of it that blocks its thread; in Rust that of the function, which
    /// may come by `use std::thread::*`.
    Blocking,
    /// The names of a catalogued library's module and of a class of its connections, or of a function that gives one.
    Receive,
    /// A name of asyncio's event-loop policies, or of a loop that only Windows has.
    LoopPolicy,
}

/// The longest word of a package's name: what joins its words can be spelled in many ways.
fn longest_word(package: &str) -> &str {
    package.split('-').max_by_key(|word| word.len()).unwrap_or(package)
}

/// The triggers of the rules that run, each once. Where only rules about the run itself are on (WS0), they look at the files
/// that any other rule would look at.
fn wanted(enabled: &BTreeSet<&'static str>, language: Language) -> Vec<&'static [Sign]> {
    let everything = enabled.iter().all(|code| code.starts_with("WS0"));
    triggers(language, |code| everything || enabled.contains(code))
}

/// The triggers of these rules (by code), each once.
fn triggers(language: Language, of: impl Fn(&str) -> bool) -> Vec<&'static [Sign]> {
    let mut triggers = Vec::new();
    let rules = rules::ALL.iter().filter(|rule| of(rule.code));
    for (_, signs) in rules.flat_map(|rule| rule.triggers).filter(|(of, _)| *of == language) {
        if !triggers.contains(signs) {
            triggers.push(*signs);
        }
    }
    triggers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keeps(codes: &[&'static str], language: Language, text: &str) -> bool {
        let enabled = codes.iter().copied().collect();
        Prescan::new(&enabled, &Vocabulary::with(&[])).may_hold_finding(language, text.as_bytes())
    }

    #[test]
    fn every_rule_says_what_announces_its_findings() {
        for rule in rules::ALL.iter().filter(|rule| rule.code != "WS001") {
            for language in rule.languages {
                let announced = rule
                    .triggers
                    .iter()
                    .any(|(of, signs)| of == language && !signs.is_empty());
                assert!(announced, "{} {language}", rule.code);
            }
        }
    }

    #[test]
    fn a_connect_needs_its_own_name_and_that_of_its_module() {
        assert!(keeps(&["WS101"], Language::Python, "from websockets import connect"));
        assert!(keeps(&["WS101"], Language::Python, "websockets.\\\nunix_connect(p)"));
        for text in [
            "import websockets",
            "connect()",
            "tornado.serve(); aiohttp.connect()",
            "import websockets_; connect()",
            "import websockets; reconnect()",
            "use tokio_tungstenite::connect_async;",
        ] {
            assert!(!keeps(&["WS101"], Language::Python, text), "{text}");
        }
        assert!(keeps(
            &["WS102"],
            Language::Rust,
            "use tokio_tungstenite::r#connect_async;"
        ));
        assert!(!keeps(
            &["WS102"],
            Language::Rust,
            "use tokio_tungstenite::accept_async;"
        ));
    }

    #[test]
    fn a_name_that_python_folds_counts_as_every_word() {
        assert!(keeps(&["WS101"], Language::Python, "import ｗebsockets"));
        assert!(keeps(&["WS101"], Language::Python, "import web𝐬ockets"));
        assert!(!keeps(&["WS101"], Language::Python, "x = 'é日本'"));
        assert!(!keeps(&["WS102"], Language::Rust, "use ｗebsockets;"));
    }

    #[test]
    fn a_utf_16_file_is_kept_for_its_decoding_to_fail() {
        let enabled = ["WS101"].into();
        let prescan = Prescan::new(&enabled, &Vocabulary::with(&[]));
        assert!(prescan.may_hold_finding(Language::Python, b"\xff\xfei\0m\0"));
        assert!(!prescan.may_hold_finding(Language::Python, b"\xffi\0m\0"));
    }

    #[test]
    fn rules_about_the_run_alone_look_where_any_other_rule_would() {
        assert!(keeps(&["WS001"], Language::Python, "websockets.connect"));
        assert!(!keeps(&["WS001"], Language::Python, "import os"));
    }

    #[test]
    fn a_suppression_is_looked_at_where_it_can_be_unused() {
        assert!(keeps(&["WS002"], Language::Python, "x = 1  # ws-lint: ignore"));
        assert!(keeps(&["WS002"], Language::Python, "x = 1  # NoQA: E501,WS101"));
        assert!(!keeps(&["WS002"], Language::Python, "x = 1  # noqa: E501"));
        assert!(!keeps(&["WS101"], Language::Python, "x = 1  # ws-lint: ignore"));
    }
}
