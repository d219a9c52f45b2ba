//! The words that announce a finding.

use super::around::{
    begins_a_name, ends_a_name, gets_a_number, is_assigned, is_attribute, is_called_as_macro, is_no_prose,
    is_part_of_package, last_word, may_be_renamed, next_is,
};
use super::refused::Refused;
use super::text::Text;
use crate::signs::Sign;
use crate::source::Language;

/// How a word stands in a text where it counts. But for [`Self::Anywhere`], [`Self::OfPackage`] and [`Self::Value`] it does not
/// in a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Shape {
    /// Anywhere.
    Anywhere,
    /// As a part of the name of a package: `websocket` in `Websocket_Client`, `ws` not in `windows`.
    OfPackage,
    /// As an escape in a string that may be written, for a character that the console refuses.
    Escape,
    /// As part of a name in code.
    Part,
    /// As the beginning of a name in code.
    Beginning,
    /// As a name of its own: `redis` in `redis.Redis`, not in `redistribute`. In a string too, which may be an annotation.
    Whole,
    /// The same in code.
    Name,
    /// The same, called with a number, where what comes of it may be written.
    OfNumber,
    /// As the name of a function in code that is called, or that may get another name.
    Function,
    /// As the name of an exception in code, where its handler may write.
    Caught,
    /// As the name of a Rust macro that is called.
    Macro,
    /// As a name that is called, or behind what is no word of its own, as all names in Python code are.
    Value,
    /// As an attribute that is not assigned to: `asyncio.timeout`.
    Attribute,
    /// As a name of its own that is neither a keyword's nor annotated: not in `f(timeout=5)`.
    Imported,
    /// As the module that names are imported from: `from asyncio import timeout`.
    Source,
    /// As the first name of a module that is imported: `import asyncio`, `from asyncio.timeouts import timeout`.
    Module,
}

/// The modules whose functions set deadlines in Python.
pub(super) const EVENT_LOOPS: &[&str] = &["asyncio", "async_timeout", "anyio", "trio", "tornado"];

/// The functions that set deadlines in Python, and what else came with them. `asyncio.wait` is another matter.
pub(super) const DEADLINES: &[&str] = &[
    "timeout",
    "timeout_at",
    "wait_for",
    "with_timeout",
    "fail_after",
    "fail_at",
    "move_on_after",
    "move_on_at",
    "CancelScope",
    "TaskGroup",
];

/// The names by which Python prints; `echo` is click's and typer's.
const PRINTS: &[&str] = &["print", "echo", "secho", "stdout", "tqdm"];

/// Words, and how they stand.
type Group = (Shape, &'static [&'static str]);

/// The words of a sign, any of which shows it, but for those of the catalogue and the rules' codes.
pub(super) fn of(sign: Sign, language: Language) -> &'static [Group] {
    match (sign, language) {
        (Sign::Print, Language::Python) => &[(Shape::Value, PRINTS)],
        (Sign::Print, Language::Rust) => &[(Shape::Macro, &["print", "println", "eprint", "eprintln", "dbg"])],
        // Octal escapes reach U+01FF.
        (Sign::Refused, Language::Python) => &[
            (
                Shape::Escape,
                &["\\u", "\\U", "\\N", "\\x", "\\2", "\\3", "\\4", "\\5", "\\6", "\\7"],
            ),
            (Shape::OfNumber, &["chr"]),
        ],
        (Sign::EncodeError, Language::Python) => &[(Shape::Caught, &["UnicodeEncodeError", "UnicodeError"])],
        // A name in a TOML string may be spelled with escapes.
        (Sign::Package, Language::Manifest) => &[(Shape::Anywhere, &["\\u", "\\x"])],
        (Sign::Async, Language::Python) => &[(Shape::Name, &["async"])],
        // `stream! { … }` is async without the word.
        (Sign::Async, Language::Rust) => &[(Shape::Name, &["async"]), (Shape::Macro, &["stream", "try_stream"])],
        (Sign::Test, Language::Python) => &[
            (Shape::Beginning, &["test"]),
            (Shape::Part, &["Test", "fixture"]),
            (Shape::Name, &["ward"]),
        ],
        // The names of attributes: whatever ends in `test`, and the others.
        (Sign::Test, Language::Rust) => &[(Shape::Part, &["test"]), (Shape::Name, &["quickcheck", "bench"])],
        (Sign::LoopPolicy, Language::Python) => &[(
            Shape::Part,
            &["event_loop_policy", "EventLoopPolicy", "ProactorEventLoop"],
        )],
        (Sign::Suppression, _) => &[(Shape::Anywhere, &["ws-lint"])],
        _ => &[],
    }
}

/// How closely a word is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Care {
    /// What stands around it: that is cheap, and most texts have no word that looks right.
    Loose,
    /// In what part of the text it stands, too.
    Strict,
}

impl Shape {
    /// Whether the word at these offsets stands in the text as it must.
    pub(super) fn fits(self, text: &Text<'_>, start: usize, end: usize, refused: &Refused, care: Care) -> bool {
        let looks_right = self.looks_right(text.bytes(), start, end, refused);
        looks_right && (care == Care::Loose || self.is_in_place(text, start, end))
    }

    fn looks_right(self, bytes: &[u8], start: usize, end: usize, refused: &Refused) -> bool {
        let is_whole = || begins_a_name(bytes, start) && ends_a_name(bytes, end);
        let is_called = || next_is(bytes, end, b'(');
        match self {
            Self::Anywhere | Self::Part => true,
            Self::OfPackage => is_part_of_package(bytes, start, end),
            Self::Escape => refused.is_escaped_at(bytes, start),
            Self::Beginning => begins_a_name(bytes, start),
            Self::Whole | Self::Name | Self::Caught => is_whole(),
            Self::OfNumber => is_whole() && gets_a_number(bytes, end),
            Self::Function => is_whole() && (is_called() || may_be_renamed(bytes, start, end)),
            Self::Macro => begins_a_name(bytes, start) && is_called_as_macro(bytes, end),
            Self::Value => is_whole() && (is_called() || is_no_prose(bytes, start)),
            Self::Attribute => ends_a_name(bytes, end) && is_attribute(bytes, start) && !is_assigned(bytes, end),
            Self::Imported => is_whole() && !is_assigned(bytes, end) && !next_is(bytes, end, b':'),
            Self::Source => is_whole() && last_word(bytes, start) == b"from",
            // Looked for by the keyword of its import.
            Self::Module => false,
        }
    }

    fn is_in_place(self, text: &Text<'_>, start: usize, end: usize) -> bool {
        match self {
            Self::Anywhere | Self::OfPackage | Self::Value | Self::Module => true,
            Self::Whole | Self::Attribute | Self::Imported | Self::Source => !text.is_comment(start),
            Self::Part | Self::Beginning | Self::Name | Self::Function | Self::Macro => text.may_be_code(start),
            Self::Escape => text.may_be_text(start) && text.may_be_written(start),
            Self::OfNumber => text.may_be_code(start) && text.may_be_written(start),
            Self::Caught => text.may_write_when_caught(start..end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prescan::Unread;

    fn fits(shape: Shape, text: &str, word: &str) -> bool {
        fits_in(Language::Python, shape, text, word)
    }

    fn fits_in(language: Language, shape: Shape, text: &str, word: &str) -> bool {
        let start = text.find(word).unwrap();
        let file = Unread {
            language,
            bytes: text.as_bytes(),
            is_test: &|| false,
        };
        shape.fits(
            &Text::new(file),
            start,
            start + word.len(),
            &Refused::default(),
            Care::Strict,
        )
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
        ] {
            assert!(fits(Shape::Whole, text, "redis"), "{text}");
        }
        assert!(fits_in(Language::Rust, Shape::Whole, "r#redis", "redis"));
        for text in ["redistribute", "_redis", "aredis", "redis2", "\\ and predis"] {
            assert!(!fits(Shape::Whole, text, "redis"), "{text}");
        }
    }

    #[test]
    fn a_package_is_named_by_whole_parts() {
        for text in ["ws = '0.9'", "'Ws'", "py_ws.x", "-e ws.git", "ws[all]", "é-ws"] {
            assert!(
                fits_in(Language::Manifest, Shape::OfPackage, &text.to_lowercase(), "ws"),
                "{text}"
            );
        }
        for text in ["windows-sys", "wsproto", "2ws"] {
            assert!(!fits_in(Language::Manifest, Shape::OfPackage, text, "ws"), "{text}");
        }
    }

    #[test]
    fn prose_is_no_value() {
        for text in [
            "print('x')",
            "print ('x')",
            "say = print",
            "map(print, x)",
            "x or print",
            "return \\\n  print",
            "builtins.print",
            "from builtins import print as p",
        ] {
            assert!(fits(Shape::Value, text, "print"), "{text}");
        }
        for text in [
            "# will print it",
            "\"\"\"Pretty print.\"\"\"",
            "pprint(x)",
            "print_all(x)",
        ] {
            assert!(!fits(Shape::Value, text, "print"), "{text}");
        }
    }

    #[test]
    fn a_function_is_called_or_gets_another_name() {
        for text in [
            "time.sleep(1)",
            "sleep \\\n(1)",
            "wait = time . sleep",
            "from time import sleep as wait",
            "wait = later or sleep",
            "f(wait=sleep)",
        ] {
            assert!(fits(Shape::Function, text, "sleep"), "{text}");
        }
        for text in [
            "from time import sleep",
            "f(1, time.sleep)",
            "f(time.sleep)",
            "x.sleep = 1",
            "# sleep(1)",
        ] {
            assert!(!fits(Shape::Function, text, "sleep"), "{text}");
        }
    }

    #[test]
    fn an_attribute_stands_behind_a_dot() {
        for text in [
            "asyncio.timeout(5)",
            "asyncio . timeout (5)",
            "(asyncio.\n    timeout(5))",
            "(asyncio  # why\n.  # because\n    timeout(5))",
            "asyncio\\\n.\\\ntimeout(5)",
            "t = asyncio.timeout",
            "x.timeout == y",
        ] {
            assert!(fits(Shape::Attribute, text, "timeout"), "{text}");
        }
        for text in [
            "self.timeout = 5",
            "timeout(5)",
            "f(x, timeout)",
            "x.timeouts",
            "x\ntimeout(5)",
        ] {
            assert!(!fits(Shape::Attribute, text, "timeout"), "{text}");
        }
    }

    #[test]
    fn an_imported_name_is_no_keyword() {
        for text in [
            "import timeout as t",
            "import (\n  timeout,\n)",
            "timeout(5)",
            "t = timeout",
        ] {
            assert!(fits(Shape::Imported, text, "timeout"), "{text}");
        }
        for text in ["f(timeout=5)", "def f(timeout: int)", "timeout = 5"] {
            assert!(!fits(Shape::Imported, text, "timeout"), "{text}");
        }
        assert!(fits(Shape::Source, "from \\\n asyncio import x", "asyncio"));
        assert!(fits(Shape::Source, "from asyncio.timeouts import x", "asyncio"));
        assert!(!fits(Shape::Source, "import asyncio", "asyncio"));
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
            assert!(fits_in(Language::Rust, Shape::Macro, text, "dbg"), "{text}");
        }
        for text in ["dbg(x)", "xdbg!(x)", "dbg_all!(x)", "// the dbg macro"] {
            assert!(!fits_in(Language::Rust, Shape::Macro, text, "dbg"), "{text}");
        }
    }
}
