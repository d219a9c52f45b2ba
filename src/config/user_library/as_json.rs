//! A table of TOML as JSON, a token a line: the line that an error names is a place in the TOML.
//!
//! Each format that reads a [`Library`](crate::catalog::Library) costs the build as much as the catalogue has keys, and
//! the compiled-in libraries are JSON, so the user's become JSON as well.

use serde::de::DeserializeOwned;
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What is wrong, and the byte offset in the TOML at which it stands.
pub(super) struct Wrong {
    pub(super) message: String,
    pub(super) offset: usize,
}

/// Reads the table that begins at the byte `start`.
pub(super) fn read<T: DeserializeOwned>(table: &DeTable<'_>, start: usize) -> Result<T, Wrong> {
    let mut writer = Writer::default();
    writer.table(table, start)?;
    serde_json::from_str(&writer.json).map_err(|error| {
        let text = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        Wrong {
            message: text.strip_suffix(&place).unwrap_or(&text).to_owned(),
            offset: error
                .line()
                .checked_sub(1)
                .and_then(|line| writer.offsets.get(line))
                .map_or(start, |&offset| offset),
        }
    })
}

#[derive(Default)]
struct Writer {
    json: String,
    /// For each line of `json` the byte offset of what it was made of.
    offsets: Vec<usize>,
}

impl Writer {
    fn table(&mut self, table: &DeTable<'_>, start: usize) -> Result<(), Wrong> {
        self.line("{", start);
        for (index, (key, value)) in table.iter().enumerate() {
            let offset = key.span().start;
            let comma = if index == 0 { "" } else { "," };
            self.line(&format!("{comma}{}:", Value::from(key.get_ref().as_ref())), offset);
            self.value(value)?;
        }
        self.line("}", start);
        Ok(())
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>) -> Result<(), Wrong> {
        let start = value.span().start;
        match value.get_ref() {
            DeValue::String(text) => self.line(&Value::from(text.as_ref()).to_string(), start),
            DeValue::Boolean(yes) => self.line(if *yes { "true" } else { "false" }, start),
            DeValue::Integer(digits) => match i64::from_str_radix(digits.as_str(), digits.radix()) {
                Ok(integer) => self.line(&integer.to_string(), start),
                Err(_) => return Err(refused("this integer is too large", start)),
            },
            DeValue::Float(digits) => match digits.as_str().parse::<f64>() {
                Ok(number) if number.is_finite() => self.line(&format!("{number:?}"), start),
                _ => return Err(refused("a number must be finite", start)),
            },
            DeValue::Datetime(_) => return Err(refused("a date means nothing here", start)),
            DeValue::Array(values) => {
                self.line("[", start);
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        self.line(",", value.span().start);
                    }
                    self.value(value)?;
                }
                self.line("]", start);
            }
            DeValue::Table(table) => self.table(table, start)?,
        }
        Ok(())
    }

    fn line(&mut self, token: &str, offset: usize) {
        self.json.push_str(token);
        self.json.push('\n');
        self.offsets.push(offset);
    }
}

fn refused(message: &str, offset: usize) -> Wrong {
    Wrong {
        message: message.to_owned(),
        offset,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn read_text<T: DeserializeOwned>(text: &str) -> Result<T, (String, &str)> {
        let table = DeTable::parse(text).unwrap().into_inner();
        read(&table, 0).map_err(|wrong| (wrong.message, &text[wrong.offset..]))
    }

    #[test]
    fn every_kind_of_value_is_read() {
        let read: Value = read_text(
            r#"
            a = 1
            b = [0x10, -2.5, 'x"\', true, "\n\u0001✓"]
            c.d = {}
            [[e]]
            f = 1e3
            "#,
        )
        .unwrap();
        let expected = serde_json::json!({
            "a": 1, "b": [16, -2.5, "x\"\\", true, "\n\u{1}✓"], "c": {"d": {}}, "e": [{"f": 1000.0}],
        });
        assert_eq!(read, expected);
    }

    #[test]
    fn what_is_wrong_is_found_where_it_stands() {
        type Read = BTreeMap<String, Vec<u8>>;
        let wrong = |text| read_text::<Read>(text).unwrap_err();
        let (message, at) = wrong("a = [1]\nb = [2,\n 'x']\n");
        assert_eq!(message, "invalid type: string \"x\", expected u8");
        assert_eq!(at, "'x']\n");
        assert_eq!(wrong("a = [1]\nb = [2, 300]\n").1, "300]\n");
        assert_eq!(wrong("a = {}\n").1, "{}\n");
        assert_eq!(wrong("a = [inf]\n").1, "inf]\n");
        assert_eq!(wrong("a = [1979-05-27]\n").1, "1979-05-27]\n");
        assert_eq!(wrong("a = [99999999999999999999]\n").1, "99999999999999999999]\n");
    }
}
