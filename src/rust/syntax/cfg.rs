//! What the predicate of a `#[cfg(…)]` says, read from its tokens alone.

use crate::rust::syntax::lexer::{self, Kind, Token};

/// Whether what has this predicate is compiled for tests alone, or for them and for features that say so by their names:
/// `test`, `all(test, unix)`, `any(test, feature = "test-utils")`.
pub(in crate::rust) fn is_for_tests(predicate: &str) -> bool {
    let predicate = Reader::new(predicate).predicate();
    let is_for_tests = predicate.implies_test(true);
    // Features alone may be on in a build that is no test.
    is_for_tests && predicate.names_test()
}

/// The conditions that all have to hold, each in one spelling: `all(unix, feature = "x")` has two.
pub(in crate::rust) fn conditions(predicate: &str) -> Vec<String> {
    match Reader::new(predicate).predicate() {
        Predicate::Of(Operator::All, parts) => parts.iter().flat_map(Predicate::parts).collect(),
        other => other.parts(),
    }
}

/// The last names of the attributes that `cfg_attr(predicate, …)` gives, from what stands in its brackets.
pub(in crate::rust) fn given(inside: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let (mut depth, mut is_path) = (0_usize, false);
    for token in lexer::tokens(inside, 0).filter(|token| !token.is_comment()) {
        let word = inside.get(token.span.range()).unwrap_or_default();
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            _ if word == "," => {
                is_path = true;
                names.push(String::new());
            }
            Kind::Word if is_path => {
                if let Some(name) = names.last_mut() {
                    *name = word.trim_start_matches("r#").to_owned();
                }
            }
            _ => {}
        }
        is_path &= matches!(word, "," | ":") || token.kind == Kind::Word;
    }
    names
}

/// A predicate, as far as its tokens make sense.
#[derive(Debug, PartialEq)]
enum Predicate {
    /// `test`.
    Test,
    /// Another name, or a name with its value, without white space.
    Other(String),
    /// `all(…)`, `any(…)`, `not(…)`.
    Of(Operator, Vec<Predicate>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Operator {
    All,
    Any,
    Not,
}

impl Predicate {
    /// Whether it only holds where `test` does; with `holds` false, whether it only fails where `test` holds.
    fn implies_test(&self, holds: bool) -> bool {
        match self {
            Self::Test => holds,
            Self::Other(text) => holds && is_feature_for_tests(text),
            Self::Of(Operator::Not, parts) => parts.iter().all(|part| part.implies_test(!holds)) && parts.len() == 1,
            Self::Of(operator, parts) => {
                // `all` holds where every part does, and fails where one part does.
                let one_is_enough = (*operator == Operator::All) == holds;
                let mut parts = parts.iter().map(|part| part.implies_test(holds)).peekable();
                match one_is_enough {
                    true => parts.any(|implies| implies),
                    false => parts.peek().is_some() && parts.all(|implies| implies),
                }
            }
        }
    }

    fn names_test(&self) -> bool {
        match self {
            Self::Test => true,
            Self::Other(_) => false,
            Self::Of(_, parts) => parts.iter().any(Self::names_test),
        }
    }

    fn parts(&self) -> Vec<String> {
        match self {
            Self::Of(Operator::All, parts) => parts.iter().flat_map(Self::parts).collect(),
            other => vec![other.text()],
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Test => "test".to_owned(),
            Self::Other(text) => text.clone(),
            Self::Of(operator, parts) => {
                let name = match operator {
                    Operator::All => "all",
                    Operator::Any => "any",
                    Operator::Not => "not",
                };
                let mut parts: Vec<String> = parts.iter().map(Self::text).collect();
                parts.sort();
                format!("{name}({})", parts.join(","))
            }
        }
    }
}

/// `feature="test-utils"`, `feature="mock"`.
fn is_feature_for_tests(text: &str) -> bool {
    text.strip_prefix("feature=").is_some_and(|name| {
        let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
        words.any(|word| {
            matches!(
                word,
                "test" | "tests" | "testing" | "testutil" | "testutils" | "mock" | "mocks"
            )
        })
    })
}

/// How deeply predicates may stand in each other.
const DEEPEST: usize = 32;

struct Reader<'a> {
    text: &'a str,
    tokens: std::iter::Peekable<Box<dyn Iterator<Item = Token> + 'a>>,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let tokens: Box<dyn Iterator<Item = Token>> =
            Box::new(lexer::tokens(text, 0).filter(|token| !token.is_comment()));
        Self {
            text,
            tokens: tokens.peekable(),
            depth: 0,
        }
    }

    /// Up to a comma, or to the bracket that closes around it.
    fn predicate(&mut self) -> Predicate {
        let mut words = String::new();
        while let Some(token) = self.tokens.peek().copied() {
            let word = self.text.get(token.span.range()).unwrap_or_default();
            if word == "," || token.kind == Kind::Close {
                break;
            }
            self.tokens.next();
            if token.kind != Kind::Open {
                words.push_str(word);
                continue;
            }
            let parts = self.parts();
            let operator = match words.as_str() {
                "all" => Operator::All,
                "any" => Operator::Any,
                "not" => Operator::Not,
                _ => continue,
            };
            return Predicate::Of(operator, parts);
        }
        match words.as_str() {
            "test" => Predicate::Test,
            _ => Predicate::Other(words),
        }
    }

    /// What stands in brackets, up to behind the closing one.
    fn parts(&mut self) -> Vec<Predicate> {
        let mut parts = Vec::new();
        self.depth += 1;
        if self.depth > DEEPEST {
            return vec![Predicate::Other(String::new())];
        }
        while let Some(token) = self.tokens.peek().copied() {
            if token.kind == Kind::Close {
                self.tokens.next();
                break;
            }
            if self.text.get(token.span.range()) == Some(",") {
                self.tokens.next();
                continue;
            }
            parts.push(self.predicate());
        }
        self.depth -= 1;
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_holds_in_tests_is_for_tests() {
        for predicate in [
            "test",
            "all(test, not(target_family = \"wasm\"))",
            "all(unix, all(test, feature = \"a\"),)",
            "any(test, feature = \"test-utils\")",
            "any(all(test, unix), test)",
            "not(not(test))",
            "not(any(not(test), miri))",
            "all(/* x */ test)",
        ] {
            assert!(is_for_tests(predicate), "{predicate}");
        }
        for predicate in [
            "",
            "not(test)",
            "feature = \"test\"",
            "any(test, debug_assertions)",
            "any(test, feature = \"contest\")",
            "any(unix, not(test))",
            "not(all(test, unix))",
            "not(all(not(test), unix))",
            "all()",
            "any()",
            "not()",
            "test = \"x\"",
            "r#test(test)",
            "doctest",
        ] {
            assert!(!is_for_tests(predicate), "{predicate}");
        }
    }

    #[test]
    fn a_deep_predicate_is_read_without_overflow() {
        let deep = |inner: &str| format!("{}{inner}{}", "not(".repeat(100_000), ")".repeat(100_000));
        assert!(!is_for_tests(&deep("unix")));
        assert_eq!(conditions(&deep("unix")).len(), 1);
    }

    #[test]
    fn attributes_that_are_given_have_names() {
        assert_eq!(given("not(x), tokio::test(flavor = \"a\"), r#b"), ["test", "b"]);
        assert_eq!(given("unix, doc = \"x, test\", allow(test, y),"), ["doc", "allow", ""]);
        assert!(given("test").is_empty());
    }

    #[test]
    fn conditions_have_one_spelling() {
        assert_eq!(conditions("feature=\"x\""), conditions("feature = \"x\""));
        assert_eq!(
            conditions("all(unix, all(test, not(miri)))"),
            ["unix", "test", "not(miri)"]
        );
        assert_eq!(conditions("any(b, a)"), conditions("any( a, b )"));
    }
}
