//! Strings that are statements of their own, as docstrings are: nothing writes them.

use super::parts::{Part, Parts};

/// Where such strings of a Python text begin, ascending. Those with code in them are left out.
pub(super) fn docstrings(bytes: &[u8], parts: &Parts) -> Vec<usize> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    for (start, end, part) in parts.iter(bytes.len()) {
        match part {
            Part::Code => depth = depth_behind(bytes.get(start..end).unwrap_or_default(), depth),
            Part::Text if depth == 0 && begins_line(bytes, start) && ends_line(bytes, end) => found.push(start),
            Part::Text | Part::Bytes | Part::Comment | Part::Mixed => {}
        }
    }
    found
}

/// How many brackets are open behind some code.
fn depth_behind(code: &[u8], depth: usize) -> usize {
    code.iter().fold(depth, |depth, byte| match byte {
        b'(' | b'[' | b'{' => depth + 1,
        b')' | b']' | b'}' => depth.saturating_sub(1),
        _ => depth,
    })
}

/// Whether nothing stands before the string on its line, and the line does not go on from the one before.
fn begins_line(bytes: &[u8], start: usize) -> bool {
    let before = bytes.get(..start).unwrap_or_default();
    let prefix = before
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    let mut before = before.get(..start - prefix).unwrap_or_default();
    while let [rest @ .., b' ' | b'\t' | b'\x0c'] = before {
        before = rest;
    }
    match before {
        [] => true,
        [rest @ .., b'\r', b'\n'] | [rest @ .., b'\r' | b'\n'] => prefix <= 1 && rest.last() != Some(&b'\\'),
        _ => false,
    }
}

fn ends_line(bytes: &[u8], end: usize) -> bool {
    let mut behind = bytes.get(end..).unwrap_or_default();
    while let [b' ' | b'\t', rest @ ..] = behind {
        behind = rest;
    }
    matches!(behind, [] | [b'\r' | b'\n' | b'#', ..])
}

#[cfg(test)]
mod tests {
    use super::super::python_text;
    use super::*;

    #[test]
    fn only_a_string_that_is_a_statement_is_written_by_nobody() {
        for (text, expected) in [
            ("'''a'''\nx", vec![0]),
            ("def f():\n    r\"\"\"a\n    \"\"\"  # b\n    'c'\r\n", vec![14, 36]),
            ("print(\n  'a'\n)\n'b'", vec![15]),
            ("x = \\\n  'a'", vec![]),
            ("x = \\\r\n  'a'", vec![]),
            ("'a' 'b'", vec![]),
            ("'a'.join(x)", vec![]),
            ("x = f'{'\n'a'", vec![]),
            ("return\n'a'", vec![7]),
        ] {
            let parts = python_text::parts(text.as_bytes());
            assert_eq!(docstrings(text.as_bytes(), &parts), expected, "{text:?}");
        }
    }
}
