//! Executes the code blocks of the rules' pages.
//!
//! ```` ```python before ```` must give a finding of the page's rule, the ```` ```python after ```` behind it is exactly
//! what all fixes make of it, ```` ```python allowed ```` gives no finding of the rule. Behind `option:` on the info line
//! stand options as in a TOML inline table. A manifest's block says which file it is: ```` ```toml before pyproject.toml ````.

use ws_lint::finding::Rule;
use ws_lint::rules::{self};
use ws_lint::source::Language;

use crate::bless::{assert_none, difference};
use crate::run::{Outcome, rules_for, run};
use crate::setup::Setup;

#[test]
fn every_example_of_every_page_holds() {
    let mut complaints = Vec::new();
    for rule in rules::ALL {
        let blocks = blocks(rule.page).unwrap_or_else(|complaint| panic!("{}: {complaint}", rule.code));
        for language in rule.languages {
            if !blocks
                .iter()
                .any(|block| block.language == *language && block.role == Role::Before)
            {
                complaints.push(format!(
                    "{}: no example in {language} that gives the finding",
                    rule.code
                ));
            }
        }
        if rule.fixable && !blocks.iter().any(|block| block.role == Role::After) {
            complaints.push(format!("{}: fixable, and no example of what the fix makes", rule.code));
        }
        complaints.extend(check_page(rule, &blocks));
    }
    assert_none(&complaints);
}

fn check_page(rule: &'static Rule, blocks: &[Block<'_>]) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut before: Option<Outcome> = None;
    for block in blocks {
        let place = format!("rules/{}-{}.md:{}", rule.code, rule.name, block.line);
        match block.role {
            Role::After => match before.take() {
                None => complaints.push(format!("{place}: `after` without a `before` in front of it")),
                Some(outcome) if outcome.fixed != block.text => {
                    complaints.push(difference(&place, &block.text, &outcome.fixed));
                }
                Some(_) => {}
            },
            Role::Before | Role::Allowed => {
                before = None;
                match execute(rule, block) {
                    Err(complaint) => complaints.push(format!("{place}: {complaint}")),
                    Ok(outcome) => {
                        let found = outcome.codes.contains(&rule.code);
                        if found != (block.role == Role::Before) {
                            let findings = &outcome.findings;
                            complaints.push(format!("{place}: not as the block says; the findings are:\n{findings}"));
                        }
                        before = (block.role == Role::Before).then_some(outcome);
                    }
                }
            }
        }
    }
    complaints
}

fn execute(rule: &'static Rule, block: &Block<'_>) -> Result<Outcome, String> {
    let line = format!("options = {{ {} }}", block.options);
    let table: toml::Table = toml::from_str(&line).map_err(|error| error.to_string())?;
    let options = table
        .get("options")
        .and_then(toml::Value::as_table)
        .cloned()
        .unwrap_or_default();
    let setup = Setup::read(&options.to_string(), block.language, &rules_for(rule))?;
    run(block.file, &block.text, block.language, &setup)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Before,
    After,
    Allowed,
}

#[derive(Debug)]
struct Block<'a> {
    /// 1-based, of the opening fence.
    line: usize,
    language: Language,
    /// Its name, for a manifest.
    file: &'a str,
    role: Role,
    options: &'a str,
    text: String,
}

/// The blocks that have a role. One in Python or Rust without a role is an error: nothing would ever run it.
fn blocks(page: &str) -> Result<Vec<Block<'_>>, String> {
    let mut blocks = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let text: String = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| *line != "```")
            .flat_map(|line| [line, "\n"])
            .collect();
        let (info, options) = info.split_once("option:").unwrap_or((info, ""));
        let mut words = info.split_whitespace();
        let language = match words.next() {
            Some("python") => Language::Python,
            Some("rust") => Language::Rust,
            Some("toml" | "text") => Language::Manifest,
            _ => continue,
        };
        let role = match words.next() {
            None if language == Language::Manifest => continue,
            Some("before") => Role::Before,
            Some("after") => Role::After,
            Some("allowed") => Role::Allowed,
            other => return Err(format!("line {}: no role is called {other:?}", number + 1)),
        };
        blocks.push(Block {
            line: number + 1,
            language,
            file: words.next().unwrap_or("example"),
            role,
            options: options.trim(),
            text,
        });
    }
    Ok(blocks)
}

#[test]
fn blocks_are_read_with_their_options() {
    let page = "```python before option: deadline-scope = \"block\", project.python = \"3.8\"\nx = 1\n\n```\n```toml\na = 1\n```\n";
    let blocks = blocks(page).unwrap();
    assert_eq!(blocks.len(), 1);
    assert_eq!((blocks[0].line, blocks[0].role), (1, Role::Before));
    assert_eq!(
        blocks[0].options,
        "deadline-scope = \"block\", project.python = \"3.8\""
    );
    assert_eq!(blocks[0].text, "x = 1\n\n");
    assert!(
        self::blocks("```python\nx = 1\n```\n").is_err(),
        "a block without a role is never run"
    );
}
