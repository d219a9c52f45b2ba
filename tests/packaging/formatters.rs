//! What ruff says of fixed files: nothing that it did not say before.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::tools::{Tools, said};

/// The columns that projects allow.
const WIDTHS: [&str; 2] = ["88", "120"];

/// Lines that a fix makes longer, or leaves shorter, than they were stay as they are: only a formatter breaks and joins lines.
/// In these fixtures it would, with 88 columns or with 120.
const RESHAPED: [&str; 25] = [
    "pitfalls/11-value-is-an-expression.py",
    "pitfalls/17-f-strings-over-lines.py",
    "pitfalls/19-docstrings-of-nested-functions.py",
    "pitfalls/20-backslash-continuation-of-code.py",
    "python/WS101-connect-timeout-argument/await_forms.py",
    "python/WS101-connect-timeout-argument/larger_expression.py",
    "python/WS101-connect-timeout-argument/several_items.py",
    "python/WS103-rejected-connect-argument/errors.py",
    "python/WS103-rejected-connect-argument/other_libraries.py",
    "python/WS105-deadline-not-entered/plain_with.py",
    "python/WS105-deadline-not-entered/right.py",
    "python/WS106-deadline-out-of-range/milliseconds.py",
    "python/WS107-shadowed-deadline/default_of_the_library.py",
    "python/WS201-receive-without-deadline/forms.py",
    "python/WS202-blocking-call-in-async/found.py",
    "python/WS203-connect-as-coroutine/connection_entered.py",
    "python/WS203-connect-as-coroutine/functions_that_take_coroutines.py",
    "python/WS203-connect-as-coroutine/other_libraries.py",
    "python/WS203-connect-as-coroutine/right_uses.py",
    "python/WS401-deadline-needs-newer-python/uses.py",
    "python/WS501-uncaught-handshake-status/imports.py",
    "python/reports/one_mistake_one_finding.py",
    "python/reports/test_basic_user_flow_e2e.py",
    "python/reports/test_websocket_auth_handshake_complete_flow.py",
    "python/WS101-connect-timeout-argument/idle_block.py",
];

/// What ruff's own rules newly say of fixtures, and why that is so.
const SAID: [(&str, &str); 8] = [
    // The parentheses around a `yield` stay its own.
    ("pitfalls/11-value-is-an-expression.py", "UP034"),
    // The module was imported for type checkers only, or later: it is imported at the top as well.
    ("pitfalls/51-type-checking.py", "TC004"),
    ("pitfalls/52-imported-later.py", "F811"),
    ("python/WS101-connect-timeout-argument/import_of_asyncio.py", "TC004"),
    // A comment, or a `try` around the import, keeps it.
    ("python/WS202-blocking-call-in-async/left_behind_in_function.py", "F401"),
    // A comment stands on the line of the name that nothing needs any longer.
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
            if !RESHAPED.contains(&name.as_str()) {
                complaints.push(format!("{width} columns: {name} would be reformatted"));
            }
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

/// The files that a diff of ruff's is about.
fn unformatted(diff: &str) -> Vec<String> {
    let heads = diff.lines().filter_map(|line| line.strip_prefix("+++ "));
    heads.map(|name| name.trim_start_matches("./").to_owned()).collect()
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
