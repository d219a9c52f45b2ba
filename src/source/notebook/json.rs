//! Reads JSON where its bytes are to stay: says where values stand, and never goes deeper on the stack than its caller does.
//!
//! What it takes is what Python's `json` takes, which writes and reads notebooks: `NaN` and `Infinity` are numbers, and half a
//! surrogate pair is a character.

use std::borrow::Cow;

use memchr::memchr2;

use super::super::Span;

/// Where and why a text is no JSON: a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) at: usize,
    pub(super) why: String,
}

type Read<T> = Result<T, Broken>;

/// A place in a text of JSON, in front of what is read next.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    /// At the beginning of `text`.
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: if text.starts_with('\u{feff}') { 3 } else { 0 },
        }
    }

    /// What is next behind blanks: the first byte of a value, or none at the end.
    pub(super) fn next(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = bytes.get(self.at) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    /// The offset of what is next behind blanks.
    pub(super) fn offset(&mut self) -> usize {
        self.next();
        self.at
    }

    /// The offset behind what was read last.
    pub(super) fn here(&self) -> usize {
        self.at
    }

    /// Reads an object: `member` is given each key and reads the value behind it. Anything else than an object is passed over
    /// and gives false.
    pub(super) fn members(&mut self, mut member: impl FnMut(&mut Self, &str) -> Read<()>) -> Read<bool> {
        if self.next() != Some(b'{') {
            return self.skip().map(|()| false);
        }
        self.at += 1;
        if self.takes(b'}') {
            return Ok(true);
        }
        loop {
            let key = self.key()?;
            member(self, &decoded(self.text, key).text)?;
            if self.ends(b'}')? {
                return Ok(true);
            }
        }
    }

    /// Reads an array: `element` reads each value. Anything else than an array is passed over and gives false.
    pub(super) fn elements(&mut self, mut element: impl FnMut(&mut Self) -> Read<()>) -> Read<bool> {
        if self.next() != Some(b'[') {
            return self.skip().map(|()| false);
        }
        self.at += 1;
        if self.takes(b']') {
            return Ok(true);
        }
        loop {
            element(self)?;
            if self.ends(b']')? {
                return Ok(true);
            }
        }
    }

    /// Reads a string and says what is between its quotes. Anything else is passed over and gives none.
    pub(super) fn string(&mut self) -> Read<Option<Span>> {
        match self.next() {
            Some(b'"') => self.quoted().map(Some),
            _ => self.skip().map(|()| None),
        }
    }

    /// Reads a string and says what it means. Anything else is passed over and gives none.
    pub(super) fn text(&mut self) -> Read<Option<String>> {
        let span = self.string()?;
        Ok(span.map(|span| decoded(self.text, span).text.into_owned()))
    }

    /// Passes over a value, however deep it is.
    pub(super) fn skip(&mut self) -> Read<()> {
        let mut open = Vec::new();
        loop {
            match self.next() {
                Some(b'{') => {
                    self.at += 1;
                    if !self.takes(b'}') {
                        self.key()?;
                        open.push(b'}');
                        continue;
                    }
                }
                Some(b'[') => {
                    self.at += 1;
                    if !self.takes(b']') {
                        open.push(b']');
                        continue;
                    }
                }
                Some(b'"') => {
                    self.quoted()?;
                }
                _ => self.word()?,
            }
            while let Some(&close) = open.last() {
                if !self.ends(close)? {
                    if close == b'}' {
                        self.key()?;
                    }
                    break;
                }
                open.pop();
            }
            if open.is_empty() {
                return Ok(());
            }
        }
    }

    /// Nothing may follow.
    pub(super) fn end(&mut self) -> Read<()> {
        match self.next() {
            None => Ok(()),
            Some(_) => self.broken("something follows the end of the JSON"),
        }
    }

    /// What is wrong at the place that is next.
    pub(super) fn broken<T>(&self, why: &str) -> Read<T> {
        Err(Broken {
            at: self.at.min(self.text.len()),
            why: why.to_owned(),
        })
    }

    fn takes(&mut self, byte: u8) -> bool {
        let takes = self.next() == Some(byte);
        self.at += usize::from(takes);
        takes
    }

    /// Whether an object or an array ends here with `close`; else a comma is read.
    fn ends(&mut self, close: u8) -> Read<bool> {
        match self.next() {
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(true)
            }
            Some(b',') => {
                self.at += 1;
                Ok(false)
            }
            None => self.broken("the JSON ends too early"),
            Some(_) => self.broken(&format!("a `,` or `{}` is missing in the JSON", char::from(close))),
        }
    }

    fn key(&mut self) -> Read<Span> {
        if self.next() != Some(b'"') {
            return self.broken("a key of the JSON is missing");
        }
        let key = self.quoted()?;
        match self.takes(b':') {
            true => Ok(key),
            false => self.broken("a `:` is missing in the JSON"),
        }
    }

    /// The string that begins here.
    fn quoted(&mut self) -> Read<Span> {
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let mut at = start;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let Some(plain) = memchr2(b'"', b'\\', rest) else {
                return self.broken("a string of the JSON has no end");
            };
            let is_control = |byte: &u8| *byte < b' ';
            if rest.iter().take(plain).any(is_control) {
                self.at = at + rest.iter().position(is_control).unwrap_or_default();
                return self.broken("a string of the JSON goes over the end of its line, or has a control character");
            }
            at += plain;
            if bytes.get(at) == Some(&b'"') {
                self.at = at + 1;
                return Ok(Span::new(start, at));
            }
            at += match bytes.get(at + 1) {
                Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
                Some(b'u') if hexadecimal(self.text, at + 2).is_some() => 6,
                _ => {
                    self.at = at;
                    return self.broken("JSON has no such escape");
                }
            };
        }
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self) -> Read<()> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let is_of_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        let length = rest.bytes().take_while(|byte| is_of_word(*byte)).count();
        let word = rest.get(..length).unwrap_or_default();
        let digits = word.strip_prefix('-').unwrap_or(word);
        let is_number = digits.starts_with(|first: char| first.is_ascii_digit()) && word.parse::<f64>().is_ok();
        let is_known = matches!(digits, "Infinity") || matches!(word, "true" | "false" | "null" | "NaN");
        if rest.is_empty() {
            return self.broken("the JSON ends too early");
        }
        if !is_number && !is_known {
            return self.broken("this is no JSON");
        }
        self.at += length;
        Ok(())
    }
}

/// The characters of a string.
pub(super) struct Decoded<'a> {
    pub(super) text: Cow<'a, str>,
    /// Where a part begins whose bytes are the same in the text and in the JSON: its first byte in the text, and in the JSON.
    pub(super) parts: Vec<(usize, usize)>,
    /// The first half of a surrogate pair without the other half, in the JSON.
    pub(super) lone_surrogate: Option<Span>,
}

/// What stands between the quotes at `span` of `json`.
pub(super) fn decoded(json: &str, span: Span) -> Decoded<'_> {
    let written = json.get(span.start..span.end).unwrap_or_default();
    let mut decoded = Decoded {
        text: Cow::Borrowed(written),
        parts: vec![(0, span.start)],
        lone_surrogate: None,
    };
    if !written.contains('\\') {
        return decoded;
    }
    let mut text = String::with_capacity(written.len());
    let mut at = 0;
    while let Some(plain) = written.get(at..).and_then(|rest| rest.find('\\')) {
        let escape = at + plain;
        text.push_str(written.get(at..escape).unwrap_or_default());
        let (character, length) = unescaped(written, escape);
        match character {
            Some(character) => text.push(character),
            None => {
                let half = Span::new(span.start + escape, span.start + escape + length);
                decoded.lone_surrogate.get_or_insert(half);
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        at = escape + length;
        decoded.parts.push((text.len(), span.start + at));
    }
    text.push_str(written.get(at..).unwrap_or_default());
    decoded.text = Cow::Owned(text);
    decoded
}

/// The character of the escape at `at`, none for half a surrogate pair, and how many bytes it takes.
fn unescaped(written: &str, at: usize) -> (Option<char>, usize) {
    match written.as_bytes().get(at + 1) {
        Some(b'b') => (Some('\u{8}'), 2),
        Some(b'f') => (Some('\u{c}'), 2),
        Some(b'n') => (Some('\n'), 2),
        Some(b'r') => (Some('\r'), 2),
        Some(b't') => (Some('\t'), 2),
        Some(b'u') => {
            let first = hexadecimal(written, at + 2).unwrap_or_default();
            if let Some(character) = char::from_u32(first) {
                return (Some(character), 6);
            }
            let is_pair = written.get(at + 6..at + 8) == Some("\\u");
            let second = hexadecimal(written, at + 8).filter(|_| is_pair).unwrap_or_default();
            match (0xd800..0xdc00).contains(&first) && (0xdc00..0xe000).contains(&second) {
                true => (
                    char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)),
                    12,
                ),
                false => (None, 6),
            }
        }
        Some(&other) => (Some(char::from(other)), 2),
        None => (None, 1),
    }
}

/// The four hexadecimal digits at `at`.
fn hexadecimal(text: &str, at: usize) -> Option<u32> {
    let digits = text.get(at..at + 4)?;
    let all = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u32::from_str_radix(digits, 16).ok().filter(|_| all)
}

/// `text` as it is written between quotes, a line's end being `\n` and `break_line` behind it.
pub(super) fn encoded(text: &str, break_line: &str, ascii: bool) -> String {
    let mut written = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.extend(["\\n", break_line]),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            '\u{8}' => written.push_str("\\b"),
            '\u{c}' => written.push_str("\\f"),
            _ if character < ' ' || ascii && !character.is_ascii() => {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    written.push_str(&format!("\\u{unit:04x}"));
                }
            }
            _ => written.push(character),
        }
    }
    written
}

#[cfg(test)]
mod tests;
