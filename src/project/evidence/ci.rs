//! The configuration of CI: `python-version` and its kin in the jobs that run the program, and their images.
//!
//! Which keys mean a Python is asked alike of every service: their words are the same. Jobs that run a tool alone do not
//! count ([`purpose`](super::purpose)).

use std::collections::BTreeSet;

use saphyr_parser::{Event, Parser};

use super::images::of_image;
use super::purpose::is_for_a_tool;
use super::versions::version;
use crate::facts::{Fact, PythonVersion};
use crate::project::manifest::Manifest;

/// Configurations of one file.
pub(super) const FILES: &[&str] = &[
    ".gitlab-ci.yml",
    ".circleci/config.yml",
    ".travis.yml",
    ".cirrus.yml",
    ".drone.yml",
    ".woodpecker.yml",
    "appveyor.yml",
    ".appveyor.yml",
    "azure-pipelines.yml",
    "azure-pipelines.yaml",
    "bitbucket-pipelines.yml",
    "buildspec.yml",
    "cloudbuild.yaml",
    "docker-compose.yml",
    "docker-compose.yaml",
    "compose.yml",
    "compose.yaml",
];

/// Folders of workflows.
pub(super) const FOLDERS: &[&str] = &[
    ".github/workflows",
    ".forgejo/workflows",
    ".gitea/workflows",
    ".woodpecker",
    ".azure-pipelines",
    ".azuredevops",
    ".pipelines",
    ".gitlab/ci",
    ".buildkite",
];

/// Folders with a folder for each action that the workflows of a repository share.
pub(super) const ACTIONS: &[&str] = &[".github/actions", ".forgejo/actions", ".gitea/actions"];

/// Whether it is a workflow by its name.
pub(super) fn is_one(name: &str) -> bool {
    name.ends_with(".yml") || name.ends_with(".yaml")
}

/// What a configuration says.
#[derive(Default)]
pub(super) struct Read {
    /// Every Python that the jobs name.
    pub(super) pythons: Vec<Fact<PythonVersion>>,
    /// The files that say which Python a job takes.
    pub(super) version_files: Vec<String>,
}

/// Of a file that is no YAML what stands before the fault.
pub(super) fn read(manifest: &Manifest) -> Read {
    let values = values(manifest.text());
    let mut wanted: BTreeSet<String> = VERSION_KEYS.iter().map(|key| (*key).to_owned()).collect();
    // `python-version: ${{ matrix.target }}`: then `target` says which.
    for value in values.iter().filter(|value| VERSION_KEYS.contains(&&*value.key)) {
        wanted.extend(variables(&value.text));
    }
    let images = |value: &&Value| IMAGE_KEYS.contains(&&*value.key) && value.text.contains("py");
    for value in values.iter().filter(images) {
        wanted.extend(variables(&value.text));
    }
    let mut read = Read::default();
    for value in &values {
        let is_image = IMAGE_KEYS.contains(&&*value.key);
        let mut found: Vec<PythonVersion> = is_image.then(|| of_image(&value.text)).flatten().into_iter().collect();
        if wanted.contains(&value.key) || wanted.contains(&value.path()) {
            found.extend(named(&value.text));
        }
        if TEST_KEYS.contains(&&*value.key) {
            found.extend(factors(&value.text));
        }
        if COMMAND_KEYS.contains(&&*value.key) {
            found.extend(value.text.lines().flat_map(of_command));
        }
        if value.key == VERSION_FILE {
            read.version_files.push(value.text.trim().to_owned());
        }
        read.pythons.extend(found.into_iter().map(|found| Fact {
            value: found,
            source: format!("{} in {}", value.shown, manifest.place_of_line(value.line)),
        }));
    }
    read
}

/// The versions that a value names: alone, in a list, or as literals of an expression (`${{ fromJSON('["3.9"]') }}`,
/// `${{ inputs.python || '3.9' }}`).
fn named(text: &str) -> Vec<PythonVersion> {
    match text.contains("${{") {
        true => {
            let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')));
            words.filter_map(version).collect()
        }
        false => text.split([',', '\n']).filter_map(version).collect(),
    }
}

/// The Pythons of environments of tox: `py39-django`, `3.9`, `py39,py312`.
fn factors(text: &str) -> Vec<PythonVersion> {
    let environments = text.split(|c: char| c.is_whitespace() || c == ',');
    let environments = environments.filter(|environment| !is_for_a_tool(environment));
    environments
        .flat_map(|environment| environment.split('-'))
        .filter_map(version)
        .collect()
}

/// The Pythons that a command is told to take: `tox -e py39`, `uv run --python 3.9`.
fn of_command(line: &str) -> Vec<PythonVersion> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let runs = |tool: &str| words.iter().any(|word| word.rsplit('/').next() == Some(tool));
    let mut found = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let (option, value) = word.split_once('=').unwrap_or((word, ""));
        let value = match value {
            "" => words.get(index + 1).copied().unwrap_or_default(),
            value => value,
        };
        match option {
            "-e" if runs("tox") => found.extend(factors(value)),
            "TOXENV" | "--python" => found.extend(factors(value)),
            _ => {}
        }
    }
    found
}

/// Keys whose values are versions of Python, without what stands between their words.
const VERSION_KEYS: &[&str] = &[
    "pythonversion",
    "pythonversions",
    "python",
    "pythons",
    "pyversion",
    "pyversions",
    "versionspec",
    "uvpython",
    "py",
];

/// Keys whose values are environments of tox.
const TEST_KEYS: &[&str] = &["toxenv", "toxenvs", "tox", "toxpython", "env", "toxfactor"];

/// Keys whose values are commands.
const COMMAND_KEYS: &[&str] = &["run", "script", "bash", "command", "commands", "env", "inlinescript"];

/// Names a file that says which Python a job takes.
const VERSION_FILE: &str = "pythonversionfile";

/// Keys whose values are images.
const IMAGE_KEYS: &[&str] = &["image", "container", "name", "dockerimage"];

/// A text with the key that it belongs to.
struct Value {
    /// The key that its mapping belongs to, in the same form.
    around: String,
    /// Lower case, without what stands between its words.
    key: String,
    /// As it is written.
    shown: String,
    text: String,
    /// 1-based.
    line: usize,
}

impl Value {
    /// `target.v` for `target: [{v: …}]`.
    fn path(&self) -> String {
        format!("{}.{}", self.around, self.key)
    }
}

/// What a list or a mapping is read in.
struct Level {
    is_mapping: bool,
    /// In a mapping: the key whose value comes next, once it was read.
    key: Option<String>,
    /// The key that a list belongs to.
    around: String,
    /// It is of a job that runs a tool.
    skipped: bool,
    /// How many values there were before it.
    from: usize,
}

/// What a matrix leaves out of what it has.
const EXCLUDED: &str = "exclude";

/// Deeper than this nobody writes.
const DEEPEST: usize = 64;

/// Every text of the file that belongs to a key, in jobs that are no tool's.
fn values(text: &str) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::new();
    let mut levels: Vec<Level> = Vec::new();
    for event in Parser::new_from_str(text) {
        let Ok((event, span)) = event else { break };
        match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                if levels.len() > DEEPEST {
                    break;
                }
                let key = key_of_next(&mut levels);
                let skipped =
                    levels.last().is_some_and(|level| level.skipped) || is_for_a_tool(&key) || key == EXCLUDED;
                levels.push(Level {
                    is_mapping: matches!(event, Event::MappingStart(..)),
                    key: None,
                    around: key,
                    skipped,
                    from: values.len(),
                });
            }
            Event::MappingEnd | Event::SequenceEnd => {
                // A job says what it is for behind what it runs on, too.
                if let Some(level) = levels.pop().filter(|level| level.skipped) {
                    values.truncate(level.from);
                }
            }
            Event::Scalar(text, ..) => {
                let reads_key = levels
                    .last()
                    .is_some_and(|level| level.is_mapping && level.key.is_none());
                if reads_key {
                    if let Some(level) = levels.last_mut() {
                        level.key = Some(text.into_owned());
                    }
                    continue;
                }
                let mut shown = key_of_next(&mut levels);
                let around = levels.last().map(|level| level.around.clone()).unwrap_or_default();
                // `inputs: python-version: default: 3.9`.
                if shown == "default" {
                    shown.clone_from(&around);
                }
                let key = normalized(&shown);
                let depth = levels.len();
                if let Some(level) = levels.last_mut() {
                    // The name of a whole workflow says less than those of its jobs.
                    let names = level.is_mapping && depth > 1 && NAMES.contains(&&*key);
                    level.skipped |= names && is_for_a_tool(&text);
                }
                values.push(Value {
                    around: normalized(&around),
                    key,
                    shown,
                    text: text.into_owned(),
                    line: span.start.line(),
                });
            }
            Event::Alias(_) => _ = key_of_next(&mut levels),
            _ => {}
        }
    }
    values
}

/// Keys whose values say what a job, or one of a matrix, is for.
const NAMES: &[&str] = &["name", "toxenv", "session", "noxsession", "task", "displayname"];

/// The key that the next value belongs to; in a mapping it is used up.
fn key_of_next(levels: &mut [Level]) -> String {
    match levels.last_mut() {
        Some(level) if level.is_mapping => level.key.take().unwrap_or_default(),
        Some(level) => level.around.clone(),
        None => String::new(),
    }
}

fn normalized(key: &str) -> String {
    key.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The variables that a value is put together from, their last words alone, and the last two of `matrix.target.v`: `${{ matrix.python }}`, `$PY`, `${PY}`,
/// `<< parameters.version >>`, `$(python.version)`.
fn variables(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('$').chain(text.match_indices("<<")) {
        let rest = text
            .get(at..)
            .unwrap_or_default()
            .trim_start_matches(['$', '{', '(', '<', ' ']);
        let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '-')));
        let path = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        // In an image the tag goes on behind `$PY-slim`.
        let path = if text
            .get(at..)
            .is_some_and(|rest| rest.starts_with("$") && !rest.starts_with("${") && !rest.starts_with("$("))
        {
            path.split('-').next().unwrap_or(path)
        } else {
            path
        };
        let last = ["matrix.", "parameters.", "inputs.", "env.", "vars.", "variables."]
            .iter()
            .find_map(|scope| path.rsplit_once(*scope))
            .map_or(path, |(_, name)| name);
        if let Some((outer, inner)) = last.rsplit_once('.') {
            found.push(format!("{}.{}", normalized(outer), normalized(inner)));
        }
        if !last.is_empty() {
            found.push(normalized(last));
        }
    }
    found
}

#[cfg(test)]
mod tests;
