//! What is given besides the sources and cannot be used: each ends with 2, says what to do, and changes nothing.

use crate::diff_base::repository;
use crate::sandbox::{Sandbox, UNUSED};

/// Refused with this on standard error, `--fix` or not, and no source was touched.
#[track_caller]
fn refused(sandbox: &Sandbox, arguments: &str, what: &str, advice: &str) {
    for arguments in [arguments.to_owned(), format!("{arguments} --fix")] {
        let ran = sandbox.run(&arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{arguments}: {ran:?}");
        assert!(ran.stderr.contains(what), "{arguments}: {}", ran.stderr);
        assert!(ran.stderr.contains(advice), "{arguments}: {}", ran.stderr);
        assert_eq!(sandbox.read("a.py"), UNUSED, "{arguments}");
    }
}

#[test]
fn a_baseline_that_cannot_be_read() {
    let sandbox = Sandbox::with(&[
        ("a.py", UNUSED),
        ("folder/b.json", "{}"),
        ("cut.json", "{\"version\": 1, \"findings\": [{"),
    ]);
    sandbox.write("bytes.json", b"\xff\xfe{\0");
    for name in ["cut.json", "bytes.json"] {
        refused(
            &sandbox,
            &format!("--baseline {name}"),
            &format!("error: `{name}` is not a baseline: "),
            &format!("mend it, or remove it and run `--write-baseline {name}`"),
        );
    }
    refused(
        &sandbox,
        "--baseline folder",
        "error: `folder` cannot be read: ",
        "a folder, not a plain file",
    );
}

#[test]
fn a_baseline_of_another_version_whatever_the_version_is() {
    for version in ["0", "99999999999999999999", "\"2\"", "null", "1.5"] {
        let text = format!("{{\"version\": {version}, \"findings\": []}}");
        let sandbox = Sandbox::with(&[("a.py", UNUSED), ("b.json", &text)]);
        refused(
            &sandbox,
            "--baseline b.json",
            "error: `b.json` is ",
            "run `--write-baseline b.json`",
        );
    }
}

#[test]
fn a_base_that_does_not_exist() {
    let sandbox = repository(&[("a.py", UNUSED)]);
    refused(
        &sandbox,
        "--diff-base nowhere",
        "`--diff-base nowhere`: no such commit",
        "git fetch origin",
    );
    sandbox.write("empty/a.py", UNUSED);
    let unborn = Sandbox::with(&[("a.py", UNUSED)]);
    unborn.git("init -q -b main");
    refused(
        &unborn,
        "--diff-base main",
        "`--diff-base main`: no such commit",
        "name a branch, a tag or a commit",
    );
}

#[test]
fn one_file_for_two_formats_by_any_of_its_names() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED), ("out/x", "")]);
    for other in ["out/x", "./out/x", "out/../out/x"] {
        refused(
            &sandbox,
            &format!("--output-format json=out/x --output-format sarif={other}"),
            &format!("`{other}` is given as the file of two formats"),
            "each needs one of its own",
        );
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("x", sandbox.path("out/link")).unwrap();
        refused(
            &sandbox,
            "--output-format json=out/x --output-format sarif=out/link",
            "`out/link` is given as the file of two formats",
            "each needs one of its own",
        );
    }
    assert_eq!(sandbox.read("out/x"), "");
}

#[test]
fn a_report_that_has_no_file_to_go_to() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED), ("folder/x", "")]);
    for file in ["folder", "missing/report.json", "a.py/report.json"] {
        let ran = sandbox.run(&format!("--output-format json={file} --output-format concise"));
        assert_eq!(
            (ran.code, ran.paths()),
            (Some(2), vec!["a.py"]),
            "the other report is whole"
        );
        assert!(
            ran.stderr.contains(&format!("error: {file} cannot be written: ")),
            "{}",
            ran.stderr
        );
        assert!(
            ran.stderr
                .ends_with(": name a file in a folder that exists and takes files\n"),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn flags_of_formats_that_are_not_asked_for() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED)]);
    refused(
        &sandbox,
        "--sarif-suppressions",
        "`--sarif-suppressions` goes with",
        "`--output-format sarif`",
    );
}
