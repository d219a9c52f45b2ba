//! What the book takes from the rest of the repository: the pages of the rules, the table of the configuration, that of the
//! libraries, and whole papers. Also used by the tests, which look at every link.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Component, Path, PathBuf};

use serde_json::Value;
use ws_lint::config::CONFIGURATION_SCHEMA;
use ws_lint::finding::Rule;
use ws_lint::report::page;
use ws_lint::rules::{self};

use rule_row::{row_of, slug};

#[path = "rule_row.rs"]
mod rule_row;

/// Where the book's own chapters are.
const CHAPTERS: &str = "docs/src";

/// Papers of the repository that are chapters.
const PAPERS: [(&str, &str); 4] = [
    ("README.md", "index.md"),
    ("CONTRIBUTING.md", "contributing.md"),
    ("CHANGELOG.md", "changelog.md"),
    ("rules/apis/README.md", "catalogue.md"),
];

/// A page of the book.
pub(crate) struct Chapter {
    /// What the table of contents calls it.
    pub(crate) name: String,
    /// Its place in the book: `rules/WS101-connect-timeout-argument.md`.
    pub(crate) path: String,
    /// Its text, in Markdown.
    pub(crate) text: String,
}

/// The pages of the rules.
pub(crate) fn of_rules() -> Vec<Chapter> {
    let chapter = |rule: &&Rule| {
        let slug = slug(rule);
        Chapter {
            name: format!("{} {}", rule.code, rule.name),
            path: format!("rules/{slug}.md"),
            text: for_the_book(rule.page, &format!("rules/{slug}.md"), &format!("rules/{slug}.md")),
        }
    };
    rules::ALL.iter().map(chapter).collect()
}

/// A chapter of the book's own (`path` is its place in the book) with all that it takes from elsewhere.
///
/// # Errors
/// It takes something that is not there.
pub(crate) fn expanded(repository: &Path, path: &str, text: &str) -> Result<String, String> {
    let mut expanded = String::new();
    for line in for_the_book(text, &format!("{CHAPTERS}/{path}"), path).split_inclusive('\n') {
        let marker = line.trim_end().strip_prefix("{{#ws-lint ");
        let Some(marker) = marker.and_then(|marker| marker.strip_suffix("}}")) else {
            expanded.push_str(line);
            continue;
        };
        expanded.push_str(&match marker.split_once(' ').unwrap_or((marker, "")) {
            ("rules", "") => of_all_rules(),
            ("configuration", "") => of_all_keys(),
            ("libraries", "") => of_all_libraries(repository)?,
            ("file", paper) => {
                let text = fs::read_to_string(repository.join(paper)).map_err(|error| format!("{paper}: {error}"))?;
                for_the_book(&text, paper, path)
            }
            _ => return Err(format!("{path}: nothing is known of `{marker}`")),
        });
    }
    Ok(expanded)
}

/// The text of a paper (`paper` is its place in the repository) as the chapter `chapter`: links lead to chapters where they lead
/// to what is one, into the repository where its address is known, and nowhere else.
fn for_the_book(text: &str, paper: &str, chapter: &str) -> String {
    page::readable(text, |link| {
        let (target, anchor) = link
            .split_once('#')
            .map_or((link, None), |(target, anchor)| (target, Some(anchor)));
        let anchor = anchor.map_or(String::new(), |anchor| format!("#{anchor}"));
        let target = resolved(paper, target)?;
        if let Some(place) = place_in_the_book(&target) {
            return Some(relative(chapter, &place) + &anchor);
        }
        let repository = env!("CARGO_PKG_REPOSITORY");
        (!repository.is_empty()).then(|| format!("{repository}/blob/main/{target}{anchor}"))
    })
}

fn place_in_the_book(target: &str) -> Option<String> {
    let paper = PAPERS.iter().find(|(paper, _)| *paper == target);
    let is_rule = rules::ALL
        .iter()
        .any(|rule| target == format!("rules/{}.md", slug(rule)));
    match target.strip_prefix(CHAPTERS) {
        Some(own) => Some(own.trim_start_matches('/').to_owned()),
        None if is_rule => Some(target.to_owned()),
        None => paper.map(|(_, chapter)| (*chapter).to_owned()),
    }
}

/// Where a link leads, from the repository's folder.
fn resolved(paper: &str, target: &str) -> Option<String> {
    let mut path = PathBuf::from(paper);
    path.pop();
    for part in Path::new(target).components() {
        match part {
            Component::ParentDir => {
                path.pop().then_some(())?;
            }
            Component::Normal(part) => path.push(part),
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(path.to_str()?.replace('\\', "/"))
}

fn relative(from: &str, to: &str) -> String {
    "../".repeat(from.matches('/').count()) + to
}

fn of_all_rules() -> String {
    let mut table =
        "| code | name | languages | severity | fix | what it finds |\n|---|---|---|---|---|---|\n".to_owned();
    table.extend(rules::ALL.iter().map(|rule| row_of(rule)));
    table
}

fn of_all_keys() -> String {
    let schema: Value = serde_json::from_str(CONFIGURATION_SCHEMA).unwrap_or_default();
    let mut table = "| key | values | default | what it says |\n|---|---|---|---|\n".to_owned();
    for (key, value) in schema["properties"].as_object().into_iter().flatten() {
        let name = if key == "library" { "[[library]]" } else { key };
        let default = value
            .get("default")
            .map_or(String::new(), |default| format!("`{default}`"));
        let description = value["description"].as_str().unwrap_or_default().replace('\n', " ");
        let _ = writeln!(
            table,
            "| `{name}` | {} | {default} | {} |",
            values(value),
            description.replace('|', "\\|")
        );
    }
    table
}

/// What a key takes.
fn values(value: &Value) -> String {
    let words = |value: &Value| -> Option<String> {
        let words: Vec<String> = value["enum"]
            .as_array()?
            .iter()
            .map(|word| format!("`{word}`"))
            .collect();
        Some(words.join(", "))
    };
    if let Some(words) = words(value) {
        return words;
    }
    match value["type"].as_str() {
        Some("boolean") => "`true`, `false`".to_owned(),
        Some("number") => "seconds".to_owned(),
        Some("array") => words(&value["items"]).map_or("a list".to_owned(), |words| format!("a list of {words}")),
        Some("object") => "a table".to_owned(),
        _ => "a string".to_owned(),
    }
}

fn of_all_libraries(repository: &Path) -> Result<String, String> {
    let mut text = String::new();
    for (folder, language) in [("python", "Python"), ("rust", "Rust")] {
        let _ = writeln!(
            text,
            "## {language}\n\n| library | speaks | run by | connects | described from | to |\n|---|---|---|---|---|---|"
        );
        let folder = repository.join("rules/apis").join(folder);
        let files = fs::read_dir(&folder).map_err(|error| error.to_string())?;
        let files: BTreeSet<PathBuf> = files.flatten().map(|entry| entry.path()).collect();
        for file in files {
            let library = fs::read_to_string(&file).map_err(|error| error.to_string())?;
            let library: toml::Table = library
                .parse()
                .map_err(|error| format!("{}: {error}", file.display()))?;
            text.push_str(&row(&library));
        }
        text.push('\n');
    }
    Ok(text)
}

fn row(library: &toml::Table) -> String {
    let word = |key: &str, default: &str| {
        library
            .get(key)
            .and_then(|value| value.as_str())
            .unwrap_or(default)
            .to_owned()
    };
    let connects = library
        .get("connect")
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten();
    let paths = connects.filter_map(|connect| connect.get("paths")?.get(0)?.as_str());
    let paths: BTreeSet<String> = paths.map(|path| format!("`{path}`")).collect();
    let known = library.get("known").and_then(|known| known.get("releases")?.as_array());
    let release = |release: Option<&toml::Value>| release.and_then(|text| text.as_str()).unwrap_or_default().to_owned();
    format!(
        "| {} | {} | {} | {} | {} | {} |\n",
        word("package", ""),
        word("protocol", "websocket"),
        word("runtime", ""),
        Vec::from_iter(paths).join(", "),
        release(known.and_then(|known| known.first())),
        release(known.and_then(|known| known.last())),
    )
}
