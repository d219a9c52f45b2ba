//! `setup.py`: the literals that it hands to `setup(…)`. It is searched, never run, so a value that is computed stays
//! unknown, and so does a literal with an escape in it.

use super::classifiers;
use super::loose_requirements;
use super::manifest::Manifest;
use super::python_range::oldest_of_pep440;
use super::requirement::{NamedFile, PythonManifest, Reading};
use crate::facts::{Fact, Role};

/// What the manifest says; what is malformed in it becomes a warning and stays unknown.
pub(super) fn read(manifest: &Manifest, warnings: &mut Vec<String>) -> PythonManifest {
    let text = manifest.text();
    let mut read = PythonManifest {
        builds_package: text.contains("setup("),
        ..PythonManifest::default()
    };
    if let Some((range, at)) = values_of(text, "python_requires").find_map(|at| literal(text, at)) {
        let place = manifest.place(at);
        match oldest_of_pep440(range) {
            Ok(version) => {
                read.python = version.map(|value| Fact {
                    value,
                    source: format!("python_requires in {place}"),
                });
            }
            Err(reason) => warnings.push(format!("{place}: python_requires: {reason}")),
        }
    }
    let classified: Vec<_> = lists(text, "classifiers").collect();
    read.builds_package &= !classified.iter().any(|(text, _)| classifiers::is_private(text));
    read.windows = classifiers::windows(classified.iter().copied(), manifest);
    read.hinted_python = classifiers::oldest_python(classified, manifest);
    let mut reading = Reading::of(manifest, warnings);
    for (item, at) in lists(text, "install_requires") {
        reading.add(item, at + 1, Role::Main);
    }
    for (extra, item, at) in extras(text) {
        reading.add(item, at + 1, Role::Extra(extra.to_owned()));
    }
    for (item, at) in lists(text, "tests_require") {
        reading.add(item, at + 1, Role::Group("tests".to_owned()));
    }
    if text.contains("setup(") {
        loose_requirements::add(text, &mut reading);
    }
    read.requirements = reading.found;
    read.named_files
        .extend(opened(text, "install_requires").map(|path| NamedFile {
            path,
            role: Role::Main,
            published: read.builds_package,
        }));
    for requirement in &mut read.requirements {
        requirement.published = read.builds_package && !matches!(requirement.role, Role::Group(_));
    }
    read
}

/// The literals of the lists that are given as `keyword=[…]`, or by the name of a variable that is assigned once.
pub(super) fn lists<'a>(text: &'a str, keyword: &'a str) -> impl Iterator<Item = (&'a str, usize)> {
    values_of(text, keyword).flat_map(move |at| {
        let name = identifier(text, at);
        let mut assigned = (!name.is_empty()).then(|| values_of(text, name)).into_iter().flatten();
        match (assigned.next(), assigned.next()) {
            (Some(at), None) => list_of_literals(text, at),
            (Some(_), Some(_)) => Vec::new(),
            (None, _) => list_of_literals(text, at),
        }
    })
}

/// The file that a keyword's value is read from: `keyword=open("deps.txt").read().split()`, or by the name of a variable that is
/// assigned once, in the line behind `with open(…) as file:` or not.
fn opened(text: &str, keyword: &str) -> Option<String> {
    let at = values_of(text, keyword).next()?;
    let name = identifier(text, at);
    let mut assigned = (!name.is_empty()).then(|| values_of(text, name)).into_iter().flatten();
    let value = match (assigned.next(), assigned.next()) {
        (Some(value), None) => value,
        (Some(_), Some(_)) => return None,
        (None, _) => at,
    };
    let line_at = |at: usize| {
        let start = text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
        Some(&text[start..at])
    };
    let behind = text.get(value..)?.lines().next()?;
    let start = value - line_at(value)?.len();
    let above = start
        .checked_sub(1)
        .and_then(line_at)
        .filter(|line| line.trim_start().starts_with("with "));
    // What stands behind the end of the argument is another one.
    let opens = |line: &&str| {
        let at = line.find("open(").or_else(|| line.find("read_text("));
        at.is_some_and(|at| !["],", "),", "',", "\","].iter().any(|end| line[..at].contains(end)))
    };
    let code = above.into_iter().chain([behind]).find(opens)?;
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(quote) = code.get(at..)?.find(['"', '\'']) {
        let (part, start) = literal(code, at + quote)?;
        parts.push(part);
        if part.ends_with(".txt") || part.ends_with(".in") {
            return Some(parts.join("/"));
        }
        at = start + part.len() + 2;
    }
    None
}

/// The literals of the lists of `extras_require={"extra": […]}`, each with its extra. What stands behind a list that is no list of
/// literals is not read.
fn extras(text: &str) -> Vec<(&str, &str, usize)> {
    let mut found = Vec::new();
    for opening in values_of(text, "extras_require").filter(|at| text[*at..].starts_with('{')) {
        let mut at = skip_blanks_and_comments(text, opening + 1);
        while let Some((extra, start)) = literal(text, at) {
            let behind = skip_blanks(text, start + extra.len() + 2);
            let Some(list) = text[behind..].strip_prefix(':') else {
                break;
            };
            let list = skip_blanks(text, text.len() - list.len());
            let Some((items, end)) = whole_list(text, list) else {
                break;
            };
            found.extend(items.into_iter().map(|(item, at)| (extra, item, at)));
            at = skip_blanks_and_comments(text, end);
            if !text[at..].starts_with(',') {
                break;
            }
            at = skip_blanks_and_comments(text, at + 1);
        }
    }
    found
}

/// The name at `at`, if nothing but the end of an argument follows it.
fn identifier(text: &str, at: usize) -> &str {
    let rest = text.get(at..).unwrap_or_default();
    let length = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(rest.len());
    let (name, behind) = rest.split_at(length);
    let is_alone = behind.trim_start().starts_with([',', ')']);
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if is_alone && is_name { name } else { "" }
}

/// Where the values of `keyword=` begin. What stands behind a `#` is taken for a comment.
pub(super) fn values_of<'a>(text: &'a str, keyword: &'a str) -> impl Iterator<Item = usize> + 'a {
    let mut line_start = 0;
    let lines = text.split_inclusive('\n').map(move |line| {
        let start = line_start;
        line_start += line.len();
        (start, line.split('#').next().unwrap_or(line))
    });
    lines
        .flat_map(move |(start, code)| code.match_indices(keyword).map(move |(at, _)| (start, code, at)))
        .filter_map(move |(start, code, at)| {
            if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                return None;
            }
            let behind = skip_blanks(text, start + at + keyword.len());
            let value = text[behind..].strip_prefix('=').filter(|rest| !rest.starts_with('='))?;
            Some(skip_blanks(text, text.len() - value.len()))
        })
}

/// The string literal at `at`, without its quotes, and where it begins.
pub(super) fn literal(text: &str, at: usize) -> Option<(&str, usize)> {
    let rest = text.get(at..)?;
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = rest.get(1..)?;
    let (value, _) = inner.split_once(quote)?;
    let opens_triple = value.is_empty() && inner[1..].starts_with(quote);
    let is_plain = !opens_triple && !value.contains(['\\', '\n']);
    is_plain.then_some((value, at))
}

/// The literals of the list at `at`; none if anything else stands in it.
pub(super) fn list_of_literals(text: &str, at: usize) -> Vec<(&str, usize)> {
    whole_list(text, at).map(|(items, _)| items).unwrap_or_default()
}

/// The same, and where the list ends.
fn whole_list(text: &str, at: usize) -> Option<(Vec<(&str, usize)>, usize)> {
    let mut items = Vec::new();
    let mut at = text[at..].starts_with(['[', '(']).then_some(at + 1)?;
    loop {
        at = skip_blanks_and_comments(text, at);
        if text[at..].starts_with([']', ')']) {
            return Some((items, at + 1));
        }
        let (item, start) = literal(text, at)?;
        items.push((item, start));
        at = skip_blanks_and_comments(text, start + item.len() + 2);
        if text[at..].starts_with(',') {
            at += 1;
        }
    }
}

pub(super) fn skip_blanks(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.len() - rest.trim_start().len()
}

fn skip_blanks_and_comments(text: &str, at: usize) -> usize {
    let mut at = skip_blanks(text, at);
    while text[at..].starts_with('#') {
        let line = text[at..].find('\n').unwrap_or(text.len() - at);
        at = skip_blanks(text, at + line);
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::PythonVersion;

    fn read_text(text: &str) -> PythonManifest {
        read(&Manifest::new("setup.py", text), &mut Vec::new())
    }

    #[test]
    fn files_that_are_opened_are_named() {
        let named = |text: &str| {
            let read = read_text(text);
            read.named_files.into_iter().map(|file| file.path).collect::<Vec<_>>()
        };
        let with = "with open(join(here, 'reqs', 'deps.txt'), encoding='utf-8') as file:\n    wanted = [line for line in file]\n\nsetup(install_requires=wanted)\n";
        assert_eq!(named(with), ["reqs/deps.txt"]);
        assert_eq!(
            named(
                "setup(install_requires=open(\"deps.in\").read().split(), long_description=open('README.txt').read())\n"
            ),
            ["deps.in"]
        );
        assert_eq!(
            named("wanted = read()\nsetup(install_requires=wanted)\n"),
            Vec::<String>::new()
        );
        assert_eq!(
            named("setup(install_requires=['a'], url=open('a.txt').read())\n"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn literals_are_read() {
        let read = read_text(
            "from setuptools import setup\nsetup(\n    python_requires = '>=3.7',\n    install_requires=[\n        \
             \"a>=1\",  # é\n        'b; x',\n    ],\n)\n",
        );
        let python = read.python.unwrap();
        assert_eq!(
            (python.value, python.source.as_str()),
            (PythonVersion::new(3, 7), "python_requires in setup.py:3")
        );
        let shown: Vec<_> = read
            .requirements
            .iter()
            .map(|one| (one.shown(), one.place.as_str()))
            .collect();
        assert_eq!(
            shown,
            [("a>=1".to_owned(), "setup.py:5"), ("b".to_owned(), "setup.py:6")]
        );
        assert!(read.requirements.iter().all(|one| one.published));
    }

    #[test]
    fn what_is_computed_stays_unknown() {
        for text in [
            "setup(python_requires=REQUIRES)",
            "# setup(python_requires='>=3.7')",
            "setup(python_requires=f'>={x}')",
            "setup(python_requires='>=3\\x2e7')",
            "setup(python_requires=",
            "setup(python_requires='",
            "setup(python_requires=''''''",
            "my_python_requires='>=3.7'",
            "python_requires=='>=3.7'",
            "setup(install_requires=['a', *more()])",
            "setup(install_requires=['a'",
            "setup(install_requires=[",
        ] {
            let read = read_text(text);
            assert!(
                read.python.is_none() && read.requirements.is_empty(),
                "{text}: {read:?}"
            );
        }
    }

    #[test]
    fn a_variable_that_is_assigned_once_stands_for_its_list() {
        let shown = |text: &str| -> Vec<String> {
            let read = read_text(text);
            read.requirements.iter().map(crate::facts::Requirement::shown).collect()
        };
        let once = "REQUIRES = ['a>=1']\nsetup(install_requires=REQUIRES)\n";
        assert_eq!(shown(once), ["a>=1"]);
        assert!(shown("REQUIRES = ['b']\nREQUIRES = ['a']\nsetup(install_requires=REQUIRES)\n").is_empty());
        // Whichever list it is, a requirement with a range is one.
        assert_eq!(shown(&format!("REQUIRES = ['b']\n{once}")), ["a>=1"]);
        assert!(shown("setup(install_requires=install_requires)\n").is_empty());
        assert!(shown("REQUIRES = ['a']\nsetup(install_requires=REQUIRES + x)\n").is_empty());
    }

    #[test]
    fn classifiers_are_a_hint() {
        let read = read_text("setup(classifiers=[\n'Programming Language :: Python :: 3.8'])\n");
        let hint = read.hinted_python.unwrap();
        assert_eq!(
            (hint.value, hint.source.as_str()),
            (PythonVersion::new(3, 8), "classifier in setup.py:2")
        );
    }
}
