//! The paths that stand in the bytes of a file, told from their colons.

use std::collections::HashSet;

use memchr::memmem;

/// Names on a path, and the groups in each other, beyond which nothing is looked at.
const MOST_NAMES: usize = 16;
const DEEPEST: usize = 8;

/// A path as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WrittenPath {
    /// Its names; `*` is the last one of a glob.
    pub(super) names: Vec<String>,
    /// The other name that an import gives the last one.
    pub(super) called: Option<String>,
}

/// Every path with more than one name.
pub(super) fn paths(bytes: &[u8]) -> Vec<WrittenPath> {
    let mut found = Vec::new();
    let mut end = 0;
    for colons in memmem::find_iter(bytes, b"::") {
        if colons < end {
            continue;
        }
        let (_, first) = name_before(bytes, colons);
        if first.is_empty() {
            continue;
        }
        let mut reader = Reader {
            bytes,
            at: colons,
            found: &mut found,
        };
        reader.rest(&mut vec![text(first)], 0);
        end = reader.at;
    }
    found
}

/// Whether the crate of this name may be handed on as a whole, or something of it under another name: `use name::*`,
/// `use name as x`, `extern crate name as x`. Told from what stands behind the name.
pub(super) fn hands_on(bytes: &[u8], name: &str) -> bool {
    memmem::find_iter(bytes, name.as_bytes()).any(|start| {
        let end = start + name.len();
        let before = start.checked_sub(1).and_then(|before| bytes.get(before));
        if before.is_some_and(|byte| is_of_name(*byte)) || bytes.get(end).is_some_and(|byte| is_of_name(*byte)) {
            return false;
        }
        let rest = bytes.get(end..).unwrap_or_default().trim_ascii_start();
        if !rest.starts_with(b"::") {
            // It is the last name of its path: an import of the crate itself.
            let before = bytes.get(..start).unwrap_or_default().trim_ascii_end();
            let is_imported = before.ends_with(b"use") || before.ends_with(b"crate");
            return rest.starts_with(b"as ") || is_imported;
        }
        let mut found = Vec::new();
        let mut reader = Reader {
            bytes,
            at: end,
            found: &mut found,
        };
        reader.rest(&mut vec![name.to_owned()], 0);
        let is_all = |path: &WrittenPath| path.names.last().is_some_and(|last| last == "*");
        found.iter().any(|path| is_all(path) || path.called.is_some())
    })
}

/// The names that a word stands before that defines one: `fn`, `struct`, …
pub(super) fn defined(bytes: &[u8]) -> HashSet<String> {
    const WORDS: [&[u8]; 9] = [
        b"fn ", b"struct ", b"enum ", b"trait ", b"type ", b"const ", b"static ", b"union ", b"mod ",
    ];
    let mut found = HashSet::new();
    for word in WORDS {
        for start in memmem::find_iter(bytes, word) {
            let rest = bytes.get(start + word.len()..).unwrap_or_default().trim_ascii_start();
            let name = name_at(rest);
            if !name.is_empty() {
                found.insert(text(name));
            }
        }
    }
    found
}

struct Reader<'a, 'f> {
    bytes: &'a [u8],
    at: usize,
    found: &'f mut Vec<WrittenPath>,
}

impl Reader<'_, '_> {
    fn skip_blanks(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += rest.len() - rest.trim_ascii_start().len();
    }

    fn takes(&mut self, token: &[u8]) -> bool {
        self.skip_blanks();
        let is_there = self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(token));
        if is_there {
            self.at += token.len();
        }
        is_there
    }

    fn name(&mut self) -> Option<String> {
        self.skip_blanks();
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let raw = if rest.starts_with(b"r#") { 2 } else { 0 };
        let name = name_at(rest.get(raw..).unwrap_or_default());
        self.at += if name.is_empty() { 0 } else { raw + name.len() };
        (!name.is_empty()).then(|| text(name))
    }

    /// What comes behind the names of a path: more of them, a group, a glob, or nothing.
    fn rest(&mut self, names: &mut Vec<String>, depth: usize) {
        let length = names.len();
        while names.len() < MOST_NAMES && self.takes(b"::") {
            if self.takes(b"*") {
                names.push("*".to_owned());
                break;
            }
            if self.takes(b"{") {
                self.group(names, depth);
                names.truncate(length);
                return;
            }
            match self.name() {
                Some(name) => names.push(name),
                // Type arguments: `Vec::<u8>`.
                None => break,
            }
        }
        let behind = self.at;
        let called = self.called();
        if called.is_none() {
            self.at = behind;
        }
        let mut written = names.clone();
        if written.len() > 1 {
            // `a::{self}` is `a`.
            written.pop_if(|last| last == "self");
        }
        if written.len() > 1 {
            self.found.push(WrittenPath { names: written, called });
        }
        names.truncate(length);
    }

    fn called(&mut self) -> Option<String> {
        (self.name()? == "as").then(|| self.name()).flatten()
    }

    fn group(&mut self, names: &mut Vec<String>, depth: usize) {
        while !self.takes(b"}") {
            let before = self.at;
            if self.takes(b"*") {
                names.push("*".to_owned());
                self.found.push(WrittenPath {
                    names: names.clone(),
                    called: None,
                });
                names.pop();
            } else if depth < DEEPEST
                && let Some(name) = self.name()
            {
                names.push(name);
                self.rest(names, depth + 1);
                names.pop();
            }
            self.takes(b",");
            if self.at == before {
                return;
            }
        }
    }
}

fn name_at(bytes: &[u8]) -> &[u8] {
    let length = bytes.iter().take_while(|byte| is_of_name(**byte)).count();
    bytes.get(..length).unwrap_or_default()
}

fn name_before(bytes: &[u8], end: usize) -> (usize, &[u8]) {
    let before = bytes.get(..end).unwrap_or_default().trim_ascii_end();
    let length = before.iter().rev().take_while(|byte| is_of_name(**byte)).count();
    let start = before.len() - length;
    (start, before.get(start..).unwrap_or_default())
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Vec<String> {
        let shown = paths(text.as_bytes()).into_iter().map(|path| {
            let called = path.called.map(|name| format!(" as {name}")).unwrap_or_default();
            format!("{}{called}", path.names.join("::"))
        });
        shown.collect()
    }

    #[test]
    fn imports_and_calls_are_paths() {
        assert_eq!(
            written(
                "pub use crate::{a::b as c, d::{self, *}, r#e}; use super::super::f::*;\nfn x() { g :: h(1); Vec::<u8>::new() }"
            ),
            [
                "crate::a::b as c",
                "crate::d",
                "crate::d::*",
                "crate::e",
                "super::super::f::*",
                "g::h",
            ]
        );
        assert_eq!(written("a::{b::{c::{d}}} ::e::f x::{"), ["a::b::c::d", "e::f"]);
    }

    #[test]
    fn names_behind_words_are_defined() {
        let found = defined(b"pub async fn open(x: y) {} pub(crate) struct  Peer; const A: u8 = 1; let b = open;");
        let mut found: Vec<String> = found.into_iter().collect();
        found.sort();
        assert_eq!(found, ["A", "Peer", "open"]);
    }
}
