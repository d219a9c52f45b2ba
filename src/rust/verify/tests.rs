use super::*;
use crate::source::Language;

fn rust(text: &str) -> SourceFile {
    SourceFile::new("a.rs", Language::Rust, text.to_owned())
}

/// Applies `edits` (what to look for, what to put in its place; an empty needle's place is `at`) and verifies.
fn verified(before: &str, edits: &[(&str, &str)], changes: &[Change]) -> Result<(), String> {
    let mut list = Vec::new();
    for (needle, text) in edits {
        let (needle, is_behind) = needle
            .strip_prefix('^')
            .map_or((*needle, false), |needle| (needle, true));
        let start = before.find(needle).unwrap();
        let end = start + needle.len();
        list.push(if is_behind {
            Edit::insert(end, *text)
        } else {
            Edit::replace(Span::new(start, end), *text)
        });
    }
    list.sort_by_key(|edit| edit.span);
    let (mut after, mut done) = (String::new(), 0);
    for edit in &list {
        after.push_str(&before[done..edit.span.start]);
        after.push_str(&edit.text);
        done = edit.span.end;
    }
    after.push_str(&before[done..]);
    verify(&rust(before), &rust(&after), &list, changes)
}

/// The place of `part` in `text`.
fn place(text: &str, part: &str) -> Span {
    let start = text.find(part).unwrap();
    Span::new(start, start + part.len())
}

/// A deadline around the wait for `c(u…)`.
fn deadline(text: &str) -> [Change; 1] {
    let wait = if text.contains("c(u /* url */)") {
        "c(u /* url */)"
    } else {
        "c(u)"
    };
    [Change::Deadline {
        around: place(text, wait),
    }]
}

const BODY: &str = "async fn f() { let a = 1; c(u /* url */).await?; } // end";

#[test]
fn a_whole_wrapper_around_a_whole_future_passes() {
    let edits = [
        ("^a = 1; ", "timeout(D, "),
        ("^/* url */)", ")"),
        ("^await", ".expect(\"connect timed out\")"),
    ];
    assert_eq!(verified(BODY, &edits, &deadline(BODY)), Ok(()));
    assert!(verified(BODY, &edits, &[]).unwrap_err().contains("no declared reason"));
    let macro_body = "fn f() { assert!(c(u).await.is_err()); }";
    let edits = [
        ("^assert!(", "tokio::time::timeout(D, "),
        ("^c(u)", ")"),
        ("^await", ".expect(\"connect timed out\")"),
    ];
    assert_eq!(verified(macro_body, &edits, &deadline(macro_body)), Ok(()));
}

#[test]
fn half_a_wrapper_fails() {
    for edits in [
        // Around the argument, not around the future.
        vec![
            ("^c(", "timeout(D, "),
            ("^/* url */", ").await.expect(\"connect timed out\")"),
        ],
        // Another expiry.
        vec![
            ("^a = 1; ", "timeout(D, "),
            ("^/* url */)", ")"),
            ("^await", ".unwrap()"),
        ],
        // Something else goes in with it.
        vec![
            ("^a = 1; ", "evil(); timeout(D, "),
            ("^/* url */)", ")"),
            ("^await", ".expect(\"connect timed out\")"),
        ],
        // Does not parse.
        vec![("^a = 1; ", "timeout(D, ")],
    ] {
        assert!(verified(BODY, &edits, &deadline(BODY)).is_err(), "{edits:?}");
    }
}

#[test]
fn comments_and_tokens_outside_stay() {
    assert!(
        verified(BODY, &[("// end", "// fin")], &deadline(BODY))
            .unwrap_err()
            .contains("comment")
    );
    assert!(
        verified(BODY, &[(" // end", "")], &deadline(BODY))
            .unwrap_err()
            .contains("comment")
    );
    assert!(
        verified(BODY, &[("/* url */", "")], &deadline(BODY))
            .unwrap_err()
            .contains("comment")
    );
    assert!(verified(BODY, &[("a = 1", "a = 2")], &deadline(BODY)).is_err());
    assert!(verified(BODY, &[("^le", "x")], &deadline(BODY)).is_err());
    let suppressed = "fn f() {} // ws-lint: ignore[WS102]";
    assert_eq!(
        verified(
            suppressed,
            &[(" // ws-lint: ignore[WS102]", "")],
            &[Change::Suppression {
                comment: place(suppressed, "// ws-lint: ignore[WS102]")
            }]
        ),
        Ok(())
    );
}

#[test]
fn a_link_goes_only_by_its_declared_name() {
    let text = "fn f() { B::new().limit(D).build(u) }";
    let change = |name: &str| {
        [Change::Argument {
            name: name.to_owned(),
            call: place(text, "B::new().limit(D).build(u)"),
        }]
    };
    assert_eq!(verified(text, &[(".limit(D)", "")], &change("limit")), Ok(()));
    assert_eq!(verified(text, &[("D", "Duration::MAX")], &change("limit")), Ok(()));
    assert!(verified(text, &[(".limit(D)", "")], &change("other")).is_err());
    assert!(verified(text, &[(".limit(D).build(u)", "")], &change("limit")).is_err());
}

#[test]
fn a_print_becomes_a_write_to_its_own_stream() {
    let text = "use a::b;\nfn f() { println!(\"x {}\", y); }";
    let changes = [
        Change::Callee {
            name: "writeln!".to_owned(),
            call: place(text, "println!(\"x {}\", y)"),
        },
        Change::Import {
            module: "std::io::Write".to_owned(),
        },
    ];
    let good = [
        ("^use a::b;\n", "use std::io::Write as _;\n"),
        ("println!", "let _ = writeln!"),
        ("^println!(", "std::io::stdout(), "),
    ];
    assert_eq!(verified(text, &good, &changes), Ok(()));
    for (wrong, instead) in [
        (1, "let _ = write!"),
        (1, "let _ = evil(); let _ = writeln!"),
        (2, "std::io::stderr(), "),
    ] {
        let mut edits = good;
        edits[wrong].1 = instead;
        assert!(verified(text, &edits, &changes).is_err(), "{instead}");
    }
    let mut edits = good;
    edits[0].1 = "use evil::Write as _;\n";
    assert!(verified(text, &edits, &changes).is_err());
}

#[test]
fn a_comma_behind_the_last_of_a_list_means_nothing_but_in_a_tuple_of_one() {
    let wrapped = |close: &str| {
        [
            (format!("^{close}"), "timeout(D, ".to_owned()),
            ("^c(u)".to_owned(), ")".to_owned()),
            ("^await".to_owned(), ".expect(\"connect timed out\"),".to_owned()),
        ]
    };
    for (list, is_known) in [
        ("push(", true),
        ("vec![", true),
        ("(1, ", true),
        ("[", true),
        ("= (", false),
    ] {
        let close = if list.contains('[') { ']' } else { ')' };
        let text = format!(
            "async fn f() {{ let a = {}c(u).await{close}; }}",
            list.trim_start_matches("= ")
        );
        let edits = wrapped(list);
        let edits: Vec<(&str, &str)> = edits.iter().map(|(at, new)| (at.as_str(), new.as_str())).collect();
        assert_eq!(verified(&text, &edits, &deadline(&text)).is_ok(), is_known, "{text}");
    }
}
