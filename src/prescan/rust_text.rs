//! The parts of a Rust text, told from quotes and slashes alone, before anything is decoded.

use memchr::{memchr, memchr2, memchr3};

use super::parts::{Part, Parts, from};

/// Those of any bytes. In a text that does not parse they may be others than those that Rust sees.
pub(super) fn parts(bytes: &[u8]) -> Parts {
    let mut parts = Parts::new();
    let mut at = 0;
    while let Some(found) = memchr3(b'/', b'"', b'\'', from(bytes, at)) {
        let start = at + found;
        let (part, end) = match from(bytes, start) {
            [b'/', b'/', rest @ ..] => (Part::Comment, start + 2 + memchr(b'\n', rest).unwrap_or(rest.len())),
            [b'/', b'*', ..] => (Part::Comment, block_comment_end(bytes, start)),
            [b'"', ..] => (Part::Text, string_end(bytes, start)),
            [b'\'', ..] => (Part::Text, character_end(bytes, start)),
            _ => (Part::Code, start + 1),
        };
        if part != Part::Code {
            parts.push(part, start, end);
        }
        at = end;
    }
    parts
}

/// Block comments nest.
fn block_comment_end(bytes: &[u8], start: usize) -> usize {
    let (mut depth, mut at) = (0_usize, start);
    while let Some(found) = memchr2(b'/', b'*', from(bytes, at)) {
        at += found;
        match from(bytes, at) {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] if depth == 1 => return at + 2,
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Where the string ends whose quote stands at `start`. What stands before it says whether it is a raw one.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let before = bytes.get(..start).unwrap_or_default();
    let hashes = before.iter().rev().take_while(|byte| **byte == b'#').count();
    let name = before.get(..start - hashes).unwrap_or_default();
    match is_raw(name) {
        true => raw_end(bytes, start + 1, hashes),
        false => escaped_end(bytes, start + 1, b'"'),
    }
}

/// Whether a text ends with `r`, `br` or `cr` as a name of its own.
fn is_raw(text: &[u8]) -> bool {
    let Some(before) = text.strip_suffix(b"r") else {
        return false;
    };
    let before = before
        .strip_suffix(b"b")
        .or_else(|| before.strip_suffix(b"c"))
        .unwrap_or(before);
    before
        .last()
        .is_none_or(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric() && *byte != b'_')
}

fn raw_end(bytes: &[u8], content: usize, hashes: usize) -> usize {
    let mut at = content;
    while let Some(found) = memchr(b'"', from(bytes, at)) {
        at += found + 1;
        let closing = from(bytes, at)
            .iter()
            .take(hashes)
            .take_while(|byte| **byte == b'#')
            .count();
        if closing == hashes {
            return at + hashes;
        }
    }
    bytes.len()
}

fn escaped_end(bytes: &[u8], content: usize, quote: u8) -> usize {
    let mut at = content;
    while let Some(found) = memchr2(quote, b'\\', from(bytes, at)) {
        at += found;
        match bytes.get(at) {
            Some(b'\\') => at += 2,
            _ => return at + 1,
        }
    }
    bytes.len()
}

/// Behind a character, or the quote of a lifetime.
fn character_end(bytes: &[u8], start: usize) -> usize {
    let content = start + 1;
    let rest = from(bytes, content);
    if rest.first() == Some(&b'\\') {
        return escaped_end(bytes, content, b'\'');
    }
    let first = rest.get(..rest.len().min(4)).unwrap_or_default();
    let length = first
        .utf8_chunks()
        .next()
        .and_then(|chunk| chunk.valid().chars().next())
        .map_or(1, char::len_utf8);
    match rest.get(length) {
        Some(b'\'') => content + length + 1,
        _ => content,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_characters_and_comments_are_no_code() {
        for (text, expected) in [
            ("a // b \"\nc", "..######.."),
            ("a/b/**/c", "...####."),
            ("/*/* a */ b */c", "##############."),
            ("/* open", "#######"),
            ("\"//\"a", "tttt."),
            ("\"\\\"\"a", "tttt."),
            ("r\"\\\"a", ".ttt."),
            ("br##\"\"#\"##a", "....tttttt."),
            ("for\"\\\"\"a", "...tttt."),
            ("r#x\"y\"", "...ttt"),
            ("'\"' a", "ttt.."),
            ("'\\'' a", "tttt.."),
            ("'é' a", "tttt.."),
            ("f<'a>('b')", "..t...ttt."),
        ] {
            assert_eq!(parts(text.as_bytes()).drawn(text.len()), expected, "{text:?}");
        }
    }
}
