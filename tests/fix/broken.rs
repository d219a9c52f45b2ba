//! Rules whose fixes are broken, next to one whose fix is right. Nothing that can be typed brings such a rule in.

use ws_lint::check::Surroundings;
use ws_lint::finding::{Applicability, Change, Edit, Finding, Fix, Rule, Severity};
use ws_lint::fix::{self, Failure, Fixed};
use ws_lint::rules::{self, Check, Context};
use ws_lint::settings::Settings;
use ws_lint::source::{Language, Span};

use crate::{on_a_large_stack, source, surroundings};

macro_rules! broken_rule {
    ($name:ident, $code:literal, $mark:literal, $fix:expr) => {
        static $name: Check = Check {
            rule: &Rule {
                code: $code,
                name: $code,
                summary: "",
                remedy: "",
                languages: &[Language::Python, Language::Rust],
                severity: Severity::Warning,
                fixable: true,
                on_by_default: true,
                page: "",
                triggers: &[],
            },
            look: |context, findings| {
                let fix: fn(&str) -> (Vec<Edit>, Vec<Change>) = $fix;
                offer($name.rule, context, $mark, fix, findings);
            },
        };
    };
}

/// A finding where `mark` stands, with the edits and declarations that `fix` makes of the text.
fn offer(
    rule: &'static Rule,
    context: &Context<'_>,
    mark: &str,
    fix: fn(&str) -> (Vec<Edit>, Vec<Change>),
    findings: &mut Vec<Finding>,
) {
    let text = context.source.text();
    let Some(at) = text.find(mark) else { return };
    let (edits, changes) = fix(text);
    let mut finding = Finding::new(rule, Span::new(at, at + mark.len()), "a broken fix");
    finding.fix = Some(Fix {
        title: "break something".to_owned(),
        applicability: Applicability::Safe,
        edits,
        changes,
        claims: Vec::new(),
        awaits: Vec::new(),
        takes_python_for_granted: false,
    });
    findings.push(finding);
}

/// Where `part` stands.
fn place(text: &str, part: &str) -> Span {
    let start = text.find(part).expect(part);
    Span::new(start, start + part.len())
}

fn replace(text: &str, old: &str, new: &str) -> Vec<Edit> {
    vec![Edit::replace(place(text, old), new)]
}

broken_rule!(SYNTAX, "T01", "one = 1", |text| (
    replace(text, "one = 1", "one = (1"),
    vec![]
));
broken_rule!(STRING, "T02", "two = ", |text| (
    replace(text, "  two", "      two"),
    vec![]
));
broken_rule!(COMMENT, "T03", "# three", |text| {
    let call = place(text, "fine(3)");
    (replace(text, "  # three", ""), vec![Change::Comment { call }])
});
broken_rule!(MOVED, "T04", "# four", |text| {
    let edits = [
        replace(text, "# four\n", ""),
        replace(text, "five = 5", "# four\nfive = 5"),
    ];
    (edits.concat(), vec![])
});
broken_rule!(STATEMENT, "T05", "six = 6", |text| (
    replace(text, "six = 6\n", ""),
    vec![]
));
broken_rule!(ARGUMENT, "T06", "seven(", |text| {
    let name = "open_timeout".to_owned();
    let call = place(text, "eight(open_timeout=8)");
    (
        replace(text, "open_timeout=7", ""),
        vec![Change::Argument { name, call }],
    )
});
broken_rule!(IMPORT, "T07", "nine = 9", |text| {
    let module = "asyncio".to_owned();
    let edit = Edit::insert(place(text, "one = 1").start, "import os\n");
    (vec![edit], vec![Change::Import { module }])
});
broken_rule!(OUTSIDE, "T08", "ten = 10", |text| (
    vec![Edit::insert(text.len() + 9, "x")],
    vec![]
));
broken_rule!(OVERLAP, "T09", "eleven = 11", |text| {
    let whole = place(text, "eleven = 11");
    let edits = vec![Edit::delete(whole), Edit::insert(whole.start + 2, "x")];
    (edits, vec![])
});
broken_rule!(DEADLINE, "T10", "await twelve()", |text| {
    let around = place(text, "thirteen()");
    let waited = place(text, "twelve()");
    let edits = vec![
        Edit::insert(waited.start, "asyncio.wait_for("),
        Edit::insert(waited.end, ", 5)"),
    ];
    (edits, vec![Change::Deadline { around }])
});

static BROKEN: [&Check; 10] = [
    &SYNTAX, &STRING, &COMMENT, &MOVED, &STATEMENT, &ARGUMENT, &IMPORT, &OUTSIDE, &OVERLAP, &DEADLINE,
];

const MODULE: &str = r#"import asyncio
import websockets

one = 1
text = """
  two = 2
"""
fine(3)  # three
# four
four = 4
five = 5
six = 6
seven(open_timeout=7)
eight(open_timeout=8)
nine = 9
ten = 10
eleven = 11


async def f(url):
    await twelve()
    await thirteen()
    return await websockets.connect(url, open_timeout=5)
"#;

/// All fixes of `text` where the broken rules run beside those that are on by default.
fn fixed_beside(broken: &[&Check], text: &str) -> Fixed {
    let mut settings = Settings::default();
    settings.enabled.extend(broken.iter().map(|check| check.rule.code));
    let checks: Vec<Check> = rules::CHECKS.iter().chain(broken.iter().copied()).copied().collect();
    let surroundings = Surroundings {
        checks: Vec::leak(checks),
        ..surroundings(&settings, Language::Python)
    };
    on_a_large_stack(|| fix::fix(&source(text, Language::Python), surroundings, Applicability::Unsafe))
}

#[test]
fn each_broken_fix_is_left_out_alone_and_named() {
    let right = fixed_beside(&[], MODULE);
    assert_eq!(right.applied.get("WS101"), Some(&1));
    assert_ne!(right.source.text(), MODULE);
    for check in BROKEN {
        let rule = check.rule;
        let alone = fixed_beside(&[check], MODULE);
        assert_eq!(alone.source.text(), right.source.text(), "{}", rule.code);
        let [Failure::Broken { rule: named, .. }] = &alone.failures[..] else {
            panic!("{}: {:?}", rule.code, alone.failures);
        };
        assert_eq!(*named, rule.code);
        let line = alone.failures[0].to_string();
        assert!(line.starts_with(&format!("the fix of {} at ", rule.code)), "{line}");
        let stays = alone
            .checked
            .findings
            .iter()
            .any(|finding| finding.rule.code == rule.code);
        assert!(stays, "{}: the finding is gone", rule.code);
    }
}

#[test]
fn all_broken_fixes_together_leave_the_right_one_alone() {
    let all = fixed_beside(&BROKEN, MODULE);
    assert_eq!(all.source.text(), fixed_beside(&[], MODULE).source.text());
    let named: Vec<_> = all
        .failures
        .iter()
        .map(|failure| failure.to_string()[11..14].to_owned())
        .collect();
    let mut sorted = named.clone();
    sorted.sort_unstable();
    let expected: Vec<_> = BROKEN.iter().map(|check| check.rule.code).collect();
    assert_eq!(sorted, expected, "{named:?}");
}
