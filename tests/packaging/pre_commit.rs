//! `.pre-commit-hooks.yaml` before the real pre-commit, which installs this repository and runs its hooks.

use std::process::{Command, Output};

use crate::repository::Repository;
use crate::tools::{Tools, said, succeed};

const BAD: &str = "\
import websockets


async def greet(url):
    ws = await websockets.connect(url, open_timeout=10)
    await ws.close()
";

const FIXED: &str = "\
import asyncio
import websockets


async def greet(url):
    async with asyncio.timeout(10):
        ws = await websockets.connect(url)
    await ws.close()
";

#[test]
#[ignore = "needs Python and PyPI"]
fn the_manifest_is_valid() {
    let tools = Tools::install();
    let mut validate = tools.command("pre-commit");
    validate
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["validate-manifest", ".pre-commit-hooks.yaml"]);
    succeed(&mut validate);
}

#[test]
#[ignore = "needs Python and PyPI"]
fn ws_lint_fails_with_the_finding_and_changes_nothing() {
    let tools = Tools::install();
    let project = Repository::of_this_project();
    // Also a script that only its first line makes Python, and what pre-commit names and ws-lint has to leave out.
    let script = format!("#!/usr/bin/env python3\n{BAD}");
    let user = Repository::with(&[
        ("app.py", BAD),
        ("vendored/app.py", BAD),
        ("notes.txt", "open_timeout"),
        ("tool", &script),
        ("Makefile", "all:\n"),
        ("requirements/base.in", "websockets\n"),
        ("requirements.txt", "websockets\n"),
        ("ws-lint.toml", "extend-exclude = [\"vendored\"]\n"),
    ]);
    let output = try_repo(&tools, &user, &project, "ws-lint");
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for (code, place) in [
        ("WS101", "app.py:5:40"),
        ("WS101", "tool:6:40"),
        ("WS402", "requirements.txt:1:1"),
        ("WS402", "requirements/base.in:1:1"),
    ] {
        assert!(said.contains(code) && said.contains(place), "{place}: {said}");
    }
    assert!(!said.contains("vendored/app.py"), "{said}");
    assert_eq!(user.read("app.py"), BAD);
}

#[test]
#[ignore = "needs Python and PyPI"]
fn ws_lint_fix_rewrites_the_file_and_passes_the_second_time() {
    let tools = Tools::install();
    let project = Repository::of_this_project();
    let user = Repository::with(&[("app.py", BAD)]);
    let first = try_repo(&tools, &user, &project, "ws-lint-fix");
    assert_eq!(first.status.code(), Some(1), "{}", said(&first));
    assert!(
        said(&first).contains("files were modified by this hook"),
        "{}",
        said(&first)
    );
    assert_eq!(user.read("app.py"), FIXED);

    user.stage();
    let second = try_repo(&tools, &user, &project, "ws-lint-fix");
    assert_eq!(second.status.code(), Some(0), "{}", said(&second));
    assert!(said(&second).contains("Passed"), "{}", said(&second));
    assert_eq!(user.read("app.py"), FIXED);
}

/// `pre-commit try-repo` with one hook on every file of `user`.
fn try_repo(tools: &Tools, user: &Repository, project: &Repository, hook: &str) -> Output {
    let mut command: Command = tools.command("pre-commit");
    command
        .current_dir(user.path())
        .arg("try-repo")
        .arg(project.path())
        .args([hook, "--all-files", "--verbose", "--color", "never"]);
    command.output().expect("pre-commit starts")
}
