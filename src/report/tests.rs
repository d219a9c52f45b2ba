//! What the user sees, format by format, for the same two files.

use super::*;
use crate::finding::{Applicability, Edit, Finding, Fix};
use crate::rules;
use crate::source::{Language, Span};

mod hostile;
mod machines;

const TEXT: &str = "import websockets\r\n\r\n\r\n\r\nasync def main():\r\n\tx = \"é日本🎉\u{202e}\"; ws = await websockets.connect(u, open_timeout=10)\r\n\tawait ws.send(x)\r\n";

fn source() -> SourceFile {
    SourceFile::new("tests/client.py", Language::Python, TEXT.to_owned())
}

fn span_of(text: &str, needle: &str) -> Span {
    let start = text.find(needle).unwrap();
    Span::new(start, start + needle.len())
}

fn checked() -> Checked {
    let statement = span_of(
        TEXT,
        "\tx = \"é日本🎉\u{202e}\"; ws = await websockets.connect(u, open_timeout=10)\r\n",
    );
    let fix = Fix {
        title: "wrap the connect in `asyncio.timeout(10)`".to_owned(),
        applicability: Applicability::Safe,
        edits: vec![
            Edit::insert(0, "import asyncio\r\n"),
            Edit::replace(
                statement,
                "\tx = \"é日本🎉\u{202e}\"\r\n\tasync with asyncio.timeout(10):\r\n\t\tws = await websockets.connect(u)\r\n",
            ),
        ],
        changes: Vec::new(),
        claims: vec![statement],
        awaits: Vec::new(),
        takes_python_for_granted: false,
    };
    let found = |code: &str, needle: &str, message: &str| {
        Finding::new(rules::find(code).unwrap(), span_of(TEXT, needle), message)
    };
    Checked {
        findings: vec![
            found(
                "WS101",
                "open_timeout=10",
                "`open_timeout` bounds this `websockets.connect` in place of an external deadline",
            )
            .note("which argument of a connect bounds what differs between libraries and their versions; without it the library's own 10 s hold")
            .fix(Ok(fix)),
            found("WS102", "ws.send(x)", "a message that quotes \u{1b}[2J").help("no fix: it is not awaited"),
        ],
        suppressed: 1,
        ..Checked::default()
    }
}

/// The whole output of one run over the file.
fn written(format: OutputFormat, options: Options, source: &SourceFile, checked: &Checked) -> String {
    let fixed = BTreeMap::new();
    let file = FileReport {
        source,
        checked,
        fixed: &fixed,
    };
    let mut summary = Summary {
        files: 1,
        ..Summary::default()
    };
    summary.add(&file);
    let mut out = Vec::new();
    let mut writer = format.writer(options);
    writer.begin(&mut out).unwrap();
    writer.file(&mut out, &file).unwrap();
    writer.finish(&mut out, &summary).unwrap();
    String::from_utf8(out).unwrap()
}

fn human(format: OutputFormat, options: Options) -> String {
    written(format, options, &source(), &checked())
}

#[test]
fn full_shows_the_source_the_fact_and_the_diff() {
    insta::assert_snapshot!(human(OutputFormat::Full, Options::default()));
}

#[test]
fn full_is_drawn_in_ascii_on_a_narrow_terminal_that_knows_nothing_else() {
    let drawing = Drawing {
        unicode: false,
        width: 60,
        ..Drawing::default()
    };
    insta::assert_snapshot!(human(
        OutputFormat::Full,
        Options {
            drawing,
            ..Options::default()
        }
    ));
}

#[test]
fn full_is_coloured_on_request() {
    let drawing = Drawing {
        color: true,
        ..Drawing::default()
    };
    let shown = human(
        OutputFormat::Full,
        Options {
            drawing,
            ..Options::default()
        },
    );
    insta::assert_snapshot!(shown.replace('\u{1b}', "␛"));
}

#[test]
fn full_counts_what_has_no_room_on_a_terminal() {
    let source = source();
    let mut many = checked();
    let info = many.findings[1].clone().severity(crate::finding::Severity::Info);
    many.findings.extend((0..150).map(|number| Finding {
        message: format!("message {number}"),
        ..info.clone()
    }));
    let mut summary = Summary::default();
    summary.add(&FileReport {
        source: &source,
        checked: &many,
        fixed: &BTreeMap::new(),
    });
    let options = Options {
        room: Some(Room::on_terminal(&summary)),
        ..Options::default()
    };
    let shown = written(OutputFormat::Full, options, &source, &many);
    assert_eq!(shown.matches("more: ws-lint --explain WS").count(), 100);
    assert!(shown.contains("more: ws-lint --explain WS101"));
    let end = &shown[shown.find("52 more findings").unwrap()..];
    insta::assert_snapshot!(end);
    let all = written(OutputFormat::Full, Options::default(), &source, &many);
    assert_eq!(all.matches("more: ws-lint --explain WS").count(), 152);
}

#[test]
fn full_tells_what_repeats_in_a_file_once() {
    let source = source();
    let mut many = checked();
    let again = many.findings[0].clone();
    let elsewhere = Finding {
        span: span_of(TEXT, "websockets\r"),
        fix: again.fix.clone(),
        ..again.clone()
    };
    many.findings.extend([again, elsewhere]);
    let shown = written(OutputFormat::Full, Options::default(), &source, &many);
    assert_eq!(shown.matches("ws-lint --explain WS101").count(), 1);
    assert!(
        shown.contains("  also: the same once more in this line, and in line 1\n"),
        "{shown}"
    );
    assert_eq!(
        human(OutputFormat::Concise, Options::default())
            .matches("WS101")
            .count(),
        1
    );
    let concise = written(OutputFormat::Concise, Options::default(), &source, &many);
    assert_eq!(concise.matches("WS101").count(), 3);
}

#[test]
fn full_ends_a_long_report_with_the_counts_by_rule() {
    let source = source();
    let mut many = checked();
    let other = many.findings[1].clone();
    many.findings.extend((0..30).map(|number| Finding {
        message: format!("message {number}"),
        ..other.clone()
    }));
    let shown = written(OutputFormat::Full, Options::default(), &source, &many);
    assert!(
        shown.contains(
            "\n\n  31  WS102  connect-without-deadline\n   1  WS101  connect-timeout-argument\n\n32 findings"
        ),
        "{shown}"
    );
    assert!(!human(OutputFormat::Full, Options::default()).contains("1  WS101  connect"));
}

/// Two long lines that differ far from their beginning.
#[test]
fn full_cuts_the_lines_of_a_diff_around_what_changes() {
    let text = format!("x = [{}connect(1), {}]\n", "a, ".repeat(200), "b, ".repeat(200));
    let source = SourceFile::new("a.py", Language::Python, text.clone());
    let span = span_of(&text, "connect(1)");
    let fix = Fix {
        edits: vec![Edit::replace(span, "connect(2)")],
        ..checked().findings[0].fix.clone().unwrap()
    };
    let finding = Finding::new(rules::find("WS101").unwrap(), span, "a message").fix(Ok(fix));
    let checked = Checked {
        findings: vec![finding],
        ..Checked::default()
    };
    let shown = written(OutputFormat::Full, Options::default(), &source, &checked);
    for sign in ["- …", "+ …"] {
        let line = shown.lines().find(|line| line.contains(sign)).unwrap();
        assert!(line.contains("connect(") && line.ends_with('…'), "{line}");
        assert!(line.chars().count() <= 100, "{line}");
    }
}

#[test]
fn concise_writes_one_line_a_finding() {
    insta::assert_snapshot!(human(OutputFormat::Concise, Options::default()));
}

#[test]
fn json_has_the_documented_shape() {
    let written = human(OutputFormat::Json, Options::default());
    let value: serde_json::Value = serde_json::from_str(&written).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&value).unwrap());
}

#[test]
fn json_without_findings_is_valid() {
    let written = written(OutputFormat::Json, Options::default(), &source(), &Checked::default());
    let value: serde_json::Value = serde_json::from_str(&written).unwrap();
    assert_eq!(value["version"], 1);
    assert_eq!(value["findings"], serde_json::json!([]));
}

#[test]
fn quiet_leaves_the_summary_out_and_statistics_the_findings() {
    let quiet = Options {
        quiet: true,
        ..Options::default()
    };
    assert!(!human(OutputFormat::Concise, quiet).contains("findings"));
    for format in [OutputFormat::Full, OutputFormat::Concise] {
        let statistics = Options {
            statistics: true,
            ..Options::default()
        };
        insta::allow_duplicates! {
            insta::assert_snapshot!(human(format, statistics), @r"
            1  WS101  connect-timeout-argument
            1  WS102  connect-without-deadline
            2 findings (2 warnings) in 1 file; 1 fixable with --fix; 1 suppressed
            ");
        }
    }
}

#[test]
fn a_change_that_nobody_reads_here_is_not_drawn() {
    let text = format!("{}\nconnect()\n", "x".repeat(30_000));
    let whole = Span::new(0, text.len());
    let fix = |span: Span, replacement: String| Fix {
        title: "t".to_owned(),
        applicability: Applicability::Display,
        edits: vec![Edit::replace(span, replacement)],
        changes: Vec::new(),
        claims: Vec::new(),
        awaits: Vec::new(),
        takes_python_for_granted: false,
    };
    let source = SourceFile::new("a.py", Language::Python, text);
    for fix in [fix(whole, String::new()), fix(Span::empty(0), "y\n".repeat(400))] {
        let finding = Finding::new(rules::find("WS101").unwrap(), Span::empty(30_001), "m").fix(Ok(fix));
        let checked = Checked {
            findings: vec![finding],
            ..Checked::default()
        };
        let shown = written(OutputFormat::Full, Options::default(), &source, &checked);
        assert!(
            shown.contains("  suggestion: t\n    (line 1: too long to show here, see --diff)\n"),
            "{shown}"
        );
    }
}

#[test]
fn every_span_of_an_odd_text_can_be_drawn() {
    for text in [
        "\u{feff}\u{c}é\t日e\u{301}\u{200d}🎉\r\n\r\rx\n\n \u{2028}\u{85}\u{0}",
        "a\n",
        "\n\n",
        "",
        "\u{301}\u{301}\r",
    ] {
        let boundaries: Vec<usize> = (0..=text.len()).filter(|&at| text.is_char_boundary(at)).collect();
        for language in [Language::Python, Language::Rust] {
            let source = SourceFile::new("a", language, text.to_owned());
            let spans = boundaries.iter().flat_map(|&start| {
                boundaries
                    .iter()
                    .filter(move |&&end| end >= start)
                    .map(move |&end| Span::new(start, end))
            });
            let checked = Checked {
                // What says the same would be drawn once.
                findings: spans
                    .enumerate()
                    .map(|(index, span)| Finding::new(rules::find("WS101").unwrap(), span, format!("m {index}")))
                    .collect(),
                ..Checked::default()
            };
            for width in [0, 100] {
                let drawing = Drawing {
                    width,
                    ..Drawing::default()
                };
                let options = Options {
                    drawing,
                    ..Options::default()
                };
                let shown = written(OutputFormat::Full, options, &source, &checked);
                assert_eq!(shown.matches("╭─[a:").count(), checked.findings.len());
                assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
            }
        }
    }
}

/// Quadratic formats need minutes for this.
#[test]
fn thousands_of_findings_stay_linear_on_one_line_and_on_many() {
    const COUNT: usize = 4_000;
    for separator in ["; ", "\n"] {
        let statement = format!("{}connect(open_timeout=10){separator}", "é".repeat(240));
        let text = statement.repeat(COUNT);
        let source = SourceFile::new("a.py", Language::Python, text);
        let findings = (0..COUNT).map(|index| {
            let start = index * statement.len() + 480;
            let span = Span::new(start, start + 24);
            let fix = Fix {
                title: "take the argument away".to_owned(),
                applicability: Applicability::Unsafe,
                edits: vec![Edit::delete(Span::new(start + 8, start + 23))],
                changes: Vec::new(),
                claims: vec![span],
                awaits: Vec::new(),
                takes_python_for_granted: false,
            };
            Finding::new(rules::find("WS101").unwrap(), span, format!("connect {index}")).fix(Ok(fix))
        });
        let checked = Checked {
            findings: findings.collect(),
            ..Checked::default()
        };
        for &format in OutputFormat::ALL {
            let written = written(format, Options::default(), &source, &checked);
            // Markdown and a review stop where a comment ends.
            let is_cut = matches!(format, OutputFormat::Markdown | OutputFormat::GithubReview);
            assert!(written.lines().count() >= COUNT || is_cut);
        }
    }
}
