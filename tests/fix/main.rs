//! The engine's guarantee on generated modules: connects in every form, with around them whatever a rewrite can break.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on says why and ends"
)]

mod modules;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use ws_lint::catalog::Catalog;
use ws_lint::check::{STACK_BYTES, Surroundings};
use ws_lint::config::Settings;
use ws_lint::fix::{self, Applicability, Fixed};
use ws_lint::project::{ProjectFacts, PythonVersion};
use ws_lint::source::{Language, SourceFile};

/// All fixes of a Python text, as the command line would make them.
fn fixed(text: &str, target: PythonVersion) -> Fixed {
    let source = SourceFile::new("test_a.py", Language::Python, text.to_owned());
    let settings = Settings {
        target_version: Some(target),
        ..Settings::default()
    };
    let fix = || {
        let surroundings = Surroundings {
            catalog: Catalog::builtin(),
            settings: &settings,
            project: &ProjectFacts::default(),
            test_file: false,
        };
        fix::fix(&source, surroundings, Applicability::Unsafe)
    };
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, fix);
        worker.unwrap().join().unwrap()
    })
}

/// The comments and the lines of strings of a module, which no fix may lose. Both begin with a mark of the generator.
fn marked(text: &str) -> Vec<&str> {
    let lines = text.split(['\n', '\r']);
    let mut marked: Vec<&str> = lines.filter_map(|line| line.find("%%").map(|at| &line[at..])).collect();
    marked.sort_unstable();
    marked
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn every_fix_of_a_generated_module_keeps_the_guarantee(
        text in modules::module(),
        target in prop::sample::select(vec![PythonVersion::new(3, 9), PythonVersion::new(3, 12)]),
    ) {
        let once = fixed(&text, target);
        prop_assert!(once.failures.is_empty(), "{:?}\n{text}\n", once.failures);
        prop_assert_eq!(marked(&text), marked(&once.text), "{}\n{}", text, once.text);
        let twice = fixed(&once.text, target);
        prop_assert_eq!(&twice.text, &once.text);
        prop_assert!(once.checked.findings.iter().all(|finding| finding.rule.code != "WS001"), "{}", text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn the_diff_of_a_generated_module_is_taken_by_git(text in modules::module()) {
        let after = fixed(&text, PythonVersion::new(3, 12)).text;
        prop_assume!(after != text);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test_a.py");
        std::fs::write(&file, &text).unwrap();
        let mut git = Command::new("git")
            .args(["apply", "--whitespace=nowarn"])
            .current_dir(&folder)
            .env("GIT_CEILING_DIRECTORIES", std::env::temp_dir())
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let diff = fix::unified(Path::new("test_a.py"), &text, &after);
        git.stdin.take().unwrap().write_all(diff.as_bytes()).unwrap();
        prop_assert!(git.wait().unwrap().success(), "{}", diff);
        prop_assert_eq!(std::fs::read_to_string(&file).unwrap(), after);
    }
}

#[test]
fn generated_modules_do_have_fixes() {
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut applied = 0;
    for _ in 0..50 {
        let text = modules::module().new_tree(&mut runner).unwrap().current();
        applied += fixed(&text, PythonVersion::new(3, 12)).applied.values().sum::<usize>();
    }
    assert!(applied > 50, "{applied}");
}
