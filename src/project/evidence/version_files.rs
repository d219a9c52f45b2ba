//! The files of version managers and hosts: what developers and servers run.

use std::path::{Component, Path};

use toml::Spanned;
use toml::de::DeValue;

use super::small;
use super::versions::version;
use crate::facts::{Fact, PythonVersion};
use crate::project::manifest::{Manifest, as_str, lookup, strings};
use crate::project::python_folder::Place;
use crate::project::python_range::oldest_of_pep440;

type Reader = fn(&Manifest) -> Vec<Fact<PythonVersion>>;

const FILES: &[(&str, Reader)] = &[
    (".python-version", lines),
    (".python-versions", lines),
    (".tool-versions", tool_versions),
    ("mise.toml", mise),
    (".mise.toml", mise),
    (".config/mise.toml", mise),
    ("runtime.txt", lines),
    ("pixi.toml", pixi),
    ("serverless.yml", runtimes),
    ("serverless.yaml", runtimes),
    ("template.yaml", runtimes),
    ("template.yml", runtimes),
    ("app.yaml", runtimes),
];

/// Every version that the first of these files names that names any.
pub(super) fn read(place: Place<'_>) -> Vec<Fact<PythonVersion>> {
    let mut named = FILES
        .iter()
        .filter_map(|(name, reader)| Some(reader(small(place, name, "3")?.as_ref())));
    named.find(|found| !found.is_empty()).unwrap_or_default()
}

/// Every version in the file that a workflow names; nothing outside of the project's folder is read.
pub(super) fn named(place: Place<'_>, name: &str) -> Vec<Fact<PythonVersion>> {
    let is_inside = Path::new(name)
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let manifest = is_inside.then(|| small(place, name, "3")).flatten();
    let reader = FILES.iter().find(|(known, _)| *known == name);
    let read = reader.map_or(lines as Reader, |(_, read)| *read);
    manifest.map(|manifest| read(&manifest)).unwrap_or_default()
}

/// `.python-version` of pyenv and uv, `runtime.txt` of hosts: a version a line. Names of virtual environments say nothing.
fn lines(manifest: &Manifest) -> Vec<Fact<PythonVersion>> {
    let lines = manifest.text().lines().enumerate();
    lines
        .filter_map(|(index, line)| {
            let line = line.split('#').next().unwrap_or(line).trim();
            Some(Fact {
                value: version(line)?,
                source: manifest.place_of_line(index + 1),
            })
        })
        .collect()
}

/// `.tool-versions` of asdf: `python 3.10.4 3.9.18`.
fn tool_versions(manifest: &Manifest) -> Vec<Fact<PythonVersion>> {
    let lines = manifest.text().lines().enumerate();
    let of_python = lines.filter_map(|(index, line)| {
        let line = line.split('#').next().unwrap_or(line);
        let mut words = line.split_whitespace();
        (words.next() == Some("python")).then_some((index, words))
    });
    of_python
        .flat_map(|(index, words)| {
            words.filter_map(version).map(move |value| Fact {
                value,
                source: format!("python in {}", manifest.place_of_line(index + 1)),
            })
        })
        .collect()
}

/// `runtime: python3.10` of a function in a cloud (Serverless Framework, AWS SAM), `runtime: python310` of App Engine.
fn runtimes(manifest: &Manifest) -> Vec<Fact<PythonVersion>> {
    let lines = manifest.text().lines().enumerate();
    lines
        .filter_map(|(index, line)| {
            let (key, value) = line.split_once(':')?;
            let value = value.split('#').next().unwrap_or(value);
            let is_python = value.trim().trim_matches(['"', '\'']).starts_with("python");
            let is_runtime = key.trim().trim_start_matches("- ").eq_ignore_ascii_case("runtime");
            Some(Fact {
                value: version(value).filter(|_| is_runtime && is_python)?,
                source: format!("runtime in {}", manifest.place_of_line(index + 1)),
            })
        })
        .collect()
}

/// `[dependencies]` of pixi: `python = "3.10.*"`, `python = ">=3.10,<3.13"`.
fn pixi(manifest: &Manifest) -> Vec<Fact<PythonVersion>> {
    let python = manifest
        .toml(&mut Vec::new())
        .and_then(|root| lookup(root, &["dependencies", "python"]));
    let read = |value: &Spanned<DeValue<'_>>| {
        let text = as_str(value)?;
        Some(Fact {
            value: version(text).or_else(|| oldest_of_pep440(text).ok().flatten())?,
            source: format!("python in {}", manifest.place(value.span().start)),
        })
    };
    python.and_then(read).into_iter().collect()
}

/// `[tools]` of mise: `python = "3.10"`, `python = ["3.10", "3.12"]`, `python = { version = "3.10" }`.
fn mise(manifest: &Manifest) -> Vec<Fact<PythonVersion>> {
    let Some(root) = manifest.toml(&mut Vec::new()) else {
        return Vec::new();
    };
    let Some(tool) = lookup(root, &["tools", "python"]) else {
        return Vec::new();
    };
    let one = match tool.get_ref() {
        DeValue::Table(table) => table.get("version").and_then(as_str),
        _ => as_str(tool),
    };
    let one = one.map(|text| (text, tool.span()));
    one.into_iter()
        .chain(strings(tool))
        .filter_map(|(text, span)| {
            Some(Fact {
                value: version(text)?,
                source: format!("python in {}", manifest.place(span.start)),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::shown;
    use super::*;

    fn read(name: &str, text: &str) -> Vec<String> {
        let reader = FILES.iter().find(|(known, _)| *known == name).unwrap().1;
        shown(reader(&Manifest::new(name, text)))
    }

    #[test]
    fn every_version_counts_and_other_names_say_nothing() {
        assert_eq!(
            read(".python-version", "# local\n3.12.1\n3.9\n"),
            ["3.12 .python-version:2", "3.9 .python-version:3"]
        );
        assert_eq!(read(".python-version", "cpython-3.11.4"), ["3.11 .python-version:1"]);
        assert_eq!(read(".python-version", "pypy3.9-7.3.9"), ["3.9 .python-version:1"]);
        assert_eq!(read("runtime.txt", "python-3.10.14\n"), ["3.10 runtime.txt:1"]);
        let functions = "functions:\n  a:\n    Runtime: python3.10\n  b:\n    runtime: 'python3.9' # old\n  c:\n    runtime: nodejs20.x\n";
        assert_eq!(
            read("template.yaml", functions),
            ["3.10 runtime in template.yaml:3", "3.9 runtime in template.yaml:5"]
        );
        assert_eq!(read("app.yaml", "runtime: python39\n"), ["3.9 runtime in app.yaml:1"]);
        assert_eq!(
            read("pixi.toml", "[dependencies]\npython = '3.9.*'\n"),
            ["3.9 python in pixi.toml:2"]
        );
        assert_eq!(
            read("pixi.toml", "[dependencies]\npython = '>=3.10,<3.13'\n"),
            ["3.10 python in pixi.toml:2"]
        );
        for text in ["", "system", "my.env", "3"] {
            assert!(read(".python-version", text).is_empty(), "{text}");
        }
    }

    #[test]
    fn the_tools_of_asdf_and_mise_are_read() {
        assert_eq!(
            read(
                ".tool-versions",
                "nodejs 20.3\npython 3.11.2 3.8.18 # both\npython-launcher 3.7\n"
            ),
            ["3.11 python in .tool-versions:2", "3.8 python in .tool-versions:2"]
        );
        assert_eq!(
            read("mise.toml", "[tools]\npython = '3.10'\n"),
            ["3.10 python in mise.toml:2"]
        );
        assert_eq!(
            read("mise.toml", "[tools]\nnode = '3.1'\npython = ['3.12', '3.9']\n"),
            ["3.12 python in mise.toml:3", "3.9 python in mise.toml:3"]
        );
        assert_eq!(
            read(
                ".mise.toml",
                "[tools]\npython = { version = '3.8', virtualenv = '.venv' }\n"
            ),
            ["3.8 python in .mise.toml:2"]
        );
        assert!(read("mise.toml", "[tools\n").is_empty());
    }
}
