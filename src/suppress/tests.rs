//! Comments and findings made by hand: what is left of both.

use crate::catalog::Catalog;
use crate::facts::ProjectFacts;
use crate::finding::{Applicability, Checked, Finding, Fix, Refusal};
use crate::rules::{self, Context, DeadlineRequest, Rewrite};
use crate::settings::Settings;
use crate::sites::{Comment, Connect, Keyword, Print, PrintFallback, Sites};
use crate::source::{Language, SourceFile, Span};

struct NoRewrite;

impl Rewrite for NoRewrite {
    fn external_deadline(&self, _: &Connect, _: &DeadlineRequest<'_>) -> Result<Fix, Refusal> {
        Err(Refusal::because("no language"))
    }
    fn rename_argument(&self, _: &Connect, _: (&Keyword, &str), _: &Context<'_>) -> Result<Fix, Refusal> {
        Err(Refusal::because("no language"))
    }

    fn drop_timeout_argument(&self, _: &Connect, _: &DeadlineRequest<'_>) -> Result<Fix, Refusal> {
        Err(Refusal::because("no language"))
    }
    fn safe_print(&self, _: &Print, _: &Context<'_>) -> Result<Fix, Refusal> {
        Err(Refusal::because("no language"))
    }
    fn sound_print_fallback(&self, _: &PrintFallback) -> Result<Fix, Refusal> {
        Err(Refusal::because("no language"))
    }
}

/// Every comment of a text that has no strings: a trailing one governs its line, one on its own line the next line
/// that has code.
fn comments(source: &SourceFile) -> Vec<Comment> {
    let marker = match source.language() {
        Language::Python | Language::Manifest => "#",
        Language::Rust => "//",
    };
    let lines: Vec<Span> = (1..=source.line_count()).map(|line| source.line(line)).collect();
    let has_code = |span: &Span| {
        let text = source.slice(*span).trim();
        !text.is_empty() && !text.starts_with(marker)
    };
    let mut comments = Vec::new();
    for (index, &line) in lines.iter().enumerate() {
        let Some(column) = source.slice(line).find(marker) else {
            continue;
        };
        let own_line = source.slice(line)[..column].trim().is_empty();
        let governs = if own_line {
            let next = lines[index..].iter().copied().find(has_code);
            next.unwrap_or(Span::empty(source.text().len()))
        } else {
            line
        };
        comments.push(Comment {
            span: Span::new(line.start + column, line.end),
            own_line,
            governs,
        });
    }
    comments
}

/// Runs the suppressions over `text`, in which each `connect101`, `connect102`, … is a finding of that rule.
fn run(language: Language, text: &str, settings: &Settings) -> Checked {
    let source = SourceFile::new("a", language, text.to_owned());
    let sites = Sites {
        comments: comments(&source),
        ..Sites::default()
    };
    let findings = text
        .match_indices("connect1")
        .map(|(start, _)| {
            let span = Span::new(start, start + "connect101".len());
            let code = source.slice(span).replace("connect", "WS");
            Finding::new(rules::find(&code).unwrap(), span, "found")
        })
        .filter(|finding| settings.is_enabled(finding.rule))
        .collect();
    let context = Context {
        linked: &crate::budget::Alone,
        source: &source,
        sites: &sites,
        catalog: Catalog::builtin(),
        settings,
        project: &ProjectFacts::default(),
        test_file: false,
        rewrite: &NoRewrite,
    };
    super::apply(&context, findings)
}

/// `line:code`, and how many are suppressed.
fn left(text: &str) -> String {
    let checked = run(Language::Python, text, &Settings::default());
    let source = SourceFile::new("a", Language::Python, text.to_owned());
    let mut shown: Vec<String> = checked
        .findings
        .iter()
        .map(|finding| format!("{}:{}", source.position(finding.span.start).line, finding.rule.code))
        .collect();
    shown.push(format!("-{}", checked.suppressed));
    shown.join(" ")
}

/// The text after the only fix, and whether it is safe.
fn fixed(language: Language, text: &str) -> (String, Applicability) {
    let checked = run(language, text, &Settings::default());
    let fixes: Vec<&Fix> = checked
        .findings
        .iter()
        .filter_map(|finding| finding.fix.as_ref())
        .collect();
    let [fix] = fixes.as_slice() else {
        panic!("{text:?}: {:?}", checked.findings);
    };
    let mut after = text.to_owned();
    for edit in fix.edits.iter().rev() {
        after.replace_range(edit.span.range(), &edit.text);
    }
    (after, fix.applicability)
}

#[test]
fn a_comment_allows_what_starts_in_the_lines_that_it_governs() {
    assert_eq!(
        left("connect101  # ws-lint: ignore[WS101] local\nconnect101\n"),
        "2:WS101 -1"
    );
    assert_eq!(
        left("# ws-lint: ignore[WS101]\n\n# more\nconnect101\nconnect101\n"),
        "5:WS101 -1"
    );
    assert_eq!(
        left("connect101 connect102  # ws-lint: ignore[connect-timeout-argument]\n"),
        "1:WS102 -1"
    );
    assert_eq!(left("connect101 connect102  # ws-lint: ignore\n"), "-2");
    assert_eq!(left("connect101\nconnect101\n# ws-lint: file-ignore[WS101]\n"), "-2");
}

#[test]
fn noqa_allows_our_codes_at_the_end_of_a_line() {
    assert_eq!(left("connect101  # noqa: E501, WS101\n"), "-1");
    assert_eq!(left("connect101  # noqa\n"), "-1");
    assert_eq!(left("connect101  # noqa: E501\n"), "1:WS101 -0");
    assert_eq!(left("x  # noqa\ny  # noqa: E501, WS999\n"), "-0");
    assert_eq!(left("# noqa: WS101\nconnect101\n"), "2:WS101 1:WS002 -0");
}

#[test]
fn what_allows_nothing_is_reported() {
    assert_eq!(left("x  # ws-lint: ignore[WS101]\n"), "1:WS002 -0");
    assert_eq!(left("# ruff: noqa: WS101\nx\nconnect101\n"), "-1");
    assert_eq!(left("# flake8: noqa: E501, WS101\nconnect101\n"), "-1");
    assert_eq!(left("# ruff: noqa: E501\nconnect101\n"), "2:WS101 -0");
    assert_eq!(left("# ruff: noqa\nconnect101\n"), "2:WS101 -0");
    assert_eq!(left("x  # ruff: noqa: WS101\nconnect101\n"), "2:WS101 -0");
    assert_eq!(left("x  # noqa: WS101\n"), "1:WS002 -0");
    assert_eq!(left("x  # ws-lint: ignore\n"), "1:WS002 -0");
    assert_eq!(
        left("# ws-lint: file-ignore[WS102]\nconnect101\n"),
        "2:WS101 1:WS002 -0"
    );
    assert_eq!(left("connect101  # ws-lint: ingore[WS101]\n"), "1:WS101 1:WS002 -0");
    assert_eq!(left("connect101  # ws-lint: ignore[WS101, WS9]\n"), "1:WS002 -1");
}

#[test]
fn of_two_comments_that_allow_the_same_neither_is_unused() {
    assert_eq!(
        left("# ws-lint: ignore[WS101]\nconnect101  # ws-lint: ignore[WS101]\n"),
        "-1"
    );
    assert_eq!(
        left("# ws-lint: file-ignore[WS101]\nconnect101  # ws-lint: ignore[WS101]\n"),
        "-1"
    );
}

#[test]
fn only_a_file_ignore_allows_this_rule() {
    assert_eq!(left("x  # ws-lint: ignore[WS101, WS002]\n"), "1:WS002 -0");
    assert_eq!(
        left("x  # ws-lint: ignore[WS101]\n# ws-lint: file-ignore[WS002]\n"),
        "-1"
    );
    assert_eq!(left("x  # ws-lint: ignore[WS101]\n# ws-lint: file-ignore\n"), "-1");
    assert_eq!(left("x\n# ws-lint: file-ignore[WS002]\n"), "2:WS002 -0");
}

#[test]
fn a_rule_that_did_not_run_is_not_called_unused() {
    let mut settings = Settings::default();
    settings.enabled.remove("WS101");
    for text in ["x  # ws-lint: ignore[WS101]\n", "x  # ws-lint: ignore\n"] {
        assert!(run(Language::Python, text, &settings).findings.is_empty(), "{text}");
    }
    settings.enabled.remove("WS002");
    assert!(
        run(Language::Python, "x  # ws-lint: ignore[WS102]\n", &settings)
            .findings
            .is_empty()
    );
}

#[test]
fn the_fix_takes_the_comment_away_and_leaves_no_blanks() {
    for (before, after) in [
        ("x  # ws-lint: ignore[WS101]\ny\n", "x\ny\n"),
        ("x\t# ws-lint: ignore[WS101]  \r\ny\r\n", "x\r\ny\r\n"),
        ("if x:\n    # ws-lint: ignore[WS101]\n    y\n", "if x:\n    y\n"),
        ("y\n# ws-lint: ignore[WS101]", "y\n"),
        ("x  # é words  # ws-lint: ignore[WS101]\n", "x  # é words\n"),
        ("  # words  # ws-lint: ignore[WS101]\ny\n", "  # words\ny\n"),
        ("x  # ws-lint: ignore[WS101]  # type: ignore\n", "x  # type: ignore\n"),
        ("x  # a  # noqa: WS101  # b\n", "x  # a  # b\n"),
    ] {
        assert_eq!(
            fixed(Language::Python, before),
            (after.to_owned(), Applicability::Safe),
            "{before:?}"
        );
    }
    assert_eq!(
        fixed(Language::Rust, "f(); // ws-lint: ignore[WS102]\n"),
        ("f();\n".to_owned(), Applicability::Safe)
    );
}

#[test]
fn the_fix_takes_only_the_unused_codes_away() {
    for (before, after) in [
        (
            "connect101  # ws-lint: ignore[WS101, WS102] why\n",
            "connect101  # ws-lint: ignore[WS101] why\n",
        ),
        (
            "connect102  # ws-lint: ignore[WS101, WS102] why\n",
            "connect102  # ws-lint: ignore[WS102] why\n",
        ),
        ("x  # noqa: WS101, E501,WS102\n", "x  # noqa: E501\n"),
        ("x  # noqa: E501,WS101 WS102, F401\n", "x  # noqa: E501,F401\n"),
    ] {
        assert_eq!(
            fixed(Language::Python, before),
            (after.to_owned(), Applicability::Safe),
            "{before:?}"
        );
    }
}

#[test]
fn a_reason_is_not_deleted_unread() {
    let (after, applicability) = fixed(Language::Python, "x  # ws-lint: ignore[WS101] the peer is local\n");
    assert_eq!((after.as_str(), applicability), ("x\n", Applicability::Unsafe));
}

#[test]
fn many_comments_and_findings_stay_linear() {
    let text = "connect101  # ws-lint: ignore[WS101]\n".repeat(20_000);
    assert_eq!(run(Language::Python, &text, &Settings::default()).suppressed, 20_000);
}
