//! Makes the schema of the tables and types that read a configuration.

use std::fs;
use std::path::Path;

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value};

use super::super::options::{
    DEADLINE_SCOPES, HANG_RULES, INTERNAL_TIMEOUTS, LANGUAGES, LEVELS, PRINT_STRATEGIES, PROTOCOLS, SEVERITIES,
    output_formats,
};
use super::CONFIGURATION_SCHEMA;
use crate::catalog::Library;
use crate::rules;

fn configuration_schema() -> Value {
    let generator = SchemaSettings::draft07().with_transform(WithoutNull).into_generator();
    let mut schema = generator.into_root_schema_for::<Configuration>();
    // schemars takes every key with a schema of its own for one that must be there; none must.
    schema.remove("required");
    schema.to_value()
}

#[test]
fn the_schema_in_the_repository_is_what_the_types_say() {
    let made = format!("{:#}\n", configuration_schema());
    if std::env::var_os("WS_LINT_BLESS").is_some() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("ws-lint.schema.json");
        return fs::write(file, made).unwrap();
    }
    assert!(
        made == CONFIGURATION_SCHEMA,
        "`WS_LINT_BLESS=1 cargo test --lib schema` writes it anew"
    );
}

/// The configuration of ws-lint.
#[derive(JsonSchema)]
#[schemars(rename = "ws-lint", rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(extend(
    "if" = { "properties": { "print-strategy": { "const": "import" } }, "required": ["print-strategy"] },
    "then" = { "required": ["safe-print"] }
))]
#[expect(
    dead_code,
    reason = "it stands for the keys and their types; options.rs reads the values"
)]
struct Configuration {
    /// A configuration file to start from.
    extend: Option<String>,
    /// The rules that run, in place of those that are on by default: codes (`"WS101"`), prefixes (`"WS1"`), names or
    /// `"ALL"`.
    #[schemars(schema_with = "selectors")]
    select: Option<()>,
    /// More rules that run.
    #[schemars(extend("default" = []))]
    #[schemars(schema_with = "selectors")]
    extend_select: Option<()>,
    /// Rules that do not run. Of these three keys the more specific selector wins.
    #[schemars(extend("default" = []))]
    #[schemars(schema_with = "selectors")]
    ignore: Option<()>,
    /// A table of severities by rule: `WS102 = "error"`; `"off"` switches a rule off.
    #[schemars(schema_with = "severities")]
    severity: Option<()>,
    /// A table of patterns, and the rules that do not run where they match: `"scripts/**" = ["WS301"]`.
    #[schemars(schema_with = "per_file_ignores")]
    per_file_ignores: Option<()>,
    /// Patterns: nothing else is looked at.
    include: Option<Vec<String>>,
    /// Patterns that are left out, in place of folders that hold no sources of the project (`.venv`, `node_modules`,
    /// `build`, …).
    exclude: Option<Vec<String>>,
    /// More patterns that are left out.
    #[schemars(extend("default" = []))]
    extend_exclude: Option<Vec<String>>,
    /// Leave excluded files out even if they are named on the command line.
    #[schemars(extend("default" = false))]
    force_exclude: Option<bool>,
    /// Patterns of files that are test code as a whole, in place of `tests`, `test_*.py`, `*_test.py`, `conftest.py`,
    /// `*_test.rs`, `benches` and what the project tells pytest as `python_files`.
    test_code: Option<Vec<String>>,
    /// The oldest Python that fixed code must run on: `"3.11"` or `"py311"`. Without it what the project tells of
    /// itself, else 3.11: `requires-python` and its kin, lock files, `.python-version` and the like, tox and nox, CI
    /// files and images, what the pinned clients run on, the same of the folders above the project, what the file uses,
    /// in this order. Where nothing tells it a line on standard error says so; `--show-settings` names the place.
    #[schemars(regex(pattern = r"^(3\.|py3)\+?[0-9]+$"))]
    target_version: Option<String>,
    /// Each connect is to stand under a deadline from outside, and no async test code is to block, as with `--strict`:
    /// what is an info then is a warning.
    #[schemars(extend("default" = false))]
    strict: Option<bool>,
    /// What the rules about connects look at: also `"socket"`, `"http"`, `"broker"`.
    #[schemars(extend("default" = ["websocket"]))]
    #[schemars(schema_with = "protocols")]
    protocols: Option<()>,
    /// Seconds that a connect without any limit gets; unless it is set, never more than the library's own limit.
    #[schemars(extend("default" = 10))]
    #[schemars(schema_with = "seconds")]
    default_deadline: Option<()>,
    /// Seconds: WS106 reports deadlines of connects below it; the default of `default-deadline` keeps above it.
    #[schemars(schema_with = "seconds")]
    min_deadline: Option<()>,
    /// Seconds: WS106 reports deadlines of connects above it; the default of `default-deadline` keeps below it. A
    /// minimum above the maximum is an error.
    #[schemars(schema_with = "seconds")]
    max_deadline: Option<()>,
    /// Seconds: a connect that its library itself ends within so many is no more than an info.
    #[schemars(extend("default" = 30))]
    #[schemars(schema_with = "seconds")]
    max_connect_wait: Option<()>,
    /// What a deadline around `async with connect(…)` covers: `"block"`, `"connect"`, or whichever keeps the program as
    /// it is.
    #[schemars(extend("default" = "auto"))]
    #[schemars(schema_with = "deadline_scope")]
    deadline_scope: Option<()>,
    /// What becomes of the connect's own argument: `"remove"`, `"disable"` (`open_timeout=None`), or whichever lets the
    /// new deadline count.
    #[schemars(extend("default" = "auto"))]
    #[schemars(schema_with = "internal_timeout")]
    internal_timeout: Option<()>,
    /// Seconds: WS205 reports tests that can take longer by their own code.
    #[schemars(extend("default" = 30))]
    #[schemars(schema_with = "seconds")]
    max_test_seconds: Option<()>,
    /// Seconds that a wait for a message without any limit gets.
    #[schemars(extend("default" = 10))]
    #[schemars(schema_with = "seconds")]
    default_receive_deadline: Option<()>,
    /// The servers of the project greet: WS206 reports tests that send before they read the greeting.
    #[schemars(extend("default" = false))]
    welcome: Option<bool>,
    /// Seconds: WS207 reports deadlines of tests that are shorter on Windows too, in projects whose classifiers name
    /// Windows.
    #[schemars(schema_with = "seconds")]
    windows_min_deadline: Option<()>,
    /// Where the rules about hangs after the connect (WS2) look: in test code, or in `"all"` code.
    #[schemars(extend("default" = "tests"))]
    #[schemars(schema_with = "hang_rules")]
    hang_rules: Option<()>,
    /// The encodings that every print must fit.
    #[schemars(extend("default" = ["cp1252"]))]
    console_encodings: Option<Vec<String>>,
    /// How a print is made safe: `"helper"` adds a `safe_print` to the module, `"import"` imports the function of
    /// `safe-print`, `"ascii"` replaces the characters.
    #[schemars(extend("default" = "helper"))]
    #[schemars(schema_with = "print_strategy")]
    print_strategy: Option<()>,
    /// The dotted path of your own `safe_print`.
    #[schemars(regex(pattern = r"^[^\s.\-0-9][^\s.\-]*(\.[^\s.\-0-9][^\s.\-]*)+$"))]
    safe_print: Option<String>,
    /// Apply the safe fixes, as with `--fix`.
    #[schemars(extend("default" = false))]
    fix: Option<bool>,
    /// Apply the unsafe ones too, as with `--unsafe-fixes`.
    #[schemars(extend("default" = false))]
    unsafe_fixes: Option<bool>,
    /// What is at or above it counts: fails the run, and is fixed. As with `--fail-on`.
    #[schemars(extend("default" = "warning"))]
    #[schemars(schema_with = "severity")]
    fail_on: Option<()>,
    /// How the findings are printed, as with `--output-format`.
    #[schemars(extend("default" = "full"))]
    #[schemars(schema_with = "output_format")]
    output_format: Option<()>,
    /// End with 0 even if there are findings or a diff.
    #[schemars(extend("default" = false))]
    exit_zero: Option<bool>,
    /// The baseline that allows what it has: a path from the configuration's folder.
    baseline: Option<String>,
    /// A revision: only what changed since this branch left it is reported and fixed. `--write-baseline` and
    /// `--diff-file` do not ask it.
    diff_base: Option<String>,
    /// Connects of your own helpers, in the format of the catalogue.
    #[schemars(schema_with = "libraries")]
    library: Option<()>,
}

/// Every text that a selector reads: exactly those, and codes in any case.
fn selectors(_: &mut SchemaGenerator) -> Schema {
    let codes = || rules::ALL.iter().map(|rule| rule.code);
    let mut prefixes: Vec<_> = codes()
        .flat_map(|code| (2..code.len()).filter_map(move |end| code.get(..end)))
        .collect();
    prefixes.sort_unstable();
    prefixes.dedup();
    let names = rules::ALL.iter().map(|rule| rule.name);
    let all_codes: Vec<_> = ["ALL"].into_iter().chain(prefixes).chain(codes()).collect();
    let pattern = in_any_case(&all_codes);
    let known: Vec<_> = all_codes.into_iter().chain(names).collect();
    json_schema!({ "type": "array", "items": { "anyOf": [{ "enum": known }, { "type": "string", "pattern": pattern }] } })
}

/// A regular expression for these words, whatever the case of their letters.
fn in_any_case(words: &[&str]) -> String {
    let letter = |letter: char| match letter.is_ascii_alphabetic() {
        true => format!("[{}{}]", letter.to_ascii_uppercase(), letter.to_ascii_lowercase()),
        false => letter.to_string(),
    };
    let each: Vec<String> = words.iter().map(|word| word.chars().map(letter).collect()).collect();
    format!("^({})$", each.join("|"))
}

fn severities(_: &mut SchemaGenerator) -> Schema {
    let level = one_of(LEVELS);
    let of_each: Map<_, _> = rules::ALL
        .iter()
        .flat_map(|rule| [rule.code, rule.name])
        .map(|rule| (rule.to_owned(), level.clone().to_value()))
        .collect();
    let codes: Vec<_> = rules::ALL.iter().map(|rule| rule.code).collect();
    let in_any_case = Map::from_iter([(in_any_case(&codes), level.to_value())]);
    json_schema!({
        "type": "object",
        "properties": of_each,
        "patternProperties": in_any_case,
        "additionalProperties": false
    })
}

fn per_file_ignores(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "object", "additionalProperties": selectors(generator) })
}

fn seconds(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "number", "exclusiveMinimum": 0 })
}

fn protocols(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": one_of(PROTOCOLS) })
}

fn deadline_scope(_: &mut SchemaGenerator) -> Schema {
    one_of(DEADLINE_SCOPES)
}

fn internal_timeout(_: &mut SchemaGenerator) -> Schema {
    one_of(INTERNAL_TIMEOUTS)
}

fn hang_rules(_: &mut SchemaGenerator) -> Schema {
    one_of(HANG_RULES)
}

fn print_strategy(_: &mut SchemaGenerator) -> Schema {
    one_of(PRINT_STRATEGIES)
}

fn severity(_: &mut SchemaGenerator) -> Schema {
    one_of(SEVERITIES)
}

fn output_format(_: &mut SchemaGenerator) -> Schema {
    one_of(&output_formats())
}

/// The words of a table that [`super::reader::Entry::choice`] reads.
fn one_of<T>(choices: &[(&'static str, T)]) -> Schema {
    let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
    json_schema!({ "type": "string", "enum": words })
}

/// A file of the catalogue with a `language`.
fn libraries(generator: &mut SchemaGenerator) -> Schema {
    let mut library = Library::json_schema(generator);
    let language = Value::from(one_of(LANGUAGES));
    if let Some(properties) = library.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert("language".to_owned(), language);
    }
    if let Some(required) = library.get_mut("required").and_then(Value::as_array_mut) {
        required.insert(0, "language".into());
    }
    json_schema!({ "type": "array", "items": library })
}

/// TOML has no null: what may be left out is left out.
#[derive(Clone, Debug)]
struct WithoutNull;

impl Transform for WithoutNull {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        if schema.get("default").is_some_and(Value::is_null) {
            schema.remove("default");
        }
        if let Some(Value::Array(types)) = schema.get_mut("type") {
            types.retain(|one| one != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                schema.insert("type".to_owned(), only);
            }
        }
        if let Some(Value::Array(any)) = schema.get_mut("anyOf") {
            any.retain(|one| one.get("type").is_none_or(|kind| kind != "null"));
        }
    }
}
