//! The engine's guarantee on generated modules: connects in every form, with around them whatever a rewrite can break.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on says why and ends"
)]

mod broken;
mod modules;
mod normal_form;
mod python_properties;
mod rust_modules;
mod rust_properties;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use proptest::prelude::*;
use ws_lint::catalog::Catalog;
use ws_lint::check::{Surroundings, check};
use ws_lint::facts::{Fact, ProjectFacts, PythonVersion};
use ws_lint::finding::{Applicability, Checked, Edit, Fix};
use ws_lint::fix::{self, Fixed};
use ws_lint::settings::Settings;
use ws_lint::source::{Language, SourceFile};
use ws_lint::stack::STACK_BYTES;

/// All fixes of a Python text, as the command line would make them.
fn fixed(text: &str, target: PythonVersion) -> Fixed {
    fixed_with(text, Language::Python, &targeting(target), Applicability::Unsafe)
}

fn targeting(target: PythonVersion) -> Settings {
    Settings {
        target_version: Some(target),
        ..Settings::default()
    }
}

/// All fixes of a text, on a thread with the stack that the command line gives it. A Rust file's crate has tokio with
/// its timers.
fn fixed_with(text: &str, language: Language, settings: &Settings, least: Applicability) -> Fixed {
    on_a_large_stack(|| {
        let source = source(text, language);
        fix::fix(&source, surroundings(settings, language), least)
    })
}

/// So many cases for each property, or as many as `PROPTEST_CASES` says.
fn cases(few: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok());
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(asked.unwrap_or(few))
    }
}

/// The text with a part of a fix.
fn with_edits(text: &str, edits: &[Edit]) -> String {
    let part = Fix {
        title: String::new(),
        applicability: Applicability::Safe,
        edits: edits.to_vec(),
        changes: Vec::new(),
        claims: Vec::new(),
        awaits: Vec::new(),
        takes_python_for_granted: false,
    };
    fix::apply(text, &[&part]).text
}

/// What one check finds.
fn checked(text: &str, language: Language, settings: &Settings) -> Checked {
    on_a_large_stack(|| check(&source(text, language), surroundings(settings, language)))
}

fn source(text: &str, language: Language) -> SourceFile {
    SourceFile::new("test_a", language, text.to_owned())
}

fn surroundings(settings: &Settings, language: Language) -> Surroundings<'_> {
    static PROJECTS: OnceLock<[ProjectFacts; 2]> = OnceLock::new();
    let tokio_time = || {
        Some(Fact {
            value: true,
            source: "the test".to_owned(),
        })
    };
    let [python, rust] = PROJECTS.get_or_init(|| {
        let rust = ProjectFacts {
            tokio_time: tokio_time(),
            ..ProjectFacts::default()
        };
        [ProjectFacts::default(), rust]
    });
    Surroundings::alone(
        Catalog::builtin(),
        settings,
        if language == Language::Rust { rust } else { python },
    )
}

fn on_a_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, work);
        worker.unwrap().join().unwrap()
    })
}

proptest! {
    #![proptest_config(cases(30))]

    #[test]
    fn the_diff_of_a_generated_module_is_taken_by_git(text in modules::module()) {
        let after = fixed(&text, PythonVersion::new(3, 12)).source.text().to_owned();
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
