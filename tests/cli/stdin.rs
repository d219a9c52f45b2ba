//! `-`: one file through the streams.

use crate::sandbox::{BROKEN, CLEAN, Sandbox, UNUSED, UNUSED_FIXED};

const FOUND: &str = "this comment allows `WS101`, which is not found here [warning, fix]\n";

#[test]
fn the_name_tells_the_language_and_stands_in_the_report() {
    let sandbox = Sandbox::new();
    let ran = sandbox.pipe("--output-format concise -q --stdin-filename src/a.py -", UNUSED);
    ran.expect(1, &format!("src/a.py:1:8: WS002 {FOUND}"), "");
    // Without `-` the name alone says it.
    let ran = sandbox.pipe("--output-format concise -q --stdin-filename src/a.py", UNUSED);
    assert_eq!(ran.code, Some(1));
    // In Rust a `#` begins no comment.
    let ran = sandbox.pipe("--output-format concise --stdin-filename a.rs -", UNUSED);
    assert!(ran.stdout.starts_with("a.rs:1:3: WS001 "), "{}", ran.stdout);
}

#[test]
fn without_a_name_only_an_interpreter_line_tells_python() {
    let sandbox = Sandbox::new();
    sandbox.pipe("-", CLEAN).expect(
        2,
        "",
        "error: -: the language of standard input is not known: name it, `--stdin-filename app.py`\n",
    );
    let script = format!("#!/usr/bin/env python3\n{UNUSED}");
    let ran = sandbox.pipe("--output-format concise -q -", script);
    ran.expect(1, &format!("-:2:8: WS002 {FOUND}"), "");
    sandbox.pipe("--stdin-filename notes.txt -", CLEAN).expect(
        2,
        "",
        "error: notes.txt: neither Python nor Rust nor a manifest by its name: `.py`, `.pyi`, `.ipynb`, `.rs` and `requirements.txt` are known\n",
    );
}

#[test]
fn fixing_gives_the_text_back_fixed_or_not() {
    let sandbox = Sandbox::new();
    let ran = sandbox.pipe("--fix --stdin-filename a.py -", UNUSED);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), UNUSED_FIXED));
    assert!(ran.stderr.starts_with("Fixed 1 finding"), "{}", ran.stderr);
    let ran = sandbox.pipe("--fix --output-format concise --stdin-filename a.py -", BROKEN);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), BROKEN));
    assert!(ran.stderr.starts_with("a.py:3:1: WS001 "), "{}", ran.stderr);
    sandbox
        .pipe("--fix-only --stdin-filename a.py -", UNUSED)
        .expect(0, UNUSED_FIXED, "");
    for untouched in ["", "x = 1", "x = 1\r\n", "\u{feff}import websockets\r\rx = 1\n"] {
        let ran = sandbox.pipe("--fix -q --stdin-filename a.py -", untouched);
        ran.expect(0, untouched, "");
    }
}

#[test]
fn bytes_that_cannot_be_read_come_back_as_they_were() {
    let latin = b"# coding: latin-1\nfrom websockets import connect\nx = '\xe9'\n";
    let sandbox = Sandbox::new();
    let mut child = sandbox.command();
    let output = {
        use std::io::Write as _;
        use std::process::Stdio;
        let mut child = child
            .args(["--fix", "-q", "--stdin-filename", "a.py", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(latin).unwrap();
        child.wait_with_output().unwrap()
    };
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), &latin[..]));
}

#[test]
fn a_diff_names_the_file() {
    let ran = Sandbox::new().pipe("--diff --stdin-filename src/a.py -", UNUSED);
    ran.expect(
        1,
        "--- a/src/a.py\n+++ b/src/a.py\n@@ -1 +1 @@\n-x = 1  # ws-lint: ignore[WS101]\n+x = 1\n",
        "would fix 1 finding in 1 file, 0 left\n",
    );
}

#[test]
fn the_configuration_of_the_name_holds() {
    let sandbox = Sandbox::with(&[("src/ws-lint.toml", "ignore = ['WS002']\nexclude = ['gen']\n")]);
    assert_eq!(sandbox.pipe("--stdin-filename src/a.py -", UNUSED).code, Some(0));
    assert_eq!(sandbox.pipe("--stdin-filename a.py -", UNUSED).code, Some(1));
    assert_eq!(sandbox.pipe("--stdin-filename src/gen/a.py -", BROKEN).code, Some(1));
    let ran = sandbox.pipe("--force-exclude --fix --stdin-filename src/gen/a.py -", BROKEN);
    ran.expect(0, BROKEN, "");
}
