//! `environment.yml` of conda: the packages of `dependencies`, and the list for pip in it. Only block lists are read, which
//! is how conda writes them.

use super::Fact;
use super::dialects;
use super::manifest::Manifest;
use super::python_range::oldest_of_pep440;
use super::requirement::{PythonManifest, Reading, Role};
use super::requirements::without_comment;

/// What the manifest says.
pub(super) fn read(manifest: &Manifest, warnings: &mut Vec<String>) -> PythonManifest {
    let mut python = None;
    let mut reading = Reading::of(manifest, warnings);
    for item in items(manifest.text()) {
        if item.for_pip {
            reading.add(item.text, item.at, Role::Main);
            continue;
        }
        let spec = item.text.rsplit("::").next().unwrap_or(item.text);
        let at = item.at + item.text.len() - spec.len();
        let length = spec.find([' ', '=', '<', '>', '!', '~', '[']).unwrap_or(spec.len());
        let (name, range) = spec.split_at(length);
        let range = dialects::conda(range);
        if name == "python" {
            let oldest = range.and_then(|range| oldest_of_pep440(&range.to_string()).ok().flatten());
            python = oldest.map(|value| Fact {
                value,
                source: format!("python in {}", manifest.place(at)),
            });
        } else if !name.is_empty() {
            reading.push(name, range, None, Role::Main, at..at + spec.len());
        }
    }
    PythonManifest {
        hinted_python: python,
        requirements: reading.found,
        ..PythonManifest::default()
    }
}

/// One item of the list.
struct Item<'a> {
    text: &'a str,
    at: usize,
    for_pip: bool,
}

fn items(text: &str) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    let mut inside = false;
    // How far the item `- pip:` is indented.
    let mut pip: Option<usize> = None;
    let mut start = 0;
    for physical in text.split_inclusive('\n') {
        let at = start;
        start += physical.len();
        let line = without_comment(physical).trim_end();
        let indent = line.len() - line.trim_start().len();
        let Some(item) = line.trim_start().strip_prefix('-').filter(|_| inside) else {
            if !line.is_empty() && indent == 0 {
                inside = line == "dependencies:";
                pip = None;
            }
            continue;
        };
        if pip.is_some_and(|pip| indent <= pip) {
            pip = None;
        }
        let trimmed = item.trim();
        if trimmed == "pip:" {
            pip = Some(indent);
            continue;
        }
        let quotes = ['"', '\''];
        let text = trimmed.trim_matches(quotes);
        let opening = trimmed.len() - trimmed.trim_start_matches(quotes).len();
        items.push(Item {
            text,
            at: at + line.len() - item.trim_start().len() + opening,
            for_pip: pip.is_some(),
        });
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::PythonVersion;

    #[test]
    fn packages_of_conda_and_of_pip_are_found() {
        let text = "name: x\nchannels:\n  - conda-forge\ndependencies:\n  - python=3.11\n  - conda-forge::websockets=13.1  # y\n  \
                    - 'aiohttp>=3.9,<4'\n  - pip\n  - pip:\n      - tornado==6.4\n      - -r requirements.txt\n  - redis\nprefix: /x\n";
        let read = read(&Manifest::new("environment.yml", text), &mut Vec::new());
        let shown: Vec<_> = read
            .requirements
            .iter()
            .map(|one| format!("{} {}", one.shown(), one.place))
            .collect();
        assert_eq!(
            shown,
            [
                "websockets==13.1.* environment.yml:6",
                "aiohttp>=3.9,<4 environment.yml:7",
                "pip environment.yml:8",
                "tornado==6.4 environment.yml:10",
                "redis environment.yml:12",
            ]
        );
        let spans: Vec<_> = read.requirements.iter().map(|one| &text[one.span.range()]).collect();
        assert_eq!(spans[0], "websockets=13.1");
        assert_eq!(spans[1], "aiohttp>=3.9,<4");
        let python = read.hinted_python.unwrap();
        assert_eq!(
            (python.value, python.source.as_str()),
            (PythonVersion::new(3, 11), "python in environment.yml:5")
        );
    }

    #[test]
    fn a_list_at_the_margin_is_read_too_and_other_yaml_says_nothing() {
        let names = |text: &str| -> Vec<String> {
            let read = read(&Manifest::new("environment.yml", text), &mut Vec::new());
            read.requirements.into_iter().map(|one| one.package).collect()
        };
        assert_eq!(
            names("dependencies:\n- websockets\n- pip:\n  - redis\n- x\nother:\n- y\n"),
            ["websockets", "redis", "x"]
        );
        for text in [
            "dependencies: [websockets]\n",
            "- websockets\n",
            "dependencies:\n  -\n",
            "-",
            "dependencies:\n-'",
        ] {
            assert!(names(text).iter().all(|name| name != "websockets"), "{text}");
        }
    }
}
