//! The modules that Python's import statements name, told from the keyword that all of them have.

use super::around::{before, begins_a_name, ends_a_name, is_of_name, split_name};

/// The keyword.
pub(super) const IMPORT: &str = "import";

/// The first names of the modules that a statement imports, whose keyword stands at `start`: `a` and `d` of
/// `import a.b as c, d`, `a` of `from a.b import c`, and of `importorskip("a.b")`. None where it is no keyword, for a relative import,
/// and in a comment.
/// A line of a string may look like a statement.
pub(super) fn modules(text: &[u8], start: usize) -> impl Iterator<Item = &[u8]> {
    let end = start + IMPORT.len();
    let is_keyword = begins_a_name(text, start) && ends_a_name(text, end);
    let before = before(text, start);
    let is_from = matches!(before.last(), Some(&byte) if byte == b'.' || is_of_name(byte));
    let source = match is_keyword && is_from {
        true => source(before),
        false => None,
    };
    let rest = match is_keyword && begins_a_statement(before) {
        true => text.get(end..).unwrap_or_default(),
        false => &[],
    };
    let called = called(text.get(end..).unwrap_or_default());
    let called = called.and_then(|path| path.split(|byte| *byte == b'.').next());
    source.into_iter().chain(called).chain(Named(rest))
}

/// The path that a call gives a function which imports it, from behind the keyword in that one's name on: `importorskip("a.b")`,
/// `import_module("a.b")`.
pub(super) fn called(text: &[u8]) -> Option<&[u8]> {
    let rest = text.strip_prefix(b"orskip").or_else(|| text.strip_prefix(b"_module"))?;
    let arguments = rest.trim_ascii_start().strip_prefix(b"(")?.trim_ascii_start();
    let (name, behind) = first_name(arguments);
    let value = match behind.strip_prefix(b"=") {
        Some(value) if !name.is_empty() => value.trim_ascii_start(),
        _ => arguments,
    };
    let path = value.strip_prefix(b"\"").or_else(|| value.strip_prefix(b"'"))?;
    let length = path
        .iter()
        .take_while(|byte| is_of_name(**byte) || **byte == b'.')
        .count();
    path.get(..length).filter(|path| !matches!(path, [] | [b'.', ..]))
}

/// The first name of the module that the text ends with, behind `from`.
fn source(mut text: &[u8]) -> Option<&[u8]> {
    loop {
        let (rest, name) = split_name(text);
        let rest = before(rest, rest.len());
        text = match rest.split_last() {
            _ if name.is_empty() => return None,
            Some((b'.', owner)) => before(owner, owner.len()),
            _ => {
                let (rest, keyword) = split_name(rest);
                let is_source = keyword == b"from" && begins_a_statement(before(rest, rest.len()));
                return is_source.then_some(name);
            }
        };
    }
}

/// Whether a statement can begin behind the text, or behind the `lazy` that it ends with (PEP 810).
pub(super) fn begins_a_statement(text: &[u8]) -> bool {
    ends_a_statement(text)
        || match split_name(text) {
            (rest, b"lazy") => ends_a_statement(before(rest, rest.len())),
            _ => false,
        }
}

/// Whether the text, which ends with no blank, ends where a statement can begin. Nothing but a byte order mark is beyond ASCII.
fn ends_a_statement(text: &[u8]) -> bool {
    matches!(text.last(), None | Some(b'\n' | b'\r' | b';' | b':' | 0x80..))
}

/// The modules of `import a.b as c, d` from behind the keyword on.
struct Named<'t>(&'t [u8]);

impl<'t> Iterator for Named<'t> {
    type Item = &'t [u8];

    fn next(&mut self) -> Option<&'t [u8]> {
        let (name, mut rest) = first_name(self.0);
        // Nothing is called like a keyword: what stands behind another one is looked at once, for that one.
        if name.is_empty() || name == IMPORT.as_bytes() {
            return None;
        }
        while let [b'.', submodule @ ..] = rest {
            rest = first_name(submodule).1;
        }
        let mut name_of_its_own = name;
        if let (b"as", renamed) = first_name(rest) {
            (name_of_its_own, rest) = first_name(renamed);
        }
        self.0 = match rest {
            [b',', next @ ..] if name_of_its_own != IMPORT.as_bytes() => next,
            _ => &[],
        };
        Some(name)
    }
}

/// The name that comes next, and what stands behind it, without the blanks around both.
pub(super) fn first_name(text: &[u8]) -> (&[u8], &[u8]) {
    let text = behind_blanks(text);
    let length = text.iter().take_while(|byte| is_of_name(**byte)).count();
    let (name, rest) = text.split_at(length);
    (name, behind_blanks(rest))
}

/// Without the blanks and the continued lines that it begins with.
fn behind_blanks(mut text: &[u8]) -> &[u8] {
    loop {
        text = match text {
            [b' ' | b'\t' | b'\x0c', rest @ ..] | [b'\\', b'\r', b'\n', rest @ ..] => rest,
            [b'\\', b'\n' | b'\r', rest @ ..] => rest,
            _ => return text,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<&str> {
        let keywords = text.match_indices(IMPORT).map(|(start, _)| start);
        let names = keywords.flat_map(|start| modules(text.as_bytes(), start));
        names.map(|name| std::str::from_utf8(name).unwrap()).collect()
    }

    #[test]
    fn an_import_names_its_modules() {
        for (text, expected) in [
            ("import a", vec!["a"]),
            (
                "\u{feff}import a.b as c , d\\\n, \\\r\n e . f; import g",
                vec!["a", "d", "e", "g"],
            ),
            ("from a import b, c", vec!["a"]),
            ("from a.b.c import (\n d,\n)", vec!["a"]),
            ("from \\\n a . \\\r\n b \\\n import c", vec!["a"]),
            ("try: import a\nexcept: import b", vec!["a", "b"]),
            ("if x: from\ta.b\x0cimport*", vec!["a"]),
            ("import a  # import b\n'''\nimport c\n'''", vec!["a", "c"]),
            ("import aé", vec!["a"]),
            ("import a,import b", vec!["a"]),
            ("import a as import, b", vec!["a"]),
            ("lazy import a.b as c, d", vec!["a", "d"]),
            ("a = pytest.importorskip(\"a.b\")", vec!["a"]),
            ("a = import_module(\n    name = 'a')", vec!["a"]),
            ("x = 1; lazy from a.b import c", vec!["a"]),
            ("if x:\n\tlazy \\\n from a import b\nlazy import c", vec!["a", "c"]),
        ] {
            assert_eq!(named(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_relative_or_no_keyword_names_none() {
        for text in [
            "from . import a",
            "from .a import b",
            "from ..a.b import c",
            "from a import_b",
            "reimport a",
            "important = a",
            "import\na",
            "a.b import",
            "import é",
            "# import a",
            ">>> from a import b",
            "comes from a import b",
            "too lazy import a",
            "too lazy from a import b",
            "lazy from .a import b",
            "crazylazy import a",
        ] {
            assert_eq!(named(text), Vec::<&str>::new(), "{text:?}");
        }
    }
}
