//! Reads a TOML table key by key, each with the type that it must have, and says where and what is wrong in the words
//! of the file. The keys that were asked for are the known ones: what is left at the end is unknown.

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::error::{ConfigError, Origin, gathered};
use super::spelling::did_you_mean;

/// A TOML text under the name that messages use.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) name: String,
    pub(super) text: String,
}

impl Document {
    pub(super) fn error(&self, offset: usize, message: impl Into<String>) -> ConfigError {
        ConfigError {
            place: self.name.clone(),
            position: Some(self.position(offset)),
            message: message.into(),
            others: Vec::new(),
        }
    }

    /// The table of the whole text.
    pub(super) fn parse(&self) -> Result<Table<'_>, ConfigError> {
        let root = DeTable::parse(&self.text).map_err(|error| {
            let message = format!("not TOML: {}", error.message().lines().collect::<Vec<_>>().join(", "));
            self.error(error.span().map_or(0, |span| span.start), message)
        })?;
        Ok(Table::new(self, root.into_inner()))
    }

    /// What to put behind an unknown key that tells of a misunderstanding about the file itself.
    fn hint_for(&self, key: &str) -> Option<String> {
        let own_file = self.name.ends_with("ws-lint.toml");
        let table = match key {
            "tool" | "ws-lint" | "ws_lint" | "wslint" => "[tool.ws-lint]",
            "package" => "[package.metadata.ws-lint]",
            "workspace" => "[workspace.metadata.ws-lint]",
            _ => return None,
        };
        own_file.then(|| format!(": in this file the keys stand at the top, without `{table}`"))
    }

    fn position(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        let column = before.get(start..).map_or(0, |text| text.chars().count()) + 1;
        (line, column)
    }
}

/// A value and the byte offset at which it stands.
#[derive(Clone, Debug)]
pub(super) struct Located<T> {
    pub(super) value: T,
    pub(super) offset: usize,
}

/// A table that is being read.
pub(super) struct Table<'d> {
    document: &'d Document,
    entries: DeTable<'d>,
    asked: Vec<&'static str>,
}

impl<'d> Table<'d> {
    fn new(document: &'d Document, entries: DeTable<'d>) -> Self {
        Self {
            document,
            entries,
            asked: Vec::new(),
        }
    }

    /// One key and its value that were taken out of a table by hand.
    pub(super) fn entry(document: &'d Document, key: Spanned<DeString<'d>>, value: Spanned<DeValue<'d>>) -> Entry<'d> {
        Entry {
            document,
            key_offset: key.span().start,
            key: key.into_inner().into_owned(),
            value,
        }
    }

    /// The value of `key`, which is known from now on.
    pub(super) fn take(&mut self, key: &'static str) -> Option<Entry<'d>> {
        self.asked.push(key);
        let (name, value) = self.entries.remove_entry(key)?;
        Some(Self::entry(self.document, name, value))
    }

    /// Every entry of a table whose keys are the user's own.
    pub(super) fn into_entries(self) -> impl Iterator<Item = Entry<'d>> {
        let document = self.document;
        self.entries
            .into_iter()
            .map(move |(name, value)| Self::entry(document, name, value))
    }

    /// What nobody asked for.
    pub(super) fn unknown(self) -> Vec<ConfigError> {
        let asked = &self.asked;
        let refuse = |key: &Spanned<DeString<'_>>| {
            let name = key.get_ref().as_ref();
            let hint = self.document.hint_for(name);
            let hint = hint.unwrap_or_else(|| did_you_mean(name, asked.iter().copied()));
            self.document
                .error(key.span().start, format!("unknown key `{name}`{hint}"))
        };
        self.entries.keys().map(refuse).collect()
    }
}

/// One key and its value.
pub(super) struct Entry<'d> {
    pub(super) document: &'d Document,
    pub(super) key: String,
    pub(super) key_offset: usize,
    value: Spanned<DeValue<'d>>,
}

impl<'d> Entry<'d> {
    pub(super) fn origin(&self) -> Origin {
        Origin::Line {
            file: self.document.name.clone(),
            line: self.document.position(self.key_offset).0,
        }
    }

    pub(super) fn string(self) -> Result<Located<String>, ConfigError> {
        let offset = self.value.span().start;
        match self.value.into_inner() {
            DeValue::String(text) => Ok(Located {
                value: text.into_owned(),
                offset,
            }),
            other => Err(mismatch(self.document, &self.key, offset, "a string", &other)),
        }
    }

    pub(super) fn strings(self) -> Result<Vec<Located<String>>, ConfigError> {
        let offset = self.value.span().start;
        let items = match self.value.into_inner() {
            DeValue::Array(items) => items,
            other => {
                return Err(mismatch(
                    self.document,
                    &self.key,
                    offset,
                    "an array of strings",
                    &other,
                ));
            }
        };
        let (document, key) = (self.document, self.key);
        gathered(items.into_iter().map(|value| {
            Entry {
                document,
                key: key.clone(),
                key_offset: offset,
                value,
            }
            .string()
        }))
    }

    pub(super) fn boolean(self) -> Result<bool, ConfigError> {
        let offset = self.value.span().start;
        match self.value.into_inner() {
            DeValue::Boolean(value) => Ok(value),
            other => Err(mismatch(self.document, &self.key, offset, "`true` or `false`", &other)),
        }
    }

    pub(super) fn number(self) -> Result<Located<f64>, ConfigError> {
        let offset = self.value.span().start;
        let value = match self.value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
            DeValue::Float(number) => number.as_str().parse().ok(),
            _ => None,
        };
        value
            .map(|value| Located { value, offset })
            .ok_or_else(|| mismatch(self.document, &self.key, offset, "a number", self.value.get_ref()))
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(self, choices: &[(&'static str, T)]) -> Result<T, ConfigError> {
        let (document, key) = (self.document, self.key.clone());
        choose(document, &key, self.string()?, choices)
    }

    /// Any number of a few words.
    pub(super) fn choices<T: Copy>(self, choices: &[(&'static str, T)]) -> Result<Vec<T>, ConfigError> {
        let (document, key) = (self.document, self.key.clone());
        let words = self.strings()?;
        gathered(words.into_iter().map(|word| choose(document, &key, word, choices)))
    }

    pub(super) fn table(self) -> Result<Table<'d>, ConfigError> {
        let offset = self.value.span().start;
        match self.value.into_inner() {
            DeValue::Table(entries) => Ok(Table::new(self.document, entries)),
            other => Err(mismatch(self.document, &self.key, offset, "a table", &other)),
        }
    }

    /// The tables of a `[[key]]`, each still whole, with its place.
    pub(super) fn tables(self) -> Result<Vec<Located<DeTable<'d>>>, ConfigError> {
        let offset = self.value.span().start;
        let items = match self.value.into_inner() {
            DeValue::Array(items) => items,
            other => return Err(mismatch(self.document, &self.key, offset, "an array of tables", &other)),
        };
        let (document, key) = (self.document, self.key);
        let table = |item: Spanned<DeValue<'d>>| {
            let offset = item.span().start;
            match item.into_inner() {
                DeValue::Table(value) => Ok(Located { value, offset }),
                other => Err(mismatch(document, &key, offset, "a table", &other)),
            }
        };
        gathered(items.into_iter().map(table))
    }
}

fn choose<T: Copy>(
    document: &Document,
    key: &str,
    word: Located<String>,
    choices: &[(&'static str, T)],
) -> Result<T, ConfigError> {
    let chosen = choices.iter().find(|(name, _)| *name == word.value);
    chosen.map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<_> = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let message = format!("`{key}` must be {}, not \"{}\"", alternatives(&names), word.value);
        document.error(word.offset, message)
    })
}

/// `a, b or c`.
fn alternatives(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

fn mismatch(document: &Document, key: &str, offset: usize, wanted: &str, found: &DeValue<'_>) -> ConfigError {
    let found = match found {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    };
    document.error(offset, format!("`{key}` must be {wanted}, not {found}"))
}
