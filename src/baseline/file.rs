//! The baseline as a file: JSON, one entry a line, sorted, so that changes on two branches merge.
//!
//! ```json
//! {
//!   "version": 1,
//!   "findings": [
//!     {"path": "src/app.py", "rule": "WS101", "line": "9f3c0d2b6a1e8c47", "count": 1}
//!   ]
//! }
//! ```

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::{Counts, Entries, Key, LineHash};

/// The version that is read and written.
pub(super) const VERSION: u64 = 1;

/// Why a text is no baseline.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Mistake {
    /// It is one of another version.
    Version(String),
    /// A merge was not finished.
    Conflict,
    /// It is something else: where and what.
    Malformed(String),
}

#[derive(Deserialize)]
struct Versioned {
    version: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "version")]
    _version: u64,
    findings: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    path: String,
    rule: String,
    line: LineHash,
    count: usize,
}

/// The entries of a baseline. Of two for the same findings, as a merge may leave them, the larger count holds.
pub(super) fn parse(text: &str) -> Result<Entries, Mistake> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.lines().any(|line| line.starts_with("<<<<<<< ")) {
        return Err(Mistake::Conflict);
    }
    let malformed = |error: serde_json::Error| Mistake::Malformed(error.to_string());
    let versioned: Versioned = serde_json::from_str(text).map_err(malformed)?;
    if versioned.version != VERSION {
        return Err(Mistake::Version(versioned.version.to_string()));
    }
    let document: Document = serde_json::from_str(text).map_err(malformed)?;
    let mut entries = Entries::new();
    for Entry {
        path,
        rule,
        line,
        count,
    } in document.findings
    {
        if count > 0 {
            let counts: &mut Counts = entries.entry(path).or_default();
            let known = counts.entry(Key { rule, line }).or_default();
            *known = count.max(*known);
        }
    }
    Ok(entries)
}

/// The text of a baseline.
pub(super) fn text(entries: &Entries) -> String {
    let mut text = format!("{{\n  \"version\": {VERSION},\n  \"findings\": [");
    let mut separator = "\n";
    for (path, counts) in entries {
        for (key, count) in counts {
            let (path, rule) = (quoted(path), quoted(&key.rule));
            let _ = write!(
                text,
                "{separator}    {{\"path\": {path}, \"rule\": {rule}, \"line\": \"{}\", \"count\": {count}}}",
                key.line
            );
            separator = ",\n";
        }
    }
    text.push_str(if separator == "\n" { "]\n}\n" } else { "\n  ]\n}\n" });
    text
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{
  "version": 1,
  "findings": [
    {"path": "a \"b\".py", "rule": "WS101", "line": "00000000000000ff", "count": 2},
    {"path": "a \"b\".py", "rule": "WS102", "line": "0000000000000001", "count": 1},
    {"path": "é/c.py", "rule": "WS101", "line": "00000000000000ff", "count": 1}
  ]
}
"#;

    #[test]
    fn what_is_written_is_what_was_read() {
        assert_eq!(text(&parse(TEXT).unwrap()), TEXT);
        assert_eq!(parse(&text(&Entries::new())), Ok(Entries::new()));
    }

    #[test]
    fn the_larger_of_two_entries_for_the_same_holds() {
        let entry = r#"{"path": "a", "rule": "WS101", "line": "00000000000000ff", "count": "#;
        let merged = format!(r#"{{"version": 1, "findings": [{entry}3}}, {entry}5}}, {entry}0}}]}}"#);
        let counts = parse(&merged).unwrap().remove("a").unwrap();
        assert_eq!(counts.into_values().collect::<Vec<_>>(), [5]);
    }

    #[test]
    fn what_is_no_baseline_is_told_apart() {
        assert_eq!(parse(r#"{"version": 2}"#), Err(Mistake::Version("2".to_owned())));
        assert_eq!(
            parse(r#"{"version": "1", "findings": []}"#),
            Err(Mistake::Version("\"1\"".to_owned()))
        );
        assert_eq!(parse("{\n<<<<<<< HEAD\n=======\n>>>>>>> x\n}"), Err(Mistake::Conflict));
        for malformed in [
            "",
            "[]",
            "{}",
            r#"{"version": 1}"#,
            r#"{"version": 1, "findings": {}}"#,
            r#"{"version": 1, "findings": [], "more": 1}"#,
            r#"{"version": 1, "findings": [{"path": "a", "rule": "WS101", "line": "xyz", "count": 1}]}"#,
            r#"{"version": 1, "findings": [{"path": "a", "rule": "WS101", "line": "00000000000000ff", "count": -1}]}"#,
        ] {
            assert!(matches!(parse(malformed), Err(Mistake::Malformed(_))), "{malformed}");
        }
    }
}
