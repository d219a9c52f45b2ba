//! Asks `git`, in a way that runs nothing else.
//!
//! Only objects and the index are read, never the working tree, so no filter of the repository is run. Hooks and the
//! file-system monitor are switched off, external diffs and `textconv` are not asked for, and a partial clone fetches
//! nothing: to fetch would run what its configuration names. A bare repository inside the tree is not taken for one.

use std::ffi::OsString;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::objects::Objects;

/// How long git may take for one answer. It opens what lies in its folder as it pleases: a pipe there makes it wait for
/// ever.
const PATIENCE: Duration = Duration::from_secs(60);

/// The most that is taken of one answer, in bytes: the list of the files of a large repository.
const MOST_BYTES: u64 = 512 << 20;

/// The most that is taken of what it says on standard error, in bytes.
const MOST_WORDS: u64 = 64 << 10;

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
    /// It does not come to an end.
    #[error("`git {asked}` did not answer within {} s: try it by hand", .patience.as_secs_f64())]
    Slow {
        /// The subcommand.
        asked: String,
        /// How long it had.
        patience: Duration,
    },
    /// It says more than anybody can use.
    #[error("`git {asked}` says more than {} MiB", MOST_BYTES >> 20)]
    Endless {
        /// The subcommand.
        asked: String,
    },
}

/// A repository's git, run in one folder.
#[derive(Clone, Debug)]
pub(super) struct Git {
    folder: PathBuf,
    program: OsString,
    patience: Duration,
}

/// What git said, and whether it ended with 0.
struct Answer {
    is_success: bool,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Git {
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            program: "git".into(),
            patience: PATIENCE,
        }
    }

    /// What git answers on standard output.
    ///
    /// # Errors
    /// It cannot be run, or it ended with another code than 0.
    pub(super) fn ask(&self, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
        let output = self.output(arguments)?;
        match output.is_success {
            true => Ok(output.stdout),
            false => Err(GitError::Refused(words(&output.stderr))),
        }
    }

    /// As [`ask`](Self::ask), less the end of the line; nothing where git has no answer.
    ///
    /// # Errors
    /// It cannot be run.
    pub(super) fn line(&self, arguments: &[&str]) -> Result<Option<String>, GitError> {
        let output = self.output(arguments)?;
        let line = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
        Ok((output.is_success && !line.is_empty()).then_some(line))
    }

    /// Begins to read objects.
    ///
    /// # Errors
    /// Git cannot be run.
    pub(super) fn objects(&self) -> Result<Objects, GitError> {
        let mut command = self.command(&["cat-file", "--batch"]);
        let child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(told)?;
        Ok(Objects::of(child, self.patience)?)
    }

    /// Two threads read what git says, so that this one can turn its back on it.
    fn output(&self, arguments: &[&str]) -> Result<Answer, GitError> {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(told)?;
        let asked = || arguments.first().copied().unwrap_or_default().to_owned();
        let said = (
            whole(child.stdout.take(), MOST_BYTES),
            whole(child.stderr.take(), MOST_WORDS),
        );
        let Ok(stdout) = said.0.recv_timeout(self.patience) else {
            end(&mut child);
            return Err(GitError::Slow {
                asked: asked(),
                patience: self.patience,
            });
        };
        // Its end is near: it has closed its standard output, or it is not listened to any longer.
        let stdout = stdout?;
        if u64::try_from(stdout.len()).is_ok_and(|length| length > MOST_BYTES) {
            end(&mut child);
            return Err(GitError::Endless { asked: asked() });
        }
        let Ok(stderr) = said.1.recv_timeout(self.patience) else {
            end(&mut child);
            return Err(GitError::Slow {
                asked: asked(),
                patience: self.patience,
            });
        };
        Ok(Answer {
            is_success: child.wait()?.success(),
            stdout,
            stderr: stderr?,
        })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
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

/// Reads a stream to its end in a thread of its own, and of that at most one byte more than `most`.
fn whole(stream: Option<impl Read + Send + 'static>, most: u64) -> mpsc::Receiver<io::Result<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stream.map_or(Ok(0), |stream| stream.take(most + 1).read_to_end(&mut bytes));
        // Nobody may listen any longer.
        _ = sender.send(read.map(|_| bytes));
    });
    receiver
}

/// Ends a git that only reads.
pub(super) fn end(child: &mut Child) {
    // One that has ended already needs no more than to be waited for.
    _ = child.kill();
    _ = child.wait();
}

fn words(stderr: &[u8]) -> String {
    let words = String::from_utf8_lossy(stderr);
    let first = words.lines().find(|line| !line.trim().is_empty());
    let first = first.unwrap_or("it did not say why").trim();
    format!("git says: {}", first.strip_prefix("fatal: ").unwrap_or(first))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::Instant;

    use super::*;

    /// A program in the place of git, and how long it may take.
    fn stand_in(folder: &Path, script: &str, patience: Duration) -> Git {
        let program = folder.join("git");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        Git {
            folder: folder.to_owned(),
            program: program.into(),
            patience,
        }
    }

    #[test]
    fn a_git_that_does_not_come_back_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let started = Instant::now();
        let git = stand_in(folder.path(), "exec sleep 600", Duration::from_millis(300));
        assert_eq!(
            git.ask(&["rev-parse", "HEAD"]).unwrap_err().to_string(),
            "`git rev-parse` did not answer within 0.3 s: try it by hand"
        );
        let mut objects = git.objects().unwrap();
        assert_eq!(
            objects.read("1234").unwrap_err().to_string(),
            "git did not answer within 0.3 s"
        );
        assert!(objects.read("1234").is_err(), "it is not asked again");
        drop(objects);
        assert!(started.elapsed() < Duration::from_secs(300));
    }

    #[test]
    fn what_git_says_is_its_answer() {
        let folder = tempfile::tempdir().unwrap();
        let git = stand_in(
            folder.path(),
            "echo yes; echo 'fatal: no' >&2; exit $(( $# > 8 ))",
            PATIENCE,
        );
        assert_eq!(git.line(&["status"]).unwrap().as_deref(), Some("yes"));
        let refused = git.ask(&["status", "-s"]).unwrap_err().to_string();
        assert_eq!(refused, "git says: no");
    }

    #[test]
    fn an_object_is_its_bytes_or_too_long() {
        let folder = tempfile::tempdir().unwrap();
        let script = "read id; echo \"$id blob 3\"; printf 'a\\nb\\n'; read id; echo \"$id missing\"; read id; \
                      echo \"$id blob 134217729\"; head -c 134217730 /dev/zero; read id; echo \"$id blob 0\"; echo";
        let git = stand_in(folder.path(), script, Duration::from_secs(30));
        let mut objects = git.objects().unwrap();
        assert_eq!(objects.read("12").unwrap().as_deref(), Some(b"a\nb".as_slice()));
        assert_eq!(objects.read("34").unwrap(), None);
        assert_eq!(objects.read("56").unwrap_err().to_string(), "larger than 128 MiB");
        assert_eq!(objects.read("78").unwrap().as_deref(), Some(b"".as_slice()));
    }
}
