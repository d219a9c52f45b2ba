//! `setup.cfg`: `python_requires`, `install_requires` and the extras of setuptools.

use super::Fact;
use super::dependency::{Dependency, PythonManifest};
use super::manifest::Manifest;
use super::python_range::oldest_of_pep440;

/// What the manifest says; what is malformed in it becomes a warning and stays unknown.
pub(super) fn read(manifest: &Manifest, warnings: &mut Vec<String>) -> PythonManifest {
    let mut read = PythonManifest::default();
    for entry in entries(manifest.text()) {
        let place = manifest.place_of_line(entry.line);
        match (entry.section, entry.key) {
            ("options", "python_requires") if !entry.value.is_empty() => match oldest_of_pep440(entry.value) {
                Ok(version) => {
                    read.python = version.map(|value| Fact {
                        value,
                        source: format!("python_requires in {place}"),
                    });
                }
                Err(reason) => warnings.push(format!("{place}: python_requires: {reason}")),
            },
            ("options", "install_requires" | "tests_require") | ("options.extras_require", _) => {
                read.dependencies.extend(Dependency::parse(entry.value, &place));
            }
            _ => {}
        }
    }
    read
}

/// One line of a value.
struct Entry<'a> {
    section: &'a str,
    key: &'a str,
    value: &'a str,
    line: usize,
}

/// Every line of every value, as `configparser` reads them: indented lines go on with the value above.
fn entries(text: &str) -> Vec<Entry<'_>> {
    let mut entries = Vec::new();
    let (mut section, mut key) = ("", "");
    for (index, line) in text.lines().enumerate() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        let value = if line.starts_with(char::is_whitespace) {
            trimmed
        } else if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            (section, key) = (name.trim(), "");
            continue;
        } else if let Some((name, value)) = trimmed.split_once(['=', ':']) {
            key = name.trim();
            value.trim()
        } else {
            continue;
        };
        entries.push(Entry {
            section,
            key,
            value,
            line: index + 1,
        });
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::PythonVersion;

    #[test]
    fn values_go_on_over_indented_lines() {
        let text = "[metadata]\nname = x\n[options]\npython_requires = >=3.8\ninstall_requires =\n    a>=1\n    # c\n    \
                    b; python_version<'3.9'\n[options.extras_require]\nx = c\n[flake8]\ninstall_requires = no\n";
        let mut warnings = Vec::new();
        let read = read(&Manifest::new("setup.cfg", text), &mut warnings);
        let python = read.python.unwrap();
        assert_eq!(python.value, PythonVersion::new(3, 8));
        assert_eq!(python.source, "python_requires in setup.cfg:4");
        assert_eq!(
            read.dependencies,
            [
                Dependency::named("a", false, "setup.cfg:6"),
                Dependency::named("b", true, "setup.cfg:8"),
                Dependency::named("c", false, "setup.cfg:10"),
            ]
        );
        assert!(warnings.is_empty());
    }

    #[test]
    fn a_malformed_range_is_a_warning() {
        let mut warnings = Vec::new();
        let read = read(
            &Manifest::new("setup.cfg", "[options]\npython_requires = 3\n"),
            &mut warnings,
        );
        assert!(read.python.is_none());
        assert!(
            warnings[0].starts_with("setup.cfg:2: python_requires: `3` is no version range"),
            "{warnings:?}"
        );
    }
}
