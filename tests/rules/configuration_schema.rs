//! `ws-lint.schema.json` and the parser say the same of configurations, right and wrong.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use jsonschema::Validator;
use serde_json::Value;
use ws_lint::config::CONFIGURATION_SCHEMA;
use ws_lint::rules;

use crate::bless::assert_none;
use crate::root;

/// Each breaks the schema and stops ws-lint.
const WRONG: &[&str] = &[
    "slect = []",
    "extend_select = []",
    "select = \"WS1\"",
    "select = [\"WS11\"]",
    "select = [\"E501\"]",
    "ignore = [\"ws11\"]",
    "[severity]\nws11 = \"off\"",
    "fail-on = \"off\"",
    "ignore = [1]",
    "[severity]\nWS102 = \"fatal\"",
    "[severity]\nWS1 = \"error\"",
    "severity = \"error\"",
    "[per-file-ignores]\n\"a\" = \"WS101\"",
    "[per-file-ignores]\n\"a\" = [\"WS9\"]",
    "include = \"src\"",
    "exclude = [1]",
    "extend-exclude = true",
    "force-exclude = \"yes\"",
    "test-code = {}",
    "target-version = 3.11",
    "target-version = \"2.7\"",
    "target-version = \"3\"",
    "target-version = \"3.11.2\"",
    "target-version = \"py\"",
    "protocols = [\"mqtt\"]",
    "protocols = \"websocket\"",
    "default-deadline = 0",
    "default-deadline = \"10\"",
    "min-deadline = -1.0",
    "max-deadline = inf",
    "deadline-scope = \"all\"",
    "internal-timeout = true",
    "console-encodings = \"cp1252\"",
    "print-strategy = \"none\"",
    "print-strategy = \"import\"",
    "safe-print = \"safe_print\"",
    "safe-print = \"my-project.safe_print\"",
    "safe-print = \"a..b\"",
    "fix = 1",
    "unsafe-fixes = \"true\"",
    "fail-on = \"never\"",
    "output-format = \"xml\"",
    "extend = [\"a.toml\"]",
    "library = {}",
    "[[library]]\npackage = \"x\"",
];

/// What stands behind the lines that every `[[library]]` needs, with the mistake in it.
const WRONG_IN_A_LIBRARY: &[(&str, &str)] = &[
    ("language = \"python\"\n", ""),
    ("language = \"python\"", "language = \"go\""),
    ("runtime = \"asyncio\"", "runtime = \"curio\""),
    ("runtime = \"asyncio\"", "runtime = \"asyncio\"\nhomepage = \"x\""),
    ("waits = \"for-ever\"", "waits = \"forever\""),
    ("call = \"await\"\n", ""),
    ("call = \"await\"", "call = \"await\"\ntimeout = 1"),
    ("bounds = \"connect\"", "bounds = \"all\""),
    ("form = \"keyword\"\n", ""),
    ("position = 1", "position = \"1\""),
];

const LIBRARY: &str = "\
[[library]]
language = \"python\"
package = \"helpers\"
modules = [\"helpers\"]
runtime = \"asyncio\"

[[library.connect]]
paths = [\"helpers.connect_ws\"]
call = \"await\"
waits = \"for-ever\"
fact = \"our own 1.0 waits\"

[[library.connect.argument]]
name = \"open_timeout\"
form = \"keyword\"
position = 1
bounds = \"connect\"
";

fn schema() -> Value {
    serde_json::from_str(CONFIGURATION_SCHEMA).expect("the schema is JSON")
}

/// The book's table is made of the schema; the parser reads the keys by itself.
#[test]
fn the_parser_knows_the_keys_of_the_schema() {
    let schema = schema();
    let keys: BTreeSet<_> = properties(&schema).cloned().collect();
    assert!(keys.len() > 30, "{keys:?}");
    // A date is right for no key: whatever the parser says against it, it does not say that it does not know the key.
    for key in &keys {
        let refusal = parse(&format!("{key} = 1979-05-27")).expect_err(key);
        assert!(refusal.contains("not a date"), "{key}: {refusal}");
    }
}

/// What the schema, and with it the book, says that holds by default.
#[test]
fn the_defaults_of_the_schema_hold() {
    let shown = show_settings(&root(), &["--isolated"]).unwrap();
    let shown: toml::Table = toml::from_str(&shown).unwrap();
    let schema = schema();
    let defaults = schema["properties"].as_object().unwrap().iter();
    let defaults = defaults.filter_map(|(key, value)| Some((key, value.get("default")?)));
    let mut count = 0;
    for (key, default) in defaults {
        let Some(shown) = shown.get(key) else {
            assert!(*default == serde_json::json!([]), "{key}: what is not shown is empty");
            continue;
        };
        count += 1;
        let same = match (shown.as_float(), default.as_f64()) {
            (Some(shown), Some(default)) => shown == default,
            _ => serde_json::to_value(shown).unwrap() == *default,
        };
        assert!(same, "{key}: {shown} holds, the schema says {default}");
    }
    assert!(count > 15, "{count}");
}

/// What the parser prints is what it knows.
#[test]
fn what_show_settings_prints_is_a_configuration() {
    let output = show_settings(&root(), &["--isolated"]).unwrap();
    let shown: toml::Table = toml::from_str(&output).unwrap();
    assert!(
        shown.contains_key("select") && shown.contains_key("output-format"),
        "{output}"
    );
    assert_none(&complaints(&validator(), &shown.to_string()));
}

#[test]
fn configurations_of_the_papers_are_valid() {
    let validator = validator();
    let examples = in_papers();
    assert!(examples.len() > 30, "only {} configurations were found", examples.len());
    let mut all = Vec::new();
    for (place, text) in examples {
        all.extend(
            complaints(&validator, &text)
                .iter()
                .map(|said| format!("{place}: {said}\n{text}")),
        );
        if let Err(said) = parse(&text) {
            all.push(format!("{place}: {said}\n{text}"));
        }
    }
    assert_none(&all);
}

#[test]
fn every_selector_and_every_file_of_the_catalogue_is_valid() {
    let validator = validator();
    for rule in rules::ALL {
        for selector in [rule.code, rule.name, &rule.code[..2], &rule.code[..4], "ALL"] {
            let text = format!("select = [{selector:?}]");
            assert_none(&complaints(&validator, &text));
            parse(&text).unwrap();
        }
        let text = format!("[severity]\n{} = \"info\"\n{} = \"error\"", rule.code, rule.name);
        assert_none(&complaints(&validator, &text));
        parse(&text).unwrap();
    }
    for language in ["python", "rust"] {
        for path in files(&root().join("rules/apis").join(language)) {
            let mut library: toml::Table = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            library.insert("language".to_owned(), language.into());
            let text = toml::Table::from_iter([("library".to_owned(), toml::Value::Array(vec![library.into()]))]);
            let said = complaints(&validator, &text.to_string());
            assert!(said.is_empty(), "{}: {said:?}", path.display());
        }
    }
}

#[test]
fn wrong_configurations_are_refused_by_the_schema_and_by_the_parser() {
    let validator = validator();
    parse(LIBRARY).unwrap();
    assert_none(&complaints(&validator, LIBRARY));
    let in_a_library = WRONG_IN_A_LIBRARY.iter().map(|(right, wrong)| {
        assert!(LIBRARY.contains(right), "{right}");
        LIBRARY.replace(right, wrong)
    });
    for text in WRONG.iter().map(|text| (*text).to_owned()).chain(in_a_library) {
        assert!(!complaints(&validator, &text).is_empty(), "the schema takes:\n{text}");
        assert!(parse(&text).is_err(), "the parser takes:\n{text}");
    }
}

fn validator() -> Validator {
    jsonschema::meta::validate(&schema()).expect("the schema is a schema");
    jsonschema::validator_for(&schema()).expect("the schema can be used")
}

fn complaints(validator: &Validator, text: &str) -> Vec<String> {
    let table: toml::Table = toml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let value = serde_json::to_value(table).expect("TOML is JSON");
    validator
        .iter_errors(&value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

/// # Errors
/// What ws-lint says against this configuration.
fn parse(text: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ws-lint.toml");
    fs::write(&file, text).unwrap();
    show_settings(folder.path(), &[]).map(|_| ())
}

fn show_settings(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_ws-lint"))
        .current_dir(folder)
        .args(["--show-settings", "."])
        .args(arguments)
        .output()
        .unwrap();
    match output.status.success() {
        true => Ok(String::from_utf8(output.stdout).unwrap()),
        false => Err(String::from_utf8(output.stderr).unwrap()),
    }
}

/// Every configuration of README, book, pages and fixtures, with its place. `project` and `notes` are no keys of it: tests say
/// with them what manifests would say, and what they want to see. `extend` names files that are not there.
fn in_papers() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for path in files(&root().join("rules"))
        .into_iter()
        .chain([root().join("README.md")])
        .chain(files(&root().join("docs/src")))
        .chain(files(&root().join("docs/src/tutorials")))
    {
        let text = fs::read_to_string(&path).unwrap();
        found.extend(in_page(&text).map(|example| (path.display().to_string(), example)));
    }
    let catalogue = read("rules/apis/README.md");
    let own_helpers = in_page(&catalogue).filter(|example| example.contains("[[library]]"));
    found.extend(own_helpers.map(|example| ("rules/apis/README.md".to_owned(), example)));
    for language in ["python", "rust", "pitfalls"] {
        for case in files_below(&root().join("fixtures").join(language)) {
            if case.extension().is_some_and(|extension| extension == "toml") {
                found.push((case.display().to_string(), fs::read_to_string(&case).unwrap()));
            }
        }
    }
    let configuration = |(place, text): (String, String)| {
        let mut table: toml::Table = toml::from_str(&text).unwrap_or_else(|error| panic!("{place}: {error}\n{text}"));
        table.remove("project");
        table.remove("notes");
        table.remove("extend");
        (!table.is_empty()).then(|| (place, table.to_string()))
    };
    found.into_iter().filter_map(configuration).collect()
}

/// The options of code blocks, and the blocks in TOML that configure ws-lint.
fn in_page(text: &str) -> impl Iterator<Item = String> {
    let mut lines = text.lines();
    std::iter::from_fn(move || {
        let info = lines.by_ref().find_map(|line| line.strip_prefix("```"))?;
        let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
        Some((info, block.join("\n")))
    })
    .filter_map(|(info, block)| match info.split_once("option:") {
        Some((_, options)) => {
            let table: toml::Table = toml::from_str(&format!("options = {{ {options} }}")).unwrap();
            Some(table["options"].as_table().unwrap().to_string())
        }
        None => (info == "toml").then_some(block),
    })
}

fn properties(schema: &Value) -> impl Iterator<Item = &String> {
    schema["properties"].as_object().expect("a schema of a table").keys()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] })
        .collect()
}
