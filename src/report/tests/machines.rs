//! What machines read, for the same file; each in its own unit of columns.

use serde_json::Value;

use super::*;

fn machine(format: OutputFormat) -> String {
    human(format, Options::default())
}

fn parsed(format: OutputFormat) -> Value {
    serde_json::from_str(&machine(format)).unwrap()
}

/// In front of the finding stand a tab, `é`, two characters of three bytes, one of four and an invisible one of three.
#[test]
fn every_format_counts_columns_in_its_own_unit() {
    const CODE_POINTS: u64 = 48;
    const BYTES: u64 = 58;
    let first = |format| parsed(format)["findings"][0].clone();
    assert_eq!(first(OutputFormat::Json)["start"]["column"], CODE_POINTS);
    let sarif = parsed(OutputFormat::Sarif)["runs"][0].clone();
    assert_eq!(sarif["columnKind"], "unicodeCodePoints");
    let region = &sarif["results"][0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!(region["startLine"], 6);
    assert_eq!(region["startColumn"], CODE_POINTS);
    assert_eq!(region["endColumn"], CODE_POINTS + 15);
    let issue = parsed(OutputFormat::Gitlab)[0].clone();
    assert_eq!(issue["location"]["positions"]["begin"]["column"], CODE_POINTS);
    let diagnostic = parsed(OutputFormat::Rdjson)["diagnostics"][0].clone();
    assert_eq!(diagnostic["location"]["range"]["start"]["column"], BYTES);
    assert_eq!(diagnostic["location"]["range"]["end"]["column"], BYTES + 15);
    for (format, place) in [
        (OutputFormat::Full, "[tests/client.py:6:48]"),
        (OutputFormat::Concise, "tests/client.py:6:48: WS101"),
        (OutputFormat::Github, "line=6,endLine=6,col=48,endColumn=63,"),
        (OutputFormat::Checkstyle, "line=\"6\" column=\"48\""),
        (OutputFormat::Junit, "line 6, column 48\n"),
        (OutputFormat::Markdown, "client&#46;py&#58;6&#58;48</code>"),
    ] {
        let shown = machine(format);
        assert!(shown.contains(place), "{format}: {shown}");
    }
    let line = |format| -> Value { serde_json::from_str(machine(format).lines().next().unwrap()).unwrap() };
    assert_eq!(line(OutputFormat::JsonLines)["start"]["column"], CODE_POINTS);
    assert_eq!(
        line(OutputFormat::Rdjsonl)["location"]["range"]["start"]["column"],
        BYTES
    );
}

/// As reviewdog slices: the columns of rdjson cut the needle out of the bytes of its line.
#[test]
fn columns_in_bytes_cut_the_finding_out_of_its_line() {
    let range = parsed(OutputFormat::Rdjson)["diagnostics"][0]["location"]["range"].clone();
    let at = |end: &str| usize::try_from(range[end]["column"].as_u64().unwrap()).unwrap() - 1;
    let line = TEXT.lines().nth(5).unwrap();
    assert_eq!(&line[at("start")..at("end")], "open_timeout=10");
}

#[test]
fn sarif_has_what_code_scanning_asks_for() {
    let mut sarif = parsed(OutputFormat::Sarif);
    let driver = &mut sarif["runs"][0]["tool"]["driver"];
    let rules = driver["rules"].take();
    for version in ["version", "semanticVersion"] {
        assert_eq!(driver[version].take(), env!("CARGO_PKG_VERSION"));
    }
    let rules = rules.as_array().unwrap();
    assert_eq!(rules.len(), rules::ALL.len());
    for (rule, known) in rules.iter().zip(rules::ALL) {
        assert_eq!(rule["id"], known.code);
        assert!(rule["fullDescription"]["text"].as_str().unwrap().chars().count() <= 1024);
        assert_eq!(rule["help"]["markdown"], page::for_readers(known.page));
        assert_eq!(rule["helpUri"].as_str(), page::address(known).as_deref());
    }
    let result = &sarif["runs"][0]["results"][0];
    let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(rules[index]["id"], result["ruleId"]);
    insta::assert_snapshot!(serde_json::to_string_pretty(&sarif).unwrap());
}

#[test]
fn what_could_not_be_done_is_told_to_machines_that_have_a_word_for_it() {
    let summary = Summary {
        failures: vec!["a.py: Permission denied".to_owned()],
        ..Summary::default()
    };
    for format in [OutputFormat::Sarif, OutputFormat::Junit, OutputFormat::Markdown] {
        let mut out = Vec::new();
        let mut writer = format.writer(Options::default());
        writer.begin(&mut out).unwrap();
        writer.finish(&mut out, &summary).unwrap();
        let written = String::from_utf8(out).unwrap();
        assert!(written.contains("Permission denied"), "{format}: {written}");
        assert!(!written.contains("\"executionSuccessful\":true"), "{written}");
        assert!(!written.contains("name=\"no findings\""), "{written}");
    }
}

#[test]
fn github_gets_workflow_commands() {
    insta::assert_snapshot!(machine(OutputFormat::Github));
}

#[test]
fn gitlab_gets_an_array_of_issues() {
    insta::assert_snapshot!(machine(OutputFormat::Gitlab));
}

#[test]
fn junit_has_a_failed_test_for_each_finding_and_a_passed_one_for_none() {
    insta::assert_snapshot!(machine(OutputFormat::Junit));
    let none = written(OutputFormat::Junit, Options::default(), &source(), &Checked::default());
    assert!(
        none.contains("<testsuites name=\"ws-lint\" tests=\"1\" failures=\"0\" errors=\"0\">"),
        "{none}"
    );
}

#[test]
fn checkstyle_has_a_file_with_errors() {
    insta::assert_snapshot!(machine(OutputFormat::Checkstyle));
}

#[test]
fn reviewdog_gets_one_suggestion_of_whole_lines() {
    insta::assert_snapshot!(machine(OutputFormat::Rdjson));
    let whole = parsed(OutputFormat::Rdjson);
    let lines = machine(OutputFormat::Rdjsonl);
    assert_eq!(lines.lines().count(), 2);
    for (index, line) in lines.lines().enumerate() {
        let mut one: Value = serde_json::from_str(line).unwrap();
        assert_eq!(one.as_object_mut().unwrap().remove("source").unwrap(), whole["source"]);
        assert_eq!(one, whole["diagnostics"][index]);
    }
}

#[test]
fn markdown_has_a_table_and_folded_diffs() {
    insta::assert_snapshot!(machine(OutputFormat::Markdown));
}

#[test]
fn lines_of_json_are_the_findings_of_json() {
    let whole = parsed(OutputFormat::Json);
    let lines = machine(OutputFormat::JsonLines);
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(Value::Array(lines), whole["findings"]);
}

/// A step shows ten of each level; the runner must not obey what follows.
#[test]
fn github_gets_the_worst_first_and_the_rest_in_plain_lines() {
    let found = |code: &str, message: String| Finding::new(rules::find(code).unwrap(), Span::empty(0), message);
    let mut findings: Vec<_> = (0..12)
        .map(|index| found("WS101", format!("warning {index}")))
        .collect();
    findings.push(found("WS001", "the error".to_owned()));
    let checked = Checked {
        findings,
        suppressed: 0,
        ..Checked::default()
    };
    let written = written(OutputFormat::Github, Options::default(), &source(), &checked);
    let lines: Vec<_> = written.lines().collect();
    assert!(lines[0].starts_with("::error ") && lines[0].contains("::the error%0Ado: "));
    assert!(lines[1..=10].iter().all(|line| line.starts_with("::warning ")));
    let token = lines[11].strip_prefix("::stop-commands::").unwrap();
    assert_eq!(lines[12], "warning: tests/client.py:1:1: WS101 warning 10");
    assert_eq!(lines[13], "warning: tests/client.py:1:1: WS101 warning 11");
    assert_eq!(lines[14..], [format!("::{token}::")]);
}

#[test]
fn markdown_fits_a_comment_and_says_what_is_missing() {
    let finding = Finding::new(rules::find("WS101").unwrap(), Span::empty(0), "m".repeat(500));
    let checked = Checked {
        findings: vec![finding; 400],
        suppressed: 0,
        ..Checked::default()
    };
    let comment = written(OutputFormat::Markdown, Options::default(), &source(), &checked);
    assert!(comment.len() < 65_536, "{}", comment.len());
    let rows = comment.lines().filter(|line| line.starts_with("| warning |")).count();
    let missing = format!("\n{} more findings are not shown.\n", 400 - rows);
    assert!(rows > 0 && comment.contains(&missing), "{comment}");
}
