//! What ruff says of fixed files: nothing that it did not say before.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::tools::{Tools, said};

/// The columns that projects allow.
const WIDTHS: [&str; 2] = ["88", "120"];

/// What ruff's own rules newly say of fixtures, and why that is so.
const SAID: [(&str, &str); 10] = [
    // The parentheses around a `yield` stay its own.
    ("pitfalls/11-value-is-an-expression.py", "UP034"),
    // A comment stands beside the `pass`.
    ("python/WS101-connect-timeout-argument/idle_block.py", "PIE790"),
    // The module was imported for type checkers only, or later: it is imported at the top as well.
    ("pitfalls/51-type-checking.py", "TC004"),
    ("pitfalls/52-imported-later.py", "F811"),
    ("python/WS101-connect-timeout-argument/import_of_asyncio.py", "TC004"),
    // A comment, or a `try` around the import, keeps it.
    ("python/WS202-blocking-call-in-async/left_behind_in_function.py", "F401"),
    // A comment stands on the line of the name that nothing needs any longer.
    (
        "python/WS202-blocking-call-in-async/left_behind_from_commented.py",
        "F401",
    ),
    ("python/WS501-uncaught-handshake-status/imports.py", "F401"),
    ("python/WS501-uncaught-handshake-status/imports.py", "I001"),
    // What the fix compares is negated as it was.
    ("python/WS502-status-from-message/known_exception.py", "SIM202"),
];

#[test]
#[ignore = "needs Python and PyPI"]
fn ruff_says_nothing_new_of_a_fixed_file() {
    let tools = Tools::install();
    let mut complaints = Vec::new();
    for width in WIDTHS {
        let folder = tempfile::tempdir().unwrap();
        let sources = sources();
        for name in &sources {
            write(folder.path(), name);
        }
        let ruff = |arguments: &[&str]| {
            let mut command = tools.command("ruff");
            command.current_dir(folder.path()).args(arguments);
            command.args([
                "--isolated",
                "--no-cache",
                "--line-length",
                width,
                "--target-version",
                "py315",
                ".",
            ]);
            command.output().expect("ruff starts")
        };
        let judge = || {
            (
                unformatted(&said(&ruff(&["format", "--diff"]))),
                messages(&ruff(&CHECK).stdout, &sources),
            )
        };
        // It leaves those alone that it does not parse.
        ruff(&["format", "--quiet"]);
        let before = judge();
        fix(folder.path());
        let after = judge();
        for name in after.0.iter().filter(|name| !before.0.contains(name)) {
            complaints.push(format!("{width} columns: {name} would be reformatted"));
        }
        for ((name, code, message), count) in &after.1 {
            let was = before.1.get(&(name.clone(), code.clone(), message.clone()));
            if was.is_none_or(|was| was < count) && !SAID.contains(&(name.as_str(), code.as_str())) {
                complaints.push(format!("{width} columns: {name}: {code} {message}"));
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// ruff's default rules, and the one about the order of imports.
const CHECK: [&str; 5] = ["check", "--extend-select", "I", "--output-format", "json"];

/// Carries out all fixes of all rules.
fn fix(folder: &Path) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ws-lint"));
    command.current_dir(folder).args([
        "--isolated",
        "--select",
        "ALL",
        "--strict",
        "--fail-on",
        "info",
        "--fix",
        "--unsafe-fixes",
        "--exit-zero",
        ".",
    ]);
    let output = command.output().expect("ws-lint starts");
    assert!(!said(&output).contains("internal error"), "{}", said(&output));
}

/// The fixtures in Python as they are before their fixes, by their paths under `fixtures/`.
fn sources() -> Vec<String> {
    let root = root();
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && name != "manifests" {
                folders.push(path);
            } else if name.ends_with(".py") && !name.contains(".fixed.") {
                found.push(path.strip_prefix(&root).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    assert!(!found.is_empty());
    found.sort();
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn write(folder: &Path, name: &str) {
    let target = folder.join(name);
    fs::create_dir_all(target.parent().unwrap()).unwrap();
    fs::copy(root().join(name), target).unwrap();
}

/// The files in which a diff of ruff's changes more than how lines are broken. A fix makes lines longer or shorter than they
/// were; only a formatter breaks and joins them.
fn unformatted(diff: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut name = "";
    let mut group = [String::new(), String::new()];
    let mut changes = 0;
    for line in diff.lines().chain([" "]) {
        match (line.as_bytes().first(), line.get(1..)) {
            _ if line.starts_with("--- ") => {}
            _ if line.starts_with("+++ ") => name = line[4..].trim_start_matches("./"),
            (Some(b'-'), Some(text)) => {
                group[0].extend(text.chars().filter(|c| is_of_code(*c)));
                changes += 1;
            }
            (Some(b'+'), Some(text)) => {
                group[1].extend(text.chars().filter(|c| is_of_code(*c)));
                changes += 1;
            }
            _ => {
                let only_broken = group[0] == group[1] && !group[0].is_empty();
                if changes > 0 && !only_broken && !found.iter().any(|other| other == name) {
                    found.push(name.to_owned());
                }
                group.iter_mut().for_each(String::clear);
                changes = 0;
            }
        }
    }
    found
}

/// What breaking a line does not bring or take away.
fn is_of_code(character: char) -> bool {
    !character.is_whitespace() && !matches!(character, ',' | '(' | ')')
}

#[test]
fn a_broken_line_is_told_from_other_layout() {
    let diff = |lines: &str| unformatted(&format!("--- a.py\n+++ a.py\n@@ -1 +1 @@\n{lines}"));
    assert!(diff("-f(a, b)\n+f(\n+    a,\n+    b,\n+)\n x\n").is_empty());
    assert_eq!(diff(" import a\n+\n def f():\n"), ["a.py"]);
    assert_eq!(diff("-x='a'\n+x = \"a\"\n"), ["a.py"]);
}

/// How often each message is given for a file: file, code, message.
fn messages(json: &[u8], sources: &[String]) -> BTreeMap<(String, String, String), usize> {
    let found: Vec<Value> = serde_json::from_slice(json).expect("ruff prints JSON");
    let mut counts = BTreeMap::new();
    for message in found {
        let text = |key: &str| message[key].as_str().unwrap_or_default().to_owned();
        let file = text("filename");
        let name = sources.iter().find(|name| file.ends_with(name.as_str())).cloned();
        *counts
            .entry((name.unwrap_or(file), text("code"), text("message")))
            .or_default() += 1;
    }
    counts
}
