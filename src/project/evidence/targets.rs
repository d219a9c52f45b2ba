//! The oldest Python that tools are told to keep the code right for: formatters and linters write and allow what that knows.

use super::small;
use super::versions::version;
use crate::facts::{Fact, PythonVersion};
use crate::project::manifest::{Manifest, lookup, one_or_several};
use crate::project::python_folder::Place;
use crate::project::setup_cfg::entries;

/// Where a tool is told its Python, by file: the path of its key. A list names each Python that counts.
const KEYS: &[(&str, &[&[&str]])] = &[
    ("ruff.toml", &[&["target-version"]]),
    (".ruff.toml", &[&["target-version"]]),
    (
        "pyproject.toml",
        &[
            &["tool", "ruff", "target-version"],
            &["tool", "black", "target-version"],
            &["tool", "mypy", "python_version"],
            &["tool", "pyright", "pythonVersion"],
            &["tool", "basedpyright", "pythonVersion"],
        ],
    ),
];

/// Files with a section `[mypy]`.
const MYPY: &[&str] = &["mypy.ini", ".mypy.ini", "setup.cfg"];

/// Every Python that a tool of the folder is told.
pub(super) fn read(place: Place<'_>) -> Vec<Fact<PythonVersion>> {
    let of_tables = KEYS.iter().flat_map(|(name, paths)| {
        let manifest = small(place, name, "version");
        manifest.map(|manifest| in_tables(&manifest, paths)).unwrap_or_default()
    });
    let of_mypy = MYPY.iter().flat_map(|name| {
        let manifest = small(place, name, "python_version");
        manifest.map(|manifest| in_section(&manifest)).unwrap_or_default()
    });
    of_tables.chain(of_mypy).collect()
}

fn in_tables(manifest: &Manifest, paths: &[&[&str]]) -> Vec<Fact<PythonVersion>> {
    let Some(root) = manifest.toml(&mut Vec::new()) else {
        return Vec::new();
    };
    let told = paths
        .iter()
        .filter_map(|path| Some((path.last()?, lookup(root, path)?)));
    told.flat_map(|(key, value)| one_or_several(value).map(move |told| (key, told)))
        .filter_map(|(key, (text, span))| {
            Some(Fact {
                value: version(text)?,
                source: format!("{key} in {}", manifest.place(span.start)),
            })
        })
        .collect()
}

fn in_section(manifest: &Manifest) -> Vec<Fact<PythonVersion>> {
    let entries = entries(manifest.text()).into_iter();
    let own = entries.filter(|entry| entry.section == "mypy" && entry.key == "python_version");
    own.filter_map(|entry| {
        Some(Fact {
            value: version(entry.value)?,
            source: format!("python_version in {}", manifest.place(entry.at)),
        })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::super::shown;
    use super::*;

    #[test]
    fn tools_tell_the_python_that_they_are_told() {
        let text = "[tool.ruff]\ntarget-version = 'py39'\n[tool.black]\ntarget-version = ['py310', 'py312']\n[tool.mypy]\n\
                    python_version = '3.11'\n[tool.pyright]\npythonVersion = '3.13'\n";
        let manifest = Manifest::new("pyproject.toml", text);
        let paths = KEYS.iter().find(|(name, _)| *name == "pyproject.toml").unwrap().1;
        assert_eq!(
            shown(in_tables(&manifest, paths)),
            [
                "3.9 target-version in pyproject.toml:2",
                "3.10 target-version in pyproject.toml:4",
                "3.12 target-version in pyproject.toml:4",
                "3.11 python_version in pyproject.toml:6",
                "3.13 pythonVersion in pyproject.toml:8",
            ]
        );
        let mypy = Manifest::new(
            "mypy.ini",
            "[mypy]\npython_version = 3.8\n[mypy-x.*]\npython_version = 2.7\n",
        );
        assert_eq!(shown(in_section(&mypy)), ["3.8 python_version in mypy.ini:2"]);
    }
}
