//! How wide the lines of a Python project get: what its formatter is told, or else its linter.

use super::manifest::{Manifest, count, table};
use super::python_folder::Place;
use super::setup_cfg::entries;

/// What ruff and black allow by default, in columns.
pub(super) const OF_FORMATTERS: usize = 88;

/// The widths that ruff takes.
const POSSIBLE: std::ops::RangeInclusive<usize> = 1..=320;

/// How wide the lines get that stand below a folder, in columns, as far as it is told there: by ruff or black, else by flake8 or
/// pycodestyle. What is malformed is said where the file is read for other things, or by those tools.
pub(super) fn line_width(place: Place<'_>) -> Option<usize> {
    let mut unheard = Vec::new();
    let mut formatters = Vec::new();
    for name in [".ruff.toml", "ruff.toml"] {
        if let Some(manifest) = place.manifest(name, &mut unheard) {
            formatters.push(of_table(&manifest, &[]));
        }
    }
    if let Some(manifest) = place.manifest("pyproject.toml", &mut unheard) {
        formatters.push(of_table(&manifest, &["tool", "ruff"]));
        formatters.push(of_table(&manifest, &["tool", "black"]));
    }
    // The first that says a number; a formatter that is told nothing has its own.
    let told = |said: &Said| match said {
        Said::Columns(columns) => Some(*columns),
        _ => None,
    };
    if let Some(columns) = formatters.iter().find_map(told) {
        return Some(columns);
    }
    if formatters.contains(&Said::Inherited) {
        return None;
    }
    if formatters.contains(&Said::Nothing) {
        return Some(OF_FORMATTERS);
    }
    [".flake8", "setup.cfg", "tox.ini"].into_iter().find_map(|name| {
        let manifest = place.manifest(name, &mut unheard)?;
        of_linters(manifest.text())
    })
}

/// What a formatter is told in one file.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Said {
    /// It is not spoken of.
    Absent,
    /// It is used, with its defaults.
    Nothing,
    /// It is used as another file says.
    Inherited,
    Columns(usize),
}

fn of_table(manifest: &Manifest, path: &[&str]) -> Said {
    let root = manifest.toml(&mut Vec::new());
    let Some(settings) = root.and_then(|root| if path.is_empty() { Some(root) } else { table(root, path) }) else {
        return Said::Absent;
    };
    match (
        count(settings, "line-length").filter(|columns| POSSIBLE.contains(columns)),
        settings.contains_key("extend"),
    ) {
        (Some(columns), _) => Said::Columns(columns),
        (None, true) => Said::Inherited,
        (None, false) => Said::Nothing,
    }
}

fn of_linters(text: &str) -> Option<usize> {
    let mut told = entries(text).into_iter().filter(|entry| {
        matches!(entry.section, "flake8" | "pycodestyle") && matches!(entry.key, "max-line-length" | "max_line_length")
    });
    let columns = told.next()?.value.trim().parse().ok();
    columns.filter(|columns| POSSIBLE.contains(columns))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::project::files::Files;

    fn in_folder(files: &[(&str, &str)]) -> Option<usize> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        line_width(Place {
            folder: folder.path(),
            root: folder.path(),
            files: &Files::new(folder.path()),
        })
    }

    #[test]
    fn formatters_and_linters_are_told_in_files_of_their_own() {
        for (name, text, columns) in [
            ("ruff.toml", "line-length = 100\n", Some(100)),
            (".ruff.toml", "line-length = 79\n", Some(79)),
            ("ruff.toml", "[lint]\nselect = ['E']\n", Some(88)),
            ("ruff.toml", "extend = '../ruff.toml'\n", None),
            ("pyproject.toml", "[tool.ruff]\nline-length = 120\n", Some(120)),
            ("pyproject.toml", "[tool.ruff.lint]\nselect = []\n", Some(88)),
            ("pyproject.toml", "[tool.black]\nline-length = 99\n", Some(99)),
            ("pyproject.toml", "[tool.black]\nline-length = 'wide'\n", Some(88)),
            ("pyproject.toml", "[tool.ruff]\nline-length = 100000\n", Some(88)),
            ("pyproject.toml", "[project]\nname = 'x'\n", None),
            (".flake8", "[flake8]\nmax-line-length = 110\n", Some(110)),
            ("setup.cfg", "[pycodestyle]\nmax_line_length=130\n", Some(130)),
            ("tox.ini", "[testenv]\nmax-line-length = 130\n", None),
        ] {
            assert_eq!(in_folder(&[(name, text)]), columns, "{name}: {text}");
        }
    }

    #[test]
    fn who_writes_the_lines_counts_more_than_who_measures_them() {
        let flake8 = (".flake8", "[flake8]\nmax-line-length = 140\n");
        let ruff = ("pyproject.toml", "[tool.ruff.lint]\n[tool.black]\nline-length = 100\n");
        assert_eq!(in_folder(&[flake8, ruff]), Some(100));
        let ruff = ("pyproject.toml", "[tool.ruff]\n");
        assert_eq!(in_folder(&[flake8, ruff]), Some(88));
    }
}
