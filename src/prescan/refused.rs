//! The characters that the console cannot take, as a source spells them.

use std::sync::OnceLock;

use super::characters::beyond_ascii;
use super::text::Text;
use super::words::Care;
use crate::encodings::Encoding;

/// The encodings of the console.
#[derive(Clone, Debug, Default)]
pub(super) struct Refused {
    names: Vec<String>,
    /// Looked up when the first character is asked about.
    encodings: OnceLock<Vec<Encoding>>,
}

impl Refused {
    /// By the encodings of these names; unknown ones take everything.
    pub(super) fn by(encodings: &[String]) -> Self {
        Self {
            names: encodings.to_vec(),
            encodings: OnceLock::new(),
        }
    }

    /// Whether the text holds such a character as it is; with more care, in a string that may be written. Bytes that are no
    /// UTF-8 count as one.
    pub(super) fn is_in(&self, text: &Text<'_>, care: Care) -> bool {
        beyond_ascii(text.bytes()).any(|(offset, character)| {
            character.is_none_or(|character| self.refuses(character))
                && (care == Care::Loose || text.may_be_text(offset) && text.may_be_written(offset))
        })
    }

    /// Whether the escape at `start` stands for such a character. What the name of a character (`\N{…}`) means is not looked
    /// up.
    pub(super) fn is_escaped_at(&self, bytes: &[u8], start: usize) -> bool {
        let digits = |skipped: usize, count: usize, radix: u32| {
            let digits = bytes.get(start + skipped..)?.iter().take(count);
            digits
                .map_while(|&digit| char::from(digit).to_digit(radix))
                .reduce(|code, digit| code * radix + digit)
        };
        let code = match bytes.get(start + 1) {
            Some(b'x') => digits(2, 2, 16),
            Some(b'u') => digits(2, 4, 16),
            Some(b'U') => digits(2, 8, 16),
            Some(b'0'..=b'7') => digits(1, 3, 8),
            Some(b'N') => return bytes.get(start + 2) == Some(&b'{'),
            _ => None,
        };
        // A code that is no character is a lone surrogate.
        code.is_some_and(|code| char::from_u32(code).is_none_or(|character| self.refuses(character)))
    }

    fn refuses(&self, character: char) -> bool {
        !character.is_ascii() && self.encodings().iter().any(|encoding| !encoding.takes(character))
    }

    fn encodings(&self) -> &[Encoding] {
        self.encodings
            .get_or_init(|| self.names.iter().filter_map(|name| Encoding::from_name(name)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_is_looked_at_for_its_character() {
        let refused = Refused::by(&["cp1252".to_owned()]);
        for text in [
            "\\u2713",
            "\\U0001F680",
            "\\N{CHECK MARK}",
            "\\x81",
            "\\400",
            "\\ud83d",
            "\\201",
        ] {
            assert!(refused.is_escaped_at(text.as_bytes(), 0), "{text}");
        }
        for text in ["\\u00e9", "\\x1b", "\\xe9", "\\240", "\\u", "\\Users", "\\71", "\\Nu"] {
            assert!(!refused.is_escaped_at(text.as_bytes(), 0), "{text}");
        }
        let ascii = Refused::by(&["cp1252".to_owned(), "ascii".to_owned()]);
        assert!(ascii.is_escaped_at(b"\\xe9", 0));
    }
}
