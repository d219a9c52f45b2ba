//! `.pre-commit-hooks.yaml` before the real pre-commit, which installs this repository and runs its hooks.

use std::process::Output;

use tempfile::TempDir;

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

/// One test for both hooks: pre-commit builds ws-lint once for them.
#[test]
#[ignore = "needs Python and PyPI"]
fn the_hooks_of_this_repository_find_and_fix() {
    let hooks = Hooks::of_this_project();
    ws_lint_fails_with_the_finding_and_changes_nothing(&hooks);
    ws_lint_fix_rewrites_the_file_and_passes_the_second_time(&hooks);
    names_of_files_are_no_options(&hooks);
    args_of_the_user_come_in_front_of_the_names(&hooks);
}

fn ws_lint_fails_with_the_finding_and_changes_nothing(hooks: &Hooks) {
    // Also a script that only its first line makes Python, and what pre-commit names and ws-lint has to leave out.
    let script = format!("#!/usr/bin/env python3\n{BAD}");
    let user = hooks.user(&[
        ("app.py", BAD),
        ("vendored/app.py", BAD),
        ("notes.txt", "open_timeout"),
        ("tool", &script),
        ("Makefile", "all:\n"),
        ("requirements/base.in", "websockets\n"),
        ("requirements.txt", "websockets\n"),
        ("ws-lint.toml", "extend-exclude = [\"vendored\"]\n"),
    ]);
    let output = hooks.run("ws-lint", &user);
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

fn ws_lint_fix_rewrites_the_file_and_passes_the_second_time(hooks: &Hooks) {
    let user = hooks.user(&[("app.py", BAD)]);
    let first = hooks.run("ws-lint-fix", &user);
    assert_eq!(first.status.code(), Some(1), "{}", said(&first));
    assert!(
        said(&first).contains("files were modified by this hook"),
        "{}",
        said(&first)
    );
    assert_eq!(user.read("app.py"), FIXED);

    user.stage();
    let second = hooks.run("ws-lint-fix", &user);
    assert_eq!(second.status.code(), Some(0), "{}", said(&second));
    assert!(said(&second).contains("Passed"), "{}", said(&second));
    assert_eq!(user.read("app.py"), FIXED);
}

/// Files that are called like options: each is looked at, and none is obeyed.
fn names_of_files_are_no_options(hooks: &Hooks) {
    let script = format!("#!/usr/bin/env python3\n{BAD}");
    let user = hooks.user(&[
        ("--exit-zero", &script),
        ("--fix", &script),
        ("-x.py", BAD),
        ("--help", "#!/bin/sh\n"),
        ("a.py", BAD),
    ]);
    let output = hooks.run("ws-lint", &user);
    let said = said(&output);
    assert!(!output.status.success() && said.contains("exit code: 1"), "{said}");
    for name in ["--exit-zero", "--fix", "-x.py", "a.py"] {
        assert!(said.contains(&format!("{name}:")), "{name}: {said}");
    }
    assert_eq!((user.read("a.py").as_str(), user.read("-x.py").as_str()), (BAD, BAD));
}

/// With `--` at their end they are what they are without such files; without it the run ends before it does anything.
fn args_of_the_user_come_in_front_of_the_names(hooks: &Hooks) {
    let script = format!("#!/usr/bin/env python3\n{BAD}");
    let files: &[(&str, &str)] = &[("--exit-zero", &script), ("--fix", &script), ("a.py", BAD)];
    let user = hooks.user_with("[--select, WS1, --output-format, concise, --]", files);
    let output = hooks.run("ws-lint", &user);
    assert!(
        said(&output).contains("exit code: 1") && said(&output).contains("--fix:"),
        "{}",
        said(&output)
    );
    let user = hooks.user_with("[--select, WS1]", files);
    let output = hooks.run("ws-lint", &user);
    let said = said(&output);
    assert!(
        said.contains("exit code: 2") && said.contains("put `--` in front of the paths"),
        "{said}"
    );
    assert_eq!(user.read("a.py"), BAD);
}

/// pre-commit, with what it keeps of this repository once it has installed it.
struct Hooks {
    tools: Tools,
    project: Repository,
    home: TempDir,
}

impl Hooks {
    fn of_this_project() -> Self {
        Self {
            tools: Tools::install(),
            project: Repository::of_this_project(),
            home: tempfile::tempdir().unwrap(),
        }
    }

    /// A repository with these files and both hooks.
    fn user(&self, files: &[(&str, &str)]) -> Repository {
        self.configured("", files)
    }

    /// The same with `args` of the user's own for the first hook.
    fn user_with(&self, args: &str, files: &[(&str, &str)]) -> Repository {
        self.configured(&format!("    args: {args}\n"), files)
    }

    fn configured(&self, first: &str, files: &[(&str, &str)]) -> Repository {
        let config = format!(
            "repos:\n- repo: '{}'\n  rev: {}\n  hooks:\n  - id: ws-lint\n{first}  - id: ws-lint-fix\n",
            self.project.path().display(),
            self.project.head()
        );
        Repository::with(&[files, &[(".pre-commit-config.yaml", &config)]].concat())
    }

    /// `pre-commit run` with one hook on every file of `user`.
    fn run(&self, hook: &str, user: &Repository) -> Output {
        let mut command = self.tools.command("pre-commit");
        command
            .current_dir(user.path())
            .env("PRE_COMMIT_HOME", self.home.path())
            .args(["run", hook, "--all-files", "--verbose", "--color", "never"]);
        command.output().expect("pre-commit starts")
    }
}
