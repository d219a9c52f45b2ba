//! A run that is ended from outside where it takes too long or too much memory.

use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::sandbox::Ran;

/// Far more than any run here takes on a busy machine.
const MOST_TIME: Duration = Duration::from_secs(60);

/// What a run may ask of the system, in KiB: the stacks of its threads are most of it.
const MOST_MEMORY: u64 = 6 << 20;

impl Ran {
    /// It could not do what was asked, and says so.
    #[track_caller]
    pub(crate) fn expect_error(&self, message: &str) {
        assert!(
            self.code == Some(2) && self.stderr.contains(message),
            "{message}: {self:?}"
        );
    }
}

/// Runs `ws-lint` with these arguments in a folder.
#[track_caller]
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Ran {
    let script = format!("ulimit -v {MOST_MEMORY} && exec \"$@\"");
    let mut command = Command::new("sh");
    command
        .args(["-c", &script, "sh", env!("CARGO_BIN_EXE_ws-lint")])
        .args(arguments)
        .current_dir(folder)
        .env_remove("GITHUB_STEP_SUMMARY")
        .stdin(Stdio::null());
    finish(command)
}

/// Waits for a command, and no longer than that.
#[track_caller]
pub(crate) fn finish(mut command: Command) -> Ran {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let out = thread::spawn(move || {
        let mut text = Vec::new();
        out.read_to_end(&mut text).map(|_| text)
    });
    let err = thread::spawn(move || {
        let mut text = Vec::new();
        err.read_to_end(&mut text).map(|_| text)
    });
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if started.elapsed() > MOST_TIME {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("did not end within {MOST_TIME:?}");
        }
        thread::sleep(Duration::from_millis(5));
    };
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ran {
        code: status.code(),
        stdout: text(out.join().unwrap().unwrap()),
        stderr: text(err.join().unwrap().unwrap()),
    }
}
