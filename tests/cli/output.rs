//! Where the report goes, and what it looks like there.

use crate::sandbox::{BROKEN, CLEAN, Ran, Sandbox, UNUSED, command_in};

#[test]
fn findings_come_by_path_and_then_by_place() {
    let two = format!("{UNUSED}{UNUSED}");
    let sandbox = Sandbox::with(&[("b/a.py", UNUSED), ("a.py", &two), ("a/z.py", UNUSED), ("B.py", UNUSED)]);
    let ran = sandbox.run("--output-format concise -q");
    let places: Vec<_> = ran
        .stdout
        .lines()
        .map(|line| line.split(": ").next().unwrap())
        .collect();
    assert_eq!(places, ["B.py:1:8", "a.py:1:8", "a.py:2:8", "a/z.py:1:8", "b/a.py:1:8"]);
    for _ in 0..5 {
        assert_eq!(sandbox.run("--output-format concise -q"), ran);
    }
}

/// What the README's first command says, on the folder that it names.
#[test]
fn the_first_command_of_the_readme_does_what_it_says() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let mut commands = readme
        .lines()
        .filter_map(|line| line.strip_prefix("$ cargo run --release -- "));
    let folder = commands.next().unwrap().split_whitespace().next().unwrap();
    let output = command_in(root).arg(folder).output().unwrap();
    let ran = Ran::new(&output);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""));
    // It is read on a terminal.
    assert!((20..250).contains(&ran.stdout.lines().count()), "{}", ran.stdout);
    for code in ["WS101", "WS102", "WS103", "WS301"] {
        assert!(ran.stdout.contains(code), "{code}: {}", ran.stdout);
    }
}

#[test]
fn formats_with_a_file_leave_standard_output_alone() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED)]);
    let ran = sandbox.run("--output-format json=out.json --output-format concise");
    assert_eq!(ran.paths(), ["a.py"]);
    let report: serde_json::Value = serde_json::from_str(&sandbox.read("out.json")).unwrap();
    assert_eq!(report["findings"][0]["code"], "WS002");
    // Nothing said about standard output: the default goes there.
    let full = sandbox.run("--output-format json=out.json");
    assert!(full.stdout.contains("╭─[a.py:1:8]"), "{}", full.stdout);
}

#[test]
fn files_of_their_own_go_to_the_formats_in_order() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED)]);
    let ran = sandbox.run("--output-format sarif --output-file x.sarif");
    ran.expect(1, "", "");
    assert!(sandbox.read("x.sarif").contains("\"ruleId\":\"WS002\""));
    sandbox
        .run("--output-format junit -o j.xml --output-format gitlab=g.json --output-format checkstyle -o c.xml")
        .expect(1, "", "");
    assert!(sandbox.read("j.xml").contains("<testsuites "));
    assert!(sandbox.read("c.xml").contains("<checkstyle "));
    assert!(sandbox.read("g.json").starts_with('['));
    sandbox.run("-o full.txt").expect(1, "", "");
    assert!(sandbox.read("full.txt").contains("╭─[a.py:1:8]"));
}

#[test]
fn statistics_leave_a_report_in_a_file_whole() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED)]);
    let ran = sandbox.run("--statistics -q --output-format json=a.json --output-format concise");
    ran.expect(1, "1  WS002  unused-suppression\n", "");
    assert!(sandbox.read("a.json").contains("\"path\":\"a.py\""));
}

#[test]
fn files_are_named_from_the_repository_where_the_reader_looks_from_there() {
    let sandbox = Sandbox::with(&[(".git/HEAD", ""), ("service/a.py", UNUSED)]);
    let run = |format: &str| {
        let mut command = command_in(&sandbox.path("service"));
        let output = command.args(["--output-format", format, "./a.py"]).output().unwrap();
        Ran::new(&output).stdout
    };
    assert!(run("sarif").contains("\"uri\":\"service/a.py\""));
    assert!(run("github").contains("file=service/a.py,"));
    assert!(run("gitlab").contains("\"path\":\"service/a.py\""));
    for format in ["rdjson", "checkstyle", "junit", "json", "concise"] {
        assert!(
            !run(format).contains("service"),
            "{format}: reads from the working folder"
        );
    }
}

#[test]
fn github_gets_a_step_summary_behind_what_others_wrote() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED), ("summary.md", "others\n")]);
    let run = |format: &str, summary: &str| {
        let mut command = sandbox.command();
        command
            .args(["--output-format", format])
            .env("GITHUB_STEP_SUMMARY", summary);
        Ran::new(&command.output().unwrap())
    };
    run("concise", "summary.md");
    assert_eq!(sandbox.read("summary.md"), "others\n");
    assert!(
        run("github", "summary.md")
            .stdout
            .starts_with("::warning file=a.py,line=1,")
    );
    let summary = sandbox.read("summary.md");
    assert!(summary.starts_with("others\n## ws-lint\n"), "{summary}");
    assert!(summary.contains("| warning | WS002 unused-suppression |"), "{summary}");
    let ran = run("github", "missing/summary.md");
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stderr
            .starts_with("warning: $GITHUB_STEP_SUMMARY cannot be written: "),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_report_that_cannot_be_written_fails_the_run_and_no_other_report() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED)]);
    let ran = sandbox.run("--output-format sarif=missing/a.sarif --output-format json=b.json --output-format concise");
    assert_eq!((ran.code, ran.paths()), (Some(2), vec!["a.py"]));
    assert!(
        ran.stderr.starts_with("error: missing/a.sarif cannot be written: "),
        "{}",
        ran.stderr
    );
    assert!(sandbox.read("b.json").ends_with("}\n"));
}

#[test]
fn machines_get_a_whole_report_even_of_nothing() {
    let ran = Sandbox::new().run("--output-format json missing.py");
    assert_eq!(ran.code, Some(2));
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["findings"], serde_json::json!([]));
}

#[test]
fn the_format_of_the_configuration_holds_where_the_command_line_says_none() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED), ("ws-lint.toml", "output-format = 'json'\n")]);
    assert!(sandbox.run("").stdout.starts_with('{'));
    assert_eq!(sandbox.run("--output-format concise").paths(), ["a.py"]);
}

#[test]
fn statistics_stand_in_for_the_findings() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED), ("b.py", UNUSED), ("c.py", BROKEN)]);
    let ran = sandbox.run("--statistics -q");
    ran.expect(1, "2  WS002  unused-suppression\n1  WS001  syntax-error\n", "");
}

#[test]
fn quiet_says_the_findings_alone_and_verbose_what_else_happens() {
    let sandbox = Sandbox::with(&[
        ("a.py", UNUSED),
        ("notes.txt", "hello\n"),
        ("ws-lint.toml", "fail-on = 'error'\n"),
    ]);
    sandbox.write(
        "latin.py",
        b"# coding: latin-1\nfrom websockets import connect\nx = '\xe9'\n",
    );
    let line = "a.py:1:8: WS002 this comment allows `WS101`, which is not found here [warning, fix]\n";
    sandbox.run("--output-format concise -q").expect(0, line, "");
    let ran = sandbox.run("--output-format concise -v a.py latin.py notes.txt");
    assert_eq!(
        ran.stderr,
        "note: notes.txt: skipped: neither Python nor Rust nor a manifest\n\
         note: configuration: ws-lint.toml\n\
         warning: latin.py: declares `latin-1`, ws-lint reads UTF-8: not checked\n"
    );
    assert!(
        ran.stdout.starts_with(line) && ran.stdout.contains("1 finding"),
        "{}",
        ran.stdout
    );
}

#[test]
fn colour_is_an_explicit_choice_then_the_environment_s() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED)]);
    let coloured = |ran: Ran| ran.stdout.contains("\x1b[");
    let with = |variable: &str, value: &str, flags: &[&str]| {
        Ran::new(&sandbox.command().env(variable, value).args(flags).output().unwrap())
    };
    assert!(!coloured(sandbox.run("")));
    assert!(coloured(sandbox.run("--color always")));
    assert!(coloured(with("FORCE_COLOR", "1", &[])));
    assert!(!coloured(with("FORCE_COLOR", "1", &["--color", "never"])));
    assert!(coloured(with("NO_COLOR", "1", &["--color", "always"])));
    assert!(with("FORCE_COLOR", "1", &["--help"]).stdout.contains("\x1b["));
}

#[test]
fn a_name_cannot_write_to_the_terminal() {
    let sandbox = Sandbox::with(&[("a\x1b[31m.py", UNUSED)]);
    let ran = sandbox.run_with(&["--output-format", "concise", "a\x1b[31m.py", "b\x1b[31m.py"]);
    assert!(!ran.stdout.contains('\x1b') && !ran.stderr.contains('\x1b'), "{ran:?}");
    assert!(ran.stderr.contains("b\\u{1b}[31m.py"), "{}", ran.stderr);
}

#[test]
fn nothing_found_says_so() {
    let ran = Sandbox::with(&[("a.py", CLEAN)]).run("");
    ran.expect(0, "All good: no findings in 1 file\n", "");
    let ran = Sandbox::with(&[("a.txt", "")]).run("");
    ran.expect(0, "No file was checked\n", "warning: no Python or Rust files found: what `.gitignore` ignores, hidden folders and `exclude` are left out, a file that is named is not\n");
}

#[test]
fn sarif_lists_what_is_allowed_on_request() {
    let sandbox = Sandbox::with(&[
        (
            "a.py",
            "import websockets\n\n\nasync def f(u):\n    return await websockets.connect(u)  # ws-lint: ignore[WS102] the caller bounds it\n",
        ),
        ("known.py", UNUSED),
    ]);
    sandbox.run("--write-baseline base.json known.py");
    sandbox.write("known.py", format!("{UNUSED}{}", UNUSED.replace('x', "y")));
    let results = |flags: &str| {
        let ran = sandbox.run(&format!("--baseline base.json --output-format sarif {flags}"));
        let sarif: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        let results = sarif["runs"][0]["results"].as_array().unwrap().clone();
        results
            .iter()
            .map(|result| {
                (
                    result["ruleId"].as_str().unwrap().to_owned(),
                    result["suppressions"].to_string(),
                )
            })
            .collect::<Vec<_>>()
    };
    let said = |code: &str, suppressions: &str| (code.to_owned(), suppressions.to_owned());
    assert_eq!(results(""), [said("WS002", "null")]);
    assert_eq!(
        results("--sarif-suppressions"),
        [
            said(
                "WS102",
                "[{\"justification\":\"the caller bounds it\",\"kind\":\"inSource\"}]"
            ),
            said(
                "WS002",
                "[{\"justification\":\"in the baseline\",\"kind\":\"external\"}]"
            ),
            said("WS002", "[]"),
        ]
    );
    let json = sandbox.run("--baseline base.json --output-format json");
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let count = |name: &str| json["summary"][name].as_u64().unwrap();
    assert_eq!((count("suppressed"), count("baselined"), count("unchanged")), (1, 1, 0));
}

#[test]
fn a_limit_is_asked_for_with_what_it_leaves_behind() {
    let code = "use fastwebsockets::handshake;\n\n#[tokio::test]\nasync fn reads() {\n    \
                let (mut ws, _) = handshake::client(&Spawn, request(), io()).await.unwrap();\n    \
                ws.read_frame().await.unwrap();\n}\n";
    let iterates = "import websockets\n\n\nasync def test_first(url):\n    \
                    ws = await websockets.connect(url, open_timeout=5)\n    assert await anext(aiter(ws))\n";
    let by_recv = iterates.replace("anext(aiter(ws))", "ws.recv()");
    let of_iteration = "a limit that fires ends the iteration for good; `recv()` can be asked again";
    for (file, code, after, is_said) in [
        (
            "tests/a.rs",
            code,
            "a limit that fires in the middle of a frame makes each later read an error",
            true,
        ),
        ("tests/test_a.py", iterates, of_iteration, true),
        ("tests/test_a.py", &by_recv, of_iteration, false),
    ] {
        let ran = Sandbox::with(&[(file, code)]).run("--select WS201");
        let said: Vec<&str> = ran
            .stdout
            .split_whitespace()
            .map(|word| word.trim_matches('│'))
            .collect();
        assert!(said.join(" ").contains("WS201"), "{}", ran.stdout);
        assert_eq!(said.join(" ").contains(after), is_said, "{}", ran.stdout);
    }
}
