//! The statements of a Python text, told from its line ends, brackets and indentation alone.

use super::parts::{Part, Parts};

/// A statement, or the head of one that holds others; what `;` separates counts as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    /// The offset of its first byte.
    pub(super) start: usize,
    /// How many bytes stand before it on its line.
    pub(super) indentation: usize,
}

/// All of a text, in order. Each reaches to the next one. In a text that does not parse they may be others than those that
/// Python sees.
pub(super) fn statements(bytes: &[u8], parts: &Parts) -> Vec<Statement> {
    let mut reader = Reader {
        bytes,
        line: 0,
        depth: 0,
        is_inside: false,
        found: Vec::new(),
    };
    for (start, end, part) in parts.iter(bytes.len()) {
        match part {
            Part::Code => reader.code(start, end),
            Part::Text | Part::Bytes | Part::Mixed => reader.begin(start),
            Part::Comment => {}
        }
    }
    reader.found
}

struct Reader<'t> {
    bytes: &'t [u8],
    /// Where the line begins, or what a form feed leaves of it.
    line: usize,
    /// How many brackets are open.
    depth: usize,
    /// A statement has begun that is not over.
    is_inside: bool,
    found: Vec<Statement>,
}

impl Reader<'_> {
    fn code(&mut self, start: usize, end: usize) {
        let mut at = start;
        loop {
            let rest = self.bytes.get(at..end).unwrap_or_default();
            // Within a statement nothing else matters.
            let matters = |byte: u8| !self.is_inside || is_line_end(byte) || is_bracket(byte);
            let Some((skipped, byte)) = rest.iter().enumerate().find(|(_, byte)| matters(**byte)) else {
                return;
            };
            at += skipped;
            match byte {
                b'\n' | b'\r' => {
                    self.is_inside &= self.depth > 0 || self.is_continued(start, at);
                    self.line = at + 1;
                }
                b'\x0c' if !self.is_inside => self.line = at + 1,
                b' ' | b'\t' | b'\x0c' => {}
                b'(' | b'[' | b'{' => {
                    self.begin(at);
                    self.depth += 1;
                }
                b')' | b']' | b'}' => {
                    self.begin(at);
                    self.depth = self.depth.saturating_sub(1);
                }
                _ => self.begin(at),
            }
            at += 1;
        }
    }

    /// Whether a backslash stands before the line's end at `at`, in the code that begins at `start`.
    fn is_continued(&self, start: usize, at: usize) -> bool {
        let line = self.bytes.get(start..at).unwrap_or_default();
        let is_second = self.bytes.get(at) == Some(&b'\n');
        let line = line.strip_suffix(b"\r").filter(|_| is_second).unwrap_or(line);
        line.ends_with(b"\\")
    }

    fn begin(&mut self, at: usize) {
        if !self.is_inside {
            self.is_inside = true;
            self.found.push(Statement {
                start: at,
                indentation: at - self.line,
            });
        }
    }
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

fn is_bracket(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'[' | b']' | b'{' | b'}')
}

#[cfg(test)]
mod tests {
    use super::super::python_text;
    use super::*;

    fn drawn(text: &str) -> Vec<(&str, usize)> {
        let bytes = text.as_bytes();
        let found = statements(bytes, &python_text::parts(bytes));
        let ends = found.iter().skip(1).map(|next| next.start).chain([text.len()]);
        let pairs = found.iter().zip(ends);
        pairs
            .map(|(statement, end)| (text[statement.start..end].trim_end(), statement.indentation))
            .collect()
    }

    #[test]
    fn a_statement_ends_with_its_line_but_in_brackets_and_behind_a_backslash() {
        for (text, expected) in [
            ("a\nb; c\r\nd\re", vec![("a", 0), ("b; c", 0), ("d", 0), ("e", 0)]),
            ("f(a,\nb)\nc", vec![("f(a,\nb)", 0), ("c", 0)]),
            ("a = \\\n  b\nc", vec![("a = \\\n  b", 0), ("c", 0)]),
            ("a = \\\n\nb", vec![("a = \\", 0), ("b", 0)]),
            ("a = \\\r\n  b\r\nc", vec![("a = \\\r\n  b", 0), ("c", 0)]),
            ("a  # (\\\nb", vec![("a  # (\\", 0), ("b", 0)]),
            ("x = '''a\n('''\nb", vec![("x = '''a\n('''", 0), ("b", 0)]),
            ("f'{(}'\nb", vec![("f'{(}'", 0), ("b", 0)]),
            ("a)\nb", vec![("a)", 0), ("b", 0)]),
        ] {
            assert_eq!(drawn(text), expected, "{text:?}");
        }
    }

    #[test]
    fn its_indentation_is_what_stands_before_it_on_its_line() {
        for (text, expected) in [
            (
                "def f():\n    '''a'''\n\n# b\n\tc",
                vec![("def f():", 0), ("'''a'''\n\n# b", 4), ("c", 1)],
            ),
            (
                "if a:\n  if b:\n    c\nd",
                vec![("if a:", 0), ("if b:", 2), ("c", 4), ("d", 0)],
            ),
            ("a\n \x0cb\n\x0c c", vec![("a", 0), ("b", 0), ("c", 1)]),
            ("a\n\n    # b\nc", vec![("a\n\n    # b", 0), ("c", 0)]),
        ] {
            assert_eq!(drawn(text), expected, "{text:?}");
        }
    }
}
