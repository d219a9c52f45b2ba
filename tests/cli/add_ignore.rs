//! `--add-ignore`: comments that allow what is left.

use crate::sandbox::{BROKEN, Sandbox, UNUSED};

const CONNECTS: &str = "import websockets\n\n\nasync def f(url):\n    \
     a = await websockets.connect(\n        url,\n        open_timeout=30,\n    )\n    \
     b = await websockets.connect(\"\"\"ws://\n\"\"\" + url, open_timeout=30)\n    \
     c = await websockets.connect(url, \\\n        open_timeout=30)  # type: ignore\n";

#[test]
fn every_finding_gets_a_comment_and_a_second_run_adds_nothing() {
    let sandbox = Sandbox::with(&[("a.py", CONNECTS)]);
    let before = sandbox.run("--output-format concise --select WS101");
    assert_eq!(
        before.stdout.lines().filter(|line| line.contains("WS101")).count(),
        3,
        "{}",
        before.stdout
    );
    sandbox
        .run_with(&[
            "--add-ignore=see #12",
            "--select",
            "WS101",
            "--output-format",
            "concise",
        ])
        .expect(
            0,
            "All good: no findings in 1 file; 3 suppressed\n",
            "allowed 3 findings by comments in 1 file\n",
        );
    let after = "import websockets\n\n\nasync def f(url):\n    \
         a = await websockets.connect(\n        url,\n        open_timeout=30,  # ws-lint: ignore[WS101] see #12\n    )\n    \
         b = await websockets.connect(\"\"\"ws://\n\"\"\" + url, open_timeout=30)  # ws-lint: ignore[WS101] see #12\n    \
         c = await websockets.connect(url, \\\n        open_timeout=30)  # type: ignore  # ws-lint: ignore[WS101] see #12\n";
    assert_eq!(sandbox.read("a.py"), after);
    sandbox
        .run("--add-ignore --select WS101 --output-format concise")
        .expect(
            0,
            "All good: no findings in 1 file; 3 suppressed\n",
            "allowed 0 findings by comments in 0 files\n",
        );
    assert_eq!(sandbox.read("a.py"), after);
}

#[test]
fn a_comment_goes_above_where_none_can_stand_behind() {
    let text = "def f(x):\n    print('''\n    ✓ {}\n    '''.format(x))\r\n    print(\"✓\", \\\n        x)\n";
    let sandbox = Sandbox::with(&[("a.py", text)]);
    assert_eq!(sandbox.run("--add-ignore --select WS301").code, Some(0));
    assert_eq!(
        sandbox.read("a.py"),
        "def f(x):\n    # ws-lint: ignore[WS301]\n    print('''\n    ✓ {}\n    '''.format(x))\r\n    \
         # ws-lint: ignore[WS301]\n    print(\"✓\", \\\n        x)\n"
    );
    assert_eq!(sandbox.run("").code, Some(0), "nothing is unused");
}

#[test]
fn rust_and_manifests_get_theirs() {
    let rust = "#[tokio::test]\nasync fn f() {\n    let a = tokio_tungstenite::connect_async(\"ws://x\\\n        y\").await.unwrap();\n    \
         let b = tokio_tungstenite::connect_async(\"ws://x\").await.unwrap(); // b\n}\n";
    let sandbox = Sandbox::with(&[("a.rs", rust), ("requirements.txt", "websockets\n")]);
    sandbox.run("--add-ignore=ok --output-format concise").expect(
        0,
        "All good: no findings in 2 files; 3 suppressed\n",
        "allowed 3 findings by comments in 2 files\n",
    );
    assert_eq!(
        sandbox.read("a.rs"),
        rust.replace("    let a", "    // ws-lint: ignore[WS102] ok\n    let a")
            .replace("// b\n", "// b // ws-lint: ignore[WS102] ok\n")
    );
    assert_eq!(
        sandbox.read("requirements.txt"),
        "websockets  # ws-lint: ignore[WS402] ok\n"
    );
}

#[test]
fn what_no_comment_can_allow_stays_and_is_told() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED), ("b.py", BROKEN)]);
    let ran = sandbox.run("--add-ignore --output-format concise");
    assert_eq!((ran.code, ran.paths()), (Some(1), vec!["a.py", "b.py"]));
    assert_eq!(
        ran.stderr,
        "warning: a.py:1:8: WS002 gets no comment: only a `file-ignore` allows WS002: mend the comment\n\
         warning: b.py:3:1: WS001 gets no comment: the file does not parse, so no comment in it is read\n\
         allowed 0 findings by comments in 0 files\n"
    );
    assert_eq!(
        (sandbox.read("a.py").as_str(), sandbox.read("b.py").as_str()),
        (UNUSED, BROKEN)
    );
}

#[test]
fn a_diff_shows_the_comments_and_fixes_come_before_them() {
    let text = "import websockets\n\n\nasync def f(url):\n    ws = await websockets.connect(url, open_timeout=30)\n";
    let sandbox = Sandbox::with(&[("a.py", text)]);
    let ran = sandbox.run("--add-ignore=why --diff");
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (Some(1), "would allow 1 finding by comments in 1 file\n")
    );
    assert!(
        ran.stdout
            .contains("\n+    ws = await websockets.connect(url, open_timeout=30)  # ws-lint: ignore[WS101] why\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(sandbox.read("a.py"), text);
    let piped = sandbox.pipe("--add-ignore=why --stdin-filename a.py -", text);
    assert!(
        piped.stdout.ends_with("# ws-lint: ignore[WS101] why\n"),
        "{}",
        piped.stdout
    );
    assert_eq!(sandbox.run("--fix --add-ignore").code, Some(0));
    assert!(
        sandbox.read("a.py").contains("asyncio.timeout(30)"),
        "{}",
        sandbox.read("a.py")
    );
    assert!(!sandbox.read("a.py").contains("ws-lint"), "{}", sandbox.read("a.py"));
}

#[test]
fn known_and_unchanged_findings_get_no_comment() {
    let text = "import websockets\n\n\nasync def f(url):\n    ws = await websockets.connect(url, open_timeout=30)\n";
    let sandbox = Sandbox::with(&[("a.py", text)]);
    sandbox.run("--write-baseline base.json");
    assert_eq!(sandbox.run("--baseline base.json --add-ignore").code, Some(0));
    assert_eq!(sandbox.read("a.py"), text);
}

#[test]
fn a_reason_that_is_no_reason_is_2() {
    let sandbox = Sandbox::with(&[("a.py", CONNECTS)]);
    for reason in ["two\nlines", "no # noqa", "x // y"] {
        let ran = sandbox.run_with(&[&format!("--add-ignore={reason}")]);
        assert_eq!(ran.code, Some(2), "{reason:?}");
        assert!(ran.stderr.contains("a reason"), "{}", ran.stderr);
    }
    assert_eq!(sandbox.read("a.py"), CONNECTS);
}
