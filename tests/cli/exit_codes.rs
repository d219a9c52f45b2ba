//! 0: nothing at or above `--fail-on`; 1: findings or a diff; 2: not done.

use std::io::Read as _;
use std::process::Stdio;

use crate::sandbox::{BROKEN, CLEAN, Ran, Sandbox, UNUSED};

#[test]
fn findings_fail_from_warning_on() {
    assert_eq!(Sandbox::with(&[("a.py", CLEAN)]).run("").code, Some(0));
    assert_eq!(Sandbox::with(&[("a.py", UNUSED)]).run("").code, Some(1));
    assert_eq!(Sandbox::with(&[("a.py", BROKEN)]).run("").code, Some(1));
}

#[test]
fn fail_on_sets_the_level() {
    let warning = Sandbox::with(&[("a.py", UNUSED)]);
    assert_eq!(warning.run("--fail-on info").code, Some(1));
    assert_eq!(warning.run("--fail-on warning").code, Some(1));
    assert_eq!(warning.run("--fail-on error").code, Some(0));
    assert_eq!(warning.run_with(&["--config", "severity.WS002 = 'info'"]).code, Some(0));
    assert_eq!(
        warning
            .run_with(&["--config", "severity.WS002 = 'error'", "--fail-on", "error"])
            .code,
        Some(1)
    );
}

#[test]
fn exit_zero_forgives_findings_and_diffs_but_not_failures() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED)]);
    assert_eq!(sandbox.run("--exit-zero").code, Some(0));
    assert_eq!(sandbox.run("--exit-zero --diff").code, Some(0));
    assert_eq!(sandbox.run("--exit-zero missing.py").code, Some(2));
}

#[test]
fn a_diff_fails_and_no_diff_does_not() {
    assert_eq!(Sandbox::with(&[("a.py", UNUSED)]).run("--diff").code, Some(1));
    // What cannot be fixed is no diff.
    assert_eq!(Sandbox::with(&[("a.py", BROKEN)]).run("--diff").code, Some(0));
}

/// A description of a library whose fixes would run code.
const BROKEN_LIBRARY: &str = r#"
[[library]]
language = "python"
package = "ours"
modules = ["ours"]
runtime = "asyncio"

[[library.connect]]
paths = ["ours.connect"]
call = "await"
waits = "default"
limit = 10
fact = "ours 1.0 gives up after 10 s"

[[library.connect.argument]]
name = "limit"
form = "keyword"
bounds = "connect"
default = 10
off = "switch_off()"
replaceable = true
"#;

#[test]
fn a_broken_fix_is_2_whatever_is_typed() {
    const MODULE: &str = "import asyncio\nimport ours\n\n\nasync def f():\n    await ours.connect(limit=30)\n";
    let right = MODULE.replace("30", "3");
    for flags in [
        "--fix",
        "--fix --unsafe-fixes",
        "--fix-only --unsafe-fixes",
        "--fix --exit-zero",
        "--fix --quiet --fail-on warning",
        "--diff --unsafe-fixes --exit-zero",
    ] {
        let sandbox = Sandbox::with(&[("ws-lint.toml", BROKEN_LIBRARY), ("a.py", MODULE), ("b.py", &right)]);
        let ran = sandbox.run(flags);
        assert_eq!(ran.code, Some(2), "{flags}");
        let line = "error: a.py: internal error: the fix of WS101 at 6:24 was left out: ";
        assert!(ran.stderr.contains(line), "{flags}: {}", ran.stderr);
        assert_eq!(sandbox.read("a.py"), MODULE, "{flags}");
        assert_eq!(sandbox.read("b.py") == right, flags.contains("--diff"), "{flags}");
        let piped = sandbox.pipe(&format!("{flags} --stdin-filename a.py -"), MODULE);
        assert_eq!(piped.code, Some(2), "{flags}");
        assert_eq!(
            piped.stdout.starts_with(MODULE),
            !flags.contains("--diff"),
            "{flags}: {}",
            piped.stdout
        );
    }
}

#[test]
fn fixing_fails_for_what_is_left() {
    assert_eq!(Sandbox::with(&[("a.py", UNUSED)]).run("--fix").code, Some(0));
    assert_eq!(
        Sandbox::with(&[("a.py", UNUSED), ("b.py", BROKEN)]).run("--fix").code,
        Some(1)
    );
    assert_eq!(
        Sandbox::with(&[("a.py", UNUSED), ("b.py", BROKEN)])
            .run("--fix-only")
            .code,
        Some(0)
    );
}

#[test]
fn a_failure_is_2_whatever_else_was_found() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED)]);
    sandbox.run("--output-format concise missing.py a.py").expect(
        2,
        "a.py:1:8: WS002 this comment allows `WS101`, which is not found here [warning, fix]\n\
         1 finding (1 warning) in 1 file; 1 fixable with --fix\n",
        "error: missing.py: No such file or directory (os error 2)\n",
    );
    sandbox
        .run("missing.py")
        .expect(2, "", "error: missing.py: No such file or directory (os error 2)\n");
}

#[test]
fn a_report_that_cannot_be_written_is_2() {
    let ran = Sandbox::with(&[("a.py", CLEAN)]).run("--output-format json=missing/out.json");
    assert_eq!(ran.code, Some(2));
    assert_eq!(
        ran.stderr,
        "error: missing/out.json cannot be written: No such file or directory (os error 2): name a file in a folder that exists and \
         takes files\n"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_2() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED)]);
    let full = || std::fs::File::create("/dev/full").unwrap();
    let output = sandbox.command().stdout(full()).output().unwrap();
    Ran::new(&output).expect(
        2,
        "",
        "error: standard output cannot be written: No space left on device (os error 28)\n",
    );
    let help = sandbox.command().arg("--help").stdout(full()).output().unwrap();
    assert_eq!(help.status.code(), Some(2));
}

/// As with ripgrep, whose 0 says what was found and not what was read of it.
#[test]
fn a_reader_that_leaves_early_changes_nothing() {
    let sandbox = Sandbox::new();
    for index in 0..3_000 {
        sandbox.write(&format!("f{index:04}.py"), UNUSED);
    }
    let mut child = sandbox
        .command()
        .args(["--output-format", "concise"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 8];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    assert_eq!(&first, b"f0000.py");
    Ran::new(&child.wait_with_output().unwrap()).expect(1, "", "");
}
