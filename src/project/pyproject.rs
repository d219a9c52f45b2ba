//! `pyproject.toml`: `[project]`, dependency groups, and the tables of Poetry, PDM and uv.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Fact;
use super::dependency::{Dependency, PythonManifest};
use super::manifest::{Manifest, as_str, as_table, lookup, strings, table};
use super::python_range::{oldest_of_pep440, oldest_of_poetry};

/// What the manifest says; what is malformed in it becomes a warning and stays unknown.
pub(super) fn read(manifest: &Manifest, warnings: &mut Vec<String>) -> PythonManifest {
    let Some(root) = manifest.toml(warnings) else {
        return PythonManifest::default();
    };
    let declared = lookup(&root, &["project", "requires-python"]);
    let poetry = lookup(&root, &["tool", "poetry", "dependencies", "python"]);
    let python = match (declared, poetry) {
        (Some(value), _) => range(manifest, "requires-python", value, oldest_of_pep440, warnings),
        (None, Some(value)) => range(manifest, "python of poetry", value, oldest_of_poetry, warnings),
        (None, None) => None,
    };
    PythonManifest {
        python,
        dependencies: dependencies(manifest, &root),
    }
}

fn range(
    manifest: &Manifest,
    key: &str,
    value: &Spanned<DeValue<'_>>,
    oldest: impl Fn(&str) -> Result<Option<super::PythonVersion>, String>,
    warnings: &mut Vec<String>,
) -> Option<Fact<super::PythonVersion>> {
    let place = manifest.place(value.span().start);
    let text = as_str(value).ok_or_else(|| "it is not a string".to_owned());
    match text.and_then(oldest) {
        Ok(version) => version.map(|value| Fact {
            value,
            source: format!("{key} in {place}"),
        }),
        Err(reason) => {
            warnings.push(format!("{place}: {key}: {reason}"));
            None
        }
    }
}

/// Where lists of requirements stand.
const LISTS: &[&[&str]] = &[&["project", "dependencies"], &["tool", "uv", "dev-dependencies"]];

/// Where tables stand whose values are lists of requirements.
const TABLES_OF_LISTS: &[&[&str]] = &[
    &["project", "optional-dependencies"],
    &["dependency-groups"],
    &["tool", "pdm", "dev-dependencies"],
];

fn dependencies(manifest: &Manifest, root: &DeTable<'_>) -> Vec<Dependency> {
    let groups = TABLES_OF_LISTS
        .iter()
        .filter_map(|path| table(root, path))
        .flat_map(DeTable::values);
    let lists = LISTS.iter().filter_map(|path| lookup(root, path));
    let parse = |(text, span): (&str, Range<usize>)| Dependency::parse(text, &manifest.place(span.start));
    let mut found: Vec<Dependency> = lists.chain(groups).flat_map(strings).filter_map(parse).collect();
    if let Some(poetry) = table(root, &["tool", "poetry"]) {
        found.extend(poetry_tables(poetry).flat_map(|table| poetry_dependencies(manifest, table)));
    }
    found
}

/// Poetry's tables from package to constraint.
fn poetry_tables<'a, 'i>(poetry: &'a DeTable<'i>) -> impl Iterator<Item = &'a DeTable<'i>> {
    let groups = table(poetry, &["group"])
        .into_iter()
        .flat_map(DeTable::values)
        .filter_map(as_table)
        .filter_map(|group| table(group, &["dependencies"]));
    ["dependencies", "dev-dependencies"]
        .into_iter()
        .filter_map(|key| table(poetry, &[key]))
        .chain(groups)
}

fn poetry_dependencies(manifest: &Manifest, table: &DeTable<'_>) -> Vec<Dependency> {
    table
        .iter()
        .filter(|(name, _)| name.get_ref() != "python")
        .map(|(name, value)| {
            Dependency::named(
                name.get_ref(),
                is_conditional(value),
                &manifest.place(name.span().start),
            )
        })
        .collect()
}

/// Whether Poetry installs it under a condition: `python = …`, `markers = …`, or one of several constraints.
fn is_conditional(value: &Spanned<DeValue<'_>>) -> bool {
    match value.get_ref() {
        DeValue::Table(table) => ["python", "markers", "platform"]
            .iter()
            .any(|key| table.contains_key(*key)),
        DeValue::Array(_) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::PythonVersion;

    fn read_text(text: &str) -> (PythonManifest, Vec<String>) {
        let mut warnings = Vec::new();
        let read = read(&Manifest::new("a/pyproject.toml", text), &mut warnings);
        (read, warnings)
    }

    fn sources(text: &str) -> Vec<String> {
        let (read, warnings) = read_text(text);
        assert_eq!(warnings, Vec::<String>::new());
        read.dependencies.into_iter().map(|one| one.source).collect()
    }

    #[test]
    fn the_declared_range_comes_before_poetrys() {
        let poetry = "[tool.poetry.dependencies]\npython = '^3.9'\n";
        let fact = read_text(poetry).0.python.unwrap();
        assert_eq!(fact.value, PythonVersion::new(3, 9));
        assert_eq!(fact.source, "python of poetry in a/pyproject.toml:2");
        let both = format!("[project]\nname = 'x'\nrequires-python = '>=3.10'\n{poetry}");
        let fact = read_text(&both).0.python.unwrap();
        assert_eq!(fact.value, PythonVersion::new(3, 10));
        assert_eq!(fact.source, "requires-python in a/pyproject.toml:3");
    }

    #[test]
    fn dependencies_are_found_in_every_table() {
        let text = "[project]\ndependencies = [\n  'a',\n  'b>=1',\n]\n[project.optional-dependencies]\nx = ['c']\n\
                    [dependency-groups]\ny = ['d', { include-group = 'x' }]\n[tool.uv]\ndev-dependencies = ['e']\n";
        assert_eq!(
            sources(text),
            [
                "a in a/pyproject.toml:3",
                "b in a/pyproject.toml:4",
                "e in a/pyproject.toml:11",
                "c in a/pyproject.toml:7",
                "d in a/pyproject.toml:9",
            ]
        );
        let poetry =
            "[tool.poetry.dependencies]\npython = '^3.9'\nf = '1'\n[tool.poetry.group.dev.dependencies]\ng = '*'\n";
        assert_eq!(sources(poetry), ["f in a/pyproject.toml:3", "g in a/pyproject.toml:5"]);
    }

    #[test]
    fn what_is_malformed_is_a_warning_with_its_place() {
        let (read, warnings) = read_text("[project]\nrequires-python = '>=x'\n");
        assert!(read.python.is_none());
        assert_eq!(warnings.len(), 1);
        assert!(
            warnings[0].starts_with("a/pyproject.toml:2: requires-python: `>=x` is no version range"),
            "{warnings:?}"
        );
        let (_, warnings) = read_text("[project]\nrequires-python = 3.8\n");
        assert_eq!(warnings, ["a/pyproject.toml:2: requires-python: it is not a string"]);
        let (_, warnings) = read_text("[project\n");
        assert!(warnings[0].starts_with("a/pyproject.toml:1: "), "{warnings:?}");
    }
}
