//! A folder of its own for each test, and the program in it.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A Python file with one warning that has a safe fix.
pub(crate) const UNUSED: &str = "x = 1  # ws-lint: ignore[WS101]\n";
/// What the fix makes of it.
pub(crate) const UNUSED_FIXED: &str = "x = 1\n";
/// A Python file with one error that has no fix.
pub(crate) const BROKEN: &str = "from websockets import connect\nx = (\n";
/// A Python file without a finding.
pub(crate) const CLEAN: &str = "import websockets\n";

pub(crate) struct Sandbox {
    folder: TempDir,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A sandbox with these files.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let sandbox = Self::new();
        for (path, text) in files {
            sandbox.write(path, text);
        }
        sandbox
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    pub(crate) fn command(&self) -> Command {
        command_in(self.folder.path())
    }

    /// Runs `git` with these arguments, split at blanks; it must succeed.
    pub(crate) fn git(&self, arguments: &str) {
        git_in(self.folder.path(), &arguments.split_whitespace().collect::<Vec<_>>());
    }

    /// Runs `ws-lint` with these arguments, split at blanks.
    pub(crate) fn run(&self, arguments: &str) -> Ran {
        self.run_with(&arguments.split_whitespace().collect::<Vec<_>>())
    }

    pub(crate) fn run_with(&self, arguments: &[&str]) -> Ran {
        Ran::new(&self.command().args(arguments).output().unwrap())
    }

    /// Runs `ws-lint` with this standard input.
    pub(crate) fn pipe(&self, arguments: &str, stdin: impl AsRef<[u8]>) -> Ran {
        let mut child = self
            .command()
            .args(arguments.split_whitespace())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        match child.stdin.take().unwrap().write_all(stdin.as_ref()) {
            // It refused what it was asked for and never read on.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            written => written.unwrap(),
        }
        Ran::new(&child.wait_with_output().unwrap())
    }
}

pub(crate) fn command_in(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ws-lint"));
    command.current_dir(folder).stdin(Stdio::null());
    for variable in [
        "NO_COLOR",
        "FORCE_COLOR",
        "CLICOLOR_FORCE",
        "GITHUB_STEP_SUMMARY",
        "WS_LINT_CONFIG",
        "WS_LINT_OUTPUT_FORMAT",
        "WS_LINT_FAIL_ON",
        "WS_LINT_SELECT",
    ] {
        command.env_remove(variable);
    }
    command
}

/// Runs `git` as somebody, whatever is configured for who runs the tests; it must succeed.
pub(crate) fn git_in(folder: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .args([
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@example.org",
            "-c",
            "core.autocrlf=false",
        ])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "git {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// How a run ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn new(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The paths of a concise report, in the order in which they stand there.
    pub(crate) fn paths(&self) -> Vec<&str> {
        self.stdout
            .lines()
            .filter(|line| line.contains(": WS"))
            .filter_map(|line| line.split(':').next())
            .collect()
    }

    #[track_caller]
    pub(crate) fn expect(&self, code: i32, stdout: &str, stderr: &str) {
        assert_eq!(
            (self.code, self.stdout.as_str(), self.stderr.as_str()),
            (Some(code), stdout, stderr)
        );
    }
}
