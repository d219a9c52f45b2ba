//! Asks `git`, in a way that runs nothing else.
//!
//! Only objects and the index are read, never the working tree, so no filter of the repository is run. Hooks and the
//! file-system monitor are switched off, external diffs and `textconv` are not asked for, and a partial clone fetches
//! nothing: to fetch would run what its configuration names. A bare repository inside the tree is not taken for one.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};

/// The settings that every call gets.
const SAFE: [&str; 7] = [
    "--no-pager",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "safe.bareRepository=explicit",
];

/// Why git did not answer.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no git.
    #[error("`--diff-base` asks `git`, which was not found: install it, or leave the flag away")]
    NotFound,
    /// It cannot be run.
    #[error("`git` cannot be run: {0}")]
    Io(#[from] io::Error),
    /// It refused: its own words.
    #[error("{0}")]
    Refused(String),
}

/// A repository's git, run in one folder.
#[derive(Clone, Debug)]
pub(super) struct Git {
    folder: PathBuf,
}

impl Git {
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// What git answers on standard output.
    ///
    /// # Errors
    /// It cannot be run, or it ended with another code than 0.
    pub(super) fn ask(&self, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
        let output = self.output(arguments)?;
        match output.status.success() {
            true => Ok(output.stdout),
            false => Err(GitError::Refused(words(&output))),
        }
    }

    /// As [`ask`](Self::ask), less the end of the line; nothing where git has no answer.
    ///
    /// # Errors
    /// It cannot be run.
    pub(super) fn line(&self, arguments: &[&str]) -> Result<Option<String>, GitError> {
        let output = self.output(arguments)?;
        let line = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
        Ok((output.status.success() && !line.is_empty()).then_some(line))
    }

    /// Begins to read objects.
    ///
    /// # Errors
    /// Git cannot be run.
    pub(super) fn objects(&self) -> Result<Objects, GitError> {
        let mut command = self.command(&["cat-file", "--batch"]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(told)?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::from(io::ErrorKind::BrokenPipe).into());
        };
        Ok(Objects {
            child,
            stdin: Some(stdin),
            stdout: BufReader::new(stdout),
        })
    }

    fn output(&self, arguments: &[&str]) -> Result<Output, GitError> {
        self.command(arguments).stdin(Stdio::null()).output().map_err(told)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command
            .args(SAFE)
            .args(arguments)
            .current_dir(&self.folder)
            .env("GIT_NO_LAZY_FETCH", "1")
            // Versions that do not know the line above have no transport to fetch with.
            .env("GIT_ALLOW_PROTOCOL", "none")
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C")
            .env_remove("GIT_EXTERNAL_DIFF");
        command
    }
}

fn told(error: io::Error) -> GitError {
    match error.kind() {
        io::ErrorKind::NotFound => GitError::NotFound,
        _ => GitError::Io(error),
    }
}

fn words(output: &Output) -> String {
    let words = String::from_utf8_lossy(&output.stderr);
    let first = words.lines().find(|line| !line.trim().is_empty());
    let first = first.unwrap_or("it did not say why").trim();
    format!("git says: {}", first.strip_prefix("fatal: ").unwrap_or(first))
}

/// A running `git cat-file --batch`.
#[derive(Debug)]
pub(super) struct Objects {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Objects {
    /// The bytes of an object; nothing where the clone does not have it.
    ///
    /// # Errors
    /// Git ended.
    pub(super) fn read(&mut self, id: &str) -> io::Result<Option<Vec<u8>>> {
        let Some(stdin) = &mut self.stdin else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        writeln!(stdin, "{id}")?;
        stdin.flush()?;
        let mut header = String::new();
        self.stdout.read_line(&mut header)?;
        let Some(size) = header
            .strip_prefix(id)
            .and_then(|rest| rest.trim_end().rsplit_once(' ')?.1.parse::<u64>().ok())
        else {
            return match header.is_empty() {
                true => Err(io::ErrorKind::UnexpectedEof.into()),
                false => Ok(None),
            };
        };
        let mut bytes = Vec::new();
        (&mut self.stdout).take(size).read_to_end(&mut bytes)?;
        let mut end = [0];
        self.stdout.read_exact(&mut end)?;
        Ok(Some(bytes))
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        // Git ends when it is asked for nothing more.
        self.stdin = None;
        let _ = self.child.wait();
    }
}
