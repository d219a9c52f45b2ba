//! The Pythons of this machine.

use std::env;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde::Deserialize;
use serde_json::json;

/// The minor versions that are looked for.
const MINORS: [u8; 8] = [8, 9, 10, 11, 12, 13, 14, 15];

/// A Python interpreter.
pub(crate) struct Python {
    /// `3.8`.
    pub(crate) version: String,
    path: PathBuf,
}

/// Every Python from 3.8 on that is under `~/.pyenv/versions` or on `PATH`, one of each minor version. Says which are
/// absent.
///
/// # Panics
/// When there is none: nothing would be tested.
pub(crate) fn all() -> Vec<Python> {
    let mut found = Vec::new();
    for minor in MINORS {
        let version = format!("3.{minor}");
        match in_pyenv(&version).or_else(|| on_path(&format!("python{version}"))) {
            Some(path) => found.push(Python { version, path }),
            None => eprintln!("Python {version} is not installed: skipped"),
        }
    }
    assert!(!found.is_empty(), "no Python from 3.8 on is installed");
    found
}

/// What came of a program that ran with others in one interpreter.
#[derive(Deserialize)]
pub(crate) struct Ran {
    /// The bytes that it wrote to stdout.
    pub(crate) stdout: Vec<u8>,
    /// The traceback that it ended with.
    pub(crate) raised: Option<String>,
}

/// Runs programs, each with a stdout of its own as the interpreter opens one.
const RUN_ALL: &str = r#"
import io, json, sys, traceback
answers = []
stdout = sys.stdout
for program in JOB["programs"]:
    sys.stdout = io.TextIOWrapper(io.BytesIO(), encoding=JOB["encoding"], errors=stdout.errors, newline="\n")
    raised = None
    try:
        exec(compile(program, "<stdin>", "exec"), {"__name__": "__main__"})
    except Exception:
        raised = traceback.format_exc()
    sys.stdout.flush()
    answers.append({"stdout": list(sys.stdout.buffer.getvalue()), "raised": raised})
json.dump(answers, stdout)
"#;

impl Python {
    /// The 8 of `3.8`.
    pub(crate) fn minor(&self) -> u8 {
        let minor = self.version.split('.').nth(1).and_then(|minor| minor.parse().ok());
        minor.expect("a version of two numbers")
    }

    /// Starts nothing yet.
    pub(crate) fn command(&self) -> Command {
        Command::new(&self.path)
    }

    /// Runs `script`, given on stdin, with stdout in `encoding`.
    pub(crate) fn run(&self, script: &str, encoding: &str) -> Output {
        let mut child = Command::new(&self.path)
            .args(["-X", "utf8=0", "-"])
            .env("PYTHONIOENCODING", encoding)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let mut stdin = child.stdin.take().expect("stdin is a pipe");
        stdin.write_all(script.as_bytes()).expect("Python reads the script");
        drop(stdin);
        child.wait_with_output().expect("Python ends")
    }

    /// What comes of each of `programs`, with stdout in `encoding`: as many calls of [`Python::run`] take a start each.
    pub(crate) fn run_all(&self, programs: &[String], encoding: &str) -> Vec<Ran> {
        let job = json!({ "programs": programs, "encoding": encoding }).to_string();
        let answers = self.stdout(&format!("import json\nJOB = json.loads({})\n{RUN_ALL}", json!(job)));
        serde_json::from_str(&answers).expect("an answer to each program")
    }

    /// What `script` writes to stdout in UTF-8.
    ///
    /// # Panics
    /// When it fails.
    pub(crate) fn stdout(&self, script: &str) -> String {
        let output = self.run(script, "utf-8");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "Python {}: {errors}", self.version);
        String::from_utf8(output.stdout).expect("stdout is UTF-8")
    }
}

fn in_pyenv(version: &str) -> Option<PathBuf> {
    let home = env::var_os("HOME")?;
    let versions = Path::new(&home).join(".pyenv/versions").read_dir().ok()?;
    let prefix = format!("{version}.");
    versions
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(|name| name.starts_with(&prefix)))
        .map(|entry| entry.path().join("bin/python"))
        .find(|path| path.is_file())
}

fn on_path(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders)
        .map(|folder| folder.join(OsStr::new(name)))
        .find(|path| path.is_file())
}
