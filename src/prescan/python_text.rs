//! The parts of a Python text, told from its quotes alone, before anything is decoded.

use memchr::{memchr2, memchr3};

use super::parts::{Part, Parts, from};

/// Those of any bytes. In a text that does not parse they may be others than those that Python sees.
pub(super) fn parts(bytes: &[u8]) -> Parts {
    let mut parts = Parts::new();
    let mut at = 0;
    while let Some(found) = memchr3(b'#', b'"', b'\'', from(bytes, at)) {
        let start = at + found;
        let (part, end) = match Quote::at(bytes, start) {
            None => (Part::Comment, line_end(bytes, start)),
            Some(quote) if quote.is_formatted => (Part::Mixed, quote.formatted_end(bytes, 0).unwrap_or(bytes.len())),
            Some(quote) if quote.is_of_bytes => (Part::Bytes, quote.text_end(bytes)),
            Some(quote) => (Part::Text, quote.text_end(bytes)),
        };
        parts.push(part, start, end);
        at = end;
    }
    parts
}

/// The opening quote of a string.
#[derive(Clone, Copy)]
struct Quote {
    byte: u8,
    is_triple: bool,
    is_formatted: bool,
    is_of_bytes: bool,
    /// Where the text behind it begins.
    content: usize,
}

/// How deeply formatted strings are followed into each other.
const MOST_NESTED: usize = 4;

/// The letters that can stand before a quote at most.
const LONGEST_PREFIX: usize = 2;

impl Quote {
    /// What stands at `start`, if it is a quote. The letters before it say what kind of string it opens.
    fn at(bytes: &[u8], start: usize) -> Option<Self> {
        let byte = *bytes.get(start).filter(|byte| matches!(byte, b'"' | b'\''))?;
        let is_triple = from(bytes, start).starts_with(&[byte; 3]);
        let before = bytes.get(..start).unwrap_or_default().iter().rev();
        let prefix = before
            .take(LONGEST_PREFIX)
            .take_while(|byte| byte.is_ascii_alphabetic());
        let has = |letters: &[u8]| prefix.clone().any(|letter| letters.contains(letter));
        Some(Self {
            byte,
            is_triple,
            is_formatted: has(b"fFtT"),
            is_of_bytes: has(b"bB"),
            content: start + if is_triple { 3 } else { 1 },
        })
    }

    /// Where the string ends, if its end stands at `at`: that of one line ends with the line at the latest.
    fn end_at(self, bytes: &[u8], at: usize) -> Option<usize> {
        let rest = from(bytes, at);
        match (rest.first(), self.is_triple) {
            (Some(b'\n'), false) => Some(at),
            (Some(byte), false) => (*byte == self.byte).then_some(at + 1),
            (Some(_), true) => rest.starts_with(&[self.byte; 3]).then_some(at + 3),
            (None, _) => Some(at),
        }
    }

    /// Where a string ends that holds no code.
    fn text_end(self, bytes: &[u8]) -> usize {
        let mut at = self.content;
        loop {
            let rest = from(bytes, at);
            let found = match self.is_triple {
                true => memchr2(self.byte, b'\\', rest),
                false => memchr3(self.byte, b'\\', b'\n', rest),
            };
            at += found.unwrap_or(rest.len());
            match self.end_at(bytes, at) {
                Some(end) => return end,
                None if bytes.get(at) == Some(&b'\\') => at = behind_escape(bytes, at),
                None => at += 1,
            }
        }
    }

    /// Where a string with code in it ends. `None` for what is rare in such code and would take a parser: strings behind a
    /// colon (a slice's or a format's), comments, and such strings within many others, of which there are so `many`.
    fn formatted_end(self, bytes: &[u8], many: usize) -> Option<usize> {
        if many > MOST_NESTED {
            return None;
        }
        let mut at = self.content;
        let (mut depth, mut colon) = (0_usize, false);
        while let Some(&byte) = bytes.get(at) {
            let twice = bytes.get(at + 1) == Some(&byte);
            at = match (byte, depth) {
                // A brace cannot be escaped so.
                (b'\\', 0) if matches!(bytes.get(at + 1), Some(b'{' | b'}')) => at + 1,
                (b'\\', 0) => behind_escape(bytes, at),
                (b'{' | b'}', 0) if twice => at + 2,
                (b'{', _) => {
                    colon &= depth > 0;
                    depth += 1;
                    at + 1
                }
                (b'}', _) => {
                    depth = depth.checked_sub(1)?;
                    at + 1
                }
                (_, 0) => match self.end_at(bytes, at) {
                    Some(end) => return Some(end),
                    None => at + 1,
                },
                (b'#', _) => return None,
                (b'"' | b'\'', _) => match Quote::at(bytes, at).filter(|_| !colon)? {
                    quote if quote.is_formatted => quote.formatted_end(bytes, many + 1)?,
                    quote => quote.text_end(bytes),
                },
                _ => {
                    colon |= byte == b':';
                    at + 1
                }
            };
        }
        Some(bytes.len())
    }
}

/// Behind a backslash and what it stands before: a quote, or the two bytes of a line's end.
fn behind_escape(bytes: &[u8], at: usize) -> usize {
    match from(bytes, at + 1).starts_with(b"\r\n") {
        true => at + 3,
        false => at + 2,
    }
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    let rest = from(bytes, at);
    at + memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(text: &str) -> String {
        parts(text.as_bytes()).drawn(text.len())
    }

    #[test]
    fn strings_and_comments_are_no_code() {
        for (text, expected) in [
            ("x = 'a' + y", "....ttt...."),
            ("x # 'a'\ny", "..#####.."),
            ("'#' # it's\nx", "ttt.######.."),
            ("'a\\'b'x", "tttttt."),
            ("r'\\'x'y", ".ttttt."),
            ("'a\nb", "tt.."),
            ("'a\\\r\nb'c", "ttttttt."),
            ("'''a\n'b\"\n'''c", "tttttttttttt."),
            ("\"\"x''y", "tt.tt."),
            ("x\r#y\rz", "..##.."),
            ("'''open", "ttttttt"),
            ("b'a'+Rb\"c\"", ".bbb...bbb"),
            ("x = B'''a\n'''", ".....bbbbbbbb"),
        ] {
            assert_eq!(drawn(text), expected, "{text:?}");
        }
    }

    #[test]
    fn strings_with_code_end_where_python_ends_them() {
        for (text, expected) in [
            ("f'a{b}c'd", ".mmmmmmm."),
            ("f'{b[\"}'\"]}'d", ".mmmmmmmmmmm."),
            ("f'{f\"{b}\"}'d", ".mmmmmmmmmm."),
            ("f'{b['x']}'d", ".mmmmmmmmmm."),
            ("f\"it's {{ }}\"d", ".mmmmmmmmmmmm."),
            ("rf'\\{b}'d", "..mmmmmm."),
            ("f'\\N{DASH}{b}'d", ".mmmmmmmmmmmmm."),
            ("f'{b:>{c}}'d", ".mmmmmmmmmm."),
            ("f'''{b}\n'''d", ".mmmmmmmmmm."),
            ("f'{b", ".mmm"),
        ] {
            assert_eq!(drawn(text), expected, "{text:?}");
        }
    }

    #[test]
    fn behind_an_uncertain_end_everything_may_be() {
        for text in ["f'{b:'>9}'", "f'{b # c\n}'", "f'}'", "f'{f'{f'{f'{f'{f''}'}'}'}'}'"] {
            assert!(drawn(&format!("{text} d 'e' # f")).ends_with("mmmmmmmmmm"), "{text:?}");
        }
    }
}
