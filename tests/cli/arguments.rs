//! What can be typed, and what is refused.

use crate::sandbox::{BROKEN, CLEAN, Sandbox, UNUSED};

#[track_caller]
fn refused(arguments: &[&str], message: &str) {
    let ran = Sandbox::with(&[("a.py", CLEAN)]).run_with(arguments);
    assert_eq!(ran.code, Some(2), "{arguments:?}");
    assert_eq!(ran.stdout, "", "{arguments:?}");
    assert!(ran.stderr.contains(message), "{arguments:?}: {}", ran.stderr);
}

#[test]
fn what_contradicts_itself_is_refused() {
    refused(&["--diff", "--fix"], "'--diff' cannot be used with '--fix'");
    refused(&["--diff", "--fix-only"], "cannot be used with");
    refused(&["--diff", "--output-format", "json"], "cannot be used with");
    refused(&["--fix-only", "--statistics"], "cannot be used with");
    refused(&["--quiet", "--verbose"], "cannot be used with");
    refused(&["--list-rules", "--explain", "WS101"], "cannot be used with");
    refused(
        &["--isolated", "--config", "x.toml"],
        "`--isolated` and a configuration file exclude each other",
    );
    refused(
        &["--config", "a.toml", "--config", "b.toml"],
        "`--config` can name one file only",
    );
    refused(&["-", "a.py"], "`-` cannot stand beside other paths");
    refused(
        &["a.py", "--stdin-filename", "b.py"],
        "`--stdin-filename` goes with `-`",
    );
    refused(
        &["--output-format", "full", "--output-format", "json"],
        "only one `--output-format` can go to standard output",
    );
}

#[test]
fn what_is_not_known_is_refused_with_what_was_probably_meant() {
    refused(&["--slect", "WS1"], "a similar argument exists: '--select'");
    refused(&["--select", "WS11"], "unknown rule `WS11`, did you mean `WS101`?");
    refused(
        &["--ignore", "WS101,nonsense"],
        "unknown rule `nonsense` (`ws-lint --list-rules` lists them)",
    );
    refused(&["--extend-select", ""], "unknown rule ``");
    refused(&["--explain", "WS012"], "unknown rule `WS012`, did you mean `WS102`?");
    refused(&["--fail-on", "note"], "[possible values: info, warning, error]");
    refused(&["--color", "yes"], "[possible values: auto, always, never]");
    refused(
        &["--target-version", "3"],
        "`3` is not a version of Python 3: write it as `3.11` or `py311`",
    );
    refused(
        &["--output-format", "xml"],
        "`xml` is not an output format (there are full, concise, json",
    );
    refused(
        &["--output-format", "json=a", "--output-format", "sarif=./a"],
        "`./a` is given as the file of two formats: each needs one of its own",
    );
    refused(
        &["--output-format", "json", "-o", "a", "-o", "b"],
        "1 formats without a file and 2 of `--output-file`: give each format its own",
    );
    refused(
        &["--output-format", "json=a", "--output-file", "b"],
        "0 formats without a file and 1 of `--output-file`",
    );
    refused(
        &["--statistics", "--output-format", "json"],
        "`--statistics` is for people and changes `full` and `concise` only",
    );
    refused(&["--output-format", "json="], "a file name is missing behind `=`");
}

#[test]
fn a_flag_may_be_repeated() {
    let ran = Sandbox::with(&[("a.py", UNUSED)]).run("-v -v --exit-zero --exit-zero --fail-on error --fail-on info");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
}

#[test]
fn rules_are_selected_by_code_prefix_name_and_all() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED), ("b.py", BROKEN)]);
    let paths = |flags: &str| {
        let ran = sandbox.run(&format!("--output-format concise {flags}"));
        ran.paths().join(" ")
    };
    assert_eq!(paths(""), "a.py b.py");
    // An unused suppression is one of a rule that ran; what cannot be read is told whatever is selected.
    assert_eq!(paths("--select WS002"), "b.py");
    assert_eq!(paths("--select WS002 --ignore WS001"), "");
    assert_eq!(paths("--select WS002,WS101"), "a.py b.py");
    assert_eq!(paths("--select syntax-error"), "b.py");
    assert_eq!(paths("--select WS0 --ignore WS002"), "b.py");
    assert_eq!(paths("--select ALL --ignore WS0"), "");
    assert_eq!(paths("--ignore WS0 --extend-select WS001"), "b.py");
    assert_eq!(paths("--select WS001,WS002,WS10"), "a.py b.py");
}

#[test]
fn every_rule_is_explained_and_listed() {
    let sandbox = Sandbox::new();
    let list = sandbox.run("--list-rules");
    assert_eq!((list.code, list.stderr.as_str()), (Some(0), ""));
    for rule in ws_lint::rules::ALL {
        let line = list.stdout.lines().find(|line| line.starts_with(rule.code)).unwrap();
        assert!(line.contains(rule.name) && line.contains(rule.summary), "{line}");
        for name in [rule.code, rule.name] {
            let page = ws_lint::report::page::for_readers(rule.page);
            sandbox.run_with(&["--explain", name]).expect(0, &page, "");
        }
    }
    assert_eq!(list.stdout.lines().count(), ws_lint::rules::ALL.len());
}

#[test]
fn help_names_every_flag_and_ends_with_the_exit_codes() {
    let sandbox = Sandbox::new();
    let help = sandbox.run("--help");
    assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""));
    for flag in [
        "--fix",
        "--diff",
        "--fix-only",
        "--unsafe-fixes",
        "--select",
        "--ignore",
        "--extend-select",
        "--target-version",
        "--output-format",
        "--fail-on",
        "--exit-zero",
        "--config",
        "--isolated",
        "--stdin-filename",
        "--force-exclude",
        "--explain",
        "--list-rules",
        "--show-settings",
        "--statistics",
        "--color",
        "--quiet",
        "--verbose",
        "--generate-completion",
        "--generate-man",
    ] {
        assert!(
            help.stdout.contains(&format!("{flag}\n")) || help.stdout.contains(&format!("{flag} ")),
            "{flag}"
        );
    }
    assert!(
        help.stdout
            .trim_end()
            .ends_with("2  something that was asked could not be done")
    );
    assert_eq!(
        sandbox.run("--version").stdout,
        concat!("ws-lint ", env!("CARGO_PKG_VERSION"), "\n")
    );
}

#[test]
fn completions_and_the_manual_come_from_the_same_definitions() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = sandbox.run(&format!("--generate-completion {shell}"));
        assert_eq!((script.code, script.stderr.as_str()), (Some(0), ""), "{shell}");
        assert!(script.stdout.contains("unsafe-fixes"), "{shell}");
    }
    let manual = sandbox.run("--generate-man");
    assert_eq!(manual.code, Some(0));
    assert!(manual.stdout.contains(".TH ws-lint 1"), "{}", manual.stdout);
    assert!(manual.stdout.contains("unsafe\\-fixes"), "{}", manual.stdout);
}
