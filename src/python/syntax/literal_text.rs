//! How the characters of a string literal are spelled in the source.

use ruff_python_ast::str::{Quote, TripleQuotes};
use ruff_python_ast::{FStringFlags, StringFlags, StringLiteral};
use ruff_text_size::Ranged;

use crate::source::{SourceFile, Span};

/// The text between the quotes of one string literal, or one stretch of text between the fields of an f-string.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::python) struct Literal {
    /// Without prefix and quotes.
    pub(in crate::python) content: Span,
    /// What its source text means.
    pub(in crate::python) spelling: Spelling,
}

/// How a literal is to be read and written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::python) struct Spelling {
    /// Backslashes mean themselves.
    pub(in crate::python) raw: bool,
    /// The character that its quotes consist of.
    pub(in crate::python) quote: char,
    /// Braces are doubled.
    pub(in crate::python) formatted: bool,
    /// It stands in a field of an f-string, where Python before 3.12 takes no backslash.
    pub(in crate::python) in_field: bool,
    /// It is the template of `%` or `.format`, in which some ASCII characters have a meaning.
    pub(in crate::python) in_template: bool,
}

/// One character of a literal's value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::python) struct Unit {
    /// The bytes that spell it.
    pub(in crate::python) span: Span,
    /// Its code point; those of the surrogates included.
    pub(in crate::python) code: u32,
}

impl Spelling {
    /// Of the literal text of an f-string with these flags.
    pub(in crate::python) fn of_f_string(flags: FStringFlags, in_field: bool, in_template: bool) -> Self {
        Self {
            formatted: true,
            ..Self::of(flags, flags.prefix().is_raw(), in_field, in_template)
        }
    }

    fn of(flags: impl StringFlags, raw: bool, in_field: bool, in_template: bool) -> Self {
        Self {
            raw,
            quote: match flags.quote_style() {
                Quote::Single => '\'',
                Quote::Double => '"',
            },
            formatted: false,
            in_field,
            in_template,
        }
    }
}

impl Literal {
    /// The content of a plain string literal.
    pub(in crate::python) fn of_string(string: &StringLiteral, in_field: bool, in_template: bool) -> Self {
        let prefix = string.flags.prefix().text_len().to_usize();
        let quotes = match string.flags.triple_quotes() {
            TripleQuotes::Yes => 3,
            TripleQuotes::No => 1,
        };
        let start = string.start().to_usize() + prefix + quotes;
        let end = string.end().to_usize().saturating_sub(quotes).max(start);
        Self {
            content: Span::new(start, end),
            spelling: Spelling::of(string.flags, string.flags.prefix().is_raw(), in_field, in_template),
        }
    }

    /// Whether the literal holds a lone surrogate. The parser reads one as U+FFFD.
    pub(in crate::python) fn has_surrogate(self, source: &SourceFile) -> bool {
        self.units(source)
            .iter()
            .any(|unit| (0xd800..0xe000).contains(&unit.code))
    }

    /// The characters of the literal's value with their spelling, in order.
    pub(in crate::python) fn units(self, source: &SourceFile) -> Vec<Unit> {
        let text = source.slice(self.content);
        let mut units = Vec::new();
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let (length, code) = self.spelling.first(rest);
            let start = self.content.start + at;
            at += length;
            units.extend(code.map(|code| Unit {
                span: Span::new(start, start + length),
                code,
            }));
        }
        units
    }
}

impl Spelling {
    /// How many bytes at the start of `text`, which is not empty, spell one character, and which; `None` for a line that
    /// goes on behind a backslash.
    fn first(self, text: &str) -> (usize, Option<u32>) {
        let mut characters = text.chars();
        let first = characters.next().unwrap_or_default();
        match (first, characters.next()) {
            ('\r', Some('\n')) => (2, Some(u32::from('\n'))),
            ('\r', _) => (1, Some(u32::from('\n'))),
            ('{', Some('{')) | ('}', Some('}')) if self.formatted => (2, Some(u32::from(first))),
            ('\\', Some(escape)) if !self.raw => escaped(text, escape),
            _ => (first.len_utf8(), Some(u32::from(first))),
        }
    }
}

/// The escape sequence at the start of `text`, whose second character is `escape`. What is no escape is a backslash that
/// means itself.
fn escaped(text: &str, escape: char) -> (usize, Option<u32>) {
    let number = |from: usize, most: usize, radix: u32| {
        let digits = text.get(from..).unwrap_or_default();
        let length = digits
            .bytes()
            .take(most)
            .take_while(|&digit| char::from(digit).is_digit(radix))
            .count();
        let value = digits
            .get(..length)
            .and_then(|digits| u32::from_str_radix(digits, radix).ok());
        (from + length, value)
    };
    let control = |code: u32| (2, Some(code));
    match escape {
        '\n' => (2, None),
        '\r' => (if text.starts_with("\\\r\n") { 3 } else { 2 }, None),
        '\\' | '\'' | '"' => control(u32::from(escape)),
        'a' => control(7),
        'b' => control(8),
        't' => control(9),
        'n' => control(10),
        'v' => control(11),
        'f' => control(12),
        'r' => control(13),
        '0'..='7' => number(1, 3, 8),
        'x' => number(2, 2, 16),
        'u' => number(2, 4, 16),
        'U' => number(2, 8, 16),
        'N' if text.starts_with("\\N{") => {
            let length = text.find('}').map_or(text.len(), |end| end + 1);
            let name = text.get(3..length.saturating_sub(1)).unwrap_or_default();
            (length, unicode_names2::character(name).map(u32::from))
        }
        _ => (1, Some(u32::from('\\'))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Language;

    fn units(text: &str, raw: bool, formatted: bool) -> Vec<(String, u32)> {
        let source = SourceFile::new("a.py", Language::Python, text.to_owned());
        let literal = Literal {
            content: Span::new(0, text.len()),
            spelling: Spelling {
                raw,
                quote: '"',
                formatted,
                in_field: false,
                in_template: false,
            },
        };
        literal
            .units(&source)
            .into_iter()
            .map(|unit| (source.slice(unit.span).to_owned(), unit.code))
            .collect()
    }

    #[test]
    fn every_escape_is_one_character() {
        let text = "a\\n\\x41\\101\\u2713\\U0001f600\\N{BULLET}\\\\\\d\\\r\n\r\né";
        let (spelled, codes): (Vec<String>, Vec<u32>) = units(text, false, false).into_iter().unzip();
        let value: String = codes.into_iter().filter_map(char::from_u32).collect();
        assert_eq!(value, "a\nAA✓😀•\\\\d\né");
        assert_eq!(
            spelled,
            [
                "a",
                "\\n",
                "\\x41",
                "\\101",
                "\\u2713",
                "\\U0001f600",
                "\\N{BULLET}",
                "\\\\",
                "\\",
                "d",
                "\r\n",
                "é"
            ]
        );
    }

    #[test]
    fn surrogates_keep_their_code() {
        assert_eq!(
            units("\\ud83d\u{fffd}", false, false),
            [("\\ud83d".to_owned(), 0xd83d), ("\u{fffd}".to_owned(), 0xfffd)]
        );
    }

    #[test]
    fn raw_and_formatted_text_is_read_by_its_own_rules() {
        assert_eq!(units("\\u2713", true, false).len(), 6);
        assert_eq!(
            units("{{✓", false, true),
            [("{{".to_owned(), u32::from('{')), ("✓".to_owned(), 0x2713)]
        );
    }
}
