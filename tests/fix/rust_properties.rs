//! What holds for the fixes of every generated Rust module. `PROPTEST_CASES` makes the runs longer.

use std::str::FromStr;

use proc_macro2::{TokenStream, TokenTree};
use proptest::prelude::*;
use ws_lint::finding::{Applicability, Fix};
use ws_lint::fix::Fixed;
use ws_lint::settings::Settings;
use ws_lint::source::Language;

use crate::{cases, checked, fixed_with, on_a_large_stack, rust_modules, source, with_edits};

fn fixed(text: &str) -> Fixed {
    fixed_with(text, Language::Rust, &with_prints(), Applicability::Unsafe)
}

/// The default settings, and WS302.
fn with_prints() -> Settings {
    let mut settings = Settings::default();
    settings.enabled.insert("WS302");
    settings
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn every_fix_keeps_the_guarantee(text in rust_modules::module()) {
        prop_assert!(syn::parse_file(text.trim_start_matches('\u{feff}')).is_ok(), "{}", text);
        let once = fixed(&text);
        prop_assert!(once.failures.is_empty(), "{:?}\n{text}\n", once.failures);
        prop_assert!(once.checked.findings.iter().all(|finding| finding.rule.code != "WS001"), "{}", text);
    }

    #[test]
    fn c_every_comment_stays(text in rust_modules::module()) {
        let after = fixed(&text).source.text().to_owned();
        prop_assert_eq!(comments(&text), comments(&after), "{}\n{}", text, after);
    }

    #[test]
    fn a_the_tokens_afterwards_are_those_before_and_whole_deadlines(text in rust_modules::module()) {
        let after = fixed(&text).source.text().to_owned();
        prop_assert!(adds_only_deadlines_and_writes(&text, &after), "{text}\n{after}");
    }

    #[test]
    fn b_literals_are_equal(text in rust_modules::module()) {
        let after = fixed(&text).source.text().to_owned();
        let marked = |text: &str| tokens(text).into_iter().filter(|token| token.contains("%%")).collect::<Vec<_>>();
        prop_assert_eq!(marked(&text), marked(&after), "{}\n{}", text, after);
    }

    #[test]
    fn d_a_second_run_does_nothing(text in rust_modules::module()) {
        let once = fixed(&text).source.text().to_owned();
        let twice = fixed(&once);
        prop_assert!(twice.applied.is_empty(), "{:?}\n{}", twice.applied, once);
        prop_assert_eq!(twice.source.text(), &once);
    }

    #[test]
    fn e_lines_without_a_connect_or_a_print_are_equal(text in rust_modules::module()) {
        let after = fixed(&text).source.text().to_owned();
        let mut rest = after.split('\n');
        for line in text.split('\n') {
            let is_edited = ["connect", "print", "await", "unwrap()", ")"].iter().any(|part| line.contains(part));
            if !is_edited {
                prop_assert!(rest.any(|other| other == line), "{line:?}\n{text}\n{after}");
            }
        }
    }

    #[test]
    fn f_what_verifies_of_a_part_of_a_fix_is_sound(text in rust_modules::module()) {
        for finding in checked(&text, Language::Rust, &with_prints()).findings {
            let Some(fix) = finding.fix else { continue };
            prop_assert!(parts_are_sound(&text, &fix), "{}\n{text}\n{fix:?}", finding.message);
        }
    }
}

#[test]
fn generated_modules_do_have_fixes_of_both_rules() {
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut applied = std::collections::BTreeMap::<&str, usize>::new();
    for _ in 0..50 {
        let text = rust_modules::module().new_tree(&mut runner).unwrap().current();
        for (rule, count) in fixed(&text).applied {
            *applied.entry(rule).or_default() += count;
        }
    }
    assert!(applied["WS102"] > 50 && applied["WS302"] > 20, "{applied:?}");
}

/// The generator's comments, by text.
fn comments(text: &str) -> Vec<&str> {
    let lines = text
        .match_indices("// %%")
        .map(|(at, _)| text[at..].lines().next().unwrap_or_default());
    let blocks = text
        .match_indices("/* %%")
        .map(|(at, _)| text[at..].split("*/").next().unwrap_or_default());
    let mut comments: Vec<&str> = lines.chain(blocks).collect();
    comments.sort_unstable();
    comments
}

/// The tokens of a text, flat.
fn tokens(text: &str) -> Vec<String> {
    let text = text.trim_start_matches('\u{feff}');
    let shebang = text.starts_with("#!/").then(|| text.find('\n').unwrap_or(text.len()));
    let stream = TokenStream::from_str(&text[shebang.unwrap_or_default()..]).expect("the text has tokens");
    let mut flat = Vec::new();
    flatten(stream, &mut flat);
    flat
}

fn flatten(stream: TokenStream, flat: &mut Vec<String>) {
    for tree in stream {
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    proc_macro2::Delimiter::Parenthesis => ("(", ")"),
                    proc_macro2::Delimiter::Brace => ("{", "}"),
                    proc_macro2::Delimiter::Bracket => ("[", "]"),
                    proc_macro2::Delimiter::None => ("", ""),
                };
                flat.push(open.to_owned());
                flatten(group.stream(), flat);
                flat.push(close.to_owned());
            }
            other => flat.push(other.to_string()),
        }
    }
}

/// Whether `after` has all tokens of `before` in their order, names of print macros apart, and beside them only tokens
/// that deadlines and writes are made of.
fn adds_only_deadlines_and_writes(before: &str, after: &str) -> bool {
    const ADDED: &str = "tokio :: time timeout ( ) Duration D std core from_secs 10 , . await ? expect unwrap_or_else | e Err \
                         io Error from into let _ = write writeln stdout stderr use Write as ; { } async : !";
    let added: Vec<&str> = ADDED
        .split_whitespace()
        .chain(["\"connect timed out\"", "\"receive timed out\""])
        .collect();
    let is_print = |token: &String| ["print", "println", "eprint", "eprintln"].contains(&token.as_str());
    let before = tokens(before);
    let mut wanted = before.iter().filter(|token| !is_print(token)).peekable();
    for token in tokens(after).iter().filter(|token| !is_print(token)) {
        if wanted.next_if_eq(&token).is_none() && !added.contains(&token.as_str()) {
            return false;
        }
    }
    wanted.next().is_none()
}

/// Whether each beginning of a fix's edits, taken for the whole fix, is refused by the verification or does no harm.
fn parts_are_sound(text: &str, fix: &Fix) -> bool {
    on_a_large_stack(|| {
        (0..=fix.edits.len()).all(|length| {
            let edits = &fix.edits[..length];
            let after = with_edits(text, edits);
            let before = source(text, Language::Rust);
            match ws_lint::rust::verify(&before, &source(&after, Language::Rust), edits, &fix.changes) {
                Err(_) => length < fix.edits.len(),
                Ok(()) => {
                    syn::parse_file(after.trim_start_matches('\u{feff}')).is_ok()
                        && adds_only_deadlines_and_writes(text, &after)
                }
            }
        })
    })
}
