//! Where configuration is found, what it says, and the exact words for what is wrong with it.

use crate::sandbox::{BROKEN, CLEAN, Ran, Sandbox, UNUSED};

/// The message for a `ws-lint.toml` with this text.
#[track_caller]
fn refused(toml: &str, message: &str) {
    let sandbox = Sandbox::with(&[("a.py", CLEAN), ("ws-lint.toml", toml)]);
    sandbox
        .run("")
        .expect(2, "", &format!("error: ws-lint.toml:{message}\n"));
}

#[test]
fn an_unknown_key_is_named_with_its_place_and_what_was_probably_meant() {
    refused(
        "fix = true\nslect = ['WS101']\n",
        "2:1: unknown key `slect`, did you mean `select`?",
    );
    refused(
        "default_deadline = 5",
        "1:1: unknown key `default_deadline`, did you mean `default-deadline`?",
    );
    refused("\u{20}\u{20}'é' = 1", "1:3: unknown key `é`");
    refused(
        "[per-file-ignore]\n'a.py' = []",
        "1:2: unknown key `per-file-ignore`, did you mean `per-file-ignores`?",
    );
}

#[test]
fn a_wrong_type_is_named_with_the_one_that_is_wanted() {
    refused(
        "select = 3",
        "1:10: `select` must be an array of strings, not an integer",
    );
    refused(
        "select = ['WS101', 1.5]",
        "1:20: `select` must be a string, not a float",
    );
    refused("fix = 'yes'", "1:7: `fix` must be `true` or `false`, not a string");
    refused(
        "default-deadline = '5'",
        "1:20: `default-deadline` must be a number, not a string",
    );
    refused("severity = []", "1:12: `severity` must be a table, not an array");
    refused("extend = true", "1:10: `extend` must be a string, not a boolean");
    refused(
        "library = {}",
        "1:11: `library` must be an array of tables, not a table",
    );
}

#[test]
fn a_wrong_value_is_named_with_the_right_ones() {
    refused("select = ['WS11']", "1:11: unknown rule `WS11`, did you mean `WS101`?");
    refused(
        "severity.WS1 = 'error'",
        "1:10: `severity` is set rule by rule: `WS1` means several",
    );
    refused(
        "severity.WS101 = 'fatal'",
        "1:18: `WS101` must be \"off\", \"info\", \"warning\" or \"error\", not \"fatal\"",
    );
    refused(
        "deadline-scope = 'all'",
        "1:18: `deadline-scope` must be \"auto\", \"block\" or \"connect\", not \"all\"",
    );
    refused(
        "protocols = ['http', 'ftp']",
        "1:22: `protocols` must be \"websocket\", \"socket\", \"http\" or \"broker\", not \"ftp\"",
    );
    for deadline in ["0", "-1", "inf", "nan"] {
        refused(
            &format!("default-deadline = {deadline}"),
            "1:20: `default-deadline` must be a number of seconds above 0",
        );
    }
    refused(
        "max-deadline = 0",
        "1:16: `max-deadline` must be a number of seconds above 0",
    );
    refused(
        "min-deadline = 20\nmax-deadline = 10.5",
        "1: `min-deadline` is 20, above the `max-deadline` of 10.5 (ws-lint.toml:2): no deadline would do",
    );
    refused(
        "target-version = '3'",
        "1:18: `target-version`: `3` is not a version of Python 3: write it as `3.11` or `py311`",
    );
    refused(
        "exclude = ['a[']",
        "1:12: `a[` is not a pattern: unclosed character class; missing ']'",
    );
    refused(
        "console-encodings = ['cp1252', 'cp99999']",
        "1:32: `cp99999` is no code page of Python's (cp1252, cp437, ascii, …)",
    );
    refused(
        "print-strategy = 'import'",
        "1:1: `print-strategy = \"import\"` needs `safe-print`, the dotted path of the function: \
         `safe-print = \"my_project.console.safe_print\"`",
    );
    refused(
        "safe-print = 'safe print'",
        "1:14: `safe-print` must be a dotted path like `my_project.console.safe_print`, not `safe print`",
    );
}

#[test]
fn what_is_not_toml_is_named_with_its_place() {
    let sandbox = Sandbox::with(&[("a.py", CLEAN), ("ws-lint.toml", "fix = true\nselect = [\n")]);
    let ran = sandbox.run("");
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.starts_with("error: ws-lint.toml:2:11: not TOML: "),
        "{}",
        ran.stderr
    );
    sandbox.write("ws-lint.toml", b"x = '\xff'");
    sandbox.run("").expect(2, "", "error: ws-lint.toml: not UTF-8\n");
}

const LIBRARY: &str = "
[[library]]
language = 'python'
package = 'ours'
modules = ['ours']
runtime = 'asyncio'

[[library.connect]]
paths = ['ours.connect_ws']
call = 'await'
fact = 'ours waits for ever'
";

#[test]
fn a_library_of_the_user_is_found_without_a_word_of_its_module() {
    let sandbox = Sandbox::with(&[
        ("ws-lint.toml", &format!("{LIBRARY}waits = 'for-ever'\n")),
        (
            "ours/live.py",
            "from . import connect_ws\n\n\nasync def run():\n    return await connect_ws()\n",
        ),
    ]);
    let ran = sandbox.run("--output-format concise");
    assert!(ran.stdout.starts_with("ours/live.py:5:18: WS102 "), "{}", ran.stdout);
}

#[test]
fn a_library_of_the_user_is_validated() {
    refused(
        &format!("{LIBRARY}waits = 'default'\n"),
        "2:1: `library`: `waits = \"default\"` needs `limit`, in seconds",
    );
    refused(
        &format!("{LIBRARY}waits = 'for-ever'\nlimit = 3\n"),
        "2:1: `library`: `limit` belongs to `waits = \"default\"`",
    );
    let waits = format!("{LIBRARY}waits = 'for-ever'\n");
    refused(
        &waits.replace("'ours'\nmodules = ['ours']", "'ours'\nmodules = ['other']"),
        "2:1: `library`: `ours.connect_ws` holds none of `modules`, so a file that uses it would never be looked at",
    );
    refused(
        &waits.replace("ours.connect_ws", "connect_ws"),
        "2:1: `library`: `connect_ws` must be a whole path like `module.connect`",
    );
    refused(
        &waits.replace("language = 'python'\n", ""),
        "2:1: `library`: `language` is missing: \"python\" or \"rust\"",
    );
    refused(
        &waits.replace("'python'", "'perl'"),
        "3:12: `language` must be \"python\" or \"rust\", not \"perl\"",
    );
    let unknown = waits.replace("package", "pakage");
    let sandbox = Sandbox::with(&[("a.py", CLEAN), ("ws-lint.toml", &unknown)]);
    let ran = sandbox.run("");
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr
            .starts_with("error: ws-lint.toml:4:1: `library`: unknown field `pakage`, expected one of `package`"),
        "{}",
        ran.stderr
    );
    sandbox.write("ws-lint.toml", &waits);
    assert_eq!(sandbox.run("").code, Some(0));
}

#[test]
fn every_manifest_can_hold_the_configuration() {
    let none = "ignore = ['WS002']\n";
    for (name, table) in [
        ("ws-lint.toml", ""),
        (".ws-lint.toml", ""),
        ("pyproject.toml", "[tool.ws-lint]\n"),
        ("Cargo.toml", "[package.metadata.ws-lint]\n"),
        ("Cargo.toml", "[workspace.metadata.ws-lint]\n"),
    ] {
        let sandbox = Sandbox::with(&[("a.py", UNUSED), (name, &format!("{table}{none}"))]);
        assert_eq!(sandbox.run("").code, Some(0), "{name} {table}");
        assert_eq!(sandbox.run("--isolated").code, Some(1), "{name} {table}");
        let flags = format!("--config {name}");
        assert_eq!(sandbox.run(&flags).code, Some(0), "{name} {table}");
        sandbox.write(name, format!("{table}slect = []\n"));
        let line = table.lines().count() + 1;
        sandbox.run("").expect(
            2,
            "",
            &format!("error: {name}:{line}:1: unknown key `slect`, did you mean `select`?\n"),
        );
    }
    let both = "[package.metadata.ws-lint]\n[workspace.metadata.ws-lint]\n";
    Sandbox::with(&[("a.py", UNUSED), ("Cargo.toml", both)]).run("").expect(
        2,
        "",
        "error: Cargo.toml: both `[package.metadata.ws-lint]` and `[workspace.metadata.ws-lint]` are there: keep one\n",
    );
}

#[test]
fn a_manifest_that_does_not_speak_of_ws_lint_may_be_anything() {
    let sandbox = Sandbox::with(&[
        ("a.py", UNUSED),
        ("pyproject.toml", "[broken"),
        ("Cargo.toml", "tool = 3"),
    ]);
    assert_eq!(sandbox.run("").code, Some(1));
    let ran = sandbox.run("--config pyproject.toml");
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr
            .starts_with("error: pyproject.toml: no ws-lint configuration in it"),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_closest_configuration_wins_and_nothing_of_the_others_holds() {
    let sandbox = Sandbox::with(&[
        ("ws-lint.toml", "ignore = ['WS002']\n"),
        ("a.py", UNUSED),
        ("b.py", BROKEN),
        ("sub/ws-lint.toml", "ignore = ['WS001']\n"),
        ("sub/deep/a.py", UNUSED),
        ("sub/deep/b.py", BROKEN),
        ("sub/pyproject.toml", "[tool.ws-lint]\nselect = []\n"),
    ]);
    assert_eq!(
        sandbox.run("--output-format concise").paths(),
        ["b.py", "sub/deep/a.py"]
    );
}

#[test]
fn a_broken_configuration_stops_its_own_folder_only() {
    let sandbox = Sandbox::with(&[
        ("a.py", UNUSED),
        ("sub/ws-lint.toml", "x = 1"),
        ("sub/b.py", UNUSED),
        ("sub/c.py", UNUSED),
    ]);
    let ran = sandbox.run("--output-format concise");
    assert_eq!((ran.code, ran.paths()), (Some(2), vec!["a.py"]));
    assert_eq!(ran.stderr, "error: sub/ws-lint.toml:1:1: unknown key `x`\n");
}

#[test]
fn extend_takes_over_what_is_not_said() {
    let sandbox = Sandbox::with(&[
        (
            "base/common.toml",
            "ignore = ['WS002']\nfail-on = 'error'\nexclude = ['c.py']\n",
        ),
        (
            "ws-lint.toml",
            "extend = 'base/common.toml'\nextend-select = ['WS002', 'WS1']\n",
        ),
        ("a.py", UNUSED),
        ("base/c.py", BROKEN),
    ]);
    let ran = sandbox.run("--output-format concise");
    assert_eq!((ran.code, ran.paths()), (Some(0), vec!["a.py"]));
    sandbox.write("base/common.toml", "extend = '../ws-lint.toml'\n");
    sandbox.run("").expect(
        2,
        "",
        "error: base/common.toml:1:10: `extend = \"../ws-lint.toml\"`: the files extend each other in a circle\n",
    );
    sandbox.write("ws-lint.toml", "extend = 'missing.toml'\n");
    sandbox.run("").expect(
        2,
        "",
        "error: ws-lint.toml:1:10: `extend = \"missing.toml\"`: No such file or directory (os error 2)\n",
    );
}

#[test]
fn a_named_file_holds_for_everything_and_inline_options_are_stronger() {
    let sandbox = Sandbox::with(&[
        ("sub/ws-lint.toml", "ignore = ['WS002']\n"),
        ("sub/a.py", UNUSED),
        ("strict.toml", "severity.WS002 = 'error'\n"),
    ]);
    assert_eq!(sandbox.run("--fail-on error").code, Some(0));
    assert_eq!(sandbox.run("--fail-on error --config strict.toml").code, Some(1));
    let inline = ["--config", "strict.toml", "--config", "severity.WS002 = 'info'"];
    assert_eq!(sandbox.run_with(&inline).code, Some(0));
    assert_eq!(
        sandbox.run_with(&["--isolated", "--config", "ignore = ['WS002']"]).code,
        Some(0)
    );
    sandbox.run_with(&["--config", "fxi = true"]).expect(
        2,
        "",
        "error: --config:1:1: unknown key `fxi`, did you mean `fix`?\n",
    );
    sandbox.run_with(&["--config", "missing.toml"]).expect(
        2,
        "",
        "error: missing.toml: No such file or directory (os error 2)\n",
    );
}

#[test]
fn rules_are_ignored_file_by_file() {
    let sandbox = Sandbox::with(&[
        ("a.py", UNUSED),
        ("legacy/b.py", UNUSED),
        ("legacy/c.py", BROKEN),
        (
            "ws-lint.toml",
            "[per-file-ignores]\nlegacy = ['WS002']\n'a.*' = ['unused-suppression']\n",
        ),
    ]);
    assert_eq!(sandbox.run("--output-format concise").paths(), ["legacy/c.py"]);
}

#[test]
fn show_settings_says_what_holds_and_why() {
    let sandbox = Sandbox::with(&[
        ("a.py", UNUSED),
        (
            "ws-lint.toml",
            "fail-on = 'error'\nseverity.WS101 = 'info'\nsafe-print = 'app.console.safe_print'\n\
             max-deadline = 4\nwindows-min-deadline = 2\n[per-file-ignores]\n'gen/*' = ['ALL']\n",
        ),
        ("pyproject.toml", "[project]\nrequires-python = '>=3.9'\n"),
    ]);
    let ran = sandbox.run("--show-settings a.py --select WS101 --target-version 3.12");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    for line in [
        "# configuration: ws-lint.toml",
        "select = [\"WS001\", \"WS101\"]  # --select",
        "severity.WS101 = \"info\"  # ws-lint.toml:2",
        "per-file-ignores.\"gen/*\" = [\"ALL\"]  # ws-lint.toml:6",
        "max-deadline = 4.0  # ws-lint.toml:4",
        "target-version = \"3.12\"  # --target-version",
        "default-deadline = 4.0  # default",
        "deadline-scope = \"auto\"  # default",
        "hang-rules = \"tests\"  # default",
        "max-test-seconds = 30.0  # default",
        "default-receive-deadline = 10.0  # default",
        "welcome = false  # default",
        "windows-min-deadline = 2.0  # ws-lint.toml:5",
        "protocols = [\"websocket\"]  # default",
        "print-strategy = \"import\"  # default",
        "safe-print = \"app.console.safe_print\"  # ws-lint.toml:3",
        "fail-on = \"error\"  # ws-lint.toml:1",
        "# oldest Python: 3.9 (requires-python in pyproject.toml:2)",
        "# depends on async-timeout: unknown",
    ] {
        assert!(ran.stdout.lines().any(|shown| shown == line), "{line}\n{}", ran.stdout);
    }
    assert_eq!(sandbox.run("--show-settings").code, Some(0));
    // What is shown can be read again.
    let shown: String = sandbox.run("--show-settings").stdout;
    sandbox.write("ws-lint.toml", &shown);
    assert_eq!(sandbox.run("a.py --fail-on error").code, Some(0), "{shown}");
    sandbox.write("ws-lint.toml", "x = 1");
    assert_eq!(sandbox.run("--show-settings a.py").code, Some(2));
}

#[test]
fn what_the_project_says_counts() {
    let sandbox = Sandbox::with(&[("pyproject.toml", ""), ("tests/test_a.py", "print('✓')\n")]);
    assert_eq!(sandbox.run("--output-format concise").paths(), ["tests/test_a.py"]);
    assert_eq!(
        sandbox.run_with(&["--config", "console-encodings = ['utf-8']"]).code,
        Some(0)
    );
    assert_eq!(sandbox.run("--target-version 3.15").code, Some(0));
    sandbox.write("conftest.py", "import sys\nsys.stdout.reconfigure(encoding='utf-8')\n");
    assert_eq!(sandbox.run("").code, Some(0));
    let shown = sandbox.run("--show-settings tests/test_a.py").stdout;
    assert!(
        shown.contains("# console takes every character: yes (conftest.py)\n"),
        "{shown}"
    );
}

#[test]
fn keys_about_hangs_change_what_is_found() {
    let receives = "import websockets\n\n\nasync def test_echo(url):\n    async with websockets.connect(url) as ws:\n        await ws.recv()\n";
    let quick = "import asyncio\nimport websockets\n\n\nasync def test_quick(url):\n    await asyncio.wait_for(websockets.connect(url), 0.5)\n";
    let sandbox = Sandbox::with(&[
        (
            "pyproject.toml",
            "[project]\nclassifiers = ['Operating System :: Microsoft :: Windows']\n",
        ),
        ("tests/test_a.py", receives),
        ("tests/test_b.py", quick),
        ("app.py", "import asyncio\n\nasyncio.set_event_loop_policy(None)\n"),
    ]);
    let diff = sandbox.run_with(&[
        "--select",
        "WS201",
        "--diff",
        "--unsafe-fixes",
        "--config",
        "default-receive-deadline = 2.5",
    ]);
    assert!(
        diff.stdout.contains("asyncio.wait_for(ws.recv(), 2.5)"),
        "{}",
        diff.stdout
    );
    let concise = ["--select", "WS206,WS207", "--output-format", "concise"];
    assert!(sandbox.run_with(&concise).paths().is_empty());
    let found = |config: &str| {
        let ran = sandbox.run_with(&[&concise[..], &["--config", config]].concat());
        ran.paths()
            .into_iter()
            .map(ToString::to_string)
            .collect::<Vec<String>>()
    };
    assert_eq!(found("windows-min-deadline = 2"), ["tests/test_b.py"]);
    assert!(found("windows-min-deadline = 0.5").is_empty());
    assert_eq!(found("hang-rules = 'all'"), ["app.py"]);
    let shown = sandbox.run("--show-settings tests/test_a.py").stdout;
    assert!(
        shown.contains("# runs on Windows: nothing else (classifier in pyproject.toml:2)\n"),
        "{shown}"
    );
    let wrong = sandbox.run_with(&["--config", "windows-min-deadline = 0"]);
    assert_eq!(wrong.code, Some(2));
    assert!(
        wrong
            .stderr
            .contains("`windows-min-deadline` must be a number of seconds above 0"),
        "{}",
        wrong.stderr
    );
}

#[test]
fn a_limit_of_the_project_makes_an_endless_wait_an_info() {
    let receives = "import websockets\n\n\nasync def test_echo(url):\n    async with websockets.connect(url) as ws:\n        await ws.recv()\n";
    let sandbox = Sandbox::with(&[("pyproject.toml", ""), ("tests/test_a.py", receives)]);
    assert_eq!(sandbox.run("--select WS201").code, Some(1));
    sandbox.write("pytest.ini", "[pytest]\ntimeout = 20\n");
    let ran = sandbox.run("--select WS201 --output-format json");
    assert_eq!(ran.code, Some(0));
    assert!(ran.stdout.contains("timeout in pytest.ini:2"), "{}", ran.stdout);
}

#[test]
fn all_mistakes_are_told_at_once() {
    let toml = "slect = []\nfix = 1\nselect = ['WS11', 'E5', 'ws101']\nprotocols = ['mqtt', 'amqp']\n\n[severity]\nWS101 = 'of'\nWS1 = 'off'\n";
    let sandbox = Sandbox::with(&[("a.py", CLEAN), ("sub/b.py", CLEAN), ("sub/ws-lint.toml", toml)]);
    let ran = sandbox.run("");
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(
        lines,
        [
            "error: sub/ws-lint.toml:1:1: unknown key `slect`, did you mean `select`?",
            "error: sub/ws-lint.toml:2:7: `fix` must be `true` or `false`, not an integer",
            "error: sub/ws-lint.toml:3:11: unknown rule `WS11`, did you mean `WS101`?",
            "error: sub/ws-lint.toml:3:19: unknown rule `E5` (`ws-lint --list-rules` lists them)",
            "error: sub/ws-lint.toml:4:14: `protocols` must be \"websocket\", \"socket\", \"http\" or \"broker\", not \"mqtt\"",
            "error: sub/ws-lint.toml:4:22: `protocols` must be \"websocket\", \"socket\", \"http\" or \"broker\", not \"amqp\"",
            "error: sub/ws-lint.toml:7:9: `WS101` must be \"off\", \"info\", \"warning\" or \"error\", not \"of\"",
            "error: sub/ws-lint.toml:8:1: `severity` is set rule by rule: `WS1` means several",
        ]
    );
    assert_eq!(ran.code, Some(2));
    let there = sandbox.run("--config sub/ws-lint.toml");
    assert_eq!((there.code, there.stderr), (Some(2), ran.stderr));
}

#[test]
fn a_severity_switches_a_rule_off() {
    for toml in [
        "severity.WS002 = 'off'",
        "severity.unused-suppression = 'off'",
        "severity.ws002 = 'off'",
    ] {
        let sandbox = Sandbox::with(&[("a.py", UNUSED), ("ws-lint.toml", toml)]);
        assert_eq!(sandbox.run("").code, Some(0), "{toml}");
        assert_eq!(sandbox.run("--select ws002,ws1").code, Some(1), "{toml}");
    }
    let files = [
        ("a.py", UNUSED),
        ("base.toml", "severity.WS002 = 'off'"),
        ("ws-lint.toml", "extend = 'base.toml'\nseverity.WS002 = 'error'"),
    ];
    assert!(Sandbox::with(&files).run("").stdout.contains("1 error"));
}

#[test]
fn what_is_not_read_is_told() {
    for (file, toml, table, right) in [
        (
            "pyproject.toml",
            "[tool.wslint]\nfix = true\n",
            "tool.wslint",
            "tool.ws-lint",
        ),
        (
            "pyproject.toml",
            "[tool.ws_lint]\nfix = true\n",
            "tool.ws_lint",
            "tool.ws-lint",
        ),
        (
            "Cargo.toml",
            "[package.metadata.ws_lint]\nfix = true\n",
            "package.metadata.ws_lint",
            "package.metadata.ws-lint",
        ),
    ] {
        let ran = Sandbox::with(&[("a.py", CLEAN), (file, toml)]).run("--quiet");
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
        let ran = Sandbox::with(&[("a.py", CLEAN), (file, toml)]).run("");
        let line = format!("warning: {file}: `[{table}]` is not read: the table is called `[{right}]`\n");
        assert!(ran.stderr.contains(&line), "{ran:?}");
    }
    refused(
        "[tool.ws-lint]\nfix = true\n",
        "1:2: unknown key `tool`: in this file the keys stand at the top, without `[tool.ws-lint]`",
    );
    let other = ("pyproject.toml", "[tool.ws-lint]\nfix = true\n");
    let ran = Sandbox::with(&[("a.py", CLEAN), ("ws-lint.toml", ""), other]).run("");
    let line = "warning: pyproject.toml: what it says of ws-lint is not read, `ws-lint.toml` beside it is: keep one\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), line));
    let ran = Sandbox::with(&[
        ("a.py", CLEAN),
        ("ws-lint.toml", ""),
        ("pyproject.toml", "[tool.black]\n"),
    ])
    .run("");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
}

#[test]
fn the_environment_is_between_the_file_and_the_flags() {
    let sandbox = Sandbox::with(&[
        ("a.py", UNUSED),
        ("ws-lint.toml", "fail-on = 'error'\nselect = ['WS1']\n"),
        ("other.toml", "select = ['WS002', 'WS1']\n"),
    ]);
    let run = |variables: &[(&str, &str)], arguments: &str| {
        let mut command = sandbox.command();
        command
            .envs(variables.iter().copied())
            .args(arguments.split_whitespace());
        Ran::new(&command.output().unwrap())
    };
    assert_eq!(run(&[], "").code, Some(0));
    let select = ("WS_LINT_SELECT", "WS1, unused-suppression");
    assert_eq!(run(&[select], "").code, Some(0));
    assert_eq!(run(&[select, ("WS_LINT_FAIL_ON", "warning")], "").code, Some(1));
    assert_eq!(
        run(&[select, ("WS_LINT_FAIL_ON", "warning")], "--fail-on error").code,
        Some(0)
    );
    assert_eq!(
        run(&[select, ("WS_LINT_FAIL_ON", "warning")], "--select WS1").code,
        Some(0)
    );
    assert_eq!(run(&[("WS_LINT_CONFIG", "other.toml")], "").code, Some(1));
    assert_eq!(
        run(&[("WS_LINT_CONFIG", "other.toml")], "--config ws-lint.toml").code,
        Some(0)
    );
    assert_eq!(run(&[("WS_LINT_CONFIG", "")], "").code, Some(0));
    let format = ("WS_LINT_OUTPUT_FORMAT", "json-lines");
    assert!(run(&[select, format], "").stdout.starts_with("{\"code\":\"WS002\""));
    assert!(
        run(&[select, format], "--output-format concise")
            .stdout
            .starts_with("a.py:1:8: WS002 ")
    );
    for (name, value, said) in [
        ("WS_LINT_FAIL_ON", "never", "`never` is none of info, warning, error"),
        ("WS_LINT_SELECT", "WS11", "unknown rule `WS11`, did you mean `WS101`?"),
        ("WS_LINT_OUTPUT_FORMAT", "xml", "`xml` is not an output format"),
    ] {
        run(&[(name, value)], "").expect(2, "", &format!("error: {name}: {said}\n"));
    }
}

#[test]
fn the_configuration_can_name_a_baseline_and_end_with_0() {
    let sandbox = Sandbox::with(&[
        ("a.py", UNUSED),
        ("sub/ws-lint.toml", ""),
        ("ws-lint.toml", "exit-zero = true\n"),
    ]);
    assert_eq!(sandbox.run("").code, Some(0));
    assert_eq!(sandbox.run("--no-exit-zero").code, Some(1));
    assert_eq!(sandbox.run("--diff").code, Some(0));
    sandbox.run("--write-baseline known.json");
    sandbox.write("ws-lint.toml", "baseline = 'known.json'\n");
    assert!(sandbox.run("").stdout.contains("1 in the baseline"));
    assert_eq!(sandbox.run("--no-baseline").code, Some(1));
    sandbox.write("a.py", CLEAN);
    assert_eq!(sandbox.run("--prune-baseline").code, Some(0));
    assert!(!sandbox.read("known.json").contains("WS002"));
    sandbox.write("ws-lint.toml", "");
    let ran = sandbox.run("--prune-baseline");
    assert!(ran.stderr.contains("needs to know which"), "{ran:?}");
}

#[test]
fn the_configuration_can_name_the_revision_that_changes_count_from() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED), ("ws-lint.toml", "diff-base = 'HEAD'\n")]);
    sandbox.git("init -q");
    sandbox.git("add -A");
    sandbox.git("commit -q -m first");
    assert!(sandbox.run("").stdout.contains("1 on unchanged lines"));
    sandbox.write("b.py", UNUSED);
    assert_eq!(sandbox.run("").code, Some(1));
}

#[test]
fn files_are_shown_and_left_out() {
    let sandbox = Sandbox::with(&[("a.py", CLEAN), ("b/c.py", "x = 1\n"), ("b/d.rs", ""), ("e.txt", "")]);
    sandbox.run("--show-files").expect(0, "a.py\nb/c.py\nb/d.rs\n", "");
    sandbox
        .run("--show-files --exclude *.rs,a.py")
        .expect(0, "b/c.py\n", "");
    sandbox.run("--show-files --exclude b").expect(0, "a.py\n", "");
    sandbox.run("--show-files b").expect(0, "b/c.py\nb/d.rs\n", "");
    let ran = sandbox.run("--show-files --exclude [");
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.starts_with("error: `--exclude`: `[` is not a pattern: "),
        "{ran:?}"
    );
}

#[test]
fn suppressions_can_be_ignored() {
    let text =
        "import websockets\n\n\nasync def f(url):\n    await websockets.connect(url, open_timeout=5)  # noqa: WS101\n";
    let sandbox = Sandbox::with(&[("a.py", text), ("b.py", UNUSED)]);
    let ran = sandbox.run("--output-format concise --ignore-suppressions");
    assert_eq!(ran.stdout.lines().count(), 2, "{ran:?}");
    assert!(ran.stdout.starts_with("a.py:5:35: WS101 "), "{ran:?}");
    assert_eq!(sandbox.run("--ignore-suppressions --fix").code, Some(2));
    sandbox.write("ws-lint.toml", "fix = true\n");
    let ran = sandbox.run("--ignore-suppressions");
    assert!(ran.stderr.contains("add `--no-fix`"), "{ran:?}");
    assert_eq!(sandbox.read("a.py"), text);
    assert_eq!(sandbox.run("--ignore-suppressions --no-fix").code, Some(1));
}
