//! `environment.yml` of conda: the packages of `dependencies`, and the list for pip in it.

use saphyr_parser::{Event, Parser};

use super::dialects;
use super::manifest::Manifest;
use super::python_range::oldest_of_pep440;
use super::requirement::{PythonManifest, Reading};
use crate::facts::{Fact, Role};

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

/// Deeper than this nobody writes.
const DEEPEST: usize = 64;

/// What a list or a mapping of the file is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The mapping of the whole file.
    File,
    /// The list of packages.
    Dependencies,
    /// A mapping in it.
    Tool,
    /// The list for pip in that.
    Pip,
    Other,
}

/// A list or a mapping that is being read.
struct Level {
    place: Place,
    is_mapping: bool,
    /// In a mapping: the key whose value comes next.
    key: Option<String>,
}

/// The items of both lists. Of a file that is no YAML those in front of the fault.
fn items(text: &str) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    let mut levels: Vec<Level> = Vec::new();
    let mut bytes = Bytes::of(text);
    for event in Parser::new_from_str(text) {
        let Ok((event, span)) = event else { break };
        match event {
            Event::MappingStart(..) | Event::SequenceStart(..) if levels.len() > DEEPEST => break,
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                let is_mapping = matches!(event, Event::MappingStart(..));
                let place = place_of_next(&mut levels, is_mapping);
                levels.push(Level {
                    place,
                    is_mapping,
                    key: None,
                });
            }
            Event::MappingEnd | Event::SequenceEnd => {
                levels.pop();
            }
            Event::Scalar(value, ..) => {
                let Some(level) = levels.last_mut() else { continue };
                if level.is_mapping {
                    level.key = level.key.take().is_none().then(|| value.into_owned());
                } else if matches!(level.place, Place::Dependencies | Place::Pip)
                    && let Some((at, text)) = bytes.written(span.start.index(), &value)
                {
                    let for_pip = level.place == Place::Pip;
                    items.push(Item { text, at, for_pip });
                }
            }
            _ => {}
        }
    }
    items
}

/// What the list or mapping is that begins here.
fn place_of_next(levels: &mut [Level], is_mapping: bool) -> Place {
    let Some(around) = levels.last_mut() else {
        return if is_mapping { Place::File } else { Place::Other };
    };
    let key = around.key.take();
    if around.is_mapping && key.is_none() {
        // It is a key itself.
        around.key = Some(String::new());
        return Place::Other;
    }
    match (around.place, key.as_deref(), is_mapping) {
        (Place::File, Some("dependencies"), false) => Place::Dependencies,
        (Place::Dependencies, None, true) => Place::Tool,
        (Place::Tool, Some("pip"), false) => Place::Pip,
        _ => Place::Other,
    }
}

/// Finds bytes by the characters that the parser counts. It is asked in ascending order.
struct Bytes<'t> {
    text: &'t str,
    characters: usize,
    bytes: usize,
}

impl<'t> Bytes<'t> {
    fn of(text: &'t str) -> Self {
        Self {
            text,
            characters: 0,
            bytes: 0,
        }
    }

    /// Where a value stands that begins at this character, with or without a quotation mark. Nothing where it is written in
    /// another way than it is meant: with escapes, or over several lines.
    fn written(&mut self, character: usize, value: &str) -> Option<(usize, &'t str)> {
        let rest = self.text.get(self.bytes..)?;
        let ahead = character.checked_sub(self.characters)?;
        let skipped = rest.char_indices().nth(ahead).map_or(rest.len(), |(at, _)| at);
        self.characters = character;
        self.bytes += skipped;
        [self.bytes, self.bytes + 1].into_iter().find_map(|at| {
            let written = self.text.get(at..at + value.len())?;
            (written == value).then_some((at, written))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::PythonVersion;

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
    fn every_way_to_write_the_lists_is_read_and_other_yaml_says_nothing() {
        let names = |text: &str| -> Vec<String> {
            let read = read(&Manifest::new("environment.yml", text), &mut Vec::new());
            read.requirements.into_iter().map(|one| one.package).collect()
        };
        assert_eq!(
            names("dependencies:\n- websockets\n- pip:\n  - redis\n- x\nother:\n- y\n"),
            ["websockets", "redis", "x"]
        );
        assert_eq!(
            names("é: 1\ndependencies: [ 'websockets', {pip: [\"redis\"]}, x ]  # y\nother: [dependencies, z]\n"),
            ["websockets", "redis", "x"]
        );
        for text in [
            "- websockets\n",
            "other:\n  dependencies:\n  - websockets\n",
            "? [dependencies]\n: - websockets\n",
            "dependencies:\n  -\n",
            "-",
            "dependencies:\n-'",
        ] {
            assert!(names(text).iter().all(|name| name != "websockets"), "{text}");
        }
    }
}
