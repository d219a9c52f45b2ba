//! What Python's import statements name, told from the keyword that all of them have: as dotted paths, dots included.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::around::{before, begins_a_name, ends_a_name, is_of_name, split_name};
use super::imports::{IMPORT, begins_a_statement, called, first_name};

/// A statement with more names is not read to its end.
const MOST_NAMES: usize = 256;

/// Hands every path to `found` that the import statements of `text` name, in source order: `a.b` for `import a.b as c`, `.a.b`
/// for `from .a import b`, and `.a` alone for `from .a import *`. A line of a string may look like a statement.
pub fn imported(text: &[u8], mut found: impl FnMut(&str)) {
    static KEYWORD: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(IMPORT));
    // One for all statements: there are many of them, and few name what anybody looks for.
    let mut path = String::new();
    for start in KEYWORD.find_iter(text) {
        let end = start + IMPORT.len();
        if begins_a_name(text, start)
            && let Some(called) = text.get(end..).and_then(called)
            && let Ok(called) = std::str::from_utf8(called)
        {
            found(called);
        }
        if !begins_a_name(text, start) || !ends_a_name(text, end) {
            continue;
        }
        let before = before(text, start);
        let rest = text.get(end..).unwrap_or_default();
        let is_from = matches!(before.last(), Some(&byte) if byte == b'.' || is_of_name(byte));
        path.clear();
        if is_from && source(before, &mut path).is_some() {
            from(&mut path, rest, &mut found);
        } else if begins_a_statement(before) {
            plain(&mut path, rest, &mut found);
        }
    }
}

/// Appends the module between `from` and the end of the text to `path`; `None` where there is none.
fn source(mut text: &[u8], path: &mut String) -> Option<()> {
    let mut parts: Vec<&[u8]> = Vec::new();
    while parts.len() < MOST_NAMES {
        let (rest, name) = split_name(text);
        if name == b"from" && begins_a_statement(before(rest, rest.len())) && !parts.is_empty() {
            for part in parts.iter().rev() {
                path.push_str(std::str::from_utf8(part).ok()?);
            }
            return Some(());
        }
        if !name.is_empty() {
            parts.push(name);
        }
        let rest = before(rest, rest.len());
        text = match rest.split_last() {
            Some((b'.', owner)) => {
                parts.push(b".");
                before(owner, owner.len())
            }
            _ if name.is_empty() => return None,
            _ => rest,
        };
    }
    None
}

/// The names that come behind `from path import`.
fn from(path: &mut String, mut rest: &[u8], found: &mut impl FnMut(&str)) {
    let source = path.len();
    let separator = if path.ends_with('.') { "" } else { "." };
    let is_bracketed = rest.trim_ascii_start().starts_with(b"(");
    if is_bracketed {
        rest = rest.trim_ascii_start().get(1..).unwrap_or_default();
    }
    for _ in 0..MOST_NAMES {
        if is_bracketed {
            rest = behind_lines(rest);
        }
        let (name, mut behind) = first_name(rest);
        match std::str::from_utf8(name) {
            Ok("") | Err(_) => {
                if behind.starts_with(b"*") {
                    found(path);
                }
                return;
            }
            Ok(name) => {
                path.push_str(separator);
                path.push_str(name);
                found(path);
                path.truncate(source);
            }
        }
        if let (b"as", renamed) = first_name(behind) {
            behind = first_name(renamed).1;
        }
        if is_bracketed {
            behind = behind_lines(behind);
        }
        rest = match behind {
            [b',', rest @ ..] => rest,
            _ => return,
        };
    }
}

/// Behind line ends and comments.
fn behind_lines(mut text: &[u8]) -> &[u8] {
    loop {
        text = text.trim_ascii_start();
        match text {
            [b'#', ..] => {
                let end = memchr::memchr2(b'\n', b'\r', text).unwrap_or(text.len());
                text = text.get(end..).unwrap_or_default();
            }
            _ => return text,
        }
    }
}

/// The modules of `import a.b as c, d` from behind the keyword on.
fn plain(path: &mut String, mut rest: &[u8], found: &mut impl FnMut(&str)) {
    for _ in 0..MOST_NAMES {
        let (name, mut behind) = first_name(rest);
        let Some(name) = std::str::from_utf8(name).ok().filter(|name| !name.is_empty()) else {
            return;
        };
        path.clear();
        path.push_str(name);
        while let [b'.', submodule @ ..] = behind {
            let (name, further) = first_name(submodule);
            path.push('.');
            path.push_str(std::str::from_utf8(name).unwrap_or_default());
            behind = further;
        }
        found(path);
        if let (b"as", renamed) = first_name(behind) {
            behind = first_name(renamed).1;
        }
        rest = match behind {
            [b',', rest @ ..] => rest,
            _ => return,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::imported;

    #[test]
    fn each_name_is_told_behind_the_module_that_it_comes_from() {
        for (text, expected) in [
            ("import a.b as c , d", vec!["a.b", "d"]),
            ("from . import a, b as c", vec![".a", ".b"]),
            ("from ..a.b import c", vec!["..a.b.c"]),
            ("if x: from \\\n a . b import *", vec!["a.b"]),
            (
                "from a import (  # why\n  b,\n  # more\n  c as d,\n)\nimport e",
                vec!["a.b", "a.c", "e"],
            ),
            ("lazy from a import b", vec!["a.b"]),
            ("# from a import b\nimport_ = 1\nreimport = 2", vec![]),
            ("comes from a import b", vec![]),
        ] {
            let mut found = Vec::new();
            imported(text.as_bytes(), |path| found.push(path.to_owned()));
            assert_eq!(found, expected, "{text:?}");
        }
    }
}
