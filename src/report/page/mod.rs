//! The page of a rule as people read it. The pages of the repository carry notation for the tests that execute their
//! examples: ```` ```python before option: target-version = "3.8" ````. Readers get words in its place.

use std::fmt::Write as _;

use pulldown_cmark::{Event, Options, Parser, Tag};
use toml::{Table, Value};

use crate::finding::Rule;

mod table;
mod terminal;

pub use terminal::for_terminal;

/// Where the repository is published: empty as long as Cargo.toml does not say it.
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// The address of a rule's page for this version, where the repository has one.
#[must_use]
pub fn address(rule: &Rule) -> Option<String> {
    address_in(REPOSITORY, rule)
}

fn address_in(repository: &str, rule: &Rule) -> Option<String> {
    let version = env!("CARGO_PKG_VERSION");
    let (code, name) = (rule.code, rule.name);
    (!repository.is_empty()).then(|| format!("{repository}/blob/v{version}/rules/{code}-{name}.md"))
}

/// The page in Markdown for readers outside of the repository: links within it are their text, unless the address of the
/// repository is known.
#[must_use]
pub fn for_readers(page: &str) -> String {
    readable(page, |target| {
        let version = env!("CARGO_PKG_VERSION");
        (!REPOSITORY.is_empty()).then(|| format!("{REPOSITORY}/blob/v{version}/rules/{target}"))
    })
}

/// The page in Markdown without the tests' notation. `link` says where a link to another file leads, seen from the pages'
/// folder; where it says nothing the text of the link is left.
#[must_use]
pub fn readable(page: &str, link: impl Fn(&str) -> Option<String>) -> String {
    let mut text = String::with_capacity(page.len());
    let mut inside = false;
    for line in linked(page, link).split_inclusive('\n') {
        let info = line.strip_prefix("```").map(str::trim_end);
        match info.filter(|_| !inside).map(Info::read) {
            Some(info) => {
                if let Some(lead) = info.lead() {
                    let _ = write!(text, "*{lead}:*\n\n");
                }
                let _ = writeln!(text, "```{}", info.language);
            }
            None => text.push_str(line),
        }
        inside ^= info.is_some();
    }
    text
}

/// The page with its relative links as `link` wants them.
fn linked(page: &str, link: impl Fn(&str) -> Option<String>) -> String {
    let mut text = String::with_capacity(page.len());
    let mut from = 0;
    for (event, range) in Parser::new_ext(page, Options::ENABLE_TABLES).into_offset_iter() {
        let Event::Start(Tag::Link { dest_url, .. }) = event else {
            continue;
        };
        let whole = page.get(range.clone()).unwrap_or_default();
        let is_own = !dest_url.contains("://") && !dest_url.starts_with('#');
        let Some((words, _)) = whole.rsplit_once("](").filter(|_| is_own) else {
            continue;
        };
        text.push_str(page.get(from..range.start).unwrap_or_default());
        match link(&dest_url) {
            Some(target) => {
                let _ = write!(text, "{words}]({target})");
            }
            None => text.push_str(words.trim_start_matches('[')),
        }
        from = range.end;
    }
    text.push_str(page.get(from..).unwrap_or_default());
    text
}

/// What stands behind the opening of a code block.
struct Info<'p> {
    language: &'p str,
    /// `before`, `after` or `allowed`, where the tests execute the block.
    role: &'p str,
    /// Which manifest the block is.
    file: &'p str,
    options: &'p str,
}

impl<'p> Info<'p> {
    fn read(info: &'p str) -> Self {
        let (head, options) = info.split_once("option:").unwrap_or((info, ""));
        let mut words = head.split_whitespace();
        Self {
            language: words.next().unwrap_or_default(),
            role: words.next().unwrap_or_default(),
            file: words.next().unwrap_or_default(),
            options: options.trim(),
        }
    }

    /// What the block is, in words.
    fn lead(&self) -> Option<String> {
        let mut lead = match self.role {
            "before" => "Found",
            "after" => "Fixed",
            "allowed" => "Not found",
            _ => return None,
        }
        .to_owned();
        if !self.file.is_empty() {
            let _ = write!(lead, " in `{}`", self.file);
        }
        for (index, condition) in self.conditions().iter().enumerate() {
            lead.push_str(if index == 0 { " " } else { ", " });
            lead.push_str(condition);
        }
        Some(lead)
    }

    fn conditions(&self) -> Vec<String> {
        let table: Option<Table> = format!("options = {{ {} }}", self.options).parse().ok();
        let Some(Value::Table(options)) = table.and_then(|mut table| table.remove("options")) else {
            return Vec::new();
        };
        let mut conditions = Vec::new();
        for (key, value) in &options {
            match (key.as_str(), value) {
                ("project", Value::Table(facts)) => {
                    conditions.extend(facts.iter().map(|(fact, value)| fact_in_words(fact, value)));
                }
                _ => conditions.push(format!("with `{key} = {value}`")),
            }
        }
        conditions
    }
}

/// What a manifest would say.
fn fact_in_words(fact: &str, value: &Value) -> String {
    match (fact, value) {
        ("packages", Value::Table(packages)) => {
            let asked: Vec<_> = packages
                .iter()
                .map(|(name, range)| format!("`{name}{}`", range.as_str().unwrap_or_default()))
                .collect();
            format!("where the project asks for {}", asked.join(" and "))
        }
        ("python", Value::String(version)) => format!("where the project supports Python {version} and newer"),
        ("async-timeout", _) => "where the project depends on `async-timeout`".to_owned(),
        ("test-file", _) => "in a file of tests".to_owned(),
        ("windows", _) => "in a project whose classifiers name Windows".to_owned(),
        _ => format!("where the project has {fact} = {value}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

    #[test]
    fn no_page_shows_the_notation_of_the_tests() {
        for rule in rules::ALL {
            let text = for_readers(rule.page);
            for notation in ["option:", " before\n", " after\n", " allowed\n", "](WS", "](apis"] {
                let shown = text
                    .lines()
                    .any(|line| line.starts_with("```") && line.contains(notation.trim_end()));
                assert!(
                    !shown && (!notation.starts_with(']') || !text.contains(notation)),
                    "{}: {notation}",
                    rule.code
                );
            }
            assert_eq!(
                text.matches("```").count(),
                rule.page.matches("```").count(),
                "{}",
                rule.code
            );
        }
    }

    #[test]
    fn words_stand_in_place_of_the_notation() {
        let lead = |info| Info::read(info).lead();
        assert_eq!(lead("python"), None);
        assert_eq!(lead("toml before pyproject.toml").unwrap(), "Found in `pyproject.toml`");
        assert_eq!(
            lead("python allowed option: target-version = \"3.8\", project.packages = { websockets = \">=14\" }")
                .unwrap(),
            "Not found where the project asks for `websockets>=14`, with `target-version = \"3.8\"`"
        );
        let page = "See [`WS102`](WS102-x.md) and [this](#here).\n";
        assert_eq!(readable(page, |_| None), "See `WS102` and [this](#here).\n");
        assert_eq!(
            readable(page, |target| Some(format!("../{target}"))),
            "See [`WS102`](../WS102-x.md) and [this](#here).\n"
        );
    }

    #[test]
    fn a_page_has_an_address_where_the_repository_has_one() {
        let rule = rules::find("WS101").unwrap();
        assert_eq!(address_in("", rule), None);
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(
            address_in("https://example.org/ws-lint", rule).unwrap(),
            format!("https://example.org/ws-lint/blob/v{version}/rules/WS101-connect-timeout-argument.md")
        );
    }
}
