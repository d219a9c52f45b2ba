//! The passes with artificial rules: each word of a text is a finding of the rule that wants it replaced.

use std::cell::Cell;

use proptest::prelude::*;

use super::*;
use crate::finding::{Finding, Fix, Rule, Severity};
use crate::source::Span;

macro_rules! rule {
    ($name:ident, $code:literal) => {
        static $name: Rule = Rule {
            code: $code,
            name: $code,
            summary: "",
            remedy: "",
            languages: &[Language::Python],
            severity: Severity::Warning,
            fixable: true,
            on_by_default: true,
            page: "",
            triggers: &[],
        };
    };
}

rule!(ONE, "T1");
rule!(TWO, "T2");

/// A rule that wants `old` replaced by `new` wherever it stands.
#[derive(Clone, Copy, Debug)]
struct Wish {
    rule: &'static Rule,
    old: &'static str,
    new: &'static str,
    trust: Applicability,
}

fn wish(rule: &'static Rule, old: &'static str, new: &'static str) -> Wish {
    Wish {
        rule,
        old,
        new,
        trust: Applicability::Safe,
    }
}

fn findings(text: &str, wishes: &[Wish]) -> Checked {
    let finding = |wish: &Wish, at: usize| {
        let span = Span::new(at, at + wish.old.len());
        let mut finding = Finding::new(wish.rule, span, "");
        finding.fix = Some(Fix {
            title: String::new(),
            applicability: wish.trust,
            edits: vec![Edit::replace(span, wish.new)],
            changes: Vec::new(),
            claims: vec![span],
            awaits: Vec::new(),
            takes_python_for_granted: false,
        });
        finding
    };
    let of_wish = |wish: &Wish| {
        text.match_indices(wish.old)
            .map(|(at, _)| finding(wish, at))
            .collect::<Vec<_>>()
    };
    let mut findings: Vec<Finding> = wishes.iter().flat_map(of_wish).collect();
    findings.sort_by_key(|finding| (finding.span, finding.rule.code));
    Checked {
        findings,
        ..Checked::default()
    }
}

/// Runs the wishes with a verification that refuses a text that holds `bad`, and counts the verifications.
fn fixed(text: &str, wishes: &[Wish], bad: &str, least: Applicability) -> (Fixed, usize) {
    let verifications = Cell::new(0);
    let engine = Engine {
        check: &|source| findings(source.text(), wishes),
        verify: &|before, after, _, _| {
            verifications.set(verifications.get() + 1);
            let worse = after.text().matches(bad).count() > before.text().matches(bad).count();
            if !bad.is_empty() && worse {
                Err(format!("`{bad}` came in"))
            } else {
                Ok(())
            }
        },
    };
    let source = SourceFile::new("a.py", Language::Python, text.to_owned());
    (run(&source, Wanted::all(least), &engine), verifications.get())
}

fn simply(text: &str, wishes: &[Wish]) -> Fixed {
    fixed(text, wishes, "", Applicability::Safe).0
}

#[test]
fn passes_run_until_nothing_is_left() {
    // `ab` touches `cd`, and `xy` appears only once both are done.
    let fixed = simply(
        "ab cdcd",
        &[wish(&ONE, "cd", "y"), wish(&TWO, "ab", "x"), wish(&TWO, "x yy", "end")],
    );
    assert_eq!(fixed.source.text(), "end");
    assert_eq!(fixed.applied, BTreeMap::from([("T1", 2), ("T2", 2)]));
    assert!(fixed.checked.findings.is_empty() && fixed.failures.is_empty());
}

#[test]
fn only_what_is_trusted_enough_is_applied_and_display_never_is() {
    let at = |trust| Wish {
        trust,
        ..wish(&ONE, "a", "b")
    };
    for (trust, least, applied) in [
        (Applicability::Safe, Applicability::Safe, true),
        (Applicability::Unsafe, Applicability::Safe, false),
        (Applicability::Unsafe, Applicability::Unsafe, true),
        (Applicability::Display, Applicability::Unsafe, false),
        (Applicability::Display, Applicability::Display, false),
    ] {
        let (fixed, _) = fixed("a", &[at(trust)], "", least);
        assert_eq!(
            fixed.source.text(),
            if applied { "b" } else { "a" },
            "{trust:?} {least:?}"
        );
        assert_eq!(fixed.checked.findings.len(), usize::from(!applied));
    }
}

#[test]
fn a_broken_fix_is_left_out_alone_and_its_finding_stays() {
    let text = "a a a a\na z a a\na a a a\n";
    let (fixed, _) = fixed(
        text,
        &[wish(&ONE, "a", "bb"), wish(&TWO, "z", "BAD")],
        "BAD",
        Applicability::Safe,
    );
    assert_eq!(fixed.source.text(), "bb bb bb bb\nbb z bb bb\nbb bb bb bb\n");
    let [failure] = &fixed.failures[..] else {
        panic!("{:?}", fixed.failures);
    };
    assert_eq!(failure.to_string(), "the fix of T2 at 2:4 was left out: `BAD` came in");
    assert_eq!(fixed.checked.findings.len(), 1);
}

#[test]
fn the_broken_fixes_among_a_thousand_are_found_by_bisection() {
    let text: String = (0..1000)
        .map(|index| if index % 200 == 7 { "z\n" } else { "a\n" })
        .collect();
    let wishes = [wish(&ONE, "a", "b"), wish(&ONE, "z", "BAD")];
    let (fixed, verifications) = fixed(&text, &wishes, "BAD", Applicability::Safe);
    assert_eq!(fixed.source.text(), text.replace('a', "b"));
    assert_eq!(fixed.failures.len(), 5);
    assert!(verifications < 5 * 25, "{verifications}");
}

#[test]
fn a_rule_that_only_breaks_things_is_given_up() {
    let (fixed, verifications) = fixed(
        &"z a\n".repeat(1000),
        &[wish(&ONE, "z", "BAD"), wish(&TWO, "a", "b")],
        "BAD",
        Applicability::Safe,
    );
    assert_eq!(fixed.source.text(), "z b\n".repeat(1000));
    assert_eq!(fixed.failures.len(), MOST_BROKEN + 1);
    assert_eq!(fixed.failures.last(), Some(&Failure::GivenUp { rule: "T1" }));
    assert!(verifications < 1000, "{verifications}");
}

#[test]
fn fixes_that_only_do_not_go_together_are_done_one_after_the_other() {
    // Each brings one `!`; the verification takes one per pass.
    let engine = Engine {
        check: &|source| findings(source.text(), &[wish(&ONE, "a", "!")]),
        verify: &|before, after, _, _| {
            let marks = |file: &SourceFile| file.text().matches('!').count();
            if marks(after) > marks(before) + 1 {
                Err("too many".to_owned())
            } else {
                Ok(())
            }
        },
    };
    let source = SourceFile::new("a.py", Language::Python, "a a a a".to_owned());
    let fixed = run(&source, Wanted::all(Applicability::Safe), &engine);
    assert_eq!(fixed.source.text(), "! ! ! !");
    assert_eq!(fixed.failures, []);
}

#[test]
fn rules_that_go_round_in_a_circle_are_named_and_the_others_stay() {
    let wishes = [wish(&ONE, "a", "b"), wish(&ONE, "b", "a"), wish(&TWO, "x", "y")];
    let fixed = simply("a x", &wishes);
    assert_eq!(fixed.source.text(), "a y");
    assert_eq!(fixed.failures, [Failure::Endless { rules: vec!["T1"] }]);
    let both = simply("a", &[wish(&ONE, "a", "b"), wish(&TWO, "b", "a")]);
    assert_eq!(both.source.text(), "a");
    assert_eq!(
        both.failures[0].to_string(),
        "the fixes of T1, T2 do not come to an end, so none of them was applied to this file"
    );
}

#[test]
fn a_rule_whose_text_only_grows_is_named() {
    for growing in ["aa", "a a a a a a a a"] {
        let fixed = simply("a x", &[wish(&ONE, "a", growing), wish(&TWO, "x", "y")]);
        assert_eq!(fixed.source.text(), "a y", "{growing}");
        assert_eq!(fixed.failures, [Failure::Endless { rules: vec!["T1"] }]);
    }
}

#[test]
fn a_safe_fix_may_not_take_a_comment_away() {
    let engine = Engine {
        check: &|source| {
            let mut checked = findings(source.text(), &[wish(&ONE, "a", "b")]);
            for fix in checked.findings.iter_mut().filter_map(|finding| finding.fix.as_mut()) {
                fix.changes.push(Change::Comment { call: Span::empty(0) });
            }
            checked
        },
        verify: &|_, _, _, _| Ok(()),
    };
    let source = SourceFile::new("a.py", Language::Python, "a".to_owned());
    let fixed = run(&source, Wanted::all(Applicability::Safe), &engine);
    assert_eq!((fixed.source.text(), fixed.failures.len()), ("a", 1));
}

#[test]
fn places_move_with_the_edits_before_them() {
    let edits = [
        Edit::insert(2, "xx"),
        Edit::replace(Span::new(4, 6), "y"),
        Edit::delete(Span::new(8, 9)),
    ];
    let at = |offset| moved(offset, &edits);
    assert_eq!(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(at),
        [0, 1, 4, 5, 6, 6, 7, 8, 9, 9, 10]
    );
}

fn any_wish() -> impl Strategy<Value = Wish> {
    let word = prop::sample::select(vec!["a", "b", "ab", "ba", "abc", "c ", "\n"]);
    let other = prop::sample::select(vec!["", "a", "b", "cc", "x", "yz", "\n", "BAD"]);
    (any::<bool>(), word, other).prop_map(|(first, old, new)| wish(if first { &ONE } else { &TWO }, old, new))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn two_runs_equal_one_whatever_the_rules_are(
        text in "[abc \n]{0,40}",
        wishes in prop::collection::vec(any_wish(), 0..5),
    ) {
        let (once, _) = fixed(&text, &wishes, "BAD", Applicability::Safe);
        let (twice, _) = fixed(once.source.text(), &wishes, "BAD", Applicability::Safe);
        prop_assert_eq!(once.source.text(), twice.source.text());
        prop_assert!(!once.source.text().contains("BAD"));
    }
}
