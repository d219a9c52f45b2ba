//! The words that announce a finding.

use super::Sign;
use crate::source::Language;

/// How a word stands in a text where it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape {
    /// Anywhere.
    Part,
    /// As a name of its own: `redis` in `redis.Redis`, not in `redistribute`.
    Whole,
    /// As the name of a Rust macro that is called.
    Macro,
}

/// The words of a sign, any of which shows it, but for those of the catalogue and the rules' codes.
pub(super) fn of(sign: Sign, language: Language) -> (Shape, &'static [&'static str]) {
    match (sign, language) {
        // `echo` is click's and typer's.
        (Sign::Print, Language::Python) => (
            Shape::Whole,
            &["print", "stdout", "__stdout__", "echo", "secho", "tqdm"],
        ),
        (Sign::Print, Language::Rust) => (Shape::Macro, &["print", "println", "eprint", "eprintln", "dbg"]),
        // `%c` and `{:c}` write the character of a number, octal escapes reach U+01FF.
        (Sign::Beyond, Language::Python) => (
            Shape::Part,
            &[
                "\\u", "\\U", "\\N", "\\x", "\\0", "\\1", "\\2", "\\3", "\\4", "\\5", "\\6", "\\7", "chr", "%c", "c}",
            ],
        ),
        (Sign::EncodeError, Language::Python) => (Shape::Whole, &["UnicodeEncodeError", "UnicodeError"]),
        // A name in a TOML string may be spelled with escapes.
        (Sign::Package, Language::Manifest) => (Shape::Part, &["\\u", "\\x"]),
        (Sign::EventLoop, Language::Python) => (Shape::Whole, &["asyncio", "async_timeout", "anyio", "trio"]),
        (Sign::Deadline, Language::Python) => (
            Shape::Whole,
            &[
                "timeout",
                "timeout_at",
                "wait_for",
                // It gets its limit by the keyword `timeout`, or in a dictionary.
                "wait",
                "fail_after",
                "fail_at",
                "move_on_after",
                "move_on_at",
                "CancelScope",
                "TaskGroup",
            ],
        ),
        (Sign::Suppression, _) => (Shape::Part, &["ws-lint"]),
        _ => (Shape::Part, &[]),
    }
}

impl Shape {
    /// Whether the word at these offsets stands in the text as it must.
    pub(super) fn fits(self, text: &[u8], start: usize, end: usize) -> bool {
        match self {
            Self::Part => true,
            Self::Whole => begins_a_name(text, start) && ends_a_name(text, end),
            Self::Macro => begins_a_name(text, start) && is_called(text, end),
        }
    }
}

/// The longest escape that a letter of a word can seem to go on from: `\U0001F600`.
const ESCAPE_BYTES: usize = 10;

/// A character beyond ASCII is no part of the name: one that is makes another name of it, and a byte order mark does not.
/// A letter may belong to an escape before the name: `"\nredis.Redis"` is an annotation.
fn begins_a_name(text: &[u8], start: usize) -> bool {
    let before = text.get(..start).unwrap_or_default();
    let mut letters = before
        .iter()
        .rev()
        .take(ESCAPE_BYTES)
        .skip_while(|byte| is_of_name(**byte));
    match before.last() {
        Some(&byte) if is_of_name(byte) => letters.next() == Some(&b'\\'),
        _ => true,
    }
}

fn ends_a_name(text: &[u8], end: usize) -> bool {
    text.get(end).is_none_or(|&byte| !is_of_name(byte))
}

/// `!` comes next; white space and comments may stand before it.
fn is_called(text: &[u8], end: usize) -> bool {
    let after = text.get(end..).unwrap_or_default().trim_ascii_start();
    matches!(after.first(), Some(b'!' | b'/') | Some(0x80..))
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(shape: Shape, text: &str, word: &str) -> bool {
        let start = text.find(word).unwrap();
        shape.fits(text.as_bytes(), start, start + word.len())
    }

    #[test]
    fn a_name_stands_alone() {
        for text in [
            "redis",
            "import redis\n",
            "\u{feff}redis.x",
            "'redis'",
            "'\\nredis'",
            "'\\U0000000aredis'",
            "r#redis",
        ] {
            assert!(fits(Shape::Whole, text, "redis"), "{text}");
        }
        for text in ["redistribute", "_redis", "aredis", "redis2", "\\ and predis"] {
            assert!(!fits(Shape::Whole, text, "redis"), "{text}");
        }
    }

    #[test]
    fn a_macro_is_called() {
        for text in [
            "dbg!(x)",
            "dbg !(x)",
            "std::dbg\n  !(x)",
            "dbg /* really */ !(x)",
            "dbg\u{2028}!(x)",
        ] {
            assert!(fits(Shape::Macro, text, "dbg"), "{text}");
        }
        for text in ["dbg(x)", "xdbg!(x)", "dbg_all!(x)", "// the dbg macro"] {
            assert!(!fits(Shape::Macro, text, "dbg"), "{text}");
        }
    }
}
