//! Environment markers (PEP 508), as far as the Python that runs decides them.

use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifier};

use super::dialects::MOST_BYTES;
use super::python_range::minor_versions;
use crate::facts::PythonVersion;

/// Whether a marker holds in a project that allows `oldest` and newer: always or never where each of these Pythons says
/// so, whatever else the marker asks for; nothing where it depends, or where the marker cannot be read.
pub(super) fn holds(marker: &str, oldest: Option<PythonVersion>) -> Option<bool> {
    let steps = Parser::parse(marker)?;
    let mut answer = None;
    for python in minor_versions().filter(|python| oldest.is_none_or(|oldest| *python >= oldest)) {
        let here = evaluate(&steps, python)?;
        if *answer.get_or_insert(here) != here {
            return None;
        }
    }
    answer
}

/// The newest Python that a marker may let in, where it lets some Python 3 in and none that is newer: `python_version < "3.10"` speaks
/// for 3.9.
pub(super) fn newest(marker: &str) -> Option<PythonVersion> {
    let steps = Parser::parse(marker)?;
    let mut newest = None;
    let mut has_end = false;
    for python in minor_versions() {
        has_end = evaluate(&steps, python) == Some(false);
        if !has_end {
            newest = Some(python);
        }
    }
    newest.filter(|python| has_end && python.major == 3)
}

/// A marker in postfix order.
enum Step {
    Compare(Option<Comparison>),
    And,
    Or,
}

/// A comparison with the version of Python; others are not to be known.
struct Comparison {
    /// `python_full_version`, which has a patch release too.
    is_full: bool,
    specifier: VersionSpecifier,
}

impl Comparison {
    fn holds(&self, python: PythonVersion) -> Option<bool> {
        let release = [u64::from(python.major), u64::from(python.minor)];
        if !self.is_full {
            return Some(self.specifier.contains(&Version::new(release)));
        }
        let mut patches = (0..=40).map(|patch| {
            let full = Version::new(release.into_iter().chain([patch]));
            self.specifier.contains(&full)
        });
        let first = patches.next()?;
        patches.all(|other| other == first).then_some(first)
    }
}

/// Three-valued: an `or` with something true is true, whatever the rest is.
fn evaluate(steps: &[Step], python: PythonVersion) -> Option<bool> {
    let mut stack: Vec<Option<bool>> = Vec::new();
    for step in steps {
        let value = match step {
            Step::Compare(comparison) => comparison.as_ref().and_then(|one| one.holds(python)),
            Step::And | Step::Or => {
                let decisive = matches!(step, Step::Or);
                let pair = [stack.pop()?, stack.pop()?];
                match pair {
                    _ if pair.contains(&Some(decisive)) => Some(decisive),
                    [Some(_), Some(_)] => Some(!decisive),
                    _ => None,
                }
            }
        };
        stack.push(value);
    }
    stack.pop()?
}

/// What is still to come behind the operands that were read.
#[derive(PartialEq)]
enum Waiting {
    And,
    Or,
    Bracket,
}

struct Parser {
    steps: Vec<Step>,
    waiting: Vec<Waiting>,
}

impl Parser {
    fn parse(marker: &str) -> Option<Vec<Step>> {
        if marker.len() > MOST_BYTES {
            return None;
        }
        let mut parser = Self {
            steps: Vec::new(),
            waiting: Vec::new(),
        };
        let mut rest = marker.trim_start();
        let mut wants_operand = true;
        while !rest.is_empty() {
            rest = match wants_operand {
                true => match rest.strip_prefix('(') {
                    Some(rest) => {
                        parser.waiting.push(Waiting::Bracket);
                        rest
                    }
                    None => {
                        let (comparison, rest) = comparison(rest)?;
                        parser.steps.push(Step::Compare(comparison));
                        wants_operand = false;
                        rest
                    }
                },
                false => match rest.strip_prefix(')') {
                    Some(rest) => {
                        parser.close()?;
                        rest
                    }
                    None => {
                        let (word, rest) = word(rest);
                        parser.connect(word)?;
                        wants_operand = true;
                        rest
                    }
                },
            }
            .trim_start();
        }
        parser.settle(|_| true);
        (!wants_operand && parser.waiting.is_empty()).then_some(parser.steps)
    }

    /// `and` binds more closely than `or`.
    fn connect(&mut self, word: &str) -> Option<()> {
        match word {
            "and" => {
                self.settle(|other| *other == Waiting::And);
                self.waiting.push(Waiting::And);
            }
            "or" => {
                self.settle(|_| true);
                self.waiting.push(Waiting::Or);
            }
            _ => return None,
        }
        Some(())
    }

    fn close(&mut self) -> Option<()> {
        self.settle(|_| true);
        (self.waiting.pop()? == Waiting::Bracket).then_some(())
    }

    /// Ends what waits, back to an open bracket.
    fn settle(&mut self, ends: impl Fn(&Waiting) -> bool) {
        while let Some(last) = self.waiting.pop_if(|last| *last != Waiting::Bracket && ends(last)) {
            self.steps.push(match last {
                Waiting::And => Step::And,
                Waiting::Or | Waiting::Bracket => Step::Or,
            });
        }
    }
}

/// `python_version < "3.9"`, or the other way round, and what follows.
fn comparison(text: &str) -> Option<(Option<Comparison>, &str)> {
    let (left, rest) = operand(text)?;
    let (operator, rest) = operator(rest.trim_start())?;
    let (right, rest) = operand(rest.trim_start())?;
    let known = match (left, right) {
        (Operand::Name(name), Operand::Text(text)) => compared(name, operator, text),
        (Operand::Text(text), Operand::Name(name)) => {
            mirrored(operator).and_then(|operator| compared(name, operator, text))
        }
        _ => return None,
    };
    Some((known, rest))
}

fn compared(name: &str, operator: &str, version: &str) -> Option<Comparison> {
    let is_full = match name {
        "python_version" => false,
        "python_full_version" => true,
        _ => return None,
    };
    let specifier = VersionSpecifier::from_str(&format!("{operator}{version}")).ok()?;
    Some(Comparison { is_full, specifier })
}

fn mirrored(operator: &str) -> Option<&str> {
    Some(match operator {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        "==" | "!=" => operator,
        _ => return None,
    })
}

enum Operand<'a> {
    Name(&'a str),
    Text(&'a str),
}

fn operand(text: &str) -> Option<(Operand<'_>, &str)> {
    if let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let (inner, rest) = text.get(1..)?.split_once(quote)?;
        return Some((Operand::Text(inner), rest));
    }
    let (name, rest) = word(text);
    (!name.is_empty()).then_some((Operand::Name(name), rest))
}

fn operator(text: &str) -> Option<(&str, &str)> {
    let symbols = ["===", "~=", "<=", ">=", "==", "!=", "<", ">"];
    if let Some(symbol) = symbols.into_iter().find(|symbol| text.starts_with(symbol)) {
        return Some((symbol, text.strip_prefix(symbol)?));
    }
    match word(text) {
        ("in", rest) => Some(("in", rest)),
        ("not", rest) => match word(rest.trim_start()) {
            ("in", rest) => Some(("not in", rest)),
            _ => None,
        },
        _ => None,
    }
}

fn word(text: &str) -> (&str, &str) {
    let length = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.')));
    text.split_at(length.unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(minor: u8, marker: &str) -> Option<bool> {
        holds(marker, Some(PythonVersion::new(3, minor)))
    }

    #[test]
    fn a_marker_with_an_end_speaks_for_the_pythons_before_it() {
        for (marker, expected) in [
            ("python_version < '3.10'", Some(9)),
            ("python_full_version < '3.11.3' and sys_platform == 'linux'", Some(11)),
            ("python_version <= '3.8' or python_version == '3.10'", Some(10)),
            ("python_version >= '3.10'", None),
            ("python_version < '3'", None),
            ("sys_platform == 'win32'", None),
            ("python_version < '3.10' or sys_platform == 'win32'", None),
        ] {
            assert_eq!(
                newest(marker),
                expected.map(|minor| PythonVersion::new(3, minor)),
                "{marker}"
            );
        }
    }

    #[test]
    fn a_marker_holds_where_every_python_says_so() {
        for (marker, of_3_8, of_3_9) in [
            ("python_version < '3.9'", None, Some(false)),
            ("python_version >= \"3.9\"", None, Some(true)),
            ("'3.9'<=python_version", None, Some(true)),
            ("python_version > '3.8'", None, Some(true)),
            ("python_version == '3.8'", None, Some(false)),
            ("python_version != '3.8.*'", None, Some(true)),
            ("python_version ~= '3.8'", Some(true), Some(true)),
            ("python_version >= '3.10'", None, None),
            ("python_full_version >= '3.8.1'", None, Some(true)),
            ("python_full_version < '3.9.0'", None, Some(false)),
            ("python_version in '3.8 3.9'", None, None),
            ("sys_platform == 'win32'", None, None),
            ("sys_platform == 'win32' and python_version < '3.9'", None, Some(false)),
            ("sys_platform == 'win32' or python_version >= '3.9'", None, Some(true)),
            ("sys_platform == 'win32' or python_version < '3.9'", None, None),
            (
                "extra == 'ws' and (python_version < '3.8' or python_version<'3.9')",
                None,
                Some(false),
            ),
            (
                "python_version >= '3' and python_version < '3.9' or os_name not in 'nt'",
                None,
                None,
            ),
            (
                "platform_system != 'x' and os_name == 'y' or python_version>='3.9'",
                None,
                Some(true),
            ),
            (
                "(python_version < '3.7') and (os_name == 'nt')",
                Some(false),
                Some(false),
            ),
        ] {
            assert_eq!((from(8, marker), from(9, marker)), (of_3_8, of_3_9), "{marker}");
        }
    }

    #[test]
    fn without_a_declared_python_all_are_possible() {
        assert_eq!(holds("python_version >= '2.7'", None), Some(true));
        assert_eq!(holds("python_version >= '3.0'", None), None);
        assert_eq!(holds("python_version < '2.7'", None), Some(false));
    }

    #[test]
    fn what_is_no_marker_is_not_known() {
        for marker in [
            "",
            "x",
            "python_version",
            "python_version <",
            "python_version < 3.9",
            "python_version < '3.9",
            "python_version < 'x'",
            "python_version < '2' python_version < '2'",
            "python_version < '2' xor python_version < '2'",
            "python_version < '2' and",
            "(python_version < '2'",
            "python_version < '2')",
            "()",
            "and python_version < '2'",
            "python_version not '2'",
            "'2' < '3'",
            "'é' < python_version",
            "é",
        ] {
            assert_eq!(from(9, marker), None, "{marker}");
        }
        let deep = format!("{}python_version < '2'{}", "(".repeat(900), ")".repeat(900));
        assert_eq!(from(9, &deep), (deep.len() <= MOST_BYTES).then_some(false));
    }
}
