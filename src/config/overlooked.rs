//! Tables in manifests that are meant for ws-lint and bear another name.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::shown;

/// How people write the name.
const MISSPELT: [&str; 4] = ["wslint", "ws_lint", "WS-lint", "wsLint"];

/// A line for the first such table of a manifest, unless it has one of the right name.
pub(super) fn misspelt(path: &Path, text: &[u8], cwd: &Path) -> Option<String> {
    let parents: &[&[&str]] = match path.file_name()?.to_str()? {
        "pyproject.toml" => &[&["tool"]],
        "Cargo.toml" => &[&["package", "metadata"], &["workspace", "metadata"]],
        _ => return None,
    };
    let text = std::str::from_utf8(text).ok()?;
    if !MISSPELT.iter().any(|name| text.contains(name)) {
        return None;
    }
    let root = DeTable::parse(text).ok()?;
    parents.iter().find_map(|parent| {
        let tables = parent.iter().try_fold(root.get_ref(), |table, key| below(table, key))?;
        let name = MISSPELT.iter().find(|name| tables.contains_key(**name))?;
        let parent = parent.join(".");
        let is_there_too = tables.contains_key("ws-lint");
        (!is_there_too).then(|| {
            let file = shown(path, cwd);
            format!("{file}: `[{parent}.{name}]` is not read: the table is called `[{parent}.ws-lint]`")
        })
    })
}

fn below<'t, 'd>(table: &'t DeTable<'d>, key: &str) -> Option<&'t DeTable<'d>> {
    match table.get(key)?.get_ref() {
        DeValue::Table(table) => Some(table),
        _ => None,
    }
}
