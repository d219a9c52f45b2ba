//! Which files of a package may call a function of a name, told from their bytes.

use std::collections::BTreeSet;
use std::fs;
use std::hash::BuildHasher;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::HashMap;
use foldhash::fast::FixedState;
use memchr::memmem;

use super::Crates;
use super::written_macros;
use super::written_paths::{self, WrittenPath};
use crate::reading::{self, Kind};
use crate::rust::names::macros::Definition;

/// So many files of a package are looked at, and folders in each other.
const MOST_FILES: usize = 20_000;
const DEEPEST: usize = 24;

/// The names that the files of a package call or import.
#[derive(Debug)]
pub(super) struct Index {
    files: Vec<PathBuf>,
    /// The hash of a name and the file that has it, sorted.
    names: Vec<(u32, u32)>,
    /// What is called otherwise by an import, and how: `dial` and `open` for `pub use net::dial as open;`. Sorted.
    others: Vec<(String, String)>,
    /// What the macros do with what they are given, by name.
    macros: HashMap<String, Definition>,
    /// Every file of the package was looked at.
    is_whole: bool,
}

impl Index {
    /// The files that may call a function of this name; `None` where they cannot be known.
    pub(super) fn files_with(&self, name: &str) -> Option<impl Iterator<Item = &PathBuf>> {
        let hash = hash(name.as_bytes());
        let start = self.names.partition_point(|(known, _)| *known < hash);
        let known = self.names.get(start..).unwrap_or_default();
        let of_name = known.iter().take_while(move |(known, _)| *known == hash);
        let file = |(_, file): &(u32, u32)| self.files.get(usize::try_from(*file).ok()?);
        self.is_whole.then(|| of_name.filter_map(file))
    }

    /// What something of this name is called otherwise by imports.
    pub(super) fn other_names_of(&self, name: &str) -> impl Iterator<Item = &String> {
        let start = self.others.partition_point(|(known, _)| known.as_str() < name);
        let others = self.others.get(start..).unwrap_or_default();
        let of_name = others.iter().take_while(move |(known, _)| known == name);
        of_name.map(|(_, called)| called)
    }

    /// What the macro of this name does with what it is given; any of them, where the package has several.
    pub(super) fn macro_called(&self, name: &str) -> Option<Definition> {
        self.macros.get(name).copied()
    }

    fn of(package: &Path) -> Self {
        let mut files = Vec::new();
        let is_whole = sources(package, DEEPEST, &mut files);
        files.sort();
        let mut names = Vec::new();
        let mut others = BTreeSet::new();
        let mut macros: HashMap<String, Definition> = HashMap::default();
        for (index, file) in files.iter().enumerate() {
            let Ok(index) = u32::try_from(index) else { break };
            let bytes = reading::read(file, Kind::Configuration).unwrap_or_default();
            let mut own: Vec<(u32, u32)> = called(&bytes).map(|name| (hash(name), index)).collect();
            own.sort_unstable();
            own.dedup();
            names.extend(own);
            for (name, definition) in written_macros::macros(&bytes) {
                macros.entry(name).or_default().add(definition);
            }
            if memmem::find(&bytes, b" as ").is_some() {
                others.extend(written_paths::paths(&bytes).into_iter().filter_map(renamed));
            }
        }
        names.sort_unstable();
        names.shrink_to_fit();
        Self {
            files,
            names,
            others: others.into_iter().collect(),
            macros,
            is_whole,
        }
    }
}

impl Crates {
    pub(super) fn index(&self, package: &Path) -> Arc<Index> {
        self.indexes.get(package.to_owned(), || Index::of(package))
    }
}

/// What an imported path ends in, and what it is called.
fn renamed(path: WrittenPath) -> Option<(String, String)> {
    Some((path.names.last()?.clone(), path.called?))
}

/// Collects the sources below a folder, but for those of other packages and of what is built. Whether these are all.
fn sources(folder: &Path, deeper: usize, found: &mut Vec<PathBuf>) -> bool {
    let Some(deeper) = deeper.checked_sub(1) else {
        return false;
    };
    let Ok(entries) = fs::read_dir(folder) else { return true };
    for entry in entries.filter_map(Result::ok) {
        let Ok(kind) = entry.file_type() else { continue };
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // A link may lead anywhere.
        if kind.is_dir() && !name.starts_with('.') && name != "target" && !path.join("Cargo.toml").exists() {
            if !sources(&path, deeper, found) {
                return false;
            }
        } else if kind.is_file() && name.ends_with(".rs") {
            if found.len() >= MOST_FILES {
                return false;
            }
            found.push(path);
        }
    }
    true
}

/// The names that a bracket, `::` or `as` stands beside, or a comma in an import.
fn called(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = bytes.get(at..)?;
            let start = at + rest.iter().position(is_of_name)?;
            let word = bytes.get(start..).unwrap_or_default();
            let end = start + word.iter().take_while(|byte| is_of_name(byte)).count();
            at = end;
            let before = bytes.get(..start).unwrap_or_default().trim_ascii_end().last();
            let after = bytes.get(end..).unwrap_or_default().trim_ascii_start();
            let is_named =
                matches!(before, Some(b':' | b'{' | b',')) || after.starts_with(b"(") || after.starts_with(b"::");
            if is_named {
                return bytes.get(start..end);
            }
        }
    })
}

fn hash(name: &[u8]) -> u32 {
    let [a, b, c, d, ..] = FixedState::default().hash_one(name).to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_called_or_imported_are_found() {
        let text = b"use a::{b, c as d}; fn f() { net::open (url); x.dial(1); let y = z + w; }";
        let found: Vec<&[u8]> = called(text).collect();
        for name in ["a", "b", "c", "open", "dial", "net"] {
            assert!(found.contains(&name.as_bytes()), "{name}");
        }
        assert!(!found.contains(&&b"w"[..]));
    }
}
