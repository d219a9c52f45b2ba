//! Code, pages, fixtures, catalogue and README say the same.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ws_lint::catalog::{Call, Catalog, Library, Phase};
use ws_lint::finding::{Applicability, Rule};
use ws_lint::fix::{self};
use ws_lint::rules::{self};
use ws_lint::source::{Language, SourceFile};

use crate::bless::{assert_none, blessing};
use crate::root;
use crate::setup::Setup;
use rule_row::{row_of, slug};

#[path = "../../examples/book/rule_row.rs"]
mod rule_row;

/// A page's sections, in this order.
const SECTIONS: [&str; 6] = [
    "## What it does",
    "## Why is this bad",
    "## Example",
    "## Fix safety",
    "## Options",
    "## When to allow it",
];

#[test]
fn each_rule_has_its_own_source_file() {
    let expected = rules::ALL
        .iter()
        .map(|rule| format!("{}_{}.rs", rule.code.to_lowercase(), rule.name.replace('-', "_")))
        .collect();
    assert_eq!(names_in("src/rules", "ws"), expected);
}

#[test]
fn each_rule_has_its_own_page() {
    let expected = rules::ALL.iter().map(|rule| format!("{}.md", slug(rule))).collect();
    assert_eq!(names_in("rules", "WS"), expected);
    for rule in rules::ALL {
        assert_eq!(
            rule.page,
            read(&format!("rules/{}.md", slug(rule))),
            "{} prints another page",
            rule.code
        );
    }
}

#[test]
fn each_rule_has_its_fixtures_in_each_of_its_languages() {
    for (language, folder) in [
        (Language::Python, "python"),
        (Language::Rust, "rust"),
        (Language::Manifest, "manifests"),
    ] {
        let of_language = rules::ALL.iter().filter(|rule| rule.languages.contains(&language));
        let expected: BTreeSet<_> = of_language.map(|rule| slug(rule)).collect();
        assert_eq!(names_in(&format!("fixtures/{folder}"), "WS"), expected);
    }
}

#[test]
fn pages_have_all_sections_in_order() {
    for rule in rules::ALL {
        let title = format!("# {} {}", rule.code, rule.name);
        let headings: Vec<_> = outside_fences(rule.page).filter(|line| line.starts_with('#')).collect();
        let own: Vec<_> = headings.into_iter().filter(|line| !line.starts_with("###")).collect();
        let expected: Vec<_> = std::iter::once(title.as_str()).chain(SECTIONS).collect();
        assert_eq!(own, expected, "{}", rule.code);
        for section in rule.page.split("\n## ").skip(1) {
            let (heading, text) = section.split_once('\n').unwrap_or((section, ""));
            assert!(
                !text.trim().is_empty(),
                "{}: nothing is said under {heading}",
                rule.code
            );
        }
    }
}

#[test]
fn codes_ascend_and_names_are_unique() {
    let codes: Vec<_> = rules::ALL.iter().map(|rule| rule.code).collect();
    assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
    let names: BTreeSet<_> = rules::ALL.iter().map(|rule| rule.name).collect();
    assert_eq!(names.len(), rules::ALL.len());
}

#[test]
fn the_readme_lists_the_rules_as_they_are() {
    const HEAD: &str = "| code | name | languages | severity | fix | what it finds |\n|---|---|---|---|---|---|\n";
    let readme = read("README.md");
    let rows: String = rules::ALL.iter().map(|rule| row_of(rule)).collect();
    let (before, rest) = readme
        .split_once("<!-- rules -->\n")
        .expect("README.md marks the table of rules");
    let (table, after) = rest
        .split_once("<!-- /rules -->")
        .expect("README.md marks the end of the table of rules");
    if blessing() {
        let blessed = format!("{before}<!-- rules -->\n{HEAD}{rows}<!-- /rules -->{after}");
        fs::write(root().join("README.md"), blessed).expect("README.md can be written");
    } else {
        assert_eq!(table, format!("{HEAD}{rows}"), "WS_LINT_BLESS=1 writes the table anew");
    }
}

/// The change that the book begins with, in a project that asks for `websockets>=14`.
#[test]
fn the_book_begins_with_what_the_fixes_make() {
    let page = read("docs/src/index.md");
    let (_, diff) = page.split_once("```diff\n").expect("the book begins with a diff");
    let (diff, _) = diff.split_once("```").expect("it ends");
    let side = |sign: char| -> String {
        let lines = diff.lines().filter(|line| line.starts_with([' ', sign]));
        let lines: String = lines.map(|line| format!("{}\n", &line[1..])).collect();
        format!("import asyncio\n\nimport websockets\n\n\n{lines}")
    };
    let enabled: Vec<&'static Rule> = rules::ALL.iter().copied().filter(|rule| rule.on_by_default).collect();
    let options = "project.packages = { websockets = \">=14\" }";
    let setup = Setup::read(options, Language::Python, &enabled).expect("the options can be read");
    let source = SourceFile::new("example", Language::Python, side('-'));
    let fixed = fix::fix(&source, setup.surroundings(), Applicability::Safe);
    assert_eq!(fixed.source.text(), side('+'));
}

#[test]
fn every_file_of_the_catalogue_is_compiled_in() {
    let mut missing = Vec::new();
    for (language, folder) in [(Language::Python, "python"), (Language::Rust, "rust")] {
        for name in names_in(&format!("rules/apis/{folder}"), "") {
            let text = read(&format!("rules/apis/{folder}/{name}"));
            let library: Library = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            let paths = library.connects.iter().flat_map(|api| &api.paths);
            let unknown = paths.filter(|path| Catalog::builtin().connect(language, path).is_none());
            missing.extend(unknown.map(|path| format!("{folder}/{name}: {path} is not in the catalogue")));
        }
    }
    assert_none(&missing);
}

#[test]
fn every_fact_of_the_catalogue_names_a_version() {
    let names_version = |fact: &str| {
        let mut parts = fact.split(|c: char| !c.is_ascii_digit() && c != '.');
        parts.any(|word| word.trim_matches('.').contains('.'))
    };
    assert!(names_version("since 10.0; x") && !names_version("after 10 s."));
    let complaints: Vec<_> = entries()
        .filter(|entry| !names_version(&entry.api.fact))
        .map(|entry| format!("{:?}: no version in: {}", entry.api.paths, entry.api.fact))
        .collect();
    assert_none(&complaints);
}

#[test]
fn only_arguments_that_bound_a_whole_awaited_connect_are_replaceable() {
    for entry in entries() {
        for parameter in entry.api.arguments.iter().filter(|parameter| parameter.replaceable) {
            let place = format!("{:?}: {}", entry.api.paths, parameter.name);
            assert_eq!(parameter.bounds, Phase::Connect, "{place}");
            assert_ne!(entry.api.call, Call::Blocking, "{place}");
        }
    }
}

#[test]
fn the_catalogues_example_is_a_library() {
    let page = read("rules/apis/README.md");
    let example = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next());
    let library: Library = toml::from_str(example.expect("the page has an example")).expect("the example is a library");
    assert_eq!(library.package, "websockets");
}

#[test]
fn sources_are_short_and_named_after_what_they_do() {
    let mut complaints = Vec::new();
    for path in sources(&root().join("src"))
        .into_iter()
        .filter(|path| !is_test_code(path))
    {
        let text = fs::read_to_string(&path).expect("a source is UTF-8");
        let lines = text
            .split("#[cfg(test)]\nmod tests {")
            .next()
            .unwrap_or_default()
            .lines()
            .count();
        if lines > 400 {
            complaints.push(format!("{}: {lines} lines: two things live in it", path.display()));
        }
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        if name
            .split('_')
            .any(|word| ["utils", "helpers", "common", "manager"].contains(&word))
        {
            complaints.push(format!("{}: the name says nothing", path.display()));
        }
    }
    assert_none(&complaints);
}

fn entries() -> impl Iterator<Item = &'static ws_lint::catalog::Entry> {
    let catalog = Catalog::builtin();
    [Language::Python, Language::Rust]
        .into_iter()
        .flat_map(|language| catalog.entries(language))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The names in a folder of the repository that begin with `prefix`.
fn names_in(folder: &str, prefix: &str) -> BTreeSet<String> {
    let read = fs::read_dir(root().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    read.map(|entry| {
        entry
            .expect("the folder can be read")
            .file_name()
            .to_string_lossy()
            .into_owned()
    })
    .filter(|name| name.starts_with(prefix))
    .collect()
}

fn outside_fences(page: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    page.lines().filter(move |line| {
        let fence = line.starts_with("```");
        inside ^= fence;
        !inside && !fence
    })
}

/// Tests are lists of cases, and as long as there are cases.
pub(crate) fn is_test_code(path: &Path) -> bool {
    let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    name.ends_with("tests") || path.components().any(|part| part.as_os_str() == "tests")
}

pub(crate) fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else {
            found.push(path);
        }
    }
    found
}
