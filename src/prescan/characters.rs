//! The characters beyond ASCII of a text that nobody decoded yet.

/// Each character beyond ASCII and its offset; `None` in its place for bytes that are no UTF-8. Stretches of ASCII cost next
/// to nothing.
pub(super) fn beyond_ascii(bytes: &[u8]) -> impl Iterator<Item = (usize, Option<char>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        at = next_beyond_ascii(bytes, at)?;
        let start = at;
        let sequence = bytes.get(start..bytes.len().min(start + LONGEST)).unwrap_or_default();
        let character = sequence
            .utf8_chunks()
            .next()
            .and_then(|chunk| chunk.valid().chars().next());
        at += character.map_or(1, char::len_utf8);
        Some((start, character))
    })
}

/// The bytes of the longest character.
const LONGEST: usize = 4;

/// How many bytes are looked at together.
const CHUNK: usize = 1024;

fn next_beyond_ascii(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let ascii = rest.chunks(CHUNK).take_while(|chunk| chunk.is_ascii()).count() * CHUNK;
    let within = rest.get(ascii..)?.iter().position(|byte| !byte.is_ascii())?;
    Some(at + ascii + within)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_character_has_its_offset() {
        let text = format!("{}é{}✓𝐬", "a".repeat(2050), "b".repeat(1023));
        let found: Vec<_> = beyond_ascii(text.as_bytes()).collect();
        assert_eq!(found, [(2050, Some('é')), (3075, Some('✓')), (3078, Some('𝐬'))]);
        let found: Vec<_> = beyond_ascii(b"\xe9a\xe2\x9c").collect();
        assert_eq!(found, [(0, None), (2, None), (3, None)]);
        assert_eq!(beyond_ascii(b"plain").next(), None);
    }
}
