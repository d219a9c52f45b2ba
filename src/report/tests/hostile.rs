//! File names, sources and messages come from strangers: none of them can leave its place in any format.

use std::path::PathBuf;

use serde_json::Value;

use super::*;

/// What would begin something new in one of the formats.
const EVIL: &str = "::error file=x,line=1::pwned %0A::set-env name=a::b ##[error]c \
    `x` | y </summary></details><script>@team #1 [a](http://b) ]]>&amp;--> \"q\" 'r' ```\n::error ::again\r\n```\n\
    # top | z\u{1b}[2J\u{7}\u{0}\u{c}\u{202e}\u{feff}\u{ffff}";

fn evil_text() -> String {
    format!("x = '''{EVIL}'''\nconnect(open_timeout=10) # {EVIL}\n")
}

fn evil_report(format: OutputFormat) -> String {
    let path = "a|b````c,:%0A::error ::\n::warning ::\u{1b}[2J<&>\"'\\@team.py";
    evil_report_of(format, path, Options::default())
}

fn evil_report_of(format: OutputFormat, path: &str, options: Options) -> String {
    let text = evil_text();
    let source = SourceFile::new(path, Language::Python, text.clone());
    let fix = Fix {
        title: format!("take {EVIL} away"),
        applicability: Applicability::Safe,
        edits: vec![Edit::replace(span_of(&text, "open_timeout=10"), EVIL)],
        changes: Vec::new(),
        claims: Vec::new(),
        awaits: Vec::new(),
        takes_python_for_granted: false,
    };
    let finding = |index: usize| {
        let message = format!("{index} {EVIL}");
        Finding::new(rules::find("WS101").unwrap(), Span::new(0, text.len()), message)
            .note(EVIL)
            .help(EVIL)
    };
    let mut findings: Vec<_> = (0..12).map(finding).collect();
    findings.push(finding(12).fix(Ok(fix)));
    let checked = Checked {
        findings,
        suppressed: 0,
        ..Checked::default()
    };
    written(format, options, &source, &checked)
}

#[test]
fn people_see_every_character() {
    for format in [OutputFormat::Full, OutputFormat::Concise] {
        let shown = evil_report(format);
        assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{format}");
        assert!(!shown.contains('\u{202e}'));
    }
    assert_eq!(evil_report(OutputFormat::Concise).lines().count(), 13 + 1);
}

#[test]
fn json_stays_json_and_keeps_the_text() {
    let value: Value = serde_json::from_str(&evil_report(OutputFormat::Json)).unwrap();
    assert_eq!(value["findings"][12]["note"], EVIL);
    assert_eq!(value["findings"].as_array().unwrap().len(), 13);
    for format in [OutputFormat::JsonLines, OutputFormat::Rdjsonl] {
        let written = evil_report(format);
        let parsed: Vec<Value> = written
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(parsed.len(), 13, "{format}");
    }
    for (format, list) in [
        (OutputFormat::Rdjson, "/diagnostics"),
        (OutputFormat::Gitlab, ""),
        (OutputFormat::Sarif, "/runs/0/results"),
    ] {
        let value: Value = serde_json::from_str(&evil_report(format)).unwrap();
        assert_eq!(value.pointer(list).unwrap().as_array().unwrap().len(), 13, "{format}");
    }
}

#[test]
fn sarif_has_no_link_and_a_plain_uri() {
    let value: Value = serde_json::from_str(&evil_report(OutputFormat::Sarif)).unwrap();
    let result = &value["runs"][0]["results"][12];
    let message = result["message"]["text"].as_str().unwrap();
    assert!(message.contains("[a\\](http://b)"), "{message}");
    assert!(!message.contains("[a]("), "{message}");
    let place = &result["locations"][0]["physicalLocation"]["artifactLocation"];
    let uri = place["uri"].as_str().unwrap();
    assert!(
        uri.chars().all(|c| c.is_ascii_alphanumeric() || "%-._~/".contains(c)),
        "{uri}"
    );
    let inserted = &result["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"];
    assert_eq!(inserted, EVIL);
}

/// The runner obeys lines that begin with `::` (blanks in front do not matter), and `##[` anywhere in a line.
#[test]
fn github_obeys_only_what_ws_lint_says() {
    let written = evil_report(OutputFormat::Github);
    let mut lines = written.lines();
    for line in lines.by_ref().take(10) {
        let rest = line.strip_prefix("::warning file=").unwrap();
        let (properties, _) = rest.split_once("::").unwrap();
        assert!(properties.ends_with("title=ws-lint (WS101)"), "{properties}");
        assert_eq!(properties.matches(',').count(), 3, "{properties}");
    }
    let token = lines.next().unwrap().strip_prefix("::stop-commands::").unwrap();
    let end = format!("::{token}::");
    let plain: Vec<_> = lines.by_ref().take_while(|line| *line != end).collect();
    assert_eq!(plain.len(), 3);
    assert!(plain.iter().all(|line| line.starts_with("warning: ")));
    assert_eq!(lines.next(), None);
}

#[test]
fn xml_stays_xml() {
    for (format, element) in [
        (OutputFormat::Junit, "<testcase "),
        (OutputFormat::Checkstyle, "<error "),
    ] {
        let written = evil_report(format);
        assert!(!written.contains(|c: char| c.is_control() && c != '\n'), "{format}");
        assert!(!written.contains('\u{ffff}'));
        assert!(!written.contains("<script"));
        assert_eq!(written.matches(element).count(), 13, "{format}: {written}");
    }
}

#[test]
fn markdown_keeps_its_table_and_its_folds() {
    let written = evil_report(OutputFormat::Markdown);
    let rows: Vec<_> = written.lines().filter(|line| line.starts_with("| warning |")).collect();
    assert_eq!(rows.len(), 13);
    assert!(rows.iter().all(|row| row.matches('|').count() == 5), "{rows:?}");
    let (tables, folded) = written.split_once("<details>").unwrap();
    assert!(!tables.contains("```") && !tables.contains("@team") && !tables.contains("<script"));
    let (fence, code) = folded.split_once("\n\n").unwrap().1.split_once("diff\n").unwrap();
    assert!(fence.chars().all(|c| c == '`') && fence.len() > 3, "{fence}");
    let (_, behind) = code.split_once(&format!("\n{fence}\n")).unwrap();
    assert_eq!(behind, "\n</details>\n\n", "the fence ends once, at its end");
    assert!(!written.contains(|c: char| c.is_control() && c != '\n'));
}

/// A pull request in which the whole of `a.py` is new.
fn review_of(folder: &std::path::Path) -> Options {
    let text = evil_text();
    std::fs::write(folder.join("a.py"), &text).unwrap();
    let lines: String = text.split_inclusive('\n').map(|line| format!("+{line}")).collect();
    let diff = format!(
        "--- /dev/null\n+++ b/a.py\n@@ -0,0 +1,{} @@\n{lines}",
        text.matches('\n').count()
    );
    let diff = crate::changes::GivenDiff::new("d", diff.as_bytes(), folder).unwrap();
    Options {
        root: Root::around(folder),
        review: Review {
            diff: Some(std::sync::Arc::new(diff)),
            ..Review::default()
        },
        ..Options::default()
    }
}

#[test]
fn a_review_keeps_its_suggestion_and_its_text() {
    let folder = tempfile::tempdir().unwrap();
    let written = evil_report_of(OutputFormat::GithubReview, "a.py", review_of(folder.path()));
    let value: Value = serde_json::from_str(&written).unwrap();
    let comments = value["comments"].as_array().unwrap();
    assert_eq!(comments.len(), 13);
    let body = comments[12]["body"].as_str().unwrap();
    let (said, block) = body.split_once("````suggestion\n").unwrap();
    assert!(
        !said.contains("```") && !said.contains("@team") && !said.contains("<script"),
        "{said}"
    );
    let (suggested, behind) = block.split_once("\n````\n").unwrap();
    let evil = EVIL.replace("\r\n", "\n");
    let first = EVIL.lines().next().unwrap();
    assert_eq!(suggested, format!("connect({evil}) # {first}"));
    assert!(
        behind.trim().starts_with("<!-- ws-lint:") && behind.trim().ends_with(" -->"),
        "{behind}"
    );
    let marks: std::collections::BTreeSet<_> = comments
        .iter()
        .map(|comment| Review::fingerprints_in(comment["body"].as_str().unwrap()))
        .collect();
    assert_eq!((marks.len(), marks.iter().flatten().count()), (13, 13));
    assert_eq!(Review::fingerprints_in(&written).len(), 13);
}

#[test]
fn the_body_of_a_review_is_a_table() {
    let value: Value = serde_json::from_str(&evil_report(OutputFormat::GithubReview)).unwrap();
    assert_eq!(value["comments"], Value::Array(Vec::new()));
    let body = value["body"].as_str().unwrap();
    let rows: Vec<_> = body.lines().filter(|line| line.starts_with("| warning |")).collect();
    assert_eq!(rows.len(), 13);
    assert!(rows.iter().all(|row| row.matches('|').count() == 5), "{rows:?}");
    assert!(!body.contains("```") && !body.contains("@team") && !body.contains("<script"));
    assert_eq!(Review::fingerprints_in(body).len(), 13);
}

#[cfg(unix)]
#[test]
fn a_path_that_is_no_text_breaks_no_format() {
    use std::os::unix::ffi::OsStringExt;
    let path = PathBuf::from(std::ffi::OsString::from_vec(b"a\xff\x1b.py".to_vec()));
    let source = SourceFile::new(path, Language::Python, TEXT.to_owned());
    let written = |format| written(format, Options::default(), &source, &checked());
    for format in [OutputFormat::Full, OutputFormat::Concise] {
        let written = written(format);
        assert!(written.contains("a\\xff\\u{1b}.py:6:48"), "{format}: {written}");
        assert!(!written.contains('\u{1b}'));
    }
    let value = |format| serde_json::from_str::<Value>(&written(format)).unwrap();
    assert_eq!(value(OutputFormat::Json)["findings"][0]["path"], "a\u{fffd}\u{1b}.py");
    assert_eq!(value(OutputFormat::Gitlab)[0]["location"]["path"], "a\u{fffd}\u{1b}.py");
    let result = value(OutputFormat::Sarif)["runs"][0]["results"][0].clone();
    let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "a%FF%1B.py", "the one format that can name the file");
    assert!(written(OutputFormat::Checkstyle).contains("<file name=\"a\u{fffd}\u{fffd}.py\">"));
}
