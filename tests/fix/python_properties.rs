//! What holds for the fixes of every generated Python module. `PROPTEST_CASES` makes the runs longer.

use proptest::prelude::*;
use ws_lint::facts::PythonVersion;
use ws_lint::finding::{Applicability, Fix};
use ws_lint::source::Language;

use crate::normal_form::{comments, lines, parse, same_but_for_deadlines_and_prints, string_parts};
use crate::{cases, checked, fixed, fixed_with, modules, on_a_large_stack, source, targeting, with_edits};

fn target() -> impl Strategy<Value = PythonVersion> {
    prop::sample::select(vec![PythonVersion::new(3, 9), PythonVersion::new(3, 12)])
}

proptest! {
    #![proptest_config(cases(50))]

    #[test]
    fn every_fix_keeps_the_guarantee(text in modules::module(), target in target()) {
        let once = fixed(&text, target);
        prop_assert!(once.failures.is_empty(), "{:?}\n{text}\n", once.failures);
        prop_assert!(once.checked.findings.iter().all(|finding| finding.rule.code != "WS001"), "{}", text);
        prop_assert_eq!(comments(&text), comments(once.source.text()), "{}\n{}", text, once.source.text());
    }

    #[test]
    fn a_the_tree_afterwards_is_the_tree_before_but_for_what_is_meant(text in modules::module(), target in target()) {
        let after = fixed(&text, target).source.text().to_owned();
        prop_assert!(parse(&after).is_some(), "{text}\n{after}");
        prop_assert!(same_but_for_deadlines_and_prints(&text, &after), "{text}\n{after}");
    }

    #[test]
    fn b_string_literals_are_equal_to_the_byte(text in modules::module(), target in target()) {
        let after = fixed(&text, target).source.text().to_owned();
        prop_assert_eq!(string_parts(&text), string_parts(&after), "{}\n{}", text, after);
    }

    #[test]
    fn c_safe_fixes_keep_every_comment(text in modules::module(), target in target()) {
        let after = fixed_with(&text, Language::Python, &targeting(target), Applicability::Safe).source.text().to_owned();
        prop_assert_eq!(comments(&text), comments(&after), "{}\n{}", text, after);
    }

    #[test]
    fn d_a_second_run_does_nothing(text in modules::module(), target in target(), all in any::<bool>()) {
        let least = if all { Applicability::Unsafe } else { Applicability::Safe };
        let settings = targeting(target);
        let once = fixed_with(&text, Language::Python, &settings, least);
        let twice = fixed_with(once.source.text(), Language::Python, &settings, least);
        prop_assert!(twice.applied.is_empty(), "{:?}\n{}", twice.applied, once.source.text());
        prop_assert_eq!(twice.source.text(), once.source.text());
        let left = twice.checked.findings.iter().filter_map(|finding| finding.fix.as_ref());
        prop_assert!(left.into_iter().all(|fix| fix.applicability < least), "{}", once.source.text());
    }

    #[test]
    fn e_lines_without_a_connect_or_a_print_are_equal_but_for_their_margin(
        text in modules::module(),
        target in target(),
    ) {
        let after = fixed(&text, target).source.text().to_owned();
        let mut rest = lines(&after).into_iter();
        for line in lines(&text) {
            let is_edited = [
                "connect", "print", "write", "async with", "import", "open_timeout", "url,", "):", "ws.send",
                "as ws", "other(", "\"\"\";",
            ];
            // A `pass` goes where its block gets another statement.
            let may_go = line.1.starts_with(')') || line.1 == "pass";
            if !line.0 && (may_go || is_edited.iter().any(|part| line.1.contains(part))) {
                continue;
            }
            prop_assert!(rest.any(|other| other == line), "{line:?}\n{text}\n{after}");
        }
    }
}

proptest! {
    // Each case is verified once for each edit of each fix.
    #![proptest_config(cases(20))]

    #[test]
    fn f_what_verifies_of_a_part_of_a_fix_is_sound(text in modules::module(), target in target()) {
        let settings = targeting(target);
        for finding in checked(&text, Language::Python, &settings).findings {
            let Some(fix) = finding.fix else { continue };
            prop_assert!(parts_are_sound(&text, &fix), "{}\n{text}\n{fix:?}", finding.message);
        }
    }
}

/// Whether each beginning of a fix's edits, taken for the whole fix, is refused by the verification or does no harm.
fn parts_are_sound(text: &str, fix: &Fix) -> bool {
    on_a_large_stack(|| {
        (0..=fix.edits.len()).all(|length| {
            let edits = &fix.edits[..length];
            let after = with_edits(text, edits);
            let before = source(text, Language::Python);
            let verdict = ws_lint::python::verify(&before, &source(&after, Language::Python), edits, &fix.changes);
            match verdict {
                Err(_) => length < fix.edits.len(),
                Ok(()) => {
                    parse(&after).is_some()
                        && same_but_for_deadlines_and_prints(text, &after)
                        && string_parts(text) == string_parts(&after)
                }
            }
        })
    })
}
