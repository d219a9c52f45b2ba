//! A table from packages to their ranges, as Poetry and Pipenv write it: `websockets = "^13.1"`, `websockets = { version = "*", … }`.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::dialects;
use super::manifest::{as_str, is_true};
use super::requirement::Reading;
use crate::facts::Role;

/// The keys of a package's table under which it is not always installed. Pipenv takes every name of an environment marker.
const CONDITIONS: &[&str] = &[
    "markers",
    "python",
    "platform",
    "os_name",
    "platform_machine",
    "platform_system",
    "python_full_version",
    "python_version",
    "sys_platform",
];

/// Reads the table; `role` is that of what is in it, but for what is optional.
pub(super) fn read(dependencies: &DeTable<'_>, role: &Role, reading: &mut Reading<'_>) {
    for (name, value) in dependencies.iter().filter(|(name, _)| name.get_ref() != "python") {
        let constraints = match value.get_ref() {
            DeValue::Array(several) => several.as_ref(),
            _ => std::slice::from_ref(value),
        };
        let several = constraints.len() > 1;
        for constraint in constraints {
            let span = match several {
                true => constraint.span(),
                false => reading.manifest.entry(name.span(), constraint.span()),
            };
            read_range(name.get_ref(), span, constraint, several, role, reading);
        }
    }
}

fn read_range(
    name: &str,
    span: Range<usize>,
    constraint: &Spanned<DeValue<'_>>,
    several: bool,
    role: &Role,
    reading: &mut Reading<'_>,
) {
    let (version, condition, is_optional) = match constraint.get_ref() {
        DeValue::String(_) => (Some(constraint), None, false),
        DeValue::Table(details) => {
            let condition = CONDITIONS.iter().find_map(|key| {
                let value = details.get(*key).and_then(as_str)?;
                Some(format!("{key} {value}"))
            });
            let is_optional = details.get("optional").is_some_and(is_true);
            (details.get("version"), condition, is_optional)
        }
        _ => (None, None, false),
    };
    let range = version.and_then(as_str).and_then(|text| {
        let range = dialects::poetry(text);
        if range.is_none() && !text.contains('|') && !text.contains("://") {
            reading.malformed(name, text, constraint.span().start);
        }
        range
    });
    let role = match role {
        Role::Main if is_optional => Role::Extra(name.to_owned()),
        role => role.clone(),
    };
    let condition = condition.or_else(|| several.then(|| "one of several constraints".to_owned()));
    reading.push(name, range, condition, role, span);
}
