//! One manifest in memory, and the places in it.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use self_cell::self_cell;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The text of a manifest, and how it is named to the user. It is parsed when somebody first asks, and once.
#[derive(Debug)]
pub(super) struct Manifest {
    path: PathBuf,
    name: String,
    text: Arc<str>,
    line_starts: Vec<usize>,
    toml: OnceLock<Result<Toml, String>>,
}

self_cell!(
    /// A table, and the text that it borrows from.
    struct Toml {
        owner: Arc<str>,
        #[covariant]
        dependent: DeTable,
    }

    impl {Debug}
);

impl Manifest {
    /// A manifest that is shown to the user as `name`.
    pub(super) fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let (name, text) = (name.into(), text.into());
        let line_starts = [0]
            .into_iter()
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Self {
            path: PathBuf::from(&name),
            name,
            text: text.into(),
            line_starts,
            toml: OnceLock::new(),
        }
    }

    /// The manifest that has these bytes at `path`; nothing where they are no text.
    pub(super) fn of_bytes(path: &Path, name: String, bytes: Vec<u8>) -> Option<Self> {
        Some(Self {
            path: path.to_owned(),
            ..Self::new(name, text_of(bytes)?)
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Where it was read; its name, if it was not.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// `pyproject.toml:7` for a byte offset.
    pub(super) fn place(&self, offset: usize) -> String {
        self.place_of_line(self.line_starts.partition_point(|&start| start <= offset))
    }

    /// Where the line that holds a byte offset ends, white space at its end left out, or so many bytes behind the offset.
    pub(super) fn line_end(&self, offset: usize, most: usize) -> usize {
        let next = self.line_starts.partition_point(|&start| start <= offset);
        let end = self.line_starts.get(next).copied().unwrap_or(self.text.len());
        let end = end.min(self.text.floor_char_boundary(offset.saturating_add(most)));
        offset + self.text.get(offset..end).unwrap_or_default().trim_end().len()
    }

    /// `pyproject.toml:7` for a line, 1-based.
    pub(super) fn place_of_line(&self, line: usize) -> String {
        format!("{}:{line}", self.name)
    }

    /// The bytes of `key = value`; those of the key alone where the value is a table of its own (`[dependencies.tokio]`).
    pub(super) fn entry(&self, key: Range<usize>, value: Range<usize>) -> Range<usize> {
        let is_inline = self
            .text
            .get(value.clone())
            .is_some_and(|text| text.starts_with(['"', '\'', '{']));
        match is_inline && key.end <= value.start {
            true => key.start..value.end,
            false => key,
        }
    }

    /// The text as TOML. Other text is a warning with its place, once, whoever reads it.
    pub(super) fn toml(&self, warnings: &mut Vec<String>) -> Option<&DeTable<'_>> {
        let parsed = self.toml.get_or_init(|| {
            Toml::try_new(Arc::clone(&self.text), |text| {
                DeTable::parse(text).map(Spanned::into_inner).map_err(|error| {
                    let place = self.place(error.span().map_or(0, |span| span.start));
                    format!("{place}: {}", error.message().trim().replace('\n', "; "))
                })
            })
        });
        match parsed {
            Ok(toml) => Some(toml.borrow_dependent()),
            Err(mistake) => {
                if !warnings.contains(mistake) {
                    warnings.push(mistake.clone());
                }
                None
            }
        }
    }
}

/// UTF-8, or UTF-16 behind a byte order mark, as PowerShell writes `pip freeze > requirements.txt` and pip reads it.
fn text_of(bytes: Vec<u8>) -> Option<String> {
    let utf_16 = |unit: fn([u8; 2]) -> u16| {
        let units = bytes.get(2..)?.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
        String::from_utf16(&units.collect::<Vec<u16>>()).ok()
    };
    match bytes.as_slice() {
        [0xff, 0xfe, ..] => utf_16(u16::from_le_bytes),
        [0xfe, 0xff, ..] => utf_16(u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        _ => String::from_utf8(bytes).ok(),
    }
}

/// The value at the end of a path of keys.
pub(super) fn lookup<'a, 'i>(table: &'a DeTable<'i>, path: &[&str]) -> Option<&'a Spanned<DeValue<'i>>> {
    let (last, tables) = path.split_last()?;
    let mut table = table;
    for key in tables {
        table = as_table(table.get(*key)?)?;
    }
    table.get(*last)
}

/// The table at the end of a path of keys; the table itself where there are none.
pub(super) fn table<'a, 'i>(table: &'a DeTable<'i>, path: &[&str]) -> Option<&'a DeTable<'i>> {
    match path {
        [] => Some(table),
        path => as_table(lookup(table, path)?),
    }
}

pub(super) fn as_table<'a, 'i>(value: &'a Spanned<DeValue<'i>>) -> Option<&'a DeTable<'i>> {
    match value.get_ref() {
        DeValue::Table(table) => Some(table),
        _ => None,
    }
}

pub(super) fn as_str<'a>(value: &'a Spanned<DeValue<'_>>) -> Option<&'a str> {
    match value.get_ref() {
        DeValue::String(text) => Some(text),
        _ => None,
    }
}

/// The strings of an array, each with its bytes in the text; what is no string is left out.
pub(super) fn strings<'a>(value: &'a Spanned<DeValue<'_>>) -> impl Iterator<Item = (&'a str, Range<usize>)> {
    let items = match value.get_ref() {
        DeValue::Array(items) => items.as_ref(),
        _ => &[],
    };
    items.iter().filter_map(|item| Some((as_str(item)?, item.span())))
}

/// The text that a value is, or those of the list that it is, each with its place.
pub(super) fn one_or_several<'a>(value: &'a Spanned<DeValue<'_>>) -> impl Iterator<Item = (&'a str, Range<usize>)> {
    let one = as_str(value).map(|text| (text, value.span()));
    one.into_iter().chain(strings(value))
}

/// The whole number at a key, where it is none below 0.
pub(super) fn count(table: &DeTable<'_>, key: &str) -> Option<usize> {
    match table.get(key)?.get_ref() {
        DeValue::Integer(number) => number.as_str().parse().ok(),
        _ => None,
    }
}

/// Whether the value is the boolean `true`.
pub(super) fn is_true(value: &Spanned<DeValue<'_>>) -> bool {
    matches!(value.get_ref(), DeValue::Boolean(true))
}
