//! One pass over the raw bytes that drops the files that can hold no finding.
//!
//! It must be *sound*: whatever a front end can turn into a site is announced by bytes that are looked for here. Python
//! folds the spelling of names (`import ｗebsockets` imports `websockets`), so a name in such letters counts as every word
//! where it has one.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use crate::catalog::{Library, Vocabulary};
use crate::rules;
use crate::settings::Settings;
use crate::signs::Sign;
use crate::source::Language;

mod around;
mod characters;
mod finder;
mod folded;
mod imported;
mod imports;
mod parts;
mod plan;
mod python_text;
mod refused;
mod relevant;
mod rust_text;
mod search;
mod statements;
mod stems;
mod text;
mod words;
mod writes;

pub use imported::imported;
pub use text::Unread;

use plan::Plan;
use refused::Refused;
use search::Search;
use text::Text;

/// Which files are worth parsing under one configuration.
#[derive(Clone, Debug)]
pub struct Prescan {
    settings: Settings,
    vocabulary: Vocabulary,
    /// Made when the first file of their language comes along.
    python: OnceLock<Search>,
    rust: OnceLock<Search>,
    manifest: OnceLock<Search>,
}

impl Prescan {
    /// Looks for what the enabled rules need under these settings, the user's own libraries included.
    #[must_use]
    pub fn new(settings: &Settings, libraries: &[(Language, Library)]) -> Self {
        Self {
            settings: settings.clone(),
            vocabulary: Vocabulary::with(libraries),
            python: OnceLock::new(),
            rust: OnceLock::new(),
            manifest: OnceLock::new(),
        }
    }

    /// What the file announces, to rules that run or not; `None` where those that run can find nothing in it.
    #[must_use]
    pub fn announced(&self, file: Unread<'_>) -> Option<Announced> {
        // The words of a UTF-16 file are not to be seen; that it cannot be read is a finding.
        let is_utf_16 = file.bytes.starts_with(b"\xff\xfe") || file.bytes.starts_with(b"\xfe\xff");
        if is_utf_16 || self.is_spelled_otherwise(file) {
            return Some(Announced::EVERYTHING);
        }
        self.search(file.language).announced(&Text::new(file))
    }

    /// Whether the file has a word that is looked for in letters that Python folds.
    fn is_spelled_otherwise(&self, file: Unread<'_>) -> bool {
        file.language == Language::Python
            && folded::names(file.bytes)
                .any(|name| self.search(Language::Python).words().any(|word| name.contains(word)))
    }

    /// Whether a file announces a connect or a wait for messages, to rules that run or not; test code or not.
    #[must_use]
    pub fn announces_waits(&self, language: Language, bytes: &[u8]) -> bool {
        let waits = |is_test: bool| {
            let is_test = || is_test;
            let announced = self.announced(Unread {
                language,
                bytes,
                is_test: &is_test,
            });
            announced.is_some_and(|announced| announced.includes(Sign::Connect) || announced.includes(Sign::Receive))
        };
        waits(true) || waits(false)
    }

    /// Whether a rule that runs waits for what one of these signs announces.
    #[must_use]
    pub fn wants(&self, language: Language, signs: &[Sign]) -> bool {
        signs.iter().any(|sign| self.search(language).wants(*sign))
    }

    /// The names of the packages whose connects speak a protocol that is looked at.
    #[must_use]
    pub fn packages(&self, language: Language) -> Vec<&str> {
        let of_language = self.vocabulary.of(language).iter();
        let looked_at = of_language.filter(|library| library.speaks_any_of(&self.settings.protocols));
        looked_at.map(|library| library.package.as_ref()).collect()
    }

    fn search(&self, language: Language) -> &Search {
        let search = match language {
            Language::Python => &self.python,
            Language::Rust => &self.rust,
            Language::Manifest => &self.manifest,
        };
        search.get_or_init(|| {
            let plan = Plan::new(&self.vocabulary, language, &self.settings);
            Search::new(plan, Refused::by(&self.settings.console.encodings), language)
        })
    }
}

/// The first signs of the triggers that a text meets: what need not be announced, need not be looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Announced(u16);

impl Announced {
    /// Nothing is known of the text.
    pub const EVERYTHING: Self = Self(u16::MAX);
    /// Nothing is in the text.
    pub const NOTHING: Self = Self(0);

    /// Whether a trigger that begins with this sign is met.
    #[must_use]
    pub fn includes(self, sign: Sign) -> bool {
        self.0 & 1 << sign as u16 != 0
    }

    /// What may come in through the modules of the project, whatever the text itself names.
    pub const THROUGH_MODULES: [Sign; 3] = [Sign::Connect, Sign::Receive, Sign::Rejection];

    /// With [`Self::THROUGH_MODULES`].
    #[must_use]
    pub fn and_through_modules(self) -> Self {
        Self::THROUGH_MODULES.into_iter().fold(self, Self::and)
    }

    /// With prints of texts that stand in other modules of the project.
    #[must_use]
    pub fn and_prints(self) -> Self {
        self.and(Sign::Print)
    }

    /// The same with all that waits: what is announced by other files alone.
    #[must_use]
    pub fn with_waits(self) -> Self {
        [Sign::Connect, Sign::Receive, Sign::Async]
            .into_iter()
            .fold(self, Self::and)
    }

    /// Without prints and what deals with their errors: of a text that has no console.
    #[must_use]
    pub fn without_console(self) -> Self {
        Self(self.0 & !(1 << Sign::Print as u16 | 1 << Sign::EncodeError as u16))
    }

    fn and(self, sign: Sign) -> Self {
        Self(self.0 | 1 << sign as u16)
    }
}

/// The longest word of a package's name: what joins its words can be spelled in many ways. Manifests speak of Python anyway.
fn longest_word(package: &str) -> &str {
    let words = package.split('-').filter(|word| *word != "python");
    words.max_by_key(|word| word.len()).unwrap_or(package)
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
        keeps_bytes(codes, language, text.as_bytes(), false)
    }

    fn keeps_bytes(codes: &[&'static str], language: Language, bytes: &[u8], is_test: bool) -> bool {
        let settings = Settings {
            enabled: codes.iter().copied().collect(),
            ..Settings::default()
        };
        Prescan::new(&settings, &[])
            .announced(Unread {
                language,
                bytes,
                is_test: &|| is_test,
            })
            .is_some()
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
        let attribute = "import websockets\nwebsockets.\\\nunix_connect(p)";
        assert!(keeps(&["WS101"], Language::Python, attribute));
        for text in [
            "import websockets",
            "connect()",
            "websockets.connect()",
            "from .websockets import connect",
            "# import websockets\nconnect()",
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
        assert!(!keeps(&["WS101"], Language::Python, "import ｗeb; x = 'Ⅷ'"));
        assert!(keeps(&["WS101"], Language::Python, "import web𝐬ockets"));
        assert!(!keeps(&["WS101"], Language::Python, "x = 'é日本'"));
        assert!(!keeps(&["WS102"], Language::Rust, "use ｗebsockets;"));
    }

    #[test]
    fn a_utf_16_file_is_kept_for_its_decoding_to_fail() {
        assert!(keeps_bytes(&["WS101"], Language::Python, b"\xff\xfei\0m\0", false));
        assert!(!keeps_bytes(&["WS101"], Language::Python, b"\xffi\0m\0", false));
    }

    #[test]
    fn only_what_a_print_can_write_and_the_console_refuses_counts() {
        for text in [
            "print('✓')",
            "x = '''\n✓'''; say = print",
            "print(f'{x} ✓')",
            "print(chr(10003))",
            "print(chr(  # a check mark\n    0x2713))",
            "print('\\u2713')",
        ] {
            assert!(keeps(&["WS301"], Language::Python, text), "{text}");
        }
        for text in [
            "print('é')  # ✓",
            "print('\\x1b[0m', '\\xe9')",
            "print(chr(n))",
            "def f():\n    log('✓ print(1)')  # print",
            "'''\n>>> print('✓')\n'''",
            "def f():\n    '≥ 0'\n    print(1)",
        ] {
            assert!(!keeps(&["WS301"], Language::Python, text), "{text}");
        }
    }

    #[test]
    fn rules_for_tests_look_at_tests_and_those_for_other_code_at_the_rest() {
        let blocking = "import time\nasync def f(): time.sleep(1)\n";
        assert!(!keeps(&["WS202"], Language::Python, blocking));
        assert!(keeps_bytes(&["WS202"], Language::Python, blocking.as_bytes(), true));
        assert!(keeps(
            &["WS202"],
            Language::Python,
            &format!("{blocking}def test_x(): pass")
        ));
        let print = "fn f() { println!(); }";
        assert!(keeps(&["WS302"], Language::Rust, print));
        assert!(!keeps_bytes(&["WS302"], Language::Rust, print.as_bytes(), true));
        assert!(!keeps(&["WS302"], Language::Rust, "/// println!();\nfn f() {}"));
    }

    #[test]
    fn rules_about_the_run_alone_look_where_any_other_rule_would() {
        assert!(keeps(&["WS001"], Language::Python, "from websockets import connect"));
        assert!(!keeps(&["WS001"], Language::Python, "import os"));
    }

    #[test]
    fn a_manifest_names_a_package_of_a_protocol_that_is_looked_at() {
        assert!(keeps(&["WS402"], Language::Manifest, "Simple_Websocket>=1"));
        assert!(keeps(
            &["WS402"],
            Language::Manifest,
            "[dependencies]\nw\\u0073 = '0.9'"
        ));
        for text in ["websocketing>=1", "[dependencies]\ntokio = '1'", "default = ['std']"] {
            assert!(!keeps(&["WS402"], Language::Manifest, text), "{text}");
        }
    }

    #[test]
    fn a_suppression_is_looked_at_where_it_can_be_unused() {
        assert!(keeps(&["WS002"], Language::Python, "x = 1  # ws-lint: ignore"));
        assert!(keeps(&["WS002"], Language::Python, "x = 1  # NoQA: E501,WS101"));
        assert!(!keeps(&["WS002"], Language::Python, "x = 1  # noqa: E501"));
        assert!(!keeps(&["WS101"], Language::Python, "x = 1  # ws-lint: ignore"));
    }
}
