//! One pass over the raw bytes that drops the files that can hold no finding.
//!
//! It must be *sound*: whatever a front end can turn into a site is announced by bytes that are looked for here. Python
//! folds the spelling of names (`import ｗebsockets` imports `websockets`), so a letter that folds to an ASCII one
//! counts as every word.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;

use crate::catalog::Catalog;
use crate::rules;
use crate::source::Language;

/// Which files are worth parsing under one configuration.
#[derive(Clone, Debug)]
pub struct Prescan {
    python: Scan,
    rust: Scan,
    manifest: Scan,
}

impl Prescan {
    /// Looks for what the enabled rules (by code) and the libraries of `catalog` need.
    #[must_use]
    pub fn new(enabled: &BTreeSet<&'static str>, catalog: &Catalog) -> Self {
        Self {
            python: Scan::new(enabled, catalog, Language::Python),
            rust: Scan::new(enabled, catalog, Language::Rust),
            manifest: Scan::new(enabled, catalog, Language::Manifest),
        }
    }

    /// Whether a file of these bytes may hold a finding.
    #[must_use]
    pub fn may_hold_finding(&self, language: Language, bytes: &[u8]) -> bool {
        // The words of a UTF-16 file are not to be seen; that it cannot be read is a finding.
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return true;
        }
        match language {
            Language::Python => self.python.may_hold_finding(bytes),
            Language::Rust => self.rust.may_hold_finding(bytes),
            Language::Manifest => self.manifest.may_hold_finding(bytes),
        }
    }
}

/// Something that bytes announce. A rule's trigger is a set of them that must all be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Sign {
    /// The name of a catalogued library's module; in a manifest a word of the name of a catalogued package.
    Module = 1,
    /// A word without which nothing is printed.
    Print = 1 << 1,
    /// A character beyond ASCII, or a way to write one in ASCII.
    Beyond = 1 << 2,
    /// The clause that catches an exception.
    Except = 1 << 3,
    /// What a suppression must name to be called unused: `ws-lint`, or one of its rules (in a `noqa`).
    Suppression = 1 << 4,
    /// A letter that Python folds to an ASCII one.
    Folded = 1 << 5,
    /// The name of a module whose functions set deadlines.
    EventLoop = 1 << 6,
    /// A word of the functions that set deadlines, or of what came to Python with them.
    Deadline = 1 << 7,
    /// The word without which no code is async.
    Async = 1 << 8,
    /// A name of a function of the catalogue that blocks its thread: its module's in Python, its own in Rust.
    Blocking = 1 << 9,
}

type Signs = u16;

/// The words of each sign, but for the catalogue's modules and the rules' codes.
fn words(sign: Sign, language: Language) -> &'static [&'static str] {
    match (sign, language) {
        // `print` is in `pprint` and `rich.print`, `stdout` in `__stdout__`, `echo` is click's and typer's.
        (Sign::Print, Language::Python) => &["print", "stdout", "echo", "tqdm"],
        (Sign::Print, Language::Rust) => &["print", "dbg"],
        // `%c` and `{:c}` write the character of a number, octal escapes reach U+01FF.
        (Sign::Beyond, Language::Python) => &[
            "\\u", "\\U", "\\N", "\\x", "\\0", "\\1", "\\2", "\\3", "\\4", "\\5", "\\6", "\\7", "chr", "%c", "c}",
        ],
        (Sign::Except, Language::Python) => &["except"],
        // A name in a TOML string may be spelled with escapes.
        (Sign::Module, Language::Manifest) => &["\\u", "\\x"],
        (Sign::EventLoop, Language::Python) => &["asyncio", "async_timeout", "anyio", "trio"],
        // `asyncio.wait` gets its limit by the keyword `timeout`.
        (Sign::Deadline, Language::Python) => &[
            "timeout",
            "wait_for",
            "fail_after",
            "fail_at",
            "move_on",
            "CancelScope",
            "TaskGroup",
        ],
        (Sign::Async, Language::Python) => &["async"],
        // `stream! { … }` is async without the word.
        (Sign::Async, Language::Rust) => &["async", "stream"],
        (Sign::Suppression, _) => &["ws-lint"],
        _ => &[],
    }
}

/// The ranges of the characters that may stand in a Python name and hold an ASCII letter, digit or underscore after
/// Unicode's compatibility folding (NFKC); narrow gaps between them are filled.
const FOLDED: &[(char, char)] = &[
    ('\u{aa}', '\u{ba}'),
    ('\u{132}', '\u{149}'),
    ('\u{17f}', '\u{17f}'),
    ('\u{1c4}', '\u{1f3}'),
    ('\u{2b0}', '\u{2b8}'),
    ('\u{2e1}', '\u{2e3}'),
    ('\u{1d2c}', '\u{1d65}'),
    ('\u{1d9c}', '\u{1dbb}'),
    ('\u{1e9a}', '\u{1e9a}'),
    ('\u{2071}', '\u{209c}'),
    ('\u{2102}', '\u{217f}'),
    ('\u{2c7c}', '\u{2c7d}'),
    ('\u{a7f2}', '\u{a7f4}'),
    ('\u{fb00}', '\u{fb06}'),
    ('\u{fe33}', '\u{fe4f}'),
    ('\u{ff10}', '\u{ff5a}'),
    ('\u{107a5}', '\u{107a5}'),
    ('\u{1d400}', '\u{1d6a3}'),
    ('\u{1d7ce}', '\u{1d7ff}'),
    ('\u{1fbf0}', '\u{1fbf9}'),
];

fn has_folded_letter(bytes: &[u8]) -> bool {
    let is_folded = |c: char| FOLDED.iter().any(|(first, last)| (*first..=*last).contains(&c));
    bytes
        .utf8_chunks()
        .flat_map(|chunk| chunk.valid().chars())
        .any(|c| !c.is_ascii() && is_folded(c))
}

/// The search for one language. No search means that every file is worth parsing.
#[derive(Clone, Debug)]
struct Scan(Option<Search>);

#[derive(Clone, Debug)]
struct Search {
    patterns: AhoCorasick,
    /// What each pattern is a sign of.
    signs: Vec<Sign>,
    /// A file is worth parsing when all the signs of one of these sets are in it.
    triggers: Vec<Signs>,
}

impl Scan {
    fn new(enabled: &BTreeSet<&'static str>, catalog: &Catalog, language: Language) -> Self {
        let triggers = triggers_of(enabled, language);
        let needed = triggers.iter().fold(0, |all, set| all | set);
        let mut texts: Vec<&str> = Vec::new();
        let mut signs = Vec::new();
        let all = [
            Sign::Print,
            Sign::Beyond,
            Sign::Except,
            Sign::EventLoop,
            Sign::Deadline,
            Sign::Async,
            Sign::Suppression,
            Sign::Blocking,
            Sign::Module,
        ];
        for sign in all {
            if needed & sign as Signs != 0 {
                texts.extend(words(sign, language));
                match sign {
                    Sign::Module if language == Language::Manifest => {
                        texts.extend(catalog.packages().map(longest_word));
                    }
                    Sign::Blocking => texts.extend(blocking_words(catalog, language)),
                    Sign::Module => texts.extend(catalog.modules(language)),
                    Sign::Suppression => texts.extend(rules::ALL.iter().map(|rule| rule.code)),
                    _ => {}
                }
                signs.resize(texts.len(), sign);
            }
        }
        // More patterns than an automaton can hold would mean that nothing can be dropped.
        let patterns = AhoCorasick::builder()
            .ascii_case_insensitive(language == Language::Manifest)
            .build(&texts);
        let search = patterns.ok().map(|patterns| Search {
            patterns,
            signs,
            triggers,
        });
        Self(search)
    }

    fn may_hold_finding(&self, bytes: &[u8]) -> bool {
        self.0.as_ref().is_none_or(|search| search.finds(bytes))
    }
}

impl Search {
    fn finds(&self, bytes: &[u8]) -> bool {
        let mut seen = 0;
        if !bytes.is_ascii() {
            seen |= Sign::Beyond as Signs;
            if self.wants(Sign::Folded) && has_folded_letter(bytes) {
                seen |= Sign::Folded as Signs;
            }
        }
        if self.is_satisfied(seen) {
            return true;
        }
        self.patterns.find_overlapping_iter(bytes).any(|found| {
            let sign = self
                .signs
                .get(found.pattern().as_usize())
                .map_or(0, |sign| *sign as Signs);
            let is_new = seen & sign == 0;
            seen |= sign;
            is_new && self.is_satisfied(seen)
        })
    }

    fn wants(&self, sign: Sign) -> bool {
        self.triggers.iter().any(|set| set & sign as Signs != 0)
    }

    fn is_satisfied(&self, seen: Signs) -> bool {
        self.triggers.iter().any(|set| set & seen == *set)
    }
}

/// The words that a file must hold to call a function that blocks. A Rust file may get the function by `use std::thread::*`,
/// but writes its name; a Python file imports the module.
fn blocking_words(catalog: &Catalog, language: Language) -> BTreeSet<&str> {
    let paths = catalog.blocking_paths(language);
    let word = |path: &'_ str| match language {
        Language::Rust => path.rfind("::").map_or(0, |at| at + 2)..path.len(),
        Language::Python | Language::Manifest => 0..path.find('.').unwrap_or(path.len()),
    };
    paths.filter_map(|path| path.get(word(path))).collect()
}

/// The longest word of a package's name: what joins its words can be spelled in many ways.
fn longest_word(package: &str) -> &str {
    package.split('-').max_by_key(|word| word.len()).unwrap_or(package)
}

/// The triggers of all rules that run. Where only rules about the run itself are on (WS0), they look at the files that
/// any other rule would look at.
fn triggers_of(enabled: &BTreeSet<&'static str>, language: Language) -> Vec<Signs> {
    let everything = enabled.iter().all(|code| code.starts_with("WS0"));
    let mut triggers: Vec<Signs> = rules::ALL
        .iter()
        .filter(|rule| everything || enabled.contains(rule.code))
        .flat_map(|rule| rule.triggers)
        .filter(|(of, _)| *of == language)
        .map(|(_, signs)| signs.iter().fold(0, |set, sign| set | *sign as Signs))
        .collect();
    if language == Language::Python && !triggers.is_empty() {
        triggers.push(Sign::Folded as Signs);
    }
    triggers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keeps(codes: &[&'static str], language: Language, text: &str) -> bool {
        let enabled = codes.iter().copied().collect();
        Prescan::new(&enabled, Catalog::builtin()).may_hold_finding(language, text.as_bytes())
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
    fn a_file_without_a_module_of_the_catalogue_holds_no_connect() {
        assert!(keeps(&["WS101"], Language::Python, "import websockets"));
        assert!(!keeps(&["WS101"], Language::Python, "import socket_of_web"));
        assert!(!keeps(&["WS101"], Language::Python, "use tokio_tungstenite;"));
        assert!(keeps(&["WS102"], Language::Rust, "use tokio_tungstenite;"));
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
        let prescan = Prescan::new(&enabled, Catalog::builtin());
        assert!(prescan.may_hold_finding(Language::Python, b"\xff\xfei\0m\0"));
        assert!(!prescan.may_hold_finding(Language::Python, b"\xffi\0m\0"));
    }

    #[test]
    fn rules_about_the_run_alone_look_where_any_other_rule_would() {
        assert!(keeps(&["WS001"], Language::Python, "import websockets"));
        assert!(!keeps(&["WS001"], Language::Python, "import os"));
    }

    #[test]
    fn a_suppression_is_looked_at_where_it_can_be_unused() {
        assert!(keeps(&["WS002"], Language::Python, "x = 1  # ws-lint: ignore"));
        assert!(keeps(&["WS002"], Language::Python, "x = 1  # NoQA: E501,WS101"));
        assert!(!keeps(&["WS002"], Language::Python, "x = 1  # noqa: E501"));
        assert!(!keeps(&["WS101"], Language::Python, "x = 1  # ws-lint: ignore"));
    }

    #[test]
    fn signs_of_one_set_may_overlap() {
        let search = Search {
            patterns: AhoCorasick::new(["\\x", "xprint"]).unwrap(),
            signs: vec![Sign::Beyond, Sign::Print],
            triggers: vec![Sign::Beyond as Signs | Sign::Print as Signs],
        };
        assert!(search.finds(b"\\xprint"));
        assert!(!search.finds(b"\\xprin"));
        assert!(search.finds("é xprint".as_bytes()));
    }
}
