//! The `[[library]]` tables of a configuration: the user's own connects, added to the catalogue.

use toml::de::DeTable;

use super::error::ConfigError;
use super::reader::{Document, Located, Table};
use crate::catalog::{Library, Waits};
use crate::source::Language;

mod as_json;

/// Reads one `[[library]]` table: [`Library`] and its `language`.
pub(super) fn read(
    document: &Document,
    mut table: Located<DeTable<'_>>,
    languages: &[(&'static str, Language)],
) -> Result<(Language, Library), ConfigError> {
    let start = table.offset;
    let refuse = |message: String| document.error(start, format!("`library`: {message}"));
    let Some((key, language)) = table.value.remove_entry("language") else {
        return Err(refuse("`language` is missing: \"python\" or \"rust\"".to_owned()));
    };
    let language = Table::entry(document, key, language).choice(languages)?;
    let library = as_json::read(&table.value, start)
        .map_err(|wrong| document.error(wrong.offset, format!("`library`: {}", wrong.message)))?;
    validate(&library, language).map_err(refuse)?;
    Ok((language, library))
}

fn separator(language: Language) -> &'static str {
    match language {
        Language::Python | Language::Manifest => ".",
        Language::Rust => "::",
    }
}

fn validate(library: &Library, language: Language) -> Result<(), String> {
    if library.modules.is_empty() || library.modules.iter().any(String::is_empty) {
        return Err("`modules` must name what a file mentions to use the library".to_owned());
    }
    if library.connects.is_empty() {
        return Err("missing field `connect`".to_owned());
    }
    if !library.gives.is_empty() {
        return Err("`gives` is only known of the libraries that ws-lint comes with".to_owned());
    }
    let separator = separator(language);
    for api in &library.connects {
        if api.paths.is_empty() {
            return Err("a `connect` needs at least one path in `paths`".to_owned());
        }
        for path in &api.paths {
            if !path.contains(separator) {
                return Err(format!("`{path}` must be a whole path like `module{separator}connect`"));
            }
            if !library.modules.iter().any(|module| path.contains(module.as_str())) {
                return Err(format!(
                    "`{path}` holds none of `modules`, so a file that uses it would never be looked at"
                ));
            }
        }
        validate_limit(api.waits, api.limit)?;
        for row in &api.otherwise {
            validate_limit(row.waits, row.limit)?;
        }
    }
    Ok(())
}

fn validate_limit(waits: Waits, limit: Option<f64>) -> Result<(), String> {
    match (waits, limit) {
        (Waits::Default, None) => Err("`waits = \"default\"` needs `limit`, in seconds".to_owned()),
        (Waits::Default, Some(limit)) if !(limit.is_finite() && limit > 0.0) => {
            Err("`limit` must be a number of seconds above 0".to_owned())
        }
        (Waits::ForEver | Waits::InProcess, Some(_)) => Err("`limit` belongs to `waits = \"default\"`".to_owned()),
        _ => Ok(()),
    }
}
