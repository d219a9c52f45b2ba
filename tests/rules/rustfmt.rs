//! Fixed Rust is as rustfmt leaves it, where it was so before: every fixture is formatted, fixed and formatted again.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use ws_lint::facts::Rustfmt;
use ws_lint::source::Language;

use crate::fixtures::{case_options, cases_in, rule_folders};
use crate::run::run;
use crate::setup::Setup;

/// The cases in which rustfmt has something to say about the fixed file, and why: a case that is none of them must stay clean, and
/// one that is must not.
const KNOWN: &[(&str, &str)] = &[
    ("WS101-connect-timeout-argument/jsonrpsee.rs", SHORTER),
    ("reports/priority_suite.rs", COMMENT),
    ("WS102-connect-without-deadline/layout_of_wide_arms.rs", WIDE_ARM),
    ("WS102-connect-without-deadline/plain_sockets.rs", LONG_LINE),
    ("WS102-connect-without-deadline/question_marks.rs", LONG_LINE),
    ("WS102-connect-without-deadline/runtime_named_in_the_file.rs", LONG_LINE),
    ("WS102-connect-without-deadline/suffixes_in_tests.rs", INSIDE_A_CALL),
    ("WS102-connect-without-deadline/tests_that_end_sooner.rs", LONG_LINE),
];

/// The same where rustfmt breaks lines only at their end: which of two breaks it prefers, the lines around do not show.
const KNOWN_OF_WHOLE_LINES: &[&str] = &[
    "WS102-connect-without-deadline/builder.rs",
    "WS102-connect-without-deadline/on_other_libraries.rs",
    "WS201-receive-without-deadline/forms.rs",
    "WS201-receive-without-deadline/from_helpers.rs",
    "WS201-receive-without-deadline/layout_in_macros.rs",
    "WS201-receive-without-deadline/layout_of_lines.rs",
];

/// A builder that is not awaited where it stands.
const SHORTER: &str = "a chain that loses a method keeps the lines that it had";

/// The `match` goes below its `=`.
const WIDE_ARM: &str = "what is too wide a step deeper is left to rustfmt";

const COMMENT: &str = "a comment stands in the call";

/// The lines around do not show how the arguments of the call or the macro around are laid out.
const INSIDE_A_CALL: &str = "the wait is an argument of a call or a macro";

/// `timeout(…).await??` stays together.
const LONG_LINE: &str = "a wait that leaves by `??` stays in one line of up to 140 columns";

/// The text as rustfmt leaves it under these settings; `None` where it does not take it.
fn formatted(text: &str, settings: &str) -> Option<String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--config", settings])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        // This repository has lines of another length.
        .current_dir(std::env::temp_dir())
        .spawn()
        .expect("rustfmt comes with the toolchain");
    let mut stdin = child.stdin.take().expect("it is piped");
    let given = text.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(given.as_bytes()));
    let output = child.wait_with_output().ok()?;
    writer.join().ok()?.ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).ok())?
}

/// The first line in which two texts differ.
fn first_difference(before: &str, after: &str) -> String {
    let pairs = before.lines().zip(after.lines());
    let differing = pairs.enumerate().find(|(_, (before, after))| before != after);
    match differing {
        Some((line, (before, after))) => format!("{}: {before}\n      rustfmt: {after}", line + 1),
        None => "the last lines".to_owned(),
    }
}

/// The fixtures that have a fix, how many, and of those that rustfmt changes afterwards the first line.
fn changed_after_a_fix(settings: &str, rustfmt: &Rustfmt) -> (usize, BTreeMap<String, String>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rust");
    let (mut fixed, mut changed) = (0, BTreeMap::new());
    for (folder, enabled) in rule_folders(&root) {
        for case in cases_in(&folder, "rs") {
            let text = fs::read_to_string(&case).unwrap();
            let Some(text) = formatted(&text, settings) else {
                continue;
            };
            let options = case_options(&case);
            let options = fs::read_to_string(&options[0]).unwrap_or_default();
            let setup = Setup::read(&options, Language::Rust, &enabled).unwrap();
            let setup = setup.with_rustfmt(rustfmt.clone());
            let name = case.file_name().unwrap().to_str().unwrap();
            let outcome = run(name, &text, Language::Rust, &setup).unwrap();
            if outcome.fixed == text {
                continue;
            }
            fixed += 1;
            let after = formatted(&outcome.fixed, settings).expect("what was valid stays so");
            if after != outcome.fixed {
                changed.insert(
                    format!("{}/{name}", folder.file_name().unwrap().to_string_lossy()),
                    first_difference(&outcome.fixed, &after),
                );
            }
        }
    }
    (fixed, changed)
}

fn told(changed: &BTreeMap<String, String>) -> String {
    let lines: Vec<String> = changed.iter().map(|(name, line)| format!("{name}:{line}")).collect();
    lines.join("\n")
}

#[test]
fn what_rustfmt_left_alone_before_a_fix_it_leaves_alone_after() {
    let (fixed, mut changed) = changed_after_a_fix("newline_style=Auto", &Rustfmt::default());
    assert!(fixed > 30, "only {fixed} fixtures have a fix");
    let known: BTreeMap<&str, &str> = KNOWN.iter().copied().collect();
    let healed: Vec<&&str> = known.keys().filter(|name| !changed.contains_key(**name)).collect();
    assert!(healed.is_empty(), "clean now: {healed:?}");
    changed.retain(|name, _| !known.contains_key(name.as_str()));
    assert!(
        changed.is_empty(),
        "{} of {fixed} files:\n{}",
        changed.len(),
        told(&changed)
    );
}

#[test]
fn fixes_are_laid_out_as_rustfmt_is_told() {
    let wide = Rustfmt {
        line: 120,
        chain: 72,
        arguments: 72,
        ..Rustfmt::default()
    };
    let whole_lines = Rustfmt {
        chain: 100,
        arguments: 100,
        ..Rustfmt::default()
    };
    let tabs = Rustfmt {
        step: "\t".to_owned(),
        ..Rustfmt::default()
    };
    let narrow = Rustfmt {
        step: "  ".to_owned(),
        tab: 2,
        ..Rustfmt::default()
    };
    let older = Rustfmt {
        style: Some(2021),
        ..Rustfmt::default()
    };
    for (settings, rustfmt, known) in [
        ("max_width=120", wide, &[][..]),
        ("use_small_heuristics=Max", whole_lines, KNOWN_OF_WHOLE_LINES),
        ("hard_tabs=true", tabs, &[]),
        ("tab_spaces=2", narrow, &[]),
        ("style_edition=2021", older, &[]),
    ] {
        let settings = format!("newline_style=Auto,{settings}");
        let (_, mut changed) = changed_after_a_fix(&settings, &rustfmt);
        let is_known = |name: &String| known.contains(&name.as_str()) || KNOWN.iter().any(|(known, _)| known == name);
        changed.retain(|name, _| !is_known(name));
        assert!(changed.is_empty(), "{settings}:\n{}", told(&changed));
    }
}
