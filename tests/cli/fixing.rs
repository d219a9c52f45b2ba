//! `--fix`, `--diff`, `--fix-only`.

use std::process::Command;

use crate::sandbox::{BROKEN, Sandbox, UNUSED, UNUSED_FIXED};

const DIFF: &str = "--- a/src/a.py\n+++ b/src/a.py\n@@ -1 +1 @@\n-x = 1  # ws-lint: ignore[WS101]\n+x = 1\n";

/// A connect that the fix puts under a deadline where there is a timer.
const OPENS: &str =
    "pub async fn open(url: &str) {\n    let (_ws, _) = tokio_tungstenite::connect_async(url).await.unwrap();\n}\n";

#[test]
fn fixing_writes_the_files_and_reports_what_is_left() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED), ("b.py", BROKEN)]);
    let ran = sandbox.run("--fix --output-format concise");
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.paths(), ["b.py"]);
    assert!(
        ran.stdout
            .ends_with("Fixed 1 finding; 1 finding (1 error) left in 2 files\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(
        (sandbox.read("a.py").as_str(), sandbox.read("b.py").as_str()),
        (UNUSED_FIXED, BROKEN)
    );
    let again = sandbox.run("--fix --output-format concise");
    assert!(!again.stdout.contains("Fixed"), "{}", again.stdout);
}

#[test]
fn fix_only_says_no_finding() {
    let sandbox = Sandbox::with(&[("a.py", UNUSED), ("b.py", BROKEN)]);
    sandbox
        .run("--fix-only")
        .expect(0, "", "fixed 1 finding in 1 file, 1 left\n");
    assert_eq!(sandbox.read("a.py"), UNUSED_FIXED);
}

/// `checks/peer.rs` says nothing of tests itself: the modules above it do.
#[test]
fn a_file_below_a_module_for_tests_has_what_tests_depend_on() {
    let sandbox = Sandbox::with(&[
        (
            "Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dev-dependencies]\n\
             tokio = { version = \"1\", features = [\"time\"] }\ntokio-tungstenite = \"0.29\"\n",
        ),
        ("src/lib.rs", "#[cfg(test)]\nmod checks;\nmod net;\n"),
        ("src/checks/mod.rs", "mod peer;\n"),
        ("src/checks/peer.rs", OPENS),
        ("src/net.rs", OPENS),
    ]);
    sandbox.run("--fix --unsafe-fixes");
    assert!(
        sandbox
            .read("src/checks/peer.rs")
            .contains(".expect(\"connect timed out\")"),
        "{}",
        sandbox.read("src/checks/peer.rs")
    );
    assert_eq!(sandbox.read("src/net.rs"), OPENS);
}

#[test]
fn a_diff_writes_nothing_and_can_be_applied() {
    let sandbox = Sandbox::with(&[("src/a.py", UNUSED), ("src/b.py", BROKEN)]);
    sandbox
        .run("--diff")
        .expect(1, DIFF, "would fix 1 finding in 1 file, 1 left\n");
    sandbox.run("--diff --quiet").expect(1, DIFF, "");
    assert_eq!(sandbox.read("src/a.py"), UNUSED);
    sandbox.write("fix.patch", DIFF);
    let applied = Command::new("git")
        .args(["apply", "fix.patch"])
        .current_dir(sandbox.path(""))
        .status()
        .unwrap();
    assert!(applied.success());
    assert_eq!(sandbox.read("src/a.py"), UNUSED_FIXED);
}

#[test]
fn the_configuration_can_ask_for_fixes_and_the_command_line_can_forbid_them() {
    let sandbox = Sandbox::with(&[("src/a.py", UNUSED), ("ws-lint.toml", "fix = true\n")]);
    assert_eq!(sandbox.run("--no-fix").code, Some(1));
    sandbox.run("--diff --quiet").expect(1, DIFF, "");
    assert_eq!(sandbox.read("src/a.py"), UNUSED);
    assert_eq!(sandbox.run("").code, Some(0));
    assert_eq!(sandbox.read("src/a.py"), UNUSED_FIXED);
}

#[test]
fn what_is_left_is_what_the_next_run_finds_also_where_it_rests_on_a_file_that_was_fixed() {
    let lib =
        "import websockets\n\n\nasync def dial(url):\n    return await websockets.connect(url, open_timeout=None)\n";
    let test = "from lib import dial\n\n\nasync def test_dial(url):\n    assert await dial(url)\n";
    let settings = "target-version = \"3.11\"\n";
    let sandbox = Sandbox::with(&[("lib.py", lib), ("test_lib.py", test), ("ws-lint.toml", settings)]);
    let before = sandbox.run("--output-format concise");
    assert_eq!((before.code, before.paths()), (Some(1), vec!["lib.py", "test_lib.py"]));
    let fixed = sandbox.run("--fix --unsafe-fixes --output-format concise");
    let next = sandbox.run("--output-format concise");
    let all = "Fixed 1 finding; all good: no findings left in 2 files\n";
    assert_eq!((fixed.code, fixed.stdout.as_str()), (Some(0), all), "{}", fixed.stderr);
    assert_eq!(
        (next.code, next.stdout.as_str()),
        (Some(0), "All good: no findings in 2 files\n")
    );
}

#[test]
fn what_tests_in_other_modules_know_by_heart_is_only_changed_by_unsafe_fixes() {
    let client =
        "import websockets\n\n\nasync def dial(url):\n    return await websockets.connect(url, open_timeout=5)\n";
    let by_name = "from unittest.mock import patch\n\nimport client\n\n\nasync def test_dial():\n    with patch(\"client.websockets.connect\") as connect:\n        await client.dial(\"ws://x\")\n";
    let asks = "import client\n\n\nasync def test_dial(fake):\n    await client.dial(\"ws://x\")\n";
    let gives = "import pytest\nimport websockets\n\n\n@pytest.fixture\ndef fake(monkeypatch):\n    monkeypatch.setattr(websockets, \"connect\", print)\n";
    let another = "import client\n\n\nasync def test_dial(mocker, url):\n    mocker.patch(\"client.json.loads\")\n    await client.dial(url)\n";
    let service = "from client import dial\n\n\nasync def start(url):\n    return await dial(url)\n";
    let by_text = "import pytest\n\nfrom service import start\n\n\nasync def test_start(url):\n    with pytest.raises(TimeoutError, match=\"opening\"):\n        await start(url)\n";
    let by_class = &by_text.replace(", match=\"opening\"", "");
    let by_partial = "from functools import partial\n\nimport pytest\n\nfrom client import dial\n\n\nasync def test_dial(url):\n    connect = partial(dial, url)\n    with pytest.raises(TimeoutError, match=\"opening\"):\n        await connect()\n";
    let by_lambda = &by_partial.replace("partial(dial, url)", "lambda: dial(url)");
    for (tests, is_safe) in [
        (&[("tests/test_client.py", by_name)][..], false),
        (&[("service.py", service), ("tests/test_service.py", by_text)], false),
        (&[("service.py", service), ("tests/test_service.py", by_class)], true),
        (&[("tests/test_client.py", by_partial)], false),
        (&[("tests/test_client.py", by_lambda)], false),
        (&[("tests/test_client.py", asks), ("tests/conftest.py", gives)], false),
        (&[("tests/test_client.py", another)], true),
        (&[], true),
    ] {
        let project = (
            "pyproject.toml",
            "[project]\nname = \"p\"\nversion = \"1\"\nrequires-python = \">=3.11\"\n",
        );
        let sandbox = Sandbox::with(&[&[project, ("client.py", client)], tests].concat());
        sandbox.run("--fix-only --exit-zero --select WS101");
        assert_eq!(sandbox.read("client.py") != client, is_safe, "{tests:?}");
        sandbox.run("--fix-only --exit-zero --select WS101 --unsafe-fixes");
        assert!(!sandbox.read("client.py").contains("open_timeout"), "{tests:?}");
    }
}

#[test]
fn what_blocks_in_a_function_of_another_module_stays_its_call() {
    let kit = "import time\n\n\ndef says(text):\n    time.sleep(0.1)\n    assert text\n";
    let test = "import asyncio\n\nfrom kit import says\n\n\nasync def test_ready():\n    says(\"ready\")\n    async with asyncio.timeout(5):\n        await asyncio.sleep(1)\n";
    let sandbox = Sandbox::with(&[("kit.py", kit), ("test_ready.py", test)]);
    let ran = sandbox.run("--strict --unsafe-fixes --diff --select WS202");
    assert_eq!(ran.stdout, "", "{}", ran.stderr);
    let left = "would fix 0 findings in 0 files, 1 left";
    assert!(ran.stderr.contains(left), "{}", ran.stderr);
}

#[test]
fn lines_get_as_wide_as_the_project_has_them() {
    let source = "import asyncio\n\nimport requests\n\n\nasync def test_ready():\n    answer = requests.get(\"http://127.0.0.1:9/health?of=everything\", timeout=5)\n    await asyncio.sleep(answer.ok)\n";
    let whole = "await asyncio.to_thread(requests.get, \"http://127.0.0.1:9/health?of=everything\", timeout=5)\n";
    for (name, text, is_whole) in [
        ("pyproject.toml", "[tool.ruff]\nline-length = 120\n", true),
        ("setup.cfg", "[flake8]\nmax-line-length = 120\n", true),
        ("pyproject.toml", "[tool.black]\n", false),
    ] {
        let sandbox = Sandbox::with(&[("tests/test_ready.py", source), (name, text)]);
        sandbox.run("--strict --unsafe-fixes --fix --select WS202");
        let fixed = sandbox.read("tests/test_ready.py");
        assert_eq!(fixed.contains(whole), is_whole, "{name}: {fixed}");
        assert!(fixed.contains("await asyncio.to_thread("), "{name}: {fixed}");
    }
}

#[test]
fn a_print_that_a_test_replaces_is_left_as_it_is() {
    let report = "def report():\n    print(\"✓ done\")\n";
    let test = "from unittest.mock import patch\n\nfrom report import report\n\n\ndef test_report():\n    \
                with patch(\"builtins.print\") as printed:\n        report()\n    \
                printed.assert_called_once_with(\"✓ done\")\n";
    let here = "import builtins\n\n\ndef test_report(monkeypatch):\n    monkeypatch.setattr(builtins, \"print\", keep)\n    \
                print(\"✓ done\")\n";
    let sandbox = Sandbox::with(&[
        ("report.py", report),
        ("test_report.py", test),
        ("test_here.py", here),
        ("other.py", report),
    ]);
    sandbox.run("--select WS301 --fix");
    assert_eq!(sandbox.read("report.py"), report);
    assert_eq!(sandbox.read("test_here.py"), here);
    assert!(sandbox.read("other.py").contains("safe_print(\"✓ done\")"));
    sandbox.run("--select WS301 --fix --unsafe-fixes");
    assert!(sandbox.read("report.py").contains("safe_print(\"✓ done\")"));
}
