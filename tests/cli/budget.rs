//! `--budget`: how long each test can take.

use crate::sandbox::Sandbox;

const TESTS: &str = "\
import asyncio
import websockets


async def test_short(url):
    async with websockets.connect(url, open_timeout=5, close_timeout=5) as ws:
        await asyncio.wait_for(ws.recv(), 5)


async def test_hangs(url):
    async with websockets.connect(url) as ws:
        await ws.recv()


async def test_by_default(url):
    await websockets.connect(url)
";

const SHORT: &str = "\
import asyncio


async def test_short():
    await asyncio.sleep(2)
";

#[test]
fn every_test_is_listed_worst_first_with_a_bar_and_the_total_of_its_file() {
    let sandbox = Sandbox::with(&[("test_a.py", SHORT), ("test_b.py", TESTS)]);
    let ran = sandbox.run("--budget");
    assert_eq!(ran.stdout, "\
test_b.py  3 tests, ∞ together
  test_hangs          ∞  ████████████████████  nothing ends `ws.recv()` in line 12
  test_short       15 s  ████████████████████  5 s for `websockets.connect(url, open_timeout=5, close_ti…` in line 6
  test_by_default  10 s  ██████████████        10 s for `websockets.connect(url)` in line 16; by default `open_timeout` of websockets
  counted as nothing: `fixture url`

test_a.py  1 test, at most 2 s together
  test_short  2 s  ███                   2 s for `asyncio.sleep(2)` in line 5

4 tests in 2 files
");
    assert_eq!(ran.stderr, "");
    assert_eq!(ran.code, Some(1));
}

#[test]
fn it_ends_as_findings_of_ws205_would() {
    let sandbox = Sandbox::with(&[("test_b.py", TESTS)]);
    assert_eq!(sandbox.run("--budget --exit-zero").code, Some(0));
    assert_eq!(sandbox.run("--budget --fail-on error").code, Some(0));
    assert_eq!(sandbox.run("--budget --ignore WS205").code, Some(0));
    assert_eq!(sandbox.run("--budget missing.py").code, Some(2));
    let allowed = TESTS.replace("test_hangs(url):", "test_hangs(url):  # ws-lint: ignore[WS205]");
    assert_eq!(Sandbox::with(&[("test_b.py", &allowed)]).run("--budget").code, Some(0));
    let strict = sandbox.run_with(&["--budget", "--config", "max-test-seconds = 60"]);
    assert_eq!(strict.code, Some(1));
    assert_eq!(
        Sandbox::with(&[("a.py", "x = 1\n")]).run("--budget").stdout,
        "No test was found\n"
    );
}

#[test]
fn programs_get_the_same_as_json() {
    let sandbox = Sandbox::with(&[("test_b.py", TESTS)]);
    let ran = sandbox.run("--budget --output-format json");
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(told["version"], 1);
    let file = &told["files"][0];
    assert_eq!(file["path"], "test_b.py");
    assert!(file["seconds"].is_null());
    let hangs = &file["tests"][0];
    assert_eq!(hangs["name"], "test_hangs");
    assert_eq!(hangs["kind"], "unbounded");
    assert_eq!(hangs["place"]["text"], "ws.recv()");
    assert_eq!(hangs["place"]["line"], 12);
    assert_eq!(file["tests"][1]["seconds"], 15.0);
    assert_eq!(file["tests"][2]["defaults"][0], "`open_timeout` of websockets");
    let other = sandbox.run("--budget --output-format sarif");
    assert_eq!(other.code, Some(2));
    assert!(
        other.stderr.contains("name one of these two with `--output-format`"),
        "{}",
        other.stderr
    );
}

#[test]
fn a_wait_in_a_longer_file_is_told_with_its_path() {
    let padding = "# nothing\n".repeat(40);
    let helper = format!("import asyncio\n\n{padding}\nasync def settle():\n    await asyncio.sleep(2)\n");
    let test = "from helper import settle\n\nasync def test_it():\n    await settle()\n";
    let sandbox = Sandbox::with(&[("helper.py", &helper), ("test_b.py", test)]);
    let ran = sandbox.run("--budget --output-format json");
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let place = &told["files"][0]["tests"][0]["place"];
    assert_eq!(place["path"], "helper.py");
    assert_eq!(place["line"], 45);
    assert!(place["column"].is_null());
}

#[test]
fn a_limit_of_the_project_cuts() {
    let sandbox = Sandbox::with(&[("test_b.py", TESTS), ("pytest.ini", "[pytest]\ntimeout = 3\n")]);
    let ran = sandbox.run("--budget");
    assert!(ran.stdout.contains("test_hangs       13 s"), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("`timeout in pytest.ini:2` ends it"),
        "{}",
        ran.stdout
    );
    assert_eq!(ran.code, Some(0));
}

#[test]
fn the_names_that_a_project_tells_pytest_are_those_of_its_tests() {
    const CHECKS: &str = "\
import asyncio
import websockets


async def check_reply():
    ws = await asyncio.wait_for(websockets.connect('ws://localhost'), 5)
    await ws.recv()


async def test_reply():
    ws = await asyncio.wait_for(websockets.connect('ws://localhost'), 5)
    await ws.recv()


class ReplySuite:
    async def check_twice(self):
        ws = await asyncio.wait_for(websockets.connect('ws://localhost'), 5)
        await ws.recv()
";
    let told = "[pytest]\npython_files = check_*.py\npython_functions = check_\npython_classes =\n    *Suite\n";
    let sandbox = Sandbox::with(&[("pytest.ini", told), ("check_a.py", CHECKS)]);
    let budget = sandbox.run("--budget").stdout;
    assert!(
        budget.contains("  check_reply") && budget.contains("  ReplySuite::check_twice"),
        "{budget}"
    );
    assert!(!budget.contains("test_reply"), "{budget}");
    let lines = |stdout: &str| -> Vec<String> {
        let found = stdout.lines().filter(|line| line.contains("WS201"));
        found
            .map(|line| line.split(' ').next().unwrap_or_default().to_owned())
            .collect()
    };
    let report = sandbox.run("--output-format concise --select WS201").stdout;
    assert_eq!(lines(&report), ["check_a.py:7:11:", "check_a.py:18:15:"], "{report}");
    let elsewhere = Sandbox::with(&[("check_a.py", CHECKS)]).run("--output-format concise --select WS201");
    assert_eq!(lines(&elsewhere.stdout), ["check_a.py:12:11:"]);
}
