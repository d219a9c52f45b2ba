//! What pytest is told where tox starts it: `commands = pytest --timeout=60`.

use super::evidence::is_for_a_tool;
use super::manifest::Manifest;
use super::pytest_settings::of_options;
use super::setup_cfg::entries;
use super::test_timeout::fact;
use crate::facts::Fact;

/// The longest limit that the environments of a `tox.ini` give their tests; none where one of them gives none.
pub(super) fn of_tox(manifest: &Manifest) -> Option<Fact<f64>> {
    let mut longest: Option<Fact<f64>> = None;
    // Lines of one value follow each other, and one that ends in a backslash goes on.
    let mut text = String::new();
    for entry in entries(manifest.text()) {
        let environment = entry.section.strip_prefix("testenv");
        let is_one = environment.is_some_and(|name| !is_for_a_tool(name.trim_start_matches(':')));
        if !is_one || entry.key != "commands" {
            continue;
        }
        for line in entry.value.lines() {
            text.push_str(line.trim());
            if text.ends_with('\\') {
                text.pop();
                text.push(' ');
                continue;
            }
            let line = std::mem::take(&mut text);
            if runs_pytest(&line) {
                let limit = fact(of_options(&line)?, "commands", manifest, entry.at)?;
                longest = longest.filter(|one| one.value >= limit.value).or(Some(limit));
            }
        }
    }
    longest
}

/// `pytest …`, `python -m pytest …`, `coverage run -m pytest …`; factors stand in front of a colon.
fn runs_pytest(line: &str) -> bool {
    let command = line.split_once(": ").map_or(line, |(_, command)| command);
    let mut words = command.split_whitespace();
    let first = words.next().unwrap_or_default().trim_start_matches('-');
    matches!(first, "pytest" | "py.test") || command.contains("-m pytest")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(text: &str) -> Option<String> {
        let fact = of_tox(&Manifest::new("tox.ini", text))?;
        Some(format!("{} {}", fact.value, fact.source))
    }

    #[test]
    fn every_command_that_runs_pytest_has_to_limit_its_tests() {
        let one = "[testenv]\ndeps = pytest\ncommands = pytest --timeout=60 {posargs}\n";
        assert_eq!(limit(one).as_deref(), Some("60 commands in tox.ini:3"));
        let two = "[testenv]\ncommands =\n    python -m pytest --timeout 60\n    py: pytest --timeout=90 slow\n";
        assert_eq!(limit(two).as_deref(), Some("90 commands in tox.ini:4"));
        let without = "[testenv]\ncommands = pytest --timeout=60\n[testenv:slow]\ncommands = pytest\n";
        assert_eq!(limit(without), None);
        let tools = "[testenv]\ncommands = pytest --timeout=60\n[testenv:lint]\ncommands = ruff check\n";
        assert_eq!(limit(tools).as_deref(), Some("60 commands in tox.ini:2"));
        let continued = "[testenv]\ncommands =\n    pytest \\\n    --timeout=5\n";
        assert_eq!(
            limit(continued).as_deref().map(|limit| limit.starts_with("5 ")),
            Some(true)
        );
        assert_eq!(limit("[testenv]\ncommands = echo\n"), None);
    }
}
