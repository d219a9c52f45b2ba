//! What fails nothing is not fixed, and what is said once: what people read who did not ask for it.

use serde_json::Value;

use crate::sandbox::Sandbox;

const PROJECT: &str =
    "[project]\nname = \"app\"\nrequires-python = \">=3.11\"\ndependencies = [\"websockets==15.0.1\"]\n";

/// A connect that its library ends after 10 s.
const DIAL: &str =
    "import asyncio\nimport websockets\n\n\nasync def dial(url):\n    return await websockets.connect(url)\n";

/// One that nothing ends.
const PATIENT: &str = "import asyncio\nimport websockets\n\n\nasync def dial(url):\n    return await websockets.connect(url, open_timeout=5)\n";

const POLICY: &str =
    "import asyncio\n\n\ndef test_a():\n    asyncio.set_event_loop_policy(asyncio.DefaultEventLoopPolicy())\n";

const HELPER: &str = "\
import asyncio
import subprocess

import websockets


def restart(name):
    subprocess.run([\"true\", name], check=True)


async def test_one(url):
    ws = await asyncio.wait_for(websockets.connect(url), 5)
    restart(\"one\")
    await ws.close()


async def test_two(url):
    ws = await asyncio.wait_for(websockets.connect(url), 5)
    restart(\"one\")
    restart(\"two\")
    await ws.close()
";

fn report(sandbox: &Sandbox, arguments: &str) -> Value {
    let ran = sandbox.run(&format!("--output-format json --exit-zero {arguments}"));
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn an_info_is_shown_and_fails_nothing() {
    let sandbox = Sandbox::with(&[("pyproject.toml", PROJECT), ("a.py", DIAL)]);
    let ran = sandbox.run("--output-format concise");
    assert_eq!(ran.code, Some(0));
    assert!(ran.stdout.contains("a.py:6:18: "), "{ran:?}");
    let end = "1 finding (1 info) in 2 files; 1 info: --strict makes it count\n";
    assert!(ran.stdout.ends_with(end), "{ran:?}");
    assert_eq!(report(&sandbox, "")["summary"]["fixable"]["safe"], 0);
    assert_eq!(report(&sandbox, "--strict")["summary"]["fixable"]["safe"], 1);
}

#[test]
fn what_does_not_count_is_not_fixed() {
    for (flags, configuration, is_fixed) in [
        ("--fix", "", false),
        ("--fix --unsafe-fixes", "", false),
        ("--fix-only", "", false),
        ("--fix --fail-on info", "", true),
        ("--fix --strict", "", true),
        ("--fix", "strict = true\n", true),
        ("--fix --no-strict", "strict = true\n", false),
        ("--fix --fail-on error", "strict = true\n", false),
        ("--fix", "fail-on = \"info\"\n", true),
        ("--fix", "max-connect-wait = 5\n", true),
        ("--fix", "[severity]\nWS102 = \"error\"\n", true),
    ] {
        let sandbox = Sandbox::with(&[
            ("pyproject.toml", PROJECT),
            ("a.py", DIAL),
            ("ws-lint.toml", configuration),
        ]);
        sandbox.run(flags);
        assert_eq!(sandbox.read("a.py") != DIAL, is_fixed, "{flags}; {configuration}");
        let sandbox = Sandbox::with(&[
            ("pyproject.toml", PROJECT),
            ("a.py", DIAL),
            ("ws-lint.toml", configuration),
        ]);
        let diff = sandbox.run(&flags.replace("--fix-only", "--diff").replace("--fix", "--diff"));
        assert_eq!(diff.code, Some(i32::from(is_fixed)), "{flags}; {configuration}");
    }
}

#[test]
fn what_counts_is_fixed_beside_an_info() {
    let files = [("pyproject.toml", PROJECT), ("a.py", DIAL), ("b.py", PATIENT)];
    let sandbox = Sandbox::with(&files);
    let ran = sandbox.run("--fix-only");
    assert_eq!(
        ran.stderr,
        "fixed 1 finding in 1 file, 1 left; 1 info: --strict makes it count\n"
    );
    assert!(sandbox.read("b.py").contains("asyncio.timeout(5)"));
    assert_eq!(sandbox.read("a.py"), DIAL);
    assert_eq!(sandbox.run("--diff").code, Some(0));
}

#[test]
fn a_fact_about_a_project_is_told_once() {
    let files = [
        ("one/pyproject.toml", PROJECT),
        ("one/tests/test_a.py", POLICY),
        ("one/tests/test_b.py", POLICY),
        ("one/tests/more/test_c.py", POLICY),
        ("two/pyproject.toml", PROJECT),
        ("two/test_d.py", POLICY),
    ];
    let sandbox = Sandbox::with(&files);
    let found = report(&sandbox, "");
    assert_eq!(found["summary"]["rules"]["WS207"], 2);
    let told: Vec<(&str, &str)> = found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| (finding["path"].as_str().unwrap(), finding["message"].as_str().unwrap()))
        .collect();
    let fact = "`asyncio.set_event_loop_policy` is deprecated since Python 3.14";
    assert_eq!(
        told,
        [
            (
                "one/tests/more/test_c.py",
                format!("{fact}, here and in 2 more files of the project").as_str()
            ),
            ("two/test_d.py", fact)
        ]
    );
    // The baseline knows them all, or the next one would be new.
    sandbox.run("--write-baseline known.json");
    assert_eq!(report(&sandbox, "--baseline known.json")["summary"]["baselined"], 4);
    sandbox.write("one/tests/more/test_c.py", "");
    assert_eq!(report(&sandbox, "--baseline known.json")["summary"]["findings"], 0);
    // So do comments that allow it.
    let sandbox = Sandbox::with(&files);
    sandbox.run("--add-ignore");
    assert_eq!(report(&sandbox, "")["summary"]["suppressed"], 4);
}

#[test]
fn a_helper_that_blocks_is_told_once() {
    let sandbox = Sandbox::with(&[("test_service.py", HELPER)]);
    let found = report(&sandbox, "");
    assert_eq!(found["summary"]["rules"]["WS202"], 1);
    let finding = &found["findings"][0];
    assert_eq!(finding["start"]["line"], 13);
    let message = "`restart` blocks the event loop: it calls `subprocess.run`, here and in lines 19 and 20";
    assert_eq!(finding["message"], message);
    assert!(finding["note"].as_str().unwrap().starts_with("line 8: "), "{finding}");
    // Who allowed one call allowed no other.
    let allowed = HELPER.replacen(
        "restart(\"one\")\n    await",
        "restart(\"one\")  # noqa: WS202\n    await",
        1,
    );
    let sandbox = Sandbox::with(&[("test_service.py", &allowed)]);
    let found = report(&sandbox, "");
    assert_eq!(found["findings"][0]["start"]["line"], 19);
    assert_eq!(found["summary"]["suppressed"], 1);
}
